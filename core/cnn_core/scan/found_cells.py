"""Cells of many stretches that are worth a line each, as arrays, and put in the order of hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .hits import Hit
from .record_batches import Batch

__all__ = ["FoundCells", "hits_of"]


class FoundCells(NamedTuple):
    """Cells of the stretches of a batch, each of shape (cells,)."""

    places: NDArray[np.int64]
    """The place of each one's stretch in the batch."""
    filters: NDArray[np.int64]
    values: Array
    cells: NDArray[np.int64]
    """Counted as in the stretch alone, in the direction of its strand."""
    positions: NDArray[np.int64]
    """What each chose, counted likewise; −1 where the pool averages."""
    starts: NDArray[np.int64]
    """The first base of its window in the record."""
    stops: NDArray[np.int64]
    strands: NDArray[np.int64]
    """0 for the + strand, 1 for the −."""
    letters: NDArray[np.object_]

    def taken(self, which: NDArray[np.intp]) -> FoundCells:
        """Return some of them."""
        return FoundCells._make(column[which] for column in self)

    @classmethod
    def joined(cls, parts: Sequence[FoundCells]) -> FoundCells:
        """Return the cells of several as one."""
        return cls._make(map(np.concatenate, zip(*parts, strict=True)))

    def in_order(self, *, by_value: bool) -> FoundCells:
        """Return them in the order of hits: by value, or by their stretch, and then by where their windows begin."""
        along = np.where(self.strands == 0, self.cells, -self.cells)
        keys = [along, self.filters, self.strands, self.starts, self.places]
        return self.taken(np.lexsort([*keys, -self.values] if by_value else keys))


def hits_of(batch: Batch, found: FoundCells) -> Iterator[Hit]:
    """Yield cells as hits, in their order.

    Args:
        batch: The batch that they are of.
        found: The cells.
    """
    for place, index, value, cell, position, start, stop, strand, letters in zip(
        *(column.tolist() for column in found), strict=True
    ):
        record, first, _ = batch.stretch(place)
        yield Hit(
            record=record.name,
            filter=index,
            value=value,
            cell=cell,
            position=None if position < 0 else position,
            start=first + start,
            stop=first + stop,
            strand="-" if strand else "+",
            letters=letters,
            place=batch.first + place,
        )
