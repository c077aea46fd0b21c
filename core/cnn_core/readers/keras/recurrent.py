"""Recurrent layers, and Bidirectional around one.

Sources: Keras's layers of these names; the order of the gates of Keras 0.3 and 1, and the layout of the CuDNN layers,
as `keras/engine/saving.py` of Keras 2.2.4 converts them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from ...errors import ModelError
from ...layers import GRU, LSTM, Array, Bidirectional, Recurrent, SimpleRNN
from .assembly import Tensor, Unsupported
from .layer_call import LayerCall, Weights
from .layer_config import LayerConfig, is_own

__all__ = ["bidirectional", "recurrent"]

_GATES: Final = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
# Where each of Keras 3's gates stands among those that Keras 1 kept apart.
_APART: Final = {"LSTM": (0, 2, 1, 3), "GRU": (0, 1, 2)}


def recurrent(called: LayerCall) -> Tensor:
    """Add a SimpleRNN, LSTM or GRU."""
    layer = _layer(called, called.flag("go_backwards", False))
    called.weights.finish()
    return called.add(layer, called.plain())


def bidirectional(called: LayerCall) -> Tensor:
    """Add a Bidirectional around one of these."""
    inner = called.config.inner
    if inner is None or inner.class_name not in _GATES:
        raise Unsupported(
            f"it wraps {'nothing' if inner is None else _described(inner.class_name, inner.stored_class)}"
        )
    if called.settings.get("merge_mode", "concat") is None:
        raise Unsupported("its two directions are not merged, so that it gives two outputs")
    backward = _backward(called, inner)
    tensors = called.weights.tensors
    half = len(tensors) // 2
    directions: list[Recurrent] = []
    for config, own in ((inner, tensors[:half]), (backward, tensors[half:])):
        direction = called.of_inner(config, Weights(own))
        directions.append(_layer(direction, direction.flag("go_backwards", False)))
        direction.weights.finish()
    layer = Bidirectional(directions[0], directions[1], called.text("merge_mode", "concat"))
    tensor = called.plain()
    if tensor.masked and layer.return_sequences and called.age.carries:
        raise Unsupported("this Keras carries the states over positions without data, where later ones give zeros")
    return called.add(layer, tensor)


def _backward(called: LayerCall, inner: LayerConfig) -> LayerConfig:
    """Return the layer that reads from the end: one of its own, or the first turned round."""
    given = called.config.parts.get("backward_layer")
    if given is None:
        turned = {**inner.settings, "go_backwards": not inner.settings.get("go_backwards", False)}
        return replace(inner, settings=turned)
    if given.class_name not in _GATES:
        raise Unsupported(f"its backward layer is {_described(given.class_name, given.stored_class)}")
    return given


def _described(class_name: str, stored: str) -> str:
    return f"{class_name}, a class of the author's own" if is_own(class_name) else f"a {stored}"


def _layer(called: LayerCall, go_backwards: bool) -> Recurrent:
    """Return a recurrent layer with its weights."""
    class_name, units = called.config.class_name, called.whole("units")
    if called.training and (called.real("dropout", 0.0) or called.real("recurrent_dropout", 0.0)):
        called.note_training()
    gates = _GATES[class_name]
    if called.flag("time_major", False):
        raise Unsupported("it reads the time before the batch")
    if class_name in _APART and len(called.weights) in (3 * gates, 2 * gates):
        kernel, recurrent_kernel, bias = _together(called, units)
    else:
        kernel = called.weights.take("kernel", None, gates * units)
        recurrent_kernel = called.weights.take("recurrent_kernel", units, gates * units)
        bias = _bias(called, units, gates)
        if bias is not None and bias.size == 2 * gates * units and (bias.ndim == 1):
            kernel, recurrent_kernel, bias = _from_cudnn(class_name, kernel, recurrent_kernel, bias)
    settings: dict[str, Any] = {
        "activation": called.function_name("activation", "tanh"),
        "return_sequences": called.flag("return_sequences", False),
        "go_backwards": go_backwards,
        "zero_output_for_mask": called.flag("zero_output_for_mask", False),
    }
    if class_name == "SimpleRNN":
        return SimpleRNN(kernel, recurrent_kernel, bias, **settings)
    # Until Keras 2.2 this was the default; every version writes what it used.
    gate = called.function_name("recurrent_activation", "hard_sigmoid" if called.age.major < 2 else "sigmoid")
    if class_name == "LSTM":
        return LSTM(kernel, recurrent_kernel, bias, **settings, recurrent_activation=gate)
    after = called.flag("reset_after", called.age.major >= 3) if bias is None else bias.ndim == 2
    if after != called.flag("reset_after", after):
        raise ModelError(
            f"its bias has shape {None if bias is None else bias.shape}, and its reset_after is {not after}",
            remedy="give the architecture that the weights were trained with",
        )
    return GRU(kernel, recurrent_kernel, bias, **settings, recurrent_activation=gate, reset_after=after)


def _bias(called: LayerCall, units: int, gates: int) -> Array | None:
    """Return the bias in whichever shape it is stored: one for a unit and gate, two in two rows, or two in one."""
    if not called.flag("use_bias", True):
        return None
    wide, shape = gates * units, called.weights.next_shape()
    if gates == 3 and shape == (2, wide):
        return called.weights.take("bias", 2, wide)
    if gates > 1 and shape == (2 * wide,):
        return called.weights.take("bias", 2 * wide)
    return called.weights.take("bias", wide)


def _together(called: LayerCall, units: int) -> tuple[Array, Array, Array | None]:
    """Return the weights of gates that were stored apart, side by side."""
    parts: list[tuple[Array, Array, Array]] = []
    for _ in range(_GATES[called.config.class_name]):
        kernel = called.weights.take("kernel", None, units)
        parts.append(
            (
                kernel,
                called.weights.take("recurrent_kernel", units, units),
                called.weights.take("bias", units),
            )
        )
    ordered = [parts[gate] for gate in _APART[called.config.class_name]]
    kernel, recurrent_kernel, bias = (np.concatenate(each, axis=-1) for each in zip(*ordered, strict=True))
    return kernel, recurrent_kernel, bias


def _from_cudnn(class_name: str, kernel: Array, recurrent_kernel: Array, bias: Array) -> tuple[Array, Array, Array]:
    """Return the weights of a CuDNN layer as those of the plain one."""
    gates = _GATES[class_name]
    kernels = [part.T.reshape(part.shape, order="F") for part in np.split(kernel, gates, axis=1)]
    recurrent_kernels = [part.T for part in np.split(recurrent_kernel, gates, axis=1)]
    # An LSTM adds its two biases; a GRU's second one is reset.
    two = bias.reshape(2, -1)
    return np.hstack(kernels), np.hstack(recurrent_kernels), two if class_name == "GRU" else two.sum(axis=0)
