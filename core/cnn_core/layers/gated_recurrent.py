"""Recurrent layers with gates, which decide what is held from position to position.

Sources: Keras, `keras.layers.LSTM` and `keras.layers.GRU`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activation_functions import activation_function
from .composition import Composition, ComputedValue, Gated, Part
from .recurrent import Recurrent, Steps, backward_by_step
from .shapes import Array, product
from .simple_recurrent import SummingRecurrent

__all__ = ["GRU", "LSTM", "GatedRecurrent", "Gates"]


class Gates(NamedTuple):
    """How far the gates of every unit are open at one step, shape (…, units) each.

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
            drive: What the input adds to every gate, shape (…, gates × units), see `driven`.
            state: The state before, shape (…, units).
        """

    def candidate(self, drive: Array, remembered: Array) -> Array:
        """Return what may enter at a step, shape (…, units).

        Args:
            drive: What the input adds to every gate, shape (…, gates × units).
            remembered: What the state before adds to the candidate, shape (…, units).
        """
        first = self.candidate_block * self.units
        return activation_function(self.activation)(drive[..., first : first + self.units] + remembered)

    def _two_gates(self, sums: Array) -> tuple[Array, Array]:
        """Return the first two blocks of units as gates."""
        two = sums[..., : 2 * self.units].reshape(*sums.shape[:-1], 2, self.units)
        gates = activation_function(self.recurrent_activation)(two)
        return gates[..., 0, :], gates[..., 1, :]

    def _held_before(self, of: ComputedValue, past: NDArray[np.int64], unit: int) -> float:
        """Return what a unit held after the steps of the past: here, its state."""
        return float(of.output[past[-1], unit]) if past.size else 0.0

    def _composed(self, of: ComputedValue, position: int, past: NDArray[np.int64], unit: int) -> Composition:
        state = of.output[past[-1]] if past.size else np.zeros(self.units, dtype=np.float32)
        drive = self.driven(of.x[position : position + 1])[0]
        gates = self.opened(drive, state)
        open_gates = Gated(
            before=self._held_before(of, past, unit),
            staying=float(gates.staying[unit]),
            entering=float(gates.entering[unit]),
            candidate=float(self.candidate(drive, gates.remembered)[unit]),
            leaving=None if gates.leaving is None else float(gates.leaving[unit]),
        )
        found = self._read(of, position, self.candidate_block * self.units + unit)
        return replace(
            found,
            how="gated",
            remembered=float(gates.remembered[unit]),
            recalled=_recalled(open_gates, past, unit),
            gates=open_gates,
        )


def _recalled(gates: Gated, past: NDArray[np.int64], unit: int) -> Part | None:
    """Return what stays of a unit's own past, where it is more than what enters."""
    stays, enters = gates.staying * gates.before, gates.entering * gates.candidate
    if not past.size or abs(stays) <= abs(enters):
        return None
    return Part(0, (int(past[-1]), unit), gates.before, gates.staying, stays)


@dataclass(frozen=True, eq=False)
class LSTM(GatedRecurrent, SummingRecurrent):
    """Long short-term memory: gates decide what enters the cell, what stays in it and what comes out.

    Its kernels hold four blocks of units side by side: input gate, forget gate, candidate, output gate.
    """

    gates: ClassVar[int] = 4
    carries: ClassVar[int] = 2

    def _at_rest(self) -> tuple[Array, ...]:
        return np.zeros(self.units, dtype=np.float32), np.zeros(self.units, dtype=np.float32)

    def opened(self, drive: Array, state: Array) -> Gates:
        """Return the gates at a step: forget, input and output gate."""
        inner = product(state, self.recurrent_kernel)
        entering, staying, leaving = self._three_gates(drive + inner)
        return Gates(staying, entering, leaving, inner[..., 2 * self.units : 3 * self.units])

    def _three_gates(self, sums: Array) -> tuple[Array, Array, Array]:
        """Return input, forget and output gate."""
        leaving = activation_function(self.recurrent_activation)(sums[..., 3 * self.units :])
        return *self._two_gates(sums), leaving

    def _after(self, sums: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        activate, (_, held) = activation_function(self.activation), carried
        cell, staying, leaving = self._three_gates(sums)
        # The gates are this step's own: their room serves for what follows.
        cell *= activate(sums[..., 2 * self.units : 3 * self.units])
        staying *= held
        cell += staying
        leaving *= activate(cell)
        return leaving, cell

    def _pulled(self, upstream: Array, of: Steps, reference: Steps) -> Array:
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        functions = gate, gate, activate, gate
        sums, others = (
            np.split(run.driven + product(run.before, self.recurrent_kernel), self.gates, axis=1)
            for run in (of, reference)
        )
        opened, opened_reference = (
            [function(block) for function, block in zip(functions, blocks, strict=True)]
            for blocks in (sums, others)
        )
        held, held_reference = self._held(opened), self._held(opened_reference)
        entering, staying, candidate, leaving = map(_middle, opened, opened_reference)
        before = _middle(_shifted(held), _shifted(held_reference))
        shown = _middle(activate(held), activate(held_reference))
        backward = [backward_by_step(*block) for block in zip(functions, sums, others, strict=True)]
        at_shown = backward_by_step(activate, held, held_reference)
        pulled = np.zeros_like(of.driven)
        at_state = at_cell = np.zeros(self.units, dtype=np.float32)
        for step in reversed(range(len(upstream))):
            at_output = upstream[step] + at_state
            at_cell = at_cell + at_shown(step, at_output * leaving[step])
            at_gates = (
                at_cell * candidate[step],
                at_cell * before[step],
                at_cell * entering[step],
                at_output * shown[step],
            )
            pulled[step] = np.concatenate([back(step, at) for back, at in zip(backward, at_gates, strict=True)])
            at_state = product(self.recurrent_kernel, pulled[step])
            at_cell = at_cell * staying[step]
        return pulled

    def _held(self, opened: Sequence[Array]) -> Array:
        """Return what the cell holds behind each step, given the gates and the candidates."""
        entering, staying, candidate, _ = opened
        held = np.zeros_like(candidate)
        cell = np.zeros(self.units, dtype=np.float32)
        for step, enters in enumerate(entering * candidate):
            cell = staying[step] * cell + enters
            held[step] = cell
        return held

    def _held_before(self, of: ComputedValue, past: NDArray[np.int64], unit: int) -> float:
        """Return what a unit's cell held after the steps of the past."""
        if not past.size:
            return 0.0
        x, states = of.x[:: -1 if self.go_backwards else 1][past], of.output[past]
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

    gates: ClassVar[int] = 3
    reset_after: bool = True

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    @property
    def input_bias(self) -> Array | None:
        """What is added to the input's sums; the other row is part of what is remembered."""
        return self.bias[0] if self.bias is not None and self.reset_after else self.bias

    def opened(self, drive: Array, state: Array) -> Gates:
        """Return the gates at a step: what the update gate keeps, and what it lets enter."""
        units = self.units
        if self.reset_after:
            inner = product(state, self.recurrent_kernel)
            if self.bias is not None:
                inner = inner + self.bias[1]
            update, reset = self._two_gates(drive[..., : 2 * units] + inner[..., : 2 * units])
            remembered = reset * inner[..., 2 * units :]
        else:
            inner = product(state, self.recurrent_kernel[:, : 2 * units])
            update, reset = self._two_gates(drive[..., : 2 * units] + inner)
            remembered = product(reset * state, self.recurrent_kernel[:, 2 * units :])
        return Gates(update, 1 - update, None, remembered)

    def _step(self, drive: Array, carried: tuple[Array, ...]) -> tuple[Array, ...]:
        (state,) = carried
        staying, entering, _, remembered = self.opened(drive, state)
        return (staying * state + entering * self.candidate(drive, remembered),)

    def _pulled(self, upstream: Array, of: Steps, reference: Steps) -> Array:
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        sums, opened, recalled = self._along(of)
        others, opened_reference, recalled_reference = self._along(reference)
        update, reset, candidate = map(_middle, opened, opened_reference)
        recalled = _middle(recalled, recalled_reference)
        kept = _middle(of.before, reference.before) - candidate
        to_update, to_reset, to_candidate = (
            backward_by_step(*block) for block in zip((gate, gate, activate), sums, others, strict=True)
        )
        opening, remembering = np.split(self.recurrent_kernel, [2 * self.units], axis=1)
        pulled = np.zeros_like(of.driven)
        at_state = np.zeros(self.units, dtype=np.float32)
        for step in reversed(range(len(upstream))):
            at_output = upstream[step] + at_state
            at_update = to_update(step, at_output * kept[step])
            at_candidate = to_candidate(step, at_output * (1 - update[step]))
            # What the reset gate multiplies: the state's sums, or the state itself.
            at_product = at_candidate if self.reset_after else product(remembering, at_candidate)
            at_reset = to_reset(step, at_product * recalled[step])
            at_recalled = at_product * reset[step]
            pulled[step] = np.concatenate([at_update, at_reset, at_candidate])
            at_state = at_output * update[step] + product(opening, pulled[step, : 2 * self.units])
            at_state += product(remembering, at_recalled) if self.reset_after else at_recalled
        return pulled

    def _along(self, of: Steps) -> tuple[list[Array], list[Array], Array]:
        """Return sums and values of both gates and the candidate at every step, and what the reset gate multiplies."""
        gate, activate = activation_function(self.recurrent_activation), activation_function(self.activation)
        inner = product(of.before, self.recurrent_kernel)
        if self.reset_after and self.bias is not None:
            inner = inner + self.bias[1]
        at_update, at_reset, at_candidate = np.split(of.driven, 3, axis=1)
        of_update, of_reset, of_candidate = np.split(inner, 3, axis=1)
        sums = [at_update + of_update, at_reset + of_reset]
        opened = [gate(each) for each in sums]
        recalled = of_candidate if self.reset_after else of.before
        remembered = opened[1] * recalled
        if not self.reset_after:
            remembered = product(remembered, self.recurrent_kernel[:, 2 * self.units :])
        sums.append(at_candidate + remembered)
        return sums, [*opened, activate(sums[2])], recalled


def _middle(mine: Array, theirs: Array) -> Array:
    """Return the means of two runs."""
    return (mine + theirs) / np.float32(2)


def _shifted(states: Array) -> Array:
    """Return what was there before each step: at first, zeros."""
    return np.concatenate([np.zeros_like(states[:1]), states[:-1]])
