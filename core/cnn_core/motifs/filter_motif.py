"""A filter as a motif: the letters that were counted under its windows, and what they hold.

Sources: T. D. Schneider et al., Journal of Molecular Biology 188:415-431 (1986) (information, and its correction for
few sites); D. R. Cavener, Nucleic Acids Research 15:1353-1361 (1987) (the letters of a consensus).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError
from ..letters.alphabet import BASE_CODES, BASES, decode
from ..letters.strand_choice import Strands
from ..named_arrays import NamedArray, Tabular, named_numbers
from .matrix_rules import MotifRule
from .motif import UNIFORM, Motif, checked_background

__all__ = [
    "FEWEST_SITES",
    "FilterMotif",
    "FilterMotifs",
    "MotifSettings",
    "consensus",
    "information",
    "small_sample_correction",
]

FEWEST_SITES: Final = 10
"""Below so many sites a matrix holds more information than the filter: it is marked, and not written as a motif."""


@dataclass(frozen=True, eq=False)
class MotifSettings:
    """How counts become shares, and which filters have enough of them.

    Attributes:
        background: How often A, C, G and T stand anywhere.
        pseudocount: How many of each letter are added to every column, in proportion to the background; None is as
            the rule has it: 1 for `basset`, 0 for the others.
        fewest_sites: The smallest number of sites that a motif is written with.
        strands: `+`, `-` or `both`: the strands whose windows are counted.

    Raises:
        SettingError: The background is not a share of each base, the pseudocount or the number of sites is below 0, or
            there are no such strands.
    """

    background: Sequence[float] = UNIFORM
    pseudocount: float | None = None
    fewest_sites: int = FEWEST_SITES
    strands: str = "+"

    def __post_init__(self) -> None:
        checked_background(self.background)
        _ = Strands(self.strands)
        if self.pseudocount is not None and not 0 <= self.pseudocount < float("inf"):
            raise SettingError(f"the pseudocount {self.pseudocount:g} is below 0", remedy="give 0 or more")
        if self.fewest_sites < 0:
            raise SettingError(f"{self.fewest_sites} sites are below 0", remedy="give 0 or more")


@dataclass(frozen=True, eq=False, repr=False)
class FilterMotif(Tabular):
    """A filter as a motif.

    Attributes:
        filter: The filter, by number.
        name: Its name, as it stands in files.
        counts: How often each of A, C, G and T was counted in each column, shape (width, 4); shares by the rule
            `weights`.
        sites: How many windows were counted; None by the rule `weights`.
        rule: How it was made.
        settings: How its counts become shares.
    """

    filter: int
    name: str
    counts: NDArray[np.float64]
    sites: int | None
    rule: MotifRule
    settings: MotifSettings

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """The share of each base in each column, shape (width, 4); the background where nothing was counted."""
        background = np.asarray(self.settings.background, dtype=np.float64)
        if self.sites is None:
            return self.counts
        counts = self.counts + len(BASES) * self.added * background
        totals = counts.sum(axis=1, keepdims=True)
        return np.where(totals > 0, counts, background) / np.where(totals > 0, totals, 1)

    @property
    def described(self) -> str:
        """How it was made, in one line: the rule, the strands, what was added to the counts, and the background."""
        shares = ",".join(f"{share:g}" for share in self.settings.background)
        background = "" if tuple(self.settings.background) == UNIFORM else f"; background {shares}"
        if self.sites is None:
            return f"{self.rule.words}{background}"
        strands = {"both": ", on both strands", "-": ", on the - strand"}.get(self.settings.strands, "")
        added = f"; pseudocount {self.added:g}" if self.added else ""
        return f"{self.rule.words}{strands}{added}{background}"

    @property
    def added(self) -> float:
        """The pseudocount in force."""
        return self.rule.pseudocount if self.settings.pseudocount is None else self.settings.pseudocount

    @property
    def is_written(self) -> bool:
        """Whether it has enough sites to be written as a motif."""
        return self.sites is None or self.sites >= max(1, self.settings.fewest_sites)

    @property
    def information(self) -> NDArray[np.float64]:
        """The information of each column in bits, 0 to 2, shape (width,), as it stands: see `corrected`."""
        return information(self.probabilities)

    @property
    def corrected(self) -> NDArray[np.float64]:
        """The information of each column without what few sites add to it, 0 at the least, shape (width,)."""
        correction = 0.0 if self.sites is None else small_sample_correction(self.sites)
        return np.maximum(self.information - correction, 0)

    @property
    def consensus(self) -> str:
        """One IUPAC letter a column."""
        return consensus(self.probabilities)

    @property
    def motif(self) -> Motif:
        """Its shares as a motif of its name, as motif files have it."""
        return Motif(self.name, self.name, self.probabilities, self.sites)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a position of the filter: `position`, the shares `A`, `C`, `G`, `T`, `information`."""
        return {**self.named().columns, "information": self.information}

    def named(self, name: str = "probabilities") -> NamedArray:
        """Return the matrix with the names of its axes: position and letter.

        Args:
            name: `probabilities` or `counts`.

        Raises:
            NotFoundError: There is no such matrix.
        """
        labels = {"position": np.arange(len(self.counts)), "letter": np.array([*BASES])}
        return named_numbers(self, name, ("probabilities", "counts"), labels)


class FilterMotifs(Tabular, tuple[FilterMotif, ...]):
    """The motifs of filters, in order: a tuple of `FilterMotif`, and a table of them."""

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a filter: `filter`, `name`, `sites` (−1 by the rule `weights`), `information` in bits, `consensus`.

        Without a site the information is NaN, and there is no consensus.
        """
        return {
            "filter": np.array([each.filter for each in self], dtype=np.int64),
            "name": np.array([each.name for each in self]),
            "sites": np.array([-1 if each.sites is None else each.sites for each in self], dtype=np.int64),
            "information": np.array([np.nan if each.sites == 0 else each.information.sum() for each in self]),
            "consensus": np.array(["" if each.sites == 0 else each.consensus for each in self]),
        }


def information(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the information of columns: 2 less their entropy.

    Args:
        probabilities: The share of each base in each column, shape (width, 4).

    Returns:
        Bits, 0 to 2, shape (width,).
    """
    logs = np.log2(probabilities, out=np.zeros_like(probabilities), where=probabilities > 0)
    bits: NDArray[np.float64] = np.clip(2 + (probabilities * logs).sum(axis=1), 0, 2)
    return bits


def small_sample_correction(sites: int) -> float:
    """Return the bits that so many sites of random letters add to the information of a column: 3 / (2 ln 2 · n).

    Args:
        sites: How many were counted.
    """
    return 3 / (2 * float(np.log(2)) * sites) if sites else 2.0


def consensus(probabilities: NDArray[np.float64]) -> str:
    """Return one IUPAC letter a column, by Cavener's rules.

    A letter stands for itself where it has more than half, and more than twice as much as the next; for two where
    they have more than three quarters; for three where the fourth is never there; else it is N.

    Args:
        probabilities: The share of each base in each column, shape (width, 4).
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    first, second, third, fourth = np.take_along_axis(probabilities, order, axis=1).T
    one = (first > second + third + fourth) & (first > 2 * second)
    two = 4 * (first + second) > 3 * (first + second + third + fourth)
    members = np.select([one, two, fourth == 0], [1, 2, 3], 4)
    sets = np.where(np.arange(len(BASES)) < members[:, None], BASE_CODES[order], 0).sum(axis=1)
    return decode(sets.astype(np.uint8))
