"""Recurrent layers: all layers and directions of PyTorch's are one operator, ours are one layer each.

Source: PyTorch, `torch.nn.LSTM`, `GRU` and `RNN`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...layers import GRU, LSTM, Bidirectional, Recurrent, SimpleRNN
from .assembly import (
    Assembly,
    Constant,
    Deferred,
    Given,
    Layout,
    Missing,
    Picks,
    Tensor,
    Unsupported,
    Value,
    as_float,
)
from .moved_values import select, slice_along

__all__ = ["KINDS", "recurrent"]

_ORDERS = {"lstm": (0, 1, 2, 3), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}
KINDS = tuple(_ORDERS)
"""The kinds of recurrent operators."""


def recurrent(
    assembly: Assembly,
    x: Value,
    states: Value | Sequence[Value],
    params: Sequence[Value],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
    *,
    kind: str,
) -> tuple[Given, ...]:
    """Add all layers of a recurrent operator.

    Args:
        assembly: Where they are added.
        x: Shape (1, length, channels) with `batch_first`, else (length, 1, channels); without the 1 too.
        states: The first states, which are zeros, or refused.
        params: The weights of every layer and direction: on the input, on the state, and their biases.
        has_biases: Whether there are biases.
        num_layers: How many layers there are.
        dropout: What share is dropped between layers in training.
        train: Whether it is in training mode, which is refused where it drops anything.
        bidirectional: Whether a second one of every layer reads from the end.
        batch_first: See `x`.
        kind: One of `KINDS`.

    Returns:
        The states of the last layer at every position, the last states of every layer, and of an LSTM what it carries
        beside them.
    """
    if train and dropout:
        raise Unsupported("it drops values at random; export the model behind model.eval()")
    several: Sequence[Value] = states if isinstance(states, list | tuple) else [states]  # type: ignore[list-item]
    if any(isinstance(state, Tensor) or np.any(state) for state in several):
        raise Unsupported("its first state is not zero")
    tensor = assembly.tensor(x)
    rank = len(tensor.layout)
    along = 1 if batch_first and rank == 3 else 0
    directions, each = (2 if bidirectional else 1), (4 if has_biases else 2)
    if len(params) != num_layers * directions * each:
        raise Unsupported(f"it has {len(params)} weights for {num_layers} layers")
    given = assembly.arranged(tensor, (along, rank - 1))
    layout: Layout = tuple({along: 0, rank - 1: 1}.get(axis) for axis in range(rank))
    states_of: list[Tensor] = []
    for number in range(num_layers):
        mine = params[number * directions * each : (number + 1) * directions * each]
        layers = [_layer(kind, mine[at * each : (at + 1) * each], at > 0) for at in range(directions)]
        part = "" if number == num_layers - 1 else f"layer{number}"
        layer = layers[0] if directions == 1 else Bidirectional(layers[0], layers[1])
        given = assembly.add(layer, [given], layout, part)
        states_of.append(given)
    ends = [
        Deferred(partial(_last, assembly, states, along, rank - 1, directions, backwards))
        for states in states_of
        for backwards in range(directions)
    ]
    carried = Missing("it reads what an LSTM carries beside its state, which does not come out")
    return given, Picks(tuple(ends)), *([carried] if kind == "lstm" else [])


def _last(assembly: Assembly, states: Tensor, along: int, units: int, directions: int, backwards: int) -> Value:
    """Return the last state of one direction, shape (1, units) or (units,): backwards, that at the first position."""
    if directions == 1:
        return select(assembly, states, along, -1)
    both = states.sizes[units]
    assert both is not None
    half = both // 2
    at_end = select(assembly, states, along, 0 if backwards else -1)
    return slice_along(assembly, at_end, -1, backwards * half, (backwards + 1) * half)


def _layer(kind: str, weights: Sequence[Value], backwards: bool) -> Recurrent:
    """Return one layer in one direction."""
    arrays = [_constant(each) for each in weights]
    blocks = len(_ORDERS[kind])
    units = arrays[1].shape[1]
    if any(array.shape[:1] != (blocks * units,) for array in arrays) or len(arrays) not in (2, 4):
        raise Unsupported("its weights do not fit its state; projections are not read")
    place = np.concatenate([np.arange(units) + block * units for block in _ORDERS[kind]])
    kernel, recurrent_kernel = (as_float(array[place].T) for array in arrays[:2])
    added = [as_float(array[place]) for array in arrays[2:]]
    settings: dict[str, Any] = {"return_sequences": True, "go_backwards": backwards}
    if kind == "gru":
        return GRU(kernel, recurrent_kernel, np.stack(added) if added else None, **settings)
    bias = added[0] + added[1] if added else None
    if kind == "lstm":
        return LSTM(kernel, recurrent_kernel, bias, **settings)
    return SimpleRNN(kernel, recurrent_kernel, bias, activation=kind.removeprefix("rnn_"), **settings)


def _constant(value: Value) -> Constant:
    if isinstance(value, Tensor):
        raise Unsupported("its weights are computed from the input")
    return value
