"""Layers that move values and compute nothing.

Sources: Keras, `keras.layers.Cropping1D`, `ZeroPadding1D`, `UpSampling1D`, `Reshape`, `Permute`, `RepeatVector`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import SettingError, ShapeError, TooShortError
from .base import Array, Index, Mask, MovingLayer, Shape, axis_length, known_axes, spatial
from .windows import Alignment, Window

__all__ = ["Cropping1D", "Permute", "RepeatVector", "Reshape", "UpSampling1D", "ZeroPadding1D", "same_in_order"]


@dataclass(frozen=True, eq=False)
class Cropping1D(MovingLayer):
    """Cuts positions off both ends.

    Attributes:
        cropping: How many positions go on the left and on the right.
    """

    type: ClassVar[str] = "Cropping1D"
    cropping: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        _check_ends(self.cropping, "cropping")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length less what is cut off, channels).

        Raises:
            TooShortError: Nothing would be left.
        """
        length, channels = spatial(shape, self.type)
        left, right = self.cropping
        if length is not None and length <= left + right:
            raise TooShortError(
                f"length {length} is too short to lose {left + right} positions",
                remedy=f"the shortest length that works is {left + right + 1}",
            )
        return (None if length is None else length - left - right), channels

    def forward(self, x: Array, /) -> Array:
        """Return what is left, shape (length less what is cut off, channels)."""
        return x[self.cropping[0] : len(x) - self.cropping[1]]

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the same channel of the position before the cut."""
        position, channel = index
        return 0, (position + self.cropping[0], channel)

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output is."""
        return Window(position + self.cropping[0], 1, 1, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions, where they stood before."""
        return (np.pad(wanted, self.cropping),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment from its first position that is left."""
        return inputs[0] and inputs[0].moved(self.cropping[0])


@dataclass(frozen=True, eq=False)
class ZeroPadding1D(MovingLayer):
    """Puts zeros at both ends.

    Attributes:
        padding: How many positions come on the left and on the right.
    """

    type: ClassVar[str] = "ZeroPadding1D"
    padding: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        _check_ends(self.padding, "padding")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length and the zeros, channels)."""
        length, channels = spatial(shape, self.type)
        return (None if length is None else length + sum(self.padding)), channels

    def forward(self, x: Array, /) -> Array:
        """Return the input between zeros, shape (length and the zeros, channels)."""
        return np.pad(x, (self.padding, (0, 0)))

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index] | None:
        """Return the same channel of the position between the zeros; None for a zero."""
        position, channel = index[0] - self.padding[0], index[1]
        return (0, (position, channel)) if 0 <= position < axis_length(shapes[0]) else None

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output is; a zero's lies in the padding."""
        return Window(position - self.padding[0], 1, 1, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions that are no zeros."""
        return (wanted[self.padding[0] : len(wanted) - self.padding[1]],)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment from the first zero on."""
        return inputs[0] and inputs[0].moved(-self.padding[0])


@dataclass(frozen=True, eq=False)
class UpSampling1D(MovingLayer):
    """Gives every position several times.

    Attributes:
        size: How many times.
    """

    type: ClassVar[str] = "UpSampling1D"
    size: int = 2

    def __post_init__(self) -> None:
        if self.size < 1:
            raise SettingError(f"size {self.size} is below 1", remedy="the smallest size is 1")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length × size, channels)."""
        length, channels = spatial(shape, self.type)
        return (None if length is None else length * self.size), channels

    def forward(self, x: Array, /) -> Array:
        """Return the positions, each several times, shape (length × size, channels)."""
        return np.repeat(x, self.size, axis=0)

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the same channel of the position that is given several times."""
        position, channel = index
        return 0, (position // self.size, channel)

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output is a copy of."""
        return Window(position // self.size, 1, 1, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions of which any copy is wanted."""
        return (np.logical_or.reduce(wanted.reshape(-1, self.size), axis=1),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the finer steps along the input's axis; None where they would be parts of a base."""
        coarse = inputs[0]
        if coarse is None or coarse.stride % self.size:
            return None
        return Alignment(coarse.first_base, coarse.stride // self.size, coarse.span)


@dataclass(frozen=True, eq=False)
class Reshape(MovingLayer):
    """Lays the same values, in the same order, out in another shape.

    Attributes:
        target_shape: The shape of the output; −1 for an axis that takes what is left.
    """

    type: ClassVar[str] = "Reshape"
    target_shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if sum(axis < 0 for axis in self.target_shape) > 1 or 0 in self.target_shape:
            raise SettingError(
                f"there is no shape {self.target_shape}", remedy="at most one axis is −1, and none is 0"
            )

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the target shape, its −1 worked out where the input's shape is known.

        Raises:
            ShapeError: The input holds another number of values.
        """
        fixed = math.prod(axis for axis in self.target_shape if axis > 0)
        open_axis = min(self.target_shape, default=1) < 0
        if None in shape:
            return tuple(axis if axis > 0 else None for axis in self.target_shape)
        values = math.prod(axis for axis in shape if axis is not None)
        if values % fixed if open_axis else values != fixed:
            raise ShapeError(
                f"{values:,} values cannot be laid out as {self.target_shape}",
                remedy=f"give it {'a multiple of ' if open_axis else ''}{fixed:,}",
            )
        return tuple(axis if axis > 0 else values // fixed for axis in self.target_shape)

    def forward(self, x: Array, /) -> Array:
        """Return the values in the target shape."""
        return x.reshape(self.target_shape)

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the place of the same value in order."""
        return 0, same_in_order(index, self.output_shape(shapes[0]), shapes[0])

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the positions whose values an output position holds."""
        given, made = self._values_each(shape)
        first, last = position * made // given, ((position + 1) * made - 1) // given
        return Window(first, last - first + 1, 1, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions whose values any wanted position holds."""
        given, made = self._values_each(shapes[0])
        if given == made:
            return (wanted,)
        return (np.logical_or.reduce(np.repeat(wanted, made).reshape(-1, given), axis=1),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment where its first axis stays as it is."""
        given, made = self._values_each(shapes[0])
        return inputs[0] if given == made else None

    def _values_each(self, shape: Shape) -> tuple[int, int]:
        """Return how many values one position of the input, and of the output, holds."""
        axis_length(shape)
        given, made = (
            math.prod(axis for axis in each[1:] if axis is not None) for each in (shape, self.output_shape(shape))
        )
        return given, made


@dataclass(frozen=True, eq=False)
class Permute(MovingLayer):
    """Gives the axes another order.

    Attributes:
        dims: Which axis of the input each axis of the output is, counted from 1 as in Keras.
    """

    type: ClassVar[str] = "Permute"
    dims: tuple[int, ...]

    def __post_init__(self) -> None:
        if sorted(self.dims) != [*range(1, len(self.dims) + 1)]:
            raise SettingError(
                f"{self.dims} is not an order of axes", remedy=f"it holds each of 1 to {len(self.dims)} once"
            )

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape in the other order.

        Raises:
            ShapeError: The input has another number of axes.
        """
        if len(shape) != len(self.dims):
            raise ShapeError(
                f"Permute reads {len(self.dims)} axes, not {len(shape)}",
                remedy=f"give it an input of {len(self.dims)} axes",
            )
        return tuple(shape[axis - 1] for axis in self.dims)

    def forward(self, x: Array, /) -> Array:
        """Return the values with their axes in the other order."""
        return np.ascontiguousarray(x.transpose([axis - 1 for axis in self.dims]))

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the place with its axes in the input's order."""
        return 0, tuple(index[self.dims.index(axis + 1)] for axis in range(len(self.dims)))

    def reads(self, position: int, shape: Shape) -> Window:
        """Return its own position, or the whole axis where the first axis is another."""
        length = axis_length(shape)
        return Window(position, 1, 1, length) if self.dims[0] == 1 else Window(0, length, 1, length)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions, or all where the first axis is another."""
        return (wanted if self.dims[0] == 1 else np.full(axis_length(shapes[0]), wanted.any()),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment where its first axis stays the first."""
        return inputs[0] if self.dims[0] == 1 else None


@dataclass(frozen=True, eq=False)
class RepeatVector(MovingLayer):
    """Gives the same values at every one of several positions.

    Attributes:
        n: How many positions.
    """

    type: ClassVar[str] = "RepeatVector"
    n: int = 1

    def __post_init__(self) -> None:
        if self.n < 1:
            raise SettingError(f"n {self.n} is below 1", remedy="the smallest n is 1")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (n, units).

        Raises:
            ShapeError: The input has not one axis.
        """
        if len(shape) != 1:
            raise ShapeError(f"RepeatVector reads one axis, not {len(shape)}", remedy="put a Flatten before it")
        return self.n, shape[0]

    def forward(self, x: Array, /) -> Array:
        """Return the values at every position, shape (n, units)."""
        return np.repeat(x[None], self.n, axis=0)

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the unit, which every position repeats."""
        return 0, (index[1],)

    def reads(self, position: int, shape: Shape) -> Window:
        """Return all units."""
        length = axis_length(shape)
        return Window(0, length, 1, length)


def same_in_order(index: Index, shape: Shape, other: Shape) -> Index:
    """Return the place at which another shape holds the value that one shape holds at a place.

    Args:
        index: The place.
        shape: The shape that it is a place of.
        other: A shape of as many values, in the same order.
    """
    flat = np.ravel_multi_index(index, known_axes(shape))
    return tuple(int(axis) for axis in np.unravel_index(flat, known_axes(other)))


def _check_ends(ends: tuple[int, int], name: str) -> None:
    if len(ends) != 2 or min(ends) < 0:
        raise SettingError(f"there is no {name} {ends}", remedy="it is two numbers, left and right, from 0")
