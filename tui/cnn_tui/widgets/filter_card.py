"""The filter card: the weights as a heat map, those that the shown window picks marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.palette import style
from ..view.view_state import Level
from .filter_card_over_letters import LetterKernel
from .filter_card_over_maps import MapKernel
from .pointed import Place, Pointed

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from .kernel import Kernel, Read

__all__ = ["FilterCard"]

_NARROWEST: Final = 10
_BACK: Final = "f: the inspector"


class FilterCard(Pointed["Picture"]):
    """The chosen filter: the letters that it likes best and least, those here, its weights and what they add up to."""

    term = "kernel"
    instead: reactive[bool] = reactive(False)
    """Whether it stands in the inspector's place, so that it has to say how that comes back."""
    _kernel: tuple[tuple[object, ...], Kernel] | None = None

    def repaint(self, before: Picture, after: Picture) -> None:
        """Paint again what is another: the whole card, or of the same filter only the weights that are picked."""
        same = before.run is after.run and before.view.filter == after.view.filter
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
        key = (*given, None if step is None else picture)
        if self._kernel is None or self._kernel[0] != key:
            letters = picture.reading.model.input.channels
            self._kernel = key, LetterKernel(*given, letters) if step is None else MapKernel(*given, step)
        return self._kernel[1]

    def render_line(self, y: int) -> Strip:
        """Return one line of the card."""
        palette, picture = self.palette, self.picture
        blank = style(palette.text, palette.ground)
        if picture is None or not self._has_room:
            return Strip.blank(self.size.width, blank)
        line = Strip([Segment(" ", blank), *self.kernel(picture).line(y, _read(picture))])
        if y == 0 and self.instead and line.cell_length + len(_BACK) < self.size.width:
            gap = Segment(" " * (self.size.width - 1 - len(_BACK) - line.cell_length), blank)
            line = Strip.join([line, Strip([gap, Segment(_BACK, style(palette.dim, palette.ground))])])
        return line.adjust_cell_length(self.size.width, blank)

    def channels_drawn(self, picture: Picture) -> list[int]:
        """Return which channels of what a filter reads have a line, where that is feature maps."""
        return [] if picture.deep_step is None else self.kernel(picture).channels

    def under(self, x: int, y: int, picture: Picture) -> Place | None:
        """Return the weight under a pointer; it leads to the base, or the position, that stands under its tap."""
        found = self.kernel(picture).under(x - 1, y) if self._has_room else None
        if found is None:
            return None
        tap, words = found
        window = picture.conv_step.window
        at = window.first + tap * window.step
        return Place(Level.BASE if 0 <= at < picture.view.axes.length else None, at, None, words)


def _read(picture: Picture) -> Read:
    """Return the letters under the taps of a window over letters, and the response to them."""
    return picture.conv_step.bases, picture.conv_step.response
