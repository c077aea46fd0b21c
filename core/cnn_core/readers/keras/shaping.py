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
from .site import Builder, Site, axis_role, whole_numbers

__all__ = ["concatenate", "dot", "flatten", "merging", "permute", "repeat", "reshape"]

_AXES: Final = {"L": 1, "C": -1}


def merging(kind: type[Merge]) -> Builder:
    """Return the builder of a layer that merges its inputs value by value.

    Args:
        kind: The layer.
    """

    def build(site: Site) -> Tensor:
        given, axes = _alike(site)
        return site.add(kind(masks_any=_masks_any(site)), given, axes)

    return build


def concatenate(site: Site) -> Tensor:
    """Add a Concatenate."""
    axis = site.axis()
    if not isinstance(axis, int):
        raise Unsupported("it lays its inputs side by side along several axes")
    given, axes = _alike(site)
    if axes != PLAIN:
        role = axis_role(given[0], axis)
        if role in _AXES:
            return site.add(Concatenate(_AXES[role], _masks_any(site)), given, axes)
        given = [site.assembly.as_keras(site.name, tensor) for tensor in given]
    return site.add(Concatenate(axis, _masks_any(site)), given)


def _masks_any(site: Site) -> bool:
    """Tell whether a position that one of the inputs masks is masked behind them, as until Keras 2."""
    return site.age.major < 3 and any(tensor.masked for tensor in site.given)


def dot(site: Site) -> Tensor:
    """Add a Dot."""
    axes = site.settings.get("axes", -1)
    found = axes if isinstance(axes, list) else [axes] * 2
    if len(found) != 2 or not all(isinstance(each, int) and not isinstance(each, bool) for each in found):
        raise Unsupported("it sums over several axes")
    given = [site.assembly.as_keras(site.name, tensor) for tensor in site.given]
    return site.add(Dot((found[0], found[1]), site.flag("normalize", False)), given)


def _alike(site: Site) -> tuple[list[Tensor], str]:
    """Return the inputs, laid out alike, and what their axes are."""
    given = list(site.given)
    if not given:
        raise Unsupported("it reads nothing")
    axes = given[0].axes
    if any(tensor.axes != axes for tensor in given):
        given, axes = [site.assembly.as_keras(site.name, tensor) for tensor in given], PLAIN
    return given, axes


def flatten(site: Site) -> Tensor:
    """Add a Flatten, turning the axes first where Keras reads them in another order."""
    tensor = site.one()
    first = site.text("data_format", "channels_last") == "channels_first"
    if tensor.axes == PLAIN:
        if first and tensor.rank is not None and tensor.rank > 1:
            tensor = site.add_before("permute", Permute((*range(2, tensor.rank + 1), 1)), tensor)
        return site.add(Flatten(), tensor)
    axes = tensor.axes[1:] + tensor.axes[:1] if first else tensor.axes
    if axes.index("C") < axes.index("L"):
        tensor = site.add_before("permute", Permute((2, 1)), tensor)
    return site.add(Flatten(), tensor)


def permute(site: Site) -> Tensor:
    """Add a Permute; of axes that flow as one sequence, only what they are changes."""
    tensor = site.one()
    stated = site.settings.get("dims")
    dims = whole_numbers(stated, "dims", tensor.rank or (len(stated) if isinstance(stated, list) else 1))
    if tensor.axes == PLAIN or sorted(dims) != [*range(1, len(dims) + 1)]:
        return site.add(Permute(dims), tensor)
    axes = "".join(tensor.axes[axis - 1] for axis in dims)
    return site.add(Permute((1, 2)), tensor, PLAIN if axes == "LC" else axes)


def reshape(site: Site) -> Tensor:
    """Add a Reshape; where it only adds or drops axes of length 1, what flows stays a sequence."""
    target = _target(site)
    tensor = site.one()
    shape = tensor.keras_shape
    axes = None if shape is None else _reread(tensor, shape, target)
    if axes is not None:
        length, channels = tensor.known()
        as_it_flows = (-1 if length is None else length, -1 if channels is None else channels)
        return site.add(Reshape(as_it_flows), tensor, axes)
    return site.add(Reshape(target), site.plain())


def _target(site: Site) -> tuple[int, ...]:
    value = site.settings.get("target_shape")
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


def repeat(site: Site) -> Tensor:
    """Add a RepeatVector."""
    return site.add(RepeatVector(site.whole("n")), site.plain())
