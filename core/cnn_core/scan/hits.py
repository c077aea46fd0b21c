"""Cells that are worth a line each: many as arrays, and each as commands and tables say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..layers import Array

__all__ = ["FoundCells", "Hit"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that is worth a line of its own.

    Attributes:
        record: The record's name.
        filter: The filter.
        value: The cell's value.
        cell: The cell, counted in the direction of its strand from the input window's first base.
        position: The position it selected, counted likewise; None where the pool averages.
        start: The first base of the window at that position, in the record, 0-based; where the pool averages, of
            all windows under the cell. What hangs over the input window's ends is cut off.
        stop: One past its last base in the record.
        strand: `+` or `-`.
        letters: The letters of the window, read in the direction of the strand.
        p: The share of random windows that give as high a response, see `PValues`; None where that is not known.
        record_length: How many letters the record has.
        place: The place of its stretch among all that are scanned, from 0.
    """

    record: str
    filter: int
    value: float
    cell: int
    position: int | None
    start: int
    stop: int
    strand: str
    letters: str
    p: float | None = field(default=None, compare=False)
    record_length: int = field(default=0, compare=False, repr=False)
    place: int = field(default=0, compare=False, repr=False)

    @property
    def region(self) -> str:
        """The window in samtools form, 1-based and inclusive; words where no letter of the record is under it."""
        if self.start == self.stop:
            return f"{self.record}, beside its letters"
        return f"{self.record}:{self.start + 1}-{self.stop}"


class FoundCells(NamedTuple):
    """Cells of neighbouring stretches, each array of shape (cells,)."""

    places: NDArray[np.int64]
    """The place of each one's stretch among its neighbours."""
    filters: NDArray[np.int64]
    values: Array
    cells: NDArray[np.int64]
    """Counted as in the stretch alone, in the direction of its strand."""
    positions: NDArray[np.int64]
    """What each selected, counted likewise; −1 where the pool averages."""
    starts: NDArray[np.int64]
    """The first base of its window, counted from the first of its stretch."""
    stops: NDArray[np.int64]
    strands: NDArray[np.int64]
    """0 for the + strand, 1 for the −."""
    letters: NDArray[np.object_]

    @classmethod
    def of_strand(
        cls,
        places: NDArray[np.int64],
        filters: NDArray[np.int64],
        values: Array,
        cells: NDArray[np.int64],
        positions: NDArray[np.int64],
        windows: NDArray[np.int64],
        lengths: NDArray[np.int64],
        letters: Callable[[int, int, int], str],
        *,
        reverse: bool,
    ) -> FoundCells:
        """Return cells of one strand; what their windows have beyond the letters is cut off.

        Args:
            places: See the attribute, as for the next four.
            filters: The filters.
            values: The values.
            cells: The cells.
            positions: What they selected.
            windows: The first base of each window, in the direction of the strand, and one past its last, shape
                (cells, 2).
            lengths: How many letters the stretch of each has.
            letters: Returns half-open letters, in the direction of the strand, of the stretch of a cell that is given
                by its index.
            reverse: Whether it is the − strand.
        """
        starts = np.clip(windows[:, 0], 0, lengths)
        stops = np.maximum(starts, np.minimum(windows[:, 1], lengths))
        read = np.empty(len(cells), dtype=object)
        read[:] = [
            letters(nth, *ends) for nth, ends in enumerate(zip(starts.tolist(), stops.tolist(), strict=True))
        ]
        if reverse:
            starts, stops = lengths - stops, lengths - starts
        strands = np.full(len(cells), int(reverse), dtype=np.int64)
        return cls(places, filters, values, cells, positions, starts, stops, strands, read)

    def taken(self, which: NDArray[np.intp] | NDArray[np.bool_] | slice) -> FoundCells:
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

    def hits(self, origin: Callable[[int], tuple[str, int, int]], first: int = 0) -> Iterator[Hit]:
        """Yield them as hits.

        Args:
            origin: Returns the record's name and length, and the first base of the stretch, at a place.
            first: The place of the first stretch among all that are scanned.
        """
        for place, index, value, cell, position, start, stop, strand, letters in zip(
            *(column.tolist() for column in self), strict=True
        ):
            name, length, begin = origin(place)
            yield Hit(
                record=name,
                filter=index,
                value=value,
                cell=cell,
                position=None if position < 0 else position,
                start=begin + start,
                stop=begin + stop,
                strand="-" if strand else "+",
                letters=letters,
                record_length=length,
                place=first + place,
            )
