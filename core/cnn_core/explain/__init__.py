"""Why a value is what it is: the way down from any value of a network to the bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .walk_down import Descent, LayerStep, check_index

__getattr__ = lazily(
    __name__,
    {
        "walk_down": "Descent LayerStep check_index",
    },
)
