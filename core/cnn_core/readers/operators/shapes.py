"""How one shape becomes another: which axes come together, and which come apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...layers import Shape
from .assembly import Unsupported

__all__ = ["Group", "groups_of"]


@dataclass(frozen=True, slots=True)
class Group:
    """Axes that hold the same values in the same order before and after; axes of length 1 are in no group.

    Attributes:
        before: The axes before.
        after: The axes after.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]


def groups_of(sizes: Shape, shape: Sequence[int | None]) -> tuple[list[Group], Shape]:
    """Return which axes of a tensor become which of another shape.

    Args:
        sizes: The tensor's shape; None for a length that is not fixed.
        shape: The other one; −1 for an axis that takes what is left, None for one that depends on the input's length.

    Returns:
        The groups, in order, and the other shape with its −1 worked out, None where that is not fixed.

    Raises:
        Unsupported: The shapes hold unlike numbers of values, or it is not known which axes become which.
    """
    target = _worked_out(sizes, shape)
    before = [axis for axis, size in enumerate(sizes) if size != 1]
    after = [axis for axis, size in enumerate(target) if size != 1]
    groups: list[Group] = []
    mine: list[int] = []
    theirs: list[int] = []
    # Open axes are one and the same where all that is fixed holds equally many values.
    same_open = _fixed(sizes) == _fixed(target)

    def close() -> None:
        nonlocal mine, theirs
        groups.append(Group(tuple(mine), tuple(theirs)))
        mine, theirs = [], []

    while before or after:
        begun = not mine and not theirs and before and after
        if same_open and begun and sizes[before[0]] is None and target[after[0]] is None:
            mine, theirs = [before.pop(0)], [after.pop(0)]
            close()
            continue
        # The side that has fewer values so far takes its next axis.
        left, right = _product(sizes, mine), _product(target, theirs)
        if left is None or right is None:
            # An open axis with others beside it: all that is left comes together.
            mine, theirs = [*mine, *before], [*theirs, *after]
            before, after = [], []
            break
        if mine and left == right:
            close()
        elif (left <= right and before) or not after:
            mine.append(before.pop(0))
        else:
            theirs.append(after.pop(0))
    if mine or theirs:
        close()
    if any(not group.before or not group.after for group in groups):
        raise _unlike(sizes, shape)
    for group in groups:
        ends = _product(sizes, group.before), _product(target, group.after)
        if None not in ends and ends[0] != ends[1]:
            raise _unlike(sizes, shape)
    return groups, target


def _worked_out(sizes: Shape, shape: Sequence[int | None]) -> Shape:
    """Return a shape with its −1 worked out; None where it is not fixed."""
    if sum(size in (-1, None) for size in shape) > 1 and any(size == -1 for size in shape):
        raise Unsupported(f"its shape {(*shape,)} is open along several axes")
    if any(size is not None and (size < -1 or size == 0) for size in shape):
        raise _unlike(sizes, shape)
    open_axes = [size for size in sizes if size is None]
    fixed = math.prod(size for size in shape if size is not None and size > 0)
    if not open_axes and all(size is not None for size in shape):
        values = math.prod(size for size in sizes if size is not None)
        if -1 in shape:
            if values % fixed:
                raise _unlike(sizes, shape)
            return tuple(values // fixed if size == -1 else size for size in shape)
        if values != fixed:
            raise _unlike(sizes, shape)
        return tuple(shape)
    return tuple(None if size == -1 else size for size in shape)


def _fixed(sizes: Shape) -> tuple[int, int]:
    """Return how many values all fixed axes hold together, and how many axes are open."""
    known = [size for size in sizes if size is not None]
    return math.prod(known), len(sizes) - len(known)


def _product(sizes: Shape, axes: Sequence[int]) -> int | None:
    found = 1
    for axis in axes:
        size = sizes[axis]
        if size is None:
            return None
        found *= size
    return found


def _unlike(sizes: Shape, shape: Sequence[int | None]) -> Unsupported:
    return Unsupported(f"a tensor of shape {sizes} cannot be laid out as {(*shape,)}")
