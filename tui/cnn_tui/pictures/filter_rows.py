"""The filters as motifs, as rows of a table: what stands in each column, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.text import Text

from cnn_core.errors import printable

from ..words.numbers import number, signed
from ..words.plurals_and_indices import counted
from ..words.shortening import shortened, squeezed
from .colours import style
from .motif_line import motif_line

if TYPE_CHECKING:
    from cnn_core.motifs import FilterMotif, Match

    from .colours import Palette

__all__ = ["COLUMNS", "FALLING", "LEFT_OUT", "LONGEST_LOGO", "FilterRow", "sorted_rows"]

COLUMNS: Final = ("filter", "name", "logo", "sites", "information", "resembles", "q", "influence")
"""The columns in order."""
LEFT_OUT: Final = ("name", "information", "q", "sites")
"""What has no room on a narrow screen, the first to go first."""
LONGEST_LOGO: Final = 30
"""Columns of the longest logo; of a wider filter those that hold most are shown."""
_LONGEST_NAME: Final = 20
_ALL: Final = 10_000
_PENDING: Final = "…"
_NOTHING: Final = "–"
FALLING: Final = ("sites", "information", "influence")
"""Columns that begin with the most where they are sorted by."""


@dataclass(frozen=True, eq=False)
class FilterRow:
    """One filter.

    Attributes:
        motif: The filter as a motif.
        match: The known motif that it resembles most, likely or not; None where there is none.
        is_compared: Whether `match` is known.
        influence: What it adds to the output, on average; None where that is not known.
    """

    motif: FilterMotif
    match: Match | None
    is_compared: bool
    influence: float | None = None

    @property
    def likely(self) -> Match | None:
        """The motif that it resembles."""
        return self.match if self.match is not None and self.match.is_likely else None

    def cells(self, palette: Palette, logo: int, resembles: int) -> dict[str, str | Text]:
        """Return what stands in each column; a filter of too few sites is dimmed.

        Args:
            palette: The colours.
            logo: How many columns of the terminal the logo has.
            resembles: How many what it resembles has.
        """
        motif = self.motif
        plain: dict[str, str | Text] = {
            "filter": str(motif.filter),
            "name": squeezed(printable(motif.name), _LONGEST_NAME),
            "logo": motif_line(motif, logo, palette),
            "sites": _NOTHING if motif.sites is None else f"{motif.sites:,}",
            "information": f"{motif.information.sum():.2f}" if motif.sites != 0 else _NOTHING,
            "resembles": shortened(self._resembles(resembles), resembles),
            "q": number(self.likely.q) if self.likely else "" if self.is_compared else _PENDING,
            "influence": _PENDING if self.influence is None else signed(self.influence) if self.influence else "0",
        }
        if motif.is_written:
            return plain
        dim = style(palette.dim)
        return {key: cell if isinstance(cell, Text) else Text(cell, dim) for key, cell in plain.items()} | {
            # What it adds has nothing to do with its sites.
            "influence": plain["influence"]
        }

    def _resembles(self, width: int = _ALL) -> str:
        """Return what it resembles: with the family where that fits."""
        if not self.motif.is_written:
            return f"{counted(self.motif.sites, 'site')}: too few" if self.motif.sites else "no site"
        if not self.is_compared:
            return _PENDING
        if self.likely is None:
            return _NOTHING
        known = self.likely.motif
        names = dict.fromkeys(map(printable, (known.name, known.matrix_id)))
        named, family = " ".join(names), printable(known.family)
        return f"{named}, {family}" if family and len(named) + len(family) + 2 <= width else named

    def found_by(self, text: str) -> bool:
        """Tell whether a text is in its number, its name, its consensus, or what is said of what it resembles."""
        known = (self.motif.name, str(self.motif.filter), self.motif.consensus, self._resembles())
        return any(text.casefold() in each.casefold() for each in known)


_KEYS: Final[dict[str, Callable[[FilterRow], float | str | None]]] = {
    "filter": lambda row: row.motif.filter,
    "name": lambda row: row.motif.name.casefold(),
    "logo": lambda row: row.motif.consensus,
    "sites": lambda row: row.motif.sites,
    # Few sites look like much information.
    "information": lambda row: float(row.motif.information.sum()) if row.motif.is_written else None,
    "resembles": lambda row: row.likely.motif.name.casefold() if row.likely else None,
    "q": lambda row: row.likely.q if row.likely else None,
    "influence": lambda row: None if row.influence is None else abs(row.influence),
}


def sorted_rows(rows: Sequence[FilterRow], column: str, *, turned: bool) -> list[FilterRow]:
    """Return rows in the order of a column: the most of `FALLING` and the least of all else first.

    Those without a value come last, whichever way round; equal ones are in the order of the filters.

    Args:
        rows: The rows, in the order of the filters.
        column: The column's key.
        turned: Whether it is the other way round.
    """
    key = _KEYS[column]
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    # Python's sort keeps the order of equal ones, backwards too.
    return [*sorted(known, key=key, reverse=turned != (column in FALLING)), *unknown]  # type: ignore[arg-type]
