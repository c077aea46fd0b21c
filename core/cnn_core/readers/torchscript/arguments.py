"""What an operator of TorchScript is called in `operators.aten`, and its arguments there."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from ..operators.assembly import Unsupported

__all__ = ["as_called", "named_on_numbers", "on_numbers"]

_ON_NUMBERS: Final[dict[str, Callable[..., Any]]] = {
    "add": operator.add,
    "div": operator.truediv,
    "floor_divide": operator.floordiv,
    "floordiv": operator.floordiv,
    "mul": operator.mul,
    "neg": operator.neg,
    "remainder": operator.mod,
    "rsub": lambda number, other: other - number,
    "sub": operator.sub,
    "trunc_divide": lambda number, other: int(number / other),
}
"""What programs compute with the numbers of shapes."""

_DIVIDED: Final = {"trunc": "trunc_divide", "floor": "floor_divide"}
_LARGEST: Final = 1 << 62
# PyTorch numbers kinds of numbers from 0 here, and from 1 in exported programs, as the operators have them.
_KIND: Final = 1
_KIND_AT: Final = {"softmax": 2, "log_softmax": 2, "cumsum": 2, "to": 1}
_BY_COUNT: Final = {"arange": {2: "arange.start", 3: "arange.start_step"}}


def as_called(name: str, given: list[Any], settings: dict[str, Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """Return an operator's name with its overload, which the text does not say, and its arguments for the table.

    Args:
        name: The operator, as the text calls it.
        given: Its arguments in order.
        settings: Its arguments by name.

    Raises:
        Unsupported: They are not those of the operator.
    """
    if type(settings.get("dtype")) is int:
        settings = {**settings, "dtype": settings["dtype"] + _KIND}
    if name == "_convolution":
        return *_convolution(given), settings
    if name == "to" and len(given) > 2 and given[1] is None:
        given = [given[0], *given[2:]]
    place = _KIND_AT.get(name)
    if place is not None and len(given) > place and type(given[place]) is int:
        given = [*given[:place], given[place] + _KIND, *given[place + 1 :]]
    if name == "to":
        given = given[:2] if len(given) > 1 and type(given[1]) is int else given[:1]
    return _overload(name, given), given, settings


def named_on_numbers(name: str, settings: Mapping[str, Any]) -> str | None:
    """Return which of the operators that programs apply to the numbers of shapes this is, or None.

    Args:
        name: The operator, as the text calls it.
        settings: Its arguments by name.
    """
    if name == "div" and [*settings] == ["rounding_mode"]:
        rounding = settings["rounding_mode"]
        return _DIVIDED.get(rounding) if isinstance(rounding, str) else None
    return name if name in _ON_NUMBERS and not settings else None


def on_numbers(name: str, given: Sequence[Any]) -> Any:
    """Return what an operator gives of numbers; None where one is not known, or the result is no size of anything.

    Args:
        name: As `named_on_numbers` has it.
        given: The numbers; None stands for one that depends on the length of the input.
    """
    if None in given:
        return None
    try:
        found = _ON_NUMBERS[name](*given)
    except (ArithmeticError, TypeError):
        # The text may divide by 0, or give a function more numbers than it takes.
        return None
    return found if abs(found) < _LARGEST else None


def _convolution(given: list[Any]) -> tuple[str, list[Any]]:
    """Return the convolution that PyTorch's inner one stands for, with its arguments."""
    if len(given) < 9:
        raise Unsupported("its settings are not those of the operator")
    x, weight, bias, stride, padding, dilation, transposed, output_padding, groups = given[:9]
    dimensions = weight.ndim - 2 if isinstance(weight, np.ndarray) else 0
    if transposed:
        return f"conv_transpose{dimensions}d", [x, weight, bias, stride, padding, output_padding, groups, dilation]
    return f"conv{dimensions}d", [x, weight, bias, stride, padding, dilation, groups]


def _overload(name: str, given: Sequence[Any]) -> str:
    """Return the name of an operator with its overload, which the text does not say."""
    if name in ("max", "min") and len(given) > 1:
        return f"{name}.dim" if type(given[1]) is int else f"{name}.other"
    return _BY_COUNT.get(name, {}).get(len(given), name)
