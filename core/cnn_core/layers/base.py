"""What every layer knows: its output shape, its forward pass, its weights, and which inputs an output reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError
from .windows import Window

__all__ = ["Array", "Layer", "Shape", "axis_length", "spatial"]

Array = NDArray[np.float32]
Shape = tuple[int | None, ...]
"""The shape of one sample, without the batch axis; None where any length will do."""


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """One layer: immutable settings and weights, and what follows from them.

    Arrays are float32 and channels-last, `(length, channels)` or `(units,)`, without a batch axis.
    """

    type: ClassVar[str]
    """The class name that Keras gives this layer."""

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


def axis_length(shape: Shape) -> int:
    """Return how long the first axis of a shape is.

    Raises:
        ShapeError: It is not known.
    """
    if not shape or shape[0] is None:
        raise ShapeError("the length of the input is not known", remedy="give a sequence first")
    return shape[0]


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
