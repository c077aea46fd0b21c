"""Heat maps of all filters: every feature map over the positions, every row of cells over the cells."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ..pictures.block_picture import Picture
from ..pictures.palette import GLYPH_RAMP, LEVELS, Palette, style
from ..pictures.visible import Columns
from ..view.view_state import Level
from ..words.numbers import number
from .strips import strip_of
from .track import GUTTER, Pictured, Place, Track

__all__ = ["AllCells", "AllMaps", "HeatMap"]

_NOTHING = 2 * LEVELS - 1
"""The level of a column that holds no value."""


@lru_cache(maxsize=16384)
def _pair(palette: Palette, upper: int, lower: int) -> Style:
    return style(_colour(palette, upper), _colour(palette, lower))


def _colour(palette: Palette, level: int) -> str:
    return palette.ground if level == _NOTHING else palette.ramp[level]


class Mapped(Pictured, Protocol):
    """What a picture has of which a heat map shows every channel."""

    @property
    def channels(self) -> int:
        """How many channels there are."""

    @property
    def chosen(self) -> int:
        """The chosen channel."""

    def scale(self, channel: int, /) -> tuple[float, float]:
        """Return the lowest and the highest value that a channel's colours reach."""

    def channel_name(self, channel: int, /) -> str:
        """Return a channel's name, fit for the screen, or nothing where it has none."""


MappedT = TypeVar("MappedT", bound=Mapped)


class HeatMap(Track[MappedT]):
    """Filters down, the shared axis across. Two filters a line, or one where all of them fit or glyphs must do."""

    DEFAULT_CSS = """
    HeatMap { height: 4; }
    """
    heading: str = ""

    def columns(self, picture: MappedT) -> Columns:
        """Return the values over the columns."""
        raise NotImplementedError

    def per_line(self, picture: MappedT) -> int:
        """Return how many filters a line shows."""
        return 1 if self.monochrome or picture.channels <= self.size.height else 2

    def filters_shown(self, picture: MappedT) -> int:
        """Return how many filters the map shows at once."""
        return max(1, min(self.size.height * self.per_line(picture), picture.channels))

    def first_filter(self, picture: MappedT) -> int:
        """Return the filter at the top: pages of filters, the chosen one among them."""
        shown = self.size.height * self.per_line(picture)
        if picture.channels <= shown or not shown:
            return 0
        # Half a page of context stands above the chosen filter, in whole lines.
        top = picture.chosen - shown // 2
        top = min(max(top, 0), picture.channels - shown)
        return -(-top // self.per_line(picture)) * self.per_line(picture)

    def label_line(self, y: int, picture: MappedT) -> Strip:
        """Return the heading, and of each line its filters."""
        per_line = self.per_line(picture)
        first = self.first_filter(picture) + y * per_line
        filters = range(first, min(first + per_line, picture.channels))
        if not filters:
            return self.label_strip(self.heading if y == 0 else "")
        chosen = picture.chosen in filters
        before = f"{self.heading if y == 0 else '':<5}{'▸' if chosen else ' '}"
        if len(filters) == 1:
            name = picture.channel_name(filters[0])
            return self.label_strip(f"{before}{filters[0]} {name}".rstrip(), marked=chosen)
        # One name beside two filters would claim the other's values for it.
        if not chosen:
            return self.label_strip(f"{before}{filters[0]}–{filters[1]}")
        bold, dim = (self.label_look(marked=each) for each in (True, False))
        upper, lower = (bold if each == picture.chosen else dim for each in filters)
        parts = [(before, bold), (str(filters[0]), upper), ("–", dim), (str(filters[1]), lower)]
        return Strip([Segment(*part) for part in parts]).adjust_cell_length(GUTTER, dim)

    def line(self, y: int, picture: MappedT) -> Strip:
        """Return one line: one filter or two."""
        columns = self.columns(picture)
        first = self.first_filter(picture) + y * self.per_line(picture)
        if first >= picture.channels:
            return Strip.blank(picture.view.columns, style(None, self.palette.ground))
        upper = self._levels(columns, first, picture)
        if self.per_line(picture) == 1:
            return self._glyphs(upper, picture) if self.monochrome else self._whole(upper, picture)
        if first + 1 < picture.channels:
            lower = self._levels(columns, first + 1, picture)
        else:
            lower = np.full_like(upper, _NOTHING)
        return self._halves(upper, lower, picture)

    def _levels(self, columns: Columns, filter_index: int, picture: MappedT) -> NDArray[np.int16]:
        lowest, highest = picture.scale(filter_index)
        levels = self.palette.level(columns.values[:, filter_index], lowest, highest)
        levels[columns.index < 0] = _NOTHING
        return levels

    def _hatched(self, picture: MappedT) -> NDArray[np.bool_]:
        """Return which columns are drawn hatched: none, where every position has a value."""
        return np.zeros(picture.view.columns, dtype=np.bool_)

    def _halves(self, upper: NDArray[np.int16], lower: NDArray[np.int16], picture: MappedT) -> Strip:
        hatched, palette = self._hatched(picture), self.palette
        keys = upper.astype(np.int32) * 256 + lower + hatched * 65536
        bounds = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist(), len(keys)]
        segments = []
        for start, stop in pairwise(bounds):
            if hatched[start]:
                segments.append(Segment("╱" * (stop - start), style(palette.dim, palette.ground)))
            elif {int(upper[start]), int(lower[start])} <= {_NOTHING, LEVELS - 1}:
                # Nothing and zero have the colour of the ground: blank reads better than half blocks of it.
                segments.append(Segment(" " * (stop - start), style(palette.text, palette.ground)))
            else:
                look = _pair(palette, int(upper[start]), int(lower[start]))
                segments.append(Segment("▀" * (stop - start), look))
        return Strip(segments, len(keys))

    def _whole(self, levels: NDArray[np.int16], picture: MappedT) -> Strip:
        palette = self.palette
        styles = [style(palette.dim, _colour(palette, level)) for level in range(_NOTHING + 1)]
        hatched = self._hatched(picture)
        text = "".join("╱" if hatch else " " for hatch in hatched)
        return strip_of(text, levels, styles)

    def _glyphs(self, levels: NDArray[np.int16], picture: MappedT) -> Strip:
        ramp = GLYPH_RAMP
        sizes = np.abs(levels.astype(np.int32) - LEVELS + 1)
        steps = np.ceil(sizes * (len(ramp) - 1) / (LEVELS - 1)).astype(int)
        hatched = self._hatched(picture)
        text = "".join(
            "╱" if hatch else " " if level == _NOTHING else "−" if level < LEVELS - 1 else ramp[step]
            for hatch, level, step in zip(hatched, levels.tolist(), steps.tolist(), strict=True)
        )
        return strip_of(text, np.zeros(len(text), np.int8), [style(self.palette.text, self.palette.ground)])

    def filter_at(self, y: int, picture: MappedT) -> int:
        """Return the filter of a line, the upper where there are two."""
        return min(self.first_filter(picture) + y * self.per_line(picture), picture.channels - 1)


class _OfStretch(HeatMap[Picture]):
    """A heat map of the visible stretch, in which the cursor does not show."""

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether two pictures show the same stretch, filter and scale."""
        same = before.stretch is after.stretch and before.chosen == after.chosen
        return same and before.view.scale == after.view.scale


class AllMaps(_OfStretch):
    """All filters × positions."""

    heading = "maps"

    def columns(self, picture: Picture) -> Columns:
        """Return the activations."""
        return picture.stretch.maps

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the response under a pointer."""
        columns, number_of = self.columns(picture), self.filter_at(y, picture)
        if columns.index[column] < 0:
            return None
        position, value = columns.strongest(column, number_of, picture.run.activations)
        words = f"filter {number_of} {picture.filter_name(number_of)}".rstrip()
        return Place(
            Level.RESPONSE, position, number_of, f"{words}: {picture.words.conv}[{position}] = {number(value)}"
        )


class AllCells(_OfStretch):
    """All filters × cells."""

    heading = "cells"

    def columns(self, picture: Picture) -> Columns:
        """Return the cells."""
        return picture.stretch.cells

    def _hatched(self, picture: Picture) -> NDArray[np.bool_]:
        """Return which columns are drawn hatched: the responses of the tail, which no cell reads."""
        axes, bases, tail = picture.view.axes, picture.stretch.bases, picture.run.left_over
        behind = (bases >= axes.base_of_position(tail[0])) & (bases < axes.base_of_position(tail[1]))
        hatched: NDArray[np.bool_] = behind & (self.columns(picture).index < 0)
        return hatched

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the cell under a pointer."""
        columns, number_of = self.columns(picture), self.filter_at(y, picture)
        if columns.index[column] < 0:
            return None
        cell, value = columns.strongest(column, number_of, picture.run.values)
        words = f"filter {number_of} {picture.filter_name(number_of)}".rstrip()
        return Place(Level.CELL, cell, number_of, f"{words}: {picture.words.pooled}[{cell}] = {number(value)}")
