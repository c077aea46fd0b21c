"""What every layer knows: its output shape, its forward pass, its weights, and which inputs an output reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError
from .windows import Alignment, Sliding, Window

__all__ = [
    "Array",
    "Index",
    "Layer",
    "Mask",
    "MovingLayer",
    "Shape",
    "SlidingLayer",
    "axis_length",
    "known_axes",
    "product",
    "sample_axis",
    "spatial",
]

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
"""One truth value a position: which positions are wanted, or which hold data (Keras's masking)."""
Shape = tuple[int | None, ...]
"""The shape of one sample, without the batch axis; None where any length will do."""
Index = tuple[int, ...]
"""The place of a value in one sample: (position, channel), or (unit,) where no length is left."""


def product(left: Array, right: Array) -> Array:
    """Return a matrix product, `left @ right`.

    Args:
        left: Of shape (…, n).
        right: Of shape (n, m).

    Returns:
        Products, shape (…, m).
    """
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        products: Array = left @ right
    return products


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """One layer: immutable settings and weights, and what follows from them.

    Arrays are float32 and channels-last, `(length, channels)` or `(units,)`, without a batch axis. Where a setting
    names an axis, it is written as Keras writes it: 0 is the batch axis, so 1 is the first of ours, and a negative
    one counts from the last. A layer that merges takes several inputs, in order, wherever others take one.
    """

    type: ClassVar[str]
    """The class name that Keras gives this layer."""
    merges: ClassVar[bool] = False
    """Whether the layer reads several inputs."""
    keeps_mask: ClassVar[bool] = False
    """Whether a mask on the positions of its input holds for its output too, as Keras has it."""

    @abstractmethod
    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the shape of the output.

        Args:
            shape: The shape of the input.

        Raises:
            ShapeError: The layer cannot read such an input; the message says which it could.
        """

    @abstractmethod
    def forward(self, x: Array, /) -> Array:
        """Return the output for an input.

        Args:
            x: The input, of a shape that `output_shape` accepts.
        """

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the output for inputs of which some positions hold no data; most layers read all the same.

        Args:
            masks: One mask an input, shape (length,), or None where every position holds data.
            inputs: The inputs.
        """
        return self.forward(*inputs)

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return which positions of the output hold data, or None where all do.

        Args:
            masks: One mask an input, shape (length,), or None where every position holds data.
            inputs: The inputs.
        """
        return masks[0] if self.keeps_mask and masks else None

    def weights(self) -> dict[str, Array]:
        """Return the weights by the name Keras gives them (kernel, bias, recurrent_kernel …)."""
        return {}

    @property
    def parameter_count(self) -> int:
        """How many numbers the layer has learned."""
        return sum(int(weight.size) for weight in self.weights().values())

    @abstractmethod
    def reads(self, position: int, shape: Shape) -> Window:
        """Return the positions of the input that an output position reads.

        Args:
            position: An index of the output's first axis: a position, or a unit where no length is left.
            shape: The shape of the input, with its length known.

        Returns:
            A window over the first axis of the input.
        """

    def reads_each(self, position: int, *shapes: Shape) -> tuple[Window, ...]:
        """Return the positions of every input that an output position reads.

        Args:
            position: An index of the output's first axis.
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            One window an input, over its first axis; a window without taps where it is not read.
        """
        return (self.reads(position, shapes[0]),)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions of every input that any of the wanted output positions reads.

        It is `reads_each` for many positions at once.

        Args:
            wanted: Which output positions, shape (length of the output's first axis,).
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            One mask an input, over its first axis.
        """
        found = tuple(np.zeros(axis_length(shape), dtype=np.bool_) for shape in shapes)
        for position in np.flatnonzero(wanted):
            for mask, window in zip(found, self.reads_each(int(position), *shapes), strict=True):
                positions = window.positions
                mask[positions.start : positions.stop : positions.step] = True
        return found

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return how the output's length axis lies over the bases.

        Args:
            inputs: How the length axis of each input does; None where it has none.
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            None where the output has no axis that runs along the bases.
        """
        return None


@dataclass(frozen=True, eq=False)
class SlidingLayer(Layer):
    """A layer whose outputs read windows that slide along the length axis."""

    @property
    @abstractmethod
    def sliding(self) -> Sliding:
        """The window and how it moves."""

    def tap_values(self, x: Array, fill: float = 0.0) -> Iterator[tuple[int, Array]]:
        """Yield what every window reads at each tap, without the taps that read padding in all of them.

        Args:
            x: Input, shape (length, channels).
            fill: What stands in the padding.

        Yields:
            The tap, and its values, shape (windows, channels).
        """
        sliding = self.sliding
        taps = sliding.taps_inside(len(x))
        if not taps:
            return
        reach = (sliding.output_length(len(x)) - 1) * sliding.stride + 1
        # The first value of the first tap, and one past the last of the last; both may lie in the padding.
        start = taps[0] * sliding.dilation - sliding.pads(len(x))[0]
        stop = start + (len(taps) - 1) * sliding.dilation + reach
        read = x[max(0, start) : max(0, stop)]
        margins = (max(0, -start), max(0, stop - len(x)))
        padded = np.pad(read, (margins, (0, 0)), constant_values=fill) if any(margins) else read
        for index, tap in enumerate(taps):
            first = index * sliding.dilation
            yield tap, padded[first : first + reach : sliding.stride]

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the window that an output reads."""
        return self.sliding.window(position, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions under the windows of the wanted outputs."""
        return (self.sliding.positions_read(wanted, axis_length(shapes[0])),)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, seen through the windows."""
        return inputs[0] and inputs[0].through(self.sliding, axis_length(shapes[0]))


@dataclass(frozen=True, eq=False)
class MovingLayer(Layer):
    """A layer whose outputs are values of its inputs, elsewhere, or zeros."""

    @abstractmethod
    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index] | None:
        """Return where a value of the output comes from, without looking at any value.

        Args:
            index: The place of the value in the output; there must be such a place.
            shapes: The shapes of the inputs, in order, with their lengths known.

        Returns:
            Which input, from 0, and the place there; None for a zero of the padding.
        """


def axis_length(shape: Shape) -> int:
    """Return how long the first axis of a shape is.

    Raises:
        ShapeError: It is not known.
    """
    if not shape or shape[0] is None:
        raise ShapeError("the length of the input is not known", remedy="give a sequence first")
    return shape[0]


def known_axes(shape: Shape) -> tuple[int, ...]:
    """Return a shape of which every axis is known.

    Raises:
        ShapeError: The length of one is not.
    """
    axes = tuple(axis for axis in shape if axis is not None)
    if len(axes) < len(shape):
        raise ShapeError("the length of the input is not known", remedy="give a sequence first")
    return axes


def sample_axis(axis: int, rank: int, layer: str) -> int:
    """Return which axis of one sample an axis of Keras's is.

    Args:
        axis: As Keras writes it: 0 is the batch axis, a negative one counts from the last.
        rank: How many axes the sample has.
        layer: The layer's type, for the message.

    Raises:
        ShapeError: It is the batch axis, or there is no such axis.
    """
    found = axis - 1 if axis > 0 else axis + rank
    if axis == 0 or not 0 <= found < rank:
        raise ShapeError(
            f"{layer} works on axis {axis}, which an input of {rank} axes has not",
            remedy=f"its axis is 1 to {rank}, or −1 for the last" if rank else "give it an input that has axes",
        )
    return found


def spatial(shape: Shape, layer: str) -> tuple[int | None, int]:
    """Return the length and the channels of a `(length, channels)` shape.

    Args:
        shape: The shape that a layer is given.
        layer: The layer's type, for the message.

    Raises:
        ShapeError: The shape has not two axes.
    """
    if len(shape) != 2 or shape[1] is None:
        raise ShapeError(
            f"{layer} reads (length, channels), not {len(shape)} axes",
            remedy="give it the output of a layer that keeps the length",
        )
    return shape[0], shape[1]
