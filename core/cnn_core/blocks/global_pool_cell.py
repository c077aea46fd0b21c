"""The one cell of a pool that reads all positions of a long input, which are never in memory at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, MaxPooling1D, Pooling1D

__all__ = ["GlobalPoolCell", "global_cell"]


class GlobalPoolCell(NamedTuple):
    """The cell of every filter, each array of shape (1, filters)."""

    values: Array
    selections: NDArray[np.int64]
    """The position that it selected; means nothing where the pool averages."""
    all_zero: NDArray[np.bool_]
    """Whether it was selected from nothing but floors."""


def global_cell(tiles: Iterable[Array], pool: Pooling1D, floors: Array | None) -> GlobalPoolCell:
    """Return what a pool makes of all activations.

    Args:
        tiles: The activations, stretch after stretch, each of shape (positions, filters).
        pool: What pools them.
        floors: What the lowest responses of each filter become, shape (filters,), or None.
    """
    position = 0
    values: Array = np.zeros((1, 1), dtype=np.float32)
    sums = np.zeros((1, 1))
    selections, heard = np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1), dtype=np.bool_)
    for tile in tiles:
        largest, where = tile.max(axis=0, keepdims=True), tile.argmax(axis=0)[None] + position
        above = np.zeros(largest.shape, dtype=np.bool_)
        if floors is not None:
            above = ((tile != floors) & ~np.isneginf(tile)).any(axis=0, keepdims=True)
        if not position:
            values, selections, heard = largest, where, above
            sums = np.zeros(largest.shape)
        # What is not a number stays the largest, as it does for the pool.
        larger = (largest > values) | (np.isnan(largest) & ~np.isnan(values))
        selections = np.where(larger, where, selections)
        values = np.where(larger, largest, values)
        heard = heard | above
        sums += tile.sum(axis=0, dtype=np.float64)
        position += len(tile)
    if not isinstance(pool, MaxPooling1D):
        return GlobalPoolCell((sums / position).astype(np.float32), selections, np.zeros_like(heard))
    return GlobalPoolCell(values.astype(np.float32), selections, ~heard)
