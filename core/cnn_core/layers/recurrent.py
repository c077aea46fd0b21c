"""Recurrent layers: each position remembers what came before.

Sources: Keras, `keras.layers.SimpleRNN`, `LSTM` and `GRU`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import activation_function
from .base import Array, Layer, Mask, Shape, axis_length, product, spatial
from .windows import Alignment, Window

__all__ = ["GRU", "LSTM", "GatedRecurrent", "Gates", "Recurrent", "SimpleRNN"]


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
        driven = self.driven(x)
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

    def driven(self, x: Array) -> Array:
        """Return what the input adds to every gate at every position, shape (length, gates × units)."""
        driven = product(x, self.kernel)
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
        return (activation_function(self.activation)(drive + product(carried[0], self.recurrent_kernel)),)


class Gates(NamedTuple):
    """How far the gates of every unit are open at one step, shape (units,) each.

    Attributes:
        staying: What share of what was held before stays.
        entering: What share of the candidate enters.
        leaving: What share of what is held comes out; None where all of it does.
        remembered: What the state before adds to the candidate's sums.
    """

    staying: Array
    entering: Array
    leaving: Array | None
    remembered: Array


@dataclass(frozen=True, eq=False)
class GatedRecurrent(Recurrent):
    """A recurrent layer with gates: held ← staying · held before + entering · candidate.

    The candidate is activation(input · its kernel + bias + what the state before adds).

    Attributes:
        recurrent_activation: The name of the gates' activation function.
    """

    candidate_block: ClassVar[int] = 2
    """Which of the blocks of units that the kernels hold is the candidate's."""
    recurrent_activation: str = "sigmoid"

    def __post_init__(self) -> None:
        super().__post_init__()
        activation_function(self.recurrent_activation)

    @abstractmethod
    def opened(self, drive: Array, state: Array) -> Gates:
        """Return the gates at a step.

        Args:
            drive: What the input adds to every gate, shape (gates × units,), see `driven`.
            state: The state before, shape (units,).
        """

    def candidate(self, drive: Array, remembered: Array) -> Array:
        """Return what may enter at a step, shape (units,).

        Args:
            drive: What the input adds to every gate, shape (gates × units,).
            remembered: What the state before adds to the candidate, shape (units,).
        """
        first = self.candidate_block * self.units
        return activation_function(self.activation)(drive[first : first + self.units] + remembered)


@dataclass(frozen=True, eq=False)
class LSTM(GatedRecurrent):
    """Long short-term memory: gates decide what enters the cell, what stays in it and what comes out.

    Its kernels hold four blocks of units side by side: input gate, forget gate, candidate, output gate.
    """

    type: ClassVar[str] = "LSTM"
    gates: ClassVar[int] = 4

    def _at_rest(self) -> tuple[Array, ...]:
        return np.zeros(self.units, dtype=np.float32), np.zeros(self.units, dtype=np.float32)

    def opened(self, drive: Array, state: Array) -> Gates:
        """Return the gates at a step: forget, input and output gate."""
        gate, units = activation_function(self.recurrent_activation), self.units
        inner = product(state, self.recurrent_kernel)
        entering, staying = gate((drive[: 2 * units] + inner[: 2 * units]).reshape(2, units))
        leaving = gate(drive[3 * units :] + inner[3 * units :])
        return Gates(staying, entering, leaving, inner[2 * units : 3 * units])

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        state, cell = carried
        staying, entering, leaving, remembered = self.opened(drive, state)
        assert leaving is not None
        cell = staying * cell + entering * self.candidate(drive, remembered)
        return leaving * activation_function(self.activation)(cell), cell

    def cell(self, x: Array, states: Array, unit: int) -> float:
        """Return what the cell of a unit holds behind the last of some positions.

        Args:
            x: The input at these positions, in reading order, shape (positions, channels).
            states: The states behind them, shape (positions, units).
            unit: The unit.
        """
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        # A function that weighs units against each other needs them all.
        alone = gate.elementwise and activate.elementwise
        mine = slice(unit, unit + 1) if alone else slice(None)
        before: Array = np.concatenate([np.zeros_like(states[:1]), states[:-1]])

        def summed(block: int) -> Array:
            columns = slice(block * self.units, (block + 1) * self.units)
            driven = product(x, self.kernel[:, columns][:, mine])
            sums: Array = driven + product(before, self.recurrent_kernel[:, columns][:, mine])
            return sums if self.bias is None else sums + self.bias[columns][mine]

        at = 0 if alone else unit
        entering, staying = (gate(summed(block))[:, at].tolist() for block in range(2))
        candidates = activate(summed(self.candidate_block))[:, at].tolist()
        held = 0.0
        for enters, stays, candidate in zip(entering, staying, candidates, strict=True):
            held = stays * held + enters * candidate
        return held


@dataclass(frozen=True, eq=False)
class GRU(GatedRecurrent):
    """Gated recurrent unit: one gate mixes the old state with a candidate, one resets what the candidate sees.

    Its kernels hold three blocks of units side by side: update gate, reset gate, candidate. With `reset_after` the
    bias has two rows, one added to the input's sums and one to the state's, shape (2, 3 × units).

    Attributes:
        reset_after: Whether the reset gate acts on the state's sums (Keras 2 and later) or on the state itself.
    """

    type: ClassVar[str] = "GRU"
    gates: ClassVar[int] = 3
    reset_after: bool = True

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def driven(self, x: Array) -> Array:
        """Return what the input adds to every gate at every position, shape (length, 3 × units)."""
        driven = product(x, self.kernel)
        if self.bias is None:
            return driven
        return driven + (self.bias[0] if self.reset_after else self.bias)

    def opened(self, drive: Array, state: Array) -> Gates:
        """Return the gates at a step: what the update gate keeps, and what it lets enter."""
        gate, units = activation_function(self.recurrent_activation), self.units
        if self.reset_after:
            inner = product(state, self.recurrent_kernel)
            if self.bias is not None:
                inner = inner + self.bias[1]
            update, reset = gate((drive[: 2 * units] + inner[: 2 * units]).reshape(2, units))
            remembered = reset * inner[2 * units :]
        else:
            inner = product(state, self.recurrent_kernel[:, : 2 * units])
            update, reset = gate((drive[: 2 * units] + inner).reshape(2, units))
            remembered = product(reset * state, self.recurrent_kernel[:, 2 * units :])
        return Gates(update, 1 - update, None, remembered)

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        (state,) = carried
        staying, entering, _, remembered = self.opened(drive, state)
        return (staying * state + entering * self.candidate(drive, remembered),)
