"""The chosen filter's cells, each as wide as its pool stride, under the activations that it chose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from rich.style import Style
from textual.strip import Strip

from ..pictures.colours import LEVELS, style
from ..view.view_state import Level, Side
from ..words.numbers import fitted
from .block_places import place_in_block
from .feature_map import CHANGED
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from .strips import Row

__all__ = ["Pooled"]


_NOT_SUBTRACTED: Final = ("cells of other sizes, or over other bases, are not subtracted", "not subtracted")


class Pooled(Track["Picture"]):
    """A box a cell, with its value where all of it fits; what is left over hatched."""

    term = "cell"
    covered_as = "pooled"

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return what the axis is called and how long it is."""
        if picture.view.side is Side.DIFFERENCE:
            return self.label_strip(f"{picture.view.side} {picture.words.pooled}", marked=True)
        return self.named_strip(picture.words.pooled, f"0…{picture.view.axes.cells - 1}")

    def line(self, y: int, picture: Picture) -> Strip:
        """Return the boxes."""
        palette, view, axes, row = self.palette, picture.view, picture.view.axes, self.row(picture)
        lowest, highest = picture.scale(view.filter)
        if picture.comparison is not None and picture.differs and not picture.comparison.cells_match:
            row.write_first([(words, 1) for words in _NOT_SUBTRACTED], style(palette.dim, palette.ground))
            return row.strip()
        if axes.cell_width < view.bases_per_column:
            return self._narrow(picture)
        first, last = picture.visible.visible_cells
        values = picture.run.values(first, last)[:, view.filter]
        changed = np.zeros(len(values), dtype=np.bool_)
        if picture.comparison is not None:
            differences = picture.comparison.values(first, last)[:, view.filter]
            values, changed = differences if picture.differs else values, differences != 0
        levels = palette.level(values, lowest, highest)
        at_floor = picture.visible.all_zero[:, view.filter].tolist()
        room = axes.cell_width * view.columns_per_base // view.bases_per_column - 2
        # Where only some have room, a box without a number would look like a cell without a value.
        numbered = all(fitted(value, room + 1) for value in values.tolist())
        # The edge of the next box is enough of an end where that makes room for the numbers.
        edge = 1 - (numbered and not all(fitted(value, room) for value in values.tolist()))
        for cell, value, level in zip(range(first, last), values.tolist(), levels.tolist(), strict=True):
            begin, end = axes.base_of_cell(cell), axes.base_of_cell(cell + 1)
            start, stop = self.box_of(begin, end, picture)
            if start >= stop:
                continue
            edges = view.column_of(begin) >= 0, view.column_of(end) <= view.columns
            told = at_floor[cell - first] and axes.pool.stride < axes.pool.size and not picture.differs
            hidden = cell == view.filling or not (all(edges) or picture.run.pools_all) or not numbered
            shown = "" if hidden else self._words(value, stop - start - 1 - edge, told)
            self._box(row.text, start, stop, shown, edges, edge)
            if edges[0] and changed[cell - first]:
                row.text[start] = CHANGED
            level = LEVELS - 1 if cell == view.filling else level
            row.paint(slice(start, stop), self._look(level, cell == view.cell, picture))
        self._left_over(row, picture)
        return row.strip()

    def _narrow(self, picture: Picture) -> Strip:
        """Return columns that stand for several cells each: the strongest is shown."""
        view, columns, row = picture.view, picture.cells, self.row(picture)
        comparison = picture.comparison
        changed = None if comparison is None else comparison.cells.values[:, view.filter] != 0
        levels = self.palette.level(columns.values[:, view.filter], *picture.scale(view.filter))
        self._left_over(row, picture)
        for column in np.flatnonzero(columns.index >= 0).tolist():
            chosen = int(columns.index[column]) <= view.cell < int(columns.stop[column])
            glyph = CHANGED if changed is not None and changed[column] else "▏"
            row.fill(column, column + 1, glyph, self._look(int(levels[column]), chosen, picture))
        return row.strip()

    @staticmethod
    def _words(value: float, width: int, at_floor: bool) -> str:
        """Return a cell's value if all of it fits, and `all` where the line above cannot say so."""
        words = fitted(value, width) or ""
        told = f"all {words}"
        return told if at_floor and words and len(told) <= width else words

    @staticmethod
    def _box(text: list[str], start: int, stop: int, words: str, edges: tuple[bool, bool], edge: int) -> None:
        """Draw a box, its right edge 1 or 0 columns wide; one that lies beyond the screen is not drawn."""
        if edges[0]:
            text[start] = "▏"
        if stop - start >= 3:
            text[start + 1 : stop - edge] = f"{words:^{stop - start - 1 - edge}}"
            if edge:
                text[stop - 1] = "▕" if edges[1] else " "

    def _look(self, level: int, chosen: bool, picture: Picture) -> Style:
        palette = self.palette
        if self.monochrome:
            return style(palette.text, palette.ground, bold=chosen, underline=chosen)
        if chosen and picture.view.level is Level.CELL:
            return style(palette.ground, palette.accent, bold=True)
        ground = palette.ramp[level]
        return style(palette.ink(ground), ground, bold=chosen, underline=chosen)

    def _left_over(self, row: Row, picture: Picture) -> None:
        axes, run = picture.view.axes, picture.run
        if run.left_over[0] < run.left_over[1]:
            begin, end = axes.base_of_cell(axes.cells), axes.base_of_position(run.left_over[1])
            start, stop = self.columns_of(max(begin, axes.base_of_position(run.left_over[0])), end, picture)
            row.fill(start, stop, "╱", style(self.palette.dim, self.palette.ground))

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the cell over a column."""
        return place_in_block(Level.CELL, column, picture)
