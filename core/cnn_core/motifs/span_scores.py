"""How likely the best score of a query on a random target is to reach a number.

A target of length L has an offset for each way in which a query of width W lies over some of its columns: each prefix
and suffix of the query shorter than both, and else the whole query, L − W + 1 times, or, on a shorter target, each
span of L columns. Scores of a span are distributed as the sum of its columns' scores with random target columns.

The chance that any of several scores is reached is built up from theirs, one after the other, by a + b (1 − a):
nothing is subtracted that matters, so that the smallest chances keep all their digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["chances_of_best"]


@dataclass(frozen=True, eq=False)
class _Distribution:
    """The chances of whole-numbered scores from the lowest up."""

    lowest: int
    chances: NDArray[np.float64]

    @classmethod
    def of(cls, row: NDArray[np.int16]) -> _Distribution:
        lowest = int(row.min())
        return cls(lowest, np.bincount(row.astype(np.intp) - lowest) / len(row))

    def plus(self, other: _Distribution) -> _Distribution:
        """Return that of the sum of two independent scores."""
        return _Distribution(self.lowest + other.lowest, np.convolve(self.chances, other.chances))

    def reached(self, lowest: int, highest: int) -> NDArray[np.float64]:
        """Return the chance to reach each number of a range, its ends included; summed from the rarest up."""
        first = min(max(self.lowest - lowest, 0), highest + 1 - lowest)
        begin = max(lowest - self.lowest, 0)
        inside = np.minimum(self.chances[begin:][::-1].cumsum()[::-1], 1)[: highest + 1 - lowest - first]
        reached = np.zeros(highest + 1 - lowest)
        reached[:first] = 1
        reached[first : first + len(inside)] = inside
        return reached


def chances_of_best(
    steps: NDArray[np.int16], lengths: NDArray[np.int64], scores: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the chance that the best of all offsets on one strand of a random target reaches a score.

    Args:
        steps: The score of each query column with each column that a random target may have, shape (width, columns).
        lengths: The lengths of targets, shape (targets,).
        scores: The score of each, shape (targets,).
    """
    columns = [_Distribution.of(row) for row in steps]
    width, lowest, highest = len(columns), int(scores.min()), int(scores.max())
    shorter = sorted({int(length) for length in lengths if length < width})
    most = max(shorter, default=0)
    spans = [
        [each.reached(lowest, highest) for each in _sums(columns[start : start + (most if start else width)])]
        for start in range(width)
    ]
    suffixes = [spans[width - length][length - 1] for length in range(1, most + 1)]
    if most < width - 1:
        suffixes += [each.reached(lowest, highest) for each in _sums(columns[::-1])[most : width - 1]]
    # By how many columns a shorter span may have, and by how many all of one length have.
    edges, inner = np.zeros((2, width, highest + 1 - lowest))
    for length, suffix in enumerate(suffixes, start=1):
        edges[length] = _either(_either(edges[length - 1], spans[0][length - 1]), suffix)
    for length in shorter:
        for row in spans[: width + 1 - length]:
            inner[length] = _either(inner[length], row[length - 1])
    at, overlaps = scores - lowest, np.minimum(lengths, width)
    # On shorter targets there are 0 offsets or less, and 0 times −∞ is not asked for.
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = -np.expm1((lengths - width + 1) * np.log1p(-spans[0][-1][at]))
    rest = np.where(lengths < width, inner[overlaps % width, at], whole)
    return _either(edges[overlaps - 1, at], rest)


def _either(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance that at least one of two independent scores is reached."""
    return one + other * (1 - one)


def _sums(columns: Sequence[_Distribution]) -> list[_Distribution]:
    """Return the distribution of the sum of the first column, of the first two, and so on."""
    sums: list[_Distribution] = []
    for column in columns:
        sums.append(sums[-1].plus(column) if sums else column)
    return sums
