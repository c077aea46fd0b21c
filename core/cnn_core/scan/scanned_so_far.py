"""What a scan has looked at so far, to be reported where there are no hits."""

from __future__ import annotations

import numpy as np

from ..layers import Array

__all__ = ["ScannedSoFar"]


class ScannedSoFar:
    """How many cells a scan has looked at, and the best of them that was no hit."""

    def __init__(self) -> None:
        self.cells = 0
        """Each filter and strand counted."""
        self.windows = 0
        """How many windows are under the cells, each strand counted, of a single filter."""
        self.best: float | None = None
        """The highest value of a cell that is not all 0; None without such a cell, or once hits have been found."""
        self._has_hits = False

    def has_hits(self) -> None:
        """Note that there are hits, so that the best cell below them is no longer needed."""
        self._has_hits = True
        self.best = None

    def add(self, values: Array, floors: Array | None, cells: int | None = None) -> None:
        """Count some cells, and look for the best among them unless there are hits.

        Args:
            values: Their values, NaN where there is none, shape (cells, filters).
            floors: What no hit is, shape (filters,), or None.
            cells: How many of the values are a cell's; None is all.
        """
        self.cells += values.size if cells is None else cells
        if self._has_hits or not values.size:
            return
        best = np.fmax.reduce(values, axis=0)
        if floors is not None:
            # A floor need not be the lowest value: behind a batch normalisation it can be the highest.
            all_zero = np.flatnonzero(best == floors)
            among = values[:, all_zero]
            heard = np.where(among == floors[all_zero], np.float32(np.nan), among)
            best[all_zero] = np.fmax.reduce(heard, axis=0)
        highest = float(np.fmax.reduce(best))
        if not np.isnan(highest) and (self.best is None or highest > self.best):
            self.best = highest
