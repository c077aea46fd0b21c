"""The tracks of one layer over the bases: what its value stands over, one channel's values, and all channels."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.colours import style
from ..pictures.layer_picture import LayerPicture
from ..pictures.visible import LaidValues
from ..view.track_sizes import LayerArrangement
from ..words.layer_words import named_place
from ..words.numbers import interval, number
from .bases import Letters
from .channel_bars import Bars, ChannelBars
from .heat_map import HeatMap
from .legend import ColourScale
from .ruler import Ruler
from .track import Place, Track

__all__ = ["AllChannels", "ChannelMap", "LayerBases", "LayerTracks", "Reach"]


class LayerBases(Letters[LayerPicture]):
    """The letters: those that the value under the cursor stands over stand out."""

    def codes(self, picture: LayerPicture) -> NDArray[np.uint8]:
        """Return the codes of the visible bases."""
        return picture.visible.codes

    def edited(self, picture: LayerPicture) -> NDArray[np.bool_]:
        """Return which of the visible bases are edited."""
        return picture.edited_bases

    def read(self, picture: LayerPicture) -> Collection[int]:
        """Return the bases that the value stands over."""
        return range(*picture.view.cursor_span) if picture.columns is not None else range(0)


class Reach(Track[LayerPicture]):
    """A bracket under the bases that the value stands over; dots along the rest of its receptive field."""

    term = "receptive field"
    label = "reads"

    def line(self, y: int, picture: LayerPicture) -> Strip:
        """Return the bracket, the receptive field and, where there is room, both in words."""
        palette, view, row = self.palette, picture.view, self.row(picture)
        row.fill(*self.columns_of(*picture.receptive_field, picture), "┄", style(palette.dim, palette.ground))
        start, stop = (0, 0) if picture.columns is None else self.columns_of(*view.cursor_span, picture)
        if start < stop:
            row.fill(start, stop, "─", style(palette.accent, palette.ground, bold=True))
            row.text[start], row.text[stop - 1] = ("└", "┘") if stop - start > 1 else ("╵", "╵")
            words = f" {view.axis.name}[{view.position}] stands over {interval(*view.cursor_span)} "
            row.write(words, stop, style(palette.text, palette.ground))
        return row.strip()

    def place(self, column: int, y: int, picture: LayerPicture) -> Place | None:
        """Return the position over a column."""
        columns = picture.columns
        if columns is None or columns.index[column] < 0:
            return None
        position = int(columns.index[column])
        return Place(None, position, None, f"{picture.view.axis.name}[{position}]")


class ChannelMap(ChannelBars[LayerPicture]):
    """The chosen channel's values over the bases: bars up, and down where they are below 0."""

    def label_line(self, y: int, picture: LayerPicture) -> Strip:
        """Return the channel, or the filter, beside the top line, and its name under it."""
        name = picture.channel_name(picture.view.channel) if y == 1 else ""
        words = f"{picture.channel_noun} {picture.view.channel}" if y == 0 else f"  {name}".rstrip()
        return self.label_strip(words, marked=True)

    def bars(self, picture: LayerPicture) -> Bars | None:
        """Return the chosen channel's values."""
        view, columns = picture.view, picture.columns
        return None if columns is None else Bars(columns, view.channel, picture.scale(view.channel), view.position)

    def place(self, column: int, y: int, picture: LayerPicture) -> Place | None:
        """Return the value over a column."""
        return _value_at(column, picture.view.channel, picture)


class AllChannels(HeatMap[LayerPicture]):
    """All channels × positions."""

    term = "channel"
    heading = "all"

    def columns(self, picture: LayerPicture) -> LaidValues:
        """Return the values, or columns that hold nothing."""
        if picture.columns is not None:
            return picture.columns
        count = picture.view.columns
        nothing = np.full(count, -1, dtype=np.int64)
        values = np.zeros((count, picture.channels), dtype=np.float32)
        return LaidValues(values, nothing, nothing, np.zeros(count, dtype=np.bool_))

    def place(self, column: int, y: int, picture: LayerPicture) -> Place | None:
        """Return the value under a pointer."""
        return _value_at(column, self.filter_at(y, picture), picture)


def _value_at(column: int, channel: int, picture: LayerPicture) -> Place | None:
    columns = picture.columns
    if columns is None or columns.index[column] < 0:
        return None
    array = picture.array
    position, value = columns.strongest(column, channel, lambda start, stop: array[start:stop])
    words = named_place(picture.reading.model, picture.view.axis.name, picture.view.axis.index(position, channel))
    return Place(None, position, channel, f"{words} = {number(value)}")


class LayerLegend(ColourScale[LayerPicture]):
    """The colour scale of the chosen channel, and what it is of."""

    def looks_alike(self, before: LayerPicture, after: LayerPicture) -> bool:
        """Tell whether the same channel of the same layer is shown."""
        same = before.reading is after.reading and before.view.at == after.view.at
        return same and before.view.channel == after.view.channel

    def words(self, picture: LayerPicture) -> str:
        """Return what the colours are of."""
        return f"lowest and highest here, each {picture.channel_noun} its own"


class LayerTracks(Vertical):
    """From the bases at the top to all channels at the bottom."""

    DEFAULT_CSS = """
    LayerTracks { height: auto; }
    """
    picture: reactive[LayerPicture | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""

    def compose(self) -> ComposeResult:
        """Yield the tracks."""
        for track in (Ruler, LayerBases, Reach, ChannelMap, AllChannels, LayerLegend):
            yield track().data_bind(picture=LayerTracks.picture)

    def take(self, arrangement: LayerArrangement) -> None:
        """Give every track its lines."""
        self.styles.width = arrangement.tracks
        self.query_one(ChannelMap).styles.height = arrangement.channel
        self.query_one(AllChannels).styles.height = arrangement.channels
