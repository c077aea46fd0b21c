"""Where to go, as people type it: `cell 3`, `conv 45`, `b100`, `CTCF`, `chr1:46-61`.

A number that indexes a tensor counts from 0; a region, in samtools form, counts from 1.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from cnn_core.errors import CnnError, NotFoundError, RegionError
from cnn_core.letters.regions import is_bare_range

from ...view.view_state import Level, ViewState
from ...words.block_words import BlockWords

__all__ = [
    "Bounds",
    "Goto",
    "GotoBase",
    "GotoCell",
    "GotoFilter",
    "GotoInput",
    "GotoPosition",
    "GotoRegion",
    "parse_goto",
]

_FILTER: Final = "filter"
_INPUT: Final = "input"
_REGION: Final = "region"
_WORDS: Final = {
    "cell": Level.CELL,
    "pooled": Level.CELL,
    "pool": Level.CELL,
    "c": Level.CELL,
    "response": Level.RESPONSE,
    "conv": Level.RESPONSE,
    "position": Level.RESPONSE,
    "r": Level.RESPONSE,
    "base": Level.BASE,
    "b": Level.BASE,
    _FILTER: _FILTER,
    "f": _FILTER,
    _REGION: _REGION,
}
_INDEXED: Final = re.compile(r"([a-z]+)\s*\[([^\[\]]*)\]", re.IGNORECASE)
_OF_LAYER: Final = re.compile(r"(\S+)\s*\[([^\[\]]*)\]")
_SPACED: Final = re.compile(r"([a-z]+)\s+(.+)", re.IGNORECASE)
_JOINED: Final = re.compile(r"([a-z]+)([0-9][0-9,]*)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-−]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
_DASH: Final = re.compile(r"[-–−]")
_LARGEST: Final = 18
"""Digits of the largest number that is read as one."""
_NAMES_LISTED: Final = 12
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class GotoCell:
    """A cell of the chosen filter."""

    index: int


@dataclass(frozen=True, slots=True)
class GotoPosition:
    """A response of the chosen filter."""

    index: int


@dataclass(frozen=True, slots=True)
class GotoBase:
    """A base of the input window, 0-based."""

    index: int


@dataclass(frozen=True, slots=True)
class GotoInput:
    """A position of the layer whose feature maps a deep block reads."""

    index: int


@dataclass(frozen=True, slots=True)
class GotoFilter:
    """A filter; the cursor's place stays."""

    index: int


@dataclass(frozen=True, slots=True)
class GotoRegion:
    """A stretch of a record, which may be another one than is shown.

    Attributes:
        text: The region in samtools form; `letters.regions.resolve_region` finds its letters, and refuses what no
            record has.
        here: The record that a range without a name is one of.
    """

    text: str
    here: str


Goto = GotoCell | GotoPosition | GotoBase | GotoInput | GotoFilter | GotoRegion
"""A place to go to."""


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What there is to go to.

    Attributes:
        cells: Cells of a filter.
        positions: Responses of a filter.
        bases: Bases of the input window.
        filters: How many filters there are.
        filter_names: Their names, or nothing.
        level: What a bare number counts.
        record: The name of the record that is shown: a region without a name is one of it.
        records: The names of all records, so that a bare name is known for one.
        inputs: Positions that a deep block reads; 0 where bases are read.
        words: What the parts of the block are called, which are names of layers where it is a deep one.
    """

    cells: int
    positions: int
    bases: int
    filters: int
    filter_names: tuple[str, ...]
    level: Level
    record: str
    records: Container[str] = ()
    inputs: int = 0
    words: BlockWords = field(default_factory=BlockWords)

    @classmethod
    def of(
        cls,
        view: ViewState,
        filter_names: tuple[str, ...],
        record: str,
        records: Container[str] = (),
        words: BlockWords | None = None,
    ) -> Bounds:
        """Return the bounds of what is looked at.

        Args:
            view: Its axes and its level are taken.
            filter_names: The names of the filters, or nothing.
            record: The name of the record that is shown.
            records: The names of all records.
            words: What the parts of the block are called.
        """
        axes, words = view.axes, words or BlockWords()
        extents = axes.cells, axes.positions, axes.bases, axes.filters
        inputs = axes.length if words.deep else 0
        return cls(*extents, filter_names, view.level, record, records, inputs, words)

    @property
    def a_range(self) -> str:
        """A range that the record certainly has."""
        return f"{min(46, self.bases)}-{min(61, self.bases)}"

    def extent(self, level: Level) -> int:
        """Return how many places the axis of a level has."""
        return {Level.CELL: self.cells, Level.RESPONSE: self.positions, Level.BASE: self.bases}[level]


def parse_goto(text: str, bounds: Bounds) -> Goto:
    """Read where to go.

    Args:
        text: `cell 3`, `pooled[3]`, `c3`; `conv 45`, `response 45`, `position 45`, `conv[45]`, `r45`; `base 100`,
            `b100`; `filter 17`, `filter CTCF`, `f17`, `CTCF`; `chr1:46-61`, `46-61`, `{chr1}:46-61`; a bare
            number is an index on the axis of the cursor's level. Words are read in any case. Of a deep block also
            `conv1d_1[45]` and the like, by its layers' names, and `input 4`.
        bounds: What there is to go to.

    Returns:
        The place. Only of a region it is not known whether there is such a one.

    Raises:
        RegionError: There is no such cell, response or base.
        NotFoundError: There is no such filter, or the text is no place at all.
    """
    whole = text.strip()
    if not whole:
        raise RegionError("there is nothing to go to", remedy=_forms(bounds))
    for form in (_INDEXED, _SPACED, _JOINED):
        found = form.fullmatch(whole)
        kind = _kind(found[1], bounds) if found else None
        if found and kind:
            return _place(kind, found[2].strip(), bounds)
    of_layer = _OF_LAYER.fullmatch(whole) if bounds.words.deep else None
    if of_layer and (place := _in_layer(of_layer[1], of_layer[2].strip(), bounds)):
        return place
    if _NUMBER.fullmatch(whole):
        if bounds.level is Level.BASE and bounds.words.deep:
            return _input(whole, bounds)
        return _at(bounds.level, whole, bounds)
    named = _named(whole, bounds)
    if named is not None:
        return GotoFilter(named)
    is_range = is_bare_range(whole) and _DASH.search(whole)
    if is_range or ":" in whole or whole.startswith("{") or whole.split(maxsplit=1)[0] in bounds.records:
        return GotoRegion(whole, bounds.record)
    kind = _kind(whole, bounds)
    if kind:
        return _place(kind, "", bounds)
    raise _unknown(whole, bounds)


def _kind(word: str, bounds: Bounds) -> str | None:
    """Return what a word stands for, or None."""
    if bounds.words.deep and word.casefold() == _INPUT:
        return _INPUT
    return _WORDS.get(word.casefold())


def _in_layer(name: str, which: str, bounds: Bounds) -> Goto | None:
    """Return the place in a layer of a deep block by the layer's name, or None where it is none of them."""
    words = bounds.words
    if name == words.source:
        return _input(which, bounds)
    levels = {words.conv: Level.RESPONSE, words.pooled: Level.CELL}
    return _at(levels[name], which, bounds) if name in levels else None


def _input(which: str, bounds: Bounds) -> GotoInput:
    """Return a position of the layer that a deep block reads."""
    index = _index(which, bounds.inputs) if _NUMBER.fullmatch(which) else None
    if index is None:
        what = f"there is no position {_short(which)}" if which else "the number of the position is missing"
        source = bounds.words.source
        raise RegionError(what, remedy=f"the positions are {source}[0] to {source}[{bounds.inputs - 1}]")
    return GotoInput(index)


def _place(kind: str, which: str, bounds: Bounds) -> Goto:
    """Return the place of a kind that a number or a name stands for."""
    if kind == _INPUT:
        return _input(which, bounds)
    if kind == _REGION:
        if not which:
            raise RegionError("the region is missing", remedy=f"write one such as {bounds.a_range}")
        return GotoRegion(which, bounds.record)
    if kind == _FILTER:
        return _filter(which, bounds)
    return _at(Level(kind), which, bounds)


def _at(level: Level, number: str, bounds: Bounds) -> Goto:
    """Return a place on the axis of a level."""
    if not _NUMBER.fullmatch(number):
        what = f"'{_short(number)}' is not a number" if number else f"the number of the {level} is missing"
        raise RegionError(what, remedy=_range_of(level, bounds))
    index = _index(number, bounds.extent(level))
    if index is None:
        raise RegionError(f"there is no {level} {_short(number)}", remedy=_range_of(level, bounds))
    if level is Level.CELL:
        return GotoCell(index)
    return GotoPosition(index) if level is Level.RESPONSE else GotoBase(index)


def _index(number: str, extent: int) -> int | None:
    digits = number.replace(",", "")
    if not digits.isdigit() or len(digits.lstrip("0")) > _LARGEST:
        return None
    return int(digits) if int(digits) < extent else None


def _range_of(level: Level, bounds: Bounds) -> str:
    last = bounds.extent(level) - 1
    if level is Level.CELL:
        return f"the cells are {bounds.words.pooled}[0] to {bounds.words.pooled}[{last}]"
    if level is Level.RESPONSE:
        return f"the responses are {bounds.words.conv}[0] to {bounds.words.conv}[{last}]"
    return f"the bases of the input window are 0 to {last}"


def _filter(which: str, bounds: Bounds) -> GotoFilter:
    index = _named(which, bounds)
    if index is None and _NUMBER.fullmatch(which):
        index = _index(which, bounds.filters)
    if index is not None:
        return GotoFilter(index)
    number_of = f"the filters are 0 to {bounds.filters - 1}"
    if not which:
        raise NotFoundError("the number or name of the filter is missing", remedy=number_of)
    close = _close(which, bounds)
    if close:
        raise NotFoundError(f"there is no filter '{_short(which)}'", remedy=f"did you mean {close}?")
    if not bounds.filter_names:
        raise NotFoundError(f"there is no filter '{_short(which)}'", remedy=f"{number_of}, and have no names")
    listed = ", ".join(bounds.filter_names[:_NAMES_LISTED])
    more = " …" if len(bounds.filter_names) > _NAMES_LISTED else ""
    raise NotFoundError(f"there is no filter '{_short(which)}'", remedy=f"{number_of}, or {listed}{more}")


def _named(name: str, bounds: Bounds) -> int | None:
    names = [known.casefold() for known in bounds.filter_names]
    return names.index(name.casefold()) if name.casefold() in names else None


def _close(name: str, bounds: Bounds) -> str:
    """Return the filter's name that a text most likely stands for, or nothing."""
    by_plain_name = {known.casefold(): known for known in bounds.filter_names}
    close = get_close_matches(name.casefold(), by_plain_name, n=1)
    return by_plain_name[close[0]] if close else ""


def _unknown(text: str, bounds: Bounds) -> CnnError:
    close = _close(text, bounds)
    if close:
        return NotFoundError(f"there is no filter '{_short(text)}'", remedy=f"did you mean {close}?")
    return NotFoundError(f"'{_short(text)}' is no place", remedy=_forms(bounds))


def _forms(bounds: Bounds) -> str:
    extents = bounds.cells, bounds.positions, bounds.bases, bounds.filters
    cell, position, base, chosen = (
        min(*pair) for pair in zip((3, 45, 100, 2), (n - 1 for n in extents), strict=True)
    )
    return f"write cell {cell}, conv {position}, base {base}, filter {chosen} or {bounds.a_range}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
