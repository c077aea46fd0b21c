"""ONNX's recurrent operators as layers of ours.

Both have one block of rows a gate, in an order of their own, and one set of weights a direction. What every position
gives stands as (length, directions, batch, units).

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md, RNN, GRU and LSTM.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from ...layers import GRU, LSTM, Array, Bidirectional, Layer, Recurrent, Reshape, SimpleRNN
from ..operators.assembly import Missing, Tensor, Unsupported, Value, as_float
from ..operators.moved_values import flip
from .call import Call, whole

__all__ = ["gru", "lstm", "rnn"]

_NAMES: Final = {
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Relu": "relu",
    "Softsign": "softsign",
    "Softplus": "softplus",
}
_FORWARD, _BACKWARD, _BOTH = "forward", "reverse", "bidirectional"
_Make = Callable[[Call, Array, Array, Array | None, tuple[str, ...]], Recurrent]


def rnn(call: Call) -> tuple[Value | Missing, ...]:
    """Add a simple recurrent layer."""
    return _recurrent(call, 1, ("Tanh",), _simple)


def gru(call: Call) -> tuple[Value | Missing, ...]:
    """Add a gated recurrent unit."""
    return _recurrent(call, 3, ("Sigmoid", "Tanh"), _gru)


def lstm(call: Call) -> tuple[Value | Missing, ...]:
    """Add a long short-term memory."""
    if call.integer("input_forget"):
        raise Unsupported("its input gate and its forget gate are one")
    peepholes = call.constant(7)
    if peepholes is not None and np.any(peepholes):
        raise Unsupported("its gates look at the cell (peepholes)")
    return _recurrent(call, 4, ("Sigmoid", "Tanh", "Tanh"), _lstm)


def _simple(
    call: Call, kernel: Array, recurrent: Array, bias: Array | None, functions: tuple[str, ...]
) -> Recurrent:
    return SimpleRNN(kernel, recurrent, None if bias is None else bias.sum(axis=0), functions[0])


def _gru(call: Call, kernel: Array, recurrent: Array, bias: Array | None, functions: tuple[str, ...]) -> Recurrent:
    after = bool(call.integer("linear_before_reset"))
    if bias is not None and not after:
        bias = bias.sum(axis=0)
    gate, candidate = functions
    return GRU(kernel, recurrent, bias, candidate, recurrent_activation=gate, reset_after=after)


def _lstm(call: Call, kernel: Array, recurrent: Array, bias: Array | None, functions: tuple[str, ...]) -> Recurrent:
    gate, candidate, shown = functions
    if candidate != shown:
        raise Unsupported(f"its candidate and its output have unlike functions, {candidate} and {shown}")
    # i o f c there, i f c o here.
    kernel, recurrent = (_reordered(each) for each in (kernel, recurrent))
    bias = None if bias is None else _reordered(bias.sum(axis=0))
    return LSTM(kernel, recurrent, bias, candidate, recurrent_activation=gate)


def _reordered(weights: Array) -> Array:
    entering, leaving, staying, candidate = np.split(weights, 4, axis=-1)
    return np.concatenate([entering, staying, candidate, leaving], axis=-1)


def _recurrent(call: Call, gates: int, usual: tuple[str, ...], make: _Make) -> tuple[Value | Missing, ...]:
    direction = call.text("direction", _FORWARD)
    if direction not in (_FORWARD, _BACKWARD, _BOTH):
        raise Unsupported(f"there is no direction '{direction}'")
    _refuse_other_starts(call)
    kernels, recurrents = (as_float(call.needed(index)) for index in (1, 2))
    biases = call.constant(3)
    count = 2 if direction == _BOTH else 1
    units = recurrents.shape[-1] if recurrents.ndim == 3 else 0
    if (
        kernels.ndim != 3
        or kernels.shape[:2] != (count, gates * units)
        or recurrents.shape != (count, gates * units, units)
        or (biases is not None and biases.shape != (count, 2 * gates * units))
    ):
        raise Unsupported("its weights are not of the shapes that it should have")
    functions = _functions(call, usual, count)
    layers = [
        make(
            call,
            np.ascontiguousarray(kernels[at].T),
            np.ascontiguousarray(recurrents[at].T),
            None if biases is None else as_float(biases[at].reshape(2, -1)),
            functions[at],
        )
        for at in range(count)
    ]
    return _outputs(call, layers, direction)


def _refuse_other_starts(call: Call) -> None:
    """Refuse a state that is not 0 at first, sequences that end early, and values that are cut off."""
    if "clip" in call.node.attributes:
        raise Unsupported("its values are cut off at a limit (clip)")
    for index in (5, 6):
        state = call.given(index)
        if isinstance(state, Tensor) or (state is not None and np.any(state)):
            raise Unsupported("its state does not begin at 0")
    ends, length = call.constant(4), call.assembly.tensor(call.value()).sizes[1 if call.integer("layout") else 0]
    if ends is not None and any(end != length for end in whole(ends)):
        raise Unsupported("its sequences end early")


def _functions(call: Call, usual: tuple[str, ...], count: int) -> list[tuple[str, ...]]:
    """Return the names of the functions of each direction."""
    said = call.texts("activations") or usual * count
    if len(said) != len(usual) * count:
        raise Unsupported(f"it names {len(said)} functions")
    unknown = next((name for name in said if name not in _NAMES), None)
    if unknown is not None:
        raise Unsupported(f"its function {unknown} is not one that is read here")
    named = [_NAMES[name] for name in said]
    return [tuple(named[at * len(usual) : (at + 1) * len(usual)]) for at in range(count)]


def _outputs(call: Call, layers: list[Recurrent], direction: str) -> tuple[Value | Missing, ...]:
    x = call.value()
    batch_first = bool(call.integer("layout"))
    given = call.assembly.arranged(x, (1, 2) if batch_first else (0, 2))
    wanted = [bool(name) for name in (*call.outputs, "", "", "")[:3]]
    units = layers[0].units
    every: Value | Missing = Missing("it is not asked for")
    last: Value | Missing = Missing("it is not asked for")
    if wanted[0]:
        states: Value = call.assembly.add(_layer(layers, direction, True), [given], (0, 1))
        if direction == _BACKWARD:
            # They come out in the order in which they are made.
            states = flip(call.assembly, states, 0)
        every = _every(call, call.assembly.tensor(states), len(layers), units)
    if wanted[1]:
        end = call.assembly.add(_layer(layers, direction, False), [given], (0,), "last" if wanted[0] else "")
        if len(layers) == 2:
            end = call.assembly.add(Reshape((2, units)), [end], (0, 1), "reshape")
            last = replace(end, layout=(None, 0, 1) if batch_first else (0, None, 1))
        else:
            last = replace(end, layout=(None, None, 0))
    return (
        every,
        last,
        Missing("it reads what the cells of an LSTM hold at the end, which is not computed as a value"),
    )


def _every(call: Call, states: Tensor, count: int, units: int) -> Tensor:
    """Return the states of every position, (length, directions, batch, units) or (batch, length, directions, units)."""
    batch_first = bool(call.integer("layout"))
    if count == 1:
        return replace(states, layout=(None, 0, None, 1) if batch_first else (0, None, None, 1))
    length = states.known()[0]
    apart = call.assembly.add(
        Reshape((-1 if length is None else length, count, units)), [states], (0, 1, 2), "directions"
    )
    # Most often the directions are laid side by side again, as they were.
    call.joined[apart.node] = states
    return replace(apart, layout=(None, 0, 1, 2) if batch_first else (0, 1, None, 2))


def _layer(layers: list[Recurrent], direction: str, every: bool) -> Layer:
    first = replace(layers[0], return_sequences=every)
    if len(layers) == 2:
        return Bidirectional(first, replace(layers[1], return_sequences=every, go_backwards=True))
    if direction == _BACKWARD:
        return replace(first, go_backwards=True)
    return first
