"""Layers that change each position for itself and keep the shape; among them those that only act in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from .activation_functions import ActivationFunction, activation_function
from .base import Array, Index, Layer, Mask, MovingLayer, Shape, axis_length
from .windows import Alignment, Window

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
class Pointwise(Layer):
    """A layer whose output has the shape of its input, each position computed from its own alone."""

    keeps_mask: ClassVar[bool] = True

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape."""
        return shape

    def reads(self, position: int, shape: Shape) -> Window:
        """Return the one position that an output reads: its own."""
        return Window(position, 1, 1, axis_length(shape))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted."""
        return (wanted,)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment."""
        return inputs[0]

    def among(self, shape: Shape) -> int:
        """Return how many values of the input a value is computed from: 1 where from its own alone."""
        return 1

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return what the layer does to a stretch of positions of `(length, channels)`, wherever it lies.

        Args:
            channel: The one channel that the stretch holds, or None where it holds all.

        Returns:
            None where what it does depends on the position.
        """
        return ActivationFunction(self.type, self.forward)


@dataclass(frozen=True, eq=False)
class Identity(MovingLayer, Pointwise):
    """Passes everything on: a layer that does something in training only, or nothing at all."""

    type: ClassVar[str] = "Identity"

    def forward(self, x: Array, /) -> Array:
        """Return the input."""
        return x

    def source_of(self, index: Index, *shapes: Shape) -> tuple[int, Index]:
        """Return the same place."""
        return 0, index

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the linear function."""
        return activation_function("linear")


@dataclass(frozen=True, eq=False)
class Dropout(Identity):
    """Silences inputs at random while training; a trained network passes everything on.

    Attributes:
        rate: The share that was silenced in training.
    """

    type: ClassVar[str] = "Dropout"
    rate: float = 0.5


@dataclass(frozen=True, eq=False)
class SpatialDropout1D(Dropout):
    """Silences whole channels at random while training; a trained network passes everything on."""

    type: ClassVar[str] = "SpatialDropout1D"


@dataclass(frozen=True, eq=False)
class GaussianDropout(Dropout):
    """Multiplies by noise around 1 while training; a trained network passes everything on."""

    type: ClassVar[str] = "GaussianDropout"


@dataclass(frozen=True, eq=False)
class AlphaDropout(Dropout):
    """Drops to SELU's floor at random while training; a trained network passes everything on."""

    type: ClassVar[str] = "AlphaDropout"


@dataclass(frozen=True, eq=False)
class GaussianNoise(Identity):
    """Adds noise while training; a trained network passes everything on.

    Attributes:
        stddev: The standard deviation of the noise in training.
    """

    type: ClassVar[str] = "GaussianNoise"
    stddev: float = 0.0


@dataclass(frozen=True, eq=False)
class ActivityRegularization(Identity):
    """Adds to the loss while training; a trained network passes everything on."""

    type: ClassVar[str] = "ActivityRegularization"
