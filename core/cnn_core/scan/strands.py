"""The hits among the cells of one or two strands, wherever the cells come from: a record, or a batch of short ones.

The order of hits is by value, the highest first; of equal values the one in the earlier stretch, then the one whose
window begins first in it, then the + strand before the −, then the lower filter. Cells that are all 0 or no number
are no hits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from .best_cells import BestCells
from .hits import FoundCells, Hit
from .scanned_so_far import ScannedSoFar
from .whole_scan import Cells

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Scanned", "Strand", "exceeding"]


class Strand(ABC):
    """The cells of one strand.

    Attributes:
        reverse: Whether it is the − strand.
        is_ended: Whether its scan was ended before its last chunk.
    """

    reverse: bool
    is_ended = False

    @property
    @abstractmethod
    def floors(self) -> Array | None:
        """What the lowest responses of each filter that is asked for become, shape (filters,), or None."""

    @abstractmethod
    def chunks(self, so_far: ScannedSoFar) -> Iterator[Cells]:
        """Yield all cells, chunk by chunk in the record's direction.

        Args:
            so_far: What is told of each chunk.
        """

    @abstractmethod
    def found(self, cells: NDArray[np.intp], columns: NDArray[np.intp], values: Array) -> FoundCells:
        """Return what is to be said of some cells.

        Args:
            cells: The cells, counted as in the chunks.
            columns: Of each, which of the filters that are asked for.
            values: Their values.
        """


class Scanned(ABC):
    """What is scanned for hits at a time.

    Attributes:
        strands: Its strands, none where it has no cell.
        first: The place of its first stretch among all that are scanned.
    """

    strands: Sequence[Strand]
    first: int = 0

    @abstractmethod
    def origin(self, place: int) -> tuple[str, int, int]:
        """Return the record's name and length, and the first base of a stretch, by its place among its neighbours."""

    def strongest(self, top: int, bars: Array, so_far: ScannedSoFar, *, together: bool) -> Iterator[Hit]:
        """Yield the strongest cells, in the order of hits; nothing where the scan was ended.

        Args:
            top: How many cells of each filter, at most.
            bars: What a value has to exceed, shape (filters that are asked for,).
            so_far: What is told of all cells.
            together: Whether `top` counts the cells of all filters together.
        """
        kept = []
        for strand in self.strands:
            best = BestCells(len(bars), top, bars, strand.floors, reverse=strand.reverse)
            for chunk in strand.chunks(so_far):
                best.add(chunk)
            if strand.is_ended:
                return
            kept.append(best.cells())
        if not sum(len(values) for _, _, values in kept):
            return
        # Selections are computed only for what can be among the first of both strands.
        least = np.full(len(bars), -np.inf, dtype=np.float32)
        columns, values = (np.concatenate([of_strand[nth] for of_strand in kept]) for nth in (0, 2))
        for column in [slice(None)] if together else np.unique(columns):
            mine = values if together else values[columns == column]
            if len(mine) > top:
                least[column] = np.partition(mine, -top)[-top]
        found = []
        for strand, (columns, cells, values) in zip(self.strands, kept, strict=True):
            good = values >= least[columns]
            found.append(strand.found(cells[good], columns[good], values[good]))
        ranked = FoundCells.joined(found).in_order(by_value=True)
        if together:
            ranked = ranked.taken(slice(top))
        else:
            by_filter = np.argsort(ranked.filters, kind="stable")
            filters = ranked.filters[by_filter]
            nth = np.arange(len(filters)) - np.searchsorted(filters, filters)
            ranked = ranked.taken(np.sort(by_filter[nth < top]))
        yield from ranked.hits(self.origin, self.first)

    @abstractmethod
    def above(self, bar: Array, so_far: ScannedSoFar) -> Iterator[Hit]:
        """Yield every cell that exceeds a value, stretch after stretch, each by where the windows begin.

        Args:
            bar: The value.
            so_far: What is told of all cells.
        """


def exceeding(values: Array, bar: Array, floors: Array | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and the columns of the values that exceed one and are no floor."""
    heard = values > bar
    if floors is not None:
        heard &= values != floors
    rows, columns = np.nonzero(heard)
    return rows, columns
