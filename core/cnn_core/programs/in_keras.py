"""How layers are written in Keras 3: each function here gives the call that makes a layer, for a row of `rows`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from .. import layers
from ..layers import Layer, Padding, Pair, padding_text
from ..layers.activation_functions import ELEMENTWISE
from ..layers.shapes import Array
from .plan import NoCodeError, Step, call_lines, literal

__all__ = [
    "RESERVED",
    "Call",
    "activation",
    "activation_setting",
    "adaptive_pool",
    "average_pool",
    "batch_norm",
    "bidirectional",
    "call_of",
    "conv",
    "dense",
    "depthwise_conv",
    "embedding",
    "layer_norm",
    "lines",
    "pool",
    "prelu",
    "recurrent",
    "same_settings",
    "separable_conv",
    "switched_off",
]

RESERVED: Final = (
    *("gzip", "keras", "layers", "np", "Path", "letters", "letters_of"),
    *("weights", "model", "found", "said", "value"),
)
"""Names that the program uses itself."""

_WITHOUT_A_NAME: Final = {
    **{name: f"keras.ops.{name}" for name in ELEMENTWISE},
    **{
        name: f"keras.ops.arc{name.removeprefix('a')}"
        for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh")
    },
    "abs": "keras.ops.absolute",
    "erfc": "lambda x: 1 - keras.ops.erf(x)",
    "exp2": "lambda x: 2.0**x",
    "gelu_approximate": "lambda x: keras.activations.gelu(x, approximate=True)",
    "hard_sigmoid_keras2": "lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1)",
    "logical_not": 'lambda x: keras.ops.cast(x == 0, "float32")',
    "neg": "keras.ops.negative",
    "quick_gelu": "lambda x: x * keras.ops.sigmoid(1.702 * x)",
}
"""Activation functions that Keras 3 has no name for."""

_FUNCTIONS: Final = ("activation", "recurrent_activation")
"""Settings that are names of activation functions."""


@dataclass(frozen=True, eq=False)
class Call:
    """How a layer is made.

    Attributes:
        kind: Keras's class.
        arguments: As they are written.
        weights: The layer's weights in Keras's order, None for those that it lacks.
        comment: A comment above the layer, or nothing.
        zeros: How many zeros the layer is given left and right of its input.
        apart: Whether several inputs are arguments of their own, not a list.
        keywords: What else the layer is called with, or nothing.
    """

    kind: str
    arguments: tuple[str, ...]
    weights: tuple[Array | None, ...] = ()
    comment: str = ""
    zeros: Pair = (0, 0)
    apart: bool = False
    keywords: str = ""

    def lines(self, before: str, after: str = "") -> Iterator[str]:
        """Yield the call, between what stands before and after it."""
        return call_lines(f"{before}keras.layers.{self.kind}(", self.arguments, f"){after}")

    def __str__(self) -> str:
        return f"keras.layers.{self.kind}({', '.join(self.arguments)})"


def lines(step: Step, call: Call | str | None) -> Iterator[str]:
    """Yield the lines of one layer.

    Args:
        step: The layer at its place.
        call: How it is made, or an expression of its output; None for an input.
    """
    if call is None:
        yield f"{step.variable} = keras.Input({_tuple(step.shape)})"
        return
    if isinstance(call, str):
        yield f"{step.variable} = {call}  # {_tuple(step.shape)}"
        return
    if call.comment:
        yield f"# {call.comment}"
    given = ", ".join(step.inputs)
    if len(step.inputs) > 1 and not call.apart:
        given = f"[{given}]"
    given += f", {call.keywords}" if call.keywords else ""
    if any(call.zeros):
        given = f"keras.layers.ZeroPadding1D({call.zeros})({given})"
    shape = f"  # {_tuple(step.shape)}"
    if not call.weights:
        yield from call.lines(f"{step.variable} = ", f"({given}){shape}")
        return
    if not step.again:
        yield from call.lines(f"{step.layer_variable} = ")
    yield f"{step.variable} = {step.layer_variable}({given}){shape}"
    if not step.again:
        stored = [f"weights[{literal(name)}]" for name in step.stored(*call.weights)]
        yield from call_lines(f"{step.layer_variable}.set_weights([", stored, "])")


def same_settings(layer: Layer) -> Call:
    """Return the call of a layer whose settings have Keras's own names and whose weights Keras's own order."""
    if getattr(layer, "masks_any", False):
        raise NoCodeError(f"a {layer.type} of masked inputs masks more until Keras 2 than in Keras 3")
    names = [field.name for field in fields(layer) if field.name != "masks_any"]
    settings = {name: _setting(layer, name) for name in names if not isinstance(getattr(layer, name), np.ndarray)}
    return call_of(layer.type, settings, weights=tuple(layer.weights().values()))


def activation(layer: layers.Activation) -> Call:
    """Return the call of an activation function."""
    return call_of("Activation", {}, _Function(layer.activation))


def pool(layer: layers.Pooling1D, comment: str = "") -> Call:
    """Return the call of a pool.

    Raises:
        NoCodeError: It has settings of PyTorch's that Keras lacks.
    """
    padding, counts = layer.sliding.padding, isinstance(layer, layers.AveragePooling1D) and layer.counts_padding
    zeros = (0, 0)
    if isinstance(padding, tuple) and counts:
        zeros, padding = padding, Padding.VALID
    if isinstance(padding, tuple):
        raise NoCodeError(f"Keras has no {layer.type} with a padding of {padding_text(padding)}")
    if layer.dilation > 1:
        raise NoCodeError(f"Keras has no {layer.type} of positions that are {layer.dilation} apart")
    if (layer.ceil and padding is Padding.VALID) or (counts and padding is Padding.SAME):
        what = "counts its padding" if counts and padding is Padding.SAME else "gives what is left over a cell"
        raise NoCodeError(f"Keras has no {layer.type} that {what}")
    settings = {"pool_size": layer.size, "strides": layer.sliding.stride, "padding": str(padding)}
    return replace(call_of(layer.type, settings), comment=comment, zeros=zeros)


def average_pool(layer: layers.Pooling1D) -> Call:
    """Return the call of a pool that averages."""
    counts = "Padding is not counted, but Keras on PyTorch counts it: another backend gives the value shown."
    return pool(layer, counts if layer.sliding.padding is Padding.SAME else "")


def adaptive_pool(layer: layers.AdaptiveMaxPooling1D | layers.AdaptiveAveragePooling1D) -> Call:
    """Return the call of a pool of so many cells."""
    return call_of(layer.type, {"output_size": layer.cells})


def conv(layer: layers.Conv1D) -> Call:
    """Return the call of a convolution."""
    groups = {"groups": layer.groups} if layer.groups > 1 else {}
    settings = _sliding(layer) | groups
    made = call_of("Conv1D", settings, layer.filters, layer.kernel_size, weights=(layer.kernel, layer.bias))
    return replace(made, zeros=_zeros(layer))


def depthwise_conv(layer: layers.DepthwiseConv1D) -> Call:
    """Return the call of a convolution channel by channel."""
    return _by_channel(layer, (layer.kernel_size,), layer.kernel, layer.bias)


def separable_conv(layer: layers.SeparableConv1D) -> Call:
    """Return the call of a convolution along the channels, then across."""
    sizes = layer.filters, layer.kernel_size
    return _by_channel(layer, sizes, layer.depthwise_kernel, layer.pointwise_kernel, layer.bias)


def dense(layer: layers.Dense) -> Call:
    """Return the call of a Dense."""
    settings = _changed(layer) | switched_off(use_bias=layer.bias)
    return call_of("Dense", settings, layer.kernel.shape[1], weights=(layer.kernel, layer.bias))


def batch_norm(layer: layers.BatchNormalization) -> Call:
    """Return the call of a batch norm."""
    return _normalisation(layer, (layer.gamma, layer.beta, layer.mean, layer.variance))


def layer_norm(layer: layers.LayerNormalization) -> Call:
    """Return the call of a layer norm."""
    return _normalisation(layer, (layer.gamma, layer.beta))


def prelu(layer: layers.PReLU) -> Call:
    """Return the call of a leaky ReLU whose slopes were learned."""
    shared = [axis + 1 for axis, size in enumerate(layer.alpha.shape) if size == 1]
    return call_of("PReLU", {"shared_axes": shared} if shared else {}, weights=(layer.alpha,))


def embedding(layer: layers.Embedding) -> Call:
    """Return the call of an Embedding."""
    return call_of("Embedding", {"mask_zero": layer.mask_zero}, *layer.table.shape, weights=(layer.table,))


def recurrent(layer: layers.Recurrent) -> Call:
    """Return the call of a recurrent layer."""
    settings = {**_changed(layer), "return_sequences": layer.return_sequences, **switched_off(use_bias=layer.bias)}
    weights = layer.kernel, layer.recurrent_kernel, layer.bias
    return call_of(layer.type, settings, layer.units, weights=weights)


def bidirectional(layer: layers.Bidirectional) -> Call:
    """Return the call of a pair of recurrent layers."""
    one, other = recurrent(layer.forward_layer), recurrent(layer.backward_layer)
    turned = recurrent(replace(layer.backward_layer, go_backwards=layer.forward_layer.go_backwards))
    backward = [] if str(one) == str(turned) else [f"backward_layer={other}"]
    arguments = (str(one), *backward, f"merge_mode={literal(layer.merge_mode)}")
    return Call("Bidirectional", arguments, one.weights + other.weights)


def _sliding(layer: layers.Convolution1D) -> dict[str, object]:
    """Return the settings of any convolution."""
    if layer.stride > 1 and layer.dilation > 1:
        raise NoCodeError("Keras refuses a stride and a dilation above 1 together")
    padding = Padding.VALID if any(_zeros(layer)) else layer.sliding.padding
    settings: dict[str, object] = {"strides": layer.stride, "padding": str(padding)}
    settings |= {"dilation_rate": layer.dilation} if layer.dilation > 1 else {}
    settings |= activation_setting(layer.activation)
    return settings | switched_off(use_bias=layer.bias)


def _zeros(layer: layers.Convolution1D) -> Pair:
    """Return the padding of a convolution that Keras writes as a layer of its own."""
    padding = layer.sliding.padding
    return padding if isinstance(padding, tuple) else (0, 0)


def _by_channel(layer: layers.Convolution1D, sizes: tuple[int, ...], along: Array, *others: Array | None) -> Call:
    """Return the call of a convolution whose first kernel reads each channel for itself."""
    settings = _sliding(layer)
    if layer.sliding.padding is Padding.CAUSAL:
        raise NoCodeError(f"Keras has no causal {layer.type}")
    settings = {"depth_multiplier": int(along.shape[2]), **settings}
    return replace(call_of(layer.type, settings, *sizes, weights=(along, *others)), zeros=_zeros(layer))


def _normalisation(
    layer: layers.BatchNormalization | layers.LayerNormalization, weights: tuple[Array | None, ...]
) -> Call:
    settings: dict[str, object] = {"epsilon": layer.epsilon, "axis": layer.axis}
    settings |= switched_off(scale=layer.gamma, center=layer.beta)
    return call_of(layer.type, settings, weights=weights)


class _Function:
    """An activation function among the settings."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return _WITHOUT_A_NAME.get(self._name, literal(self._name))


def _changed(layer: Layer) -> dict[str, object]:
    """Return the settings of a layer that are not the default, of a class whose names and defaults are Keras's."""
    return {
        field.name: _setting(layer, field.name)
        for field in fields(layer)
        if isinstance(field.default, str | int | float) and getattr(layer, field.name) != field.default
    }


def _setting(layer: Layer, name: str) -> object:
    value = getattr(layer, name)
    return _Function(value) if name in _FUNCTIONS else value


def activation_setting(name: str) -> dict[str, object]:
    """Return the setting of an activation function; none where it changes nothing."""
    return {} if name == "linear" else {"activation": _Function(name)}


def switched_off(**weights: Array | None) -> dict[str, object]:
    """Return False for what Keras switches on unless told otherwise, where the layer lacks the weights."""
    return {name: False for name, weight in weights.items() if weight is None}


def call_of(
    kind: str, settings: Mapping[str, object], *arguments: object, weights: tuple[Array | None, ...] = ()
) -> Call:
    """Return the call of a class with settings by name and arguments in order."""
    named = (f"{name}={literal(value)}" for name, value in settings.items())
    return Call(kind, (*map(literal, arguments), *named), weights)


def _tuple(shape: tuple[int | None, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"
