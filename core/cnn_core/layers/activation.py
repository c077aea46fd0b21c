"""Activation functions, and the layer that applies one.

Definitions are those of Keras 3, `keras.activations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Final

import numpy as np

from ..errors import NotFoundError
from .base import Array, Layer, Shape, axis_length
from .windows import Window

__all__ = ["ACTIVATIONS", "Activation", "ActivationFunction", "activation_function"]


@dataclass(frozen=True, slots=True)
class ActivationFunction:
    """An activation function and what the explorer must know of it.

    Attributes:
        name: Keras's name.
        function: Response → activation, float32, any shape, channels last.
        floor: The lowest value it can take, or None where there is no such value. A pool window that holds
            nothing else is silent.
        elementwise: Whether each value depends on its own response alone (all but softmax).
    """

    name: str
    function: Callable[[Array], Array]
    floor: float | None = None
    elementwise: bool = True

    def __call__(self, responses: Array) -> Array:
        """Return the activations of responses."""
        return self.function(responses)


def _linear(x: Array) -> Array:
    return x


def _relu(x: Array) -> Array:
    return np.maximum(x, np.float32(0))


def _sigmoid(x: Array) -> Array:
    # exp of a negative number only, so that nothing overflows and small values keep their digits.
    decay = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + decay), decay / (1 + decay)).astype(np.float32)


def _tanh(x: Array) -> Array:
    return np.tanh(x)


def _softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    normalised: Array = powers / powers.sum(axis=-1, keepdims=True)
    return normalised


def _elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))).astype(np.float32)


_SELU_SCALE: Final = np.float32(1.0507009873554805)
_SELU_ALPHA: Final = np.float32(1.6732632423543772)


def _selu(x: Array) -> Array:
    return (_SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0)))).astype(np.float32)


def _softplus(x: Array) -> Array:
    return (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)).astype(np.float32)


def _exponential(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(x)


# numpy has no erf; the standard library's is exact to double precision.
_erfc: Final = np.frompyfunc(math.erfc, 1, 1)


def _gelu(x: Array) -> Array:
    tail = np.asarray(_erfc(-np.asarray(x, dtype=np.float64) / math.sqrt(2)), dtype=np.float64)
    return np.asarray(0.5 * x * tail, dtype=np.float32)


def _leaky_relu(x: Array) -> Array:
    return np.where(x > 0, x, np.float32(0.2) * x).astype(np.float32)


def _hard_sigmoid(x: Array) -> Array:
    return np.asarray(np.clip(x + np.float32(3), 0, 6) / np.float32(6), dtype=np.float32)


ACTIVATIONS: Final = {
    each.name: each
    for each in (
        ActivationFunction("linear", _linear),
        ActivationFunction("relu", _relu, floor=0.0),
        ActivationFunction("sigmoid", _sigmoid, floor=0.0),
        ActivationFunction("tanh", _tanh, floor=-1.0),
        ActivationFunction("softmax", _softmax, floor=0.0, elementwise=False),
        ActivationFunction("elu", _elu, floor=-1.0),
        ActivationFunction("selu", _selu, floor=float(-_SELU_SCALE * _SELU_ALPHA)),
        ActivationFunction("softplus", _softplus, floor=0.0),
        ActivationFunction("exponential", _exponential, floor=0.0),
        ActivationFunction("gelu", _gelu),
        ActivationFunction("leaky_relu", _leaky_relu),
        ActivationFunction("hard_sigmoid", _hard_sigmoid, floor=0.0),
    )
}
"""Every activation function by its name."""


def activation_function(name: str) -> ActivationFunction:
    """Return the activation function of a name.

    Args:
        name: Keras's name, such as relu.

    Raises:
        NotFoundError: There is none of that name.
    """
    try:
        return ACTIVATIONS[name]
    except KeyError:
        close = get_close_matches(name, ACTIVATIONS, n=1)
        raise NotFoundError(
            f"there is no activation function '{name}'",
            remedy=f"did you mean {close[0]}?" if close else f"there are {', '.join(ACTIVATIONS)}",
        ) from None


@dataclass(frozen=True, eq=False)
class Activation(Layer):
    """Applies an activation function to every value.

    Attributes:
        activation: The function's name, see `ACTIVATIONS`.
    """

    type: ClassVar[str] = "Activation"
    activation: str

    def __post_init__(self) -> None:
        activation_function(self.activation)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape."""
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return activation_function(self.activation)(x)

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output reads: its own."""
        return Window(position, 1, 1, axis_length(shape))
