"""Functions value by value that are no activation functions in Keras, each with its slope, the derivative.

Names, definitions and slopes are PyTorch's: `torch.abs`, `torch.rsqrt`, …; at a kink or a step the slope is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .activation_formulas import ERFC
from .shapes import Array

__all__ = ["FORMULAS", "Formula"]

Formula = tuple[Callable[[Array], Array], Callable[[Array], Array]]
"""A function and its slope."""
_Wide = Callable[[Array], ArrayLike]

_ERF: Final = np.frompyfunc(math.erf, 1, 1)


def _with(function: _Wide, slope: _Wide) -> Formula:
    """Return a function and its slope as float32, silent where a value has none."""
    return _quiet(function), _quiet(slope)


def _quiet(function: _Wide) -> Callable[[Array], Array]:
    def computed(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(function(x), dtype=np.float32)

    return computed


def _sign(x: Array) -> Array:
    # PyTorch's sign of NaN is 0.
    return np.nan_to_num(np.sign(x), nan=0)


def _erf_slope(x: Array) -> Array:
    wide = np.asarray(x, dtype=np.float64)
    return np.asarray(2 / math.sqrt(math.pi) * np.exp(-wide * wide), dtype=np.float32)


def _squared(x: Array) -> NDArray[np.float64]:
    return np.square(x, dtype=np.float64)


FORMULAS: Final[dict[str, Formula]] = {
    "abs": _with(np.abs, _sign),
    "acos": _with(np.arccos, lambda x: -1 / np.sqrt(1 - _squared(x))),
    "acosh": _with(np.arccosh, lambda x: 1 / np.sqrt(_squared(x) - 1)),
    "asin": _with(np.arcsin, lambda x: 1 / np.sqrt(1 - _squared(x))),
    "asinh": _with(np.arcsinh, lambda x: 1 / np.sqrt(_squared(x) + 1)),
    "atan": _with(np.arctan, lambda x: 1 / (_squared(x) + 1)),
    "atanh": _with(np.arctanh, lambda x: 1 / (1 - _squared(x))),
    "ceil": _with(np.ceil, np.zeros_like),
    "cos": _with(np.cos, lambda x: -np.sin(x)),
    "cosh": _with(np.cosh, np.sinh),
    "erf": _with(lambda x: _ERF(x.astype(np.float64)), _erf_slope),
    "erfc": _with(lambda x: ERFC(x.astype(np.float64)), lambda x: -_erf_slope(x)),
    "exp2": _with(np.exp2, lambda x: np.exp2(x) * np.float32(math.log(2))),
    "expm1": _with(np.expm1, np.exp),
    "floor": _with(np.floor, np.zeros_like),
    "log": _with(np.log, np.reciprocal),
    "log10": _with(np.log10, lambda x: 1 / (x * np.float32(math.log(10)))),
    "log1p": _with(np.log1p, lambda x: 1 / (x + 1)),
    "log2": _with(np.log2, lambda x: 1 / (x * np.float32(math.log(2)))),
    "logical_not": _with(np.logical_not, np.zeros_like),
    "neg": _with(np.negative, lambda x: -np.ones_like(x)),
    "reciprocal": _with(np.reciprocal, lambda x: -np.square(np.reciprocal(x))),
    "round": _with(np.round, np.zeros_like),
    "rsqrt": _with(lambda x: 1 / np.sqrt(x), lambda x: np.float32(-0.5) / (np.sqrt(x) * x)),
    "sign": _with(_sign, np.zeros_like),
    "sin": _with(np.sin, np.cos),
    "sinh": _with(np.sinh, np.cosh),
    "sqrt": _with(np.sqrt, lambda x: np.float32(0.5) / np.sqrt(x)),
    "square": _with(np.square, lambda x: 2 * x),
    "tan": _with(np.tan, lambda x: 1 + np.square(np.tan(x))),
    "trunc": _with(np.trunc, np.zeros_like),
}
"""Every function by its name."""
