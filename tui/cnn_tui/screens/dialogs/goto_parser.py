"""Where to go, as people type it: `cell 3`, `conv 45`, `b100`, `CTCF`, `chr1:46-61`.

A number that indexes a tensor counts from 0; a region, in samtools form, counts from 1.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from cnn_core.errors import NotFoundError, RegionError, printable, shorten
from cnn_core.letters.regions import is_bare_range

from ...view.view_state import Level, ViewState
from ...words.block_words import BlockWords

__all__ = [
    "Axis",
    "Bounds",
    "Goto",
    "GotoIndex",
    "GotoRegion",
    "parse_goto",
]


class Axis(StrEnum):
    """What a number is an index of."""

    CELL = "cell"
    RESPONSE = "response"
    BASE = "base"
    INPUT = "position"
    """Of the layer whose feature maps a deep block reads."""
    FILTER = "filter"

    @property
    def noun(self) -> str:
        """What its places are called."""
        return "position" if self is Axis.RESPONSE else str(self)


_INPUT: Final = "input"
_REGION: Final = "region"
_WORDS: Final[dict[str, Axis]] = {
    "cell": Axis.CELL,
    "pooled": Axis.CELL,
    "pool": Axis.CELL,
    "c": Axis.CELL,
    "response": Axis.RESPONSE,
    "conv": Axis.RESPONSE,
    "position": Axis.RESPONSE,
    "r": Axis.RESPONSE,
    "base": Axis.BASE,
    "b": Axis.BASE,
    "filter": Axis.FILTER,
    "f": Axis.FILTER,
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
class GotoIndex:
    """A place on an axis of the block that is shown, counted from 0."""

    axis: Axis
    index: int


@dataclass(frozen=True, slots=True)
class GotoRegion:
    """A region of a record, which may be another one than is shown.

    Attributes:
        text: The region in samtools form; `letters.regions.resolve_region` finds its letters, and refuses what no
            record has.
        here: The record that a range without a name is one of.
    """

    text: str
    here: str


Goto = GotoIndex | GotoRegion
"""A place to go to."""


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What there is to go to.

    Attributes:
        cells: Cells of a filter.
        positions: Activations of a filter.
        bases: Bases of the input.
        filters: How many filters there are.
        filter_names: Their names, or nothing.
        level: What a bare number counts.
        record: The name of the record that is shown: a region without a name is one of it.
        records: The names of all records, so that a bare name is known for one.
        inputs: Positions that a deep block reads; 0 where bases are read.
        letters: Letters of the record that is shown.
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
    letters: int = 0

    @classmethod
    def of(
        cls,
        view: ViewState,
        filter_names: tuple[str, ...],
        record: str,
        records: Container[str] = (),
        words: BlockWords | None = None,
        *,
        letters: int = 0,
    ) -> Bounds:
        """Return the bounds of what is looked at.

        Args:
            view: Its axes and its level are taken.
            filter_names: The names of the filters, or nothing.
            record: The name of the record that is shown.
            records: The names of all records.
            words: What the parts of the block are called.
            letters: Letters of that record.
        """
        axes, words = view.axes, words or BlockWords()
        extents = axes.cells, axes.positions, axes.bases, axes.filters
        inputs = axes.length if words.deep else 0
        return cls(*extents, filter_names, view.level, record, records, inputs, words, letters)

    @property
    def a_range(self) -> str:
        """A range that the record certainly has."""
        return f"{min(46, self.bases)}-{min(61, self.bases)}"

    def extent(self, axis: Axis) -> int:
        """Return how many places an axis has."""
        return {
            Axis.CELL: self.cells,
            Axis.RESPONSE: self.positions,
            Axis.BASE: self.bases,
            Axis.INPUT: self.inputs,
            Axis.FILTER: self.filters,
        }[axis]

    def range_of(self, axis: Axis) -> str:
        """Return between which places of an axis there is one to go to, in words."""
        names = {Axis.CELL: self.words.pooled, Axis.RESPONSE: self.words.conv, Axis.INPUT: self.words.source}
        last = self.extent(axis) - 1
        if axis in names:
            return f"the {axis.noun}s are {names[axis]}[0] to {names[axis]}[{last}]"
        return f"the input has 0–{last}" if axis is Axis.BASE else f"the {axis.noun}s are 0 to {last}"

    def region_of(self, number: str) -> str:
        """Return the region that stands for a base which the input has not, but the record, or nothing."""
        place = _index(number, self.letters)
        return "" if place is None else f"{printable(self.record)}:{place + 1}"

    def axis_called(self, word: str) -> Axis | None:
        """Return the axis that a word stands for, or None."""
        if self.words.deep and word.casefold() == _INPUT:
            return Axis.INPUT
        return _WORDS.get(word.casefold())

    def axis_of_layer(self, name: str) -> Axis | None:
        """Return the axis of a layer of a deep block, or None."""
        words = self.words
        layers = {words.source: Axis.INPUT, words.conv: Axis.RESPONSE, words.pooled: Axis.CELL}
        return layers.get(name) if words.deep else None


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
        RegionError: There is no such cell, position or base.
        NotFoundError: There is no such filter, or the text is no place at all.
    """
    whole = text.strip()
    if not whole:
        raise RegionError("there is nothing to go to", remedy=_forms(bounds))
    for form in (_INDEXED, _SPACED, _JOINED):
        found = form.fullmatch(whole)
        if found and found[1].casefold() == _REGION:
            return _region(found[2].strip(), bounds)
        if found and (axis := bounds.axis_called(found[1])):
            return _at(axis, found[2].strip(), bounds)
    of_layer = _OF_LAYER.fullmatch(whole)
    if of_layer and (axis := bounds.axis_of_layer(of_layer[1])):
        return _at(axis, of_layer[2].strip(), bounds)
    if _NUMBER.fullmatch(whole):
        return _at(
            Axis.INPUT if bounds.level is Level.BASE and bounds.words.deep else Axis(bounds.level), whole, bounds
        )
    named = _named(whole, bounds)
    if named is not None:
        return GotoIndex(Axis.FILTER, named)
    is_range = is_bare_range(whole) and _DASH.search(whole)
    if is_range or ":" in whole or whole.startswith("{") or whole.split(maxsplit=1)[0] in bounds.records:
        return GotoRegion(whole, bounds.record)
    if whole.casefold() == _REGION:
        return _region("", bounds)
    if axis := bounds.axis_called(whole):
        return _at(axis, "", bounds)
    close = _close(whole, bounds)
    if close:
        raise NotFoundError(f"there is no filter '{_short(whole)}'", remedy=f"did you mean {close}?")
    raise NotFoundError(f"'{_short(whole)}' is no place", remedy=_forms(bounds))


def _region(text: str, bounds: Bounds) -> GotoRegion:
    if not text:
        raise RegionError("the region is missing", remedy=f"write one such as {bounds.a_range}")
    return GotoRegion(text, bounds.record)


def _at(axis: Axis, which: str, bounds: Bounds) -> GotoIndex:
    """Return the place on an axis that a number, or a filter's name, stands for."""
    index = _named(which, bounds) if axis is Axis.FILTER else None
    is_number = _NUMBER.fullmatch(which)
    if index is None and is_number:
        index = _index(which, bounds.extent(axis))
    if index is not None:
        return GotoIndex(axis, index)
    there_are = bounds.range_of(axis)
    if axis is Axis.FILTER:
        raise _no_filter(which, there_are, bounds)
    if is_number:
        elsewhere = bounds.region_of(which) if axis is Axis.BASE else ""
        here = " here" if elsewhere else ""
        further = f"; g {elsewhere} goes there" if elsewhere else ""
        raise RegionError(f"there is no {axis.noun} {_short(which)}{here}", remedy=f"{there_are}{further}")
    what = f"'{_short(which)}' is not a number" if which else f"the number of the {axis.noun} is missing"
    raise RegionError(what, remedy=there_are)


def _index(number: str, extent: int) -> int | None:
    digits = number.replace(",", "")
    if not digits.isdigit() or len(digits.lstrip("0")) > _LARGEST:
        return None
    return int(digits) if int(digits) < extent else None


def _no_filter(which: str, there_are: str, bounds: Bounds) -> NotFoundError:
    """Return what is said of a filter that there is not, and those that there are."""
    if not which:
        return NotFoundError("the number or name of the filter is missing", remedy=there_are)
    close = _close(which, bounds)
    listed = ", ".join(bounds.filter_names[:_NAMES_LISTED])
    more = " …" if len(bounds.filter_names) > _NAMES_LISTED else ""
    others = f"{there_are}, or {listed}{more}" if listed else f"{there_are}, and have no names"
    return NotFoundError(
        f"there is no filter '{_short(which)}'", remedy=f"did you mean {close}?" if close else others
    )


def _named(name: str, bounds: Bounds) -> int | None:
    names = [known.casefold() for known in bounds.filter_names]
    return names.index(name.casefold()) if name.casefold() in names else None


def _close(name: str, bounds: Bounds) -> str:
    """Return the filter's name that a text most likely stands for, or nothing."""
    by_plain_name = {known.casefold(): known for known in bounds.filter_names}
    close = get_close_matches(name.casefold(), by_plain_name, n=1)
    return by_plain_name[close[0]] if close else ""


def _forms(bounds: Bounds) -> str:
    extents = bounds.cells, bounds.positions, bounds.bases, bounds.filters
    cell, position, base, chosen = (
        min(*pair) for pair in zip((3, 45, 100, 2), (n - 1 for n in extents), strict=True)
    )
    return f"write cell {cell}, conv {position}, base {base}, filter {chosen} or {bounds.a_range}"


def _short(text: str) -> str:
    return shorten(text, _LONGEST)
