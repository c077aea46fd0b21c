"""The hits among the cells of a batch of short stretches, in the order in which each stretch alone would give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from ..letters.alphabet import Ambiguity, first_ambiguous
from ..work.prefetch import prefetch
from .best_cells import BestCells
from .found_cells import FoundCells, hits_of
from .hits import Hit
from .looked_at import LookedAt
from .record_batches import Batch, Stretch, batches_of
from .side_by_side import LaidOut, SideBySide
from .whole_scan import Cells

__all__ = ["ScannedBatch", "scanned_batches"]

_HITS_AT_ONCE: Final = 1 << 16
"""Cells that are turned into hits together, which bounds how many wait to be yielded."""


@dataclass(frozen=True, eq=False)
class ScannedBatch:
    """A batch whose cells are computed.

    Attributes:
        batch: The batch.
        strands: Its stretches side by side, as each strand reads them; nothing where none has a cell.
    """

    batch: Batch
    strands: tuple[LaidOut, ...]

    @property
    def too_short(self) -> int:
        """How many of the stretches have not a single cell."""
        return len(self.batch.lengths) - (len(self.strands[0].places) if self.strands else 0)

    def strongest(self, top: int, bars: Array, looked_at: LookedAt, *, together: bool) -> Iterator[Hit]:
        """Yield the strongest cells, by value, of equal values those of the earlier stretch first.

        Args:
            top: How many cells of each filter, at the most.
            bars: What a value has to exceed, shape (filters that are asked for,).
            looked_at: What is told of all cells.
            together: Whether `top` counts the cells of all filters together.
        """
        kept = []
        for strand in self.strands:
            best = BestCells(len(bars), top, bars, strand.floors, reverse=strand.reverse)
            best.add(Cells(0, len(strand.values), strand.values))
            strand.tell(looked_at)
            kept.append(best.cells())
        if not sum(len(values) for _, _, values in kept):
            return
        # What cannot be among the first of both strands is not worth a look at its selection.
        least = np.full(len(bars), -np.inf, dtype=np.float32)
        columns, values = (np.concatenate([of_strand[nth] for of_strand in kept]) for nth in (0, 2))
        for column in [slice(None)] if together else np.unique(columns):
            mine = values if together else values[columns == column]
            if len(mine) > top:
                least[column] = np.partition(mine, -top)[-top]
        found = []
        for strand, (columns, cells, values) in zip(self.strands, kept, strict=True):
            good = values >= least[columns]
            found.append(strand.found(cells[good], columns[good]))
        ranked = FoundCells.joined(found).in_order(by_value=True)
        if not together:
            by_filter = np.argsort(ranked.filters, kind="stable")
            filters = ranked.filters[by_filter]
            nth = np.arange(len(filters)) - np.searchsorted(filters, filters)
            ranked = ranked.taken(np.sort(by_filter[nth < top]))
        yield from hits_of(
            self.batch, ranked.taken(np.arange(min(top, len(ranked.values)))) if together else ranked
        )

    def above(self, bar: Array, looked_at: LookedAt) -> Iterator[Hit]:
        """Yield every cell that exceeds a value, stretch after stretch, each by where the windows begin.

        Args:
            bar: The value.
            looked_at: What is told of all cells.
        """
        heard: list[tuple[LaidOut, NDArray[np.intp], NDArray[np.intp]]] = []
        for strand in self.strands:
            strand.tell(looked_at)
            exceeding = strand.values > bar
            if strand.floors is not None:
                exceeding &= strand.values != strand.floors
            cells, columns = np.nonzero(exceeding)
            heard.append((strand, cells, columns))
        count = sum(len(cells) for _, cells, _ in heard)
        if not count:
            return
        stretches = len(self.batch.lengths)
        for part in np.array_split(np.arange(stretches), min(stretches, -(-count // _HITS_AT_ONCE))):
            found = []
            for strand, cells, columns in heard:
                places = strand.places[strand.owners[cells]]
                mine = (places >= part[0]) & (places <= part[-1])
                found.append(strand.found(cells[mine], columns[mine]))
            yield from hits_of(self.batch, FoundCells.joined(found).in_order(by_value=False))


def scanned_batches(
    stretches: Iterable[Stretch], block: SideBySide, reverses: tuple[bool, ...], threads: int
) -> Iterator[Stretch | ScannedBatch]:
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
    following: list[Stretch] = []

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
