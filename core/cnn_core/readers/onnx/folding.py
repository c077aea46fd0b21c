"""What depends on no input, computed while a model is read: chains of shapes, and weights that are laid out anew.

Exporters leave `Shape → Gather → Concat → Reshape` chains of whole numbers in a graph, and weights that are cut,
joined and transposed by nodes. A size that is free is None in them and is passed on, so that a Reshape can tell which
axis it is. 66 bytes can ask for terabytes here, so every size is known before anything is allocated.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Final

import numpy as np

from ..operators.assembly import Tensor, Unsupported, sizes_of
from .call import Call, Numbers, unknown_size, whole

__all__ = ["MOST_FOLDED", "Folding"]

MOST_FOLDED: Final = 1 << 23
"""Numbers that may be made while a model is read, on top of what it stores."""

_MOST_SIZES: Final = 1 << 12
_Fold = Callable[["Folding", Call], Sequence[Numbers]]
_FREE: Final = "it depends on the length of the input, which is free; export the model with a fixed length"


class Folding:
    """Computes nodes that depend on no input.

    Args:
        stored: How many numbers the file stores.
    """

    def __init__(self, stored: int) -> None:
        self._left = MOST_FOLDED + 4 * stored

    def computes(self, call: Call) -> bool:
        """Tell whether a node's outputs are known already.

        Args:
            call: The node.
        """
        if call.node.operator in _OF_SHAPES:
            return call.given(0) is not None
        return call.node.operator in _FOLDS and not any(isinstance(each, Tensor) for each in call.inputs)

    @staticmethod
    def knows(operator: str) -> bool:
        """Tell whether an operator can be computed where it depends on no input.

        Args:
            operator: Its name.
        """
        return operator in _FOLDS or operator in _OF_SHAPES

    def fold(self, call: Call) -> tuple[Numbers, ...]:
        """Return what a node gives.

        Args:
            call: A node that `computes` tells of.

        Raises:
            Unsupported: It would give too many numbers, depends on a free length, or reads what it cannot read.
        """
        found = _FOLDS.get(call.node.operator) or _OF_SHAPES[call.node.operator]
        try:
            with np.errstate(all="ignore"):
                return tuple(map(_kept, found(self, call)))
        except (IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError):
            raise Unsupported("it cannot compute what it is given") from None

    def room(self, *shape: int) -> None:
        """Make sure that an array may be made.

        Args:
            shape: Its shape.

        Raises:
            Unsupported: It would be too large, with all that was made before.
        """
        count = prod(shape)
        if any(size < 0 for size in shape) or count > self._left:
            raise Unsupported(f"it would make an array of shape {shape}, which is too large")
        self._left -= count


def _kept(values: Numbers) -> Numbers:
    """Return an array as constants are kept: float32, int64, bool, or whole numbers and None."""
    values = np.asarray(values)
    if values.dtype == object:
        return values if unknown_size(values) else values.astype(np.int64)
    match values.dtype.kind:
        case "f":
            return values.astype(np.float32, copy=False)
        case "i" | "u":
            return values.astype(np.int64, copy=False)
        case _:
            return values


def _of_shape(sizes: Sequence[int | None]) -> Numbers:
    """Return a shape as numbers."""
    free = any(size is None for size in sizes)
    return np.array(sizes, dtype=object if free else np.int64)


def _shape(folding: Folding, call: Call) -> list[Numbers]:
    sizes = sizes_of(call.value())
    rank = len(sizes)
    start, end = call.integer("start"), call.integer("end", rank)
    return [_of_shape(sizes[slice(*(each + rank if each < 0 else each for each in (start, end)))])]


def _size(folding: Folding, call: Call) -> list[Numbers]:
    sizes = sizes_of(call.value())
    if None in sizes:
        return [np.array(None, dtype=object)]
    return [np.array(prod(size for size in sizes if size is not None), dtype=np.int64)]


def _constant(folding: Folding, call: Call) -> list[Numbers]:
    found = next(iter(call.node.attributes), "")
    match found:
        case "value" | "sparse_value":
            values = call.stored(found)
            if values is None:
                raise Unsupported("its value is of a kind that is not read")
            return [values]
        case "value_int":
            return [np.array(call.integer(found), dtype=np.int64)]
        case "value_ints":
            return [np.array(call.integers(found), dtype=np.int64)]
        case "value_float":
            return [np.array(call.real(found, 0.0), dtype=np.float32)]
        case "value_floats":
            return [np.array(call.reals(found), dtype=np.float32)]
        case _:
            raise Unsupported("its value is of a kind that is not read")


def _numeric(values: Numbers) -> Numbers:
    if unknown_size(values):
        raise Unsupported(_FREE)
    return values


def _elementwise(function: Callable[..., Numbers]) -> _Fold:
    """Return a folding of a function of values one by one; of sizes that are free, what it gives is free."""

    def fold(folding: Folding, call: Call) -> list[Numbers]:
        given = [call.needed(index) for index in range(len(call.inputs))]
        shape = np.broadcast_shapes(*(each.shape for each in given))
        folding.room(*shape)
        free = [each for each in given if unknown_size(each)]
        if not free:
            return [function(*given)]
        if any(each.dtype.kind not in "iO" for each in given):
            raise Unsupported(_FREE)
        several = np.broadcast_arrays(*given)
        if prod(shape) > _MOST_SIZES:
            raise Unsupported(_FREE)
        values = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            each = [one[index] for one in several]
            values[index] = None if None in each else int(function(*(np.int64(one) for one in each)))
        return [values]

    return fold


def _compared(function: Callable[..., Numbers]) -> _Fold:
    """Return a folding of a comparison, in which a free size counts as one that is larger than 0 and not known."""

    def fold(folding: Folding, call: Call) -> list[Numbers]:
        left, right = call.needed(0), call.needed(1)
        folding.room(*np.broadcast_shapes(left.shape, right.shape))
        for free, other in ((left, right), (right, left)):
            # A length is at least 1: beside a number below that, any length gives the same answer.
            if unknown_size(free) and (unknown_size(other) or np.any(other > 0)):
                raise Unsupported(_FREE)
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


def _modulo(folding: Folding, call: Call) -> Sequence[Numbers]:
    return _elementwise(np.fmod if call.integer("fmod") else np.mod)(folding, call)


def _where(folding: Folding, call: Call) -> list[Numbers]:
    condition, left, right = (call.needed(index) for index in range(3))
    folding.room(*np.broadcast_shapes(condition.shape, left.shape, right.shape))
    return [np.where(_numeric(condition).astype(bool), left, right)]


_CASTS: Final = {
    **dict.fromkeys((1, 10, 11, 16), np.float32),
    **dict.fromkeys((2, 3, 4, 5, 6, 7, 12, 13), np.int64),
    9: np.bool_,
}


def _cast(folding: Folding, call: Call) -> list[Numbers]:
    values = call.needed(0)
    like = call.constant(1) if call.node.operator == "CastLike" else None
    kind = like.dtype if like is not None else _CASTS.get(call.integer("to"))
    if kind is None:
        raise Unsupported("it turns its values into a kind that is not read")
    if unknown_size(values):
        # A length is a whole number, and stays one until something is computed with it.
        return [values]
    folding.room(*values.shape)
    return [values.astype(kind)]


def _identity(folding: Folding, call: Call) -> list[Numbers]:
    return [call.needed(0)]


def _gather(folding: Folding, call: Call) -> list[Numbers]:
    values, indices = call.needed(0), _numeric(call.needed(1))
    axis = call.axes((call.integer("axis"),))[0]
    folding.room(*values.shape[:axis], *indices.shape, *values.shape[axis + 1 :])
    return [np.take(values, indices, axis=axis)]


def _concat(folding: Folding, call: Call) -> list[Numbers]:
    given = [call.needed(index) for index in range(len(call.inputs))]
    folding.room(sum(each.size for each in given))
    if any(unknown_size(each) for each in given):
        given = [each.astype(object) for each in given]
    return [np.concatenate(given, axis=call.axes((call.integer("axis", 0),))[0])]


def _reshape(folding: Folding, call: Call) -> list[Numbers]:
    values, target = call.needed(0), call.listed("shape", 1, 5) or ()
    if not call.integer("allowzero"):
        target = tuple(values.shape[at] if size == 0 else size for at, size in enumerate(target))
    return [values.reshape(target)]


def _flatten(folding: Folding, call: Call) -> list[Numbers]:
    values, axis = call.needed(0), call.integer("axis", 1)
    axis = axis + values.ndim if axis < 0 else axis
    return [values.reshape(prod(values.shape[:axis]), -1)]


def _squeeze(folding: Folding, call: Call) -> list[Numbers]:
    axes = call.listed("axes", 1, 13)
    return [np.squeeze(call.needed(0), axis=None if axes is None else call.axes(axes))]


def _unsqueeze(folding: Folding, call: Call) -> list[Numbers]:
    values, axes = call.needed(0), call.listed("axes", 1, 13) or ()
    return [np.expand_dims(values, call.axes(axes, values.ndim + len(axes)))]


def _transpose(folding: Folding, call: Call) -> list[Numbers]:
    return [np.transpose(call.needed(0), call.integers("perm"))]


def _slice(folding: Folding, call: Call) -> list[Numbers]:
    values = call.needed(0)
    starts, ends = (call.listed(name, index, 10) or () for name, index in (("starts", 1), ("ends", 2)))
    axes = call.listed("axes", 3, 10)
    steps = (call.listed("steps", 4, 10) if call.opset >= 10 else None) or (1,) * len(starts)
    named = call.axes(tuple(range(len(starts))) if axes is None else axes)
    parts = [slice(None)] * values.ndim
    for axis, start, end, step in zip(named, starts, ends, steps, strict=True):
        # Whatever lies beyond the beginning is the beginning: for numpy it would count from the end once more.
        beyond = step < 0 and end < -values.shape[axis]
        parts[axis] = slice(max(start, -values.shape[axis]), None if beyond else end, step)
    return [values[tuple(parts)]]


def _split(folding: Folding, call: Call) -> list[Numbers]:
    values, axis = call.needed(0), call.axes((call.integer("axis"),))[0]
    sizes = call.listed("split", 1, 13)
    if sizes is None:
        count = len(call.outputs)
        size = -(-values.shape[axis] // count)
        sizes = (size,) * (count - 1) + (values.shape[axis] - size * (count - 1),)
    if sum(sizes) != values.shape[axis] or any(size < 0 for size in sizes):
        raise Unsupported("its parts do not make up what it splits")
    ends = np.cumsum(sizes)[:-1]
    return [*np.split(values, ends, axis=axis)]


def _constant_of_shape(folding: Folding, call: Call) -> list[Numbers]:
    shape = whole(call.needed(0))
    folding.room(*shape)
    value = call.stored("value")
    if value is not None and value.size != 1:
        raise Unsupported("its value is not one number")
    return [np.full(shape, np.float32(0) if value is None else value.ravel()[0])]


def _expand(folding: Folding, call: Call) -> list[Numbers]:
    values, target = call.needed(0), whole(call.needed(1))
    shape = np.broadcast_shapes(values.shape, target)
    folding.room(*shape)
    return [np.broadcast_to(values, shape)]


def _tile(folding: Folding, call: Call) -> list[Numbers]:
    values, repeats = call.needed(0), whole(call.needed(1))
    if len(repeats) != values.ndim:
        raise Unsupported("its repeats do not go with its axes")
    folding.room(*(size * each for size, each in zip(values.shape, repeats, strict=True)))
    return [np.tile(values, repeats)]


def _range(folding: Folding, call: Call) -> list[Numbers]:
    start, limit, delta = (_numeric(call.needed(index)).item() for index in range(3))
    folding.room(max(0, int(np.ceil((limit - start) / delta))))
    return [np.arange(start, limit, delta)]


def _reduced(function: Callable[..., Numbers], since: int) -> _Fold:
    def fold(folding: Folding, call: Call) -> list[Numbers]:
        values = _numeric(call.needed(0))
        axes = call.listed("axes", 1, since)
        if not axes and call.integer("noop_with_empty_axes"):
            return [values]
        over = call.axes(axes) if axes else None
        return [function(values, axis=over, keepdims=bool(call.integer("keepdims", 1)))]

    return fold


def _matmul(folding: Folding, call: Call) -> list[Numbers]:
    left, right = call.needed(0), call.needed(1)
    if left.ndim > 2 or right.ndim > 2:
        folding.room(*np.broadcast_shapes(left.shape[:-2], right.shape[:-2]), *left.shape[-2:-1], right.shape[-1])
    else:
        folding.room(*left.shape[:-1], *right.shape[1:])
    return [left @ right]


def _cumulative(folding: Folding, call: Call) -> list[Numbers]:
    values = _numeric(call.needed(0))
    if call.integer("exclusive") or call.integer("reverse"):
        raise Unsupported("it sums up constants backwards, or without the last")
    return [np.cumsum(values, axis=call.axes(whole(call.needed(1)))[0])]


def _trilu(folding: Folding, call: Call) -> list[Numbers]:
    values, at = call.needed(0), call.constant(1)
    diagonal = 0 if at is None else whole(at)[0]
    keep = np.triu if call.integer("upper", 1) else np.tril
    return [keep(values, max(-(1 << 30), min(1 << 30, diagonal)))]


def _eye_like(folding: Folding, call: Call) -> list[Numbers]:
    rows, columns = call.needed(0).shape
    folding.room(rows, columns)
    return [np.eye(rows, columns, call.integer("k"), dtype=_CASTS.get(call.integer("dtype", 1), np.float32))]


def _scatter(folding: Folding, call: Call) -> list[Numbers]:
    values, indices, updates = (call.needed(index) for index in range(3))
    if call.text("reduction", "none") != "none" or indices.shape[-1] > values.ndim:
        raise Unsupported("it scatters in a way that is not read")
    folding.room(*values.shape)
    found = values.copy()
    found[tuple(np.moveaxis(indices, -1, 0))] = updates
    return [found]


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
_OF_SHAPES: Final[dict[str, _Fold]] = {"Shape": _shape, "Size": _size}
"""What asks for no more than the shape of what it reads."""
_FOLDS: Final[dict[str, _Fold]] = {
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "EyeLike": _eye_like,
    "Range": _range,
    "Identity": _identity,
    "Cast": _cast,
    "CastLike": _cast,
    "Gather": _gather,
    "Concat": _concat,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Slice": _slice,
    "Split": _split,
    "Expand": _expand,
    "Tile": _tile,
    "Trilu": _trilu,
    "ScatterND": _scatter,
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
