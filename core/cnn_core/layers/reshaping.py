"""Layers that move values and compute nothing.

Sources: Keras, `keras.layers.Cropping1D`, `ZeroPadding1D`, `UpSampling1D`, `Reshape`, `Flatten`, `Permute`,
`RepeatVector`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import SettingError, ShapeError, TooShortError
from .edited import Edited, EditedRow, Spans, picked
from .moved_values import MovingLayer
from .shapes import Array, Shape, axis_length, check_smallest, known_axes, pad_ends, spatial
from .windows import Alignment, Sliding

__all__ = ["Cropping1D", "Flatten", "Permute", "RepeatVector", "Reshape", "UpSampling1D", "ZeroPadding1D"]


class _OtherEnds(MovingLayer):
    """A layer that puts positions at the ends, or cuts them off, and leaves those between as they are."""

    moves_positions: ClassVar[bool] = True

    @property
    @abstractmethod
    def before(self) -> int:
        """How many positions come before those of the input; below 0 where some are cut off."""

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, where they come to stand."""
        return edited[0].moved(self.before)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the positions of the input, zeros past its ends."""
        return inputs[0].rows(spans.moved(-self.before))

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment from the first position on."""
        return inputs[0] and inputs[0].moved(-self.before)


@dataclass(frozen=True, eq=False)
class Cropping1D(_OtherEnds):
    """Cuts positions off both ends.

    Attributes:
        cropping: How many positions go on the left and on the right.
    """

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

    @property
    def before(self) -> int:
        """Minus what is cut off on the left."""
        return -self.cropping[0]


@dataclass(frozen=True, eq=False)
class ZeroPadding1D(_OtherEnds):
    """Puts zeros at both ends.

    Attributes:
        padding: How many positions come on the left and on the right.
    """

    padding: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        _check_ends(self.padding, "padding")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length and the zeros, channels)."""
        length, channels = spatial(shape, self.type)
        return (None if length is None else length + sum(self.padding)), channels

    def forward(self, x: Array, /) -> Array:
        """Return the input between zeros, shape (length and the zeros, channels)."""
        return pad_ends(x, *self.padding)

    @property
    def before(self) -> int:
        """How many zeros come on the left."""
        return self.padding[0]


@dataclass(frozen=True, eq=False)
class UpSampling1D(MovingLayer):
    """Gives every position several times.

    Attributes:
        size: How many times.
    """

    moves_positions: ClassVar[bool] = True
    size: int = 2

    def __post_init__(self) -> None:
        check_smallest(1, size=self.size)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length × size, channels)."""
        length, channels = spatial(shape, self.type)
        return (None if length is None else length * self.size), channels

    def forward(self, x: Array, /) -> Array:
        """Return the positions, each several times, shape (length × size, channels)."""
        return np.repeat(x, self.size, axis=0)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, each several times."""
        return Spans(edited[0].first * self.size, edited[0].width * self.size)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the positions of the input, each several times."""
        of = spans.grouped(self.size)
        repeated = self.forward(inputs[0].rows(of))
        return picked(repeated, spans.first - of.first * self.size, spans.width)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the finer steps along the input's axis; None where they would be parts of a base."""
        coarse = inputs[0]
        if coarse is None or coarse.stride % self.size:
            return None
        return Alignment(coarse.first_base, coarse.stride // self.size, coarse.span)


@dataclass(frozen=True, eq=False)
class Flatten(MovingLayer):
    """Lays a (length, channels) array out as one row, position by position."""

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length × channels,)."""
        return (None,) if None in shape else (math.prod(axis for axis in shape if axis is not None),)

    def forward(self, x: Array, /) -> Array:
        """Return the values in one row, shape (length × channels,)."""
        return x.reshape(-1)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the values of the positions that change in the input."""
        if len(shapes[0]) != 2:
            return super().changed(edited, *shapes)
        channels = known_axes(shapes[0])[1]
        return Spans(edited[0].first * channels, edited[0].width * channels)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the values of the positions."""
        (x,) = inputs
        if x.unedited.ndim != 2:
            return super().compute(spans, remembered, *inputs)
        channels = x.unedited.shape[1]
        of = spans.grouped(channels)
        # Every edit's row lies together, for those who multiply it.
        in_one_row = x.rows(of).transpose(1, 0, 2).reshape(len(spans), -1)
        return picked(in_one_row.T, spans.first - of.first * channels, spans.width)

    def edited(self, output: Array, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Edited:
        """Return the values of the positions, which are not laid out before they are asked for."""
        (x,) = inputs
        if x.unedited.ndim == 2 and x.spans.step == 1 and spans.width == x.spans.width * x.unedited.shape[1]:
            return EditedRow(x)
        return super().edited(output, spans, remembered, *inputs)


@dataclass(frozen=True, eq=False)
class Reshape(MovingLayer):
    """Lays the same values, in the same order, out in another shape.

    Attributes:
        target_shape: The shape of the output; −1 for an axis that takes what is left.
    """

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

    def _keeps_positions(self, shape: Shape) -> bool:
        return self.output_shape(shape)[:1] == shape[:1]

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input where its first axis stays as it is, else as `Flatten` does."""
        if self._keeps_positions(shapes[0]):
            return edited[0]
        if len(self.target_shape) == 1:
            return Flatten().changed(edited, *shapes)
        return super().changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the values of the positions, each laid out anew."""
        (x,) = inputs
        if self._keeps_positions(x.unedited.shape):
            own = known_axes(self.output_shape(x.unedited.shape))[1:]
            return x.rows(spans).reshape(spans.width, len(spans), *own)
        if len(self.target_shape) == 1:
            return Flatten().compute(spans, remembered, *inputs)
        return super().compute(spans, remembered, *inputs)

    def edited(self, output: Array, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Edited:
        """Return the values of the positions, each laid out anew; see `Flatten`."""
        if len(self.target_shape) == 1:
            return Flatten().edited(output, spans, remembered, *inputs)
        return super().edited(output, spans, remembered, *inputs)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, of groups of positions where its first axis is cut into shorter ones."""
        after, aligned = self.output_shape(shapes[0]), inputs[0]
        if self._keeps_positions(shapes[0]) or aligned is None:
            return aligned
        length, groups = axis_length(shapes[0]), axis_length(after)
        if len(after) == 1 or length % groups:
            return None
        size = length // groups
        return aligned.through(Sliding(size, size), length)


@dataclass(frozen=True, eq=False)
class Permute(MovingLayer):
    """Gives the axes another order.

    Attributes:
        dims: Which axis of the input each axis of the output is, counted from 1 as in Keras.
    """

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

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input where its first axis stays the first."""
        return edited[0] if self.dims[0] == 1 else super().changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the values of the positions, their axes in the other order."""
        if self.dims[0] != 1:
            return super().compute(spans, remembered, *inputs)
        # The edits are the second axis.
        return inputs[0].rows(spans).transpose(0, 1, *self.dims[1:])

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment where its first axis stays the first."""
        return inputs[0] if self.dims[0] == 1 else None


@dataclass(frozen=True, eq=False)
class RepeatVector(MovingLayer):
    """Gives the same values at every one of several positions.

    Attributes:
        n: How many positions.
    """

    n: int = 1

    def __post_init__(self) -> None:
        check_smallest(1, n=self.n)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (n, units).

        Raises:
            ShapeError: The input does not have exactly one axis.
        """
        if len(shape) != 1:
            raise ShapeError(f"RepeatVector reads one axis, not {len(shape)}", remedy="put a Flatten before it")
        return self.n, shape[0]

    def forward(self, x: Array, /) -> Array:
        """Return the values at every position, shape (n, units)."""
        return np.repeat(x[None], self.n, axis=0)


def _check_ends(ends: tuple[int, int], name: str) -> None:
    if len(ends) != 2 or min(ends) < 0:
        raise SettingError(f"there is no {name} {ends}", remedy="it is two numbers, left and right, from 0")
