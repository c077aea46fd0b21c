"""The chosen filter's feature map, one activation a window, and below it what the pool selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from ..pictures.colours import style
from ..view.play import Phase
from ..view.view_state import EditsShown, Level, Side
from ..words.numbers import number
from .block_places import place_in_block
from .channel_bars import Bars, ChannelBars
from .track import Place, Track

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from .strips import Row

__all__ = ["CHANGED", "FORMER", "FeatureMap", "Selected"]

CHANGED: Final = "≠"
"""Marks what differs from the original."""
FORMER: Final = "▽"
"""Marks what a pool selected before the edits."""


class FeatureMap(ChannelBars["Picture"]):
    """A bar over the first base of every window; below a line, where activations can be negative, bars down."""

    term = "feature map"
    covered_as = "conv"

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return what the axis is called and how long it is, then the filter's number and name."""
        chosen, side = picture.view.filter, picture.view.side
        if side is Side.DIFFERENCE and y == 0:
            return self.label_strip(f"{side} {picture.words.conv}", marked=True)
        if y == 0:
            return self.named_strip(picture.words.conv, f"0…{picture.view.axes.positions - 1}")
        if side is Side.DIFFERENCE and (minus := picture.comparison and picture.comparison.minus) is not None:
            return self.label_strip(f"  {chosen} − {minus}" if y == 1 else "", marked=True)
        filter_words = f"  filter {chosen}", f"  {picture.filter_name(chosen)}"
        rows = filter_words if self.size.height > 2 else [" ".join((filter_words[0], filter_words[1].strip()))]
        return self.label_strip(rows[y - 1].rstrip() if y <= len(rows) else "", marked=True)

    def bars(self, picture: Picture) -> Bars | None:
        """Return the chosen filter's activations, or how they differ, where they can be subtracted."""
        if picture.comparison is not None and picture.differs and not picture.comparison.positions_match:
            return None
        chosen, columns, scale = picture.view.filter, picture.maps, picture.scale(picture.view.filter)
        return Bars(columns, chosen, scale, picture.marked, picture.pool_positions, self._hidden(picture))

    @staticmethod
    def _hidden(picture: Picture) -> range:
        """Return the responses that the demonstration has not come to."""
        play = picture.view.play
        if play is None or play.is_filled:
            return range(0)
        positions = picture.pool_step.window.positions
        return positions[play.nth + (play.phase >= Phase.ACTIVATION) :]

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the response over a column."""
        return place_in_block(Level.RESPONSE, column, picture)


class Selected(Track["Picture"]):
    """What each pool window selected: ▲ its first maximum, △ what ties with it; one that is all 0 says so."""

    term = "selection"
    covered_as = "pool"

    def label_line(self, y: int, picture: Picture) -> Strip:
        """Return what the pool is called, and what it makes of how many."""
        how = "mean" if picture.visible.selections is None else "max"
        of = "all" if picture.run.pools_all else f"{picture.view.axes.pool.size}"
        return self.named_strip(picture.words.pool, f"{how} of {of}")

    def line(self, y: int, picture: Picture) -> Strip:
        """Return the marks."""
        palette, row = self.palette, self.row(picture)
        columns, behind = picture.visible.maps, picture.visible.maps.begin_at(range(*picture.run.left_over))
        read = np.where(columns.starts & picture.visible.read, "·", " ")
        if picture.comparison is not None:
            changed = columns.starts & (picture.comparison.maps.values[:, picture.view.filter] != 0)
            read = np.where(changed, CHANGED, read)
        row.text = np.where(behind & (read != CHANGED), "╱", read).tolist()
        window = columns.begin_at(picture.pool_positions) & ~behind
        row.paint(columns.index >= 0, style(palette.dim, palette.ground))
        row.paint(window, style(palette.dim, palette.window))
        former = self._former(picture)
        self._marks(row, window, former, picture)
        for column in former:
            if row.text[column] != "▲":
                row.text[column] = FORMER
        return row.strip()

    @staticmethod
    def _former(picture: Picture) -> set[int]:
        """Return the columns of what was selected before the edits."""
        comparison, view = picture.comparison, picture.view
        if comparison is None or comparison.selections is None or view.edits is EditsShown.ORIGINAL:
            return set()
        selected = comparison.selections[:, view.filter].tolist()
        columns = {view.column_of(view.axes.base_of_position(each)) for each in selected if each >= 0}
        return {column for column in columns if 0 <= column < view.columns}

    def _marks(self, row: Row, window: NDArray[np.bool_], former: set[int], picture: Picture) -> None:
        view, axes = picture.view, picture.view.axes
        selections = picture.visible.selections
        if selections is None:
            return
        first, last = picture.visible.visible_cells
        all_zero = picture.visible.all_zero[:, view.filter].tolist()
        for cell, chosen, mute in zip(
            range(first, last), selections[:, view.filter].tolist(), all_zero, strict=True
        ):
            if cell == view.filling:
                continue
            if mute:
                start, stop = self.box_of(axes.base_of_cell(cell), axes.base_of_cell(cell + 1), picture)
                if stop - start >= 8 and axes.pool.stride >= axes.pool.size:
                    assert picture.run.floors is not None
                    floor = f"all {number(float(picture.run.floors[view.filter]))}"
                    # Where the mark of what was selected before leaves no room, that alone is shown.
                    marks = [column for column in former if start <= column < stop]
                    parts = [(start, min([*marks, stop])), (max([start - 1, *marks]) + 1, stop)]
                    start, stop = max(parts, key=lambda part: part[1] - part[0])
                    if stop - start >= len(floor):
                        row.text[start:stop] = f"{floor:^{stop - start}}"[: stop - start]
                continue
            column = view.column_of(axes.base_of_position(chosen))
            if 0 <= column < view.columns:
                ground = self.palette.window if window[column] else self.palette.ground
                row.fill(column, column + 1, "▲", style(self.palette.selected, ground, bold=True))
        step = picture.pool_step
        if not step.composition.all_zero and step.composition.ties > 1 and view.filling != view.cell:
            for position, value in zip(step.window.positions, step.values.tolist(), strict=True):
                column = view.column_of(axes.base_of_position(position))
                if value == step.value and 0 <= column < view.columns and row.text[column] != "▲":
                    row.text[column] = "△"

    def place(self, column: int, y: int, picture: Picture) -> Place | None:
        """Return the cell whose pool window a column is in."""
        view = picture.view
        position = int(picture.visible.maps.index[column])
        if position < 0:
            return None
        cell = view.axes.cell_of(position)
        if cell is None:
            words = f"{picture.words.conv}[{position}]: no cell reads it"
            return Place(Level.RESPONSE, position, None, words)
        selections, names = picture.run.selections(cell, cell + 1), picture.words
        if selections is None:
            return Place(Level.CELL, cell, None, f"{names.pooled}[{cell}] is a mean")
        if picture.run.all_zero(cell, cell + 1)[0, view.filter]:
            return Place(Level.CELL, cell, None, f"{names.pooled}[{cell}]: nothing was selected")
        selected = f"selected {names.conv}[{int(selections[0, view.filter])}]"
        return Place(Level.CELL, cell, None, f"{names.pooled}[{cell}] {selected}")
