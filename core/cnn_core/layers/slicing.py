"""Layers that take places of an axis, in some order.

Sources: PyTorch, slicing, `torch.select`, `torch.index_select`, `torch.flip`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, ShapeError, TooShortError
from .base import LayerRun, spans_of
from .edited import Edited, Spans
from .moved_values import MovingLayer
from .shapes import Array, Mask, PerInput, Shape, axis_length, sample_axes, sample_axis
from .windows import Alignment

__all__ = ["Reverse", "Select", "Slice", "Take"]

Places = range | NDArray[np.int64]
"""Which place of the input each place of the output holds; −1 in an array stands for a number of the layer's own."""


@dataclass(frozen=True, eq=False)
class AlongAxis(MovingLayer):
    """A layer whose outputs hold, along one axis, places of the input; all other axes stay.

    Attributes:
        axis: The axis, as Keras writes it.
    """

    axis: int

    def along(self, rank: int) -> int:
        """Return which axis that is, of an input of so many."""
        return sample_axis(self.axis, rank, self.type)

    @abstractmethod
    def places(self, size: int) -> Places:
        """Return which place each place of the output holds, of an axis of so many.

        Raises:
            ShapeError: The axis has no such place.
        """

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape with another length of the one axis.

        Raises:
            ShapeError: The input does not have the axis, or nothing would be left of it.
        """
        axis = self.along(len(shape))
        size = shape[axis]
        kept = None if size is None else len(self.places(size))
        if kept == 0:
            raise TooShortError(f"{self.type} leaves nothing of an axis of {size}", remedy="give it a longer one")
        return (*shape[:axis], kept, *shape[axis + 1 :])

    def forward(self, x: Array, /) -> Array:
        """Return the values at the places."""
        return self._taken(x, self.along(x.ndim))

    def _taken(self, x: Array, axis: int) -> Array:
        places = self.places(x.shape[axis])
        if isinstance(places, range):
            stop = None if places.stop < 0 else places.stop
            return x[(slice(None),) * axis + (slice(places.start, stop, places.step),)]
        return x.take(places, axis=axis)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the places of the wanted positions along the length, else the wanted positions."""
        length = axis_length(shapes[0])
        if self.along(len(shapes[0])):
            return (wanted,)
        read = np.zeros(length, dtype=np.bool_)
        places = np.asarray(self.places(length))[wanted]
        read[places[places >= 0]] = True
        return (read,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that hold what changes in the input; of places in no order, all."""
        if self.along(len(shapes[0])):
            return edited[0]
        places = self.places(axis_length(shapes[0]))
        if not isinstance(places, range):
            return super().changed(edited, *shapes)
        # Position i holds place start + step · i.
        ends = edited[0].first, edited[0].stop - 1
        low, high = ends if places.step > 0 else ends[::-1]
        first = -((places.start - low) * _sign(places.step) // abs(places.step))
        last = (high - places.start) * _sign(places.step) // abs(places.step)
        return Spans(first, max(0, int((last - first).max()) + 1)).limited(len(places))

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the places of the positions."""
        (x,) = inputs
        axis = self.along(x.unedited.ndim)
        if axis:
            return self._taken(x.rows(spans), axis + 1)
        places = self.places(len(x.unedited))
        if not isinstance(places, range):
            return spans_of(self._taken(x.whole(), 0), spans)
        start, step = places.start + places.step * spans.first, places.step
        if step > 0:
            return x.rows(Spans(start, spans.width, step))
        return x.rows(Spans(start + step * (spans.width - 1), spans.width, -step))[::-1]

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, seen at the places; None where these are not evenly spaced."""
        if inputs[0] is None or self.along(len(shapes[0])):
            return inputs[0]
        places = self.places(axis_length(shapes[0]))
        if not isinstance(places, range):
            return None
        begun = inputs[0].moved(places.start)
        return Alignment(begun.first_base, begun.stride * places.step, begun.span)


@dataclass(frozen=True, eq=False)
class Slice(AlongAxis):
    """Takes a stretch of an axis.

    Attributes:
        axis: The axis, as Keras writes it.
        start: The first place; below 0 it counts from the end, as in Python.
        stop: One past the last place, counted alike; None is the end.
        step: From one place to the next; below 0 it goes backwards.
    """

    start: int | None = None
    stop: int | None = None
    step: int = 1

    def __post_init__(self) -> None:
        if self.step == 0:
            raise SettingError("a step of 0 goes nowhere", remedy="it is a number but 0")

    def places(self, size: int) -> range:
        """Return the places of the stretch; as in Python, what lies past the ends is left out."""
        return range(*slice(self.start, self.stop, self.step).indices(size))


@dataclass(frozen=True, eq=False)
class Take(AlongAxis):
    """Takes places of an axis in any order.

    Attributes:
        axis: The axis, as Keras writes it.
        indices: The places; below 0 they count from the end.
    """

    indices: tuple[int, ...]

    def places(self, size: int) -> NDArray[np.int64]:
        """Return the places, counted from the first.

        Raises:
            ShapeError: The axis has no such place.
        """
        indices = np.array(self.indices, dtype=np.int64)
        if indices.size and (indices.min() < -size or indices.max() >= size):
            raise ShapeError(f"Take reads place {max(self.indices, key=abs)} of an axis of {size}")
        return indices % size


@dataclass(frozen=True, eq=False)
class Select(AlongAxis):
    """Takes one place of an axis, which goes; of an input of one axis, one value stays, shape (1,).

    Attributes:
        axis: The axis, as Keras writes it.
        index: The place; below 0 it counts from the end.
    """

    index: int

    def places(self, size: int) -> range:
        """Return the one place.

        Raises:
            ShapeError: The axis has no such place.
        """
        if not -size <= self.index < size:
            raise ShapeError(f"Select takes place {self.index} of an axis of {size}", remedy="give it a longer one")
        return range(self.index % size, self.index % size + 1)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape without the axis, or (1,) where no other is left.

        Raises:
            ShapeError: The input does not have the axis, or the axis no such place.
        """
        kept = super().output_shape(shape)
        axis = self.along(len(shape))
        return (*kept[:axis], *kept[axis + 1 :]) or (1,)

    def forward(self, x: Array, /) -> Array:
        """Return the values at the place."""
        taken = super().forward(x)
        return taken if x.ndim == 1 else taken.squeeze(self.along(x.ndim))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the place along the length if anything is wanted, else the wanted positions."""
        if self.along(len(shapes[0])):
            return super().positions_read(wanted, *shapes)
        return super().positions_read(np.array([wanted.any()]), *shapes)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or all where one of them is taken."""
        if self.along(len(shapes[0])):
            return edited[0]
        return Spans.whole(len(edited[0]), axis_length(self.output_shape(*shapes)))

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the values at the place."""
        (x,) = inputs
        axis = self.along(x.unedited.ndim)
        if axis:
            return super().compute(spans, remembered, *inputs).squeeze(axis + 1)
        taken = self._taken(x.whole(), 0)
        return spans_of(taken if x.unedited.ndim == 1 else taken.squeeze(0).swapaxes(0, 1), spans)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, or None where one of its positions is taken."""
        return inputs[0] if self.along(len(shapes[0])) else None


@dataclass(frozen=True, eq=False)
class Reverse(MovingLayer):
    """Turns axes round, so that the last comes first.

    Attributes:
        axes: The axis, or several, as Keras writes them.
    """

    axes: int | tuple[int, ...]

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The input does not have an axis.
        """
        sample_axes(self.axes, len(shape), self.type)
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the values, turned round."""
        return np.flip(x, sample_axes(self.axes, x.ndim, self.type))

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient, turned round."""
        return (self.forward(upstream),)

    def _turns_length(self, rank: int) -> bool:
        return 0 in sample_axes(self.axes, rank, self.type)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions on the other side, where the length is turned."""
        return (wanted[::-1] if self._turns_length(len(shapes[0])) else wanted,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return what changes in the input, on the other side where the length is turned."""
        (x,) = edited
        return Spans(axis_length(shapes[0]) - x.stop, x.width) if self._turns_length(len(shapes[0])) else x

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the positions of the other side, turned round."""
        (x,) = inputs
        axes = sample_axes(self.axes, x.unedited.ndim, self.type)
        length = len(x.unedited)
        rows = x.rows(Spans(length - spans.stop, spans.width) if 0 in axes else spans)
        return np.flip(rows, tuple(axis + 1 if axis else 0 for axis in axes))

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, from its last position back where the length is turned."""
        if inputs[0] is None or not self._turns_length(len(shapes[0])):
            return inputs[0]
        last = inputs[0].moved(axis_length(shapes[0]) - 1)
        return Alignment(last.first_base, -last.stride, last.span)


def _sign(step: int) -> int:
    return 1 if step > 0 else -1
