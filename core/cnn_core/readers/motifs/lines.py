"""The lines of a motif file, the numbers in them, and the checks of a whole file: what all motif formats share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

import numpy as np

from ...errors import ModelError
from ...motifs import Motif

__all__ = ["LONGEST_TEXT", "MOST_MOTIFS", "WIDEST", "Line", "as_bases", "check_motifs", "lines_of"]

LONGEST_TEXT: Final = 1 << 25
"""Bytes that a motif file may have."""
WIDEST: Final = 200
"""Columns that a motif may have."""
MOST_MOTIFS: Final = 20_000
"""Motifs that a file may hold."""

# The deviation of a sum from 1 that rounding may explain: always, at most, and that of floating-point numbers.
_LEAST_ROUNDING: Final = 1e-5
_WORST_ROUNDING: Final = 0.02
_FLOATING: Final = 1e-9
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a motif file.

    Attributes:
        source: The file's name.
        number: The line's number, from 1.
        text: The line without the blanks at its end.
    """

    source: str
    number: int
    text: str

    def fault(self, what: str, remedy: str) -> ModelError:
        """Return an error about this line.

        Args:
            what: See `CnnError`.
            remedy: See `CnnError`.
        """
        return ModelError(what, where=f"{self.source}, line {self.number}", remedy=remedy)

    def counts(self, words: Sequence[str]) -> list[float]:
        """Return words of the line as counts or shares.

        Args:
            words: The words.

        Raises:
            ModelError: One is not a finite number of at least zero.
        """
        return self._numbers(words, "a count", "counts are finite numbers, zero or more")

    def shares(self, words: Sequence[str], what: str) -> list[float]:
        """Return words of the line as shares that add up to 1 but for rounding.

        Args:
            words: The words.
            what: What they are the shares of, for error texts.

        Raises:
            ModelError: One is not a finite number of at least zero, or their sum is too far from 1.
        """
        numbers = self._numbers(words, "a probability", "probabilities are numbers from 0 to 1")
        self.check_sum(words, numbers, what)
        return numbers

    def check_sum(self, words: Sequence[str], shares: Sequence[float], what: str) -> None:
        """Refuse shares whose sum deviates from 1 by more than their rounding explains.

        With d decimals, each is off by at most one in the last place, rounded or cut off; d is the most decimals that
        any of them has, since zeros at the end may be left out.

        Args:
            words: The shares as they are written.
            shares: Their numbers.
            what: What they are the shares of, for error texts.

        Raises:
            ModelError: The sum is too far from 1.
        """
        rounding = len(words) * 10.0 ** -max(map(_decimals, words))
        total = math.fsum(shares)
        if abs(total - 1) > min(max(rounding, _LEAST_ROUNDING), _WORST_ROUNDING) + _FLOATING:
            what = f"{what} add up to {total:.6g}, which is not 1 but for rounding"
            raise self.fault(what, "give the shares of A, C, G and T")

    def _numbers(self, words: Sequence[str], noun: str, remedy: str) -> list[float]:
        numbers = []
        for word in words:
            number = _number(word)
            if not math.isfinite(number) or number < 0:
                raise self.fault(f"'{word[:40]}' is not {noun}", remedy)
            numbers.append(number)
        return numbers


def lines_of(data: bytes, source: str, *, latin: bool = False) -> Iterator[Line]:
    """Yield the lines of a file.

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
        yield Line(source, number, line.rstrip())


def as_bases(letters: str) -> str:
    """Return letters in upper case, T for U, to compare with A, C, G and T.

    Args:
        letters: The letters.
    """
    return letters.upper().replace("U", "T")


def _number(word: str) -> float:
    """Return the number that a word writes, or NaN."""
    try:
        # float() also takes 1_000 and digits of other scripts, neither of which a motif file means.
        return float(word) if word.isascii() and "_" not in word else math.nan
    except ValueError:
        return math.nan


def _decimals(word: str) -> int:
    """Return how many decimals a number is written with; 1.5e-4 has five."""
    mantissa, _, exponent = word.lower().partition("e")
    return max(0, min(30, len(mantissa.partition(".")[2]) - int(exponent or 0)))


def check_motifs(motifs: Sequence[tuple[Line, Motif]], source: str) -> tuple[Motif, ...]:
    """Return the motifs of a file if they are valid together.

    Args:
        motifs: The line where each motif begins, and the motif.
        source: The file's name, for error texts.

    Raises:
        ModelError: Two have the same identifier, one is too wide or has a column without counts, or there are too many.
    """
    first: dict[str, Line] = {}
    for line, motif in motifs:
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
    if len(motifs) > MOST_MOTIFS:
        raise ModelError(
            f"holds {len(motifs):,} motifs", where=source, remedy=f"the most is {MOST_MOTIFS:,}; split the file"
        )
    return tuple(motif for _, motif in motifs)
