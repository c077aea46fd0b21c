"""Recurrent layers: each position remembers what came before.

Sources: Keras, `keras.layers.SimpleRNN`, `LSTM` and `GRU`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ModelError, ShapeError
from .base import Array, Layer, Mask, Shape, axis_length, spatial
from .functions import activation_function
from .windows import Alignment, Window

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]


@dataclass(frozen=True, eq=False)
class Recurrent(Layer):
    """What the recurrent layers share: a state that is carried from position to position.

    Attributes:
        kernel: Weights on the input, shape (input channels, gates × units).
        recurrent_kernel: Weights on the previous state, shape (units, gates × units).
        bias: One number a gate and unit, shape (gates × units,), or None.
        activation: The name of the activation function.
        return_sequences: Whether every position's state comes out, or the last one's alone.
        go_backwards: Whether the axis is read from its end; the states come out in the order they are made.
        zero_output_for_mask: Whether a position without data gives zeros, instead of the state before it.
    """

    gates: ClassVar[int] = 1
    """How many blocks of units the kernels hold side by side."""
    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None
    activation: str = "tanh"
    return_sequences: bool = False
    go_backwards: bool = False
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        wide = self.gates * self.units
        if (
            self.kernel.ndim != 2
            or 0 in self.kernel.shape
            or self.kernel.shape[1] != wide
            or self.recurrent_kernel.shape != (self.units, wide)
        ):
            several = f"{self.gates} × " if self.gates > 1 else ""
            raise ModelError(
                f"kernel {self.kernel.shape} and recurrent kernel {self.recurrent_kernel.shape} do not fit",
                remedy=f"their shapes are (input channels, {several}units) and (units, {several}units)",
            )
        if self.bias is not None and self.bias.shape != self._bias_shape:
            raise ModelError(
                f"bias of shape {self.bias.shape} does not fit {self.units} units",
                remedy=f"its shape is {self._bias_shape}",
            )
        activation_function(self.activation)

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    @property
    def units(self) -> int:
        """How many numbers the state holds."""
        return int(self.recurrent_kernel.shape[0]) if self.recurrent_kernel.ndim else 0

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length, units), or (units,) without return_sequences.

        Raises:
            ShapeError: The channels differ from the kernel's.
        """
        length, channels = spatial(shape, self.type)
        if channels != self.kernel.shape[0]:
            raise ShapeError(
                f"{self.type} reads {self.kernel.shape[0]} channels, not {channels}",
                remedy=f"give it an input of {self.kernel.shape[0]} channels",
            )
        return (length, self.units) if self.return_sequences else (self.units,)

    def forward(self, x: Array, /, mask: Mask | None = None) -> Array:
        """Return the states, shape (length, units), or the last one, shape (units,).

        Args:
            x: Input, shape (length, channels).
            mask: Which positions hold data, shape (length,); the state is carried over the others.
        """
        driven = self._driven(x)
        if self.go_backwards:
            driven = driven[::-1]
            mask = None if mask is None else mask[::-1]
        carried = self._at_rest()
        states = np.zeros((len(x), self.units), dtype=np.float32)
        shown = np.zeros(self.units, dtype=np.float32)
        for step, drive in enumerate(driven):
            if mask is None or mask[step]:
                carried = self._step(drive, carried)
                shown = carried[0]
            elif self.zero_output_for_mask:
                shown = np.zeros(self.units, dtype=np.float32)
            states[step] = shown
        return states if self.return_sequences else shown

    def _driven(self, x: Array) -> Array:
        """Return what the input adds to every gate at every position, shape (length, gates × units)."""
        driven: Array = x @ self.kernel
        return driven if self.bias is None else driven + self.bias

    def _at_rest(self) -> tuple[Array, ...]:
        """Return the state before the first position; its first array is what comes out."""
        return (np.zeros(self.units, dtype=np.float32),)

    @abstractmethod
    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the state behind a position."""

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the states; over positions without data the state is carried."""
        return self.forward(inputs[0], mask=masks[0])

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return the mask as it is, where every position's state comes out."""
        # As in Keras, whose mask stays in reading order even where the states come out in the other.
        return masks[0] if self.return_sequences else None

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

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the past of the last wanted position."""
        read = np.zeros(axis_length(shapes[0]), dtype=np.bool_)
        if wanted.any():
            positions = self.reads(int(np.flatnonzero(wanted)[-1]), shapes[0]).positions
            read[positions.start : positions.stop] = True
        return (read,)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, turned round where the axis is read from its end."""
        given = inputs[0]
        if given is None or not self.return_sequences:
            return None
        if not self.go_backwards:
            return given
        return Alignment(given.moved(axis_length(shapes[0]) - 1).first_base, -given.stride, given.span)


@dataclass(frozen=True, eq=False)
class SimpleRNN(Recurrent):
    """state ← activation(input · kernel + bias + state · recurrent kernel), along the axis."""

    type: ClassVar[str] = "SimpleRNN"

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        return (activation_function(self.activation)(drive + carried[0] @ self.recurrent_kernel),)


@dataclass(frozen=True, eq=False)
class LSTM(Recurrent):
    """Long short-term memory: gates decide what enters the cell, what stays in it and what comes out.

    Its kernels hold four blocks of units side by side: input gate, forget gate, candidate, output gate.

    Attributes:
        recurrent_activation: The name of the gates' activation function.
    """

    type: ClassVar[str] = "LSTM"
    gates: ClassVar[int] = 4
    recurrent_activation: str = "sigmoid"

    def __post_init__(self) -> None:
        super().__post_init__()
        activation_function(self.recurrent_activation)

    def _at_rest(self) -> tuple[Array, ...]:
        return np.zeros(self.units, dtype=np.float32), np.zeros(self.units, dtype=np.float32)

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        state, cell = carried
        units = self.units
        summed = drive + state @ self.recurrent_kernel
        entering, staying = np.split(gate(summed[: 2 * units]), 2)
        cell = staying * cell + entering * activate(summed[2 * units : 3 * units])
        return gate(summed[3 * units :]) * activate(cell), cell


@dataclass(frozen=True, eq=False)
class GRU(Recurrent):
    """Gated recurrent unit: one gate mixes the old state with a candidate, one resets what the candidate sees.

    Its kernels hold three blocks of units side by side: update gate, reset gate, candidate. With `reset_after` the
    bias has two rows, one added to the input's sums and one to the state's, shape (2, 3 × units).

    Attributes:
        recurrent_activation: The name of the gates' activation function.
        reset_after: Whether the reset gate acts on the state's sums (Keras 2 and later) or on the state itself.
    """

    type: ClassVar[str] = "GRU"
    gates: ClassVar[int] = 3
    recurrent_activation: str = "sigmoid"
    reset_after: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        activation_function(self.recurrent_activation)

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _driven(self, x: Array) -> Array:
        driven: Array = x @ self.kernel
        if self.bias is None:
            return driven
        return driven + (self.bias[0] if self.reset_after else self.bias)

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        (state,) = carried
        units = self.units
        if self.reset_after:
            inner = state @ self.recurrent_kernel
            if self.bias is not None:
                inner = inner + self.bias[1]
            update, reset = np.split(gate(drive[: 2 * units] + inner[: 2 * units]), 2)
            remembered = reset * inner[2 * units :]
        else:
            inner = state @ self.recurrent_kernel[:, : 2 * units]
            update, reset = np.split(gate(drive[: 2 * units] + inner), 2)
            remembered = (reset * state) @ self.recurrent_kernel[:, 2 * units :]
        candidate = activate(drive[2 * units :] + remembered)
        return (update * state + (1 - update) * candidate,)
