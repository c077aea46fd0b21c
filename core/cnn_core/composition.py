"""What one value of any layer is computed from: the parts that add up to it, or the one that was chosen.

A part is a value of an input and what it contributes. A weighted sum has a part a position and channel, so the
largest are named and the rest are summed; a maximum has the one that was kept; a merge has one an input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .layers import (
    GRU,
    Add,
    Array,
    Average,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    Layer,
    Maximum,
    MaxPooling1D,
    Merge,
    Minimum,
    Multiply,
    Permute,
    Pointwise,
    Recurrent,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SlidingLayer,
    Subtract,
    TimeDistributed,
    UpSampling1D,
    ZeroPadding1D,
)

__all__ = ["LARGEST_SHOWN", "Composition", "Index", "Part", "compose"]

Index = tuple[int, ...]
"""The place of a value in a layer's output: (position, channel), or (unit,) where no length is left."""
LARGEST_SHOWN: Final = 8
"""How many parts of a sum are named."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an input, and what it contributes.

    Attributes:
        input: Which input of the layer it is of, from 0.
        index: Its place there.
        value: The value.
        weight: What it is multiplied by; None where nothing is multiplied.
        amount: What it contributes: value × weight in a sum, the value itself elsewhere.
    """

    input: int
    index: Index
    value: float
    weight: float | None
    amount: float


@dataclass(frozen=True, eq=False)
class Composition:
    """What one value is computed from.

    Attributes:
        how: `sum`, `maximum`, `minimum`, `mean`, `product`, `copy`, `function` (of one value) or `state` (a sum and
            what is remembered of the positions before).
        parts: The parts with the largest amounts first, at most `LARGEST_SHOWN`; of a maximum, the kept one first.
        count: How many parts there are.
        rest: What the parts that are not named add up to.
        bias: What is added to a sum.
        remembered: What the state before adds to a `state`; 0 elsewhere.
        function: What is applied last, such as relu, or nothing.
        value: The value itself.
    """

    how: str
    parts: tuple[Part, ...]
    count: int
    value: float
    rest: float = 0.0
    bias: float = 0.0
    remembered: float = 0.0
    function: str = ""

    @property
    def followed(self) -> Part | None:
        """The part that a trace goes on to: the kept one, or the one with the largest amount."""
        return self.parts[0] if self.parts else None


def compose(layer: Layer, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    """Return what a value of a layer's output is computed from.

    Args:
        layer: The layer.
        inputs: What it was given, in order.
        output: What it gave.
        index: The place of the value.

    Returns:
        A composition without parts where the layer is none that we can look into.

    Raises:
        IndexError: There is no such place.
    """
    if len(index) != output.ndim or not all(
        0 <= place < size for place, size in zip(index, output.shape, strict=True)
    ):
        raise IndexError(f"place {index} of {output.shape}")
    return _composed(layer, inputs, output, index)


@singledispatch
def _composed(layer: Layer, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    return Composition("function", (), 0, float(output[index]), function=layer.type)


def _summed(
    x: Array,
    places: tuple[NDArray[np.int64], ...],
    weights: Array,
    value: float,
    *,
    how: str = "sum",
    bias: float = 0.0,
    remembered: float = 0.0,
    function: str = "",
    input_number: int = 0,
) -> Composition:
    """Return a weighted sum over places of one input.

    Args:
        x: The input.
        places: One array of indices an axis of it, shape (parts,) each.
        weights: What each is multiplied by, shape (parts,).
        value: The value that comes out.
        how: What kind of sum it is.
        bias: What is added.
        remembered: What the state before adds.
        function: What is applied last.
        input_number: Which input of the layer it is.
    """
    values = x[places]
    amounts = values.astype(np.float64) * weights
    order = np.argsort(-np.abs(amounts), kind="stable")[:LARGEST_SHOWN]
    parts = tuple(
        Part(
            input_number,
            tuple(int(axis[part]) for axis in places),
            float(values[part]),
            float(weights[part]),
            float(amounts[part]),
        )
        for part in order.tolist()
    )
    rest = float(amounts.sum() - amounts[order].sum()) if len(amounts) > len(order) else 0.0
    return Composition(how, parts, len(amounts), value, rest, bias, remembered, function)


def _named(activation: str) -> str:
    return "" if activation == "linear" else activation


def _bias(bias: Array | None, unit: int) -> float:
    return 0.0 if bias is None else float(bias[unit])


def _block(positions: range, channels: range) -> tuple[NDArray[np.int64], ...]:
    """Return the places of positions × channels, position by position."""
    grid = np.meshgrid(np.array(positions, np.int64), np.array(channels, np.int64), indexing="ij")
    return tuple(axis.reshape(-1) for axis in grid)


def _taps(layer: SlidingLayer, position: int, length: int) -> tuple[range, slice]:
    """Return the positions under the window of an output, and which of its taps they are."""
    window = layer.sliding.window(position, length)
    left, right = window.padding
    return window.positions, slice(left, window.taps - right)


@_composed.register
def _(layer: Conv1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, channel) = inputs, index
    positions, taps = _taps(layer, position, len(x))
    width = layer.kernel.shape[1]
    group = channel // (layer.filters // layer.groups)
    places = _block(positions, range(group * width, (group + 1) * width))
    weights = layer.kernel[taps, :, channel].reshape(-1)
    bias, function = _bias(layer.bias, channel), _named(layer.activation)
    return _summed(x, places, weights, float(output[index]), bias=bias, function=function)


@_composed.register
def _(layer: DepthwiseConv1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, channel) = inputs, index
    positions, taps = _taps(layer, position, len(x))
    source, multiple = divmod(channel, layer.kernel.shape[2])
    bias, function = _bias(layer.bias, channel), _named(layer.activation)
    weights = layer.kernel[taps, source, multiple]
    places = _block(positions, range(source, source + 1))
    return _summed(x, places, weights, float(output[index]), bias=bias, function=function)


@_composed.register
def _(layer: SeparableConv1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, channel) = inputs, index
    positions, taps = _taps(layer, position, len(x))
    depthwise = layer.depthwise_kernel[taps]
    pointwise = layer.pointwise_kernel[0, :, channel].reshape(depthwise.shape[1:])
    weights = (depthwise * pointwise).sum(axis=2).reshape(-1)
    bias, function = _bias(layer.bias, channel), _named(layer.activation)
    places = _block(positions, range(x.shape[1]))
    return _summed(x, places, weights, float(output[index]), bias=bias, function=function)


@_composed.register
def _(layer: Dense, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), unit = inputs, index[-1]
    channels = np.arange(x.shape[-1], dtype=np.int64)
    places = (*(np.full_like(channels, place) for place in index[:-1]), channels)
    bias, function = _bias(layer.bias, unit), _named(layer.activation)
    return _summed(x, places, layer.kernel[:, unit], float(output[index]), bias=bias, function=function)


@_composed.register
def _(layer: BatchNormalization, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,) = inputs
    value, result = float(x[index]), float(output[index])
    axis = layer.axis - 1 if layer.axis > 0 else layer.axis
    scale = float(layer.scale[index[axis]])
    part = Part(0, index, value, scale, value * scale)
    return Composition("sum", (part,), 1, result, bias=result - value * scale)


@_composed.register
def _(layer: MaxPooling1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, channel) = inputs, index
    return _kept(x, layer.sliding.window(position, len(x)).positions, channel, float(output[index]))


@_composed.register
def _(layer: GlobalMaxPooling1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,) = inputs
    return _kept(x, range(len(x)), index[-1], float(output[index]))


def _kept(x: Array, positions: range, channel: int, value: float) -> Composition:
    """Return a maximum over positions of one channel: the first of the largest, then the next largest."""
    values = x[positions.start : positions.stop : positions.step, channel]
    order = np.argsort(-values, kind="stable")[:LARGEST_SHOWN]
    parts = tuple(
        Part(0, (positions[place], channel), float(values[place]), None, float(values[place]))
        for place in order.tolist()
    )
    return Composition("maximum", parts, len(values), value)


@_composed.register
def _(layer: AveragePooling1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, channel) = inputs, index
    return _mean(x, layer.sliding.window(position, len(x)).positions, channel, float(output[index]))


@_composed.register
def _(layer: GlobalAveragePooling1D, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,) = inputs
    return _mean(x, range(len(x)), index[-1], float(output[index]))


def _mean(x: Array, positions: range, channel: int, value: float) -> Composition:
    places = _block(positions, range(channel, channel + 1))
    weights = np.full(len(positions), 1 / max(1, len(positions)), dtype=np.float32)
    return _summed(x, places, weights, value, how="mean")


@_composed.register
def _(layer: Pointwise, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    value = float(inputs[0][index])
    name = getattr(layer, "activation", layer.type)
    part = Part(0, index, value, None, value)
    return Composition("function", (part,), 1, float(output[index]), function=str(name))


@_composed.register
def _(layer: TimeDistributed, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), (position, *rest) = inputs, index
    inner = _composed(layer.layer, [x[position]], output[position], tuple(rest))
    parts = tuple(
        Part(part.input, (position, *part.index), part.value, part.weight, part.amount) for part in inner.parts
    )
    return Composition(
        inner.how, parts, inner.count, inner.value, inner.rest, inner.bias, inner.remembered, inner.function
    )


# Layers that only move values


def _moved(layer: Layer, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    """Find where a value comes from by moving numbered places instead of values."""
    starts = np.cumsum([1, *(x.size for x in inputs)])
    numbered = [
        np.arange(start, start + x.size, dtype=np.float64).reshape(x.shape)
        for start, x in zip(starts.tolist(), inputs, strict=False)
    ]
    forward: Callable[..., NDArray[np.float64]] = layer.forward  # type: ignore[assignment]
    number = int(forward(*numbered)[index])
    if number == 0:
        return Composition("copy", (), 0, float(output[index]))
    which = int(np.searchsorted(starts, number, side="right")) - 1
    place = np.unravel_index(number - int(starts[which]), inputs[which].shape)
    value = float(output[index])
    return Composition("copy", (Part(which, tuple(int(axis) for axis in place), value, None, value),), 1, value)


for _moving in (
    Concatenate,
    Cropping1D,
    Flatten,
    Identity,
    Permute,
    RepeatVector,
    Reshape,
    UpSampling1D,
    ZeroPadding1D,
):
    _composed.register(_moving, _moved)


# Merges


@_composed.register
def _(layer: Merge, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    how = {Multiply: "product", Maximum: "maximum", Minimum: "minimum", Average: "mean"}.get(type(layer), "sum")
    if not isinstance(layer, Add | Subtract | Multiply | Maximum | Minimum | Average):
        return Composition("function", (), 0, float(output[index]), function=layer.type)
    parts = []
    for number, x in enumerate(inputs):
        # An input of fewer axes, or with an axis of length 1, serves every place.
        own = index[len(index) - x.ndim :]
        place = tuple(0 if size == 1 else each for each, size in zip(own, x.shape, strict=True))
        value = float(x[place])
        weight = {Average: 1 / len(inputs), Subtract: 1.0 if number == 0 else -1.0}.get(type(layer))
        parts.append(Part(number, place, value, weight, value if weight is None else value * weight))
    if how in ("maximum", "minimum"):
        sign = 1 if how == "minimum" else -1
        parts.sort(key=lambda part: sign * part.value)
    elif how != "product":
        parts.sort(key=lambda part: -abs(part.amount))
    named = tuple(parts[:LARGEST_SHOWN])
    rest = sum(part.amount for part in parts[LARGEST_SHOWN:]) if how in ("sum", "mean") else 0.0
    return Composition(how, named, len(parts), float(output[index]), rest)


# Recurrent layers


@_composed.register
def _(layer: Recurrent, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    return _state(
        layer, inputs[0], index[0] if len(index) > 1 else len(inputs[0]) - 1, index[-1], float(output[index])
    )


@_composed.register
def _(layer: Bidirectional, inputs: Sequence[Array], output: Array, index: Index) -> Composition:
    (x,), unit, value = inputs, index[-1], float(output[index])
    step = index[0] if len(index) > 1 else len(x) - 1
    backward_step = len(x) - 1 - index[0] if len(index) > 1 else len(x) - 1
    if layer.merge_mode == "concat" and unit >= layer.forward_layer.units:
        return _state(layer.backward_layer, x, backward_step, unit - layer.forward_layer.units, value)
    forward = _state(layer.forward_layer, x, step, unit, value)
    if layer.merge_mode == "concat":
        return forward
    backward = _state(layer.backward_layer, x, backward_step, unit, value)
    parts = sorted((*forward.parts, *backward.parts), key=lambda part: -abs(part.amount))
    together = {"sum": "added", "ave": "averaged", "mul": "multiplied"}[str(layer.merge_mode)]
    return Composition(
        "state",
        tuple(parts[:LARGEST_SHOWN]),
        forward.count + backward.count,
        value,
        function=f"of both directions {together}",
    )


def _state(layer: Recurrent, x: Array, step: int, unit: int, value: float) -> Composition:
    """Return what the candidate of a unit sums up at a step: the input's channels, the bias, and what is remembered.

    Args:
        layer: The recurrent layer.
        x: Its input, shape (length, channels).
        step: The step in reading order.
        unit: The unit.
        value: The value that comes out.
    """
    position = len(x) - 1 - step if layer.go_backwards else step
    # Of gated layers the candidate is what carries the input in: LSTM's third block, GRU's third.
    column = unit + (2 * layer.units if layer.gates > 1 else 0)
    bias = layer.bias[0] if isinstance(layer, GRU) and layer.reset_after and layer.bias is not None else layer.bias
    places = _block(range(position, position + 1), range(x.shape[1]))
    weights = layer.kernel[:, column]
    remembered = 0.0
    if layer.gates == 1 and step > 0:
        past = x[position + 1 :] if layer.go_backwards else x[:position]
        before = type(layer)(
            layer.kernel,
            layer.recurrent_kernel,
            layer.bias,
            layer.activation,
            return_sequences=False,
            go_backwards=layer.go_backwards,
        ).forward(past)
        remembered = float(before @ layer.recurrent_kernel[:, column])
    function = layer.activation if layer.gates == 1 else f"{layer.type}'s gates"
    return _summed(
        x, places, weights, value, how="state", bias=_bias(bias, column), remembered=remembered, function=function
    )
