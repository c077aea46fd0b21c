"""One half of the channels opens and shuts the other.

Source: PyTorch, `torch.nn.GLU`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ShapeError
from .activation_formulas import sigmoid, sigmoid_slope
from .activation_functions import rescaled
from .base import LayerRun, PositionwiseLayer, spans_of, whole_axis
from .composition import Composition, ComputedValue, Part
from .edited import Edited, Spans
from .shapes import Array, Index, Mask, PerInput, Shape, sample_axis
from .windows import Alignment

__all__ = ["GatedLinearUnit"]


@dataclass(frozen=True, eq=False)
class GatedLinearUnit(PositionwiseLayer):
    """The first half of an axis times the sigmoid of the second.

    Attributes:
        axis: The axis, as Keras writes it.
    """

    own_rule: ClassVar[bool] = True
    axis: int = -1

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape with half of the axis.

        Raises:
            ShapeError: The input does not have the axis, or not an even number of places along it.
        """
        axis = self._along(len(shape))
        size = shape[axis]
        if size is not None and size % 2:
            raise ShapeError(
                f"a GatedLinearUnit halves an axis, not one of {size}", remedy="give it an even number"
            )
        return (*shape[:axis], None if size is None else size // 2, *shape[axis + 1 :])

    def _along(self, rank: int) -> int:
        return sample_axis(self.axis, rank, self.type)

    def forward(self, x: Array, /) -> Array:
        """Return the first half times the gates."""
        return _gated(x, self._along(x.ndim))

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the gates, and times what they open."""
        axis = self._along(of.x.ndim)
        opened, shut = np.split(of.x, 2, axis)
        return (np.concatenate([upstream * sigmoid(shut), upstream * opened * sigmoid_slope(shut)], axis),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers of a product, and of the sigmoid behind its second half."""
        axis, half = self._along(of.x.ndim), np.float32(0.5)
        opened, shut = np.split(of.x, 2, axis)
        opened_before, shut_before = np.split(reference.x, 2, axis)
        gates, before = sigmoid(shut), sigmoid(shut_before)
        ratios = rescaled(shut, gates, shut_before, before, sigmoid_slope(shut))
        to_opened, to_gates = upstream * half * (gates + before), upstream * half * (opened + opened_before)
        return (np.concatenate([to_opened, to_gates * ratios], axis),)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions; along the length, those of both halves."""
        if self._along(len(shapes[0])):
            return super().positions_read(wanted, *shapes)
        whole_axis(wanted, shapes[0])
        return (np.concatenate([wanted, wanted]),)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or all where the length is halved."""
        if self._along(len(shapes[0])):
            return edited[0]
        return super(PositionwiseLayer, self).changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the gated values of the positions."""
        (x,) = inputs
        axis = self._along(x.unedited.ndim)
        return _gated(x.rows(spans), axis + 1) if axis else spans_of(_gated(x.whole(), 0), spans)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, or None where the length is halved."""
        return inputs[0] if self._along(len(shapes[0])) else None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value and its gate, before the sigmoid."""
        axis = self._along(of.x.ndim)
        gate = [*of.index]
        gate[axis] += of.output.shape[axis]
        places: tuple[Index, Index] = of.index, tuple(gate)
        parts = tuple(Part(0, place, float(of.x[place]), None, float(of.x[place])) for place in places)
        return Composition("function", parts, 2, of.value, function="glu")


def _gated(x: Array, axis: int) -> Array:
    opened, shut = np.split(x, 2, axis)
    return opened * sigmoid(shut)
