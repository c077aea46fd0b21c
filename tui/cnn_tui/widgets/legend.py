"""The line under the heat maps: what their colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from ..pictures.colours import GLYPHS, Palette, style
from ..view.track_sizes import GUTTER
from ..view.view_state import Scale, Side
from ..words.numbers import number
from .drawing import Drawing

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Legend", "swatch"]

_SWATCH = 12


class Legend(Drawing["Picture"]):
    """The colour scale of the heat maps with its numbers, and what they are of."""

    DEFAULT_CSS = """
    Legend { height: 1; }
    """

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        palette = self.palette
        plain, dim = style(palette.text, palette.ground), style(palette.dim, palette.ground)
        picture, width = self.picture, self.size.width
        if picture is None:
            return Strip.blank(width, plain)
        lowest, highest = picture.scale(picture.view.filter)
        ends = number(lowest), number(highest)
        line = [
            Segment(f"{'colour':<{GUTTER}}{ends[0]} ", dim),
            *swatch(lowest, highest, palette, monochrome=self.monochrome),
            Segment(f" {ends[1]}", dim),
        ]
        words = Segment(f"  {self._words(picture)}", dim)
        if sum(segment.cell_length for segment in (*line, words)) <= width:
            line.append(words)
        return Strip(line)

    @staticmethod
    def _words(picture: Picture) -> str:
        if picture.differs:
            own = "this layer's largest" if picture.view.scale is Scale.LAYER else "each filter's largest"
            side = picture.view.side
            return f"{side if side is Side.DIFFERENCE else 'edited − original'}, {own}"
        reached = "strongest here" if picture.run.extremes.measured else "strongest possible"
        if picture.view.scale is Scale.LAYER:
            return f"{reached} of this layer"
        return f"{reached}, each filter its own"


def swatch(
    lowest: float, highest: float, palette: Palette, *, monochrome: bool, glyphs: str = GLYPHS
) -> list[Segment]:
    """Return the colours, or glyphs, from one value to another."""
    values = np.linspace(lowest, highest, _SWATCH).astype(np.float32)
    levels = palette.level(values, lowest, highest).tolist()
    if monochrome:
        return [Segment("".join(glyphs[level] for level in levels), style(palette.text, palette.ground))]
    return [Segment(" ", style(None, palette.ramp[level])) for level in levels]
