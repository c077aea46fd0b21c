"""A conv → pool block that reads feature maps: the deep ones of a network, and those whose filters read one channel.

What it reads is a layer's activations on the whole input window, so that its values are computed at once and not
in tiles; they are those that the network itself computes, to the last bit. It answers what a `LetterRun` answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TooShortError
from ..layers import (
    Alignment,
    Array,
    AveragePooling1D,
    Convolution1D,
    Input,
    MaxPooling1D,
    PoolingLayer,
    Taps,
    Window,
)
from ..layers.shapes import axis_length, product
from ..network.alignment import positions_read
from ..network.block import Block
from ..network.block_functions import composed, floors_of, functions_of
from ..network.model import Model
from ..work.lazy_value import LazyValue
from .block_run import BlockRun, Extremes, sliding_pool
from .offered_blocks import block_obstacle, part_up_to

__all__ = ["FeatureMapRun"]

_QUICK: Final = 1 << 28
"""Multiplications that any machine does between two keys."""


class FeatureMapRun(BlockRun):
    """One block on the feature maps that it reads, computed when somebody looks.

    Args:
        model: The model, with the settings in force.
        block: One of its `blocks`.
        length: The length of the input, in bases.
        read: Gives the activations of the layer that the convolution reads, shape (positions, channels).

    Raises:
        TooShortError: Not a single window fits, here or in a layer before the block.
        ShapeError: The block cannot be computed on an input of this length.
        ModelError: The positions that it reads do not follow the bases.
    """

    def __init__(self, model: Model, block: Block, length: int, read: Callable[[], Array]) -> None:
        obstacle = block_obstacle(model, block, length)
        if obstacle is not None:
            raise obstacle
        conv, pool = model[block.conv].layer, model[block.pool].layer
        assert isinstance(conv, Convolution1D)
        assert isinstance(pool, PoolingLayer)
        self._part = part_up_to(model, block.pool)
        self.block = block
        self.source = model[block.conv].inputs[0]
        shapes = self._part.shapes_of(block.conv, length)
        alignment = self._part.alignment(self.source, length)
        assert alignment is not None
        self.bases = length
        self.length = axis_length(shapes[self.source])
        self.channels = int(shapes[self.source][1] or 0)
        self.alignment: Alignment = alignment
        self.conv = conv
        self.pool_layer = pool
        self.filters = conv.filters
        self.positions = conv.sliding.output_length(self.length)
        self.pool = self._sliding_pool()
        self.cells = self.pool.cells(self.positions)
        functions = functions_of(model, block)
        self.activation = composed(functions, conv.filters)
        self.floors = floors_of(functions, conv.filters)
        self._read = read
        self._largest: dict[int, float] = {}
        # The screen and a background job may look at once; what takes long is computed by the first alone.
        self._read_once: LazyValue[Array] = LazyValue()
        self._responses_once: LazyValue[Array] = LazyValue()
        self._activations_once: LazyValue[Array] = LazyValue()
        self._cells_once: LazyValue[Array] = LazyValue()
        self._selections_once: LazyValue[NDArray[np.int64] | None] = LazyValue()
        self._all_zero_once: LazyValue[NDArray[np.bool_]] = LazyValue()
        self._extremes_once: LazyValue[Extremes] = LazyValue()

    def _sliding_pool(self) -> MaxPooling1D | AveragePooling1D:
        try:
            return sliding_pool(self.block, self.pool_layer, self.positions)
        except TooShortError as error:
            remedy = f"{self.block.conv} has {self.positions} positions on this input: give it a longer one"
            raise TooShortError(error.what, where=f"layer {self.block.pool}", remedy=remedy) from None

    @property
    def input_values(self) -> Array:
        """The feature maps that the convolution reads, shape (length, channels)."""
        return self._read_once.get(self._read)

    @property
    def is_quick(self) -> bool:
        """Whether all values are there, or are computed in less time than anyone would notice."""
        return self._cells_once.is_there or self._is_small

    @cached_property
    def _is_small(self) -> bool:
        shapes = self._part.flow(self.bases).shapes
        return sum(node.layer.parameter_count * (shapes[node.name][0] or 1) for node in self._part.nodes) < _QUICK

    def prepare(self) -> None:
        """Do nothing: all values are computed together."""

    def compute(self) -> None:
        """Compute all values, unless they are there already."""
        _ = self._cells

    @property
    def _responses(self) -> Array:
        return self._responses_once.get(lambda: self.conv.responses(self.input_values))

    @property
    def _activations(self) -> Array:
        return self._activations_once.get(lambda: self.activation(self._responses))

    @property
    def _cells(self) -> Array:
        return self._cells_once.get(lambda: self.pool.forward(self._activations))

    @property
    def _selections(self) -> NDArray[np.int64] | None:
        pool = self.pool
        if not isinstance(pool, MaxPooling1D):
            return None
        return self._selections_once.get(lambda: pool.selections(self._activations))

    @property
    def _all_zero(self) -> NDArray[np.bool_]:
        return self._all_zero_once.get(self._compute_all_zero)

    def _compute_all_zero(self) -> NDArray[np.bool_]:
        if not isinstance(self.pool, MaxPooling1D) or self.floors is None:
            return np.zeros((self.cells, self.filters), dtype=np.bool_)
        heard = self._activations != self.floors
        all_zero: NDArray[np.bool_] = self.pool.forward(heard.astype(np.float32)) == 0
        return all_zero

    def responses(self, start: int, stop: int) -> Array:
        """Return every filter's responses at half-open positions, shape (stop − start, filters)."""
        self._check(start, stop, self.positions)
        return self._responses[start:stop]

    def activations(self, start: int, stop: int) -> Array:
        """Return every filter's activations at half-open positions, shape (stop − start, filters)."""
        self._check(start, stop, self.positions)
        return self._activations[start:stop]

    def values(self, start: int, stop: int, *, keep: bool = True) -> Array:
        """Return every filter's cells at half-open cell positions, shape (stop − start, filters)."""
        self._check(start, stop, self.cells)
        return self._cells[start:stop]

    def selections(self, start: int, stop: int, *, keep: bool = True) -> NDArray[np.int64] | None:
        """Return the position that each cell selected, or None where the pool averages."""
        self._check(start, stop, self.cells)
        chosen = self._selections
        return None if chosen is None else chosen[start:stop]

    def all_zero(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return which cells are all 0."""
        self._check(start, stop, self.cells)
        return self._all_zero[start:stop]

    @property
    def extremes(self) -> Extremes:
        """Between which activations every filter lies in this input: the scale of its colours."""
        return self._extremes_once.get(self._measured)

    @property
    def best_match(self) -> Array:
        """The largest activation of each filter in this input, shape (filters,): its best match is unknown."""
        return self.extremes.highest

    @cached_property
    def left_over_bases(self) -> tuple[int, int]:
        """The bases behind the last one that any cell reads, through all layers, half-open."""
        read = positions_read(self._part, self.block.pool, range(self.cells), self.bases)
        ends = [
            int(np.flatnonzero(read[node.name])[-1]) + 1
            for node in self._part.inputs
            if isinstance(node.layer, Input) and node.name in read and read[node.name].any()
        ]
        return max(ends, default=0), self.bases

    def receptive_field(self, cell: int) -> tuple[int, int]:
        """Return the bases that could influence a cell, through all layers, half-open."""
        return self._part.receptive_field(self.block.pool, cell, self.bases)

    def response_field(self, position: int) -> tuple[int, int]:
        """Return the bases that could influence a response, through all layers, half-open."""
        return self._part.receptive_field(self.block.conv, position, self.bases)

    def input_field(self, position: int) -> tuple[int, int]:
        """Return the bases that could influence a position that the convolution reads, half-open."""
        return self._part.receptive_field(self.source, position, self.bases)

    def window_of(self, cell: int, position: int | None) -> tuple[int, int]:
        """Return the bases that can change a response, or a cell where there is no position, half-open."""
        return self.receptive_field(cell) if position is None else self.response_field(position)

    def _under(self, window: Window, filter_index: int) -> dict[str, Any]:
        taps = Taps.of(self.input_values, window, *self.conv.weights_of(filter_index))
        names = "products", "channels", "values", "weights"
        return {"source": self.source, **{name: getattr(taps, name) for name in names}}

    def largest_product(self, filter_index: int) -> float:
        """Return the largest size of what any position adds to a filter's response under any tap."""
        if filter_index not in self._largest:
            channels, weights = self.conv.weights_of(filter_index)
            added = product(self.input_values[:, channels.start : channels.stop], weights.T)
            self._largest[filter_index] = float(np.abs(added).max())
        return self._largest[filter_index]
