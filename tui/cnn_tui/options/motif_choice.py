"""From what filters are made motifs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MotifChoice"]


@dataclass(frozen=True, slots=True)
class MotifChoice:
    """From what filters are made motifs, and how; kept where it is not what is usual for the model.

    Attributes:
        rule: The rule, by name.
        all_records: Whether all records are read, rather than the one on screen.
        both_strands: Whether both strands are read, rather than the one on screen.
    """

    rule: str = "windows"
    all_records: bool = False
    both_strands: bool = False
