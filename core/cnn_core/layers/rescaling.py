"""Value by value with settings of their own: scales and offsets, powers, limits.

Sources: Keras, `keras.layers.Rescaling`; PyTorch, `torch.pow`, `torch.clamp`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..errors import SettingError, ShapeError
from .activation import Elementwise
from .activation_functions import ActivationFunction, unbounded
from .base import LayerRun
from .composition import Composition, ComputedValue, scaled
from .pointwise import Pointwise
from .shapes import Array, Index, PerInput, Shape, serving

__all__ = ["AddConstant", "Clip", "Power", "Rescaling"]


@dataclass(frozen=True, eq=False)
class Rescaling(Pointwise):
    """x · scale + offset.

    Attributes:
        scale: What every value is multiplied by: a number, or an array that broadcasts to the input's shape, such as
            (channels,) or (length, 1).
        offset: What is added: a number, or such an array.
    """

    linear: ClassVar[bool] = True
    called: ClassVar[str] = "rescaling"
    """What its function is called."""
    scale: float | Array = 1.0
    offset: float | Array = 0.0

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The scale or the offset does not broadcast to it.
        """
        for numbers in self.weights().values():
            own = shape[len(shape) - numbers.ndim :] if numbers.ndim else ()
            if numbers.ndim > len(shape) or any(
                mine not in (1, size) for mine, size in zip(numbers.shape, own, strict=True)
            ):
                raise ShapeError(
                    f"{self.type} has numbers of shape {numbers.shape} for an input of {shape}",
                    remedy="give it numbers that broadcast to its input",
                )
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the rescaled values, of the same shape."""
        scaled: Array = x * np.float32(self.scale)
        return scaled if _is_number(self.offset, 0) else scaled + np.float32(self.offset)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the scale."""
        return (upstream * np.float32(self.scale),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times the scale, and the offset."""
        return scaled(of, _number_at(self.scale, of.index), _number_at(self.offset, of.index))

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the scaling, or None where positions have numbers of their own."""
        if any(numbers.ndim > 1 and max(numbers.shape[:-1]) > 1 for numbers in self.weights().values()):
            return None
        one = self if channel is None else replace(self, **self._of_channel(channel))
        return ActivationFunction(self.called, one.forward, rising=bool((np.asarray(one.scale) >= 0).all()))

    def _of_channel(self, channel: int) -> dict[str, Array]:
        return {
            name: numbers[..., channel : channel + 1]
            for name, numbers in self.weights().items()
            if numbers.ndim and numbers.shape[-1] > 1
        }


@dataclass(frozen=True, eq=False)
class AddConstant(Rescaling):
    """x + offset, such as embeddings of positions that were learned; the scale is 1."""

    called: ClassVar[str] = "add_constant"


@dataclass(frozen=True, eq=False)
class Power(Elementwise):
    """x to the power of an exponent; NaN where x is below 0 and the exponent not a whole number.

    Attributes:
        exponent: The exponent.
    """

    own_rule: ClassVar[bool] = True
    exponent: float

    def forward(self, x: Array, /) -> Array:
        """Return the powers, of the same shape."""
        with np.errstate(all="ignore"):
            powers: Array = x ** np.float32(self.exponent)
        return powers

    def slope(self, x: Array) -> Array:
        """Return the exponent times the power of one less."""
        if self.exponent == 0:
            return np.zeros_like(x)
        with np.errstate(all="ignore"):
            slopes: Array = np.float32(self.exponent) * np.power(x, np.float32(self.exponent - 1))
        return slopes

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the function; nothing is known of its bounds."""
        return ActivationFunction("power", self.forward, between=unbounded)


@dataclass(frozen=True, eq=False)
class Clip(Elementwise):
    """x between two limits; where they cross, the higher.

    Attributes:
        low: The lowest value that comes out, or None for no such limit.
        high: The highest value that comes out, or None for no such limit.
    """

    own_rule: ClassVar[bool] = True
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if any(limit is not None and np.isnan(limit) for limit in (self.low, self.high)):
            raise SettingError("a limit is NaN", remedy="it is a number")

    def forward(self, x: Array, /) -> Array:
        """Return the values within the limits, of the same shape."""
        clipped = x if self.low is None else np.maximum(x, np.float32(self.low))
        return clipped if self.high is None else np.minimum(clipped, np.float32(self.high))

    def slope(self, x: Array) -> Array:
        """Return 1 within the limits and at them, 0 beyond."""
        above = True if self.low is None else x >= np.float32(self.low)
        below = True if self.high is None else x <= np.float32(self.high)
        return np.broadcast_to(above & below, x.shape).astype(np.float32)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the function, whose floor is the lower limit."""
        floor = None if self.low is None else float(min(self.low, self.low if self.high is None else self.high))
        return ActivationFunction("clip", self.forward, floor, rising=True)


def _is_number(value: float | Array, number: float) -> bool:
    return not isinstance(value, np.ndarray) and value == number


def _number_at(values: float | Array, index: Index) -> float:
    """Return what an array that broadcasts holds for a place."""
    if not isinstance(values, np.ndarray):
        return float(values)
    return float(values[serving(index, values.shape)])
