"""Activation functions: from a response to an activation.

Definitions are those of Keras 3, `keras.activations`, except where a name says otherwise. Three names are missing:
glu halves the channels, threshold has settings that a name cannot hold, and what Keras 3.15 computes for sparsemax
differs from its definition (the values do not sum to 1), so that no number would be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..errors import NotFoundError, did_you_mean
from .shapes import Array

__all__ = ["ACTIVATIONS", "ActivationFunction", "activation_function", "elu", "leaky_relu", "softmax"]


@dataclass(frozen=True, slots=True)
class ActivationFunction:
    """An activation function, and what the explorer must know about it.

    Attributes:
        name: Keras's name.
        function: Response → activation, float32, any shape, channels last.
        floor: The lowest value it can take, or None where there is no such value. A pool window that holds
            nothing else is all 0.
        elementwise: Whether each value depends on its own response only (all but the softmax family).
        dip: A value that no activation lies below, of a function that first falls and then rises; None of one that
            goes one way all along.
        between: Of a function that takes values together, what bounds on its responses become: the lowest and the
            highest of each channel, shape (1, channels).
        rising: Whether it never falls, as it is computed: of two responses the larger never gives the smaller
            activation, not even in the last bit. The largest activation is then that of the largest response.
    """

    name: str
    function: Callable[[Array], Array]
    floor: float | None = None
    elementwise: bool = True
    dip: float | None = None
    rising: bool = False
    between: Callable[[Array, Array], tuple[Array, Array]] | None = None

    def __call__(self, responses: Array) -> Array:
        """Return the activations of responses."""
        return self.function(responses)

    def bounds(self, lowest: Array, highest: Array) -> tuple[Array, Array]:
        """Return bounds on the activations of all responses between two bounds, shape (1, channels)."""
        if self.between is not None:
            return self.between(lowest, highest)
        ends = self(lowest), self(highest)
        below = np.minimum(*ends)
        return below if self.dip is None else np.minimum(below, np.float32(self.dip)), np.maximum(*ends)


def _linear(x: Array) -> Array:
    return x


def _relu(x: Array) -> Array:
    return np.maximum(x, np.float32(0))


def _relu6(x: Array) -> Array:
    return np.clip(x, np.float32(0), np.float32(6))


def _sigmoid(x: Array) -> Array:
    # exp of a negative number only, so that nothing overflows and small values keep their digits.
    decay = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + decay), decay / (1 + decay)).astype(np.float32)


def _tanh(x: Array) -> Array:
    return np.tanh(x)


def softmax(x: Array, axes: tuple[int, ...] = (-1,)) -> Array:
    """Return shares of 1 along axes, in proportion to the exponentials."""
    powers = np.exp(x - x.max(axis=axes, keepdims=True))
    shares: Array = powers / powers.sum(axis=axes, keepdims=True)
    return shares


def _between_0_and_1(lowest: Array, highest: Array) -> tuple[Array, Array]:
    return np.zeros_like(lowest), np.ones_like(highest)


def _below_0(lowest: Array, highest: Array) -> tuple[Array, Array]:
    largest_sum = highest.max(axis=-1, keepdims=True) + np.float32(math.log(highest.shape[-1]))
    return lowest - largest_sum, np.zeros_like(highest)


def _log_softmax(x: Array) -> Array:
    below = x - x.max(axis=-1, keepdims=True)
    logarithms: Array = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return logarithms


def elu(x: Array, alpha: float = 1) -> Array:
    """Return x above 0, alpha · (exp(x) − 1) below."""
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, np.float32(0))))


_SELU_SCALE: Final = np.float32(1.0507009873554805)
_SELU_ALPHA: Final = np.float32(1.6732632423543772)


def _selu(x: Array) -> Array:
    return (_SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0)))).astype(np.float32)


def _softplus(x: Array) -> Array:
    return (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)).astype(np.float32)


def _softsign(x: Array) -> Array:
    return np.asarray(x / (1 + np.abs(x)), dtype=np.float32)


def _squareplus(x: Array) -> Array:
    # As 2 / (√(x² + 4) − x) left of 0, where the sum of the definition would cancel.
    wide = np.asarray(x, dtype=np.float64)
    root = np.sqrt(wide * wide + 4)
    return np.where(wide > 0, (wide + root) / 2, 2 / (root - np.minimum(wide, 0))).astype(np.float32)


def _exponential(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(x)


def _log_sigmoid(x: Array) -> Array:
    return np.asarray(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), dtype=np.float32)


# numpy has no erf; the standard library's is exact to double precision.
_erfc: Final = np.frompyfunc(math.erfc, 1, 1)


def _gelu(x: Array) -> Array:
    tail = np.asarray(_erfc(-np.asarray(x, dtype=np.float64) / math.sqrt(2)), dtype=np.float64)
    return np.asarray(0.5 * x * tail, dtype=np.float32)


def _gelu_approximate(x: Array) -> Array:
    # Beyond ±30 the hyperbolic tangent is ±1, and the cube of a large response would overflow.
    near = np.clip(x, np.float32(-30), np.float32(30))
    inner = np.float32(math.sqrt(2 / math.pi)) * (near + np.float32(0.044715) * near * near * near)
    # 1 + tanh cancels left of 0; the sigmoid of twice as much is the same and keeps its digits.
    return np.asarray(x * _sigmoid(2 * inner), dtype=np.float32)


def leaky_relu(x: Array, slope: float | Array = 0.2) -> Array:
    """Return x above 0, slope · x below."""
    return np.where(x > 0, x, np.float32(slope) * x)


def _silu(x: Array) -> Array:
    return np.asarray(x * _sigmoid(x), dtype=np.float32)


def _hard_silu(x: Array) -> Array:
    return np.asarray(x * _hard_sigmoid(x), dtype=np.float32)


def _mish(x: Array) -> Array:
    return np.asarray(x * np.tanh(_softplus(x)), dtype=np.float32)


def _hard_sigmoid(x: Array) -> Array:
    return np.asarray(np.clip(x + np.float32(3), 0, 6) / np.float32(6), dtype=np.float32)


def _hard_sigmoid_keras2(x: Array) -> Array:
    return np.asarray(np.clip(np.float32(0.2) * x + np.float32(0.5), 0, 1), dtype=np.float32)


def _hard_tanh(x: Array) -> Array:
    return np.clip(x, np.float32(-1), np.float32(1))


def _hard_shrink(x: Array) -> Array:
    return np.where(np.abs(x) > 0.5, x, 0).astype(np.float32)


def _soft_shrink(x: Array) -> Array:
    return np.asarray(x - np.clip(x, np.float32(-0.5), np.float32(0.5)), dtype=np.float32)


def _tanh_shrink(x: Array) -> Array:
    return np.asarray(x - np.tanh(x), dtype=np.float32)


def _sparse_plus(x: Array) -> Array:
    near = np.clip(x, np.float32(-1), np.float32(1))
    return np.where(x < 1, np.float32(0.25) * (near + 1) ** 2, x).astype(np.float32)


def _sparse_sigmoid(x: Array) -> Array:
    return np.asarray(np.clip(np.float32(0.5) * (x + np.float32(1)), 0, 1), dtype=np.float32)


# Rising are those made of steps that rounding keeps in order: sums, products and limits, each with a constant.
# The exponentials of numpy are right to a few units in the last place, which is not enough.
ACTIVATIONS: Final = {
    each.name: each
    for each in (
        ActivationFunction("linear", _linear, rising=True),
        ActivationFunction("relu", _relu, floor=0.0, rising=True),
        ActivationFunction("sigmoid", _sigmoid, floor=0.0),
        ActivationFunction("tanh", _tanh, floor=-1.0),
        ActivationFunction("softmax", softmax, floor=0.0, elementwise=False, between=_between_0_and_1),
        ActivationFunction("elu", elu, floor=-1.0),
        ActivationFunction("selu", _selu, floor=float(-_SELU_SCALE * _SELU_ALPHA)),
        ActivationFunction("softplus", _softplus, floor=0.0),
        ActivationFunction("exponential", _exponential, floor=0.0),
        ActivationFunction("gelu", _gelu, dip=-0.17),
        ActivationFunction("leaky_relu", leaky_relu, rising=True),
        ActivationFunction("hard_sigmoid", _hard_sigmoid, floor=0.0, rising=True),
        ActivationFunction("hard_sigmoid_keras2", _hard_sigmoid_keras2, floor=0.0, rising=True),
        ActivationFunction("relu6", _relu6, floor=0.0, rising=True),
        ActivationFunction("silu", _silu, dip=-0.2785),
        ActivationFunction("hard_silu", _hard_silu, dip=-0.3751),
        ActivationFunction("mish", _mish, dip=-0.3089),
        ActivationFunction("gelu_approximate", _gelu_approximate, dip=-0.1701),
        # A name cannot set alpha, and with an alpha of 1 CELU is ELU.
        ActivationFunction("celu", elu, floor=-1.0),
        ActivationFunction("softsign", _softsign),
        ActivationFunction("squareplus", _squareplus),
        ActivationFunction("log_sigmoid", _log_sigmoid),
        ActivationFunction("log_softmax", _log_softmax, elementwise=False, between=_below_0),
        ActivationFunction("hard_tanh", _hard_tanh, floor=-1.0, rising=True),
        ActivationFunction("hard_shrink", _hard_shrink, rising=True),
        ActivationFunction("soft_shrink", _soft_shrink, rising=True),
        ActivationFunction("tanh_shrink", _tanh_shrink),
        ActivationFunction("sparse_plus", _sparse_plus, floor=0.0),
        ActivationFunction("sparse_sigmoid", _sparse_sigmoid, floor=0.0, rising=True),
    )
}
"""Every activation function by its name.

`hard_sigmoid` is Keras 3's, relu6(x + 3) / 6; `hard_sigmoid_keras2` is that of Keras 1 and 2, clip(0.2 x + 0.5).
`gelu_approximate` is the form with tanh.
"""

_ALIASES: Final = {"swish": "silu", "hard_swish": "hard_silu"}


def activation_function(name: str) -> ActivationFunction:
    """Return the activation function of a name.

    Args:
        name: Keras's name, such as relu, or one of its other names: swish, hard_swish.

    Raises:
        NotFoundError: No function has that name.
    """
    try:
        return ACTIVATIONS[_ALIASES.get(name, name)]
    except KeyError:
        remedy = did_you_mean(name, ACTIVATIONS, f"there are {', '.join(ACTIVATIONS)}")
        raise NotFoundError(f"there is no activation function '{name}'", remedy=remedy) from None
