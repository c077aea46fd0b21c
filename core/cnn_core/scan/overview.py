"""The overview: the strongest cell under every column of a track as long as the whole record."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .whole_scan import Cells

__all__ = ["Overview", "OverviewState", "largest_of_runs"]


def largest_of_runs(
    values: Array, starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> tuple[Array, NDArray[np.intp]]:
    """Return the largest value of each run of neighbours, NaN where all are, and where it stands first.

    Args:
        values: The values.
        starts: Where the runs begin, ascending, the first at 0.
        counts: How many values each has, at least one.
    """
    largest = np.fmax.reduceat(values, starts)
    reached = np.append(np.flatnonzero(values == np.repeat(largest, counts)), -1)
    return largest, reached[np.searchsorted(reached[:-1], starts)]


@dataclass(frozen=True, eq=False)
class OverviewState:
    """An overview as it was at one moment; nothing changes it any more.

    Attributes:
        values: The strongest cell under every column so far, −∞ where none was seen, shape (columns,).
        cells: Its position, the first if several share the value, −1 where none was seen, shape (columns,).
        filters: Its column in the scanned values, the first if several share the value, shape (columns,).
        bounds: The first cell that each column stands for, and one past the last of all, shape (columns + 1,).
        done: Which columns are final, shape (columns,).
        cells_done: How many cells have been seen.
        cells_total: How many there are.
    """

    values: Array
    cells: NDArray[np.int64]
    filters: NDArray[np.int64]
    bounds: NDArray[np.int64]
    done: NDArray[np.bool_]
    cells_done: int
    cells_total: int

    @property
    def complete(self) -> bool:
        """Whether every cell has been seen."""
        return self.cells_done == self.cells_total


class Overview:
    """The strongest cell per column, filled in chunk by chunk in any order, exactly.

    Column c stands for the half-open cells c · cells // columns to (c + 1) · cells // columns. One thread adds
    while others take states.

    Args:
        cells: How many cells the record has.
        columns: How many columns there are; a column that stands for no cell is final from the start.
    """

    def __init__(self, cells: int, columns: int) -> None:
        self._cells = cells
        self._lock = Lock()
        self._bounds = np.arange(columns + 1, dtype=np.int64) * cells // max(1, columns)
        self._values = np.full(columns, -np.inf, dtype=np.float32)
        self._at = np.full(columns, -1, dtype=np.int64)
        self._filters = np.full(columns, -1, dtype=np.int64)
        self._missing = np.diff(self._bounds)
        self._state: OverviewState | None = None

    def column_of(self, cell: int) -> int:
        """Return the column that stands for a cell."""
        return int(np.searchsorted(self._bounds, cell, side="right")) - 1

    def add(self, chunk: Cells) -> None:
        """Count in a chunk of cells, each cell once; of several filters, the strongest counts. A NaN is no value.

        Args:
            chunk: The cells.
        """
        if chunk.start == chunk.stop:
            return
        values = np.fmax.reduce(chunk.values, axis=1)
        columns = np.arange(self.column_of(chunk.start), self.column_of(chunk.stop - 1) + 1)
        columns = columns[self._bounds[columns] < self._bounds[columns + 1]]
        starts = np.maximum(self._bounds[columns], chunk.start) - chunk.start
        counts = np.diff(starts, append=chunk.stop - chunk.start)
        largest, firsts = largest_of_runs(values, starts, counts)
        seen = ~np.isnan(largest)
        firsts = firsts[seen]
        filters = (chunk.values[firsts] == values[firsts, None]).argmax(axis=1)
        cells, largest = firsts + chunk.start, largest[seen]
        with self._lock:
            self._state = None
            self._missing[columns] -= counts
            columns = columns[seen]
            known, at = self._values[columns], self._at[columns]
            better = (largest > known) | (at < 0) | ((largest == known) & (cells < at))
            into = columns[better]
            self._values[into], self._at[into] = largest[better], cells[better]
            self._filters[into] = filters[better]

    def state(self) -> OverviewState:
        """Return the overview as it is now, the same one until something is added."""
        with self._lock:
            if self._state is None:
                self._state = OverviewState(
                    self._values.copy(),
                    self._at.copy(),
                    self._filters.copy(),
                    self._bounds,
                    self._missing == 0,
                    self._cells - int(self._missing.sum()),
                    self._cells,
                )
            return self._state
