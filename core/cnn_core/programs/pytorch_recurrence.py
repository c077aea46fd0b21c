"""Recurrent layers as functions that a PyTorch program defines: with Keras's weights as they are, gate by gate.

PyTorch's own modules order the gates otherwise, and know one activation function a gate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ..layers import GRU, Bidirectional, Recurrent
from .in_pytorch import COMMENT, function, weight
from .plan import NoCodeError, Step, call_lines

__all__ = ["GRU_CALL", "LSTM_CALL", "SIMPLE_RNN_CALL", "HelperCall", "definitions", "pair_lines"]


@dataclass(frozen=True, slots=True)
class HelperCall:
    """The call of a function that carries a layer's state along the length.

    Attributes:
        name: The function.
        arguments: Gives what it takes behind the input and the two kernels, of the layer and its bias as it is written.
    """

    name: str
    arguments: Callable[[Any, str], list[str]]

    def __call__(self, layer: Recurrent, step: Step) -> Iterator[str]:
        """Yield the lines of the layer at its place in a program."""
        turned = f"{step.inputs[0]}.flip(2)" if layer.go_backwards else step.inputs[0]
        last = "" if layer.return_sequences else "[:, :, -1]"
        return self.states(layer, step, step.variable, turned, last)

    def states(self, layer: Recurrent, step: Step, variable: str, x: str, last: str = "") -> Iterator[str]:
        """Yield the lines that give the states behind every position of an input."""
        kernels = [weight(step, layer.kernel), weight(step, layer.recurrent_kernel)]
        arguments = [x, *kernels, *self.arguments(layer, weight(step, layer.bias, none="0"))]
        return call_lines(f"{variable} = {self.name}(", arguments, f"){last}", COMMENT)


def _gru_arguments(layer: GRU, bias: str) -> list[str]:
    # With reset_after the bias has two rows: the input's, and the state's.
    both = [f"*{bias}"] if layer.reset_after and layer.bias is not None else [bias, "0"]
    functions = [function(layer.recurrent_activation), function(layer.activation)]
    return [*both, *functions, f"reset_after={layer.reset_after}"]


SIMPLE_RNN_CALL: Final = HelperCall("simple_rnn", lambda layer, bias: [bias, function(layer.activation)])
LSTM_CALL: Final = HelperCall(
    "lstm", lambda layer, bias: [bias, function(layer.recurrent_activation), function(layer.activation)]
)
GRU_CALL: Final = HelperCall("gru", _gru_arguments)

_DEFINITIONS: Final = {
    "simple_rnn": '''
def simple_rnn(x, kernel, recurrent, bias, activate):
    """Carry a state along the length; return what it is behind each position, (1, units, length)."""
    state, states = torch.zeros(1, len(recurrent)), []
    for position in range(x.shape[2]):
        state = activate(x[:, :, position] @ kernel + bias + state @ recurrent)
        states.append(state)
    return torch.stack(states, 2)
''',
    "lstm": '''
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
    "gru": '''
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


def definitions(lines: Iterable[str]) -> Iterator[str]:
    """Yield the functions that the lines of layers call, each once."""
    called = (re.match(r"\w+ = (\w+)\(", line) for line in lines)
    for name in dict.fromkeys(found[1] for found in called if found):
        if name in _DEFINITIONS:
            yield _DEFINITIONS[name]


def pair_lines(layer: Bidirectional, step: Step, one: HelperCall, other: HelperCall) -> Iterator[str]:
    """Yield the lines that give the states of two directions, `forwards` and `backwards`, each by its call."""
    if layer.forward_layer.go_backwards:
        raise NoCodeError("a Bidirectional whose first layer goes backwards is written as Keras only")
    x = step.inputs[0]
    yield from one.states(layer.forward_layer, step, "forwards", x)
    yield from other.states(layer.backward_layer, step, "backwards", f"{x}.flip(2)")
