"""Convolutions whose filters read one channel each: DepthwiseConv1D, and SeparableConv1D that mixes them after.

Sources: Keras, `keras.layers.DepthwiseConv1D` and `keras.layers.SeparableConv1D`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import activation_function
from .base import Array, Shape, SlidingLayer, product, spatial
from .convolution import Conv1D
from .windows import Padding, Sliding

__all__ = ["Convolution1D", "DepthwiseConv1D", "SeparableConv1D"]


@dataclass(frozen=True, eq=False)
class DepthwiseConv1D(SlidingLayer):
    """A convolution in which every filter reads one channel.

    Attributes:
        kernel: Weights, shape (kernel size, input channels, filters a channel).
        bias: One number a filter, shape (input channels × filters a channel,), or None.
        stride: Positions between neighbouring windows.
        padding: `valid`, `same` or `causal`.
        dilation: Positions between neighbouring taps of the kernel.
        activation: The name of the activation function.
    """

    type: ClassVar[str] = "DepthwiseConv1D"
    filter_names: ClassVar[tuple[str, ...]] = ()
    """Its filters have no names."""
    kernel: Array
    bias: Array | None = None
    stride: int = 1
    padding: Padding | str = Padding.VALID
    dilation: int = 1
    activation: str = "linear"

    def __post_init__(self) -> None:
        if self.kernel.ndim != 3 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not a DepthwiseConv1D kernel",
                remedy="its shape is (kernel size, input channels, filters a channel)",
            )
        _check_bias(self.bias, self.filters)
        activation_function(self.activation)
        _ = self.sliding

    @property
    def sliding(self) -> Sliding:
        """The window and how it moves."""
        return Sliding(self.kernel_size, self.stride, Padding(self.padding), self.dilation)

    @property
    def kernel_size(self) -> int:
        """Positions that a filter reads at once."""
        return int(self.kernel.shape[0])

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.kernel.shape[1])

    @property
    def filters(self) -> int:
        """How many feature maps come out: those of the first channel, then those of the second, and so on."""
        return int(self.kernel.shape[1] * self.kernel.shape[2])

    def full_kernel(self) -> Array:
        """Return the kernel with zeros where a filter does not read a channel.

        Returns:
            Weights, shape (kernel size, input channels, filters).
        """
        size, channels, multiplier = self.kernel.shape
        full = np.zeros((size, channels, channels, multiplier), dtype=np.float32)
        own = np.arange(channels)
        full[:, own, own] = self.kernel
        return full.reshape(size, channels, self.filters)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (number of windows, filters).

        Raises:
            ShapeError: The channels differ from the kernel's, or not a single window fits.
        """
        return _windows(self.sliding, shape, self.input_channels, self.type), self.filters

    def responses(self, x: Array) -> Array:
        """Return every filter's value at every window, bias included, before the activation function.

        Args:
            x: Input, shape (length, channels).

        Returns:
            Responses, shape (windows, filters).
        """
        summed = _depthwise(self, x, self.kernel)
        return summed if self.bias is None else summed + self.bias

    def forward(self, x: Array, /) -> Array:
        """Return every filter's activation at every window, shape (windows, filters)."""
        return activation_function(self.activation)(self.responses(x))

    def weights(self) -> dict[str, Array]:
        """Return the kernel and, where there is one, the bias."""
        return {"kernel": self.kernel} if self.bias is None else {"kernel": self.kernel, "bias": self.bias}


@dataclass(frozen=True, eq=False)
class SeparableConv1D(SlidingLayer):
    """A depthwise convolution, and at each position a weighted sum of what its filters answer.

    Attributes:
        depthwise_kernel: Weights along the axis, shape (kernel size, input channels, filters a channel).
        pointwise_kernel: Weights across, shape (1, input channels × filters a channel, filters).
        bias: One number a filter, shape (filters,), or None.
        stride: Positions between neighbouring windows.
        padding: `valid`, `same` or `causal`.
        dilation: Positions between neighbouring taps of the kernel.
        activation: The name of the activation function.
    """

    type: ClassVar[str] = "SeparableConv1D"
    filter_names: ClassVar[tuple[str, ...]] = ()
    """Its filters have no names."""
    depthwise_kernel: Array
    pointwise_kernel: Array
    bias: Array | None = None
    stride: int = 1
    padding: Padding | str = Padding.VALID
    dilation: int = 1
    activation: str = "linear"

    def __post_init__(self) -> None:
        depthwise, pointwise = self.depthwise_kernel.shape, self.pointwise_kernel.shape
        fits = len(depthwise) == len(pointwise) == 3 and 0 not in (*depthwise, *pointwise)
        if not fits or pointwise[:2] != (1, depthwise[1] * depthwise[2]):
            raise ModelError(
                f"depthwise kernel {depthwise} and pointwise kernel {pointwise} do not fit",
                remedy="their shapes are (kernel size, input channels, n) and (1, input channels × n, filters)",
            )
        _check_bias(self.bias, self.filters)
        activation_function(self.activation)
        _ = self.sliding

    @property
    def sliding(self) -> Sliding:
        """The window and how it moves."""
        return Sliding(self.kernel_size, self.stride, Padding(self.padding), self.dilation)

    @property
    def kernel_size(self) -> int:
        """Positions that a filter reads at once."""
        return int(self.depthwise_kernel.shape[0])

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.depthwise_kernel.shape[1])

    @property
    def filters(self) -> int:
        """How many filters there are, which is how many feature maps come out."""
        return int(self.pointwise_kernel.shape[2])

    def full_kernel(self) -> Array:
        """Return the kernel of the ordinary convolution that answers the same, rounding aside.

        Returns:
            Weights, shape (kernel size, input channels, filters).
        """
        _, channels, multiplier = self.depthwise_kernel.shape
        across = self.pointwise_kernel.reshape(channels, multiplier, self.filters)
        full: Array = np.einsum("kcm,cmf->kcf", self.depthwise_kernel, across)
        return full

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (number of windows, filters).

        Raises:
            ShapeError: The channels differ from the kernel's, or not a single window fits.
        """
        return _windows(self.sliding, shape, self.input_channels, self.type), self.filters

    def responses(self, x: Array) -> Array:
        """Return every filter's value at every window, bias included, before the activation function.

        Args:
            x: Input, shape (length, channels).

        Returns:
            Responses, shape (windows, filters).
        """
        summed = product(_depthwise(self, x, self.depthwise_kernel), self.pointwise_kernel[0])
        return summed if self.bias is None else summed + self.bias

    def forward(self, x: Array, /) -> Array:
        """Return every filter's activation at every window, shape (windows, filters)."""
        return activation_function(self.activation)(self.responses(x))

    def weights(self) -> dict[str, Array]:
        """Return both kernels and, where there is one, the bias."""
        both = {"depthwise_kernel": self.depthwise_kernel, "pointwise_kernel": self.pointwise_kernel}
        return both if self.bias is None else {**both, "bias": self.bias}


Convolution1D = Conv1D | SeparableConv1D | DepthwiseConv1D
"""Every layer whose filters slide along the axis."""


def _check_bias(bias: Array | None, filters: int) -> None:
    if bias is not None and bias.shape != (filters,):
        raise ModelError(
            f"bias of shape {bias.shape} does not fit {filters} filters", remedy=f"its shape is ({filters},)"
        )


def _windows(sliding: Sliding, shape: Shape, input_channels: int, layer: str) -> int | None:
    length, channels = spatial(shape, layer)
    if channels != input_channels:
        raise ShapeError(
            f"{layer} reads {input_channels} channels, not {channels}",
            remedy=f"give it an input of {input_channels} channels",
        )
    return None if length is None else sliding.output_length(length)


def _depthwise(layer: SlidingLayer, x: Array, kernel: Array) -> Array:
    """Return what each channel's filters answer at every window, shape (windows, channels × filters a channel)."""
    _, channels, multiplier = kernel.shape
    outputs = layer.sliding.output_length(len(x))
    summed = np.zeros((outputs, channels, multiplier), dtype=np.float32)
    added = np.empty_like(summed)
    for tap, read in layer.tap_values(x):
        np.multiply(read[:, :, None], kernel[tap], out=added)
        summed += added
    return summed.reshape(outputs, channels * multiplier)
