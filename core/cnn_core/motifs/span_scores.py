"""How likely the best score of a query on a random target is to stay below a number.

A target of length L has an offset for each way in which a query of width W lies over some of its columns: each prefix
and suffix of the query shorter than both, and else the whole query, L − W + 1 times, or, on a shorter target, each
span of L columns. Scores of a span are distributed as the sum of its columns' scores with random target columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_chances_below"]


@dataclass(frozen=True, eq=False)
class _Distribution:
    """The chances of whole-numbered scores from the lowest up."""

    lowest: int
    chances: NDArray[np.float64]

    def plus(self, other: _Distribution) -> _Distribution:
        """Return that of the sum of two independent scores."""
        return _Distribution(self.lowest + other.lowest, np.convolve(self.chances, other.chances))

    def log_below(self, lowest: int, highest: int) -> NDArray[np.float64]:
        """Return the logarithm of the chance to stay below each number of a range, its ends included.

        Chances to reach a number are added up from the rarest, and keep all their digits however small they are.
        """
        reached = np.minimum(np.cumsum(self.chances[::-1])[::-1], 1)
        first = min(max(self.lowest - lowest, 0), highest + 1 - lowest)
        begin = max(lowest - self.lowest, 0)
        inside = reached[begin : begin + highest + 1 - lowest - first]
        below = np.zeros(highest + 1 - lowest)
        below[:first] = -np.inf
        with np.errstate(divide="ignore"):
            np.log1p(-inside, out=below[first : first + len(inside)])
        return below


def log_chances_below(
    steps: NDArray[np.int16], lengths: Sequence[int] | NDArray[np.int64], lowest: int, highest: int
) -> dict[int, NDArray[np.float64]]:
    """Return the chance that the best of all offsets on one strand stays below each number of a range.

    Args:
        steps: The score of each query column with each column that a random target may have, shape (width, columns).
        lengths: The lengths of targets, each once.
        lowest: The range's first number.
        highest: The range's last number.

    Returns:
        For each length the natural logarithms of the chances, shape (highest − lowest + 1,).
    """
    columns = [_distribution(row) for row in steps]
    width = len(columns)

    def logs(spans: Sequence[_Distribution]) -> NDArray[np.float64]:
        return np.array([span.log_below(lowest, highest) for span in spans])

    prefixes, suffixes = _sums(columns), _sums(columns[::-1])
    whole = prefixes[-1].log_below(lowest, highest)
    nothing = np.zeros((1, highest - lowest + 1))
    edges = np.cumsum(
        np.concatenate([nothing, logs(prefixes[:-1]) + logs(suffixes[:-1])] if width > 1 else nothing), 0
    )
    shorter = [int(length) for length in lengths if length < width]
    inner = dict.fromkeys(shorter, np.zeros(1))
    for start in range(width):
        sums = _sums(columns[start : start + max(shorter, default=0)])
        for length in shorter:
            if length <= len(sums):
                inner[length] = inner[length] + sums[length - 1].log_below(lowest, highest)
    return {
        length: edges[length - 1] + inner[length] if length < width else edges[-1] + (length - width + 1) * whole
        for length in map(int, lengths)
    }


def _distribution(row: NDArray[np.int16]) -> _Distribution:
    lowest = int(row.min())
    counts = np.bincount(row.astype(np.int64) - lowest)
    return _Distribution(lowest, counts / len(row))


def _sums(columns: Sequence[_Distribution]) -> list[_Distribution]:
    """Return the distribution of the sum of the first column, of the first two, and so on."""
    sums: list[_Distribution] = []
    for column in columns:
        sums.append(sums[-1].plus(column) if sums else column)
    return sums
