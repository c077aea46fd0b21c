"""Which tensors a layer reads each time that it is called, from the references of any Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...errors import ModelError, shorten
from ...layers import Shape
from .text import shown

__all__ = ["Argument", "Call", "TensorPlace", "TensorRef", "call_of", "references"]

_CONSTANT: Final = "_CONSTANT_VALUE"
_MOST_CALLS: Final = 1_000
_LONGEST_NAME: Final = 500
_DEEPEST: Final = 8
_REWRITE: Final = "write the file again with Keras"


@dataclass(frozen=True, slots=True)
class TensorRef:
    """One output of one call of a layer.

    Attributes:
        layer: The layer's name.
        call: Which of its calls, from 0.
        output: Which of that call's outputs, from 0.
        shape: Its shape without the batch axis, where the file says it (Keras 3); otherwise None.
    """

    layer: str
    call: int = 0
    output: int = 0
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """A tensor among the arguments of a call.

    Attributes:
        number: Which of the call's inputs, from 0.
    """

    number: int


Argument = object
"""What a call is given: a `TensorPlace`, a constant as the file has it, or a list of these."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Attributes:
        inputs: The tensors that it reads, in order; those that are given by name come last.
        problem: Why it is more than a call with these tensors, such as a constant among what it reads; otherwise
            empty. What says so itself is a layer that reads `arguments`.
        mask: The tensor that says which positions hold data, where Keras 3 wrote it down; otherwise None.
        constants: The numbers that it is called with beside its tensors, as the file has them.
        training: Whether the call states that the layer is being trained, or not; None where it states neither.
        arguments: All that it is given in order.
        keywords: All that it is given by name, but mask and training.
    """

    inputs: tuple[TensorRef, ...]
    problem: str = ""
    mask: TensorRef | None = None
    constants: tuple[object, ...] = ()
    training: bool | None = None
    arguments: tuple[Argument, ...] = ()
    keywords: Mapping[str, Argument] = field(default_factory=dict)


def references(value: object, where: str) -> tuple[TensorRef, ...]:
    """Return the references of a network's inputs or outputs: one, a list of them, or an object of them.

    Args:
        value: What stands under `input_layers` or `output_layers`.
        where: The network, for error texts.

    Raises:
        ModelError: It is none of these.
    """
    if _is_reference(value):
        return (_reference(value, where),)
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list) or not value or not all(_is_reference(each) for each in value):
        raise ModelError("does not say what enters and what comes out", where=where, remedy=_REWRITE)
    return tuple(_reference(each, where) for each in value)


def call_of(node: object, where: str) -> Call:
    """Return one call.

    Args:
        node: An item of `inbound_nodes`.
        where: The layer, for error texts.

    Raises:
        ModelError: It is not what Keras writes.
    """
    if isinstance(node, dict):
        return _with_arguments(node, where)
    if _is_reference(node) or _is_constant(node):
        node = [node]
    if (
        not isinstance(node, list)
        or not node
        or not all(_is_reference(each) or _is_constant(each) for each in node)
    ):
        raise ModelError("reads something that is no tensor", where=where, remedy=_REWRITE)
    # Keras 2 writes a constant where a layer of TensorFlow's own takes one.
    constants = [each[2] for each in node if each[0] == _CONSTANT]
    problem = _with_constant(constants[0]) if constants else ""
    training: bool | None = None
    keywords: dict[str, Any] = {}
    for each in node:
        if len(each) > 3 and isinstance(each[3], dict):
            problem = problem or _problem(each[3])
            training = _training(each[3]) if training is None else training
            keywords |= each[3]
    found: list[TensorRef] = []
    # The second item of a constant says that it is one, and the third what it is.
    arguments = tuple(each[2] if _is_constant(each) else _placed(each, where, found) for each in node)
    named = _named(keywords, where, found)
    return Call(tuple(found), problem, None, tuple(constants), training, arguments, named)


def _with_arguments(node: dict[str, Any], where: str) -> Call:
    """Return a call as Keras 3 writes it: arguments, in which tensors carry their history."""
    arguments = node.get("args")
    if not isinstance(arguments, list):
        raise ModelError("is called without arguments", where=where, remedy=_REWRITE)
    found: list[TensorRef] = []
    constants: list[object] = []
    for argument in arguments:
        many = argument if isinstance(argument, list) else [argument]
        constants += [each for each in many if each is not None and _history(each) is None]
    placed = tuple(_placed(argument, where, found) for argument in arguments)
    given = node.get("kwargs")
    keywords = dict(given) if isinstance(given, dict) else {}
    history = _history(keywords.get("mask"))
    if history is not None:
        del keywords["mask"]
    problem = _problem(keywords)
    if constants:
        problem = problem or _with_constant(constants[0])
    named = _named(keywords, where, found)
    return Call(
        tuple(found),
        problem,
        None if history is None else _reference(history, where),
        tuple(constants),
        _training(keywords),
        placed,
        named,
    )


def _placed(value: object, where: str, found: list[TensorRef], depth: int = 0) -> Argument:
    """Return an argument with the places of its tensors, which are found."""
    history = _history(value)
    if history is not None:
        assert isinstance(value, dict)
        found.append(_reference(history, where, _shape(value)))
        return TensorPlace(len(found) - 1)
    if _is_reference(value):
        found.append(_reference(value, where))
        return TensorPlace(len(found) - 1)
    if isinstance(value, list) and depth < _DEEPEST:
        return [_placed(each, where, found, depth + 1) for each in value]
    return value


def _named(keywords: dict[str, Any], where: str, found: list[TensorRef]) -> dict[str, Argument]:
    """Return the arguments that are given by name, without the mode and those that say nothing."""
    said = {name: value for name, value in keywords.items() if name != "training" and not _is_nothing(value)}
    return {name: _placed(value, where, found) for name, value in said.items()}


def _with_constant(value: object) -> str:
    """Return why a call with a constant beside its tensors cannot be followed, and what to do."""
    plain = isinstance(value, bool | int | float | str)
    return (
        f"it computes with a constant of the file, {shown(value) if plain else 'an array'}, which is not read; the"
        " model up to the layer before it can be: keras.Model(model.input, model.get_layer(…).output)"
    )


def _problem(keywords: dict[str, Any]) -> str:
    """Return why the arguments beside the inputs cannot be followed, or nothing where they can."""
    for name, value in keywords.items():
        if _is_nothing(value) or (name == "training" and value in (True, False)):
            continue
        return f"it is given its {shorten(name)} by the network"
    return ""


def _training(keywords: dict[str, Any]) -> bool | None:
    """Return what a call states of its mode; anything but true and false is a problem of the call."""
    value = keywords.get("training")
    return bool(value) if value in (True, False) else None


def _is_nothing(value: object) -> bool:
    """Tell whether an argument is None, or None for each of several tensors."""
    if isinstance(value, dict):
        value = [*value.values()]
    return value is None or (isinstance(value, list) and all(each is None for each in value))


def _is_reference(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 3
        and isinstance(value[0], str)
        and all(isinstance(each, int) and not isinstance(each, bool) for each in value[1:3])
    )


def _is_constant(value: object) -> bool:
    return isinstance(value, list) and len(value) >= 3 and value[0] == _CONSTANT


def _reference(value: object, where: str, shape: Shape | None = None) -> TensorRef:
    assert isinstance(value, list)
    name, call, output = value[:3]
    if not 0 <= call < _MOST_CALLS or not 0 <= output < _MOST_CALLS:
        raise ModelError(
            f"reads call {shown(call)}, output {shown(output)} of {shorten(name)}", where=where, remedy=_REWRITE
        )
    if len(name) > _LONGEST_NAME:
        raise ModelError(f"reads a layer whose name has {len(name):,} letters", where=where, remedy=_REWRITE)
    return TensorRef(name, call, output, shape)


def _history(value: object) -> list[Any] | None:
    """Return where a tensor of Keras 3 comes from, or None where it is no tensor."""
    if not isinstance(value, dict) or value.get("class_name") != "__keras_tensor__":
        return None
    config = value.get("config")
    history = config.get("keras_history") if isinstance(config, dict) else None
    return history if _is_reference(history) else None


def _shape(value: dict[str, Any]) -> Shape | None:
    shape = value["config"].get("shape")
    if not isinstance(shape, list) or not all(axis is None or isinstance(axis, int) for axis in shape):
        return None
    return tuple(shape[1:])
