"""A block on letters, computed for many short stretches at once: they are laid side by side on one long input.

Each begins where a pool window of the long input does, so that the windows over its letters are those that it has
alone; what lies between two stretches is no cell. A response depends on the letters under its window and on nothing
else (see `scan`), and what hangs over an end is pooled again without its neighbours: every value is that of the
stretch alone, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..blocks.block_run import BlockRun
from ..blocks.letter_block import LetterRun
from ..errors import TooShortError
from ..layers import Array, Conv1D, MaxPooling1D, Padding, Pooling1D
from ..letters.alphabet import PADDING, Ambiguity, complement, decode
from ..letters.record_batches import Batch
from ..network.block import Block
from ..network.block_functions import composed, functions_of
from ..network.model import Model
from .hits import FoundCells
from .scanned_so_far import ScannedSoFar
from .strands import Strand
from .whole_scan import ALONE_FOR, Cells, wanted_runs

__all__ = ["LaidOut", "SideBySide"]

_LETTERS_AT_ONCE: Final = 1 << 18
_FEWEST_LETTERS: Final = 1 << 12
_VALUES_AT_ONCE: Final = 1 << 20
_MOST_RESPONSES: Final = 1 << 20
"""Responses that are in memory at once to find what cells selected."""
_ANY_BASE: Final = 1
"""A, which is looked up as fast as any: fills what no cell of a stretch reads."""


class _Extent(NamedTuple):
    """What a stretch of one length has."""

    positions: int
    cells: int
    conv_left: int
    pool_left: int


class SideBySide:
    """A block that is computed for the stretches of batches.

    Args:
        model: The model; of any length.
        block: One of its `letter_blocks`.
        filters: The filters that are asked for, each once.
        ambiguity: What an ambiguous letter becomes.
    """

    def __init__(
        self, model: Model, block: Block, filters: Sequence[int], ambiguity: Ambiguity | str = Ambiguity.ZERO
    ) -> None:
        conv, pool = model[block.conv].layer, model[block.pool].layer
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, Pooling1D)
        self.conv, self.pool = conv, pool
        self.block = block
        self.filters = tuple(filters)
        self.ambiguity = Ambiguity(ambiguity)
        settings = model.settings(block)
        inside = replace(settings, conv_padding=Padding.VALID, pool_padding=Padding.VALID)
        self.model = model.with_settings(block, inside)
        self._extent = cache(self._extent_of)
        self._function = composed(functions_of(model, block), conv.filters)

    @property
    def letters_at_once(self) -> int:
        """How many letters a batch has at most, so that its values are near a core and bounded."""
        few = len(self.filters) * ALONE_FOR <= self.conv.filters and self._function.elementwise
        pools_responses = (
            isinstance(self.pool, MaxPooling1D)
            and self.pool.dilation == 1
            and self._function.elementwise
            and self._function.rising
        )
        each = len(self.filters) if few else self.conv.filters
        apart = self.apart if pools_responses else self.conv.sliding.stride
        return min(_LETTERS_AT_ONCE, max(_FEWEST_LETTERS, _VALUES_AT_ONCE * apart // each))

    @cached_property
    def apart(self) -> int:
        """Bases from one pool window to the next."""
        return self.conv.sliding.stride * self.pool.sliding.stride

    def cells(self, length: int) -> int:
        """Return how many cells a stretch of a length has; 0 where it is too short for one."""
        return self._extent(length).cells

    def extents(self, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the `_Extent` of each stretch, shape (stretches, 4)."""
        different, which = np.unique(lengths, return_inverse=True)
        table = np.array([self._extent(int(length)) for length in different], dtype=np.int64).reshape(-1, 4)
        return table[which.reshape(-1)]

    def _extent_of(self, length: int) -> _Extent:
        conv, pool = self.conv.sliding, self.pool.sliding
        try:
            positions = conv.output_length(length) if length else 0
            return _Extent(positions, self.pool.cells(positions), conv.pads(length)[0], pool.pads(positions)[0])
        except TooShortError:
            return _Extent(0, 0, 0, 0)

    def laid_out(self, batch: Batch, *, reverse: bool) -> LaidOut | None:
        """Return the stretches of a batch side by side, or None where none has a cell.

        Args:
            batch: The stretches; no letter of theirs is one that the policy refuses.
            reverse: Whether the other strand is read. Then the last stretch comes first, so that cells backwards are
                in the direction of the records.
        """
        extents = self.extents(batch.lengths)
        kept = np.flatnonzero(extents[:, 1])
        if not kept.size:
            return None
        kept = kept[::-1] if reverse else kept
        positions, cells, conv_left, pool_left = extents[kept].T
        span, step, stride = self.pool.sliding.span, self.pool.sliding.stride, self.conv.sliding.stride
        reach = ((cells - 1) * step + span - 1) * stride + self.conv.sliding.span
        slots = -(-reach // self.apart)
        first_slots = np.cumsum(slots) - slots
        total = int(slots.sum())
        padded = self.conv.sliding.padding is not Padding.VALID
        room = (total - 1) * self.apart + (span - 1) * stride + self.conv.sliding.span
        codes = np.full(max(room, total * self.apart), PADDING if padded else _ANY_BASE, dtype=np.uint8)
        before = pool_left * stride + conv_left
        first_letters = first_slots * self.apart + before
        lengths = batch.lengths[kept]
        sources = (np.cumsum(batch.lengths) - batch.lengths)[kept]
        _copy(batch.codes, sources, codes, first_letters, lengths, np.minimum(lengths, reach - before), reverse)
        owners = np.repeat(np.arange(len(kept)), slots)
        local = np.arange(total) - first_slots[owners]
        return LaidOut(
            self,
            codes,
            reverse,
            kept,
            lengths,
            positions,
            first_letters,
            conv_left,
            pool_left,
            owners,
            local,
            local < cells[owners],
        )


def _copy(
    source: NDArray[np.uint8],
    sources: NDArray[np.int64],
    out: NDArray[np.uint8],
    places: NDArray[np.int64],
    lengths: NDArray[np.int64],
    counts: NDArray[np.int64],
    reverse: bool,
) -> None:
    """Copy the first letters of each stretch, as its strand is read, to its place."""
    of_same_length = len(np.unique(lengths)) == 1 and len(np.unique(np.diff(places))) <= 1
    if of_same_length and len(source) == len(lengths) * int(lengths[0]) and len(np.unique(counts)) == 1:
        count, length = int(counts[0]), int(lengths[0])
        rows = source.reshape(-1, length)
        rows = complement(rows[::-1, length - count :])[:, ::-1] if reverse else rows[:, :count]
        apart = int(places[1] - places[0]) if len(places) > 1 else count
        first = int(places[0])
        whole = out[first : first + (len(rows) - 1) * apart + count]
        np.lib.stride_tricks.as_strided(whole, (len(rows), count), (apart, 1))[:] = rows
        return
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    if reverse:
        read = complement(source[np.repeat(sources + lengths - 1, counts) - nth])
    else:
        read = source[np.repeat(sources, counts) + nth]
    out[np.repeat(places, counts) + nth] = read


@dataclass(frozen=True, eq=False)
class LaidOut(Strand):
    """Stretches side by side, as one strand reads them.

    Attributes:
        block: The block that is computed.
        codes: The letters of the long input.
        reverse: Whether the other strand is read.
        places: The place of each stretch in its batch, shape (stretches,); only those that have a cell.
        lengths: How many letters each has.
        positions: How many responses each has alone.
        first_letters: Where the first letter of each stands.
        conv_left: Bases of padding before each.
        pool_left: Positions of padding before those of each.
        owners: Which stretch every cell is of, shape (cells,).
        local: Which cell of its stretch it is.
        there: Whether its stretch has such a cell.
    """

    block: SideBySide
    codes: NDArray[np.uint8]
    reverse: bool
    places: NDArray[np.intp]
    lengths: NDArray[np.int64]
    positions: NDArray[np.int64]
    first_letters: NDArray[np.int64]
    conv_left: NDArray[np.int64]
    pool_left: NDArray[np.int64]
    owners: NDArray[np.intp]
    local: NDArray[np.int64]
    there: NDArray[np.bool_]

    @cached_property
    def run(self) -> LetterRun:
        """The block on the long input, where nothing hangs over an end."""
        block = self.block
        return LetterRun(
            block.model, block.block, len(self.codes), lambda start, stop: self.codes[start:stop], block.ambiguity
        )

    @property
    def windows(self) -> int:
        """How many windows are under cells."""
        different, counts = np.unique(self.positions, return_counts=True)
        sliding = self.block.pool.sliding
        return sum(sliding.covered(int(of)) * int(count) for of, count in zip(different, counts, strict=True))

    @cached_property
    def floors(self) -> Array | None:
        """What the lowest responses of each filter that is asked for become, or None."""
        floors = self.run.floors
        return None if floors is None else floors[list(self.block.filters)]

    @cached_property
    def values(self) -> Array:
        """The cells of the filters that are asked for; NaN where there is none, shape (cells, filters)."""
        runs, columns = wanted_runs(self.run, self.block.filters)
        parts = [self._values(run) for run in runs]
        values = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        values = values if columns is None else values[:, columns]
        if not self.there.all():
            values[~self.there] = np.nan
        return values

    def chunks(self, so_far: ScannedSoFar) -> Iterator[Cells]:
        """Yield all cells at once, see `Strand.chunks`."""
        so_far.add(self.values, self.floors, int(self.there.sum()) * len(self.block.filters))
        yield Cells(0, len(self.values), self.values)

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        """The first position under each cell, counted in its stretch; below 0 in the padding."""
        return self.local * self.block.pool.sliding.stride - self.pool_left[self.owners]

    @cached_property
    def _hanging(self) -> NDArray[np.bool_]:
        """Which cells look over an end of their stretch."""
        span = self.block.pool.sliding.span
        return self.there & ((self._firsts < 0) | (self._firsts + span > self.positions[self.owners]))

    def _values(self, run: BlockRun) -> Array:
        cells = len(self.owners)
        values = run.values(0, cells, keep=False)
        if not self._hanging.any():
            return values
        pool = run.pool
        inside = self._inside(run.positions)[:, None]
        fill = np.float32(-np.inf if isinstance(pool, MaxPooling1D) else 0)
        activations = np.where(inside, run.activation(run.responses(0, run.positions)), fill)
        if isinstance(pool, MaxPooling1D):
            pooled = pool.forward(activations)[:cells]
        else:
            counted = self.block.pool.counted(self._firsts, self.positions[self.owners])
            pooled = (pool.totals(activations)[:cells] / counted[:, None]).astype(np.float32)
        values[self._hanging] = pooled[self._hanging]
        return values

    def _inside(self, positions: int) -> NDArray[np.bool_]:
        """Return which positions of the long input are some stretch's own."""
        first = self.first_letters - self.conv_left
        edges = np.zeros(positions + 1, dtype=np.int64)
        starts = first // self.block.conv.sliding.stride
        np.add.at(edges, np.minimum(starts, positions), 1)
        np.add.at(edges, np.minimum(starts + self.positions, positions), -1)
        return np.cumsum(edges)[:-1] > 0

    def found(self, cells: NDArray[np.intp], columns: NDArray[np.intp], values: Array) -> FoundCells:
        """Return what is to be said of some cells of the long input, see `Strand.found`."""
        owners = self.owners[cells]
        conv, pool = self.block.conv.sliding, self.block.pool.sliding
        filters = np.asarray(self.block.filters, dtype=np.int64)[columns]
        if isinstance(self.block.pool, MaxPooling1D):
            selected = first = last = self._selected(cells, filters)
        else:
            selected = np.full(len(cells), -1, dtype=np.int64)
            first = np.maximum(self._firsts[cells], 0)
            last = np.minimum(self._firsts[cells] + pool.span, self.positions[owners]) - 1
        begins = first * conv.stride - self.conv_left[owners], last * conv.stride - self.conv_left[owners]
        text, first_letters = decode(self.codes), self.first_letters[owners].tolist()
        return FoundCells.of_strand(
            self.places[owners],
            filters,
            values,
            self.local[cells],
            selected,
            np.column_stack([begins[0], begins[1] + conv.span]),
            self.lengths[owners],
            lambda nth, start, stop: text[first_letters[nth] + start : first_letters[nth] + stop],
            reverse=self.reverse,
        )

    def _selected(self, cells: NDArray[np.intp], filters: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the position that each cell selected, counted in its stretch."""
        run = self.run
        selected = np.zeros(len(cells), dtype=np.int64)
        different = np.unique(filters)
        # Filters are looked at one by one, unless they depend on each other or nearly all have found something.
        if not run.activation.elementwise or len(different) * 2 > run.filters:
            self._select(run, cells, filters, selected, np.arange(len(cells)))
            return selected
        for index in different.tolist():
            mine = np.flatnonzero(filters == index)
            self._select(run.for_filter(index), cells, np.zeros_like(filters), selected, mine)
        return selected

    def _select(
        self,
        run: LetterRun,
        cells: NDArray[np.intp],
        columns: NDArray[np.int64],
        selected: NDArray[np.int64],
        which: NDArray[np.intp],
    ) -> None:
        """Write what some of the cells selected, each looked at for itself."""
        conv, pool = self.block.conv.sliding, self.block.pool.sliding
        taps = np.arange(pool.size) * pool.dilation
        windows = -(-((pool.span - 1) * conv.stride + conv.span) // conv.stride)
        at_once = max(1, _MOST_RESPONSES // (windows * run.filters))
        for start in range(0, len(which), at_once):
            some = which[start : start + at_once]
            bases = cells[some, None] * self.block.apart + np.arange(windows * conv.stride)
            codes = self.codes.take(bases, mode="clip").reshape(-1)
            positions = np.arange(len(some))[:, None] * windows + taps
            activations = run.activation(run.letters.responses(codes))[positions, columns[some, None]]
            firsts, own = self._firsts[cells[some]], self.positions[self.owners[cells[some]]]
            under = firsts[:, None] + taps
            inside = (under >= 0) & (under < own[:, None])
            selected_taps = taps[np.where(inside, activations, -np.inf).argmax(axis=1)]
            selected[some] = np.maximum(firsts + selected_taps, 0)
