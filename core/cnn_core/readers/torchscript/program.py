"""A traced program, followed line by line: what every line computes becomes nodes of a network.

A trace has no branches and no loops: every line gives a name to what an operator or a module's method gives. Anything
else, as scripted programs have it, ends the reading. Nothing is executed: the lines are looked at, and an operator that
they name is a row of `operators.aten`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from ..operators.assembly import Assembly, Constant, Missing, Picks, Tensor, Unsupported
from ..operators.aten import operator_of
from ..operators.calls import call
from ..torch_export.tensors import ArchivedTensor
from ..torch_export.values import Values
from .arguments import as_called, named_on_numbers, on_numbers
from .code import Code

__all__ = ["NotStraightError", "Object", "Program"]

_MOST_STEPS: Final = 100_000
_DEEPEST: Final = 60
_LARGEST: Final = 1 << 63


class NotStraightError(Exception):
    """A program with a branch, a loop, or anything else than operators in a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """A module of the archive.

    Attributes:
        name: Its path in the model; empty for the model itself.
        path: Module and name of its class.
        parts: What it keeps: modules, tensors, numbers, texts and lists, by name.
    """

    name: str
    path: str
    parts: Mapping[str, Any]

    @property
    def is_leaf(self) -> bool:
        """Whether it has no modules in it."""
        return not any(isinstance(each, Object) for each in self.parts.values())


@dataclass(frozen=True, slots=True)
class _Held:
    """The name of a value, which may change in place after it was read."""

    key: str


@dataclass(slots=True, eq=False)
class _Frame:
    """A method while it is read."""

    module: Object
    called: str
    names: dict[str, Any]
    count: int = 0


@dataclass(eq=False)
class Program:
    """A program while it is read, and behind that.

    Attributes:
        code: The text.
        constants: The archive's constants, `CONSTANTS.c0` and so on.
        assembly: The nodes.
    """

    code: Code
    constants: Sequence[Any]
    assembly: Assembly
    _values: Values = field(default_factory=Values, init=False)
    _not_computed: set[str] = field(default_factory=set, init=False)
    _steps: int = field(default=0, init=False)
    _firsts: dict[tuple[int, str, int], str] = field(default_factory=dict, init=False)
    _calls: dict[int, int] = field(default_factory=dict, init=False)
    _read: dict[int, Constant] = field(default_factory=dict, init=False)

    def run(self, root: Object, inputs: Sequence[Tensor]) -> tuple[str, ...]:
        """Read the program of a model, and return the names of the nodes that are its outputs.

        Args:
            root: The model.
            inputs: What flows into it.

        Raises:
            NotStraightError: It is not operators in a row.
            ModelError: Its text is damaged.
        """
        given = self._method(root, "forward", [self._put(each) for each in inputs], 0)
        found: list[str] = []
        waiting = [given]
        while waiting:
            each = waiting.pop(0)
            if isinstance(each, list | tuple):
                waiting[:0] = each
            elif isinstance(each, dict):
                waiting[:0] = each.values()
            elif isinstance(each, _Held):
                found.append(self._output(each, len(found)))
        return tuple(dict.fromkeys(found))

    def _output(self, held: _Held, number: int) -> str:
        self.assembly.begin(*[self.assembly.free(f"output{number}")] * 2)
        try:
            value = self._given(held)
            if isinstance(value, Missing):
                raise Unsupported(value.reason)
            if isinstance(value, Picks):
                raise Unsupported(
                    "it is the last state of a recurrent layer, which is read for a single layer only"
                )
            return self.assembly.tensor(value).node
        except Unsupported as reason:
            return self.assembly.add_unknown("output", str(reason), []).node

    # Values.

    def _put(self, value: Any) -> _Held:
        self._steps += 1
        held = _Held(f"v{self._steps}")
        self._values.put(held.key, value)
        return held

    def _given(self, value: Any) -> Any:
        """Return a value as operators take it."""
        if isinstance(value, _Held):
            return self._values.get(value.key)
        if isinstance(value, list | tuple):
            return [self._given(each) for each in value]
        if isinstance(value, ArchivedTensor):
            if id(value) not in self._read:
                self._read[id(value)] = value.constant()
            return self._read[id(value)]
        if isinstance(value, Object):
            raise Unsupported("it takes a module")
        return value

    # Methods and lines.

    def _method(self, module: Object, name: str, arguments: Sequence[Any], depth: int) -> Any:
        """Return what a method of a module gives."""
        method = self.code.method(module.path, name)
        if method is None or depth > _DEEPEST:
            raise NotStraightError
        parameters = [each.arg for each in method.args.args]
        if len(parameters) != len(arguments) + 1 or method.args.kwonlyargs or method.args.vararg:
            raise NotStraightError
        # The numbers behind # tell a second call of a module from the first.
        times = self._calls[id(module)] = self._calls.get(id(module), 0) + 1
        called = module.name if times == 1 or not module.name else f"{module.name}#{times}"
        frame = _Frame(module, called, dict(zip(parameters, [module, *arguments], strict=True)))
        for line in method.body:
            match line:
                case ast.Assign(targets=[target], value=value):
                    self._assign(frame, target, self._value(frame, value, depth))
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assign(frame, target, self._value(frame, value, depth))
                case ast.Expr(value=ast.Call() as value):
                    self._value(frame, value, depth)
                case ast.Return(value=ast.expr() as value):
                    return self._value(frame, value, depth)
                case _:
                    raise NotStraightError
        raise NotStraightError

    def _assign(self, frame: _Frame, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                frame.names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                if isinstance(value, _Held) and value.key in self._not_computed:
                    value = [value] * len(targets)
                if not isinstance(value, list | tuple) or len(value) != len(targets):
                    raise NotStraightError
                for each, part in zip(targets, value, strict=True):
                    self._assign(frame, each, part)
            case _:
                raise NotStraightError

    def _value(self, frame: _Frame, node: ast.expr, depth: int) -> Any:
        """Return what an expression stands for."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise NotStraightError
        match node:
            case ast.Constant(value=bool() | float() | str() | None as value):
                return value
            case ast.Constant(value=int(value)) if abs(value) <= _LARGEST:
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.Name(id="inf" | "nan" as name):
                return float(name)
            case ast.Name(id=name) if name in frame.names:
                return frame.names[name]
            case ast.List(elts=parts):
                return [self._value(frame, each, depth) for each in parts]
            case ast.Tuple(elts=parts):
                return tuple(self._value(frame, each, depth) for each in parts)
            case ast.Dict(keys=keys, values=parts) if all(isinstance(each, ast.Constant) for each in keys):
                return {number: self._value(frame, each, depth) for number, each in enumerate(parts)}
            case ast.Attribute(value=ast.Name(id="CONSTANTS"), attr=name):
                return self._constant(name)
            case ast.Attribute(value=base, attr=name):
                return self._part(self._value(frame, base, depth), name)
            case ast.Subscript(value=base, slice=ast.Constant(value=int(place))):
                several = self._value(frame, base, depth)
                if isinstance(several, list | tuple) and -len(several) <= place < len(several):
                    return several[place]
            case ast.Call():
                return self._called(frame, node, depth)
        raise NotStraightError

    def _constant(self, name: str) -> Any:
        number = int(name[1:]) if name[1:].isdecimal() and len(name) < 8 else len(self.constants)
        if number >= len(self.constants):
            raise NotStraightError
        return self.constants[number]

    def _part(self, base: Any, name: str) -> Any:
        if not isinstance(base, Object) or name not in base.parts:
            raise NotStraightError
        return base.parts[name]

    # Calls.

    def _called(self, frame: _Frame, node: ast.Call, depth: int) -> Any:
        """Return what a call gives."""
        function = node.func
        if isinstance(function, ast.Name) and function.id in ("annotate", "unchecked_cast") and len(node.args) == 2:
            return self._value(frame, node.args[1], depth)
        arguments = [self._value(frame, each, depth) for each in node.args]
        named = {each.arg: self._value(frame, each.value, depth) for each in node.keywords if each.arg is not None}
        match function:
            case ast.Name(id="getattr") if len(arguments) == 2 and isinstance(arguments[1], str):
                return self._part(arguments[0], arguments[1])
            case ast.Name(id="int" | "float" | "bool" as kind) if len(arguments) == 1:
                return self._number(arguments[0], kind)
            case ast.Attribute(value=ast.Name(id="torch"), attr=name):
                return self._of_torch(frame, name, arguments, named)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="ops"), attr="aten"), attr=name):
                return self._of_torch(frame, name, arguments, named)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="ops"), attr="prim"), attr=name):
                if name in ("NumToTensor", "ImplicitTensorToNum") and len(arguments) == 1:
                    return arguments[0]
                raise NotStraightError
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="ops"), attr=room), attr=name):
                return self._unknown(frame, f"{room}.{name}", "it is an operator of the author's own", arguments)
            case ast.Attribute(value=base, attr=name):
                module = self._value(frame, base, depth)
                if isinstance(module, Object) and not named:
                    return self._method(module, name, arguments, depth + 1)
        raise NotStraightError

    def _number(self, value: Any, kind: str) -> Any:
        try:
            found = self._given(value)
            if found is None:
                return None
            if isinstance(found, np.ndarray) and found.size == 1:
                found = found.reshape(-1)[0].item()
            if not isinstance(found, bool | int | float):
                raise NotStraightError
            return {"int": int, "float": float, "bool": bool}[kind](found)
        except (Unsupported, ValueError, OverflowError):
            # NaN and infinities have no whole number.
            raise NotStraightError from None

    def _of_torch(self, frame: _Frame, name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        """Return what an operator gives: numbers of the shape at once, anything else by its row."""
        if name == "device":
            return None
        if name == "size" and 1 <= len(arguments) <= 2:
            return self._size(*arguments)
        if name == "len" and len(arguments) == 1 and isinstance(arguments[0], list | tuple):
            return len(arguments[0])
        numbers = [_number_of(each) for each in arguments]
        of_numbers = named_on_numbers(name, named)
        if (
            of_numbers is not None
            and all(each is None or type(each) in (int, float) for each in numbers)
            and any(given is number for given, number in zip(arguments, numbers, strict=True))
        ):
            return on_numbers(of_numbers, numbers)
        self._name(frame, name)
        before = len(self.assembly.nodes)
        try:
            given = self._computed(name, arguments, named)
        except Unsupported as reason:
            self.assembly.undo(before)
            return self._unknown(frame, name, str(reason), [*arguments, *named.values()])
        return self._kept(name, arguments, given)

    def _size(self, x: Any, axis: Any = None) -> Any:
        """Return the shape of a tensor, or one number of it; None for what is not known."""
        try:
            value = self._given(x)
            if isinstance(value, Tensor):
                sizes = value.sizes if value.shape is not None else (None,) * len(value.layout)
                if value.shape is None and axis is not None:
                    return None
            else:
                sizes = np.shape(value)
            return [*sizes] if axis is None else sizes[axis]
        except (Unsupported, IndexError, TypeError):
            raise NotStraightError from None

    def _computed(self, name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        given, settings = (
            [self._given(each) for each in arguments],
            {key: self._given(each) for key, each in named.items()},
        )
        for each in given:
            if isinstance(each, Tensor):
                each.known()
        name, given, settings = as_called(name, given, settings)
        found = operator_of(name)
        if found is None:
            raise Unsupported(f"PyTorch's operator {name[:80]} is not one that is read")
        return call(self.assembly, found, given, settings)

    def _kept(self, name: str, arguments: list[Any], given: Any) -> Any:
        """Return what an operator gave, under names that follow a change in place."""
        if isinstance(given, tuple | list):
            return tuple(self._put(each) for each in given)
        read = next((each.key for each in arguments if isinstance(each, _Held)), None)
        self._steps += 1
        held = _Held(f"v{self._steps}")
        self._values.keep(held.key, given, name, read)
        return held

    def _unknown(self, frame: _Frame, name: str, reason: str, arguments: Sequence[Any]) -> Any:
        """Add an operator that cannot be computed."""
        self._name(frame, name.rpartition(".")[2])
        waiting, given = list(arguments), []
        while waiting:
            each = waiting.pop(0)
            if isinstance(each, list | tuple):
                waiting[:0] = each
            elif isinstance(each, _Held):
                try:
                    value = self._values.get(each.key)
                except Unsupported:
                    continue
                given += [value] if isinstance(value, Tensor) else []
        held = self._put(self.assembly.add_unknown(name, reason, given))
        self._not_computed.add(held.key)
        return held

    def _name(self, frame: _Frame, operator: str) -> None:
        """Say what the nodes of the next operator are called: a layer as its module, others behind their module."""
        leaf = frame.module.is_leaf and bool(frame.called)
        name = frame.called if leaf else f"{frame.called}/{operator}" if frame.called else operator
        name = self.assembly.free(name.rstrip("_") or "operator")
        frame.count += 1
        self.assembly.begin(name, self._firsts.setdefault((id(frame.module), operator, frame.count), name))


def _number_of(value: Any) -> Any:
    """Return a constant tensor of one number as that number."""
    if isinstance(value, ArchivedTensor) and value.stored.shape == ():
        return value.constant().item()
    return value
