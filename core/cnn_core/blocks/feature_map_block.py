"""A conv → pool block that reads feature maps: the deep ones of a network, and those whose filters read one channel.

What it reads is a layer's activations on the whole input window, so that its values are computed at once and not
in tiles; they are those that the network itself computes, to the last bit. It answers what a `LetterRun` answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, ShapeError, TooShortError
from ..layers import Alignment, Array, AveragePooling1D, Convolution1D, Input, MaxPooling1D, Taps
from ..layers.shapes import axis_length, product
from ..network.alignment import positions_read
from ..network.block import Block
from ..network.model import Model
from ..work.lazy_value import LazyValue
from .block_run import BlockRun, Extremes
from .conv_step import ConvStep
from .pointwise_layers import composed, floors_of, functions_of
from .reading import LONGEST_PREDICTION

__all__ = [
    "FeatureMapRun",
    "block_obstacle",
    "is_on_letters",
    "offered_blocks",
    "part_up_to",
]

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
        assert isinstance(pool, MaxPooling1D | AveragePooling1D)
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
        self.pool = pool
        self.filters = conv.filters
        self.positions = conv.sliding.output_length(self.length)
        self.cells = self._counted_cells()
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
        self._silent_once: LazyValue[NDArray[np.bool_]] = LazyValue()
        self._extremes_once: LazyValue[Extremes] = LazyValue()

    def _counted_cells(self) -> int:
        try:
            return self.pool.sliding.output_length(self.positions)
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
    def _silent(self) -> NDArray[np.bool_]:
        return self._silent_once.get(self._compute_silent)

    def _compute_silent(self) -> NDArray[np.bool_]:
        if not isinstance(self.pool, MaxPooling1D) or self.floors is None:
            return np.zeros((self.cells, self.filters), dtype=np.bool_)
        heard = self._activations != self.floors
        silent: NDArray[np.bool_] = self.pool.forward(heard.astype(np.float32)) == 0
        return silent

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

    def silent(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return which cells are silent."""
        self._check(start, stop, self.cells)
        return self._silent[start:stop]

    @property
    def extremes(self) -> Extremes:
        """Between which activations every filter lies in this input: the scale of its colours."""
        return self._extremes_once.get(self._measure)

    def _measure(self) -> Extremes:
        activations = self._activations
        return Extremes(
            np.minimum(activations.min(axis=0), 0), np.maximum(activations.max(axis=0), 0), measured=True
        )

    @property
    def best_match(self) -> Array:
        """The largest activation of each filter in this input, shape (filters,): nobody knows its best match."""
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

    def step(self, position: int, filter_index: int) -> ConvStep:
        """Return how an activation came to its value.

        Args:
            position: The position of the response.
            filter_index: The filter.
        """
        window = self.conv.sliding.window(position, self.length)
        taps = Taps.of(self.input_values, window, *self.conv.weights_of(filter_index))
        bias = self.conv.bias
        return ConvStep(
            layer=self.block.conv,
            type=self.conv.type,
            position=position,
            filter=filter_index,
            value=float(self._activations[position, filter_index]),
            response=float(self._responses[position, filter_index]),
            bias=0.0 if bias is None else float(bias[filter_index]),
            window=window,
            products=taps.products,
            source=self.source,
            channels=taps.channels,
            values=taps.values,
            weights=taps.weights,
            activation=self.activation.name,
            receptive_field=self.response_field(position),
        )

    def largest_product(self, filter_index: int) -> float:
        """Return the largest size of what any position adds to a filter's response under any tap."""
        if filter_index not in self._largest:
            channels, weights = self.conv.weights_of(filter_index)
            added = product(self.input_values[:, channels.start : channels.stop], weights.T)
            self._largest[filter_index] = float(np.abs(added).max())
        return self._largest[filter_index]


def part_up_to(model: Model, name: str) -> Model:
    """Return the part of a network that one node is computed from, the node included.

    Args:
        model: The network.
        name: The node.

    Raises:
        NotFoundError: There is no such node.
    """
    wanted = {model[name].name}
    for node in reversed(model.nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
    # A network begins where letters enter, even if this part of it does not read them there.
    first, *rest = model.nodes
    return Model(model.name, (first, *(node for node in rest if node.name in wanted)), (name,))


def is_on_letters(model: Model, block: Block) -> bool:
    """Tell whether a block's convolution is a `Conv1D` on the one-hot letters, which a `LetterRun` computes."""
    return block in model.letter_blocks


def block_obstacle(model: Model, block: Block, length: int) -> ModelError | None:
    """Return why a block cannot be looked into, or None where it can.

    Args:
        model: The model, with the settings in force.
        block: One of its `blocks`.
        length: The length of the input, in bases.
    """
    if is_on_letters(model, block):
        return None
    source = model[block.conv].inputs[0]
    flow = model.flow(length)
    reason = flow.unavailable.get(block.conv)
    if reason is not None:
        kind = TooShortError if block.conv in flow.too_short else ShapeError
        return kind(f"cannot be computed: {reason}", where=f"layer {block.conv}")
    if length > LONGEST_PREDICTION:
        return ShapeError(
            f"reads {source}, which is computed for up to {LONGEST_PREDICTION:,} bases",
            where=f"layer {block.conv}",
            remedy="open a shorter region",
        )
    alignment = model.alignment(source, length)
    if alignment is None:
        return ModelError(
            f"reads {source}, whose positions stand over no bases",
            where=f"layer {block.conv}",
            remedy="look at it in the whole network",
        )
    if alignment.stride < 1:
        return ModelError(
            f"reads {source}, which runs from the last base to the first",
            where=f"layer {block.conv}",
            remedy="look at it in the whole network",
        )
    return None


def offered_blocks(model: Model, length: int) -> tuple[Block, ...]:
    """Return the blocks that can be looked into on an input of a length, in the order of computation.

    Args:
        model: The model, with the settings in force.
        length: The length of the input, in bases.
    """
    return tuple(block for block in model.blocks if block_obstacle(model, block, length) is None)
