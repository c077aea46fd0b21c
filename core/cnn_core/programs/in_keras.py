"""Layers as lines of Keras 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..layers import (
    ELU,
    GRU,
    LSTM,
    Activation,
    ActivityRegularization,
    Add,
    AlphaDropout,
    Average,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    Input,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Masking,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    Padding,
    Permute,
    PReLU,
    Recurrent,
    ReLU,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SideInput,
    SimpleRNN,
    Softmax,
    SpatialDropout1D,
    Subtract,
    TimeDistributed,
    UpSampling1D,
    ZeroPadding1D,
)
from ..layers.shapes import Array
from .plan import NotSpelledError, Step, call_lines, text

__all__ = ["TAKEN", "spelled"]

TAKEN: Final = (
    "gzip",
    "keras",
    "layers",
    "np",
    "Path",
    "letters",
    "letters_of",
    "weights",
    "model",
    "found",
    "said",
    "value",
)
"""Names that the program uses itself."""

_SPELLED_OUT: Final = {
    "hard_sigmoid_keras2": "lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1)",
    "gelu_approximate": "lambda x: keras.activations.gelu(x, approximate=True)",
}
"""Activation functions that Keras 3 has no name for."""

_PLAIN: Final[dict[type[Layer], tuple[str, ...]]] = {
    ReLU: ("max_value", "negative_slope", "threshold"),
    LeakyReLU: ("negative_slope",),
    ELU: ("alpha",),
    Softmax: ("axis",),
    Masking: ("mask_value",),
    Identity: (),
    Dropout: ("rate",),
    SpatialDropout1D: ("rate",),
    GaussianDropout: ("rate",),
    AlphaDropout: ("rate",),
    GaussianNoise: ("stddev",),
    ActivityRegularization: (),
    Flatten: (),
    Cropping1D: ("cropping",),
    ZeroPadding1D: ("padding",),
    UpSampling1D: ("size",),
    Reshape: ("target_shape",),
    Permute: ("dims",),
    RepeatVector: ("n",),
    GlobalMaxPooling1D: ("keepdims",),
    GlobalAveragePooling1D: ("keepdims",),
    Add: (),
    Subtract: (),
    Multiply: (),
    Maximum: (),
    Minimum: (),
    Average: (),
    Concatenate: ("axis",),
    Dot: ("axes", "normalize"),
}
"""Layers without weights whose settings have Keras's own names."""


def spelled(step: Step) -> Iterator[str]:
    """Yield the lines of one layer.

    Args:
        step: The layer at its place.

    Raises:
        NotSpelledError: Keras 3 has no such layer.
    """
    layer = step.layer
    if isinstance(layer, Input | SideInput):
        yield f"{step.variable} = keras.Input({_tuple(step.shape)})"
        return
    made, weights = _made(layer, step)
    if isinstance(layer, AveragePooling1D) and layer.sliding.padding is Padding.SAME:
        yield "# Padding is not counted, but Keras on PyTorch counts it: another backend gives the value shown."
    given = step.inputs[0] if len(step.inputs) == 1 else f"[{', '.join(step.inputs)}]"
    shape = f"  # {_tuple(step.shape)}"
    if not weights:
        yield from made.lines(f"{step.variable} = ", f"({given}){shape}")
        return
    if not step.again:
        yield from made.lines(f"{step.layer_variable} = ")
    yield f"{step.variable} = {step.layer_variable}({given}){shape}"
    if not step.again:
        stored = [f"weights[{text(name)}]" for name in step.stored(*weights)]
        yield from call_lines(f"{step.layer_variable}.set_weights([", stored, "])")


@dataclass(frozen=True, slots=True)
class _Call:
    """How a layer is made.

    Attributes:
        kind: Keras's class.
        arguments: As they are written.
    """

    kind: str
    arguments: tuple[str, ...]

    def lines(self, before: str, after: str = "") -> Iterator[str]:
        """Yield the call."""
        return call_lines(f"{before}keras.layers.{self.kind}(", self.arguments, f"){after}")

    def __str__(self) -> str:
        return f"keras.layers.{self.kind}({', '.join(self.arguments)})"


def _made(layer: Layer, step: Step) -> tuple[_Call, tuple[Array | None, ...]]:
    """Return how a layer is made, and its weights in Keras's order."""
    kind = type(layer)
    if getattr(layer, "masks_any", False):
        raise NotSpelledError(f"a {layer.type} of masked inputs masks more until Keras 2 than in Keras 3")
    if kind in _PLAIN:
        return _call(layer.type, **{name: getattr(layer, name) for name in _PLAIN[kind]}), ()
    if isinstance(layer, Activation):
        return _call("Activation", _Function(layer.activation)), ()
    if isinstance(layer, MaxPooling1D | AveragePooling1D):
        return _call(
            layer.type, pool_size=layer.size, strides=layer.sliding.stride, padding=str(Padding(layer.padding))
        ), ()
    if isinstance(layer, Conv1D | DepthwiseConv1D | SeparableConv1D):
        return _convolution(layer)
    if isinstance(layer, Dense):
        settings = _activated(layer.activation) | _unless("use_bias", layer.bias is not None)
        return _call("Dense", layer.kernel.shape[1], **settings), (layer.kernel, layer.bias)
    if isinstance(layer, BatchNormalization):
        settings = {"epsilon": layer.epsilon, "axis": layer.axis}
        settings |= _unless("scale", layer.gamma is not None) | _unless("center", layer.beta is not None)
        return _call(layer.type, **settings), (layer.gamma, layer.beta, layer.mean, layer.variance)
    if isinstance(layer, LayerNormalization):
        settings = {"epsilon": layer.epsilon, "axis": layer.axis}
        settings |= _unless("scale", layer.gamma is not None) | _unless("center", layer.beta is not None)
        return _call(layer.type, **settings), (layer.gamma, layer.beta)
    if isinstance(layer, PReLU):
        shared = [axis + 1 for axis, size in enumerate(layer.alpha.shape) if size == 1]
        return _call("PReLU", **({"shared_axes": shared} if shared else {})), (layer.alpha,)
    if isinstance(layer, Embedding):
        rows, units = layer.table.shape
        return _call("Embedding", rows, units, mask_zero=layer.mask_zero), (layer.table,)
    if isinstance(layer, SimpleRNN | LSTM | GRU):
        return _recurrent(layer), (layer.kernel, layer.recurrent_kernel, layer.bias)
    if isinstance(layer, Bidirectional):
        return _bidirectional(layer)
    if isinstance(layer, TimeDistributed):
        made, weights = _made(layer.layer, step)
        return _Call("TimeDistributed", (str(made),)), weights
    raise NotSpelledError(f"a {layer.type} has no line of Keras here")


def _convolution(layer: Conv1D | DepthwiseConv1D | SeparableConv1D) -> tuple[_Call, tuple[Array | None, ...]]:
    padding = Padding(layer.padding)
    if layer.stride > 1 and layer.dilation > 1:
        raise NotSpelledError("Keras refuses a stride and a dilation above 1 together")
    settings: dict[str, object] = {"strides": layer.stride, "padding": str(padding)}
    settings |= {"dilation_rate": layer.dilation} if layer.dilation > 1 else {}
    settings |= _activated(layer.activation) | _unless("use_bias", layer.bias is not None)
    if isinstance(layer, Conv1D):
        settings |= {"groups": layer.groups} if layer.groups > 1 else {}
        return _call("Conv1D", layer.filters, layer.kernel_size, **settings), (layer.kernel, layer.bias)
    if padding is Padding.CAUSAL:
        raise NotSpelledError(f"Keras has no causal {layer.type}")
    if isinstance(layer, DepthwiseConv1D):
        settings = {"depth_multiplier": int(layer.kernel.shape[2]), **settings}
        return _call("DepthwiseConv1D", layer.kernel_size, **settings), (layer.kernel, layer.bias)
    settings = {"depth_multiplier": int(layer.depthwise_kernel.shape[2]), **settings}
    return (
        _call("SeparableConv1D", layer.filters, layer.kernel_size, **settings),
        (layer.depthwise_kernel, layer.pointwise_kernel, layer.bias),
    )


def _recurrent(layer: Recurrent) -> _Call:
    settings: dict[str, object] = {}
    # As in Keras itself, what is not said is tanh, sigmoid, and a reset gate that acts last.
    if layer.activation != "tanh":
        settings["activation"] = _Function(layer.activation)
    if isinstance(layer, LSTM | GRU) and layer.recurrent_activation != "sigmoid":
        settings["recurrent_activation"] = _Function(layer.recurrent_activation)
    if isinstance(layer, GRU) and not layer.reset_after:
        settings["reset_after"] = False
    settings["return_sequences"] = layer.return_sequences
    settings |= {"go_backwards": True} if layer.go_backwards else {}
    settings |= {"zero_output_for_mask": True} if layer.zero_output_for_mask else {}
    settings |= _unless("use_bias", layer.bias is not None)
    return _call(layer.type, layer.units, **settings)


def _bidirectional(layer: Bidirectional) -> tuple[_Call, tuple[Array | None, ...]]:
    one, other = layer.forward_layer, layer.backward_layer
    turned = replace(other, go_backwards=one.go_backwards)
    arguments = [str(_recurrent(one))]
    if _recurrent(one) != _recurrent(turned):
        arguments.append(f"backward_layer={_recurrent(other)}")
    made = _Call("Bidirectional", (*arguments, f"merge_mode={text(layer.merge_mode)}"))
    return made, tuple(
        weight for each in (one, other) for weight in (each.kernel, each.recurrent_kernel, each.bias)
    )


class _Function:
    """An activation function among the settings."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return _function(self._name)


def _function(name: str) -> str:
    return _SPELLED_OUT.get(name, text(name))


def _activated(name: str) -> dict[str, object]:
    return {} if name == "linear" else {"activation": _Function(name)}


def _unless(name: str, said: bool) -> dict[str, object]:
    """Return a setting that Keras has switched on unless it is switched off."""
    return {} if said else {name: False}


def _call(kind: str, *arguments: object, **settings: object) -> _Call:
    words = [text(each) for each in arguments]
    return _Call(kind, (*words, *(f"{name}={text(value)}" for name, value in settings.items())))


def _tuple(shape: tuple[int | None, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"
