"""What the numbers of a matrix are: counts, shares, or log-odds; and the checks of all matrices of a file.

| the numbers                                                    | are                                            |
|----------------------------------------------------------------|------------------------------------------------|
| some are below zero                                            | log-odds in bits, nats or to base 10           |
| at least half of the columns add up to 1, or none is above 1   | shares                                         |
| otherwise                                                      | counts                                         |

Shares whose sum is off by rounding are divided by it; a sum that is off by more is refused. Log-odds w to the base b
against equal frequencies are turned back into shares, bʷ/4: in which base they are is told by the sums of these, which
must be 1 in every column. Log-odds against other frequencies do not say what these were, and are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from .lines import FLOATING, MOST_MOTIFS, WIDEST, WORST_ROUNDING, Line, rounding

__all__ = [
    "Matrix",
    "Numbers",
    "as_counts",
    "check_matrices",
    "numbers_in_words",
    "rounded_away",
    "without_rounding",
]

# The deviation of a sum from 1 that rounded log-odds may explain at most.
_WORST_OF_LOG_ODDS: Final = 0.05
_LARGEST_LOG_ODDS: Final = 50.0


class Numbers(Enum):
    """What the numbers of a matrix are; the value is what they are called."""

    COUNTS = "counts"
    SHARES = "shares"
    BITS = "log-odds in bits"
    NATS = "natural log-odds"
    BANS = "log-odds to base 10"


_LOG_ODDS: Final = {Numbers.BITS: 2.0, Numbers.NATS: math.e, Numbers.BANS: 10.0}


@dataclass(frozen=True, eq=False, slots=True)
class Matrix:
    """A matrix as it was read.

    Attributes:
        line: The line where it begins.
        motif: The motif.
        numbers: What its numbers are in the file.
        off: By how much a column's shares deviated from 1 at most, before they were divided by their sum.
        threshold: The score in nats from which on a site counts as one, where the file says it.
    """

    line: Line
    motif: Motif
    numbers: Numbers
    off: float = 0.0
    threshold: float | None = None


Where = Callable[[int, int], Line]
"""Tells the line of a column's number, by the indices of column and base."""


def as_counts(
    values: NDArray[np.float64], decimals: NDArray[np.int8], where: Where, called: Callable[[int], str]
) -> tuple[NDArray[np.float64], Numbers, float]:
    """Tell what the numbers of a matrix are, and return them as counts or shares.

    Args:
        values: The numbers, shape (width, 4), channels in the order A, C, G, T.
        decimals: With how many decimals each is written, of the same shape.
        where: The line of each number.
        called: What a column is called in error texts, by its index.

    Returns:
        Counts or shares, what the numbers were, and by how much their sums were off; see `Matrix`.

    Raises:
        ModelError: The sum of a column's shares is off by more than rounding, or numbers below zero are no log-odds.
    """
    if (values < 0).any():
        return *_from_log_odds(values, decimals, where), 0.0
    totals = values.sum(axis=1)
    near = np.abs(totals - 1) <= WORST_ROUNDING
    if near.mean() < 0.5 and not (values.max() <= 1 and (values % 1).any()):
        return values, Numbers.COUNTS, 0.0
    wrong = np.flatnonzero(np.abs(totals - 1) > rounding(decimals))
    if wrong.size:
        column = int(wrong[0])
        what = f"the shares of {called(column)} add up to {totals[column]:.6g}, which is not 1 but for rounding"
        raise where(column, 0).fault(what, "give the shares of A, C, G and T")
    return without_rounding(values), Numbers.SHARES, float(np.abs(totals - 1).max())


def without_rounding(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares that add up to 1, divided by their sum where rounding has left another.

    Args:
        shares: The shares, shape (width, 4).
    """
    totals = shares.sum(axis=1, keepdims=True)
    return np.where(np.abs(totals - 1) > FLOATING, shares / totals, shares)


def _from_log_odds(
    values: NDArray[np.float64], decimals: NDArray[np.int8], where: Where
) -> tuple[NDArray[np.float64], Numbers]:
    last_place = 10.0 ** -decimals.max(axis=1, initial=0)
    for numbers, base in _LOG_ODDS.items():
        shares = np.exp(np.minimum(values * math.log(base), _LARGEST_LOG_ODDS)) / len(BASES)
        totals = shares.sum(axis=1)
        if (np.abs(totals - 1) <= np.minimum(math.log(base) * last_place, _WORST_OF_LOG_ODDS) + FLOATING).all():
            return shares / totals[:, None], numbers
    column, base_index = (int(each) for each in np.argwhere(values < 0)[0])
    raise where(column, base_index).fault(
        f"'{values[column, base_index]:g}' is not a count, and the matrix is not one of log-odds against equal "
        "frequencies either, whose shares would add up to 1",
        "give counts or shares, which are finite numbers, zero or more",
    )


def check_matrices(matrices: Sequence[Matrix], source: str) -> None:
    """Refuse the matrices of a file if they are not valid together.

    Args:
        matrices: The matrices.
        source: The file's name, for error texts.

    Raises:
        ModelError: Two have the same identifier, one is too wide or has a column without counts, or there are too many.
    """
    first: dict[str, Line] = {}
    for matrix in matrices:
        line, motif = matrix.line, matrix.motif
        if motif.matrix_id in first:
            what = f"{motif.matrix_id} occurs twice, first at line {first[motif.matrix_id].number}"
            raise line.fault(what, "give each matrix an identifier of its own")
        first[motif.matrix_id] = line
        if motif.width > WIDEST:
            raise line.fault(f"{motif.matrix_id} is {motif.width:,} wide", f"the widest is {WIDEST}")
        empty = np.flatnonzero(~motif.counts.any(axis=1))
        if empty.size:
            what = f"column {empty[0]} of {motif.matrix_id} counts nothing"
            raise line.fault(what, "take the column out, or give its counts")
    if len(matrices) > MOST_MOTIFS:
        raise ModelError(
            f"holds {len(matrices):,} motifs", where=source, remedy=f"the most is {MOST_MOTIFS:,}; split the file"
        )


def numbers_in_words(matrices: Sequence[Matrix]) -> list[str]:
    """Return sentences that say what the numbers of a file were taken for, and what was done to them.

    Args:
        matrices: The matrices.
    """
    kinds = [kind for kind in Numbers if any(matrix.numbers is kind for matrix in matrices)]
    said = []
    if len(kinds) == 1:
        said.append(f"the numbers of the file are read as {kinds[0].value}")
    else:
        numbered = ", ".join(
            f"{sum(matrix.numbers is kind for matrix in matrices):,} as {kind.value}" for kind in kinds
        )
        said.append(f"of {len(matrices):,} matrices, {numbered} are read")
    if any(kind in _LOG_ODDS for kind in kinds):
        said.append("log-odds are taken to be against equal frequencies, and turned back into shares")
    return said + rounded_away(matrices)


def rounded_away(matrices: Sequence[Matrix]) -> list[str]:
    """Return a sentence that says which shares were divided by their sum, or none.

    Args:
        matrices: The matrices.
    """
    off = [matrix.off for matrix in matrices if matrix.off > FLOATING]
    if not off:
        return []
    return [
        f"the shares of {len(off):,} of {len(matrices):,} motifs add up to 1 only but for rounding (off by at most "
        f"{max(off):.2g}), and are divided by their sum"
    ]
