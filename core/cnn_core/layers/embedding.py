"""Layers in front of a recurrent layer: an index becomes a vector, and positions without data are marked.

Sources: Keras, `keras.layers.Embedding` and `keras.layers.Masking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from .activation_functions import ActivationFunction
from .base import LayerRun, PositionwiseLayer
from .edited import Edited, Spans
from .pointwise import Pointwise
from .shapes import Array, Mask, PerInput, Shape

__all__ = ["Embedding", "Masking"]


@dataclass(frozen=True, eq=False)
class Embedding(PositionwiseLayer):
    """Looks the row of every index up in a table.

    Attributes:
        table: The rows, shape (indices, units).
        mask_zero: Whether the index 0 marks a position without data.
    """

    table: Array
    mask_zero: bool = False

    def __post_init__(self) -> None:
        if self.table.ndim != 2 or 0 in self.table.shape:
            raise ModelError(
                f"a table of shape {self.table.shape} is not an Embedding's", remedy="its shape is (indices, units)"
            )

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape and, behind it, the units."""
        return (*shape, int(self.table.shape[1]))

    def forward(self, x: Array, /) -> Array:
        """Return the rows of the indices, shape (…, units).

        Raises:
            ModelError: An index has no row.
        """
        indices = x.astype(np.intp)
        wrong = indices[(indices < 0) | (indices >= len(self.table))]
        if wrong.size:
            raise ModelError(
                f"index {wrong.flat[0]} has no row in an Embedding of {len(self.table)}",
                remedy=f"its indices are 0 to {len(self.table) - 1}",
            )
        return self.table[indices]

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return none: between two indices there is nothing, so there is no gradient by them."""
        return (None,)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return none, as of the gradient."""
        return (None,)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the rows of the indices."""
        return self.forward(inputs[0].rows(spans))

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return where the index is not 0, if 0 marks a position without data."""
        return inputs[0] != 0 if self.mask_zero else None

    def weights(self) -> dict[str, Array]:
        """Return the table."""
        return {"embeddings": self.table}


@dataclass(frozen=True, eq=False)
class Masking(Pointwise):
    """Marks the positions at which every channel has one certain value: they hold no data.

    Attributes:
        mask_value: The value.
    """

    mask_value: float = 0.0

    def forward(self, x: Array, /) -> Array:
        """Return the input with zeros at the positions that hold no data."""
        return np.where(self._holds_data(x)[..., None], x, np.float32(0))

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient at the positions that hold data, 0 elsewhere."""
        return (np.where(self._holds_data(of.x)[..., None], upstream, np.float32(0)),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradient, if both runs hold data at the same positions."""
        alike = np.array_equal(self._holds_data(of.x), self._holds_data(reference.x))
        return self.gradient(upstream, of) if alike else None

    def _holds_data(self, x: Array) -> Mask:
        found: Mask = (x != np.float32(self.mask_value)).any(axis=-1)
        return found

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return the positions that hold data."""
        return self._holds_data(inputs[0])

    def axes_together(self, rank: int) -> tuple[int, ...]:
        """Return the channels, all of which say whether a position holds data."""
        return (rank - 1,)

    def function(self, channel: int | None = None) -> ActivationFunction:
        """Return what becomes of positions without data: zeros."""
        return ActivationFunction(self.type, self.forward, elementwise=False, between=_or_0)


def _or_0(lowest: Array, highest: Array) -> tuple[Array, Array]:
    """Return the bounds of values any of which may become 0."""
    return np.minimum(lowest, np.float32(0)), np.maximum(highest, np.float32(0))
