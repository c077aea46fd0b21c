"""Dense: every unit sums all its inputs, weighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import activation_function
from .base import Layer, LayerRun, spans_of, whole_axis
from .composition import Composition, ComputedValue, channels_at, weighted_sum
from .edited import Edited, Spans, rows_of
from .edited_channels import EditedChannels
from .shapes import Array, Mask, PerInput, Shape, check_bias, product
from .windows import Alignment

__all__ = ["Dense"]

_LARGE_KERNEL: Final = 1 << 16
"""Weights that it takes longer to read once for every input than to multiply."""


@dataclass(frozen=True, eq=False)
class Dense(Layer):
    """Every unit sums all its inputs, weighted; on a length axis, at each position for itself.

    Source: Keras, `keras.layers.Dense`.

    Attributes:
        kernel: Weights, shape (inputs, units).
        bias: One number a unit, shape (units,), or None.
        activation: The name of the activation function.
    """

    keeps_mask: ClassVar[bool] = True
    at_once: ClassVar[bool] = True
    takes_holes: ClassVar[bool] = True
    kernel: Array
    bias: Array | None = None
    activation: str = "linear"

    def __post_init__(self) -> None:
        if self.kernel.ndim != 2 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not a Dense kernel",
                remedy="its shape is (inputs, units)",
            )
        check_bias(self.bias, self.kernel.shape[1:], f"{self.kernel.shape[1]} units")
        activation_function(self.activation)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape with its last axis replaced by the units.

        Raises:
            ShapeError: The last axis is not as long as the kernel's first.
        """
        inputs, units = self.kernel.shape
        if not shape or shape[-1] != inputs:
            given = f"{shape[-1]:,}" if shape and shape[-1] is not None else "an unknown number"
            raise ShapeError(f"Dense reads {inputs:,} inputs, not {given}", remedy=f"give it {inputs:,}")
        return (*shape[:-1], units)

    def forward(self, x: Array, /) -> Array:
        """Return one value a unit, shape (…, units)."""
        return activation_function(self.activation)(self.responses(x))

    def forward_together(self, inputs: Sequence[Sequence[Array]]) -> list[Array]:
        """Return the units for several inputs, by one matrix product where each is a single row of a large kernel."""
        is_small = self.kernel.size < _LARGE_KERNEL or self.kernel.shape[1] == 1
        if is_small or len(inputs) == 1 or inputs[0][0].ndim > 1:
            return super().forward_together(inputs)
        return [*self.forward(np.stack([x for (x,) in inputs]))]

    def responses(self, x: Array) -> Array:
        """Return one value a unit before the activation function, shape (…, units)."""
        summed = product(x, self.kernel)
        return summed if self.bias is None else summed + self.bias

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradients of all units, weighted."""
        function = activation_function(self.activation)
        responses = of.output if function.idempotent else self.responses(of.x)
        return (product(function.gradient(upstream, responses), self.kernel.T),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers of all units through the activation function, weighted."""
        function = activation_function(self.activation)
        pulled = function.multipliers(upstream, self.responses(of.x), self.responses(reference.x))
        return (product(pulled, self.kernel.T),)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that are wanted, or every input where there is no length axis."""
        everything = whole_axis(wanted, shapes[0])
        return (wanted if len(shapes[0]) > 1 else everything,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, or every unit where there is no length axis."""
        return edited[0] if len(shapes[0]) > 1 else super().changed(edited, *shapes)

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return the sums, before the activation function."""
        return (output if self.activation == "linear" else self.responses(*inputs),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the activations: of the sums, and the differences times the kernel."""
        (x,), (summed,), function = inputs, remembered, activation_function(self.activation)
        if x.unedited.ndim > 1:
            if isinstance(x, EditedChannels):
                return function(rows_of(summed, spans) + spans_of(x.differences_times(self.kernel)[1][...], spans))
            differences = x.rows(spans) - rows_of(x.unedited, spans)
            rows = product(differences.reshape(-1, differences.shape[-1]), self.kernel)
            return function(rows_of(summed, spans) + rows.reshape(*differences.shape[:-1], -1))
        return spans_of(function(summed + x.units_times(self.kernel)).T, spans)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products of all channels, at the position of the value."""
        inputs, units = self.kernel.shape
        *position, unit = of.index
        return weighted_sum(
            of,
            channels_at(tuple(position), inputs),
            self.kernel[:, unit],
            unit=unit,
            bias=self.bias,
            activation=self.activation,
            units=units,
        )

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment, where there is a length axis."""
        return inputs[0] if len(shapes[0]) > 1 else None
