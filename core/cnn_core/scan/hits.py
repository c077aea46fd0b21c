"""A cell that is worth a line of its own, as commands and tables say it."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Hit"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that is worth a line of its own.

    Attributes:
        record: The record's name.
        filter: The filter.
        value: The cell's value.
        cell: The cell, counted in the direction of its strand from the input window's first base.
        position: The position it chose, counted likewise; None where the pool averages.
        start: The first base of the window at that position, in the record, 0-based; where the pool averages, of
            all windows under the cell. What hangs over the input window's ends is cut off.
        stop: One past its last base in the record.
        strand: `+` or `-`.
        letters: The letters of the window, read in the direction of the strand.
        place: The place of its stretch among all that are looked through, from 0.
    """

    record: str
    filter: int
    value: float
    cell: int
    position: int | None
    start: int
    stop: int
    strand: str
    letters: str
    place: int = field(default=0, compare=False, repr=False)

    @property
    def region(self) -> str:
        """The window in samtools form, 1-based and inclusive."""
        return f"{self.record}:{self.start + 1}-{self.stop}"
