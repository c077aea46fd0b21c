"""The product of two inputs, summed over an axis of each.

Source: Keras, `keras.layers.Dot`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from ..errors import ShapeError
from .base import Layer, LayerRun, whole_axis
from .composition import Composition, ComputedValue, Places, weighted_sum
from .shapes import Array, Index, Mask, PerInput, Shape, check_inputs, sample_axis
from .windows import Alignment

__all__ = ["Dot"]

_SHORTEST: Final = np.float32(1e-6)


@dataclass(frozen=True, eq=False)
class Dot(Layer):
    """The product of two inputs, summed over one axis of each.

    Attributes:
        axes: The axis of both, or of the first and the second, as Keras writes them.
        normalize: Whether each is divided by its length (the root of its squares) along that axis before.
    """

    merges: ClassVar[bool] = True
    axes: int | tuple[int, int] = -1
    normalize: bool = False

    def summed_axes(self, *ranks: int) -> tuple[int, int]:
        """Return which axis of the first and of the second input is summed over, given how many axes each has."""
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        first, second = (sample_axis(axis, rank, self.type) for axis, rank in zip(axes, ranks, strict=True))
        return first, second

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the axes of the first and the second that are left, or (1,) where none is.

        Raises:
            ShapeError: There are not two inputs, or the axes summed over are not of one length.
        """
        check_inputs(2, self.type, shapes)
        left, right = shapes
        first, second = self.summed_axes(len(left), len(right))
        if None not in (left[first], right[second]) and left[first] != right[second]:
            raise ShapeError(
                f"Dot sums over axes of one length, not {left[first]} and {right[second]}",
                remedy="give it inputs whose axes are of one length",
            )
        return (*left[:first], *left[first + 1 :], *right[:second], *right[second + 1 :]) or (1,)

    def forward(self, *inputs: Array) -> Array:
        """Return the sums of the products.

        Args:
            inputs: The two inputs, of shapes that `output_shape` accepts.
        """
        left, right = inputs
        first, second = self.summed_axes(left.ndim, right.ndim)
        if self.normalize:
            left, right = left / _length_along(left, first), right / _length_along(right, second)
        # As in `product`, the flag may be raised over lanes that are thrown away.
        with np.errstate(invalid="ignore"):
            summed = np.asarray(np.tensordot(left, right, axes=(first, second)), dtype=np.float32)
        return summed if summed.ndim else summed.reshape(1)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradients times the values of the other input, summed over its axes."""
        if not self.normalize:
            return self._transposed(upstream, *of.inputs)
        axes = self.summed_axes(*(x.ndim for x in of.inputs))
        lengths = [_length_along(x, axis) for x, axis in zip(of.inputs, axes, strict=True)]
        units = [x / length for x, length in zip(of.inputs, lengths, strict=True)]
        found = []
        for pulled, unit, length, axis in zip(
            self._transposed(upstream, *units), units, lengths, axes, strict=True
        ):
            # What only lengthens a vector changes nothing, but where the length is at its bound.
            along = (pulled * unit).sum(axis=axis, keepdims=True)
            found.append((pulled - np.where(length > _SHORTEST, along, np.float32(0)) * unit) / length)
        return tuple(found)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradients at the middle between both runs; None of one that divides by the lengths."""
        if self.normalize:
            return None
        middle = [(x + other) / np.float32(2) for x, other in zip(of.inputs, reference.inputs, strict=True)]
        return self._transposed(upstream, *middle)

    def _transposed(self, upstream: Array, left: Array, right: Array) -> tuple[Array, Array]:
        """Return the gradients of the plain product at both inputs."""
        first, second = self.summed_axes(left.ndim, right.ndim)
        of_left, of_right = left.ndim - 1, right.ndim - 1
        kept = (*np.delete(left.shape, first), *np.delete(right.shape, second))
        pulled = upstream.reshape(kept)
        others = [axis for axis in range(right.ndim) if axis != second]
        to_left = np.tensordot(pulled, right, axes=([*range(of_left, of_left + of_right)], others))
        others = [axis for axis in range(left.ndim) if axis != first]
        to_right = np.tensordot(pulled, left, axes=([*range(of_left)], others))
        return np.moveaxis(to_left, -1, first), np.moveaxis(to_right, -1, second)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions of the input whose first axis is the output's, and all of the other."""
        aligned = self._aligned_input(*shapes)
        return tuple(wanted if at == aligned else whole_axis(wanted, shape) for at, shape in enumerate(shapes))

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products of the first input's values, each with a value of the second for its weight."""
        left, right = of.inputs
        first, second = self.summed_axes(left.ndim, right.ndim)
        mine, theirs = of.index[: left.ndim - 1], of.index[left.ndim - 1 :][: right.ndim - 1]
        along = np.arange(left.shape[first], dtype=np.int64)

        def places(index: Index, axis: int) -> Places:
            fixed = [np.full_like(along, at) for at in index]
            return (*fixed[:axis], along, *fixed[axis:])

        x, weights = left[places(mine, first)], right[places(theirs, second)]
        if self.normalize:
            weights = weights / (_length_along(x, 0) * _length_along(weights, 0))
        return weighted_sum(of, places(mine, first), weights, weight_places=(1, places(theirs, second)))

    def _aligned_input(self, *shapes: Shape) -> int | None:
        """Return which input's first axis is left to be the output's; None where that axis is another."""
        first = 0 if len(shapes[0]) > 1 else 1
        return first if self.summed_axes(len(shapes[0]), len(shapes[1]))[first] else None

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the alignment of the input whose first axis is left to be the output's."""
        aligned = self._aligned_input(*shapes)
        return None if aligned is None else inputs[aligned]


def _length_along(x: Array, axis: int) -> Array:
    """Return the root of the sum of the squares along an axis, which stays with length 1."""
    # Keras bounds the sum below by its epsilon squared.
    squares = np.square(x).sum(axis=axis, keepdims=True)
    lengths: Array = np.sqrt(np.maximum(squares, np.float32(1e-12)))
    return lengths
