"""A motif, and what the readers of all motif formats share: text, numbers, and the checks of a whole file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError

__all__ = [
    "LONGEST_TEXT",
    "MOST_MOTIFS",
    "WIDEST",
    "Motif",
    "MotifFile",
    "check_motifs",
    "check_shares",
    "count_of",
    "lines_of",
    "share_of",
]

LONGEST_TEXT: Final = 1 << 25
"""Bytes that a motif file may have."""
WIDEST: Final = 200
"""Columns that a motif may have."""
MOST_MOTIFS: Final = 20_000
"""Motifs that a file may hold."""

# What rounding is granted to any row of shares, and what to none.
_LEAST_ROUNDING: Final = 1e-5
_WORST_ROUNDING: Final = 0.02
_FLOATING: Final = 1e-9
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, eq=False)
class Motif:
    """How often each base was counted at each column of a binding site, or which share of the sites it had there.

    Attributes:
        matrix_id: The matrix's identifier, such as MA0139.1.
        name: What the matrix is called, such as CTCF; its identifier where the file names it no further.
        counts: Counts or shares as the file has them, shape (width, 4), channels in the order A, C, G, T; not
            always whole numbers.
    """

    matrix_id: str
    name: str
    counts: NDArray[np.float64]

    @property
    def width(self) -> int:
        """How many columns the matrix has."""
        return len(self.counts)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The share of each base in each column, shape (width, 4); shares that the file has stay as they are."""
        totals = self.counts.sum(axis=1, keepdims=True)
        shares: NDArray[np.float64] = np.where(
            np.abs(totals - 1) <= _WORST_ROUNDING, self.counts, self.counts / totals
        )
        return shares


@dataclass(frozen=True, eq=False)
class MotifFile:
    """A motif file that was read.

    Attributes:
        motifs: The motifs in the file's order, at least one.
        background: How often A, C, G and T stand anywhere, shape (4,), where the file says so; otherwise None.
        version: Who wrote it, as far as the file says, such as "MEME 5.4.1"; otherwise empty.
    """

    motifs: tuple[Motif, ...]
    background: NDArray[np.float64] | None = None
    version: str = ""


def lines_of(data: bytes, source: str, *, latin: bool = False) -> Iterator[tuple[str, str]]:
    """Yield where each line of a file stands, for error texts, and the line without the blanks at its end.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name, for error texts.
        latin: Whether Latin-1, the encoding of old databases, is read as well.

    Raises:
        ModelError: It is not text, or too long.
    """
    if len(data) > LONGEST_TEXT:
        raise ModelError(
            f"has {len(data):,} bytes", where=source, remedy=f"the most is {LONGEST_TEXT:,}; split the file"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1") if latin else "\x00"
    if _CONTROL.search(text):
        raise ModelError("is not text", where=source, remedy="give a motif file, which is plain text")
    for number, line in enumerate(StringIO(text), start=1):
        yield f"{source}, line {number}", line.rstrip()


def count_of(word: str, where: str) -> float:
    """Return a count or a share.

    Args:
        word: How it is written.
        where: The file and the line, for error texts.

    Raises:
        ModelError: It is not a finite number, zero or more.
    """
    return _not_below_zero(word, where, "a count", "counts are finite numbers, zero or more")


def share_of(word: str, where: str) -> float:
    """Return a probability or a frequency; whether several add up to 1 is for `check_shares` to say.

    Args:
        word: How it is written.
        where: The file and the line, for error texts.

    Raises:
        ModelError: It is not a finite number, zero or more.
    """
    return _not_below_zero(word, where, "a probability", "probabilities are numbers from 0 to 1")


def _not_below_zero(word: str, where: str, noun: str, remedy: str) -> float:
    value = _number(word)
    if not math.isfinite(value) or value < 0:
        raise ModelError(f"'{word[:40]}' is not {noun}", where=where, remedy=remedy)
    return value


def _number(word: str) -> float:
    """Return the number that a word writes, or NaN."""
    try:
        # float() also takes 1_000 and digits of other scripts, neither of which a motif file means.
        return float(word) if word.isascii() and "_" not in word else math.nan
    except ValueError:
        return math.nan


def check_shares(words: Sequence[str], shares: Sequence[float], where: str, what: str) -> None:
    """Refuse shares whose sum is further from 1 than their rounding can take it.

    With d decimals, each is off by at most one in the last place, rounded or cut off; d is the most decimals that
    any of them has, since zeros at the end may be left out.

    Args:
        words: How the shares are written.
        shares: What they are.
        where: The file and the line, for error texts.
        what: What the shares are of, for error texts.

    Raises:
        ModelError: The sum is too far from 1.
    """
    rounding = len(words) * 10.0 ** -max(map(_decimals, words))
    total = math.fsum(shares)
    if abs(total - 1) > min(max(rounding, _LEAST_ROUNDING), _WORST_ROUNDING) + _FLOATING:
        raise ModelError(
            f"{what} add up to {total:.6g}, which is not 1 but for rounding",
            where=where,
            remedy="give the shares of A, C, G and T",
        )


def _decimals(word: str) -> int:
    """Return how many decimals a number is written with; 1.5e-4 has five."""
    mantissa, _, exponent = word.lower().partition("e")
    return max(0, min(30, len(mantissa.partition(".")[2]) - int(exponent or 0)))


def check_motifs(motifs: Sequence[tuple[str, Motif]], source: str) -> tuple[Motif, ...]:
    """Return the motifs of a file if they can stand side by side.

    Args:
        motifs: Each motif, and the file and line where it begins.
        source: The file's name, for error texts.

    Raises:
        ModelError: Two have one identifier, one is too wide or counts nothing in a column, or there are too many.
    """
    first: dict[str, str] = {}
    for where, motif in motifs:
        if motif.matrix_id in first:
            raise ModelError(
                f"{motif.matrix_id} stands twice, first at {first[motif.matrix_id]}",
                where=where,
                remedy="give each matrix an identifier of its own",
            )
        first[motif.matrix_id] = where.removeprefix(f"{source}, ")
        if motif.width > WIDEST:
            raise ModelError(
                f"{motif.matrix_id} is {motif.width:,} wide", where=where, remedy=f"the widest is {WIDEST}"
            )
        empty = np.flatnonzero(~motif.counts.any(axis=1))
        if empty.size:
            raise ModelError(
                f"column {empty[0]} of {motif.matrix_id} counts nothing",
                where=where,
                remedy="take the column out, or give its counts",
            )
    if len(motifs) > MOST_MOTIFS:
        raise ModelError(
            f"holds {len(motifs):,} motifs", where=source, remedy=f"the most is {MOST_MOTIFS:,}; split the file"
        )
    return tuple(motif for _, motif in motifs)
