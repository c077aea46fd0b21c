"""Functions of tensors as `keras.ops` and TensorFlow have them, where they differ from those of `readers.operators`.

The first axis of every tensor is the batch's, of length 1; what works along it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ...errors import CnnError
from ...layers import ScaledDotProductAttention
from ...layers.contraction import Labels
from ..operators import aten_functions as aten
from ..operators import elementwise, moved_values, products, resizing
from ..operators.assembly import Assembly, Missing, Tensor, Unsupported, Value, axis_of, rank_of

__all__ = [
    "attention",
    "cast",
    "clipped",
    "einsum",
    "expand",
    "gelu",
    "get_item",
    "matmul",
    "pad",
    "repeat",
    "reshape",
    "rounded",
    "same",
    "softmax",
    "split",
    "squeeze",
    "take",
    "tile",
    "transpose",
]

Axes: TypeAlias = int | Sequence[int]
_BATCH = "it works along the batch"


def same(assembly: Assembly, x: Value) -> Value:
    """Return a tensor as it is."""
    return x


def cast(assembly: Assembly, x: Value, dtype: str = "float32") -> Value:
    """Return a tensor as numbers of some kind; everything here is float32."""
    if not str(dtype).startswith(("float", "bfloat")):
        raise Unsupported(f"it turns its values into {dtype}, which is not computed")
    return x


def rounded(assembly: Assembly, x: Value, decimals: int = 0) -> Value:
    """Add the nearest whole numbers."""
    if decimals:
        raise Unsupported(f"it rounds to {decimals} decimals")
    return elementwise.function(assembly, x, "round")


def gelu(assembly: Assembly, x: Value, approximate: bool = False) -> Value:
    """Add a GELU."""
    return aten.gelu(assembly, x, "tanh" if approximate else "none")


def softmax(assembly: Assembly, x: Value, dim: int = -1) -> Value:
    """Add a softmax along an axis."""
    return elementwise.softmax(assembly, x, dim)


def clipped(assembly: Assembly, x: Value, low: float, high: float) -> Value:
    """Add limits."""
    return elementwise.clamp(assembly, x, low, high)


def matmul(
    assembly: Assembly, x: Value, other: Value, transpose_a: bool = False, transpose_b: bool = False
) -> Value:
    """Add a product of matrices, each turned round or not."""
    if rank_of(x) != rank_of(other) or rank_of(x) < 3:
        raise Unsupported("it multiplies matrices in which samples of a batch mix")
    left = moved_values.transpose(assembly, x, -2, -1) if transpose_a else x
    right = moved_values.transpose(assembly, other, -2, -1) if transpose_b else other
    return products.matmul(assembly, left, right)


def einsum(assembly: Assembly, operands: Sequence[Value], equation: str) -> Value:
    """Add a sum of products over axes that have a letter each, the batch one of them."""
    try:
        labels = Labels.parse(equation, *(rank_of(operand) for operand in operands))
    except CnnError as error:
        raise Unsupported(error.what) from None
    batch = {letters[:1] for letters, each in zip(labels.inputs, operands, strict=True) if isinstance(each, Tensor)}
    if batch != {labels.output[:1]}:
        raise Unsupported(f"its equation is {equation}, in which samples of a batch mix")
    return products.einsum(assembly, f"{','.join(labels.inputs)}->{labels.output}", operands)


def attention(
    assembly: Assembly, query: Value, key: Value, value: Value, scale: float | None = None, is_causal: bool = False
) -> Value:
    """Add attention of tensors (batch, positions, heads, channels)."""
    given = [assembly.arranged(each, (1, 2, 3)) for each in (query, key, value)]
    layer = ScaledDotProductAttention(scale, bool(is_causal), axis=1)
    return assembly.add(layer, given, given[0].layout)


def transpose(assembly: Assembly, x: Value, axes: Sequence[int] | None = None) -> Value:
    """Return a tensor with its axes in another order, the batch first as before."""
    if axes is None or axis_of(x, axes[0]) != 0:
        raise Unsupported(_BATCH)
    return moved_values.permute(assembly, x, axes)


def reshape(assembly: Assembly, x: Value, shape: Sequence[int | None]) -> Value:
    """Return a tensor with the values of each sample in another shape."""
    first, *others = shape
    if first not in (-1, None, 1) or (first == -1 and -1 in others):
        raise Unsupported("its shape does not keep samples of a batch apart")
    return moved_values.reshape(assembly, x, [1, *others])


def squeeze(assembly: Assembly, x: Value, axis: Axes | None = None) -> Value:
    """Return a tensor without axes of length 1, but the batch's."""
    sizes = assembly.tensor(x).sizes
    named = [axis] if isinstance(axis, int) else axis
    axes = [at for at in range(1, len(sizes)) if sizes[at] == 1] if not named else [axis_of(x, at) for at in named]
    if 0 in axes:
        raise Unsupported(_BATCH)
    return moved_values.squeeze(assembly, x, axes) if axes else x


def expand(assembly: Assembly, x: Value, axis: Axes) -> Value:
    """Return a tensor with more axes of length 1."""
    several = [axis] if isinstance(axis, int) else [*axis]
    rank = rank_of(x) + len(several)
    found: Value = x
    for at in sorted(axis_of(rank, each) for each in several):
        if at == 0:
            raise Unsupported(_BATCH)
        found = moved_values.unsqueeze(assembly, found, at)
    return found


def split(
    assembly: Assembly, x: Value, parts: int | Sequence[int], axis: int, *, sizes: bool
) -> tuple[Value | Missing, ...]:
    """Return stretches of an axis: so many of one length, or those that a list says.

    Args:
        assembly: Where they are added.
        x: The tensor.
        parts: How many, or a list.
        axis: The axis.
        sizes: Whether the list holds how long each is; otherwise where each but the first begins.
    """
    length = assembly.tensor(x).sizes[axis_of(x, axis)]
    if length is None:
        raise Unsupported("it splits an axis whose length is not fixed")
    if isinstance(parts, int):
        if parts < 1 or length % parts:
            raise Unsupported(f"it splits {length} places into {parts}")
        each = [length // parts] * parts
    elif sizes:
        each = [*parts]
        if -1 in each:
            each[each.index(-1)] = length - sum(each) - 1
    else:
        each = np.diff([0, *parts, length]).tolist()
    if sum(each) != length or min(each) < 1:
        raise Unsupported(f"it splits {length} places into {each}")
    return moved_values.split(assembly, x, each, axis)


def repeat(assembly: Assembly, x: Value, repeats: int | Sequence[int], axis: int | None = None) -> Value:
    """Return every place of an axis several times."""
    times = repeats if isinstance(repeats, int) else repeats[0] if len(repeats) == 1 else 0
    at = -1 if axis is None else axis_of(x, axis)
    if at < 1 or times < 1:
        raise Unsupported(_BATCH if times >= 1 else "it repeats places unlike often")
    size = assembly.tensor(x).sizes[at]
    if size is None:
        return resizing.repeat_each(assembly, x, times, at)
    return moved_values.take(assembly, x, at, [place for place in range(size) for _ in range(times)])


def tile(assembly: Assembly, x: Value, repeats: Sequence[int]) -> Value:
    """Return a tensor several times behind itself along each axis."""
    if len(repeats) != rank_of(x) or repeats[0] != 1:
        raise Unsupported(_BATCH)
    return moved_values.repeat(assembly, x, repeats)


def take(
    assembly: Assembly, x: Value, indices: int | Sequence[int], axis: int | None = None, batch_dims: int = 0
) -> Value:
    """Return one place of an axis, without the axis, or several in any order."""
    if axis is None or axis_of(x, axis) == 0 or batch_dims:
        raise Unsupported(_BATCH)
    if isinstance(indices, int):
        return moved_values.select(assembly, x, axis, indices)
    if isinstance(indices, Tensor):
        raise Unsupported("it takes places that are computed from the input")
    flat = np.asarray(indices)
    if flat.ndim != 1 or flat.dtype.kind not in "iu":
        raise Unsupported("it takes places by something else than a list of them")
    return moved_values.take(assembly, x, axis, flat.tolist())


def pad(
    assembly: Assembly,
    x: Value,
    widths: Sequence[Sequence[int]],
    mode: str = "constant",
    value: float | None = None,
) -> Value:
    """Return a tensor with more places before and behind its axes.

    Args:
        assembly: Where it is added.
        x: The tensor.
        widths: How many before and behind each axis.
        mode: `constant`, `reflect`, or another word for what stands there.
        value: What stands there in the mode `constant`.
    """
    mode = str(mode).lower()
    if len(widths) != rank_of(x) or any(widths[0]):
        raise Unsupported(_BATCH)
    if mode not in ("constant", "reflect"):
        raise Unsupported(f"its mode of padding is '{mode}', which is not computed")
    return moved_values.pad(assembly, x, [each for ends in reversed(widths) for each in ends], mode, value)


def get_item(assembly: Assembly, x: Value, key: object) -> Value:
    """Return a part of a tensor, as `x[key]` does with numbers, slices, None and `...`."""
    several = [*key] if isinstance(key, list | tuple) else [key]
    real = sum(each is not None and each is not Ellipsis for each in several)
    if Ellipsis in several:
        at = several.index(Ellipsis)
        several[at : at + 1] = [slice(None)] * (rank_of(x) - real)
    if not several or several[0] != slice(None):
        raise Unsupported("it takes a part of the batch")
    found, axis = x, 0
    for each in several:
        if each is None:
            found, axis = moved_values.unsqueeze(assembly, found, axis), axis + 1
        elif isinstance(each, int) and not isinstance(each, bool):
            found = moved_values.select(assembly, found, axis, each)
        elif isinstance(each, slice):
            found, axis = _stretch(assembly, found, axis, each), axis + 1
        else:
            raise Unsupported("it takes places by something else than numbers and stretches")
    return found


def _stretch(assembly: Assembly, x: Value, axis: int, places: slice) -> Value:
    ends = places.start, places.stop, places.step
    if not all(each is None or isinstance(each, int) for each in ends):
        raise Unsupported("it takes a stretch that is computed from the input")
    step = 1 if places.step is None else places.step
    if step > 0:
        return moved_values.slice_along(assembly, x, axis, places.start, places.stop, step)
    if (places.start, places.stop) != (None, None) or not step:
        raise Unsupported("it takes a part of an axis from behind")
    return moved_values.slice_along(assembly, moved_values.flip(assembly, x, axis), axis, step=-step)
