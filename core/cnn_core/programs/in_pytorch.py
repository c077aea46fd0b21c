"""How layers are written in PyTorch, which puts the channels before the length: (1, channels, length).

Each function here is for a row of `rows`: it gives an expression, or lines of which the last assigns the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, Final

from .. import layers
from ..layers import Layer
from ..layers.activation_functions import ELEMENTWISE
from ..layers.shapes import Array, axis_length, sample_axis
from .operators import TORCH
from .plan import NoCodeError, Step, call_lines, literal

__all__ = [
    "COMMENT",
    "RESERVED",
    "Form",
    "activated",
    "activation",
    "average_pool",
    "batch_norm",
    "concatenated",
    "conv",
    "cropped",
    "dense",
    "depthwise_conv",
    "flat",
    "function",
    "lines",
    "max_pool",
    "merged",
    "relu",
    "rms_norm",
    "separable_conv",
    "softmax",
    "weight",
]

Form = str | Callable[[Any, Step], str | Iterator[str]]
"""How a class of layers is written: an expression of the input `{x}` and the layer's settings and weights, or a
function of the layer and its place that gives an expression or lines."""

RESERVED: Final = (
    *("F", "gzip", "gru", "letters", "letters_of", "lstm", "np", "Path", "simple_rnn", "stored", "torch"),
    *("forwards", "backwards", "said", "value", "weight"),
)
"""Names that the program uses itself."""

COMMENT: Final = 20
"""Columns kept free for the shape behind a line."""

_FUNCTIONS: Final = {
    "linear": "{}",
    "relu": "torch.relu({})",
    "sigmoid": "torch.sigmoid({})",
    "tanh": "torch.tanh({})",
    "softmax": "F.softmax({}, dim=1)",
    "log_softmax": "F.log_softmax({}, dim=1)",
    "elu": "F.elu({})",
    "celu": "F.celu({})",
    "selu": "F.selu({})",
    "softplus": "F.softplus({})",
    "softsign": "F.softsign({})",
    "exponential": "torch.exp({})",
    "gelu": "F.gelu({})",
    "gelu_approximate": 'F.gelu({}, approximate="tanh")',
    "quick_gelu": "{0} * torch.sigmoid(1.702 * {0})",
    "leaky_relu": "F.leaky_relu({}, 0.2)",
    "hard_sigmoid": "F.hardsigmoid({})",
    "hard_sigmoid_keras2": "torch.clamp(0.2 * {} + 0.5, 0, 1)",
    "relu6": "F.relu6({})",
    "silu": "F.silu({})",
    "swish": "F.silu({})",
    "hard_silu": "F.hardswish({})",
    "hard_swish": "F.hardswish({})",
    "mish": "F.mish({})",
    "log_sigmoid": "F.logsigmoid({})",
    "hard_tanh": "F.hardtanh({})",
    "hard_shrink": "F.hardshrink({})",
    "soft_shrink": "F.softshrink({})",
    "tanh_shrink": "F.tanhshrink({})",
    "logical_not": "torch.logical_not({}).float()",
    **{name: f"torch.{name}({{}})" for name in ELEMENTWISE if name != "logical_not"},
}


def lines(step: Step, form: Form | None) -> Iterator[str]:
    """Yield the lines of one layer, the shape of its output behind the last.

    Args:
        step: The layer at its place.
        form: How it is written; None for an input.
    """
    layer = step.layer
    shape = f"({', '.join(map(str, (1, *reversed(step.shape))))})"
    found: str | Iterator[str]
    if form is not None:
        found = (
            form(layer, step) if callable(form) else form.format(x=step.inputs[0], **TORCH.settings(layer, step))
        )
    elif not step.numbers:
        yield f"{step.variable} = torch.zeros{shape}  # numbers that are not letters"
        return
    else:
        found = f"torch.from_numpy({step.numbers}{'.T' if len(step.shape) > 1 else ''}[None].copy())"
    *before, last = [f"{step.variable} = {found}"] if isinstance(found, str) else found
    yield from before
    yield f"{last}  # {shape}"


def conv(layer: layers.Conv1D, step: Step) -> Iterator[str]:
    """Yield a convolution and its activation function."""
    made = _slid(layer, step, weight(step, layer.kernel, (2, 1, 0)), layer.bias, layer.groups)
    return _then(step, made, layer.activation)


def depthwise_conv(layer: layers.DepthwiseConv1D, step: Step) -> Iterator[str]:
    """Yield a convolution channel by channel, which is one in as many groups, and its activation function."""
    made = _slid(layer, step, _by_channel(step, layer.kernel), layer.bias, int(layer.kernel.shape[1]))
    return _then(step, made, layer.activation)


def separable_conv(layer: layers.SeparableConv1D, step: Step) -> Iterator[str]:
    """Yield a convolution along the channels, one across, and its activation function."""
    along = layer.depthwise_kernel
    yield f"{step.variable} = {_slid(layer, step, _by_channel(step, along), None, int(along.shape[1]))}"
    across = f"{weight(step, layer.pointwise_kernel, (2, 1, 0))}, {weight(step, layer.bias, none='None')}"
    yield from _then(step, f"F.conv1d({step.variable}, {across})", layer.activation)


def _by_channel(step: Step, kernel: Array) -> str:
    return f"{weight(step, kernel, (1, 2, 0))}.flatten(0, 1)[:, None]"


def _slid(layer: layers.Convolution1D, step: Step, kernel: str, bias: Array | None, groups: int) -> str:
    """Return the sums of a kernel that slides along the input."""
    x, pads, alike = step.inputs[0], _pads(layer, step), _alike(layer)
    if any(pads) and not alike:
        x = f"F.pad({x}, {pads})"
    arguments = [x, kernel, weight(step, bias, none="None"), f"stride={layer.stride}"]
    arguments += [f"padding={alike}"] if alike else []
    arguments += [f"dilation={layer.dilation}"] if layer.dilation > 1 else []
    arguments += [f"groups={groups}"] if groups > 1 else []
    return "\n".join(call_lines("F.conv1d(", arguments, ")", COMMENT + len(step.variable)))


def max_pool(layer: layers.MaxPooling1D, step: Step) -> str:
    """Return a pool that keeps the largest."""
    x, pads, alike = step.inputs[0], _pads(layer, step), _alike(layer)
    settings = _pool_settings(layer, alike)
    settings += f", dilation={layer.dilation}" if layer.dilation > 1 else ""
    if any(pads) and not alike:
        x = f"F.pad({x}, {pads}, value=-torch.inf)"
    return f"F.max_pool1d({x}, {settings}){_cells(layer, step, alike)}"


def average_pool(layer: layers.AveragePooling1D, step: Step) -> Iterator[str]:
    """Yield a pool that averages."""
    if layer.dilation > 1:
        raise _of_these_settings(layer)
    x, pads, alike = step.inputs[0], _pads(layer, step), _alike(layer)
    settings, cells = _pool_settings(layer, alike), _cells(layer, step, alike)
    if not any(pads) or alike:
        counts = ", count_include_pad=False" if alike and not layer.counts_padding else ""
        yield f"{step.variable} = F.avg_pool1d({x}, {settings}{counts})"
        return
    if layer.counts_padding:
        yield f"{step.variable} = F.avg_pool1d(F.pad({x}, {pads}), {settings}){cells}"
        return
    yield "# Padding is not counted: the mean is taken over the positions that are there."
    yield f"{step.variable} = F.avg_pool1d(F.pad({x}, {pads}), {settings}){cells}"
    ones = f"F.pad(torch.ones_like({x}), {pads})"
    yield f"{step.variable} = {step.variable} / F.avg_pool1d({ones}, {settings}){cells}"


def _pool_settings(layer: layers.Pooling1D, alike: int) -> str:
    settings = f"{layer.size}, stride={layer.sliding.stride}"
    settings += f", padding={alike}" if alike else ""
    return settings + (", ceil_mode=True" if layer.ceil else "")


def _cells(layer: layers.Pooling1D, step: Step, alike: int) -> str:
    """Return what cuts off a last cell that PyTorch would make of padding which is in the input already."""
    return f"[:, :, :{step.shape[0]}]" if layer.ceil and any(_pads(layer, step)) and not alike else ""


def cropped(layer: layers.Cropping1D, step: Step) -> str:
    """Return an input without its ends."""
    left, right = layer.cropping
    return f"{step.inputs[0]}[:, :, {left}:{-right if right else ''}]"


def dense(layer: layers.Dense, step: Step) -> Iterator[str]:
    """Yield a Dense and its activation function."""
    rank = len(step.input_shapes[0])
    weights = weight(step, layer.kernel, (1, 0)), weight(step, layer.bias, none="None")
    arguments = [_channels_last(step.inputs[0], rank), *weights]
    made = f"F.linear({', '.join(arguments)}{_channels_last(')', rank)}"
    if rank > 2:
        made = "\n".join(call_lines("F.linear(", arguments, _channels_last(")", rank), COMMENT + 30))
    return _then(step, made, layer.activation)


def layer_norm(layer: layers.LayerNormalization, step: Step) -> Iterator[str]:
    """Yield a normalisation of every position."""
    return _position_norm(layer, step, "layer_norm", layer.gamma, layer.beta)


def rms_norm(layer: layers.RMSNormalization, step: Step) -> Iterator[str]:
    """Yield a normalisation of every position by its size."""
    return _position_norm(layer, step, "rms_norm", layer.scale)


def _position_norm(
    layer: layers.LayerNormalization | layers.RMSNormalization, step: Step, function: str, *learned: Array | None
) -> Iterator[str]:
    rank = len(step.shape)
    if layer.axis not in (-1, (-1,), rank, (rank,)):
        raise _of_these_settings(layer)
    numbers = [weight(step, each, none="None") for each in learned]
    arguments = [_channels_last(step.inputs[0], rank), f"({step.shape[-1]},)", *numbers, f"eps={layer.epsilon!r}"]
    return call_lines(f"{step.variable} = F.{function}(", arguments, _channels_last(")", rank), COMMENT)


def permuted(layer: layers.Permute, step: Step) -> str:
    """Return the axes in another order."""
    rank = len(layer.dims)
    return f"{step.inputs[0]}.permute(0, {', '.join(str(rank + 1 - axis) for axis in reversed(layer.dims))})"


def reshaped(layer: layers.Reshape, step: Step) -> str:
    """Return the values in another shape."""
    shape = f"(1, {', '.join(map(str, step.shape))})"
    return _turned(f"{_turned(step.inputs[0], len(step.input_shapes[0]))}.reshape{shape}", len(step.shape))


def repeated(layer: layers.RepeatVector, step: Step) -> str:
    """Return the values at every one of several positions."""
    return f"{step.inputs[0]}[:, :, None].expand(-1, -1, {layer.n})"


def _channels_last(x: str, rank: int) -> str:
    """Return an array whose first axis behind the batch is the last, or that one with its axes as they were."""
    return x if rank == 1 else f"{x}.transpose(1, {rank})"


def _turned(x: str, rank: int) -> str:
    """Return an array with its axes behind the batch in the other order."""
    return x if rank == 1 else f"{x}.permute(0, {', '.join(map(str, range(rank, 0, -1)))})"


def flat(layer: layers.Flatten, step: Step) -> Iterator[str]:
    """Yield all values in one row."""
    rank = len(step.input_shapes[0])
    if rank > 1:
        yield "# Keras lays position after position, so that the channels go last before the array is laid out."
    yield f"{step.variable} = {_turned(step.inputs[0], rank)}.flatten(1)"


def batch_norm(layer: layers.BatchNormalization, step: Step) -> Iterator[str]:
    """Yield a batch norm."""
    if layer.axis not in (-1, len(step.input_shapes[0])):
        raise NoCodeError("a normalisation along the length is written as Keras only")
    numbers = [weight(step, each, none="None") for each in (layer.mean, layer.variance, layer.gamma, layer.beta)]
    arguments = [step.inputs[0], *numbers, f"eps={layer.epsilon!r}"]
    return call_lines(f"{step.variable} = F.batch_norm(", arguments, ")", COMMENT)


def activation(layer: layers.Activation, step: Step) -> str:
    """Return an activation function of the input."""
    _rank(layer, step)
    return activated(layer.activation, step.inputs[0])


def relu(layer: layers.ReLU, step: Step) -> str:
    """Return a ReLU, with a slope and a limit where it has them."""
    if layer.threshold:
        raise _of_these_settings(layer)
    x, slope = step.inputs[0], layer.negative_slope
    made = f"F.leaky_relu({x}, {slope!r})" if slope else f"torch.relu({x})"
    return made if layer.max_value is None else f"torch.clamp({made}, max={layer.max_value!r})"


def softmax(layer: layers.Softmax, step: Step) -> str:
    """Return the softmax along an axis."""
    rank = len(step.shape)
    if not isinstance(layer.axis, int):
        raise _of_these_settings(layer)
    return f"F.softmax({step.inputs[0]}, dim={rank - sample_axis(layer.axis, rank, layer.type)})"


def concatenated(layer: layers.Concatenate, step: Step) -> str:
    """Return the inputs side by side."""
    rank = _rank(layer, step)
    axis = rank if layer.axis == -1 else layer.axis
    if axis < 1:
        raise _of_these_settings(layer)
    return f"torch.cat([{', '.join(step.inputs)}], {rank + 1 - axis})"


def merged(of_two: str, whole: str = "{}") -> Callable[[layers.Merge, Step], str]:
    """Return how inputs are merged value by value.

    Args:
        of_two: An expression of two of them; a third joins the result.
        whole: An expression of all together and of their `count`.
    """

    def written(layer: layers.Merge, step: Step) -> str:
        rank = max(map(len, step.input_shapes))
        # What has fewer axes lacks those that are the last here.
        inputs = [
            x + "[..., None]" * (rank - len(shape)) for x, shape in zip(step.inputs, step.input_shapes, strict=True)
        ]
        return whole.format(reduce(of_two.format, inputs), count=len(inputs))

    return written


def _then(step: Step, made: str, activation: str) -> Iterator[str]:
    """Yield a layer, and the activation function that is applied to it."""
    yield f"{step.variable} = {made}"
    if activation != "linear":
        yield f"{step.variable} = {activated(activation, step.variable)}"


def _pads(layer: layers.Convolution1D | layers.Pooling1D, step: Step) -> tuple[int, int]:
    return layer.sliding.pads(axis_length(step.input_shapes[0]))


def _alike(layer: layers.Convolution1D | layers.Pooling1D) -> int:
    """Return the padding in numbers that is the same on both sides, which PyTorch takes as a setting, or 0."""
    padding = layer.sliding.padding
    if not isinstance(padding, tuple) or padding[0] != padding[1]:
        return 0
    # Of a pool PyTorch refuses more than half of its window.
    return 0 if isinstance(layer, layers.Pooling1D) and 2 * padding[0] > layer.size else padding[0]


def _rank(layer: Layer, step: Step) -> int:
    """Return how many axes the input has, of a layer that is written for no more than two."""
    rank = len(step.input_shapes[0])
    if rank > 2:
        raise NoCodeError(f"a layer {layer.type} of more than two axes is written as Keras only")
    return rank


def _of_these_settings(layer: Layer) -> NoCodeError:
    return NoCodeError(f"a {layer.type} with these settings is written as Keras only")


def weight(step: Step, array: Array | None, axes: tuple[int, ...] = (), *, none: str = "") -> str:
    """Return the call that gives a weight, its axes in another order, or what stands for none."""
    if array is None:
        return none
    (name,) = step.stored(array)
    return f"weight({', '.join([literal(name), *map(str, axes)])})"


def activated(name: str, x: str) -> str:
    """Return an activation function of an expression."""
    if name not in _FUNCTIONS:
        raise NoCodeError(f"the activation function {name} is written as Keras only")
    return _FUNCTIONS[name].format(x)


def function(name: str) -> str:
    """Return an activation function that can be called."""
    made = activated(name, "x")
    return made.removesuffix("(x)") if made.endswith("(x)") and made.count("x") == 1 else f"lambda x: {made}"
