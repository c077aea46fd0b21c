"""Layers that change each position for itself and keep the shape; among them those that only act in training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ShapeError
from .activation_functions import ActivationFunction, activation_function, unbounded
from .base import LayerRun, PositionwiseLayer, spans_of, whole_axis
from .composition import Composition, ComputedValue, Part
from .edited import Edited, Spans
from .moved_values import MovingLayer
from .shapes import Array, Mask, PerInput, Shape, known_axes, sample_axes

__all__ = [
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "Pointwise",
    "SpatialDropout1D",
]


@dataclass(frozen=True, eq=False)
class Pointwise(PositionwiseLayer):
    """A layer whose output has the shape of its input, each value computed from the one at its own place.

    Some need others beside it, such as a softmax: `axes_together` says which.
    """

    keeps_mask: ClassVar[bool] = True
    takes_holes: ClassVar[bool] = True

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape."""
        return shape

    def axes_together(self, rank: int) -> tuple[int, ...]:
        """Return the axes along which values are taken together, if any, of an input with `rank` axes."""
        return ()

    def among(self, shape: Shape) -> int:
        """Return how many values of the input a value is computed from; 1 if only from the one at its place."""
        return math.prod(known_axes(shape)[axis] for axis in self.axes_together(len(shape)))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted, or all where values are taken together along them."""
        everything = whole_axis(wanted, shapes[0])
        return (everything if 0 in self.axes_together(len(shapes[0])) else wanted,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or all where a position does not stand for itself."""
        if len(shapes[0]) != 2 or self.function() is None:
            return super(PositionwiseLayer, self).changed(edited, *shapes)
        return edited[0]

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return what the function makes of the positions."""
        (x,) = inputs
        function = self.function() if x.unedited.ndim < 3 else None
        if function is None:
            return super().compute(spans, remembered, *inputs)
        if x.unedited.ndim == 1:
            # A row of units for every edit.
            return spans_of(function(np.ascontiguousarray(x.whole().T)).T, spans)
        rows = x.rows(spans)
        return function(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value that a function is applied to."""
        return self._function_of(of, self.type)

    def _function_of(self, of: ComputedValue, function: str) -> Composition:
        value = float(of.x[of.index])
        part = Part(0, of.index, value, None, value)
        return Composition("function", (part,), 1, of.value, function=function, among=self.among(of.x.shape))

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return what the layer does to a stretch of positions of `(length, channels)`, wherever it lies.

        Between a convolution and its pool this makes the layer a part of their block. Whether weights go by channel or
        by position, only the layer knows, so one that treats every value by itself and has weights says it here.

        Args:
            channel: The one channel that the stretch holds, or None where it holds all. Never given to a function
                that takes channels together.

        Returns:
            None where what it does depends on the position, and here where weights leave that open. Nothing is known
            of the bounds of this one; a function that says more has closer ones.
        """
        together = self.axes_together(2)
        if 0 in together or (not together and self.weights()):
            return None
        return ActivationFunction(self.type, self.forward, elementwise=not together, between=unbounded)


class AlongAxes(Pointwise):
    """One that takes values together along the axes that it names, of whose shape its weights are.

    Attributes:
        axis: The axis, or several, as Keras writes them; −1 is the channels.
    """

    axis: int | tuple[int, ...]

    def axes_together(self, rank: int) -> tuple[int, ...]:
        """Return these axes, of an input with `rank` axes."""
        return sample_axes(self.axis, rank, self.type)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The input lacks the axes, or they are not as long as those of the weights.
        """
        together = tuple(shape[axis] for axis in self.axes_together(len(shape)))
        for weight in self.weights().values():
            if weight.shape != together:
                raise ShapeError(
                    f"{self.type} normalises axes of {weight.shape}, not {together}",
                    remedy=f"give it an input whose axes are {weight.shape}",
                )
        return shape


@dataclass(frozen=True, eq=False)
class Identity(Pointwise, MovingLayer):
    """Passes everything on: a layer that does something in training only, or nothing at all."""

    def forward(self, x: Array, /) -> Array:
        """Return the input."""
        return x

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient as it is."""
        return (upstream,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value at the same place."""
        return Composition("copy", (Part(0, of.index, of.value, None, of.value),), 1, of.value)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the linear function."""
        return activation_function("linear")


@dataclass(frozen=True, eq=False)
class Dropout(Identity):
    """Silences inputs at random while training; a trained network passes everything on.

    Attributes:
        rate: The share that was silenced in training.
    """

    rate: float = 0.5


@dataclass(frozen=True, eq=False)
class SpatialDropout1D(Dropout):
    """Silences whole channels at random while training; a trained network passes everything on."""


@dataclass(frozen=True, eq=False)
class GaussianDropout(Dropout):
    """Multiplies by noise around 1 while training; a trained network passes everything on."""


@dataclass(frozen=True, eq=False)
class AlphaDropout(Dropout):
    """Drops to SELU's floor at random while training; a trained network passes everything on."""


@dataclass(frozen=True, eq=False)
class GaussianNoise(Identity):
    """Adds noise while training; a trained network passes everything on.

    Attributes:
        stddev: The standard deviation of the noise in training.
    """

    stddev: float = 0.0


@dataclass(frozen=True, eq=False)
class ActivityRegularization(Identity):
    """Adds to the loss while training; a trained network passes everything on."""
