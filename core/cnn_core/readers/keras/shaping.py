"""Layers that lay values out anew, and layers that read several inputs."""

from __future__ import annotations

from typing import Final

from ...layers import (
    Concatenate,
    Dot,
    Flatten,
    Merge,
    Permute,
    RepeatVector,
    Reshape,
    Shape,
)
from .assembly import PLAIN, Tensor, Unsupported
from .layer_call import Builder, LayerCall, axis_role, whole_numbers

__all__ = ["concatenate", "dot", "flatten", "merging", "permute", "repeat", "reshape"]

_AXES: Final = {"L": 1, "C": -1}


def merging(kind: type[Merge]) -> Builder:
    """Return the builder of a layer that merges its inputs value by value.

    Args:
        kind: The layer.
    """

    def build(called: LayerCall) -> Tensor:
        given, axes = _alike(called)
        return called.add(kind(masks_any=_masks_any(called)), given, axes)

    return build


def concatenate(called: LayerCall) -> Tensor:
    """Add a Concatenate."""
    axis = called.axis()
    if not isinstance(axis, int):
        raise Unsupported("it lays its inputs side by side along several axes")
    given, axes = _alike(called)
    if axes != PLAIN:
        role = axis_role(given[0], axis)
        if role in _AXES:
            return called.add(Concatenate(_AXES[role], _masks_any(called)), given, axes)
        given = [called.assembly.as_keras(called.name, tensor) for tensor in given]
    return called.add(Concatenate(axis, _masks_any(called)), given)


def _masks_any(called: LayerCall) -> bool:
    """Tell whether a position that one of the inputs masks is masked behind them, as until Keras 2."""
    return called.age.major < 3 and any(tensor.masked for tensor in called.given)


def dot(called: LayerCall) -> Tensor:
    """Add a Dot."""
    axes = called.settings.get("axes", -1)
    found = axes if isinstance(axes, list) else [axes] * 2
    if len(found) != 2 or not all(isinstance(each, int) and not isinstance(each, bool) for each in found):
        raise Unsupported("it sums over several axes")
    given = [called.assembly.as_keras(called.name, tensor) for tensor in called.given]
    return called.add(Dot((found[0], found[1]), called.flag("normalize", False)), given)


def _alike(called: LayerCall) -> tuple[list[Tensor], str]:
    """Return the inputs, laid out alike, and what their axes are."""
    given = list(called.given)
    if not given:
        raise Unsupported("it reads nothing")
    axes = given[0].axes
    if any(tensor.axes != axes for tensor in given):
        given, axes = [called.assembly.as_keras(called.name, tensor) for tensor in given], PLAIN
    return given, axes


def flatten(called: LayerCall) -> Tensor:
    """Add a Flatten, turning the axes first where Keras reads them in another order."""
    tensor = called.one()
    first = called.text("data_format", "channels_last") == "channels_first"
    if tensor.axes == PLAIN:
        if first and tensor.rank is not None and tensor.rank > 1:
            tensor = called.add_before("permute", Permute((*range(2, tensor.rank + 1), 1)), tensor)
        return called.add(Flatten(), tensor)
    axes = tensor.axes[1:] + tensor.axes[:1] if first else tensor.axes
    if axes.index("C") < axes.index("L"):
        tensor = called.add_before("permute", Permute((2, 1)), tensor)
    return called.add(Flatten(), tensor)


def permute(called: LayerCall) -> Tensor:
    """Add a Permute; of axes that flow as one sequence, only what they are changes."""
    tensor = called.one()
    stated = called.settings.get("dims")
    dims = whole_numbers(stated, "dims", tensor.rank or (len(stated) if isinstance(stated, list) else 1))
    if tensor.axes == PLAIN or sorted(dims) != [*range(1, len(dims) + 1)]:
        return called.add(Permute(dims), tensor)
    axes = "".join(tensor.axes[axis - 1] for axis in dims)
    return called.add(Permute((1, 2)), tensor, PLAIN if axes == "LC" else axes)


def reshape(called: LayerCall) -> Tensor:
    """Add a Reshape; where it only adds or drops axes of length 1, what flows stays a sequence."""
    target = _target(called)
    tensor = called.one()
    shape = tensor.keras_shape
    axes = None if shape is None else _reread(tensor, shape, target)
    if axes is not None:
        length, channels = tensor.known()
        as_it_flows = (-1 if length is None else length, -1 if channels is None else channels)
        return called.add(Reshape(as_it_flows), tensor, axes)
    return called.add(Reshape(target), called.plain())


def _target(called: LayerCall) -> tuple[int, ...]:
    value = called.settings.get("target_shape")
    # Keras 2 writes an axis that takes what is left as −1, and may write it as None.
    numbers = [-1 if each is None else each for each in value] if isinstance(value, list) else value
    if not isinstance(numbers, list) or not all(isinstance(each, int) and each >= -1 for each in numbers):
        raise Unsupported("its target shape is not a list of numbers")
    return tuple(numbers)


def _reread(tensor: Tensor, shape: Shape, target: tuple[int, ...]) -> str | None:
    """Return what the axes of a target shape are, or None where the values are laid out in another way."""
    roles = tensor.axes or ("LC" if len(shape) == 2 else "")
    kept = [(size, role) for size, role in zip(shape, roles, strict=False) if role != "1"]
    wanted = [size for size in target if size != 1]
    if len(kept) != 2 or len(wanted) != 2 or len(target) > 3 or any(size == 1 for size, _ in kept):
        return None
    if wanted.count(-1) + [size for size, _ in kept].count(None) > 2:
        return None
    if any(size not in (-1, None) and new not in (-1, size) for (size, _), new in zip(kept, wanted, strict=True)):
        return None
    if any(size is None and new != -1 for (size, _), new in zip(kept, wanted, strict=True)):
        return None
    rest = iter(role for _, role in kept)
    axes = "".join("1" if size == 1 else next(rest) for size in target)
    return PLAIN if axes == "LC" else axes


def repeat(called: LayerCall) -> Tensor:
    """Add a RepeatVector."""
    return called.add(RepeatVector(called.whole("n")), called.plain())
