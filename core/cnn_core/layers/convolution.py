"""Conv1D: every filter slides along the axis and answers once a window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import activation_function
from .base import Array, Shape, SlidingLayer, product, spatial
from .windows import Padding, Sliding

__all__ = ["Conv1D"]


@dataclass(frozen=True, eq=False)
class Conv1D(SlidingLayer):
    """A one-dimensional convolution, which is a cross-correlation: the kernel is not flipped.

    Source: Keras, `keras.layers.Conv1D`.

    Attributes:
        kernel: Weights, shape (kernel size, input channels / groups, filters).
        bias: One number a filter, shape (filters,), or None.
        stride: Positions between neighbouring windows.
        padding: `valid`, `same` or `causal`.
        dilation: Positions between neighbouring taps of the kernel.
        groups: Into how many groups the channels and the filters are split; a filter reads its own group.
        activation: The name of the activation function.
        filter_names: What the filters are called, one name each, or nothing.
    """

    type: ClassVar[str] = "Conv1D"
    kernel: Array
    bias: Array | None = None
    stride: int = 1
    padding: Padding | str = Padding.VALID
    dilation: int = 1
    groups: int = 1
    activation: str = "linear"
    filter_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kernel.ndim != 3 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not a Conv1D kernel",
                remedy="its shape is (kernel size, input channels, filters)",
            )
        if self.bias is not None and self.bias.shape != (self.filters,):
            raise ModelError(
                f"bias of shape {self.bias.shape} does not fit {self.filters} filters",
                remedy=f"its shape is ({self.filters},)",
            )
        if self.groups < 1 or self.filters % self.groups:
            raise ModelError(
                f"{self.filters} filters cannot be split into {self.groups} groups",
                remedy="the number of groups divides the number of filters",
            )
        if self.filter_names and len(self.filter_names) != self.filters:
            raise ModelError(
                f"{len(self.filter_names)} names for {self.filters} filters", remedy="give one a filter"
            )
        activation_function(self.activation)
        _ = self.sliding

    @cached_property
    def sliding(self) -> Sliding:
        """The window and how it moves."""
        return Sliding(self.kernel_size, self.stride, Padding(self.padding), self.dilation)

    @property
    def kernel_size(self) -> int:
        """Positions that a filter reads at once."""
        return int(self.kernel.shape[0])

    @property
    def filters(self) -> int:
        """How many filters there are, which is how many feature maps come out."""
        return int(self.kernel.shape[2])

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.kernel.shape[1]) * self.groups

    def full_kernel(self) -> Array:
        """Return the kernel with zeros where a filter does not read another group's channels.

        Returns:
            Weights, shape (kernel size, input channels, filters).
        """
        if self.groups == 1:
            return self.kernel
        width, per_group = self.kernel.shape[1], self.filters // self.groups
        full = np.zeros((self.kernel_size, self.input_channels, self.filters), dtype=np.float32)
        for group in range(self.groups):
            mine = slice(group * per_group, (group + 1) * per_group)
            full[:, group * width : (group + 1) * width, mine] = self.kernel[:, :, mine]
        return full

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (number of windows, filters).

        Args:
            shape: (length, channels); the length may be None.

        Raises:
            ShapeError: The channels differ from the kernel's, or not a single window fits.
        """
        length, channels = spatial(shape, self.type)
        if channels != self.input_channels:
            raise ShapeError(
                f"Conv1D reads {self.input_channels} channels, not {channels}",
                remedy=f"give it an input of {self.input_channels} channels",
            )
        return (None if length is None else self.sliding.output_length(length)), self.filters

    def responses(self, x: Array) -> Array:
        """Return every filter's value at every window, bias included, before the activation function.

        Args:
            x: Input, shape (length, channels).

        Returns:
            Responses, shape (windows, filters).
        """
        outputs = self.sliding.output_length(len(x))
        # One matrix product a tap: each is as fast as the machine can multiply, and nothing is copied for it.
        summed = np.zeros((outputs, self.filters), dtype=np.float32)
        added = np.empty_like(summed)
        for tap, read in self.tap_values(x):
            self._multiplied(read, self.kernel[tap], added)
            summed += added
        if self.bias is not None:
            summed += self.bias
        return summed

    def _multiplied(self, read: Array, weights: Array, out: Array) -> None:
        """Write what one tap adds to every response, shape (windows, filters)."""
        if self.groups == 1:
            # As `product` does, into room that is there.
            with np.errstate(invalid="ignore"):
                np.matmul(read, weights, out=out)
            return
        width, per_group = len(weights), self.filters // self.groups
        for group in range(self.groups):
            mine = slice(group * per_group, (group + 1) * per_group)
            out[:, mine] = product(read[:, group * width : (group + 1) * width], weights[:, mine])

    def forward(self, x: Array, /) -> Array:
        """Return every filter's activation at every window, shape (windows, filters)."""
        return activation_function(self.activation)(self.responses(x))

    def weights(self) -> dict[str, Array]:
        """Return the kernel and, where there is one, the bias."""
        return {"kernel": self.kernel} if self.bias is None else {"kernel": self.kernel, "bias": self.bias}
