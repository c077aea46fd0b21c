"""What the overview draws: the strongest cell under every column of a track as long as the whole record."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnn_core.block_reading import BlockReading
from cnn_core.layers import Array
from cnn_core.overview import OverviewState

from .kept import Kept
from .view import Axes, ViewState

if TYPE_CHECKING:
    from cnn_core.strongest import Hit

__all__ = ["OverviewPicture", "Pace", "Subject"]


class Subject(StrEnum):
    """Whose strongest cells the overview shows."""

    AUTOMATIC = "this filter, where there is room"
    FILTER = "this filter"
    ALL = "all filters"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a scan goes.

    Attributes:
        bases_a_second: Bases that it looks through in a second.
        seconds_left: Seconds until it ends at this pace.
    """

    bases_a_second: float
    seconds_left: float


@dataclass(frozen=True, eq=False)
class OverviewPicture:
    """An overview at one moment, and where in it the visible stretch lies.

    Attributes:
        view: The view of the tracks.
        reading: The model on the input window.
        whole: The same block on the whole record; on the input window, where the block reads feature maps.
        state: What has been seen of it.
        filter: The one filter, or None where all are looked at.
        pace: How fast the scan goes; None where none goes on.
        hits: The cells that were looked at before, by filter and cell: the same ones are asked for at every step.
    """

    view: ViewState
    reading: BlockReading
    whole: BlockReading
    state: OverviewState
    filter: int | None
    pace: Pace | None = None
    hits: Kept[tuple[int, int], Hit] = field(default_factory=lambda: Kept(1))

    @cached_property
    def axes(self) -> Axes:
        """The axes of the block on the whole record."""
        return Axes.of(self.whole.run)

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The overview's own columns that each column of the screen stands for: the first, and one past the last."""
        columns, mine, axes = self.view.columns, len(self.state.values), self.axes
        edges = np.arange(columns + 1, dtype=np.int64) * axes.bases // columns
        cells = np.clip((edges - axes.base_of_cell(0)) // axes.cell_width, 0, axes.cells)
        # A column narrower than a cell shows the cell that lies over it; behind the last cell there is none.
        bins = cells * mine // axes.cells
        end = axes.base_of_cell(axes.cells)
        first, last = bins[:-1], np.maximum(bins[1:], bins[:-1] + 1)
        nothing = (edges[:-1] >= end) | (first >= mine)
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
        return self.hits.at((chosen, cell), lambda: _hit(self.whole, chosen, cell))

    @property
    def silent(self) -> bool:
        """Whether the strongest cell of all is silent, and so every other."""
        floors = self.whole.run.floors
        if self.best is None or floors is None:
            return False
        chosen = int(self.state.filters[self.best]) if self.filter is None else self.filter
        return bool(self.state.values[self.best] == floors[chosen])

    @property
    def visible(self) -> tuple[int, int]:
        """The columns in which the visible stretch of the tracks lies, half-open; always one at the least."""
        view, columns, bases = self.view, self.view.columns, self.axes.bases
        letters = self.reading.stop - self.reading.start
        shown = max(view.offset, 0), min(view.offset + view.visible_bases, letters)
        start = self.whole.base_at(self.reading.record_position(shown[0]))
        stop = start + max(1, shown[1] - shown[0])
        first = min(max(start * columns // bases, 0), columns - 1)
        return first, min(max(-(-stop * columns // bases), first + 1), columns)


def _hit(whole: BlockReading, filter_index: int, cell: int) -> Hit:
    from cnn_core.strongest import hit_at

    return hit_at(whole, filter_index, cell)
