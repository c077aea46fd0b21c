"""The cell to look at first: one that shows what a pool does, with several activations to select from."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .block_run import BlockRun

__all__ = ["cell_to_show"]

_EDGE: Final = 3
"""Cells at either end that are passed over, and how far to either side a cell's neighbours go."""
_ENOUGH: Final = 4
"""Distinct activations, and neighbours above 0, beyond which more do not count."""
_CLEARLY_LESS: Final = 0.85
"""The second activation is told from the first up to this share of it."""
_MOST_VALUES: Final = 2_000_000
"""Activations that are looked at."""


def cell_to_show(run: BlockRun, cells: int) -> tuple[int, int]:
    """Return the cell that shows best what a pool does, and its filter.

    Over cells above 0 that are no neighbour of either end, the score adds: distinct non-zero activations of the pool
    window, cells above 0 among the seven around, both of at most four and divided by four; ½ where the selection is
    neither the first nor the last position, ½ where the second activation is at most 0.85 of it; the value as a share
    of the filter's best match. Of equal scores the lowest cell wins, then the lowest filter. An average selects
    nothing, so for it the two halves are 0. Where no such cell is above 0, the strongest cell is returned, and where
    none at all is, the cell of the strongest response.

    Args:
        run: The block.
        cells: How many cells are looked at, from the first.

    Returns:
        The cell and the filter.
    """
    size = run.pool.sliding.size
    cells = max(1, min(cells, run.cells, _MOST_VALUES // max(1, size * run.filters)))
    values = run.values(0, cells)
    share = _share(values, run.best_match)
    inner = slice(_EDGE, max(_EDGE, cells - _EDGE if cells == run.cells else cells))
    scores = np.full(values.shape, -np.inf)
    if values[inner].size and (values[inner] > 0).any():
        scores[inner] = (_windows_score(run, cells) + _neighbours_score(values) + share)[inner]
        scores[values <= 0] = -np.inf
    elif (values > 0).any():
        scores = np.where(values > 0, share, -np.inf)
    if not np.isfinite(scores).any():
        return _nearest_to_any(run, cells)
    cell, filter_index = np.unravel_index(int(scores.argmax()), scores.shape)
    return int(cell), int(filter_index)


def _share(values: Array, most: Array) -> NDArray[np.float64]:
    """Return the values as shares of the best match of their filters, 0 where a filter has no best match."""
    return np.where(most > 0, values / np.where(most > 0, most, 1), 0).astype(np.float64)


def _neighbours_score(values: Array) -> NDArray[np.float64]:
    """Return how many cells of the seven around each are above 0, of at most four, as a share."""
    above = np.pad(np.cumsum(values > 0, axis=0), ((1 + _EDGE, _EDGE), (0, 0)), mode="edge")
    above[: 1 + _EDGE] = 0
    around: NDArray[np.int64] = above[2 * _EDGE + 1 :] - above[: -2 * _EDGE - 1]
    return np.minimum(around, _ENOUGH) / _ENOUGH


def _windows_score(run: BlockRun, cells: int) -> NDArray[np.float64]:
    """Return what the activations of each cell's pool window add to its score, shape (cells, filters)."""
    pool = run.pool.sliding
    places = pool.firsts(0, cells, run.positions)[:, None] + np.arange(pool.size) * pool.dilation
    inside = (places >= 0) & (places < run.positions)
    activations = run.activations(0, min(run.positions, int(places[inside].max()) + 1))
    windows = activations[np.where(inside, places, 0)]
    windows[~inside] = -np.inf
    in_order = np.sort(windows, axis=1)
    new = np.ones(in_order.shape, dtype=np.bool_)
    new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    distinct = (new & (in_order != 0) & np.isfinite(in_order)).sum(axis=1)
    score: NDArray[np.float64] = np.minimum(distinct, _ENOUGH) / _ENOUGH
    if not run.selects:
        return score
    selected = windows.argmax(axis=1)
    first = inside.argmax(axis=1)[:, None]
    last = pool.size - 1 - inside[:, ::-1].argmax(axis=1)[:, None]
    score += 0.5 * ((selected > first) & (selected < last))
    if pool.size > 1:
        score += 0.5 * (in_order[:, -2] <= _CLEARLY_LESS * in_order[:, -1])
    return score


def _nearest_to_any(run: BlockRun, cells: int) -> tuple[int, int]:
    """Return the cell that reads the strongest response, and its filter."""
    pool = run.pool.sliding
    stop = min(run.positions, (cells - 1) * pool.stride + pool.span)
    responses = run.responses(0, stop)
    read = [position for position in range(stop) if pool.readers(position, run.positions)]
    strongest, filter_index = np.unravel_index(int(responses[read].argmax()), (len(read), run.filters))
    return min(pool.readers(read[int(strongest)], run.positions)[0], run.cells - 1), int(filter_index)
