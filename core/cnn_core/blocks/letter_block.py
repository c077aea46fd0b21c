"""A conv → pool block on letters: its values, computed where they are looked at.

A record may be a chromosome, so nothing here is as long as the record: responses are computed in tiles, on demand,
and the tiles used last are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, TooShortError
from ..layers import (
    Alignment,
    Array,
    AveragePooling1D,
    Conv1D,
    Convolution1D,
    MaxPooling1D,
    Pooling1D,
    PoolingLayer,
    Window,
)
from ..layers.shapes import pad_ends
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import BASE_SET, Ambiguity, decode, one_hot_table
from ..network.block import Block
from ..network.block_functions import composed, floors_of, functions_of
from ..network.model import Model
from ..work.lazy_value import LazyValue
from ..work.lru_cache import LruCache
from .block_run import BlockRun, Extremes, ReadCodes, sliding_pool
from .global_pool_cell import GlobalPoolCell, global_cell

__all__ = ["LetterRun", "run_on_letters"]

_TILE_VALUES = 1 << 18
_TILES_KEPT = 48
_TILES_LOOKED_AT = 8
"""Tiles of cells that a screen shows; what a scan reads is not worth keeping."""
_LONGEST_MEASURED = 1 << 22
_LOOKED_AT = 1001


class LetterRun(BlockRun):
    """One block on one input, computed where asked.

    Args:
        model: The model, with the settings in force.
        block: One of its `letter_blocks`.
        length: The length of the input, in bases.
        read: Gives the codes of any stretch of it.
        ambiguity: What an ambiguous letter becomes.
        only: The one filter that is computed, or None for all.

    Raises:
        TooShortError: The input is too short for a window, or its responses for a pool window.
        SettingError: The block's convolution does not read the letters, or is no `Conv1D`.
    """

    def __init__(
        self,
        model: Model,
        block: Block,
        length: int,
        read: ReadCodes,
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        only: int | None = None,
    ) -> None:
        conv, pool = model[block.conv].layer, model[block.pool].layer
        assert isinstance(pool, PoolingLayer)
        letters = model.letters_of(model[block.conv])
        if letters is None:
            raise SettingError(f"{block.conv} does not read the letters", remedy="choose a block that does")
        if not isinstance(conv, Conv1D):
            raise SettingError(f"{block.conv} is a {conv.type}", remedy="choose a block that begins with a Conv1D")
        self.letters: LetterConvolution = LetterConvolution(conv, letters.channels, ambiguity)
        if only is not None:
            self.letters = self.letters.for_filter(only)
            kernel, bias = conv.full_kernel()[:, :, only : only + 1], conv.bias
            bias = None if bias is None else bias[only : only + 1]
            conv = replace(conv, kernel=kernel, bias=bias, groups=1, filter_names=())
        self._model = model
        self._ambiguity = ambiguity
        self._rows = one_hot_table(letters.channels, ambiguity)
        self.block = block
        self.conv = conv
        self.pool_layer = pool
        self.bases = self.length = length
        self.channels = len(letters.channels)
        self.alignment = Alignment(0)
        self.filters = conv.filters
        self.positions, self.pool = _pooled_positions(block, conv, pool, length)
        self.cells = self.pool.cells(self.positions)
        self._functions = functions_of(model, block, only)
        self.activation = composed(self._functions, conv.filters)
        self.floors = floors_of(self._functions, conv.filters)
        self._read = read
        self._whole_once: LazyValue[GlobalPoolCell] = LazyValue()
        self._tile = max(64, _TILE_VALUES // conv.filters)
        self._tiles: LruCache[tuple[int, int], Array] = LruCache(_TILES_KEPT)
        self._cell_tiles: LruCache[tuple[int, int], Array] = LruCache(_TILES_KEPT)

    def responses(self, start: int, stop: int) -> Array:
        """Return every filter's responses at half-open positions, shape (stop − start, filters)."""
        self._check(start, stop, self.positions)
        if start == stop:
            return np.zeros((0, self.filters), dtype=np.float32)
        tiles = range(start // self._tile, (stop - 1) // self._tile + 1)
        stretch = np.concatenate([self._response_tile(index, self._tile) for index in tiles])
        return stretch[start - tiles[0] * self._tile : stop - tiles[0] * self._tile]

    def activations(self, start: int, stop: int) -> Array:
        """Return every filter's activations at half-open positions, shape (stop − start, filters)."""
        return self.activation(self.responses(start, stop))

    def values(self, start: int, stop: int, *, keep: bool = True) -> Array:
        """Return every filter's cells at half-open cell positions, in tiles that are kept."""
        self._check(start, stop, self.cells)
        if start == stop:
            return np.zeros((0, self.filters), dtype=np.float32)
        if self._is_wide:
            return self._pooled_whole.values
        if not self.pools_responses:
            return self._pooled_activations(start, stop, keep)
        size = max(1, self._tile // self.pool.sliding.stride)
        tiles = range(start // size, (stop - 1) // size + 1)
        if not keep or len(tiles) > _TILES_LOOKED_AT:
            return self._pooled_responses(start, stop, keep)
        stretch = np.concatenate([self._cell_tile(index, size) for index in tiles])
        return stretch[start - tiles[0] * size : stop - tiles[0] * size]

    @property
    def _is_wide(self) -> bool:
        """Whether the one cell is of more positions than are looked at together."""
        return self.pools_all and self.positions > self._tile

    @property
    def _pooled_whole(self) -> GlobalPoolCell:
        return self._whole_once.get(self._pool_whole)

    def _pool_whole(self) -> GlobalPoolCell:
        def tiles() -> Iterator[Array]:
            for start in range(0, self.positions, self._tile):
                yield self.activation(self._computed(start, min(start + self._tile, self.positions)))

        return global_cell(tiles(), self.pool, self.floors)

    @property
    def pools_responses(self) -> bool:
        """Whether a pool's largest activation is that of its largest response."""
        neighbours = isinstance(self.pool, MaxPooling1D) and self.pool.dilation == 1
        return neighbours and self.activation.elementwise and self.activation.rising

    def _cell_tile(self, index: int, size: int) -> Array:
        stop = min((index + 1) * size, self.cells)
        return self._cell_tiles.at((index, size), lambda: self._pooled_responses(index * size, stop))

    def _pooled_responses(self, start: int, stop: int, keep: bool = True) -> Array:
        """Return cells as what becomes of their largest responses; general where a window hangs over an end."""
        sliding = self.pool.sliding
        left = sliding.pads(self.positions)[0]
        first = min(max(start, -(-left // sliding.stride)), stop)
        last = max(first, min(stop, (self.positions + left - sliding.size) // sliding.stride + 1))
        parts = []
        if start < first:
            parts.append(self._pooled_activations(start, first, keep))
        if first < last:
            begin = first * sliding.stride - left
            codes, base = self._codes_under(begin, begin + (last - first - 1) * sliding.stride + sliding.size)
            function = None if self.activation.name == "linear" else self.activation
            parts.append(self.letters.pooled(codes, sliding.size, sliding.stride, function, base))
        if last < stop:
            parts.append(self._pooled_activations(last, stop, keep))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _pooled_activations(self, start: int, stop: int, keep: bool = True) -> Array:
        """Return cells as the pool says them of all activations: any pool, any function."""
        _, activations = self._pool_input(start, stop, keep)
        pool = self.pool.inside
        if isinstance(pool, MaxPooling1D):
            return pool.forward(activations)
        counted = self.pool.counted(self.pool.sliding.firsts(start, stop, self.positions), self.positions)
        return (pool.totals(activations) / counted[:, None]).astype(np.float32)

    def selections(self, start: int, stop: int, *, keep: bool = True) -> NDArray[np.int64] | None:
        """Return the position that each cell selected, or None where the pool averages."""
        self._check(start, stop, self.cells)
        if not isinstance(self.pool, MaxPooling1D):
            return None
        if start == stop:
            return np.zeros((0, self.filters), dtype=np.int64)
        if self._is_wide:
            return self._pooled_whole.selections
        first, activations = self._pool_input(start, stop, keep)
        return self.pool.inside.selections(activations) + first

    def all_zero(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return which cells are all 0."""
        self._check(start, stop, self.cells)
        if not isinstance(self.pool, MaxPooling1D) or self.floors is None or start == stop:
            return np.zeros((stop - start, self.filters), dtype=np.bool_)
        if self._is_wide:
            return self._pooled_whole.all_zero
        _, activations = self._pool_input(start, stop)
        # Padding is never chosen, so it cannot break a silence either.
        heard = (activations != self.floors) & ~np.isneginf(activations)
        all_zero: NDArray[np.bool_] = self.pool.inside.forward(heard.astype(np.float32)) == 0
        return all_zero

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the letters of half-open base positions; padding outside the input."""
        return self._read(start, stop)

    def for_filter(self, filter_index: int) -> LetterRun:
        """Return a run of one filter alone, for scans; itself where filters depend on each other.

        The sums are added in the same order, so the numbers are the same to the last bit.

        Args:
            filter_index: The filter, which becomes the new run's filter 0.
        """
        if not self.activation.elementwise:
            return self
        return LetterRun(self._model, self.block, self.length, self._read, self._ambiguity, only=filter_index)

    @cached_property
    def best_match(self) -> Array:
        """The largest activation that each filter gives any window of A, C, G and T, shape (filters,).

        Where a weight of every base is negative an ambiguous letter, which adds nothing, can give more than that.
        Where nothing bounds the activations, it is the largest of what many responses between the ends give.
        """
        return self._between(self.letters.base_bounds)[1]

    def _between(self, responses: tuple[Array, Array]) -> tuple[Array, Array]:
        """Return between which activations those of all responses between two bounds lie.

        Where no bound is known, they are the least and the largest of what some responses between the two give.
        """
        lowest, highest = (bound[0] for bound in self.activation.bounds(*(each[None] for each in responses)))
        if np.isfinite(lowest).all() and np.isfinite(highest).all():
            return lowest, highest
        with np.errstate(all="ignore"):
            seen = self.activation(np.linspace(*responses, _LOOKED_AT, dtype=np.float32))
        seen[~np.isfinite(seen)] = np.nan
        least, most = np.fmin.reduce(seen), np.fmax.reduce(seen)
        return np.where(np.isfinite(lowest), lowest, least), np.where(np.isfinite(highest), highest, most)

    @cached_property
    def extremes(self) -> Extremes:
        """Between which activations every filter lies in this input: the scale of its colours."""
        if self.positions * self.filters > _LONGEST_MEASURED:
            # Bounds of what any letters and padding give, which hold for a whole chromosome.
            lowest, highest = self._between(self.letters.bounds)
            return Extremes(np.minimum(lowest, 0), np.maximum(highest, 0), measured=False)
        return self._measured()

    @cached_property
    def left_over_bases(self) -> tuple[int, int]:
        """The bases behind the last one that any cell reads, half-open."""
        end = 0
        for cell in reversed(range(self.cells)):
            end = max(end, self.receptive_field(cell)[1])
            last = self.pool.sliding.window(cell, self.positions).positions[-1]
            # A dilated window that hangs over the end may read less far than one before it.
            if not self.conv.sliding.window(last, self.length).padding[1]:
                break
        return end, self.length

    def receptive_field(self, cell: int) -> tuple[int, int]:
        """Return the bases that could influence a cell, half-open."""
        positions = self.pool.sliding.window(cell, self.positions).positions
        # A dilated window that hangs over an end may read less far than its neighbours, or no base at all.
        reaching = positions if self.conv.dilation > 1 else (positions[0], positions[-1])
        windows = [self.conv.sliding.window(position, self.length) for position in reaching]
        intervals = [window.interval for window in windows if window.positions] or [(0, 0)]
        return min(first for first, _ in intervals), max(stop for _, stop in intervals)

    def response_field(self, position: int) -> tuple[int, int]:
        """Return the bases under a response's window, half-open."""
        return self.conv.sliding.window(position, self.length).interval

    def input_field(self, position: int) -> tuple[int, int]:
        """Return the base itself, half-open."""
        return position, position + 1

    def window_of(self, cell: int, position: int | None) -> tuple[int, int]:
        """Return the bases from the first tap to the last of a window, half-open; they may lie in the padding."""
        positions = self.pool.sliding.window(cell, self.positions).positions
        first, last = (positions[0], positions[-1]) if position is None else (position, position)
        sliding, left = self.conv.sliding, self.conv.sliding.pads(self.length)[0]
        return first * sliding.stride - left, last * sliding.stride - left + sliding.span

    def _under(self, window: Window, filter_index: int) -> dict[str, Any]:
        codes = self.codes(window.first, window.first + self.conv.sliding.span)[:: window.step]
        return {
            "bases": decode(codes),
            "picked": int(self._rows[codes & BASE_SET].any(axis=1).sum()),
            "products": self.letters.products(codes, filter_index),
        }

    def largest_product(self, filter_index: int) -> float:
        """Return the largest size of a product that any letter can add under any tap."""
        return float(abs(self.letters.tables[:, :, filter_index]).max())

    @property
    def is_quick(self) -> bool:
        """Whether any values can be asked for without waiting: all but a cell of a long input."""
        return not self._is_wide or self._whole_once.is_there

    def compute(self) -> None:
        """Compute the one cell of a long input; all else is computed where it is looked at."""
        if self._is_wide:
            _ = self._pooled_whole

    def prepare(self) -> None:
        """Load the compiled loop where a scan of all positions is worth it."""
        if self.pools_responses:
            self.letters.prepare(self.positions)

    def _pool_input(self, start: int, stop: int, keep: bool = True) -> tuple[int, Array]:
        """Return the activations that a stretch of cells reads, padded, and the position of the first."""
        sliding = self.pool.sliding
        first = sliding.window(start, self.positions).first
        last = sliding.window(stop - 1, self.positions).first + sliding.span
        inside = max(0, first), min(self.positions, last)
        fill = -np.inf if isinstance(self.pool, MaxPooling1D) else 0.0
        activations = self.activations(*inside) if keep else self.activation(self._computed(*inside))
        return first, pad_ends(activations, inside[0] - first, last - inside[1], fill)

    def _response_tile(self, index: int, size: int) -> Array:
        stop = min((index + 1) * size, self.positions)
        return self._tiles.at((index, size), lambda: self._computed(index * size, stop))

    def _computed(self, start: int, stop: int) -> Array:
        """Return responses without keeping them."""
        return self.letters.responses(*self._codes_under(start, stop))

    def _codes_under(self, start: int, stop: int) -> tuple[NDArray[np.uint8], int]:
        """Return the letters that the windows at half-open positions read, and the base under the first tap."""
        sliding = self.conv.sliding
        first = sliding.window(start, self.length).first
        return self._read(first, first + (stop - start - 1) * sliding.stride + sliding.span), first


def run_on_letters(run: BlockRun) -> LetterRun:
    """Return the run of a block whose kernels read letters.

    Args:
        run: The block at work.

    Raises:
        SettingError: They read feature maps.
    """
    if not isinstance(run, LetterRun):
        raise SettingError(
            "its kernels read feature maps and no letters",
            where=f"layer {run.block.conv}",
            remedy="choose a block on the letters; cnn-tui convert writes all weights as arrays",
        )
    return run


def _pooled_positions(
    block: Block, conv: Convolution1D, pool: PoolingLayer, length: int
) -> tuple[int, MaxPooling1D | AveragePooling1D]:
    """Return how many positions an input has, and the pool that slides over them."""
    layer = block.conv
    try:
        positions = conv.sliding.output_length(length)
        layer = block.pool
        return positions, sliding_pool(block, pool, positions)
    except TooShortError as error:
        shortest = conv.sliding.shortest(pool.shortest if isinstance(pool, Pooling1D) else 1)
        raise TooShortError(
            error.what, where=f"layer {layer}", remedy=f"the shortest input that works is {shortest} bases"
        ) from None
