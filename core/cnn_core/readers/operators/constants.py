"""Constants of PyTorch's programs: those that an operator makes, and what becomes of constants while a file is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .assembly import Assembly, Constant, Given, Missing, Unsupported, Value, as_float, sizes_of
from .folding import bounded

__all__ = [
    "DTYPES",
    "arange",
    "filled",
    "filled_like",
    "folded_broadcast",
    "folded_cast",
    "folded_full",
    "folded_index",
    "folded_ones",
    "folded_quotient",
    "folded_select",
    "folded_slice",
    "folded_weight_and_norm",
    "folded_weight_norm",
    "folded_zeros",
    "kind_of",
]

DTYPES: Final = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    12: "bool",
    13: "bfloat16",
}
"""PyTorch's kinds of numbers in numpy's words, by the number that its archives give them."""


def folded_weight_norm(v: Constant, g: Constant, dim: int = 0) -> Constant:
    """Return a weight of a length and a direction, one length for each index of an axis."""
    axes = tuple(axis for axis in range(v.ndim) if axis != dim % v.ndim)
    wide = v.astype(np.float64)
    length = np.sqrt(np.square(wide).sum(axis=axes, keepdims=True))
    return as_float(wide * (g / length))


def folded_weight_and_norm(v: Constant, g: Constant, dim: int = 0) -> tuple[Given, ...]:
    """Return a weight of a length and a direction, and the direction's own length, which nothing reads."""
    return folded_weight_norm(v, g, dim), Missing("it reads the length of a weight's direction")


def kind_of(dtype: int | None) -> str:
    """Return numpy's word for a kind of numbers."""
    kind = DTYPES.get(7 if dtype is None else dtype, "float32")
    return "float32" if kind == "bfloat16" else kind


def filled(assembly: Assembly, size: Sequence[int | None], fill_value: Any, dtype: int | None = None) -> Value:
    """Return a constant that is one number everywhere."""
    return np.full(bounded(size), fill_value, dtype=kind_of(dtype))


def filled_like(assembly: Assembly, x: Value, fill_value: Any, dtype: int | None = None) -> Value:
    """Return a constant in the shape of a tensor."""
    return filled(assembly, sizes_of(x), fill_value, dtype)


def folded_full(x: Constant, fill_value: Any, dtype: int | None = None) -> Constant:
    """Return a constant in the shape of another."""
    return np.full_like(x, fill_value, dtype=None if dtype is None else kind_of(dtype))


def folded_zeros(x: Constant, dtype: int | None = None) -> Constant:
    """Return zeros in the shape of a constant."""
    return folded_full(x, 0, dtype)


def folded_ones(x: Constant, dtype: int | None = None) -> Constant:
    """Return ones in the shape of a constant."""
    return folded_full(x, 1, dtype)


def arange(
    assembly: Assembly, end: float | None, start: float | None = 0, step: float = 1, dtype: int | None = None
) -> Value:
    """Return numbers in even steps."""
    if start is None or end is None or not step:
        raise Unsupported("it counts as far as the input is long, which is not fixed")
    bounded((max(0, int((end - start) / step)),))
    counts = all(isinstance(each, int) for each in (start, end, step))
    kind = ("int64" if counts else "float32") if dtype is None else kind_of(dtype)
    return np.arange(start, end, step).astype(kind)


def folded_broadcast(x: Constant, shape: Sequence[int | None]) -> Constant:
    """Return a constant made longer where its axes have length 1."""
    added = len(shape) - x.ndim
    target = [x.shape[axis - added] if wanted == -1 else wanted for axis, wanted in enumerate(shape)]
    return np.broadcast_to(x, bounded(target))


def folded_select(x: Constant, dim: int, index: int) -> Constant:
    """Return one place of an axis of a constant."""
    taken: Constant = np.take(x, index, axis=dim)
    return taken


def folded_slice(
    x: Constant, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Constant:
    """Return a stretch of an axis of a constant."""
    places: tuple[slice, ...] = (slice(None),) * (dim % x.ndim)
    return x[(*places, slice(start, end, step))]


def folded_index(x: Constant, indices: Sequence[Constant | None]) -> Constant:
    """Return places of a constant."""
    named = tuple(slice(None) if each is None else each for each in indices)
    bounded(np.broadcast_shapes(*(each.shape for each in indices if each is not None)))
    return x[named]


def folded_quotient(x: Any, other: Any, rounding_mode: str | None = None) -> Constant:
    """Return a quotient of constants; what is rounded stays the kind of number that it was."""
    quotient = np.true_divide(x, other, dtype=np.float64)
    if rounding_mode is None:
        return as_float(quotient)
    rounded = np.floor(quotient) if rounding_mode == "floor" else np.trunc(quotient)
    found: Constant = rounded.astype(np.asarray(x).dtype)
    return found


def folded_cast(x: Constant, dtype: int | None = None) -> Constant:
    """Return a constant as another kind of numbers."""
    return x if dtype is None else x.astype(kind_of(dtype))
