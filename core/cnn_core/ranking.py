"""The strongest cells of a filter, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .layers import Array

if TYPE_CHECKING:
    from .feature_map_block import AnyBlockRun

__all__ = ["cells_of_filter", "rank_cells"]

_CHUNK = 1 << 16


def cells_of_filter(run: AnyBlockRun, filter_index: int, keep_on: Callable[[], bool] = lambda: True) -> Array | None:
    """Return all cells of one filter.

    Args:
        run: The block.
        filter_index: The filter.
        keep_on: Asked between chunks; the first no ends the work.

    Returns:
        Cells, shape (cells,), or None where it was ended.
    """
    alone = run.for_filter(filter_index)
    column = 0 if alone.filters == 1 else filter_index
    cells = np.empty(run.cells, dtype=np.float32)
    for start in range(0, run.cells, _CHUNK):
        if not keep_on():
            return None
        stop = min(start + _CHUNK, run.cells)
        cells[start:stop] = alone.values(start, stop)[:, column]
    return cells


def rank_cells(
    run: AnyBlockRun, filter_index: int, keep_on: Callable[[], bool] = lambda: True
) -> NDArray[np.int64] | None:
    """Return the cells of one filter from the strongest down, silent ones left out; ties by position.

    Args:
        run: The block.
        filter_index: The filter.
        keep_on: Asked between chunks; the first no ends the work.

    Returns:
        Cell positions, or None where it was ended.
    """
    cells = cells_of_filter(run, filter_index, keep_on)
    if cells is None:
        return None
    order = np.argsort(-cells, kind="stable")
    floors = run.floors
    return order if floors is None else order[cells[order] != floors[filter_index]]
