"""Recurrent layers: each position remembers what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ModelError, ShapeError
from .activation import activation_function
from .base import Array, Layer, Shape, axis_length, spatial
from .windows import Window

__all__ = ["SimpleRNN"]


@dataclass(frozen=True, eq=False)
class SimpleRNN(Layer):
    """state ← activation(input · kernel + bias + state · recurrent kernel), along the axis.

    Source: Keras, `keras.layers.SimpleRNN`.

    Attributes:
        kernel: Weights on the input, shape (input channels, units).
        recurrent_kernel: Weights on the previous state, shape (units, units).
        bias: One number a unit, shape (units,), or None.
        activation: The name of the activation function.
        return_sequences: Whether every position's state comes out, or the last one's alone.
        go_backwards: Whether the axis is read from its end; the states come out in the order they are made.
    """

    type: ClassVar[str] = "SimpleRNN"
    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None
    activation: str = "tanh"
    return_sequences: bool = False
    go_backwards: bool = False

    def __post_init__(self) -> None:
        if self.kernel.ndim != 2 or self.recurrent_kernel.shape != (self.units, self.units):
            raise ModelError(
                f"kernel {self.kernel.shape} and recurrent kernel {self.recurrent_kernel.shape} do not fit",
                remedy="their shapes are (input channels, units) and (units, units)",
            )
        if self.bias is not None and self.bias.shape != (self.units,):
            raise ModelError(
                f"bias of shape {self.bias.shape} does not fit {self.units} units",
                remedy=f"its shape is ({self.units},)",
            )
        activation_function(self.activation)

    @property
    def units(self) -> int:
        """How many numbers the state holds."""
        return int(self.kernel.shape[-1])

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length, units), or (units,) without return_sequences.

        Raises:
            ShapeError: The channels differ from the kernel's.
        """
        length, channels = spatial(shape, self.type)
        if channels != self.kernel.shape[0]:
            raise ShapeError(
                f"SimpleRNN reads {self.kernel.shape[0]} channels, not {channels}",
                remedy=f"give it an input of {self.kernel.shape[0]} channels",
            )
        return (length, self.units) if self.return_sequences else (self.units,)

    def forward(self, x: Array, /) -> Array:
        """Return the states, shape (length, units), or the last one, shape (units,)."""
        driven = x @ self.kernel
        if self.bias is not None:
            driven = driven + self.bias
        if self.go_backwards:
            driven = driven[::-1]
        function = activation_function(self.activation)
        state = np.zeros(self.units, dtype=np.float32)
        states = np.empty((len(x), self.units), dtype=np.float32)
        for step, drive in enumerate(driven):
            state = function(drive + state @ self.recurrent_kernel)
            states[step] = state
        return states if self.return_sequences else state

    def weights(self) -> dict[str, Array]:
        """Return the kernel, the recurrent kernel and, where there is one, the bias."""
        both = {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel}
        return both if self.bias is None else {**both, "bias": self.bias}

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the whole past of an output: every position up to its own, in reading order."""
        length = axis_length(shape)
        if not self.return_sequences:
            return Window(0, length, 1, length)
        return Window(length - 1 - position if self.go_backwards else 0, position + 1, 1, length)
