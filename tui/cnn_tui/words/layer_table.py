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
    AveragePooling1D,
    Bidirectional,
    Constant,
    Convolution1D,
    CumulativeSum,
    Dense,
    Flatten,
    GatedLinearUnit,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    Input,
    Layer,
    MaxPooling1D,
    Merge,
    MovingLayer,
    Pointwise,
    Recurrent,
    Reduce,
    Shape,
    TimeDistributed,
    Unknown,
)
from cnn_core.network.model import Model

from .wording import counted

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


@singledispatch
def _makes(layer: Layer, read: list[Shape]) -> str:
    """Return what a layer makes of its input; of one with no words of its own, its class."""
    return layer.type


@_makes.register
def _(layer: Input, read: list[Shape]) -> str:
    return "each letter a row with a single 1"


@_makes.register
def _(layer: Convolution1D, read: list[Shape]) -> str:
    return f"{counted(layer.sliding.size, 'position')} → 1 number a filter"


@_makes.register
def _(layer: MaxPooling1D, read: list[Shape]) -> str:
    return f"the largest of {layer.sliding.size}, stride {layer.sliding.stride}"


@_makes.register
def _(layer: AveragePooling1D, read: list[Shape]) -> str:
    return f"the mean of {layer.sliding.size}, stride {layer.sliding.stride}"


@_makes.register
def _(layer: GlobalMaxPooling1D, read: list[Shape]) -> str:
    return "the largest of all positions"


@_makes.register
def _(layer: GlobalAveragePooling1D, read: list[Shape]) -> str:
    return "the mean of all positions"


@_makes.register
def _(layer: Recurrent, read: list[Shape]) -> str:
    numbers = f"{read[0][-1]:,} numbers" if read else "its input"
    return f"{numbers} and what it remembers"


@_makes.register
def _(layer: Bidirectional, read: list[Shape]) -> str:
    return "from either end, position by position"


@_makes.register
def _(layer: TimeDistributed, read: list[Shape]) -> str:
    return "at every position by itself"


@_makes.register
def _(layer: Flatten, read: list[Shape]) -> str:
    return "the same numbers in one row"


@_makes.register
def _(layer: Dense, read: list[Shape]) -> str:
    numbers = f"{read[0][-1]:,} numbers" if read else "its input"
    return f"Σ of {numbers} × weights"


@_makes.register
def _(layer: Activation, read: list[Shape]) -> str:
    return f"{layer.activation} of each number"


@_makes.register
def _(layer: Identity, read: list[Shape]) -> str:
    return "each number as it is"


@_makes.register
def _(layer: Pointwise, read: list[Shape]) -> str:
    return "each number by itself"


@_makes.register
def _(layer: Merge, read: list[Shape]) -> str:
    return f"{counted(len(read), 'layer')} together, number by number"


@_makes.register
def _(layer: MovingLayer, read: list[Shape]) -> str:
    return "the same numbers at other places"


@_makes.register
def _(layer: Constant, read: list[Shape]) -> str:
    return "the same for every input"


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
def _(layer: GatedLinearUnit, read: list[Shape]) -> str:
    return "one half times the sigmoid of the other"


@_makes.register
def _(layer: Unknown, read: list[Shape]) -> str:
    return "cannot be computed"
