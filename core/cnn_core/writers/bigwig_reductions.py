"""Values along a record summed up over stretches of equal length: what a genome browser draws from afar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reduction", "first_reduction"]

_STEPS: Final = 10
_MOST_STRETCHES: Final = 1 << 19
_LARGEST: Final = float(np.finfo(np.float32).max)


def first_reduction(length: int, step: int) -> int:
    """Return how many bases are summed up first: ten values, or more where memory would not be bounded.

    Args:
        length: How many bases all records have.
        step: How many bases a value has.
    """
    return max(_STEPS * step, -(-length // _MOST_STRETCHES))


@dataclass(frozen=True, eq=False)
class Reduction:
    """What is known of every stretch of some records.

    Attributes:
        lengths: How many bases each record has, shape (records,).
        firsts: The first stretch of each record, shape (records,).
        bases: How many a stretch has; the last of a record may have fewer.
        covered: How many bases of each have a value, shape (stretches,).
        least: The least value of each; infinite where there is none.
        most: The largest.
        sums: The sum over its bases.
        squares: The sum of the squares.
    """

    RECORD: ClassVar = np.dtype(
        [("id", "<u4"), ("start", "<u4"), ("stop", "<u4"), ("covered", "<u4")]
        + [(name, "<f4") for name in ("least", "most", "sum", "squares")]
    )
    lengths: NDArray[np.int64]
    firsts: NDArray[np.int64]
    bases: int
    covered: NDArray[np.int64]
    least: NDArray[np.float32]
    most: NDArray[np.float32]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]

    @classmethod
    def of(cls, lengths: NDArray[np.int64], bases: int) -> Reduction:
        """Return a reduction without any values.

        Args:
            lengths: How many bases each record has, shape (records,).
            bases: How many a stretch has.
        """
        counts = -(-lengths // bases)
        stretches = int(counts.sum())
        return cls(
            lengths,
            np.cumsum(counts) - counts,
            bases,
            np.zeros(stretches, dtype=np.int64),
            np.full(stretches, np.inf, dtype=np.float32),
            np.full(stretches, -np.inf, dtype=np.float32),
            np.zeros(stretches),
            np.zeros(stretches),
        )

    def add(
        self, record: int, starts: NDArray[np.int64], stops: NDArray[np.int64], column: NDArray[np.float32]
    ) -> None:
        """Add runs of equal values.

        Args:
            record: The record that they are of.
            starts: The first base of each, ascending.
            stops: One past the last.
            column: The value of each.
        """
        first, last = starts // self.bases, (stops - 1) // self.bases
        pieces = last - first + 1
        run = np.repeat(np.arange(len(starts)), pieces)
        # A run that goes over several stretches is cut where they meet.
        nth = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        stretch = first[run] + nth
        widths = np.minimum(stops[run], (stretch + 1) * self.bases) - np.maximum(starts[run], stretch * self.bases)
        new = np.flatnonzero(np.r_[True, stretch[1:] != stretch[:-1]])
        there, values = stretch[new] + self.firsts[record], column[run]
        weighed = values.astype(np.float64) * widths
        self.covered[there] += np.add.reduceat(widths, new)
        self.sums[there] += np.add.reduceat(weighed, new)
        self.squares[there] += np.add.reduceat(weighed * values, new)
        self.least[there] = np.minimum(self.least[there], np.minimum.reduceat(values, new))
        self.most[there] = np.maximum(self.most[there], np.maximum.reduceat(values, new))

    def coarser(self, times: int) -> Reduction:
        """Return the reduction whose stretches are some of these together.

        Args:
            times: How many of these make one.
        """
        stretches = np.diff(self.firsts, append=len(self.covered))
        counts = -(-stretches // times)
        firsts = np.cumsum(counts) - counts
        nth = np.arange(int(counts.sum())) - np.repeat(firsts, counts)
        new = np.repeat(self.firsts, counts) + times * nth
        return Reduction(
            self.lengths,
            firsts,
            self.bases * times,
            np.add.reduceat(self.covered, new),
            np.minimum.reduceat(self.least, new),
            np.maximum.reduceat(self.most, new),
            np.add.reduceat(self.sums, new),
            np.add.reduceat(self.squares, new),
        )

    @property
    def totals(self) -> tuple[int, float, float, float, float]:
        """Of all records: bases with a value, the least, the largest, the sum and the sum of the squares."""
        covered = int(self.covered.sum())
        ends = (float(self.least.min()), float(self.most.max())) if covered else (0.0, 0.0)
        return covered, *ends, float(self.sums.sum()), float(self.squares.sum())

    def records(self) -> NDArray[Any]:
        """Return the stretches that have values, as bigWig holds them."""
        there = np.flatnonzero(self.covered)
        found = np.zeros(len(there), dtype=self.RECORD)
        record = np.searchsorted(self.firsts, there, side="right") - 1
        nth = there - self.firsts[record]
        found["id"] = record
        found["start"] = nth * self.bases
        found["stop"] = np.minimum((nth + 1) * self.bases, self.lengths[record])
        found["covered"] = self.covered[there]
        found["least"], found["most"] = self.least[there], self.most[there]
        # Sums of large values may be more than the format's numbers hold.
        found["sum"] = np.clip(self.sums[there], -_LARGEST, _LARGEST)
        found["squares"] = np.minimum(self.squares[there], _LARGEST)
        return found
