"""EinsumDense: a sum of products of the input and a kernel, over the axes that an equation says.

Source: Keras, `keras.layers.EinsumDense`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, ShapeError
from .activated_layer import ActivatedLayer
from .activation_functions import activation_function
from .base import whole_axis
from .composition import Composition, ComputedValue, weighted_sum
from .contraction import Labels, contracted, split_equation
from .shapes import Array, Mask, Shape, axis_length
from .windows import Alignment

__all__ = ["EinsumDense"]


@dataclass(frozen=True, eq=False)
class EinsumDense(ActivatedLayer):
    """The products of the input and the kernel, summed as an equation says, and a bias.

    Attributes:
        equation: The letters of the axes of input, kernel and output, such as `ab,bc->ac`, without a batch axis, or
            with `...` for all axes that are left.
        kernel: Weights, an axis a letter.
        bias: What is added, of a shape that serves the output's last axes, or None.
        activation: The name of the activation function.
    """

    equation: str
    kernel: Array
    bias: Array | None = None
    activation: str = "linear"

    def __post_init__(self) -> None:
        terms, _ = split_equation(self.equation)
        if len(terms) != 2 or len(terms[1]) != self.kernel.ndim:
            raise ModelError(
                f"a kernel of shape {self.kernel.shape} does not fit {self.equation}",
                remedy="it has an axis a letter",
            )
        activation_function(self.activation)

    def _labels(self, rank: int) -> Labels:
        return Labels.parse(self.equation, rank, self.kernel.ndim)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the lengths of the output's axes.

        Raises:
            ShapeError: The input does not fit the equation or the kernel.
        """
        labels = self._labels(len(shape))
        sizes = labels.sizes(shape, self.kernel.shape)
        found = tuple(sizes[letter] for letter in labels.output) or (1,)
        if self.bias is not None:
            pairs = list(zip(reversed(self.bias.shape), reversed(found), strict=False))
            if self.bias.ndim > len(found) or any(mine not in (1, size) and size for mine, size in pairs):
                raise ShapeError(f"a bias of shape {self.bias.shape} does not fit {found}", remedy="read it again")
        return found

    def responses(self, x: Array) -> Array:
        """Return the sums before the activation function."""
        labels = self._labels(x.ndim)
        summed = contracted([x, self.kernel], labels.inputs, labels.output)
        summed = summed if summed.ndim else summed.reshape(1)
        return summed if self.bias is None else summed + self.bias

    def _transposed(self, pulled: Array, x: Array) -> Array:
        return self._labels(x.ndim).gradient(pulled, 0, [x, self.kernel])

    def _follows(self, shape: Shape) -> bool:
        labels = self._labels(len(shape))
        return bool(labels.output) and labels.inputs[0][:1] == labels.output[:1]

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted where they stay the first axis, else all."""
        alone = self._follows(shapes[0]) and axis_length(shapes[0]) == len(wanted)
        return (wanted if alone else whole_axis(wanted, shapes[0]),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products of the values that are summed, and their weights."""
        places, weight_places = self._labels(of.x.ndim).places(of.index, [of.x, self.kernel])
        bias = None
        if self.bias is not None:
            bias = np.broadcast_to(self.bias, of.output.shape)[of.index].reshape(1)
        return weighted_sum(
            of,
            places,
            self.kernel[weight_places],
            bias=bias,
            activation=self.activation,
            units=of.output.shape[-1],
        )

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, where its first axis stays the first."""
        return inputs[0] if self._follows(shapes[0]) and len(shapes[0]) > 1 else None
