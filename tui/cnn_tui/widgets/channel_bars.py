"""One channel's values over the columns of the axis: bars that stand on a line, and hang from it below 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from ..pictures.colours import Palette, style
from .strips import ZERO, signed_bars, strips_of
from .track import Drawn, Track

if TYPE_CHECKING:
    from ..pictures.visible import LaidValues

__all__ = ["Bars", "ChannelBars"]

_PLAIN: Final = np.array([1, 1, 2, 3, 1], dtype=np.int16)
"""The style of each part of a bar."""
_MARKED: Final = np.array([1, 4, 4, 5, 4], dtype=np.int16)
"""The style of each part of the bar that the cursor stands on."""
_STYLES: Final = 5


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn as bars.

    Attributes:
        columns: The values over the columns.
        channel: Whose values are drawn.
        scale: The lowest and the highest value.
        marked: The position that the cursor stands on, or None.
        window: The positions that stand out, on the ground of a window.
        hidden: The positions whose values are not shown.
    """

    columns: LaidValues
    channel: int
    scale: tuple[float, float]
    marked: int | None
    window: range = range(0)
    hidden: range = range(0)


class ChannelBars(Track[Drawn]):
    """A bar over the column in which a value's position begins."""

    term = "activation"
    _drawn_for: tuple[Drawn, int, Palette] | None = None
    _drawn: Sequence[Strip] = ()

    def bars(self, picture: Drawn) -> Bars | None:
        """Return what is drawn, or None where there is nothing to draw."""
        raise NotImplementedError

    def line(self, y: int, picture: Drawn) -> Strip:
        """Return one line of the bars."""
        rows, palette = self.size.height, self.palette
        if self._drawn_for != (picture, rows, palette):
            self._drawn_for = picture, rows, palette
            self._drawn = self._lines(picture, rows, palette)
        return self._drawn[y]

    def _lines(self, picture: Drawn, rows: int, palette: Palette) -> list[Strip]:
        drawn = self.bars(picture)
        plain = style(palette.text, palette.ground)
        if drawn is None:
            return [Strip([Segment(" " * picture.view.columns, plain)])] * rows
        up, down = palette.up, palette.down
        styles = [plain]
        for ground in (palette.ground, palette.window):
            styles += [
                style(up, ground),
                style(down, ground),
                style(ground, down),
                style(palette.accent, ground, bold=True),
                style(ground, palette.accent, bold=True),
            ]
        columns = drawn.columns
        shown = columns.starts & ~columns.begin_at(drawn.hidden)
        values = np.where(shown, columns.values[:, drawn.channel], np.float32(np.nan))
        glyphs, parts = signed_bars(values, drawn.scale, rows, whole_blocks=self.monochrome)
        looks = _PLAIN[parts]
        if drawn.marked is not None:
            chosen = (columns.index <= drawn.marked) & (drawn.marked < columns.stop)
            looks[:, chosen] = _MARKED[parts[:, chosen]]
            glyphs[chosen & (parts == ZERO)] = "▁"
        looks[:, columns.begin_at(drawn.window)] += _STYLES
        looks[:, columns.index < 0] = 0
        return strips_of(glyphs, looks, styles)
