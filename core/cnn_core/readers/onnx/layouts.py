"""ONNX's operators that move values and lay them out anew.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from ...layers import Layer, Resize1D, Shape, UpSampling1D
from ..operators import moved_values
from ..operators.assembly import Assembly, Missing, Tensor, Unsupported, Value, rank_of, sizes_of
from ..operators.products import embedding
from .call import Call, Numbers, unknown_size, whole

__all__ = [
    "concat",
    "dropout",
    "expand",
    "flatten",
    "gather",
    "gather_places",
    "identity",
    "pad",
    "reshape",
    "resize",
    "slices",
    "split",
    "squeeze",
    "tile",
    "transpose",
    "unsqueeze",
]

_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def identity(call: Call) -> Value:
    """Return what the node reads."""
    return call.value()


def dropout(call: Call) -> Value:
    """Return what the node reads, unless it is being trained."""
    training = call.constant(2) if call.opset >= 12 else None
    ratio = call.constant(1) if call.opset >= 12 else None
    if training is not None and np.any(training) and (ratio is None or np.any(ratio)):
        raise Unsupported("it drops values at random; export the model behind model.eval()")
    return call.value()


def transpose(call: Call) -> Value:
    """Return a tensor with its axes in another order."""
    order = call.integers("perm")
    rank = rank_of(call.value())
    return moved_values.permute(call.assembly, call.value(), [*reversed(range(rank))] if order is None else order)


def squeeze(call: Call) -> Value:
    """Return a tensor without axes of length 1."""
    axes = call.listed("axes", 1, 13)
    if axes is None:
        return moved_values.squeeze(call.assembly, call.value())
    named = call.axes(axes)
    if any(sizes_of(call.value())[axis] not in (1, None) for axis in named):
        raise Unsupported("it leaves out an axis that is longer than 1")
    return moved_values.squeeze(call.assembly, call.value(), named)


def unsqueeze(call: Call) -> Value:
    """Return a tensor with more axes of length 1."""
    axes, x = call.listed("axes", 1, 13) or (), call.value()
    for axis in sorted(call.axes(axes, rank_of(x) + len(axes))):
        x = moved_values.unsqueeze(call.assembly, x, axis)
    return x


def flatten(call: Call) -> Value:
    """Return a tensor with its axes laid together into two."""
    sizes = sizes_of(call.value())
    axis = call.integer("axis", 1)
    axis += len(sizes) if axis < 0 else 0
    if not 0 <= axis <= len(sizes):
        raise Unsupported(f"it flattens from axis {axis} of {len(sizes)}")
    before = sizes[:axis]
    if None in before:
        if any(size not in (1, None) for size in sizes[axis:]):
            return moved_values.reshape(call.assembly, call.value(), (-1, prod(size or 1 for size in sizes[axis:])))
        return moved_values.reshape(call.assembly, call.value(), (-1, 1))
    return moved_values.reshape(call.assembly, call.value(), (prod(size or 1 for size in before), -1))


def reshape(call: Call) -> Value:
    """Return a tensor with its values in another shape."""
    sizes, shape = sizes_of(call.value()), call.constant(1) if call.opset >= 5 else None
    target: list[int | None]
    if shape is not None and unknown_size(shape):
        target = [None if size is None else int(size) for size in shape.ravel()]
    else:
        target = [*(call.listed("shape", 1, 5) or ())]
    if not call.integer("allowzero"):
        if any(size == 0 and at >= len(sizes) for at, size in enumerate(target)):
            raise Unsupported("it keeps an axis that is not there")
        target = [sizes[at] if size == 0 else size for at, size in enumerate(target)]
    target = _without_rest(sizes, target)
    return _joined(call, target) or moved_values.reshape(call.assembly, call.value(), target)


def _without_rest(sizes: Shape, target: list[int | None]) -> list[int | None]:
    """Return a shape without −1 where the axis that is free is named beside it."""
    if sizes.count(None) == target.count(None) == 1 and target.count(-1) == 1:
        all_others = prod(size for size in sizes if size is not None)
        others = prod(size for size in target if size not in (None, -1) and size is not None)
        if others and all_others % others == 0:
            return [all_others // others if size == -1 else size for size in target]
    return target


def _joined(call: Call, target: Sequence[int | None]) -> Value | None:
    """Return the states of a recurrent layer whose directions are laid side by side again."""
    x = call.value()
    if not isinstance(x, Tensor) or x.node not in call.joined:
        return None
    states = call.joined[x.node]
    order = [axis for axis in x.layout if axis is not None]
    if order != sorted(order) or len(order) != 3:
        return None
    length, units = states.known()
    long = [(axis, size) for axis, size in enumerate(target) if size != 1]
    if len(long) != 2 or long[0][1] not in (length, -1 if length is None else length):
        return None
    if long[1][1] not in (units, -1) or [size for _, size in long].count(-1) > 1:
        return None
    places = {long[0][0]: 0, long[1][0]: 1}
    return replace(states, layout=tuple(places.get(axis) for axis in range(len(target))))


def concat(call: Call) -> Value:
    """Return tensors one behind the other along an axis."""
    given = [each for each in call.values() if isinstance(each, Tensor) or each.size]
    return moved_values.concatenate(call.assembly, given, call.axes((call.integer("axis", 0),))[0])


def split(call: Call) -> tuple[Value | Missing, ...]:
    """Return stretches of an axis."""
    axis = call.axes((call.integer("axis"),))[0]
    sizes = call.part_sizes(sizes_of(call.value())[axis])
    return moved_values.split(call.assembly, call.value(), sizes, axis)


def slices(call: Call) -> Value:
    """Return a stretch of one axis or of several."""
    found = call.value()
    for axis, start, end, step in call.stretches():
        found = _slice(call.assembly, found, axis, start, end, step)
    return found


def _slice(assembly: Assembly, x: Value, axis: int, start: int, end: int, step: int) -> Value:
    size = sizes_of(x)[axis]
    if not step:
        raise Unsupported("its step is 0")
    if step > 0:
        stop = None if end >= _FAR else end
        return moved_values.slice_along(assembly, x, axis, start if start > -_FAR else 0, stop, step)
    if size is None:
        if step == -1 and (start == -1 or start >= _FAR) and end <= -_FAR:
            return moved_values.flip(assembly, x, axis)
        raise Unsupported("it takes an axis backwards whose length is free")
    # What lies beyond the beginning is the beginning, and not the end once more.
    last = max(-1, end + size) if end < 0 else min(end, size)
    first = start + size if start < 0 else min(start, size - 1)
    places = range(max(first, 0), last, step)
    if not places:
        raise Unsupported("nothing is left of an axis")
    taken = moved_values.slice_along(assembly, x, axis, places[-1], places[0] + 1, -step)
    return moved_values.flip(assembly, taken, axis)


_FAR = 1 << 31


def gather(call: Call) -> Value:
    """Return places of an axis, or rows of a table that the input names."""
    x, indices = call.value(0), call.value(1)
    axis = call.axes((call.integer("axis"),))[0]
    if isinstance(indices, Tensor):
        if isinstance(x, Tensor) or axis:
            raise Unsupported("it looks up what is computed from the letters")
        return embedding(call.assembly, x, indices)
    size = sizes_of(x)[axis]
    places = whole(indices)
    if size is not None and any(not -size <= place < size for place in places):
        raise Unsupported("it takes a place beyond the end of an axis")
    if not indices.ndim:
        return moved_values.select(call.assembly, x, axis, places[0])
    if not places:
        raise Unsupported("nothing is left of an axis")
    if size is not None:
        places = tuple(place % size for place in places)
    taken = moved_values.take(call.assembly, x, axis, places)
    if indices.ndim == 1:
        return taken
    sizes = sizes_of(taken)
    return moved_values.reshape(call.assembly, taken, (*sizes[:axis], *indices.shape, *sizes[axis + 1 :]))


def gather_places(call: Call) -> Value:
    """Return places of the first axes, each named by all its indices."""
    x, indices = call.value(0), call.needed(1)
    sizes = sizes_of(x)
    count = indices.shape[-1] if indices.ndim else 0
    first = tuple(size for size in sizes[:count] if size is not None)
    if call.integer("batch_dims") or not 0 < count <= len(sizes) or len(first) < count:
        raise Unsupported("it looks up what is computed from the letters")
    places = np.moveaxis(indices, -1, 0)
    if any(np.any((each < -size) | (each >= size)) for each, size in zip(places, first, strict=True)):
        raise Unsupported("it takes a place beyond the end of an axis")
    flat = np.ravel_multi_index([each % size for each, size in zip(places, first, strict=True)], first)
    if count > 1:
        x = moved_values.reshape(call.assembly, x, (prod(first), *sizes[count:]))
    taken = moved_values.take(call.assembly, x, 0, flat.ravel().tolist())
    return taken if flat.ndim == 1 else moved_values.reshape(call.assembly, taken, (*flat.shape, *sizes[count:]))


def expand(call: Call) -> Value:
    """Return a tensor of which axes of length 1 are longer."""
    x, shape = call.value(), call.needed(1).ravel()
    rank = max(rank_of(x), shape.size)
    target: list[int | None] = [-1] * (rank - shape.size)
    target += [-1 if size == 1 else None if size is None else int(size) for size in shape]
    sizes = (1,) * (rank - rank_of(x)) + sizes_of(x)
    # A free length that is already there stays.
    kept = [-1 if size is None and mine is None else size for size, mine in zip(target, sizes, strict=True)]
    return moved_values.broadcast(call.assembly, x, kept)


def tile(call: Call) -> Value:
    """Return a tensor several times behind itself."""
    return moved_values.repeat(call.assembly, call.value(), whole(call.needed(1)))


def pad(call: Call) -> Value:
    """Return a tensor with more places before and behind its axes."""
    x = call.value()
    rank = rank_of(x)
    ends = call.listed("pads", 1, 11) or ()
    mode = call.text("mode", "constant")
    if mode not in _MODES:
        raise Unsupported(f"its mode {mode} is not one that is read")
    value = call.constant(2) if call.opset >= 11 else None
    number = call.real("value", 0.0) if value is None else float(value.ravel()[0]) if value.size else 0.0
    stated = call.constant(3) if call.opset >= 18 else None
    axes = tuple(range(rank)) if stated is None else call.axes(whole(stated))
    if len(ends) != 2 * len(axes):
        raise Unsupported(f"its pads has {len(ends)} numbers for {len(axes)} axes")
    each = {axis: (ends[at], ends[at + len(axes)]) for at, axis in enumerate(axes)}
    # From the last axis to the first, as PyTorch lists them.
    listed = [end for axis in reversed(range(rank)) for end in each.get(axis, (0, 0))]
    return moved_values.pad(call.assembly, x, listed, _MODES[mode], number)


def resize(call: Call) -> Value:
    """Return a tensor of which axes are longer or shorter, each value from the nearest place or between two."""
    x = call.value()
    sizes = sizes_of(x)
    old = call.node.operator == "Upsample"
    scales, target = _scales(call), None if old else call.constant(3)
    stated = call.integers("axes")
    axes = tuple(range(len(sizes))) if stated is None else call.axes(stated)
    if call.text("keep_aspect_ratio_policy", "stretch") != "stretch" or call.integer("antialias"):
        raise Unsupported("it resizes in a way that is not read")
    for number, axis in enumerate(axes):
        length, scale = None, None
        if target is not None and target.size == len(axes):
            length = whole(target)[number]
            if length == sizes[axis]:
                continue
        elif scales is not None and scales.size == len(axes):
            scale = float(scales.ravel()[number])
            if scale == 1:
                continue
        else:
            raise Unsupported("it does not say how large its output is")
        x = _resized(call, x, axis, length, scale)
    return x


def _scales(call: Call) -> Numbers | None:
    if call.node.operator == "Upsample" and call.opset < 9:
        return np.array(call.reals("scales"), dtype=np.float32)
    return call.constant(1 if call.node.operator == "Upsample" or call.opset < 11 else 2)


def _resized(call: Call, x: Value, axis: int, length: int | None, scale: float | None) -> Value:
    new = call.node.operator == "Resize" and call.opset >= 11
    how = call.text("mode", "nearest")
    coordinates = call.text("coordinate_transformation_mode", "half_pixel") if new else "asymmetric"
    rounding = call.text("nearest_mode", "round_prefer_floor") if new else "floor"
    tensor = call.assembly.tensor(x)
    size = tensor.sizes[axis]
    others = [each for each in tensor.order if each not in (None, axis)]
    if len(others) > 1:
        raise Unsupported("it resizes a tensor of several dimensions")
    given = call.assembly.arranged(tensor, [axis, *(others or [each for each in (1, 0) if each != axis][:1])])
    times = scale if scale is not None else (length or 0) / size if size else 0.0
    layer: Layer
    if how == "nearest" and times == int(times) > 0 and (coordinates, rounding) in _REPEATS:
        layer = UpSampling1D(int(times))
    else:
        layer = Resize1D(length, scale, how, coordinates, rounding)
    return call.assembly.add(layer, [given], given.layout)


_REPEATS = (
    ("asymmetric", "floor"),
    *((each, f"round_prefer_{end}") for each in ("half_pixel", "pytorch_half_pixel") for end in ("floor", "ceil")),
)
"""Coordinates and roundings by which every place comes out a whole number of times."""
