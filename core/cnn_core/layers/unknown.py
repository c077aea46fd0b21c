"""A layer that cannot be read: its place in the graph is kept, and nothing behind it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from ..errors import ShapeError
from .base import Layer
from .shapes import Array, Mask, Shape

__all__ = ["NEEDS", "Unknown"]

NEEDS: Final = "it depends on "
"""How the reason of a layer begins that nothing but a layer before it stops."""


@dataclass(frozen=True, eq=False)
class Unknown(Layer):
    """A layer that we cannot compute, such as a Lambda, a class of the author's own, or a setting we do not know.

    Attributes:
        type: The name of its class, as the file has it.
        reason: Why it cannot be computed, one sentence without a full stop.
        tensors: The weights that the file holds for it, by name.
    """

    type: str  # type: ignore[misc] # every other layer's type is its class's
    reason: str
    tensors: Mapping[str, Array] = field(default_factory=dict)

    @property
    def only_needs(self) -> bool:
        """Whether only a layer that it needs keeps it from being computed."""
        return self.reason.startswith(NEEDS)

    def output_shape(self, *shapes: Shape) -> NoReturn:
        """Refuse: the shape is not known.

        Raises:
            ShapeError: Always.
        """
        raise ShapeError(self.reason, where=self.type)

    def forward(self, *inputs: Array) -> NoReturn:
        """Refuse: what the layer computes is not known.

        Raises:
            ShapeError: Always.
        """
        raise ShapeError(self.reason, where=self.type)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> NoReturn:
        """Refuse: what the layer reads is not known.

        Raises:
            ShapeError: Always.
        """
        raise ShapeError(self.reason, where=self.type)

    def weights(self) -> dict[str, Array]:
        """Return the weights that the file holds for it."""
        return dict(self.tensors)
