"""What the overview draws: the strongest cell under every column of a track as long as the whole record."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array
from cnn_core.scan.overview import OverviewState
from cnn_core.scan.strongest import Hit, hit_at
from cnn_core.work.lru_cache import LruCache

from ..view.view_state import Axes, ViewState

__all__ = ["OverviewPicture"]


@dataclass(frozen=True, eq=False)
class OverviewPicture:
    """An overview at one moment, and where in it the visible stretch lies.

    Attributes:
        view: The view of the tracks.
        reading: The model on the input window.
        whole: The same block on the whole record; on the input window, where the block reads feature maps.
        state: What has been seen of it.
        filter: The one filter, or None where all are looked at.
        pace: How fast the scan goes, in words; nothing where none goes on.
        hits: The cells that were looked at before, by filter and cell: the same ones are asked for at every step.
    """

    view: ViewState
    reading: Reading
    whole: Reading
    state: OverviewState
    filter: int | None
    pace: str = ""
    hits: LruCache[tuple[int, int], Hit] = field(default_factory=lambda: LruCache(1))

    @cached_property
    def axes(self) -> Axes:
        """The axes of the block on the whole record."""
        return Axes.of(self.whole.run)

    @cached_property
    def _even(self) -> NDArray[np.int64]:
        """Where columns of one width would begin, and where the last would end, in bases, shape (columns + 1,)."""
        columns = self.view.columns
        return np.arange(columns + 1, dtype=np.int64) * self.axes.bases // columns

    @cached_property
    def _bins(self) -> NDArray[np.int64]:
        """At which of the overview's own columns those of the screen begin, and the last ends, shape (columns + 1,)."""
        axes, bounds = self.axes, self.state.bounds
        cells = np.clip((self._even - axes.base_of_cell(0)) // axes.cell_width, 0, axes.cells)
        bins = np.searchsorted(bounds, cells, side="right") - 1
        bins[0], bins[-1] = 0, len(bounds) - 1
        return bins

    @property
    def _is_narrow(self) -> bool:
        """Whether a column of the screen is narrower than one of the overview's own."""
        widest = int(np.diff(self.state.bounds).max()) * self.axes.cell_width
        return self.view.columns * widest > self.axes.bases

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Where each column begins, and where the last ends, in bases, ascending, shape (columns + 1,).

        A column shows the cells that begin in it, all of them and no other: its edges are edges of the overview's
        own columns, at most one of those away from where columns of one width would have them. A column narrower
        than that shows the cell that lies over its first base. Behind the last cell there is none.
        """
        if self._is_narrow:
            return self._even
        bins, state, axes = self._bins, self.state, self.axes
        first = axes.base_of_cell(0) + state.bounds[bins] * axes.cell_width
        edges = np.where(bins < len(state.values), first, self._even)
        edges[0], edges[-1] = 0, axes.bases
        return edges

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The overview's own columns that each column of the screen stands for: the first, and one past the last."""
        bins, mine = self._bins, len(self.state.values)
        first, last = bins[:-1], bins[1:]
        nothing = first >= mine
        if self._is_narrow:
            last = np.maximum(last, first + 1)
            nothing |= self._even[:-1] >= self.axes.base_of_cell(self.axes.cells)
        return np.where(nothing, 0, first), np.where(nothing, 0, np.minimum(last, mine))

    @cached_property
    def at(self) -> NDArray[np.int64]:
        """Which of the overview's columns holds the strongest cell of each column, −1 for none, shape (columns,)."""
        at = np.full(self.view.columns, -1, dtype=np.int64)
        for column, (first, last) in enumerate(zip(*self._columns, strict=True)):
            if first < last:
                nth = int(first) + int(self.state.values[first:last].argmax())
                at[column] = nth if self.state.cells[nth] >= 0 else -1
        return at

    @cached_property
    def values(self) -> Array:
        """The strongest cell under every column, NaN where nothing has been seen, shape (columns,)."""
        return np.where(self.at < 0, np.float32(np.nan), self.state.values[np.maximum(self.at, 0)])

    @cached_property
    def best(self) -> int | None:
        """Which of the overview's columns holds the strongest cell of all, or None before anything is seen."""
        seen = self.state.cells >= 0
        return int(np.where(seen, self.state.values, -np.inf).argmax()) if seen.any() else None

    @property
    def share(self) -> float:
        """How much of the record has been seen, from 0 to 1."""
        return self.state.cells_done / max(1, self.state.cells_total)

    def hit(self, nth: int) -> Hit:
        """Return the strongest cell of one of the overview's columns, with what it chose and where that stands.

        Args:
            nth: The column, one in which something has been seen.
        """
        chosen = int(self.state.filters[nth]) if self.filter is None else self.filter
        cell = int(self.state.cells[nth])
        return self.hits.at((chosen, cell), lambda: hit_at(self.whole, chosen, cell))

    @property
    def all_zero(self) -> bool:
        """Whether the strongest cell of all is all 0, and so every other."""
        floors = self.whole.run.floors
        if self.best is None or floors is None:
            return False
        chosen = int(self.state.filters[self.best]) if self.filter is None else self.filter
        return bool(self.state.values[self.best] == floors[chosen])

    @property
    def visible(self) -> tuple[int, int]:
        """The columns in which the visible stretch of the tracks lies, half-open; always at least one."""
        view, columns = self.view, self.view.columns
        shown = max(view.offset, 0), min(view.offset + view.visible_bases, self.reading.length)
        start = self.whole.base_at(self.reading.record_position(shown[0]))
        stop = start + max(1, shown[1] - shown[0])
        first, last = np.searchsorted(self.edges, (start, stop - 1), side="right") - 1
        # Where a base is wider than a column, it begins at the first of those that begin at it.
        first = np.searchsorted(self.edges, self.edges[max(first, 0)])
        first = min(int(first), columns - 1)
        return first, min(max(int(last), first) + 1, columns)
