"""Heat maps of all filters: every feature map over the positions, every row of cells over the cells."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.colours import GLYPHS, LEVELS, Palette, style
from ..view.track_sizes import GUTTER
from ..view.view_state import Level
from .block_places import place_in_block
from .strips import strip_of
from .track import OverBases, Place, Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from ..pictures.visible import LaidValues

__all__ = ["AllCells", "AllMaps", "HeatMap"]

_NOTHING = 2 * LEVELS - 1
"""The level of a column that holds no value."""
_BLANK = np.isin(np.arange(_NOTHING + 1), (_NOTHING, LEVELS - 1))
"""Which levels have the colour of the ground."""
_PAIR = 256
_GLYPHS = np.array([*GLYPHS, " "])


@lru_cache(maxsize=16384)
def _pair(palette: Palette, upper: int, lower: int) -> Style:
    return style(_colour(palette, upper), _colour(palette, lower))


def _colour(palette: Palette, level: int) -> str:
    return palette.ground if level == _NOTHING else palette.ramp[level]


class Mapped(OverBases, Protocol):
    """A picture with channels for a heat map."""

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

    heading: ClassVar[str] = ""

    def columns(self, picture: MappedT) -> LaidValues:
        """Return the values over the columns."""
        raise NotImplementedError

    def changed(self, picture: MappedT) -> NDArray[np.bool_] | None:
        """Return which channels are marked as others than in the original, or None for none, shape (channels,)."""
        return None

    def is_named(self, picture: MappedT) -> bool:
        """Tell whether every channel has a line, so that it can have a name of its own."""
        return False

    def name_of(self, channel: int, picture: MappedT) -> str:
        """Return what a channel is called beside its line, or nothing."""
        return picture.channel_name(channel)

    def per_line(self, picture: MappedT) -> int:
        """Return how many filters a line shows."""
        alone = self.monochrome or picture.channels <= self.size.height or self.is_named(picture)
        return 1 if alone else 2

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
        chosen, changed = picture.chosen in filters, self.changed(picture)
        mark = "≠" if changed is not None and changed[filters.start : filters.stop].any() else " "
        before = f"{self.heading if y == 0 else '':<5}{'▸' if chosen else mark}"
        if len(filters) == 1:
            name = self.name_of(filters[0], picture)
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
            return self._whole(upper, picture)
        if first + 1 < picture.channels:
            lower = self._levels(columns, first + 1, picture)
        else:
            lower = np.full_like(upper, _NOTHING)
        return self._halves(upper, lower, picture)

    def _levels(self, columns: LaidValues, filter_index: int, picture: MappedT) -> NDArray[np.int16]:
        lowest, highest = picture.scale(filter_index)
        levels = self.palette.level(columns.values[:, filter_index], lowest, highest)
        levels[columns.index < 0] = _NOTHING
        return levels

    def _hatched(self, picture: MappedT) -> NDArray[np.bool_]:
        """Return which columns are drawn hatched: none, where every position has a value."""
        return np.zeros(picture.view.columns, dtype=np.bool_)

    def _halves(self, upper: NDArray[np.int16], lower: NDArray[np.int16], picture: MappedT) -> Strip:
        """Return a line of two channels; nothing and zero are blank, which reads better than half blocks of ground."""
        hatched, palette = self._hatched(picture), self.palette
        blank = _BLANK[upper] & _BLANK[lower]
        keys = np.where(hatched, -2, np.where(blank, -1, upper.astype(np.int32) * _PAIR + lower))
        looks = {-2: style(palette.dim, palette.ground), -1: style(palette.text, palette.ground)}
        looks |= {key: _pair(palette, *divmod(key, _PAIR)) for key in {*keys.tolist()} if key >= 0}
        glyphs = np.where(hatched, "╱", np.where(blank, " ", "▀"))
        return strip_of("".join(glyphs.tolist()), keys, looks)

    def _whole(self, levels: NDArray[np.int16], picture: MappedT) -> Strip:
        """Return a line of one channel: its colours, or its glyphs on a terminal without colours."""
        palette, hatched = self.palette, self._hatched(picture)
        glyphs = np.where(hatched, "╱", _GLYPHS[levels] if self.monochrome else " ")
        if self.monochrome:
            looks, levels = [style(palette.text, palette.ground)], np.zeros_like(levels)
        else:
            looks = [style(palette.dim, _colour(palette, level)) for level in range(_NOTHING + 1)]
        return strip_of("".join(glyphs.tolist()), levels, looks)

    def filter_at(self, y: int, picture: MappedT) -> int:
        """Return the filter of a line, the upper where there are two."""
        return min(self.first_filter(picture) + y * self.per_line(picture), picture.channels - 1)


class AllMaps(HeatMap["Picture"]):
    """All filters × positions. The cursor does not show in it."""

    term = "feature map"
    heading = "maps"
    level: ClassVar[Level] = Level.RESPONSE
    """What its values are of."""
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """The filters as motifs, whose names they have where that is asked for; bound to the screen's."""

    def watch_motifs(self, before: MotifPicture | None, after: MotifPicture | None) -> None:
        """Show what more names are known."""
        if self.picture is not None and self.picture.view.named and before is not after:
            self.refresh()

    def is_named(self, picture: Picture) -> bool:
        """Tell whether filters have the names of what they resemble."""
        return picture.view.named

    def name_of(self, channel: int, picture: Picture) -> str:
        """Return what a filter resembles, marked as a resemblance, where that is asked for; else its own name."""
        return picture.called(channel, self.motifs)

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether two pictures show the same stretch, filter and scale."""
        same = before.visible is after.visible and before.chosen == after.chosen
        same = same and before.view.named == after.view.named
        return same and before.same_values(after) and before.view.scale == after.view.scale

    def changed(self, picture: Picture) -> NDArray[np.bool_] | None:
        """Return which filters differ from the original in what is visible, or None where there are no edits."""
        comparison = picture.comparison
        return None if comparison is None else comparison.filters_by_maps

    def columns(self, picture: Picture) -> LaidValues:
        """Return the activations."""
        return picture.maps

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return what lies under a pointer."""
        return place_in_block(self.level, column, picture, self.filter_at(y, picture))


class AllCells(AllMaps):
    """All filters × cells."""

    term = "cell"
    heading = "cells"
    level = Level.CELL

    def changed(self, picture: Picture) -> NDArray[np.bool_] | None:
        """Return which filters differ from the original in what is visible, or None where there are no edits."""
        comparison = picture.comparison
        return None if comparison is None else comparison.filters_by_cells

    def columns(self, picture: Picture) -> LaidValues:
        """Return the cells."""
        return picture.cells

    def _hatched(self, picture: Picture) -> NDArray[np.bool_]:
        """Return which columns are drawn hatched: the responses of the tail, which no cell reads."""
        axes, bases, tail = picture.view.axes, picture.visible.bases, picture.run.left_over
        behind = (bases >= axes.base_of_position(tail[0])) & (bases < axes.base_of_position(tail[1]))
        hatched: NDArray[np.bool_] = behind & (self.columns(picture).index < 0)
        return hatched
