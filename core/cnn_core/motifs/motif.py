"""A motif, and the log-odds of its letters against a background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError
from ..letter_sums.score_distribution import UNIFORM
from ..letters.alphabet import BASES

__all__ = ["PSEUDOCOUNT", "UNIFORM", "Motif", "checked_background", "log_odds"]

PSEUDOCOUNT: Final = 0.1
"""The share of random letters in each column, unless told otherwise: as if one site in eleven were random."""

# The sum of a row of shares may deviate from 1 by this much through rounding.
_ROUNDING: Final = 0.02


@dataclass(frozen=True, eq=False)
class Motif:
    """How often each base was counted in each column of a binding site, or its share of the sites there.

    Attributes:
        matrix_id: The matrix's identifier, such as MA0139.1.
        name: The name, such as CTCF; the identifier again where the file gives no other name.
        counts: Counts or shares, as the file has them, shape (width, 4), channels in the order A, C, G, T; not
            always whole numbers.
        sites: How many sites were counted, where that is known.
        family: The family of the factors that bind it, such as C4-GATA-related, where that is known.
        factor_class: The class that the family belongs to, where that is known.
    """

    matrix_id: str
    name: str
    counts: NDArray[np.float64]
    sites: int | None = None
    family: str = ""
    factor_class: str = ""

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.counts)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The share of each base in each column, shape (width, 4); shares in the file are left as they are."""
        totals = self.counts.sum(axis=1, keepdims=True)
        return np.where(np.abs(totals - 1) <= _ROUNDING, self.counts, self.counts / totals)


def log_odds(
    motif: Motif, background: Sequence[float] | NDArray[np.float64] = UNIFORM, pseudocount: float = PSEUDOCOUNT
) -> NDArray[np.float64]:
    """Return the log-odds of every base in every column, not rounded.

    Args:
        motif: The motif.
        background: The frequencies of A, C, G and T, shape (4,).
        pseudocount: The share of random letters in each column.

    Returns:
        Bits, shape (width, 4).
    """
    expected = np.asarray(background, dtype=np.float64)
    shares = motif.counts / motif.counts.sum(axis=1, keepdims=True)
    bits: NDArray[np.float64] = np.log2((shares + pseudocount * expected) / (1 + pseudocount) / expected)
    return bits


def checked_background(background: Sequence[float], *, with_zeros: bool = False) -> NDArray[np.float64]:
    """Return a background if it has a share for each of A, C, G and T.

    Args:
        background: The frequencies of A, C, G and T.
        with_zeros: Whether a base may be missing from it.

    Raises:
        SettingError: It does not.
    """
    shares = np.array(background, dtype=np.float64)
    valid = shares.shape == (len(BASES),) and abs(shares.sum() - 1) < 1e-6
    if not valid or not (shares.min() >= 0 if with_zeros else shares.min() > 0):
        raise SettingError(
            f"background {', '.join(f'{share:g}' for share in shares.flat)} is not a share for each of A, C, G and T",
            remedy="its shares add up to 1, such as 0.3,0.2,0.2,0.3",
        )
    return shares
