"""What the JSON of a program means: its inputs, its nodes with their arguments, and the shapes that it declares.

Arguments are unions of one key that names their kind, such as `{"as_ints": [1]}`. Keys that are not known are passed
over. Source: PyTorch, `torch/_export/serde/schema.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .archive_parts import Json, inside, items, text

__all__ = ["Argument", "Declared", "Named", "ProgramNode", "Signature", "argument_of", "nodes_of", "signature_of"]

_GETATTR: Final = re.compile(r"getattr\(([^()]+), '([^']*)'\)")
_INDEXED: Final = re.compile(r"(?:\._modules)?\['?([^'\]]*)'?\]")
_ROOT: Final = re.compile(r"^L\.\w+\.?")
_LONGEST_NAME: Final = 200
_WHOLE: Final = (1, 2, 3, 4, 5, 12)


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that is the value of a name: a tensor, or a whole number that depends on the input's shape.

    Attributes:
        name: The name.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Unread:
    """An argument of a kind that is not read.

    Attributes:
        kind: Its kind, as the file has it.
    """

    kind: str


Argument = Any
"""None, a number, a text, a `Named`, an `Unread`, or a list of these."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a program declares of a tensor.

    Attributes:
        sizes: Its shape; a text for a length that is not fixed.
        whole: Whether it holds whole numbers.
    """

    sizes: tuple[int | str, ...]
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class ProgramNode:
    """A node of a program.

    Attributes:
        target: What it calls, such as `torch.ops.aten.conv1d.default`.
        arguments: Its arguments by the operator's names.
        outputs: The names of what it gives, in order; None for one that nothing names.
        several: Whether the outputs are a list of tensors.
        name: Its own name, such as `relu_1`.
        modules: The modules in whose call it stands, the outermost first: a key for each call, path and class.
    """

    target: str
    arguments: Mapping[str, Argument]
    outputs: tuple[str | None, ...]
    several: bool
    name: str
    modules: tuple[tuple[str, str, str], ...]

    @property
    def operator(self) -> str:
        """The operator's name, packet and overload; empty if the operator is not PyTorch's own."""
        return self.target.removeprefix("torch.ops.aten.") if self.target.startswith("torch.ops.aten.") else ""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What goes into a program and what comes out.

    Attributes:
        weights: The parameter or buffer that each name in the graph stands for.
        constants: The constant that each name stands for.
        objects: The names of inputs that are objects of an author's own.
        inputs: The names of the tensors that the user gives, in order.
        outputs: The names of what the user gets, in order.
    """

    weights: Mapping[str, str]
    constants: Mapping[str, str]
    objects: frozenset[str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def signature_of(program: Json) -> Signature:
    """Return what goes into a program and what comes out.

    Args:
        program: The program.
    """
    signature = inside(program, "graph_module", "signature")
    weights: dict[str, str] = {}
    constants: dict[str, str] = {}
    objects: set[str] = set()
    inputs: list[str] = []
    for spec in items(signature, "input_specs"):
        for kind, part in spec.items() if isinstance(spec, dict) else ():
            name = text(inside(part, "arg"), "name") or text(inside(part, "arg", "as_tensor"), "name")
            if kind == "parameter":
                weights[name] = text(part, "parameter_name")
            elif kind == "buffer":
                held = constants if inside(part).get("persistent") is False else weights
                held[name] = text(part, "buffer_name")
            elif kind == "tensor_constant":
                constants[name] = text(part, "tensor_constant_name")
            elif kind == "custom_obj":
                objects.add(name)
            elif kind == "user_input" and name:
                inputs.append(name)
    outputs = [
        text(inside(spec, "user_output", "arg", "as_tensor"), "name") for spec in items(signature, "output_specs")
    ]
    return Signature(weights, constants, frozenset(objects), tuple(inputs), tuple(name for name in outputs if name))


def declared_in(program: Json) -> dict[str, Declared]:
    """Return what a program declares of every tensor, by name.

    Args:
        program: The program.
    """
    found = {}
    for name, meta in inside(program, "graph_module", "graph", "tensor_values").items():
        sizes = tuple(_size(each) for each in items(meta, "sizes"))
        found[name] = Declared(sizes, inside(meta).get("dtype") in _WHOLE)
    return found


def _size(part: object) -> int | str:
    stated = part.get("as_int") if isinstance(part, dict) else None
    if isinstance(stated, int) and not isinstance(stated, bool) and 0 <= stated < 1 << 62:
        return stated
    return text(inside(part, "as_expr"), "expr_str") or "?"


def nodes_of(program: Json) -> list[ProgramNode]:
    """Return the nodes of a program in their order.

    Args:
        program: The program.
    """
    return [_node(part) for part in items(inside(program, "graph_module", "graph"), "nodes")]


def _node(part: object) -> ProgramNode:
    outputs: list[str | None] = []
    several = False
    for each in items(part, "outputs"):
        kind, value = _union(each)
        if kind == "as_tensors" and isinstance(value, list):
            several = True
            outputs += [text(tensor, "name") or None for tensor in value]
        else:
            name = text(value, "as_name") or text(value, "name")
            outputs.append(name or None)
    arguments = {
        text(each, "name") or f"argument {number}": argument_of(inside(each).get("arg"))
        for number, each in enumerate(items(part, "inputs"))
    }
    stack = text(inside(part, "metadata"), "nn_module_stack")
    modules = tuple(_module(entry) for entry in stack.split(";") if entry.count(",") >= 2)
    target = text(part, "target")
    given = outputs[0] if len(outputs) == 1 and not several else ""
    packet = target.removeprefix("torch.ops.aten.").split(".")[0]
    own = text(part, "name") or given or packet
    return ProgramNode(target, arguments, tuple(outputs), several, name_of(own) or "operator", modules)


def _module(entry: str) -> tuple[str, str, str]:
    """Return a call of a module: its key, its path and its class."""
    key, _, rest = entry.partition(",")
    path, _, class_name = rest.rpartition(",")
    # Until 2.4 a path was the expression by which the tracer reached the module: getattr(L['self'].features, '0').
    if path[:2] == "L[" or path.startswith("getattr("):
        while "getattr(" in path and (match := _GETATTR.search(path)) is not None:
            path = path.replace(match[0], f"{match[1]}.{match[2]}")
        path = _ROOT.sub("", _INDEXED.sub(r".\1", path))
    return key, name_of(path), class_name[:_LONGEST_NAME]


def name_of(name: str) -> str:
    """Return a name of the file's as it is shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_LONGEST_NAME]).strip()


def _union(part: object) -> tuple[str, Any]:
    """Return the one kind of a union, and its value."""
    if isinstance(part, dict) and len(part) == 1:
        (kind, value), *_ = part.items()
        return str(kind), value
    if isinstance(part, dict):
        # Before 2.7 the other kinds were written too, as null.
        for kind, value in part.items():
            if value is not None:
                return str(kind), value
        return "as_none", None
    return "", part


_PLAIN: Final = ("as_int", "as_bool", "as_string", "as_scalar_type", "as_memory_format", "as_layout")
_LISTS: Final = ("as_ints", "as_bools", "as_strings", "as_int_lists")


def argument_of(part: object) -> Argument:
    """Return an argument.

    Args:
        part: Its union.
    """
    kind, value = _union(part)
    if kind in _PLAIN or kind in _LISTS:
        return value
    if kind in ("as_none", "as_device"):
        return None
    if kind == "as_float":
        return _number(value)
    if kind == "as_floats":
        return [_number(each) for each in value] if isinstance(value, list) else Unread(kind)
    if kind in ("as_tensor", "as_sym_int", "as_sym_float", "as_sym_bool", "as_optional_tensor"):
        return _named(value)
    if kind in ("as_tensors", "as_sym_ints", "as_sym_bools", "as_sym_floats", "as_optional_tensors"):
        return [_named(each) for each in value] if isinstance(value, list) else Unread(kind)
    return Unread(kind or "no kind")


def _number(value: object) -> float | Unread:
    """Return a number; infinite ones are texts."""
    named = {"Infinity": math.inf, "-Infinity": -math.inf, "inf": math.inf, "-inf": -math.inf}
    if isinstance(value, str):
        return named.get(value, Unread("as_float"))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else Unread("as_float")


def _named(value: object) -> Argument:
    """Return what is named, or the number or the nothing that stands there instead."""
    if isinstance(value, dict):
        if (name := text(value, "name") or text(value, "as_name")) and len(name) < 1000:
            return Named(name)
        kind, held = _union(value)
        if kind in ("as_int", "as_bool"):
            return held
        if kind == "as_float":
            return _number(held)
        if kind == "as_tensor":
            return _named(held)
    return None


def names_in(argument: Argument) -> Sequence[str]:
    """Return the names that an argument reads."""
    if isinstance(argument, Named):
        return [argument.name]
    if isinstance(argument, list):
        return [name for each in argument for name in names_in(each)]
    return []
