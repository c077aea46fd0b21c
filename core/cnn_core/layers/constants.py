"""Numbers that a network brings along and computes from nothing.

Source: ONNX, `Constant`; PyTorch, buffers and lifted constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from .base import Layer, LayerRun
from .composition import Composition, ComputedValue
from .shapes import Array, Mask, PerInput, Shape

__all__ = ["Constant"]


@dataclass(frozen=True, eq=False)
class Constant(Layer):
    """The same numbers for every input; a node of it reads nothing.

    Attributes:
        values: The numbers, of at least one axis. They may be infinite, as a mask of attention is.
    """

    values: Array

    def __post_init__(self) -> None:
        if self.values.ndim < 1 or 0 in self.values.shape or np.isnan(self.values).any():
            raise ModelError(
                f"a constant of shape {self.values.shape} is empty, has no axis or holds NaN",
                remedy="save the model again",
            )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape of the numbers."""
        return self.values.shape

    def forward(self, *inputs: Array) -> Array:
        """Return the numbers."""
        return self.values

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return nothing: there is no input."""
        return ()

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return nothing: there is no input."""
        return ()

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return nothing: there is no input."""
        return ()

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> None:
        """Return None: every position holds data."""
        return

    def compose(self, of: ComputedValue) -> Composition:
        """Return the number itself, which has no parts."""
        return Composition("constant", (), 0, of.value)
