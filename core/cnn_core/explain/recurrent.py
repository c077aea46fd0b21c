"""Values of recurrent layers: what is read at a position, and what is remembered of those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..layers import GRU, LSTM, Array, Bidirectional, GatedRecurrent, Layer, Mask, Recurrent
from ..layers.base import product
from .parts import Composition, Computed, Gated, bias_of, grid, named, weighed_against, weighted_sum

__all__ = ["both_directions", "hidden_states", "recurrence"]

_MERGED: Final = {"sum": "sum", "ave": "mean", "mul": "product"}


def hidden_states(layer: Layer, inputs: Sequence[Array], masks: Sequence[Mask | None]) -> tuple[Array, ...]:
    """Return the states that a recurrent layer makes and does not give, in the order they are made.

    Args:
        layer: Any layer.
        inputs: What it was given, in order.
        masks: Which positions of each hold data, shape (length,), or None where all do.

    Returns:
        One array, shape (length, units), of a layer that gives its last state alone; one a direction where both are
        merged or give their last states alone; none of any other layer.
    """
    runs: tuple[Recurrent, ...] = ()
    if isinstance(layer, Recurrent) and not layer.return_sequences:
        runs = (layer,)
    elif isinstance(layer, Bidirectional) and not (layer.return_sequences and layer.merge_mode == "concat"):
        runs = _directions(layer)
    return tuple(replace(each, return_sequences=True).forward(inputs[0], mask=masks[0]) for each in runs)


def recurrence(layer: Recurrent, of: Computed) -> Composition:
    """Return what a unit sums up at its position; of one that gives its last state alone, at the last position."""
    if layer.return_sequences:
        step, unit = of.index
        return _Run(layer, of.x, of.masks[0], of.output).at(step, unit, of.value)
    return _Run(layer, of.x, of.masks[0], of.states[0]).at(len(of.x) - 1, of.index[-1], of.value)


def both_directions(layer: Bidirectional, of: Computed) -> Composition:
    """Return the direction that a unit is of, or both, where their values are merged."""
    pair, unit, last = _directions(layer), of.index[-1], len(of.x) - 1
    steps = (of.index[0], last - of.index[0]) if layer.return_sequences else (last, last)
    first = pair[0].units
    states = of.states or (of.output[:, :first], of.output[::-1, first:])
    runs = [_Run(each, of.x, of.masks[0], made) for each, made in zip(pair, states, strict=True)]
    if layer.merge_mode == "concat":
        which = int(unit >= first)
        return _directed(runs[which], steps[which], unit - which * first, of.value)
    found = tuple(
        _directed(run, step, unit, float(run.states[step, unit])) for run, step in zip(runs, steps, strict=True)
    )
    count = sum(each.count for each in found)
    return Composition(_MERGED[str(layer.merge_mode)], (), count, of.value, directions=found)


def _directions(layer: Bidirectional) -> tuple[Recurrent, Recurrent]:
    """Return both layers as they run in it: positions without data are zeros where all positions come out."""
    forward, backward = (
        replace(each, zero_output_for_mask=layer.return_sequences)
        for each in (layer.forward_layer, layer.backward_layer)
    )
    return forward, backward


def _directed(run: _Run, step: int, unit: int, value: float) -> Composition:
    direction = "backward" if run.layer.go_backwards else "forward"
    return replace(run.at(step, unit, value), direction=direction)


@dataclass(frozen=True, eq=False, slots=True)
class _Run:
    """A recurrent layer on its way along an input.

    Attributes:
        layer: The layer.
        x: Its input, shape (length, channels).
        mask: Which positions hold data, shape (length,), or None where all do.
        states: The states in the order they are made, shape (length, units), right at least where there is data.
    """

    layer: Recurrent
    x: Array
    mask: Mask | None
    states: Array

    def at(self, step: int, unit: int, value: float) -> Composition:
        """Return the composition of a unit's state behind a step, in reading order."""
        layer, order = self.layer, slice(None, None, -1 if self.layer.go_backwards else 1)
        marked = np.ones(len(self.x), dtype=np.bool_) if self.mask is None else self.mask[order]
        past = np.flatnonzero(marked[:step])
        if not marked[step]:
            if layer.return_sequences or layer.zero_output_for_mask or not past.size:
                return Composition("carried", (), 0, value, remembered=value)
            step, past = int(past[-1]), past[:-1]
        turned = self.x[order]
        position = len(self.x) - 1 - step if layer.go_backwards else step
        states = self.states[past if isinstance(layer, LSTM) else past[-1:]]
        if isinstance(layer, GatedRecurrent):
            cell = None
            if isinstance(layer, LSTM):
                cell = layer.cell(turned[past], states, unit) if past.size else 0.0
            return self._gated(layer, position, states, unit, value, cell)
        found = self._summed(position, unit, value, layer.bias)
        remembered = (
            float(product(states[-1:], layer.recurrent_kernel[:, unit : unit + 1])[0, 0]) if past.size else 0.0
        )
        return replace(found, how="state", remembered=remembered)

    def _gated(
        self, layer: GatedRecurrent, position: int, states: Array, unit: int, value: float, cell: float | None
    ) -> Composition:
        """Return the composition of a candidate, and its gates.

        Args:
            layer: The layer.
            position: The position that is read.
            states: The states behind the steps before, shape (steps, units).
            unit: The unit.
            value: The value that comes out.
            cell: What an LSTM's cell held before; None where the state itself is held.
        """
        state = states[-1] if len(states) else np.zeros(layer.units, dtype=np.float32)
        drive = layer.driven(self.x[position : position + 1])[0]
        gates = layer.opened(drive, state)
        open_gates = Gated(
            before=float(state[unit]) if cell is None else cell,
            staying=float(gates.staying[unit]),
            entering=float(gates.entering[unit]),
            candidate=float(layer.candidate(drive, gates.remembered)[unit]),
            leaving=None if gates.leaving is None else float(gates.leaving[unit]),
        )
        # Where the reset gate acts on the state's sums, their bias is part of what is remembered.
        bias = layer.bias
        if bias is not None and isinstance(layer, GRU) and layer.reset_after:
            bias = bias[0]
        column = layer.candidate_block * layer.units + unit
        found = self._summed(position, column, value, bias)
        return replace(found, how="gated", remembered=float(gates.remembered[unit]), gates=open_gates)

    def _summed(self, position: int, column: int, value: float, bias: Array | None) -> Composition:
        """Return the products of a position's channels with a column of the kernel."""
        layer = self.layer
        return weighted_sum(
            self.x,
            grid(range(position, position + 1), range(self.x.shape[1])),
            layer.kernel[:, column],
            value,
            bias=bias_of(bias, column),
            function=named(layer.activation),
            among=weighed_against(layer.activation, layer.units),
        )
