"""A family of layers that the engine lacks, as its module would stand in `cnn_core/layers/`.

Source: Keras, `keras.layers.Rescaling`, under another name, since the engine has that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnn_core.layers.base import LayerRun
from cnn_core.layers.composition import Composition, ComputedValue, Part
from cnn_core.layers.pointwise import Pointwise
from cnn_core.layers.shapes import Array, PerInput

__all__ = ["Scaling"]


@dataclass(frozen=True, eq=False)
class Scaling(Pointwise):
    """x · scale + offset.

    Attributes:
        scale: What every value is multiplied by.
        offset: What is added.
    """

    linear: ClassVar[bool] = True
    scale: float = 1.0
    offset: float = 0.0

    def forward(self, x: Array, /) -> Array:
        """Return the rescaled values, of the same shape."""
        return x * np.float32(self.scale) + np.float32(self.offset)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the scale."""
        return (upstream * np.float32(self.scale),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times the scale, and the offset."""
        value = float(of.x[of.index])
        part = Part(0, of.index, value, self.scale, value * self.scale)
        return Composition("sum", (part,), 1, of.value, bias=self.offset)
