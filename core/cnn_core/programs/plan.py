"""Which layers of a model a program holds, and what they are called there."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..errors import ShapeError
from ..layers import Array, Input, Layer, Shape, SideInput
from ..network.graph import Node
from ..network.model import Model
from ..readers.npz_objects import ObjectWriter

__all__ = ["NoCodeError", "Plan", "Step", "call_lines", "literal", "plan_of"]

_LONGEST_LINE: Final = 110


class NoCodeError(Exception):
    """A layer for which a program has no code, with the reason."""


@dataclass(frozen=True, eq=False)
class Step:
    """One layer at its place in the program.

    Attributes:
        node: The node.
        variable: What holds its output.
        numbers: Where letters enter, what holds their numbers; otherwise empty.
        layer_variable: What holds the layer, where it has weights.
        inputs: What holds its inputs.
        input_shapes: Their shapes, without the batch axis.
        shape: The shape of its output.
        again: Whether the layer has been called before, as a shared layer is.
        arrays: The names of its weights in the weight file, by the identity of the array.
    """

    node: Node
    variable: str
    numbers: str
    layer_variable: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    shape: Shape
    again: bool
    arrays: dict[int, str]

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.node.layer

    @property
    def is_input(self) -> bool:
        """Whether numbers enter here."""
        return isinstance(self.layer, Input | SideInput)

    def stored(self, *weights: Array | None) -> tuple[str, ...]:
        """Return the names of weights in the weight file; those that are None are left out."""
        return tuple(self.arrays[id(weight)] for weight in weights if weight is not None)


@dataclass(frozen=True, eq=False)
class Plan:
    """The layers of a program.

    Attributes:
        steps: Each layer with its lines, in the order of computation.
        left_out: Why each of the others is not there, by name.
        causes: The layer that each of the others is left out for, by name: itself, or one that it needs.
    """

    steps: tuple[tuple[Step, tuple[str, ...]], ...]
    left_out: dict[str, str]
    causes: dict[str, str]

    def why_not(self, name: str) -> str:
        """Return why a layer is not there, and why not the one that it needs."""
        cause = self.causes[name]
        return self.left_out[name] + ("" if cause == name else f"; {cause}: {self.left_out[cause]}")

    @property
    def variables(self) -> dict[str, str]:
        """What holds each node's output, by the node's name."""
        return {step.node.name: step.variable for step, _ in self.steps}

    @property
    def fixed(self) -> set[str]:
        """The nodes that depend on no input: constants, and what is made of nothing else."""
        found: set[str] = set()
        for step, _ in self.steps:
            if not step.is_input and found.issuperset(step.node.inputs):
                found.add(step.node.name)
        return found

    def model(self, model: Model) -> Model:
        """Return a model of just these layers."""
        return Model(model.name, tuple(step.node for step, _ in self.steps))


def plan_of(model: Model, length: int, lines_of: Callable[[Step], Iterable[str]], reserved: Iterable[str]) -> Plan:
    """Return which layers of a model a program can hold.

    Args:
        model: The model.
        length: The length of its input.
        lines_of: Gives the lines of a layer, or raises `NoCodeError`.
        reserved: The names that the program uses itself.

    Raises:
        ShapeError: Nothing but inputs is left.
    """
    flow = model.flow(length)
    left_out: dict[str, str] = {}
    causes: dict[str, str] = {}
    steps: list[tuple[Step, tuple[str, ...]]] = []
    names = _Names(reserved)
    variables: dict[str, str] = {}
    layer_variables: dict[int, str] = {}
    arrays = _stored_names(model)
    for node in model.nodes:
        missing = [name for name in node.inputs if name in left_out]
        if node.name in flow.unavailable or missing:
            left_out[node.name] = flow.unavailable.get(node.name) or f"needs {missing[0]}"
            causes[node.name] = causes[missing[0]] if missing else node.name
            continue
        again = id(node.layer) in layer_variables
        variable = names.new(node.name)
        layer_variable = layer_variables.get(id(node.layer)) or f"{variable}_layer"
        step = Step(
            node,
            variable,
            names.new("one_hot") if isinstance(node.layer, Input) else "",
            layer_variable,
            tuple(variables[name] for name in node.inputs),
            tuple(flow.shapes[name] for name in node.inputs),
            flow.shapes[node.name],
            again,
            arrays,
        )
        try:
            lines = tuple(lines_of(step))
        except NoCodeError as refused:
            left_out[node.name] = str(refused)
            causes[node.name] = node.name
            continue
        variables[node.name] = variable
        layer_variables[id(node.layer)] = layer_variable
        steps.append((step, lines))
    if all(not step.node.inputs for step, _ in steps):
        reason = next(iter(left_out.values()), "it has none")
        raise ShapeError(f"no layer can be written as code: {reason}", where=model.name)
    return Plan(tuple(steps), left_out, causes)


def _stored_names(model: Model) -> dict[int, str]:
    """Return the names under which a model file of ours holds each weight."""
    writer = ObjectWriter()
    writer.write_model(model)
    return {id(array): name for name, array in writer.arrays.items()}


def literal(value: object) -> str:
    """Return a setting as Python writes it, in double quotes as the rest of the program."""
    if isinstance(value, str):
        return '"' + repr(str(value))[1:-1].replace('"', '\\"').replace("\\'", "'") + '"'
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return repr(value)


def call_lines(before: str, arguments: Sequence[str], after: str, comment: int = 0) -> Iterator[str]:
    """Yield a call on one line, or an argument a line where that would be too long.

    Args:
        before: What stands before the arguments.
        arguments: The arguments.
        after: What stands behind them.
        comment: How many columns to keep free for a comment.
    """
    line = f"{before}{', '.join(arguments)}{after}"
    if len(line) <= _LONGEST_LINE - comment:
        yield line
        return
    yield before
    yield from (f"    {argument}," for argument in arguments)
    yield after


class _Names:
    """Names of variables, each given once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self._taken = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *reserved}

    def new(self, name: str) -> str:
        plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower() or "layer"
        plain = f"layer_{plain}" if plain[0].isdigit() else plain
        found, number = plain if plain not in self._taken else f"{plain}_", 1
        while found in self._taken:
            number += 1
            found = f"{plain}_{number}"
        self._taken |= {found, f"{found}_layer"}
        return found
