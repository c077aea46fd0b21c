"""Which of two readings that stand side by side a view is of."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Side"]


class Side(StrEnum):
    """What a view shows of two readings; its words stand beside the tracks."""

    ALONE = ""
    A = "A"
    DIFFERENCE = "A − B"
    B = "B"
