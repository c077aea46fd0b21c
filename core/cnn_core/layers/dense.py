"""Layers without a window: the input, Flatten, Dense and Dropout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ..alphabet import BASES, check_channels
from ..errors import ModelError, ShapeError
from .activation import activation_function
from .base import Array, Layer, Shape, axis_length
from .windows import Window

__all__ = ["Dense", "Dropout", "Flatten", "Input"]


@dataclass(frozen=True, eq=False)
class Input(Layer):
    """Where the one-hot letters enter.

    Attributes:
        length: The length the network reads, or None where any will do.
        channels: The channel order, such as ACGT, ATGC or ACGTN.
    """

    type: ClassVar[str] = "InputLayer"
    length: int | None = None
    channels: str = BASES

    def __post_init__(self) -> None:
        check_channels(self.channels)
        if self.length is not None and self.length < 1:
            raise ModelError(f"an input of length {self.length} holds nothing", remedy="the shortest is 1")

    def output_shape(self, shape: Shape = (), /) -> Shape:
        """Return (length, channels)."""
        return self.length, len(self.channels)

    def forward(self, x: Array, /) -> Array:
        """Return the one-hot letters as they are."""
        return x

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one base that a position is."""
        return Window(position, 1, 1, axis_length(shape))


@dataclass(frozen=True, eq=False)
class Flatten(Layer):
    """Lays a (length, channels) array out as one row, position by position."""

    type: ClassVar[str] = "Flatten"

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length × channels,)."""
        return (None,) if None in shape else (math.prod(axis for axis in shape if axis is not None),)

    def forward(self, x: Array, /) -> Array:
        """Return the values in one row, shape (length × channels,)."""
        return x.reshape(-1)

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position whose values a unit is one of."""
        length = axis_length(shape)
        per_position = math.prod(axis for axis in shape[1:] if axis is not None)
        return Window(position // per_position, 1, 1, length)


@dataclass(frozen=True, eq=False)
class Dense(Layer):
    """Every unit sums all its inputs, weighted; on a length axis, at each position for itself.

    Source: Keras, `keras.layers.Dense`.

    Attributes:
        kernel: Weights, shape (inputs, units).
        bias: One number a unit, shape (units,), or None.
        activation: The name of the activation function.
    """

    type: ClassVar[str] = "Dense"
    kernel: Array
    bias: Array | None = None
    activation: str = "linear"

    def __post_init__(self) -> None:
        if self.kernel.ndim != 2 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not a Dense kernel",
                remedy="its shape is (inputs, units)",
            )
        if self.bias is not None and self.bias.shape != self.kernel.shape[1:]:
            raise ModelError(
                f"bias of shape {self.bias.shape} does not fit {self.kernel.shape[1]} units",
                remedy=f"its shape is ({self.kernel.shape[1]},)",
            )
        activation_function(self.activation)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape with its last axis replaced by the units.

        Raises:
            ShapeError: The last axis is not as long as the kernel's first.
        """
        inputs, units = self.kernel.shape
        if not shape or shape[-1] != inputs:
            given = f"{shape[-1]:,}" if shape and shape[-1] is not None else "an unknown number"
            raise ShapeError(f"Dense reads {inputs:,} inputs, not {given}", remedy=f"give it {inputs:,}")
        return (*shape[:-1], units)

    def forward(self, x: Array, /) -> Array:
        """Return one value a unit, shape (…, units)."""
        summed: Array = x @ self.kernel
        return activation_function(self.activation)(summed if self.bias is None else summed + self.bias)

    def weights(self) -> dict[str, Array]:
        """Return the kernel and, where there is one, the bias."""
        return {"kernel": self.kernel} if self.bias is None else {"kernel": self.kernel, "bias": self.bias}

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output position reads, or every input where there is no length axis."""
        length = axis_length(shape)
        return Window(position, 1, 1, length) if len(shape) > 1 else Window(0, length, 1, length)


@dataclass(frozen=True, eq=False)
class Dropout(Layer):
    """Silences inputs at random while training; a trained network passes everything on.

    Attributes:
        rate: The share that was silenced in training.
    """

    type: ClassVar[str] = "Dropout"
    rate: float = 0.5

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape."""
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the input."""
        return x

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output reads: its own."""
        return Window(position, 1, 1, axis_length(shape))
