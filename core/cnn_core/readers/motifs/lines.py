"""The lines of a motif file, and the numbers in them: what all motif formats share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError

__all__ = [
    "FLOATING",
    "LONGEST_TEXT",
    "MOST_MOTIFS",
    "WIDEST",
    "WORST_ROUNDING",
    "Line",
    "as_bases",
    "decimals_of",
    "lines_of",
    "rounding",
]

LONGEST_TEXT: Final = 1 << 25
"""Bytes that a motif file may have."""
WIDEST: Final = 200
"""Columns that a motif may have."""
MOST_MOTIFS: Final = 20_000
"""Motifs that a file may hold."""
WORST_ROUNDING: Final = 0.02
"""The deviation of a sum of shares from 1 that rounding may explain at most."""
FLOATING: Final = 1e-9
"""That of floating-point numbers."""

# That which rounding always explains.
_LEAST_ROUNDING: Final = 1e-5
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

    def numbers(self, words: Sequence[str]) -> list[float]:
        """Return words of the line as numbers, of any sign.

        Args:
            words: The words.

        Raises:
            ModelError: One is not a finite number.
        """
        return self._numbers(words, "a count", "counts are finite numbers, zero or more", -math.inf)

    def shares(self, words: Sequence[str], what: str) -> list[float]:
        """Return words of the line as shares that add up to 1 but for rounding.

        Args:
            words: The words.
            what: What they are the shares of, for error texts.

        Raises:
            ModelError: One is not a finite number of at least zero, or their sum is too far from 1.
        """
        numbers = self._numbers(words, "a probability", "probabilities are numbers from 0 to 1", 0.0)
        total = math.fsum(numbers)
        if abs(total - 1) > rounding(np.array([decimals_of(words)])):
            what = f"{what} add up to {total:.6g}, which is not 1 but for rounding"
            raise self.fault(what, "give the shares of A, C, G and T")
        return numbers

    def _numbers(self, words: Sequence[str], noun: str, remedy: str, least: float) -> list[float]:
        numbers = []
        for word in words:
            number = _number(word)
            if not math.isfinite(number) or number < least:
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


def decimals_of(words: Sequence[str]) -> list[int]:
    """Return how many decimals each number is written with, at most 30; 1.5e-4 has five.

    Args:
        words: The numbers.
    """
    return [*map(_decimals, words)]


def rounding(decimals: NDArray[Any]) -> NDArray[np.float64]:
    """Return by how much rounding may have moved the sums of rows of shares away from 1.

    With d decimals, each is off by at most one in the last place, rounded or cut off; d is the most decimals that
    any of them has, since zeros at the end may be left out.

    Args:
        decimals: With how many decimals each share is written, shape (rows, shares).
    """
    steps = decimals.shape[1] * 10.0 ** -decimals.max(axis=1).astype(np.float64)
    allowed: NDArray[np.float64] = np.clip(steps, _LEAST_ROUNDING, WORST_ROUNDING) + FLOATING
    return allowed


def _decimals(word: str) -> int:
    mantissa, _, exponent = word.lower().partition("e")
    return max(0, min(30, len(mantissa.partition(".")[2]) - int(exponent or 0)))
