"""The values of a layer that does not lie over the bases: a unit a cell, with its value, in the order of the tensor.

Of a layer with positions, the channels of the one under the cursor.
"""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from ..pictures.layer_picture import LayerPicture
from ..pictures.palette import LEVELS, style
from ..words.layer_words import named_place
from ..words.numbers import fitted, number
from .pointed import Place, Pointed
from .strips import bars

__all__ = ["Units"]

_LABEL = 8
_CELL = 9
_NARROW = 2
_FEW = 24


class Units(Pointed[LayerPicture]):
    """Few units as bars with their values; more as a grid, the values in it where they fit."""

    term = "unit"
    DEFAULT_CSS = """
    Units { height: 1fr; padding: 1; }
    """

    def per_line(self, picture: LayerPicture) -> int:
        """Return how many units stand on a line."""
        units, width, height = picture.view.axis.channels, self.content_size.width, self.content_size.height
        if units <= min(_FEW, height):
            return 1
        wide = max(1, (width - _LABEL) // _CELL)
        if -(-units // wide) <= height:
            return wide
        return max(1, (width - _LABEL) // _NARROW)

    def render_line(self, y: int) -> Strip:
        """Return one line of bars or of the grid."""
        palette, picture = self.palette, self.picture
        ground = style(palette.text, palette.ground)
        row = y - 1
        if picture is None or not 0 <= row < self.content_size.height:
            return Strip.blank(self.size.width, ground)
        per_line = self.per_line(picture)
        first = (self._first_row(picture, per_line) + row) * per_line
        units = range(first, min(first + per_line, picture.view.axis.channels))
        if not units:
            return Strip.blank(self.size.width, ground)
        segments = [Segment(f" {first:>{_LABEL - 2}} ", style(palette.dim, palette.ground))]
        segments += self._bar(first, picture) if per_line == 1 else self._cells(units, per_line, picture)
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _first_row(self, picture: LayerPicture, per_line: int) -> int:
        rows = -(-picture.view.axis.channels // per_line)
        chosen = picture.view.channel // per_line
        return min(max(0, chosen - self.content_size.height // 2), max(0, rows - self.content_size.height))

    def _bar(self, unit: int, picture: LayerPicture) -> list[Segment]:
        palette = self.palette
        values = picture.units
        value, most = float(values[unit]), float(np.abs(values).max())
        largest = max(most, 1.0 if most <= 1 else 0.0, 1e-30)
        room = max(1, self.content_size.width - _LABEL - 14)
        eighths = round(abs(value) / largest * room * 8)
        whole, part = divmod(eighths, 8)
        shape = "█" * whole + (" ▏▎▍▌▋▊▉"[part] if part else "")
        colour = palette.up if value >= 0 else palette.down
        chosen = unit == picture.view.channel
        look = style(palette.accent if chosen else palette.text, palette.ground, bold=chosen)
        return [Segment(f"{number(value):>10}  ", look), Segment(shape, style(colour, palette.ground))]

    def _cells(self, units: range, per_line: int, picture: LayerPicture) -> list[Segment]:
        palette = self.palette
        values = picture.units
        lowest, highest = min(0.0, float(values.min())), max(0.0, float(values.max()))
        width = _CELL if (self.content_size.width - _LABEL) // _CELL == per_line else _NARROW
        levels = palette.level(values[units.start : units.stop], lowest, highest)
        segments = []
        for unit, level in zip(units, levels.tolist(), strict=True):
            value = float(values[unit])
            strong = abs(level - LEVELS + 1) > LEVELS * 0.55
            look = style(palette.ground if strong else palette.text, palette.ramp[level])
            if unit == picture.view.channel:
                look = style(palette.ground, palette.accent, bold=True)
            words = fitted(value, width - 2) or "" if width > _NARROW else ""
            if self.monochrome and width == _NARROW:
                words = str(bars(np.array([abs(value) / max(highest, -lowest, 1e-30)]), 1)[0, 0])
            segments.append(Segment(f"{words:^{width}}", look))
        return segments

    def under(self, x: int, y: int, picture: LayerPicture) -> Place | None:
        """Return the unit under a pointer."""
        per_line = self.per_line(picture)
        width = _CELL if (self.content_size.width - _LABEL) // _CELL == per_line else _NARROW
        column = 0 if per_line == 1 else (x - _LABEL) // width
        unit = (self._first_row(picture, per_line) + y - 1) * per_line + column
        if not (0 <= column < per_line and x >= _LABEL and 0 <= unit < picture.view.axis.channels):
            return None
        view = picture.view
        words = named_place(picture.reading.model, view.axis.name, view.axis.index(view.position, unit))
        index = view.position if view.axis.has_length else unit
        return Place(None, index, unit, f"{words} = {number(float(picture.units[unit]))}")
