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
from .heat_map import MappedT

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["ColourScale", "Legend", "swatch"]

_SWATCH = 12


class ColourScale(Drawing[MappedT]):
    """The colours of the chosen channel from its lowest to its highest value, and what they are of."""

    DEFAULT_CSS = """
    ColourScale { height: 1; }
    """

    def words(self, picture: MappedT) -> str:
        """Return what the colours are of; it goes where there is no room."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        palette, picture = self.palette, self.picture
        dim = style(palette.dim, palette.ground)
        if picture is None:
            return Strip.blank(self.size.width, dim)
        lowest, highest = picture.scale(picture.chosen)
        line = [
            Segment(f"{'colour':<{GUTTER}}{number(lowest)} ", dim),
            *swatch(lowest, highest, palette, monochrome=self.monochrome),
            Segment(f" {number(highest)}", dim),
        ]
        words = Segment(f"  {self.words(picture)}", dim)
        room = self.size.width - sum(segment.cell_length for segment in line)
        return Strip([*line, words] if words.cell_length <= room else line)


class Legend(ColourScale["Picture"]):
    """The colour scale of the heat maps with its numbers, and what they are of."""

    def words(self, picture: Picture) -> str:
        """Return whose strongest value the colours end with."""
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
