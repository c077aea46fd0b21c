"""The best cells of each filter so far, during a scan: most cells are rejected by one comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .whole_scan import Cells

__all__ = ["BestCells"]

_ROW_VALUES = 1 << 14
"""Values of the rows whose maxima are taken together: they stay in the cache."""
_FEWEST_WAITING = 1 << 12
"""How many cells are collected before they are sorted."""


class BestCells:
    """The best cells of each filter.

    Chunks must come in the record's direction: of equal values the first to come is the one to keep.

    Args:
        filters: How many filters there are.
        top: How many cells of each filter are kept.
        bars: What a value has to exceed, shape (filters,).
        floors: What no hit is, shape (filters,), or None.
        reverse: Whether the cells of a chunk come in the record's direction from the last on.
    """

    def __init__(self, filters: int, top: int, bars: Array, floors: Array | None, *, reverse: bool = False) -> None:
        self._top = top
        self._bars = bars.copy()
        self._floors = floors
        self._reverse = reverse
        self._is_first = True
        none = np.zeros(0, dtype=np.intp)
        self._kept = none, none, np.zeros(0, dtype=np.float32)
        self._waiting: list[tuple[NDArray[np.intp], NDArray[np.intp], Array]] = []
        self._cells_waiting = 0
        self._most_waiting = max(_FEWEST_WAITING, filters * top)

    def add(self, chunk: Cells) -> None:
        """Look through a chunk."""
        if self._is_first:
            self._is_first = False
            self._raise_bars(chunk.values)
        rows, filters = self._found(chunk.values)
        if not rows.size:
            return
        self._waiting.append((filters, rows + chunk.start, chunk.values[rows, filters]))
        self._cells_waiting += len(rows)
        if self._cells_waiting > self._most_waiting:
            self._put_in_order()

    def cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
        """Return the best cells, those of a filter together, the highest first.

        Returns:
            Their filters, their cells and their values, each of shape (found,).
        """
        self._put_in_order()
        return self._kept

    def _raise_bars(self, values: Array) -> None:
        """Raise the bars to what is among the best of the first chunk, in which nearly all would be found otherwise."""
        if len(values) <= self._top:
            return
        none = np.isnan(values)
        if self._floors is not None:
            none |= values == self._floors
        known = np.where(none, np.float32(-np.inf), values)
        known.partition(len(known) - self._top, axis=0)
        least = np.nextafter(known[-self._top], np.float32(-np.inf))
        np.maximum(self._bars, least, out=self._bars)

    def _found(self, values: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return rows and filters of the values above the bars, row by row in the record's direction."""
        rows, filters = values.shape
        together = max(1, min(rows, _ROW_VALUES // filters))
        whole = rows // together * together
        # One comparison a value; most chunks hold nothing above the bars. A NaN is never a hit.
        largest = np.fmax.reduce(values[:whole].reshape(-1, together * filters), axis=0).reshape(together, filters)
        largest[: rows - whole] = np.fmax(largest[: rows - whole], values[whole:])
        first, column = np.nonzero(largest > self._bars)
        at = first[:, None] + np.arange(0, rows, together)
        looked_at = values[np.minimum(at, rows - 1), column[:, None]]
        heard = (looked_at > self._bars[column, None]) & (at < rows)
        if self._floors is not None:
            heard &= looked_at != self._floors[column, None]
        which, nth = np.nonzero(heard)
        found, of_filter = at[which, nth], column[which]
        order = np.argsort(-found if self._reverse else found, kind="stable")
        return found[order], of_filter[order]

    def _put_in_order(self) -> None:
        if not self._waiting:
            return
        filters, cells, values = (np.concatenate(each) for each in zip(self._kept, *self._waiting, strict=True))
        self._waiting.clear()
        self._cells_waiting = 0
        order = np.lexsort((-values, filters))
        filters = filters[order]
        rank = np.arange(len(filters)) - np.searchsorted(filters, filters)
        among = order[rank < self._top]
        last = order[rank == self._top - 1]
        self._kept = filters[rank < self._top], cells[among], values[among]
        self._bars[filters[rank == self._top - 1]] = values[last]
