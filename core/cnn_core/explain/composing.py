"""Which family of compositions each layer belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from ..layers import (
    Array,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Index,
    Layer,
    LayerNormalization,
    Mask,
    MaxPooling1D,
    Merge,
    MovingLayer,
    Pointwise,
    Recurrent,
    SeparableConv1D,
    TimeDistributed,
)
from . import merging, pointwise, recurrent, sliding
from .parts import Composition, Computed

__all__ = ["compose"]


def compose(
    layer: Layer,
    inputs: Sequence[Array],
    output: Array,
    index: Index,
    masks: Sequence[Mask | None] | None = None,
    states: tuple[Array, ...] | None = None,
) -> Composition:
    """Return what a value of a layer's output is computed from.

    Args:
        layer: The layer.
        inputs: What it was given, in order.
        output: What it gave.
        index: The place of the value.
        masks: Which positions of each input hold data, shape (length,), or None where all do.
        states: The layer's hidden states, see `hidden_states`; None makes them, which takes a forward pass.

    Returns:
        A composition without parts where the layer is none that we can look into.

    Raises:
        IndexError: There is no such place.
    """
    if len(index) != output.ndim or not all(
        0 <= place < size for place, size in zip(index, output.shape, strict=True)
    ):
        raise IndexError(f"place {index} of {output.shape}")
    masks = [None] * len(inputs) if masks is None else masks
    states = recurrent.hidden_states(layer, inputs, masks) if states is None else states
    return _composed(layer, Computed(inputs, masks, output, index, states))


@singledispatch
def _composed(layer: Layer, of: Computed) -> Composition:
    return Composition("function", (), 0, of.value, function=layer.type)


def _distributed(layer: TimeDistributed, of: Computed) -> Composition:
    """Return the inner layer's composition, at the position of the value."""
    position, *inner = of.index
    return compose(layer.layer, [of.x[position]], of.output[position], tuple(inner)).at(position)


_composed.register(AveragePooling1D, sliding.average_pooling)
_composed.register(BatchNormalization, pointwise.batch_normalization)
_composed.register(Bidirectional, recurrent.both_directions)
_composed.register(Conv1D, sliding.convolution)
_composed.register(Dense, sliding.dense)
_composed.register(DepthwiseConv1D, sliding.depthwise_convolution)
_composed.register(Dot, merging.dot)
_composed.register(GlobalAveragePooling1D, sliding.global_average_pooling)
_composed.register(GlobalMaxPooling1D, sliding.global_max_pooling)
_composed.register(LayerNormalization, pointwise.layer_normalization)
_composed.register(MaxPooling1D, sliding.max_pooling)
_composed.register(Merge, merging.merge)
_composed.register(MovingLayer, merging.moved)
_composed.register(Pointwise, pointwise.pointwise)
_composed.register(Recurrent, recurrent.recurrence)
_composed.register(SeparableConv1D, sliding.separable_convolution)
_composed.register(TimeDistributed, _distributed)
