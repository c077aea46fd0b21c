"""The hits among the cells of a batch of short stretches, in the order in which each stretch alone would give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from ..letters.alphabet import Ambiguity, first_ambiguous
from ..letters.record_batches import Batch, RecordSlice, batches_of
from ..work.prefetch import prefetch
from .hits import FoundCells, Hit
from .scanned_so_far import ScannedSoFar
from .side_by_side import LaidOut, SideBySide
from .strands import Scanned, exceeding

__all__ = ["ScannedBatch", "scanned_batches"]

_HITS_AT_ONCE: Final = 1 << 16
"""Cells that are turned into hits together, which bounds how many wait to be yielded."""


class ScannedBatch(Scanned):
    """A batch whose cells are computed.

    Args:
        batch: The batch.
        strands: Its stretches side by side, as each strand reads them; nothing where none has a cell.
    """

    strands: tuple[LaidOut, ...]

    def __init__(self, batch: Batch, strands: tuple[LaidOut, ...]) -> None:
        self.batch = batch
        self.strands = strands
        self.first = batch.first

    @property
    def too_short(self) -> int:
        """How many of the stretches have not a single cell."""
        return len(self.batch.lengths) - (len(self.strands[0].places) if self.strands else 0)

    @property
    def windows(self) -> int:
        """How many windows are under cells, each strand counted."""
        return sum(strand.windows for strand in self.strands)

    def origin(self, place: int) -> tuple[str, int, int]:
        """Return the record's name and length, and the first base of a stretch, by its place in the batch."""
        record, start, _ = self.batch.stretch(place)
        return record.name, len(record), start

    def above(self, bar: Array, so_far: ScannedSoFar) -> Iterator[Hit]:
        """Yield every cell that exceeds a value, see `Scanned.above`."""
        heard: list[tuple[LaidOut, NDArray[np.intp], NDArray[np.intp]]] = []
        for strand in self.strands:
            for chunk in strand.chunks(so_far):
                heard.append((strand, *exceeding(chunk.values, bar, strand.floors)))
        count = sum(len(cells) for _, cells, _ in heard)
        if not count:
            return
        stretches = len(self.batch.lengths)
        for part in np.array_split(np.arange(stretches), min(stretches, -(-count // _HITS_AT_ONCE))):
            found = []
            for strand, cells, columns in heard:
                places = strand.places[strand.owners[cells]]
                mine = (places >= part[0]) & (places <= part[-1])
                found.append(strand.found(cells[mine], columns[mine], strand.values[cells[mine], columns[mine]]))
            yield from FoundCells.joined(found).in_order(by_value=False).hits(self.origin, self.first)


def scanned_batches(
    stretches: Iterable[RecordSlice], block: SideBySide, reverses: tuple[bool, ...], threads: int
) -> Iterator[RecordSlice | ScannedBatch]:
    """Yield all stretches in order: those that are worth a scan of their own, the others in batches that are computed.

    Args:
        stretches: The stretches, see `batches_of`.
        block: What is computed for batches.
        reverses: Of each strand that is read, whether it is the −.
        threads: How many threads compute batches.
    """

    def compute(batch: Batch) -> ScannedBatch | Batch:
        channels = block.model.input.channels
        if block.ambiguity is Ambiguity.ERROR and first_ambiguous(batch.codes, channels) is not None:
            return batch
        laid_out = [block.laid_out(batch, reverse=reverse) for reverse in reverses]
        strands = tuple(each for each in laid_out if each is not None)
        for each in strands:
            _ = each.values
        return ScannedBatch(batch, strands)

    batches = batches_of(stretches, block.letters_at_once)
    following: list[RecordSlice] = []

    def gathered() -> Iterator[Batch]:
        for piece in batches:
            if not isinstance(piece, Batch):
                following.append(piece)
                return
            yield piece

    while True:
        for computed in prefetch(compute, gathered(), threads):
            if isinstance(computed, ScannedBatch):
                yield computed
            else:
                # A letter of it is refused: one after the other says which, and what was found before.
                yield from map(computed.readable, range(len(computed.lengths)))
        if not following:
            return
        yield following.pop()
