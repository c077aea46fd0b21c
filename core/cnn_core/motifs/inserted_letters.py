"""The letters of a motif, ready to be put over those of a sequence, whose length stays.

A letter that stands for several bases leaves a base alone that is one of them; otherwise one of them is drawn, each as
likely as the other. So N leaves whatever is there, as in tangermeme 1.6's `substitute`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import SequenceError
from ..letters.alphabet import BASE_CODES, BASE_SET, PADDING, decode, encode, reverse_complement
from .filter_motif import consensus

__all__ = ["InsertedLetters"]


@dataclass(frozen=True, eq=False)
class InsertedLetters:
    """The letters of a motif.

    Attributes:
        name: What the motif is called; the letters themselves where they were typed.
        codes: One IUPAC letter a column, as sets of bases, shape (width,), see `alphabet`.
        shares: The share of each base in each column, shape (width, 4), where letters are drawn from these; otherwise
            None.

    Raises:
        SequenceError: There is no letter, or none but N.
    """

    name: str
    codes: NDArray[np.uint8]
    shares: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.shares is None and (self.codes == BASE_SET).all():
            raise SequenceError(
                f"{self.name} has no letter but N, which leaves what is there"
                if self.width
                else "there is no letter to put in",
                remedy="give IUPAC letters such as GATAAG, or draw those of a matrix from its shares",
            )

    @classmethod
    def of_text(cls, letters: str) -> InsertedLetters:
        """Return those of IUPAC letters.

        Raises:
            SequenceError: A letter is not a nucleotide letter, or all of them are N.
        """
        codes = (encode(letters) & BASE_SET).astype(np.uint8)
        return cls(decode(codes), codes)

    @classmethod
    def of_shares(cls, name: str, shares: NDArray[np.float64], *, drawn: bool = False) -> InsertedLetters:
        """Return those of a matrix.

        Args:
            name: What the motif is called.
            shares: The share of each base in each column, shape (width, 4).
            drawn: Whether each sequence has letters of its own, drawn from the shares, and not the consensus.

        Raises:
            SequenceError: Its consensus has no letter but N.
        """
        return cls(name, encode(consensus(shares)), shares if drawn else None)

    @property
    def width(self) -> int:
        """The number of letters."""
        return len(self.codes)

    @property
    def letters(self) -> str:
        """One IUPAC letter a column: what is put in, or of drawn letters the consensus."""
        return decode(self.codes)

    @property
    def described(self) -> str:
        """What is put in, in a few words, such as `GATAAG` or `the consensus of MA0035.5 GATA1 (CTAATCT)`."""
        if self.shares is not None:
            return f"letters drawn from the shares of {self.name} (consensus {self.letters})"
        return self.letters if self.name == self.letters else f"the consensus of {self.name} ({self.letters})"

    def drawn(self, random: np.random.RandomState) -> DrawnLetters:
        """Return them for one sequence.

        Args:
            random: What draws.
        """
        draws = random.random_sample((2, self.width))
        if self.shares is None:
            return DrawnLetters(self.codes, draws[1])
        bounds = np.cumsum(self.shares, axis=1)
        chosen = (draws[0][:, None] * bounds[:, -1:] >= bounds[:, :-1]).sum(axis=1)
        return DrawnLetters(BASE_CODES[chosen], draws[1])


@dataclass(frozen=True, eq=False)
class DrawnLetters:
    """The letters that are put into one sequence.

    Attributes:
        codes: Sets of bases, shape (width,).
        draws: What decides between several bases, 0 to 1, shape (width,).
    """

    codes: NDArray[np.uint8]
    draws: NDArray[np.float64]

    @property
    def reversed(self) -> DrawnLetters:
        """Their reverse complement: of several bases, the complement of what is drawn on the other strand."""
        # In the order of their complements, bases stand the other way round.
        return DrawnLetters(reverse_complement(self.codes), np.nextafter(1, 0) - self.draws[::-1])

    @property
    def width(self) -> int:
        """The number of letters."""
        return len(self.codes)

    def at(self, codes: NDArray[np.uint8], first: int) -> NDArray[np.uint8]:
        """Return what stands in a sequence where the letters are put.

        Args:
            codes: The sequence, shape (length,).
            first: The base over which the first letter stands, from 0.

        Returns:
            Codes, shape (width,).
        """
        present = codes[first : first + self.width]
        there = present & BASE_SET
        stays = (there & ~self.codes == 0) & ((there != PADDING) | (self.codes == BASE_SET))
        members = (self.codes[:, None] & BASE_CODES) > 0
        nth = (self.draws * members.sum(axis=1)).astype(np.int64)
        drawn = BASE_CODES[(members.cumsum(axis=1) <= nth[:, None]).sum(axis=1)]
        return np.where(stays, present, drawn)
