"""Operators that compute with numbers that are known while a model is read; sizes that are free stay free in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Final

import numpy as np

from ..operators.assembly import Unsupported
from .call import FREE, Call, Numbers, unknown_size, whole
from .memory_limit import Fold, MemoryLimit, numeric

__all__ = ["VALUES"]

_MOST_SIZES: Final = 1 << 12


def _elementwise(function: Callable[..., Numbers]) -> Fold:
    """Return a folding of a function of values one by one; of sizes that are free, what it gives is free."""

    def fold(memory: MemoryLimit, call: Call) -> list[Numbers]:
        given = [call.needed(index) for index in range(len(call.inputs))]
        shape = np.broadcast_shapes(*(each.shape for each in given))
        memory.take(*shape)
        free = [each for each in given if unknown_size(each)]
        if not free:
            return [function(*given)]
        if any(each.dtype.kind not in "iO" for each in given):
            raise Unsupported(FREE)
        several = np.broadcast_arrays(*given)
        if prod(shape) > _MOST_SIZES:
            raise Unsupported(FREE)
        values = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            each = [one[index] for one in several]
            values[index] = None if None in each else int(function(*(np.int64(one) for one in each)))
        return [values]

    return fold


def _compared(function: Callable[..., Numbers]) -> Fold:
    """Return a folding of a comparison, in which a free size counts as one that is larger than 0 and not known."""

    def fold(memory: MemoryLimit, call: Call) -> list[Numbers]:
        left, right = call.needed(0), call.needed(1)
        memory.take(*np.broadcast_shapes(left.shape, right.shape))
        for free, other in ((left, right), (right, left)):
            # A length is at least 1: beside a number below that, any length gives the same answer.
            if unknown_size(free) and (unknown_size(other) or np.any(other > 0)):
                raise Unsupported(FREE)
        left, right = (np.array([1 if one is None else one for one in each.ravel()], dtype=np.int64).reshape(each.shape)
                       if unknown_size(each) else each for each in (left, right))  # fmt: skip
        return [function(left, right)]

    return fold


def _divided(left: Numbers, right: Numbers) -> Numbers:
    """Return a quotient; of whole numbers it is cut off towards 0."""
    if left.dtype.kind == "f":
        return np.asarray(left / right)
    quotient = np.abs(left) // np.abs(right)
    return np.asarray(np.where((left < 0) != (right < 0), -quotient, quotient))


def _modulo(memory: MemoryLimit, call: Call) -> Sequence[Numbers]:
    return _elementwise(np.fmod if call.integer("fmod") else np.mod)(memory, call)


def _where(memory: MemoryLimit, call: Call) -> list[Numbers]:
    condition, left, right = (call.needed(index) for index in range(3))
    memory.take(*np.broadcast_shapes(condition.shape, left.shape, right.shape))
    return [np.where(numeric(condition).astype(bool), left, right)]


def _reduced(function: Callable[..., Numbers], since: int) -> Fold:
    def fold(memory: MemoryLimit, call: Call) -> list[Numbers]:
        values = numeric(call.needed(0))
        axes = call.listed("axes", 1, since)
        if not axes and call.integer("noop_with_empty_axes"):
            return [values]
        over = call.axes(axes) if axes else None
        return [function(values, axis=over, keepdims=bool(call.integer("keepdims", 1)))]

    return fold


def _matmul(memory: MemoryLimit, call: Call) -> list[Numbers]:
    left, right = call.needed(0), call.needed(1)
    if left.ndim > 2 or right.ndim > 2:
        memory.take(*np.broadcast_shapes(left.shape[:-2], right.shape[:-2]), *left.shape[-2:-1], right.shape[-1])
    else:
        memory.take(*left.shape[:-1], *right.shape[1:])
    return [left @ right]


def _cumulative(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values = numeric(call.needed(0))
    if call.integer("exclusive") or call.integer("reverse"):
        raise Unsupported("it sums up constants backwards, or without the last")
    return [np.cumsum(values, axis=call.axes(whole(call.needed(1)))[0])]


def _norm(values: Numbers, **how: object) -> Numbers:
    return np.sqrt(np.sum(np.square(values), **how))  # type: ignore[call-overload, no-any-return]


_FUNCTIONS: Final[dict[str, Callable[..., Numbers]]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": _divided,
    "Pow": lambda left, right: np.power(left, right).astype(left.dtype),
    "Max": lambda *given: reduce(np.maximum, given),
    "Min": lambda *given: reduce(np.minimum, given),
    "Sum": lambda *given: reduce(np.add, given),
    "And": np.logical_and,
    "Or": np.logical_or,
    "Xor": np.logical_xor,
    "Not": np.logical_not,
    "Neg": np.negative,
    "Abs": np.abs,
    "Sign": np.sign,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Round": np.round,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Log": np.log,
    "Sin": np.sin,
    "Cos": np.cos,
    "Tanh": np.tanh,
    "Reciprocal": np.reciprocal,
}
VALUES: Final[dict[str, Fold]] = {
    "Where": _where,
    "MatMul": _matmul,
    "CumSum": _cumulative,
    "Mod": _modulo,
    "Equal": _compared(np.equal),
    "Greater": _compared(np.greater),
    "GreaterOrEqual": _compared(np.greater_equal),
    "Less": _compared(np.less),
    "LessOrEqual": _compared(np.less_equal),
    "ReduceSum": _reduced(np.sum, 13),
    "ReduceMean": _reduced(np.mean, 18),
    "ReduceMax": _reduced(np.max, 18),
    "ReduceMin": _reduced(np.min, 18),
    "ReduceProd": _reduced(np.prod, 18),
    "ReduceL2": _reduced(_norm, 18),
    **{name: _elementwise(function) for name, function in _FUNCTIONS.items()},
}
"""What computes with values."""
