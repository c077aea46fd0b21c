"""The line between the tracks and the inspector: what the cursor stands on, and what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from .. import pictures
from ..pictures.palette import GLYPHS, style
from ..view.view_state import Scale
from ..words.numbers import number
from .drawing import Drawing

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Legend"]

_SWATCH = 12


class Legend(Drawing["Picture"]):
    """The cursor's place at the left, the colour scale with its numbers at the right."""

    DEFAULT_CSS = """
    Legend { height: 1; }
    """

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        palette = self.palette
        plain, bold = style(palette.text, palette.panel), style(palette.text, palette.panel, bold=True)
        dim = style(palette.dim, palette.panel)
        picture = self.picture
        width = self.size.width
        if picture is None:
            return Strip.blank(width, plain)
        lowest, highest = picture.scale(picture.view.filter)
        words = self._words(picture)
        left = [Segment(f" {pictures.title(picture)} ", bold)]
        ends = number(lowest), number(highest)
        swatch = self._swatch(lowest, highest)
        right = [Segment(f"{ends[0]} ", plain), *swatch, Segment(f" {ends[1]}", plain), Segment(f" {words} ", dim)]
        taken = sum(segment.cell_length for segment in [*left, *right])
        if taken > width:
            right.pop()
            taken = sum(segment.cell_length for segment in [*left, *right])
        if taken > width:
            return Strip(left).adjust_cell_length(width, plain)
        return Strip([*left, Segment(" " * (width - taken), plain), *right])

    @staticmethod
    def _words(picture: Picture) -> str:
        reached = "strongest here" if picture.run.extremes.measured else "strongest possible"
        if picture.view.scale is Scale.LAYER:
            return f"{reached} of this layer"
        return f"{reached}, each filter its own"

    def _swatch(self, lowest: float, highest: float) -> list[Segment]:
        palette, values = self.palette, np.linspace(lowest, highest, _SWATCH).astype(np.float32)
        levels = palette.level(values, lowest, highest).tolist()
        if self.monochrome:
            return [Segment("".join(GLYPHS[level] for level in levels), style(palette.text, palette.ground))]
        return [Segment(" ", style(None, palette.ramp[level])) for level in levels]
