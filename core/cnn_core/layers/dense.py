"""Layers that sum: Dense, and Flatten that lays out what it sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import activation_function
from .base import Array, Index, Layer, Mask, MovingLayer, Shape, axis_length, product
from .reshaping import same_in_order
from .windows import Alignment, Window

__all__ = ["Dense", "Flatten"]


@dataclass(frozen=True, eq=False)
class Flatten(MovingLayer):
    """Lays a (length, channels) array out as one row, position by position."""

    type: ClassVar[str] = "Flatten"

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length × channels,)."""
        return (None,) if None in shape else (math.prod(axis for axis in shape if axis is not None),)

    def forward(self, x: Array, /) -> Array:
        """Return the values in one row, shape (length × channels,)."""
        return x.reshape(-1)

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the position and the channel that a unit is of."""
        return 0, same_in_order(index, self.output_shape(shapes[0]), shapes[0])

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position whose values a unit is one of."""
        length = axis_length(shape)
        per_position = math.prod(axis for axis in shape[1:] if axis is not None)
        return Window(position // per_position, 1, 1, length)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions of which any value is wanted."""
        return (np.logical_or.reduce(wanted.reshape(axis_length(shapes[0]), -1), axis=1),)


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
    keeps_mask: ClassVar[bool] = True
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
        summed = product(x, self.kernel)
        return activation_function(self.activation)(summed if self.bias is None else summed + self.bias)

    def weights(self) -> dict[str, Array]:
        """Return the kernel and, where there is one, the bias."""
        return {"kernel": self.kernel} if self.bias is None else {"kernel": self.kernel, "bias": self.bias}

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output position reads, or every input where there is no length axis."""
        length = axis_length(shape)
        return Window(position, 1, 1, length) if len(shape) > 1 else Window(0, length, 1, length)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted, or every input where there is no length axis."""
        return (wanted if len(shapes[0]) > 1 else np.full(axis_length(shapes[0]), wanted.any()),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, where there is a length axis."""
        return inputs[0] if len(shapes[0]) > 1 else None
