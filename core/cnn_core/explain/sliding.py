"""Values that read windows of positions, all positions, or all channels: convolutions, pools, dense layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..layers import (
    Array,
    AveragePooling1D,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    MaxPooling1D,
    SeparableConv1D,
    SlidingLayer,
)
from .parts import (
    LARGEST_SHOWN,
    Composition,
    Computed,
    Part,
    bias_of,
    grid,
    named,
    weighed_against,
    weighted_sum,
)

__all__ = [
    "average_pooling",
    "convolution",
    "dense",
    "depthwise_convolution",
    "global_average_pooling",
    "global_max_pooling",
    "max_pooling",
    "separable_convolution",
]


def _taps(layer: SlidingLayer, position: int, length: int) -> tuple[range, slice]:
    """Return the positions under the window of an output, and which of its taps they are."""
    window = layer.sliding.window(position, length)
    left, right = window.padding
    return window.positions, slice(left, window.taps - right)


def _responded(
    layer: Conv1D | DepthwiseConv1D | SeparableConv1D,
    of: Computed,
    positions: range,
    channels: range,
    weights: Array,
) -> Composition:
    """Return a filter's weighted sum over positions × channels, with its bias and its function."""
    return weighted_sum(
        of.x,
        grid(positions, channels),
        weights.reshape(-1),
        of.value,
        bias=bias_of(layer.bias, of.index[-1]),
        function=named(layer.activation),
        among=weighed_against(layer.activation, layer.filters),
    )


def convolution(layer: Conv1D, of: Computed) -> Composition:
    """Return the products under a window, of the channels of the filter's group."""
    position, channel = of.index
    positions, taps = _taps(layer, position, len(of.x))
    width = layer.kernel.shape[1]
    group = channel // (layer.filters // layer.groups)
    return _responded(
        layer, of, positions, range(group * width, (group + 1) * width), layer.kernel[taps, :, channel]
    )


def depthwise_convolution(layer: DepthwiseConv1D, of: Computed) -> Composition:
    """Return the products under a window, of the one channel that the filter reads."""
    position, channel = of.index
    positions, taps = _taps(layer, position, len(of.x))
    source, multiple = divmod(channel, layer.kernel.shape[2])
    return _responded(layer, of, positions, range(source, source + 1), layer.kernel[taps, source, multiple])


def separable_convolution(layer: SeparableConv1D, of: Computed) -> Composition:
    """Return the products under a window, with the weights of both kernels together."""
    position, channel = of.index
    positions, taps = _taps(layer, position, len(of.x))
    depthwise = layer.depthwise_kernel[taps]
    pointwise = layer.pointwise_kernel[0, :, channel].reshape(depthwise.shape[1:])
    return _responded(layer, of, positions, range(of.x.shape[1]), (depthwise * pointwise).sum(axis=2))


def dense(layer: Dense, of: Computed) -> Composition:
    """Return the products of all channels, at the position of the value."""
    unit = of.index[-1]
    channels = np.arange(of.x.shape[-1], dtype=np.int64)
    places = (*(np.full_like(channels, place) for place in of.index[:-1]), channels)
    return weighted_sum(
        of.x,
        places,
        layer.kernel[:, unit],
        of.value,
        bias=bias_of(layer.bias, unit),
        function=named(layer.activation),
        among=weighed_against(layer.activation, layer.kernel.shape[1]),
    )


def max_pooling(layer: MaxPooling1D, of: Computed) -> Composition:
    """Return the kept value of a pool window, then the next largest."""
    position, channel = of.index
    return _kept(of, layer.sliding.window(position, len(of.x)).positions, channel)


def global_max_pooling(layer: GlobalMaxPooling1D, of: Computed) -> Composition:
    """Return the kept value of the whole axis, then the next largest."""
    return _kept(of, range(len(of.x)), of.index[-1])


def _kept(of: Computed, positions: range, channel: int) -> Composition:
    """Return a maximum over positions of one channel: the first of the largest, then the next largest."""
    values = of.x[positions.start : positions.stop : positions.step, channel]
    order = np.argsort(-values, kind="stable")[:LARGEST_SHOWN]
    parts = tuple(
        Part(0, (positions[place], channel), float(values[place]), None, float(values[place]))
        for place in order.tolist()
    )
    return Composition("maximum", parts, len(values), of.value)


def average_pooling(layer: AveragePooling1D, of: Computed) -> Composition:
    """Return the positions of a pool window, weighted alike."""
    position, channel = of.index
    return _mean(of, np.array(layer.sliding.window(position, len(of.x)).positions, np.int64), channel)


def global_average_pooling(layer: GlobalAveragePooling1D, of: Computed) -> Composition:
    """Return the positions of the whole axis that hold data, weighted alike."""
    mask = of.masks[0]
    return _mean(of, np.arange(len(of.x)) if mask is None else np.flatnonzero(mask), of.index[-1])


def _mean(of: Computed, positions: NDArray[np.int64], channel: int) -> Composition:
    places = positions, np.full(len(positions), channel, np.int64)
    weights = np.full(len(positions), 1 / max(1, len(positions)), dtype=np.float32)
    return weighted_sum(of.x, places, weights, of.value, how="mean")
