"""Operators that make, move and lay out numbers that are known while a model is read."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

import numpy as np

from ..operators.assembly import Unsupported, sizes_of
from .call import Call, Numbers, unknown_size, whole
from .memory_limit import Fold, MemoryLimit, numeric
from .stored import REAL, TRUTH, WHOLE

__all__ = ["LAYOUTS", "OF_SHAPES"]


def _of_shape(sizes: Sequence[int | None]) -> Numbers:
    """Return a shape as numbers."""
    free = any(size is None for size in sizes)
    return np.array(sizes, dtype=object if free else np.int64)


def _shape(memory: MemoryLimit, call: Call) -> list[Numbers]:
    sizes = sizes_of(call.value())
    rank = len(sizes)
    start, end = call.integer("start"), call.integer("end", rank)
    return [_of_shape(sizes[slice(*(each + rank if each < 0 else each for each in (start, end)))])]


def _size(memory: MemoryLimit, call: Call) -> list[Numbers]:
    sizes = sizes_of(call.value())
    if None in sizes:
        return [np.array(None, dtype=object)]
    return [np.array(prod(size for size in sizes if size is not None), dtype=np.int64)]


def _constant(memory: MemoryLimit, call: Call) -> list[Numbers]:
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


_CASTS: Final = {
    **dict.fromkeys(REAL, np.float32),
    **dict.fromkeys(WHOLE, np.int64),
    TRUTH: np.bool_,
}


def _cast(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values = call.needed(0)
    like = call.constant(1) if call.node.operator == "CastLike" else None
    kind = like.dtype if like is not None else _CASTS.get(call.integer("to"))
    if kind is None:
        raise Unsupported("it turns its values into a kind that is not read")
    if unknown_size(values):
        # A length is a whole number, and stays one until something is computed with it.
        return [values]
    memory.take(*values.shape)
    return [values.astype(kind)]


def _identity(memory: MemoryLimit, call: Call) -> list[Numbers]:
    return [call.needed(0)]


def _gather(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, indices = call.needed(0), numeric(call.needed(1))
    axis = call.axes((call.integer("axis"),))[0]
    memory.take(*values.shape[:axis], *indices.shape, *values.shape[axis + 1 :])
    return [np.take(values, indices, axis=axis)]


def _concat(memory: MemoryLimit, call: Call) -> list[Numbers]:
    given = [call.needed(index) for index in range(len(call.inputs))]
    memory.take(sum(each.size for each in given))
    if any(unknown_size(each) for each in given):
        given = [each.astype(object) for each in given]
    return [np.concatenate(given, axis=call.axes((call.integer("axis", 0),))[0])]


def _reshape(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, target = call.needed(0), call.listed("shape", 1, 5) or ()
    if not call.integer("allowzero"):
        target = tuple(values.shape[at] if size == 0 else size for at, size in enumerate(target))
    return [values.reshape(target)]


def _flatten(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, axis = call.needed(0), call.integer("axis", 1)
    axis = axis + values.ndim if axis < 0 else axis
    return [values.reshape(prod(values.shape[:axis]), -1)]


def _squeeze(memory: MemoryLimit, call: Call) -> list[Numbers]:
    axes = call.listed("axes", 1, 13)
    return [np.squeeze(call.needed(0), axis=None if axes is None else call.axes(axes))]


def _unsqueeze(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, axes = call.needed(0), call.listed("axes", 1, 13) or ()
    return [np.expand_dims(values, call.axes(axes, values.ndim + len(axes)))]


def _transpose(memory: MemoryLimit, call: Call) -> list[Numbers]:
    return [np.transpose(call.needed(0), call.integers("perm"))]


def _slice(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values = call.needed(0)
    parts = [slice(None)] * values.ndim
    for axis, start, end, step in call.stretches():
        # Whatever lies beyond the beginning is the beginning: for numpy it would count from the end once more.
        beyond = step < 0 and end < -values.shape[axis]
        parts[axis] = slice(max(start, -values.shape[axis]), None if beyond else end, step)
    return [values[tuple(parts)]]


def _split(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, axis = call.needed(0), call.axes((call.integer("axis"),))[0]
    sizes = call.part_sizes(values.shape[axis])
    if sum(sizes) != values.shape[axis] or any(size < 0 for size in sizes):
        raise Unsupported("its parts do not make up what it splits")
    ends = np.cumsum(sizes)[:-1]
    return [*np.split(values, ends, axis=axis)]


def _constant_of_shape(memory: MemoryLimit, call: Call) -> list[Numbers]:
    shape = whole(call.needed(0))
    memory.take(*shape)
    value = call.stored("value")
    if value is not None and value.size != 1:
        raise Unsupported("its value is not one number")
    return [np.full(shape, np.float32(0) if value is None else value.ravel()[0])]


def _expand(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, target = call.needed(0), whole(call.needed(1))
    shape = np.broadcast_shapes(values.shape, target)
    memory.take(*shape)
    return [np.broadcast_to(values, shape)]


def _tile(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, repeats = call.needed(0), whole(call.needed(1))
    if len(repeats) != values.ndim:
        raise Unsupported("its repeats do not go with its axes")
    memory.take(*(size * each for size, each in zip(values.shape, repeats, strict=True)))
    return [np.tile(values, repeats)]


def _range(memory: MemoryLimit, call: Call) -> list[Numbers]:
    start, limit, delta = (numeric(call.needed(index)).item() for index in range(3))
    memory.take(max(0, int(np.ceil((limit - start) / delta))))
    return [np.arange(start, limit, delta)]


def _trilu(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, at = call.needed(0), call.constant(1)
    diagonal = 0 if at is None else whole(at)[0]
    keep = np.triu if call.integer("upper", 1) else np.tril
    return [keep(values, max(-(1 << 30), min(1 << 30, diagonal)))]


def _eye_like(memory: MemoryLimit, call: Call) -> list[Numbers]:
    rows, columns = call.needed(0).shape
    memory.take(rows, columns)
    return [np.eye(rows, columns, call.integer("k"), dtype=_CASTS.get(call.integer("dtype", 1), np.float32))]


def _scatter(memory: MemoryLimit, call: Call) -> list[Numbers]:
    values, indices, updates = (call.needed(index) for index in range(3))
    if call.text("reduction", "none") != "none" or indices.shape[-1] > values.ndim:
        raise Unsupported("it scatters in a way that is not read")
    memory.take(*values.shape)
    found = values.copy()
    found[tuple(np.moveaxis(indices, -1, 0))] = updates
    return [found]


OF_SHAPES: Final[dict[str, Fold]] = {"Shape": _shape, "Size": _size}
"""What asks for no more than the shape of what it reads."""
LAYOUTS: Final[dict[str, Fold]] = {
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
}
"""What makes values, moves them and lays them out anew."""
