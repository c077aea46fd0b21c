"""Values moved and laid out in other shapes. Source: PyTorch, `torch.permute`, `torch.Tensor.view` and their like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...layers import Broadcast, Concatenate, Flatten, Pad, Reshape, Reverse, Select, Slice, Take
from .assembly import (
    Assembly,
    Layout,
    Missing,
    Tensor,
    Unsupported,
    Value,
    axis_of,
    rank_of,
)
from .settings import whole
from .shapes import Group, groups_of

__all__ = [
    "broadcast",
    "concatenate",
    "flip",
    "pad",
    "permute",
    "repeat",
    "reshape",
    "select",
    "slice_along",
    "split",
    "squeeze",
    "stack",
    "take",
    "transpose",
    "unsqueeze",
]


def permute(assembly: Assembly, x: Value, dims: Sequence[int]) -> Value:
    """Return a tensor with its axes in another order, which needs no node.

    Args:
        assembly: Where it is.
        x: The tensor.
        dims: Which axis each axis of the result is.
    """
    tensor = assembly.tensor(x)
    order = [axis_of(x, axis) for axis in dims]
    if sorted(order) != [*range(len(tensor.layout))]:
        raise Unsupported(f"{(*dims,)} is not an order of its axes")
    return replace(tensor, layout=tuple(tensor.layout[axis] for axis in order))


def transpose(assembly: Assembly, x: Value, dim0: int, dim1: int) -> Value:
    """Return a tensor with two axes exchanged, which needs no node."""
    order = [*range(rank_of(x))]
    first, second = axis_of(x, dim0), axis_of(x, dim1)
    order[first], order[second] = second, first
    return permute(assembly, x, order) if order else x


def squeeze(assembly: Assembly, x: Value, dim: int | Sequence[int] | None = None) -> Value:
    """Return a tensor without axes of length 1, which needs no node; an axis of another length stays."""
    tensor = assembly.tensor(x)
    sizes = tensor.sizes
    named = [dim] if isinstance(dim, int) else range(len(sizes)) if dim is None else dim
    gone = {axis for axis in (axis_of(x, each) for each in named) if sizes[axis] == 1}
    return replace(tensor, layout=tuple(at for axis, at in enumerate(tensor.layout) if axis not in gone))


def unsqueeze(assembly: Assembly, x: Value, dim: int) -> Value:
    """Return a tensor with one more axis of length 1, which needs no node."""
    tensor = assembly.tensor(x)
    at = axis_of(rank_of(x) + 1, dim)
    return replace(tensor, layout=(*tensor.layout[:at], None, *tensor.layout[at:]))


def reshape(assembly: Assembly, x: Value, shape: Sequence[int | None]) -> Value:
    """Return a tensor with the same values in another shape.

    Args:
        assembly: Where a node is added if one is needed.
        x: The tensor.
        shape: The shape; −1 for an axis that takes what is left, None for one that depends on the input's length.
    """
    tensor = assembly.tensor(x)
    sizes = tensor.sizes
    groups, target = groups_of(sizes, shape)
    order = [axis for axis in tensor.order if axis is not None and any(axis in group.before for group in groups)]
    wanted = _in_groups(order, groups)
    if wanted is None:
        wanted = [axis for group in groups for axis in group.before]
    if all(len(group.before) == len(group.after) == 1 for group in groups):
        moved = {group.after[0]: tensor.layout[group.before[0]] for group in groups}
        return replace(tensor, layout=tuple(moved.get(axis) for axis in range(len(target))))
    tensor = assembly.arranged(tensor, wanted)
    in_order = sorted(groups, key=lambda group: wanted.index(group.before[0]))
    after = [axis for group in in_order for axis in group.after]
    laid = tuple(-1 if target[axis] is None else target[axis] or 1 for axis in after)
    layout: Layout = tuple(after.index(axis) if axis in after else None for axis in range(len(target)))
    layer = Flatten() if len(laid) == 1 and len(tensor.known()) > 1 else Reshape(laid or (1,))
    return assembly.add(layer, [tensor], layout, whole=tensor.whole)


def _in_groups(order: Sequence[int], groups: Sequence[Group]) -> list[int] | None:
    """Return the order in which our array is if the axes that come together lie side by side in it, else None."""
    place = {axis: at for at, axis in enumerate(order)}
    for group in groups:
        if len(group.before) == 1:
            continue
        places = [place.get(axis, -1) for axis in group.before]
        if places != [*range(places[0], places[0] + len(places))]:
            return None
    if any(axis not in place for group in groups for axis in group.before):
        return None
    return [*order]


def broadcast(assembly: Assembly, x: Value, shape: Sequence[int | None]) -> Value:
    """Return a tensor of which axes of length 1 are as long as a shape says; −1 keeps an axis."""
    tensor = assembly.tensor(x)
    added = len(shape) - len(tensor.layout)
    if added < 0:
        raise Unsupported("it has more axes than it is made to have")
    tensor = replace(tensor, layout=(*[None] * added, *tensor.layout))
    sizes = tensor.sizes
    target = [size if wanted in (-1, size) else wanted for size, wanted in zip(sizes, shape, strict=True)]
    longer = [axis for axis, (size, wanted) in enumerate(zip(sizes, target, strict=True)) if size != wanted]
    if not longer:
        return tensor
    if any(sizes[axis] != 1 for axis in longer):
        raise Unsupported(f"a tensor of shape {sizes} cannot be made one of {(*shape,)}")
    order = [axis for axis in tensor.order if axis is not None]
    order = [*(axis for axis in longer if axis not in order), *order]
    tensor = assembly.arranged(tensor, order)
    wanted = tuple(whole(target[axis], "shape") for axis in order)
    return assembly.add(Broadcast(wanted), [tensor], tensor.layout, whole=tensor.whole)


def repeat(assembly: Assembly, x: Value, repeats: Sequence[int | None]) -> Value:
    """Return a tensor several times behind itself along each axis."""
    tensor = assembly.tensor(x)
    added = len(repeats) - len(tensor.layout)
    if added < 0:
        raise Unsupported("it is repeated along fewer axes than it has")
    found: Value = replace(tensor, layout=(*[None] * added, *tensor.layout))
    for axis, count in enumerate(repeats):
        times = whole(count, "number of repeats")
        if times < 1 or times > 1 << 16:
            raise Unsupported(f"it is repeated {times:,} times")
        if times > 1 and assembly.tensor(found).sizes[axis] == 1:
            sizes = assembly.tensor(found).sizes
            found = broadcast(assembly, found, [times if at == axis else -1 for at in range(len(sizes))])
        elif times > 1:
            found = concatenate(assembly, [found] * times, axis)
    return found


def flip(assembly: Assembly, x: Value, dims: int | Sequence[int]) -> Value:
    """Return a tensor with axes turned round."""
    tensor = assembly.tensor(x)
    named = [dims] if isinstance(dims, int) else dims
    axes = tuple(sorted(at + 1 for axis in named if (at := tensor.layout[axis_of(x, axis)]) is not None))
    if not axes:
        return tensor
    return assembly.add(Reverse(axes), [tensor], tensor.layout, whole=tensor.whole)


def select(assembly: Assembly, x: Value, dim: int, index: int) -> Value:
    """Return one place of an axis, without the axis."""
    tensor = assembly.tensor(x)
    axis = axis_of(x, dim)
    at, size = tensor.layout[axis], tensor.sizes[axis]
    place = whole(index, "index")
    if size is not None and not -size <= place < size:
        raise Unsupported(f"it takes place {place} of an axis of {size}")
    if at is None:
        return replace(tensor, layout=(*tensor.layout[:axis], *tensor.layout[axis + 1 :]))
    kept = [each for each in tensor.order if each != axis]
    layout = tuple(kept.index(each) if each in kept else None for each in range(len(tensor.layout)) if each != axis)
    return assembly.add(Select(at + 1, place), [tensor], layout, whole=tensor.whole)


def slice_along(
    assembly: Assembly, x: Value, dim: int, start: int | None = None, stop: int | None = None, step: int = 1
) -> Value:
    """Return a stretch of an axis.

    Args:
        assembly: Where it is added.
        x: The tensor.
        dim: The axis.
        start: The first place; below 0 it counts from the end.
        stop: One past the last place; None, and anything past the end, is the end.
        step: From one place to the next.
    """
    tensor = assembly.tensor(x)
    axis = axis_of(x, dim)
    size = tensor.sizes[axis]
    if stop is not None and stop >= 1 << 62:
        stop = None
    if size is not None:
        places = range(*slice(start, stop, step).indices(size))
        if places == range(size):
            return tensor
        if not places:
            raise Unsupported("nothing is left of an axis")
    elif start in (None, 0) and stop is None and step == 1:
        return tensor
    tensor = assembly.with_axis(tensor, axis)
    layer = Slice(tensor.axis(axis), start, stop, step)
    return assembly.add(layer, [tensor], tensor.layout, whole=tensor.whole)


def take(assembly: Assembly, x: Value, dim: int, indices: Sequence[int]) -> Value:
    """Return places of an axis in any order."""
    tensor = assembly.with_axis(x, axis_of(x, dim))
    layer = Take(tensor.axis(axis_of(x, dim)), tuple(int(index) for index in indices))
    return assembly.add(layer, [tensor], tensor.layout, whole=tensor.whole)


def split(assembly: Assembly, x: Value, sizes: int | Sequence[int], dim: int = 0) -> tuple[Value | Missing, ...]:
    """Return stretches of an axis, one behind the other.

    Args:
        assembly: Where they are added.
        x: The tensor.
        sizes: How long each is, or all but the last.
        dim: The axis.
    """
    axis = axis_of(x, dim)
    size = assembly.tensor(x).sizes[axis]
    if size is None:
        raise Unsupported("it splits an axis whose length is not fixed")
    each = [sizes] * -(-size // max(1, sizes)) if isinstance(sizes, int) else [*sizes]
    stops = np.minimum(np.cumsum(each), size).tolist()
    return tuple(
        slice_along(assembly, x, axis, stop - length if at + 1 < len(each) else [0, *stops][at], stop)
        for at, (length, stop) in enumerate(zip(each, stops, strict=True))
    )


def concatenate(assembly: Assembly, tensors: Sequence[Value], dim: int = 0) -> Value:
    """Return tensors one behind the other along an axis."""
    given = [assembly.tensor(each) for each in tensors]
    if len(given) == 1:
        return given[0]
    axis = axis_of(given[0], dim)
    if any(len(tensor.layout) != len(given[0].layout) for tensor in given):
        raise Unsupported("it lays tensors of unlike rank behind each other")
    main = max(given, key=lambda tensor: len(tensor.known()))
    order = [each for each in main.order if each is not None]
    others = {each for tensor in given for each in tensor.order if each is not None} - {*order}
    order = [*sorted(others), *order]
    if axis not in order:
        order = [axis, *order]
    arranged = [assembly.arranged(tensor, order) for tensor in given]
    at = order.index(axis)
    layer = Concatenate(-1 if at == len(order) - 1 else at + 1)
    return assembly.add(layer, arranged, arranged[0].layout, whole=all(tensor.whole for tensor in given))


def stack(assembly: Assembly, tensors: Sequence[Value], dim: int = 0) -> Value:
    """Return tensors side by side along a new axis."""
    return concatenate(
        assembly, [unsqueeze(assembly, each, dim) for each in tensors], axis_of(rank_of(tensors[0]) + 1, dim)
    )


def pad(
    assembly: Assembly, x: Value, pad: Sequence[int | None], mode: Any = "constant", value: float | None = None
) -> Value:
    """Return a tensor with more places before and behind its last axes.

    Args:
        assembly: Where it is added.
        x: The tensor.
        pad: How many before and behind the last axis, then those of the axis before it, and so on; a number below 0
            cuts places off.
        mode: `constant`, `reflect`, `replicate` or `circular`.
        value: What stands there in the mode `constant`; 0 unless told otherwise.
    """
    tensor: Tensor = assembly.tensor(x)
    ends = [whole(each, "padding") for each in pad]
    if len(ends) % 2 or len(ends) > 2 * rank_of(x):
        raise Unsupported(f"its padding has {len(ends)} numbers for {rank_of(x)} axes")
    for number, (before, after) in enumerate(zip(ends[::2], ends[1::2], strict=True)):
        if before or after:
            axis = rank_of(x) - 1 - number
            tensor = assembly.with_axis(tensor, axis)
            layer = Pad(tensor.axis(axis), before, after, mode, float(value or 0))
            tensor = assembly.elementwise(layer, tensor)
    return tensor
