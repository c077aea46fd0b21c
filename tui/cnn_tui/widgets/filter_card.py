"""The filter card: the weights as a heat map, those that the shown window picks marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.palette import style
from ..view.view_state import Level
from .filter_card_over_letters import LetterKernel
from .filter_card_over_maps import MapKernel
from .kernel import Read
from .pointed import Place, Pointed

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from .kernel import Kernel

__all__ = ["FilterCard"]

_NARROWEST: Final = 10
_BACK: Final = "f: the inspector  K: edit"
_ENDS: Final = "Esc ends"


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
    instead: reactive[bool] = reactive(False)
    """Whether it stands in the inspector's place, so that it has to say how that comes back."""
    _kernel: tuple[tuple[object, ...], Kernel] | None = None

    def repaint(self, before: Picture, after: Picture) -> None:
        """Paint again what is another: the whole card, or of the same filter only the weights that are picked."""
        same = before.run is after.run and before.view.filter == after.view.filter
        same = same and before.reading.model is after.reading.model
        same = same and (before.view.weighing is None) == (after.view.weighing is None)
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
        (width, height), step = self.size, picture.deep_step
        given = picture.run, picture.view.filter, self.palette, self.monochrome, width - 2, height
        key = (*given, picture.reading.model, None if step is None else step)
        if self._kernel is None or self._kernel[0] != key:
            letters = picture.reading.model.input.channels
            edited = _edited(picture)
            kernel = LetterKernel(*given, edited, letters) if step is None else MapKernel(*given, edited, step)
            self._kernel = key, kernel
        return self._kernel[1]

    def render_line(self, y: int) -> Strip:
        """Return one line of the card."""
        palette, picture = self.palette, self.picture
        blank = style(palette.text, palette.ground)
        if picture is None or not self._has_room:
            return Strip.blank(self.size.width, blank)
        line = Strip([Segment(" ", blank), *self.kernel(picture).line(y, _read(picture))])
        keys = _BACK if picture.view.weighing is None else _ENDS
        if y == 0 and self.instead and line.cell_length + len(keys) < self.size.width:
            gap = Segment(" " * (self.size.width - 1 - len(keys) - line.cell_length), blank)
            line = Strip.join([line, Strip([gap, Segment(keys, style(palette.dim, palette.ground))])])
        return line.adjust_cell_length(self.size.width, blank)

    def channels_drawn(self, picture: Picture) -> list[int]:
        """Return which channels of what a filter reads have a line, where that is feature maps."""
        return [] if picture.deep_step is None else self.kernel(picture).channels

    def under(self, x: int, y: int, picture: Picture) -> Place | None:
        """Return the weight under a pointer; it leads to the base, or the position, that stands under its tap."""
        found = self.kernel(picture).under(x - 1, y) if self._has_room else None
        if found is None:
            return None
        tap, channel = found
        words = self.kernel(picture).words(tap, channel)
        if picture.view.weighing is not None:
            step = picture.deep_step
            return Weight(None, tap, None, words, channel if step is None else step.channels[channel])
        window = picture.conv_step.window
        at = window.first + tap * window.step
        return Place(Level.BASE if 0 <= at < picture.view.axes.length else None, at, None, words)

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
