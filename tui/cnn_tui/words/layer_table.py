"""The layers of a network as a table: what comes out of each, how many weights it has, what it makes of its input."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import singledispatch
from typing import Final

from cnn_core.blocks.reading import Reading
from cnn_core.errors import ShapeError, printable
from cnn_core.layers import (
    Activation,
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    AddConstant,
    Attending,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Broadcast,
    Concatenate,
    Constant,
    Convolution1D,
    Cropping1D,
    CumulativeSum,
    Dense,
    Dot,
    Einsum,
    Embedding,
    Flatten,
    GatedLinearUnit,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    GroupNormalization,
    Identity,
    IndexInput,
    Input,
    Layer,
    LayerNormalization,
    MatMul,
    MaxPooling1D,
    Merge,
    MovingLayer,
    Pad,
    Permute,
    Pointwise,
    Recurrent,
    Reduce,
    RepeatVector,
    Rescaling,
    Reshape,
    Reverse,
    RMSNormalization,
    Select,
    Shape,
    SideInput,
    Slice,
    Softmax,
    Take,
    TimeDistributed,
    UnitNormalization,
    Unknown,
    UpSampling1D,
    ZeroPadding1D,
)
from cnn_core.network.model import Model

from .plurals_and_indices import counted

__all__ = ["LayerRow", "filter_arithmetic", "layer_rows"]


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer.

    Attributes:
        name: Its name, fit for the screen; `letters` for what the model reads.
        out: The shape of what comes out of it, such as `485 × 320`; nothing where it cannot be computed.
        weights: How many numbers it has learned, none for a layer that stands in the network again.
        makes: What it makes of its input, in a line.
    """

    name: str
    out: str
    weights: int
    makes: str


def layer_rows(reading: Reading) -> tuple[LayerRow, ...]:
    """Return a row a layer, in the order of computation."""
    model, shapes = reading.model, _shapes(reading)
    rows, seen = [], set()
    for node in model.nodes:
        weights = 0 if id(node.layer) in seen else node.layer.parameter_count
        seen.add(id(node.layer))
        out = " × ".join(map(str, shapes[node.name])) if node.name in shapes else ""
        name = "letters" if node.layer is model.input else printable(node.name)
        read = [shapes[each] for each in node.inputs if each in shapes]
        rows.append(LayerRow(name, out, weights, _makes(node.layer, read)))
    return tuple(rows)


def filter_arithmetic(model: Model) -> str:
    """Return how many numbers the filters of the first convolution are, or an empty text without a convolution.

    Such as `one filter: 16 × 4 + 1 = 65; 320 × 65 = 20,800`.
    """
    for node in model.nodes:
        layer = node.layer
        if isinstance(layer, Convolution1D):
            taps, channels = layer.weights_of(0)[1].shape
            bias = 0 if layer.bias is None else 1
            one = taps * channels + bias
            if one * layer.filters != layer.parameter_count:
                return ""
            numbers = f"{taps} × {channels}{' + 1' if bias else ''} = {one:,}"
            return f"one filter: {numbers}; {layer.filters:,} × {one:,} = {layer.parameter_count:,}"
    return ""


def _shapes(reading: Reading) -> dict[str, Shape]:
    """Return the shapes of the layers that can be computed."""
    shapes: dict[str, Shape] = {}
    for node in reading.model.nodes:
        try:
            shapes[node.name] = reading.model.output_shape(node, shapes, reading.length)
        except (ShapeError, KeyError):
            continue
    return shapes


_BY_CLASS: Final[dict[type, str]] = {
    AddConstant: "each number + a constant",
    Attending: "a weighted mean of all positions",
    AveragePooling1D: "the mean of {0.sliding.size}, stride {0.sliding.stride}",
    BatchNormalization: "each number × a weight + a bias",
    Bidirectional: "from either end, position by position",
    Broadcast: "the same numbers, repeated",
    Constant: "the same for every input",
    Cropping1D: "the positions but those at the ends",
    Dot: "Σ of products of 2 layers",
    Einsum: "Σ of products of its layers",
    Flatten: "the same numbers in one row",
    GatedLinearUnit: "one half times the sigmoid of the other",
    GlobalAveragePooling1D: "the mean of all positions",
    GlobalMaxPooling1D: "the largest of all positions",
    GroupNormalization: "each group to mean 0 and spread 1",
    Identity: "each number as it is",
    IndexInput: "each letter a number",
    Input: "each letter a row with a single 1",
    LayerNormalization: "each position to mean 0 and spread 1",
    MatMul: "Σ of products of 2 layers",
    MaxPooling1D: "the largest of {0.sliding.size}, stride {0.sliding.stride}",
    MovingLayer: "the same numbers at other places",
    Pad: "the same numbers, and padding",
    Permute: "the same numbers, axes exchanged",
    Pointwise: "each number by itself",
    RepeatVector: "the same numbers, repeated",
    Rescaling: "each number × a scale + an offset",
    Reshape: "the same numbers in another shape",
    Reverse: "the same numbers, the last first",
    RMSNormalization: "each position to a mean square of 1",
    SideInput: "numbers beside the letters",
    Softmax: "shares that add up to 1",
    Take: "some of the numbers",
    TimeDistributed: "at every position by itself",
    UnitNormalization: "each position to a length of 1",
    UpSampling1D: "each position several times",
    ZeroPadding1D: "the same numbers, and zeros",
}


@singledispatch
def _makes(layer: Layer, read: list[Shape]) -> str:
    """Return what a layer makes of its input; of one with no words of its own, its class."""
    return layer.type


def _words(layer: Layer, read: list[Shape]) -> str:
    """Return the words of the layer's class, or of the first that it extends."""
    return next(_BY_CLASS[each] for each in type(layer).mro() if each in _BY_CLASS).format(layer)


for _class in _BY_CLASS:
    _makes.register(_class)(_words)


@_makes.register
def _(layer: Convolution1D, read: list[Shape]) -> str:
    return f"{counted(layer.sliding.size, 'position')} → 1 number a filter"


@_makes.register
def _(layer: Recurrent, read: list[Shape]) -> str:
    numbers = f"{read[0][-1]:,} numbers" if read else "its input"
    return f"{numbers} and what it remembers"


@_makes.register
def _(layer: Dense, read: list[Shape]) -> str:
    numbers = f"{read[0][-1]:,} numbers" if read else "its input"
    return f"Σ of {numbers} × weights"


@_makes.register
def _(layer: Activation, read: list[Shape]) -> str:
    if "softmax" in layer.activation:
        return f"{layer.activation} over each position"
    return f"{layer.activation} of each number"


@_makes.register
def _(layer: Slice, read: list[Shape]) -> str:
    along = layer.along(len(read[0])) if read else 0
    size = read[0][along] if read else None
    if size is None:
        return "some of the numbers"
    places = range(size)[slice(layer.start, layer.stop, layer.step)]
    one = _place_noun(along, read[0])
    if layer.step == 1 and places:
        return f"{one}s {places[0]:,} to {places[-1]:,}"
    return f"{len(places):,} of {size:,} {one}s"


@_makes.register
def _(layer: Select, read: list[Shape]) -> str:
    if not read:
        return "some of the numbers"
    along = layer.along(len(read[0]))
    size = read[0][along]
    return (
        f"{_place_noun(along, read[0])} {layer.index if layer.index >= 0 or size is None else size + layer.index:,}"
    )


def _place_noun(along: int, shape: Shape) -> str:
    """Return what a place along an axis is called."""
    if len(shape) == 1:
        return "unit"
    return "channel" if along == len(shape) - 1 else "position" if along == 0 else "row"


@_makes.register
def _(layer: Embedding, read: list[Shape]) -> str:
    return f"each letter a row of {counted(layer.table.shape[-1], 'number')}"


@_makes.register
def _(layer: AdaptiveMaxPooling1D, read: list[Shape]) -> str:
    return f"the largest of each of {counted(layer.cells, 'part')}"


@_makes.register
def _(layer: AdaptiveAveragePooling1D, read: list[Shape]) -> str:
    return f"the mean of each of {counted(layer.cells, 'part')}"


@_makes.register
def _(layer: Concatenate, read: list[Shape]) -> str:
    return f"{counted(len(read), 'layer')} side by side"


@_makes.register
def _(layer: Merge, read: list[Shape]) -> str:
    return f"{counted(len(read), 'layer')} together, number by number"


_REDUCED: Final = {
    "sum": "the sum of {}",
    "max": "the largest of {}",
    "min": "the smallest of {}",
    "prod": "the product of {}",
    "argmax": "which of {} is the largest",
    "argmin": "which of {} is the smallest",
    "any": "whether any of {} is other than 0",
    "all": "whether all of {} are other than 0",
    "l1": "the sizes of {}, added up",
    "std": "the standard deviation of {}",
}


@_makes.register
def _(layer: Reduce, read: list[Shape]) -> str:
    sizes = [read[0][axis] for axis in layer.reduced_axes(len(read[0]))] if read else [None]
    numbers = "its input" if None in sizes else counted(math.prod(filter(None, sizes)), "number")
    return _REDUCED.get(layer.how, f"the {layer.how} of {{}}").format(numbers)


@_makes.register
def _(layer: CumulativeSum, read: list[Shape]) -> str:
    return "the sum from each place on" if layer.reverse else "the sum up to each place"


@_makes.register
def _(layer: Unknown, read: list[Shape]) -> str:
    return "cannot be computed"
