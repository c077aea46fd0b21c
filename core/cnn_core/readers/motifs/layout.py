"""The layout of a matrix of bare numbers: one row a letter, as JASPAR writes it, or one row a position.

HOMER, gimme, CIS-BP and others write one row of four numbers a position. Four rows of any other width than four are
rows of letters, and rows of four numbers of any other count than four are rows of positions. A matrix of four rows
of four could be either; the sums tell, since it is a position's counts or shares that add up to one total:

| all rows have the same sum  | all columns do | the matrix has                                                |
|-----------------------------|----------------|---------------------------------------------------------------|
| no                          | yes            | one row a letter                                              |
| yes                         | no             | one row a position                                            |
| both or neither             |                | the layout of the other matrices in the file, if that is clear |

A position may be numbered in a fifth column in front. A header with HOMER's numbers always means one row a position.

Sources: http://homer.ucsd.edu/homer/motif/creatingCustomMotifs.html, https://gimmemotifs.readthedocs.io.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...letters.alphabet import BASES

__all__ = ["Layout", "is_homer_header", "layout_of"]

_LETTERS: Final = len(BASES)
# Shares are rounded, and some positions of some matrices lack a few sites.
_SAME: Final = 0.02


class Layout(Enum):
    """What the rows of a matrix are."""

    LETTERS = auto()
    """Four rows, one for each letter."""
    POSITIONS = auto()
    """Four columns, and one row for each position."""
    NUMBERED = auto()
    """The same behind a column that numbers the positions."""
    EITHER = auto()
    """It could be either."""
    NEITHER = auto()
    """Neither four rows nor four columns."""


def layout_of(matrix: NDArray[np.float64]) -> Layout:
    """Return what the rows of a matrix are.

    Args:
        matrix: Its numbers, zero or more, row by row as in the file.
    """
    rows, columns = matrix.shape
    if columns == _LETTERS + 1 and _counts_up(matrix[:, 0]):
        return _layout_by_sums(matrix, matrix[:, 1:], Layout.NUMBERED) if rows == _LETTERS else Layout.NUMBERED
    if columns == _LETTERS:
        return _layout_by_sums(matrix, matrix, Layout.POSITIONS) if rows == _LETTERS else Layout.POSITIONS
    return Layout.LETTERS if rows == _LETTERS else Layout.NEITHER


def is_homer_header(line: str) -> bool:
    """Tell whether a line is the header of a HOMER motif: consensus, name and threshold, separated by tabs.

    Args:
        line: The line, with its `>`.
    """
    fields = line.split("\t")
    try:
        return len(fields) > 2 and line.startswith(">") and np.isfinite(float(fields[2]))
    except ValueError:
        return False


def _counts_up(numbers: NDArray[np.float64]) -> bool:
    first = int(numbers[0]) if numbers[0] in (0, 1) else -1
    return first >= 0 and np.array_equal(numbers, np.arange(first, first + len(numbers)))


def _layout_by_sums(matrix: NDArray[np.float64], positions: NDArray[np.float64], by_position: Layout) -> Layout:
    """Return what the sums say about four rows."""
    if matrix.shape[0] == matrix.shape[1] and np.array_equal(matrix, matrix.T):
        return Layout.LETTERS
    by_rows, by_columns = _are_alike(positions.sum(axis=1)), _are_alike(matrix.sum(axis=0))
    if by_rows == by_columns:
        return Layout.EITHER
    return by_position if by_rows else Layout.LETTERS


def _are_alike(sums: NDArray[np.float64]) -> bool:
    """Tell whether sums are those of positions: above zero, and equal but for rounding."""
    return bool(sums.min() > 0 and sums.min() >= (1 - _SAME) * sums.max())
