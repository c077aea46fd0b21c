"""A family of layers that the engine lacks, as its module would stand in `cnn_core/layers/`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from cnn_core.errors import ShapeError
from cnn_core.layers.activation_functions import ActivationFunction
from cnn_core.layers.base import LayerRun
from cnn_core.layers.composition import Composition, ComputedValue, scaled
from cnn_core.layers.pointwise import Pointwise
from cnn_core.layers.shapes import Array, PerInput, Shape

__all__ = ["Scaling"]


@dataclass(frozen=True, eq=False)
class Scaling(Pointwise):
    """x · scale + offset.

    Attributes:
        scale: What every value of a channel is multiplied by, shape (channels,).
        offset: What is added.
    """

    linear: ClassVar[bool] = True
    scale: Array
    offset: float = 0.0

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The channels are not as many as the scales.
        """
        if shape[-1:] != self.scale.shape:
            raise ShapeError(
                f"Scaling has {len(self.scale)} scales for an input of {shape}",
                remedy=f"give it {len(self.scale)} channels",
            )
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the rescaled values, of the same shape."""
        return x * self.scale + x.dtype.type(self.offset)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the scale."""
        return (upstream * self.scale,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times its channel's scale, and the offset."""
        return scaled(of, float(self.scale[of.index[-1]]), self.offset)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the scaling of all channels, or of one alone."""
        scale = self.scale if channel is None else self.scale[channel : channel + 1]
        one = replace(self, scale=scale)
        return ActivationFunction(self.type, one.forward, rising=bool((scale >= 0).all()))
