"""The filter card: the weights as a heat map, those that the shown window picks marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from .. import widgets
from ..pictures.colours import style
from ..view.view_state import Level
from .filter_card_over_letters import LetterKernel
from .filter_card_over_maps import MapKernel
from .kernel import Read
from .pointer_target import Place, Pointed

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from .kernel import Kernel
    from .motif_panel import MotifPanel

__all__ = ["FilterCard"]

_NARROWEST: Final = 10
_EDIT: Final = "  K: edit"
_ENDS: Final = "Esc ends"
_GAP: Final = 2
"""Columns between the kernel and the logo beside it."""
_WORDS: Final = 54
"""Columns that what is said under a kernel can do with."""
_FEWEST_BELOW: Final = 5
"""Lines from which on the logo stands under the kernel, an empty one between them not counted."""
_OTHER_ROWS: Final = 8
"""Lines of the kernel beside those of its weights, where all have room."""
_WIDEST_POSITION: Final = 3


@dataclass(frozen=True, slots=True)
class _LogoPlace:
    """Where the logo stands, and how much is left of the kernel's room.

    Attributes:
        x: Its first column.
        y: Its first line.
        size: Its columns and lines.
        columns: The columns of a position.
        kernel: Columns and lines of the kernel.
    """

    x: int
    y: int
    size: tuple[int, int]
    columns: int
    kernel: tuple[int, int]

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, taps: int, positions: int, rows: int, free: tuple[int, int]) -> _LogoPlace | None:
        """Return it: beside the kernel where positions have two columns there, else under it, else as can be.

        Args:
            taps: The kernel's.
            positions: The motif's.
            rows: Lines of the kernel where all of them have room.
            free: Columns and lines that there are.
        """
        width, height = free
        for of_taps, columns in ((3, 3), (3, 2), (2, 2), (0, 0), (3, 1), (2, 1), (1, 1)):
            if not columns:
                below = height - rows - 1
                if below >= _FEWEST_BELOW and widgets.MotifPanel.width_of(positions, 1) <= width:
                    return cls(0, rows + 1, (width, below), _WIDEST_POSITION, (width, rows))
                continue
            left = width - widgets.MotifPanel.width_of(positions, columns) - _GAP
            needed = LetterKernel.LABEL + of_taps * taps
            if needed <= left:
                left = min(left, max(needed, _WORDS))
                x = left + _GAP
                return cls(x, 1, (width - x, height - 1), columns, (left, height))
        return None


@dataclass(frozen=True, slots=True)
class Weight(Place):
    """A weight under a pointer, where weights are edited; its index is the tap.

    Attributes:
        channel: The channel of the layer's input.
    """

    channel: int


class FilterCard(Pointed["Picture"]):
    """The chosen filter: the letters that it likes best and least, those here, its weights and what they add up to."""

    class WeightPressed(Message):
        """A pointer pressed on a weight while weights are edited."""

        def __init__(self, tap: int, channel: int) -> None:
            super().__init__()
            self.tap = tap
            self.channel = channel

    term = "kernel"
    instead: reactive[str] = reactive("")
    """In whose place it stands, so that it has to say how that comes back; there is room for the logo then."""
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """The filters as motifs, bound to the screen's."""
    _kernel: tuple[tuple[object, ...], Kernel] | None = None
    _panel: tuple[tuple[object, ...], MotifPanel] | None = None

    def repaint(self, before: Picture, after: Picture) -> None:
        """Paint again what is another: the whole card, or of the same filter only the weights that are picked."""
        same = before.run is after.run and before.view.filter == after.view.filter
        same = same and before.reading.model is after.reading.model
        same = same and (before.view.weighing is None) == (after.view.weighing is None)
        same = same and before.view.flipped == after.view.flipped
        if not self._has_room or not same or before.deep_step is not None or after.deep_step is not None:
            self.refresh()
        elif _read(before) != _read(after):
            width, steady = self.size.width, self.kernel(after).steady
            self.refresh(Region(0, steady, width, self.size.height - steady))

    @property
    def _has_room(self) -> bool:
        """Whether there are columns to draw in; a hidden card has none."""
        return self.size.width >= _NARROWEST

    def kernel(self, picture: Picture) -> Kernel:
        """Return what is drawn of the filter: made once for each filter, size and theme, of feature maps each time."""
        step, place = picture.deep_step, self._logo_place(picture)
        width, height = (self._free, self.size.height) if place is None else place.kernel
        given = picture.run, picture.view.filter, self.palette, self.monochrome, width, height
        key = (*given, picture.reading.model, None if step is None else step)
        if self._kernel is None or self._kernel[0] != key:
            letters = picture.reading.model.input.channels
            edited = _edited(picture)
            kernel = LetterKernel(*given, edited, letters) if step is None else MapKernel(*given, edited, step)
            self._kernel = key, kernel
        return self._kernel[1]

    @property
    def _free(self) -> int:
        """Columns between an empty one at either side."""
        return self.size.width - 2

    def _logo_place(self, picture: Picture) -> _LogoPlace | None:
        """Return where the logo stands; nowhere where feature maps are read, or where there is no room."""
        if not self.instead or not self._has_room or picture.deep_step is not None:
            return None
        conv = picture.run.conv
        rows = conv.input_channels + _OTHER_ROWS
        return _LogoPlace.of(conv.full_kernel().shape[0], conv.sliding.span, rows, (self._free, self.size.height))

    def _logo(self, picture: Picture) -> tuple[MotifPanel, _LogoPlace] | None:
        """Return the logo and where it stands; made once, as long as the same is known of the same filter."""
        place, view = self._logo_place(picture), picture.view
        if place is None:
            return None
        key = view.filter, self.motifs, view.flipped, self.palette, self.monochrome, *place.size, place.columns
        if self._panel is None or self._panel[0] != key:
            self._panel = key, widgets.MotifPanel(*key)
        return self._panel[1], place

    def watch_motifs(self) -> None:
        """Paint the lines again in which the logo stands: more is known of the filters."""
        place = None if self.picture is None else self._logo_place(self.picture)
        if place is not None:
            self.refresh(Region(0, place.y, self.size.width, place.size[1]))

    def render_line(self, y: int) -> Strip:
        """Return one line of the card."""
        palette, picture = self.palette, self.picture
        blank = style(palette.text, palette.ground)
        if picture is None or not self._has_room:
            return Strip.blank(self.size.width, blank)
        line = Strip([Segment(" ", blank), *self.kernel(picture).line(y, _read(picture))])
        logo = self._logo(picture)
        if logo is not None and y >= logo[1].y:
            panel, place = logo
            line = Strip.join([line.adjust_cell_length(1 + place.x, blank), Strip(panel.line(y - place.y))])
        if y == 0 and self.instead:
            back, room = f"f: {self.instead}", self.size.width - 1 - line.cell_length
            ways = (f"{back}{_EDIT}", back) if picture.view.weighing is None else (_ENDS,)
            keys = next((way for way in ways if len(way) + _GAP <= room), "")
            line = Strip.join([line, Strip([Segment(f"{keys:>{room}}", style(palette.dim, palette.ground))])])
        return line.adjust_cell_length(self.size.width, blank)

    def channels_drawn(self, picture: Picture) -> list[int]:
        """Return which channels of what a filter reads have a line, where that is feature maps."""
        return [] if picture.deep_step is None else self.kernel(picture).channels

    def under(self, x: int, y: int, picture: Picture) -> Place | None:
        """Return the weight under a pointer; it leads to the base, or the position, that stands under its tap."""
        found = self.kernel(picture).under(x - 1, y) if self._has_room else None
        if found is None:
            return self._under_logo(x - 1, y, picture)
        tap, channel = found
        words = self.kernel(picture).words(tap, channel)
        if picture.view.weighing is not None:
            step = picture.deep_step
            return Weight(None, tap, None, words, channel if step is None else step.channels[channel])
        window = picture.conv_step.window
        at = window.first + tap * window.step
        return Place(Level.BASE if 0 <= at < picture.view.axes.length else None, at, None, words)

    def _under_logo(self, x: int, y: int, picture: Picture) -> Place | None:
        """Return the position of the motif under a pointer."""
        if (logo := self._logo(picture)) is None:
            return None
        panel, place = logo
        found = panel.words(x - place.x, y - place.y)
        return None if found is None else Place(None, found[0], None, found[1])

    def choose(self, place: Place) -> None:
        """Say that a weight was pressed; while weights are edited it is the one to be edited."""
        if isinstance(place, Weight):
            self.post_message(self.WeightPressed(place.index, place.channel))
        else:
            super().choose(place)


def _read(picture: Picture) -> Read:
    """Return the letters under the taps of a window over letters, the response to them, and what is edited."""
    return Read(picture.conv_step.bases, picture.conv_step.response, picture.view.weighing)


def _edited(picture: Picture) -> tuple[NDArray[np.bool_], bool] | None:
    """Return which weights of the chosen filter are other than the model's own, and whether the bias is."""
    reading, chosen = picture.reading, picture.view.filter
    if not reading.model.weight_edits:
        return None
    conv = reading.block.conv
    now = reading.model.filter_weights(conv, chosen)
    own = reading.model.without_weight_edits().filter_weights(conv, chosen)
    if now.equals(own):
        return None
    edited = np.zeros((len(now.weights), picture.run.conv.input_channels), dtype=np.bool_)
    edited[:, now.channels.start : now.channels.stop] = now.weights != own.weights
    return edited, now.bias != own.bias
