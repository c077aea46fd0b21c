"""The values of a layer that does not lie over the bases: a unit a cell, with its value, in the order of the tensor.

Of a layer with positions, the channels of the one under the cursor; of more axes a line for each index but the last.
"""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from cnn_core.errors import printable

from ..pictures.colours import LEVELS, style
from ..pictures.layer_picture import LayerPicture
from ..words.layer_words import named_place
from ..words.numbers import fitted, number
from ..words.shortening import squeezed
from .pointer_target import Place, Pointed
from .strips import bars

__all__ = ["Units"]

_LABEL = 8
_CELL = 9
_NARROW = 2
_FEW = 24
_NAME = 40


class Units(Pointed[LayerPicture]):
    """Few units as bars with their values; more as a grid, the values in it where they fit."""

    term = "unit"
    DEFAULT_CSS = """
    Units { height: 1fr; padding: 1; }
    """

    def per_line(self, picture: LayerPicture) -> int:
        """Return how many units stand on a line."""
        axis, height = picture.view.axis, self.content_size.height
        room = self.content_size.width - self._label(picture)
        if len(axis.shape) > 2 and 1 < axis.shape[-1] <= room // _NARROW:
            return axis.shape[-1]
        if axis.channels <= min(_FEW, height):
            return 1
        wide = max(1, room // _CELL)
        if -(-axis.channels // wide) <= height:
            return wide
        return max(1, room // _NARROW)

    def _label(self, picture: LayerPicture) -> int:
        """Return how many columns the label of a line takes."""
        return max(_LABEL, len(self._named(picture, picture.view.axis.channels - 1)) + 2)

    @staticmethod
    def _named(picture: LayerPicture, unit: int) -> str:
        """Return what a unit is called among those that are shown."""
        axis = picture.view.axis
        return ",".join(map(str, axis.index(0, unit)[1:])) if axis.has_length else str(unit)

    def _line(self, picture: LayerPicture, first: int, per_line: int) -> str:
        """Return what a line is called: its first unit, or along the last axis the indices before."""
        axis = picture.view.axis
        whole = len(axis.shape) > 2 and per_line == axis.shape[-1]
        return ",".join(map(str, axis.index(0, first)[1:-1])) if whole else self._named(picture, first)

    def _width(self, picture: LayerPicture, per_line: int) -> int:
        """Return how many columns a cell of the grid takes."""
        return _CELL if per_line * _CELL <= self.content_size.width - self._label(picture) else _NARROW

    def _heading(self, picture: LayerPicture) -> str:
        """Return which position the values are of, and what the axes behind it are."""
        view = picture.view
        name, rest = squeezed(printable(view.axis.name), _NAME), " × ".join(map(str, view.axis.shape[1:]))
        return f" {name}[{view.position}] of 0…{view.axis.positions - 1} (PgUp PgDn): {rest} values"

    def render_line(self, y: int) -> Strip:
        """Return one line of bars or of the grid."""
        palette, picture = self.palette, self.picture
        ground = style(palette.text, palette.ground)
        row = y - 1
        if picture is not None and picture.view.axis.has_length and not y:
            return Strip([Segment(self._heading(picture), style(palette.dim, palette.ground))]).adjust_cell_length(
                self.size.width, ground
            )
        if picture is None or not 0 <= row < self.content_size.height:
            return Strip.blank(self.size.width, ground)
        per_line = self.per_line(picture)
        first = (self._first_row(picture, per_line) + row) * per_line
        units = range(first, min(first + per_line, picture.view.axis.channels))
        if not units:
            return Strip.blank(self.size.width, ground)
        label = f" {self._line(picture, first, per_line):>{self._label(picture) - 2}} "
        segments = [Segment(label, style(palette.dim, palette.ground))]
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
        room = max(1, self.content_size.width - self._label(picture) - 14)
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
        width = self._width(picture, per_line)
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
        label, width = self._label(picture), self._width(picture, per_line)
        column = 0 if per_line == 1 else (x - label) // width
        unit = (self._first_row(picture, per_line) + y - 1) * per_line + column
        if not (0 <= column < per_line and x >= label and 0 <= unit < picture.view.axis.channels):
            return None
        view = picture.view
        words = named_place(picture.reading.model, view.axis.name, view.axis.index(view.position, unit))
        index = view.position if view.axis.has_length else unit
        return Place(None, index, unit, f"{words} = {number(float(picture.units[unit]))}")
