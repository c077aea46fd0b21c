"""Recurrent layers as functions that a PyTorch program defines: with Keras's weights as they are, gate by gate.

PyTorch's own modules order the gates otherwise, and know one activation function a gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..layers import GRU, LSTM, Bidirectional, Layer, SimpleRNN

__all__ = ["HELPERS", "helpers_of"]

HELPERS: Final = {
    SimpleRNN: '''
def simple_rnn(x, kernel, recurrent, bias, activate):
    """Carry a state along the length; return what it is behind each position, (1, units, length)."""
    state, states = torch.zeros(1, len(recurrent)), []
    for position in range(x.shape[2]):
        state = activate(x[:, :, position] @ kernel + bias + state @ recurrent)
        states.append(state)
    return torch.stack(states, 2)
''',
    LSTM: '''
def lstm(x, kernel, recurrent, bias, gate, activate):
    """Carry a state and a memory along the length; the gates stand in Keras's order: in, forget, new, out."""
    units = len(recurrent)
    state, memory, states = torch.zeros(1, units), torch.zeros(1, units), []
    for position in range(x.shape[2]):
        enter, stay, new, leave = (x[:, :, position] @ kernel + bias + state @ recurrent).split(units, 1)
        memory = gate(stay) * memory + gate(enter) * activate(new)
        state = gate(leave) * activate(memory)
        states.append(state)
    return torch.stack(states, 2)
''',
    GRU: '''
def gru(x, kernel, recurrent, bias, recurrent_bias, gate, activate, reset_after):
    """Carry a state along the length; the gates stand in Keras's order: update, reset, new."""
    units = len(recurrent)
    state, states = torch.zeros(1, units), []
    for position in range(x.shape[2]):
        update, reset, new = (x[:, :, position] @ kernel + bias).split(units, 1)
        held_update, held_reset, held_new = (state @ recurrent + recurrent_bias).split(units, 1)
        update, reset = gate(update + held_update), gate(reset + held_reset)
        held_new = reset * held_new if reset_after else (reset * state) @ recurrent[:, 2 * units :]
        state = update * state + (1 - update) * activate(new + held_new)
        states.append(state)
    return torch.stack(states, 2)
''',
}
"""What a program defines where it has a layer of the class."""


def helpers_of(layer: Layer) -> Iterator[type[Layer]]:
    """Yield the keys of `HELPERS` that the lines of a layer call."""
    inside = (layer.forward_layer, layer.backward_layer) if isinstance(layer, Bidirectional) else (layer,)
    for each in inside:
        if type(each) in HELPERS:
            yield type(each)
