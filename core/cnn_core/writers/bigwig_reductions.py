"""Values along a record summed over bins of equal length, which a genome browser draws when zoomed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reduction", "first_reduction"]

_STEPS: Final = 10
_MOST_BINS: Final = 1 << 19
_LARGEST: Final = float(np.finfo(np.float32).max)


def first_reduction(length: int, step: int) -> int:
    """Return the bin length of the first reduction: ten values, or more where there would be too many bins.

    Args:
        length: The number of bases in all records.
        step: The number of bases of a value.
    """
    return max(_STEPS * step, -(-length // _MOST_BINS))


@dataclass(frozen=True, eq=False)
class Reduction:
    """Statistics of every bin of some records.

    Attributes:
        lengths: The number of bases of each record, shape (records,).
        firsts: The first bin of each record, shape (records,).
        bases: The number of bases of a bin; the last bin of a record may have fewer.
        covered: How many bases of each bin have a value, shape (bins,).
        least: The smallest value of each bin; infinite in a bin without values.
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
            lengths: The number of bases of each record, shape (records,).
            bases: The number of bases of a bin.
        """
        counts = -(-lengths // bases)
        bins = int(counts.sum())
        return cls(
            lengths,
            np.cumsum(counts) - counts,
            bases,
            np.zeros(bins, dtype=np.int64),
            np.full(bins, np.inf, dtype=np.float32),
            np.full(bins, -np.inf, dtype=np.float32),
            np.zeros(bins),
            np.zeros(bins),
        )

    def add(
        self, record: int, starts: NDArray[np.int64], stops: NDArray[np.int64], column: NDArray[np.float32]
    ) -> None:
        """Add runs of equal values.

        Args:
            record: The index of their record.
            starts: The first base of each, ascending.
            stops: One past the last.
            column: The value of each.
        """
        first, last = starts // self.bases, (stops - 1) // self.bases
        pieces = last - first + 1
        run = np.repeat(np.arange(len(starts)), pieces)
        # A run over several bins is cut where they meet.
        nth = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        bins = first[run] + nth
        widths = np.minimum(stops[run], (bins + 1) * self.bases) - np.maximum(starts[run], bins * self.bases)
        new = np.flatnonzero(np.r_[True, bins[1:] != bins[:-1]])
        there, values = bins[new] + self.firsts[record], column[run]
        weighed = values.astype(np.float64) * widths
        self.covered[there] += np.add.reduceat(widths, new)
        self.sums[there] += np.add.reduceat(weighed, new)
        self.squares[there] += np.add.reduceat(weighed * values, new)
        self.least[there] = np.minimum(self.least[there], np.minimum.reduceat(values, new))
        self.most[there] = np.maximum(self.most[there], np.maximum.reduceat(values, new))

    def coarser(self, times: int) -> Reduction:
        """Return a reduction with longer bins.

        Args:
            times: How many of these bins make one.
        """
        bins = np.diff(self.firsts, append=len(self.covered))
        counts = -(-bins // times)
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
        """Over all records: bases with a value, the smallest, the largest, the sum and the sum of the squares."""
        covered = int(self.covered.sum())
        ends = (float(self.least.min()), float(self.most.max())) if covered else (0.0, 0.0)
        return covered, *ends, float(self.sums.sum()), float(self.squares.sum())

    def records(self) -> NDArray[Any]:
        """Return the bins that have values, as bigWig stores them."""
        there = np.flatnonzero(self.covered)
        found = np.zeros(len(there), dtype=self.RECORD)
        record = np.searchsorted(self.firsts, there, side="right") - 1
        nth = there - self.firsts[record]
        found["id"] = record
        found["start"] = nth * self.bases
        found["stop"] = np.minimum((nth + 1) * self.bases, self.lengths[record])
        found["covered"] = self.covered[there]
        found["least"], found["most"] = self.least[there], self.most[there]
        # Sums of large values may exceed the range of the format.
        found["sum"] = np.clip(self.sums[there], -_LARGEST, _LARGEST)
        found["squares"] = np.minimum(self.squares[there], _LARGEST)
        return found
