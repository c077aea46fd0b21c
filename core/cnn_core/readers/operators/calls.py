"""A table of operators: which function an operator of a framework is, and how its arguments are bound."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from ...errors import CnnError
from .assembly import Assembly, Given, Missing, Picks, Unsupported
from .folding import folded, is_constant
from .moved_values import stack

__all__ = ["IGNORED", "Operator", "call", "read"]

IGNORED: Final = frozenset(
    ("cudnn_enabled", "device", "generator", "layout", "memory_format", "momentum", "non_blocking", "pin_memory")
)
"""Arguments that change no number."""
_FIRST: Final = ("self", "input", "tensor", "tensors", "x")


@dataclass(frozen=True)
class Operator:
    """An operator of a framework.

    Attributes:
        function: Adds its nodes; an assembly comes first.
        arguments: The framework's names of its arguments in their order; `dim:axis` is the parameter `axis` of the
            function, and one with a `-` in front changes no number. Empty where they are the function's own.
        fold: Computes it of constants, where numbers should stay what they are, such as whole numbers.
        picks: Whether the function takes `Picks`, so that one of several values is read without the others.
        views: Whether the result shares its values with what it reads, which matters where a value is changed in place.
    """

    function: Callable[..., Given | tuple[Given, ...]]
    arguments: str = ""
    fold: Callable[..., Any] | None = None
    picks: bool = False
    views: bool = False

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The function's parameter for each of the framework's arguments, in their order; empty for an ignored one."""
        if not self.arguments:
            return {name: name for name in [*inspect.signature(self.function).parameters][1:]}
        found = {}
        for word in self.arguments.split():
            theirs, _, ours = word.partition(":")
            found[theirs.lstrip("-")] = "" if theirs.startswith("-") else ours or theirs
        return found

    def bound(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments by the names of the function's parameters.

        Args:
            arguments: Arguments in the framework's order.
            named: Arguments by the framework's names; the first may be called `self` or `input` all the same.

        Raises:
            Unsupported: There are too many, or one has no meaning here.
        """
        parameters = self.parameters
        order = [*parameters]
        if len(arguments) > len(order):
            raise Unsupported("it has more settings than are read")
        given = dict(zip(order, arguments, strict=False))
        given |= {order[0] if name in _FIRST and name not in order else name: each for name, each in named.items()}
        for name in [name for name in given if name not in parameters]:
            value = given.pop(name)
            if name not in IGNORED and value is not None and value is not False:
                raise Unsupported(f"its setting {name} is not one that is read")
        return {parameters[name]: value for name, value in given.items() if parameters[name]}


def read(assembly: Assembly, value: Any) -> Any:
    """Return an argument as functions take it; what cannot be had is refused where it is read.

    Raises:
        Unsupported: It is a value that cannot be had.
    """
    if isinstance(value, Missing):
        raise Unsupported(value.reason)
    if isinstance(value, Picks):
        return stack(assembly, [each.value() for each in value.values], 0)
    if isinstance(value, list | tuple):
        return type(value)(read(assembly, each) for each in value)
    return value


def call(
    assembly: Assembly, operator: Operator, arguments: Sequence[Any], named: Mapping[str, Any]
) -> Given | tuple[Given, ...]:
    """Return what an operator gives: constants of constants, else tensors, whose nodes are added.

    Args:
        assembly: Where they are added; `begin` says what the operator is called.
        operator: The operator.
        arguments: Its arguments in the framework's order: tensors, constants, numbers, and lists of these. A number
            that depends on the input's length is None.
        named: Its arguments by the framework's names.

    Raises:
        Unsupported: It cannot be computed; the reason is one sentence without a full stop.
    """
    bound = operator.bound(arguments, named)
    before = len(assembly.nodes)
    try:
        return _computed(assembly, operator, bound)
    except Unsupported:
        assembly.undo(before)
        raise
    except CnnError as error:
        assembly.undo(before)
        raise Unsupported(f"{error.what}; {error.remedy}" if error.remedy else error.what) from None
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError, ZeroDivisionError) as error:
        # Settings are the file's, of any kind and size: what Python and numpy raise where they cannot be computed with.
        assembly.undo(before)
        raise Unsupported("its settings are not those of the operator") from error


def _computed(assembly: Assembly, operator: Operator, bound: dict[str, Any]) -> Given | tuple[Given, ...]:
    if not operator.picks:
        bound = {name: read(assembly, value) for name, value in bound.items()}
    if is_constant(bound):
        with np.errstate(all="ignore"):
            found: Given | tuple[Given, ...]
            found = operator.fold(**bound) if operator.fold else folded(operator.function, **bound)
        return found
    return operator.function(assembly, **bound)
