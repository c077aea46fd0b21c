"""The formulas of the activation functions, each with its slope, the derivative.

Definitions are those of Keras 3, `keras.activations`. Where a function has a kink, its slope there is PyTorch's: 0 for
relu at 0, and the slope on the left for elu, selu and leaky_relu.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from .shapes import Array

__all__ = [
    "ERFC",
    "SELU_FLOOR",
    "elu",
    "elu_slope",
    "exponential",
    "gelu",
    "gelu_approximate",
    "gelu_approximate_slope",
    "gelu_slope",
    "hard_shrink",
    "hard_sigmoid",
    "hard_sigmoid_keras2",
    "hard_sigmoid_keras2_slope",
    "hard_sigmoid_slope",
    "hard_silu",
    "hard_silu_slope",
    "hard_tanh",
    "hard_tanh_slope",
    "leaky_relu",
    "leaky_relu_slope",
    "linear",
    "linear_slope",
    "log_sigmoid",
    "log_sigmoid_slope",
    "mish",
    "mish_slope",
    "quick_gelu",
    "quick_gelu_slope",
    "relu",
    "relu6",
    "relu6_slope",
    "relu_slope",
    "selu",
    "selu_slope",
    "shrink_slope",
    "sigmoid",
    "sigmoid_slope",
    "silu",
    "silu_slope",
    "soft_shrink",
    "softplus",
    "softsign",
    "softsign_slope",
    "sparse_plus",
    "sparse_plus_slope",
    "sparse_sigmoid",
    "sparse_sigmoid_slope",
    "squareplus",
    "squareplus_slope",
    "tanh",
    "tanh_shrink",
    "tanh_shrink_slope",
    "tanh_slope",
]


def linear(x: Array) -> Array:
    """Return the responses as they are."""
    return x


def linear_slope(x: Array) -> Array:
    """Return the slope of linear."""
    return np.ones_like(x)


def relu(x: Array) -> Array:
    """Return relu."""
    # With one number instead of zeros, `np.maximum` takes twice as long.
    largest: Array = np.zeros_like(x)
    return np.maximum(x, largest, out=largest)


def relu_slope(x: Array) -> Array:
    """Return the slope of relu."""
    return (x > 0).astype(np.float32)


def relu6(x: Array) -> Array:
    """Return relu6."""
    return np.clip(x, np.float32(0), np.float32(6))


def relu6_slope(x: Array) -> Array:
    """Return the slope of relu6."""
    return _within(x, 0, 6)


def _within(x: Array, lowest: float, highest: float) -> Array:
    """Return 1 between two limits and 0 at and beyond them."""
    return ((x > lowest) & (x < highest)).astype(np.float32)


def sigmoid(x: Array) -> Array:
    """Return sigmoid."""
    # Small values keep their digits; where exp overflows to infinity, 0 is as near as they come.
    with np.errstate(over="ignore"):
        opened = np.exp(-x)
    opened += 1
    return (1 / opened).astype(np.float32, copy=False)


def sigmoid_slope(x: Array) -> Array:
    """Return the slope of sigmoid."""
    return sigmoid(x) * sigmoid(-x)


def tanh(x: Array) -> Array:
    """Return tanh."""
    return np.tanh(x)


def tanh_slope(x: Array) -> Array:
    """Return the slope of tanh."""
    # 1 − tanh² without what it cancels.
    return 4 * sigmoid_slope(2 * x)


def elu(x: Array, alpha: float = 1) -> Array:
    """Return x above 0, alpha · (exp(x) − 1) below."""
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, np.float32(0))))


def elu_slope(x: Array, alpha: float = 1) -> Array:
    """Return 1 above 0, alpha · exp(x) elsewhere."""
    return np.where(x > 0, np.float32(1), np.float32(alpha) * np.exp(np.minimum(x, np.float32(0))))


_SELU_SCALE: Final = np.float32(1.0507009873554805)
_SELU_ALPHA: Final = np.float32(1.6732632423543772)
SELU_FLOOR: Final = float(-_SELU_SCALE * _SELU_ALPHA)
"""What selu falls to."""


def selu(x: Array) -> Array:
    """Return selu."""
    return (_SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0)))).astype(np.float32)


def selu_slope(x: Array) -> Array:
    """Return the slope of selu."""
    return _SELU_SCALE * elu_slope(x, float(_SELU_ALPHA))


def softplus(x: Array) -> Array:
    """Return softplus."""
    return (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)).astype(np.float32)


def softsign(x: Array) -> Array:
    """Return softsign."""
    return np.asarray(x / (1 + np.abs(x)), dtype=np.float32)


def softsign_slope(x: Array) -> Array:
    """Return the slope of softsign."""
    return np.asarray(1 / np.square(1 + np.abs(x)), dtype=np.float32)


def squareplus(x: Array) -> Array:
    """Return squareplus."""
    # As 2 / (√(x² + 4) − x) left of 0, where the sum of the definition would cancel.
    wide = np.asarray(x, dtype=np.float64)
    root = np.sqrt(wide * wide + 4)
    return np.where(wide > 0, (wide + root) / 2, 2 / (root - np.minimum(wide, 0))).astype(np.float32)


def squareplus_slope(x: Array) -> Array:
    """Return the slope of squareplus."""
    # Twice the slope is 1 + x / √(x² + 4), which is the function over the root.
    return np.asarray(squareplus(x) / np.sqrt(np.square(x, dtype=np.float64) + 4), dtype=np.float32)


def exponential(x: Array) -> Array:
    """Return exponential."""
    with np.errstate(over="ignore"):
        return np.exp(x)


def log_sigmoid(x: Array) -> Array:
    """Return log sigmoid."""
    return np.asarray(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), dtype=np.float32)


def log_sigmoid_slope(x: Array) -> Array:
    """Return the slope of log_sigmoid."""
    return sigmoid(-x)


# numpy has no erf; the standard library's is exact to double precision.
ERFC: Final = np.frompyfunc(math.erfc, 1, 1)
"""1 − erf; of float64 it gives Python's numbers."""


def gelu(x: Array) -> Array:
    """Return gelu."""
    tail = np.asarray(ERFC(-np.asarray(x, dtype=np.float64) / math.sqrt(2)), dtype=np.float64)
    return np.asarray(0.5 * x * tail, dtype=np.float32)


def gelu_slope(x: Array) -> Array:
    """Return the slope of gelu."""
    wide = np.asarray(x, dtype=np.float64)
    tail = np.asarray(ERFC(-wide / math.sqrt(2)), dtype=np.float64)
    return np.asarray(tail / 2 + wide * np.exp(-wide * wide / 2) / math.sqrt(2 * math.pi), dtype=np.float32)


def gelu_approximate(x: Array) -> Array:
    """Return gelu approximate."""
    # Beyond ±30 the hyperbolic tangent is ±1, and the cube of a large response would overflow.
    near = np.clip(x, np.float32(-30), np.float32(30))
    inner = np.float32(math.sqrt(2 / math.pi)) * (near + np.float32(0.044715) * near * near * near)
    # 1 + tanh cancels left of 0; the sigmoid of twice as much is the same and keeps its digits.
    return np.asarray(x * sigmoid(2 * inner), dtype=np.float32)


def gelu_approximate_slope(x: Array) -> Array:
    """Return the slope of gelu_approximate."""
    near = np.clip(x, np.float32(-30), np.float32(30))
    scale, cubic = np.float32(math.sqrt(8 / math.pi)), np.float32(0.044715)
    inner = scale * (near + cubic * near * near * near)
    steep = scale * (1 + 3 * cubic * near * near)
    return np.asarray(sigmoid(inner) + near * sigmoid_slope(inner) * steep, dtype=np.float32)


_QUICK: Final = np.float32(1.702)


def quick_gelu(x: Array) -> Array:
    """Return x · sigmoid(1.702 x), which is near gelu."""
    return np.asarray(x * sigmoid(_QUICK * x), dtype=np.float32)


def quick_gelu_slope(x: Array) -> Array:
    """Return the slope of quick_gelu."""
    return silu_slope(_QUICK * x)


def leaky_relu(x: Array, slope: float | Array = 0.2) -> Array:
    """Return x above 0, slope · x below."""
    return np.where(x > 0, x, np.float32(slope) * x)


def leaky_relu_slope(x: Array, slope: float | Array = 0.2) -> Array:
    """Return 1 above 0, the slope elsewhere."""
    return np.where(x > 0, np.float32(1), np.float32(slope))


def silu(x: Array) -> Array:
    """Return silu."""
    return np.asarray(x * sigmoid(x), dtype=np.float32)


def silu_slope(x: Array) -> Array:
    """Return the slope of silu."""
    return sigmoid(x) + x * sigmoid_slope(x)


def hard_silu(x: Array) -> Array:
    """Return hard silu."""
    return np.asarray(x * hard_sigmoid(x), dtype=np.float32)


def hard_silu_slope(x: Array) -> Array:
    """Return the slope of hard_silu."""
    inside = x / np.float32(3) + np.float32(0.5)
    return np.where(x <= -3, np.float32(0), np.where(x < 3, inside, np.float32(1)))


def mish(x: Array) -> Array:
    """Return mish."""
    return np.asarray(x * np.tanh(softplus(x)), dtype=np.float32)


def mish_slope(x: Array) -> Array:
    """Return the slope of mish."""
    soft = softplus(x)
    return np.asarray(np.tanh(soft) + x * tanh_slope(soft) * sigmoid(x), dtype=np.float32)


def hard_sigmoid(x: Array) -> Array:
    """Return hard sigmoid."""
    return np.asarray(np.clip(x + np.float32(3), 0, 6) / np.float32(6), dtype=np.float32)


def hard_sigmoid_slope(x: Array) -> Array:
    """Return the slope of hard_sigmoid."""
    return _within(x, -3, 3) / np.float32(6)


def hard_sigmoid_keras2(x: Array) -> Array:
    """Return hard sigmoid keras2."""
    return np.asarray(np.clip(np.float32(0.2) * x + np.float32(0.5), 0, 1), dtype=np.float32)


def hard_sigmoid_keras2_slope(x: Array) -> Array:
    """Return the slope of hard_sigmoid_keras2."""
    # A clipped value: its ends still have the slope.
    return np.where(np.abs(x) <= np.float32(2.5), np.float32(0.2), np.float32(0))


def hard_tanh(x: Array) -> Array:
    """Return hard tanh."""
    return np.clip(x, np.float32(-1), np.float32(1))


def hard_tanh_slope(x: Array) -> Array:
    """Return the slope of hard_tanh."""
    return _within(x, -1, 1)


def hard_shrink(x: Array) -> Array:
    """Return hard shrink."""
    return np.where(np.abs(x) > 0.5, x, 0).astype(np.float32)


def shrink_slope(x: Array) -> Array:
    """Return the slope of both shrinking functions."""
    return (np.abs(x) > 0.5).astype(np.float32)


def soft_shrink(x: Array) -> Array:
    """Return soft shrink."""
    return np.asarray(x - np.clip(x, np.float32(-0.5), np.float32(0.5)), dtype=np.float32)


def tanh_shrink(x: Array) -> Array:
    """Return tanh shrink."""
    return np.asarray(x - np.tanh(x), dtype=np.float32)


def tanh_shrink_slope(x: Array) -> Array:
    """Return the slope of tanh_shrink."""
    return np.square(np.tanh(x))


def sparse_plus(x: Array) -> Array:
    """Return sparse plus."""
    near = np.clip(x, np.float32(-1), np.float32(1))
    return np.where(x < 1, np.float32(0.25) * (near + 1) ** 2, x).astype(np.float32)


def sparse_plus_slope(x: Array) -> Array:
    """Return the slope of sparse_plus."""
    return np.asarray(np.clip(np.float32(0.5) * (x + np.float32(1)), 0, 1), dtype=np.float32)


def sparse_sigmoid(x: Array) -> Array:
    """Return sparse sigmoid."""
    return np.asarray(np.clip(np.float32(0.5) * (x + np.float32(1)), 0, 1), dtype=np.float32)


def sparse_sigmoid_slope(x: Array) -> Array:
    """Return the slope of sparse_sigmoid."""
    return _within(x, -1, 1) / np.float32(2)
