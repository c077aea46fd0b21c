"""Convolutions that go along the axis channel by channel.

Sources: Keras, `keras.layers.DepthwiseConv1D` and `keras.layers.SeparableConv1D`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import ModelError
from .convolution import Convolution1D, OneKernelConvolution
from .shapes import Array, product

__all__ = ["DepthwiseConv1D", "SeparableConv1D"]


@dataclass(frozen=True, eq=False)
class DepthwiseConv1D(OneKernelConvolution):
    """A convolution in which every filter reads one channel: first those of channel 0, then those of 1, and so on.

    Attributes:
        kernel: Weights, shape (kernel size, input channels, filters a channel).
        bias: One number a filter, shape (filters,), or None.
    """

    kernel_axes: ClassVar[str] = "kernel size, input channels, filters a channel"

    @property
    def filters(self) -> int:
        """How many feature maps come out."""
        return int(self.kernel.shape[1] * self.kernel.shape[2])

    def weights_of(self, filter_index: int) -> tuple[range, Array]:
        """Return the one channel that a filter reads, and its weight at every tap."""
        channel = filter_index // self.kernel.shape[2]
        return range(channel, channel + 1), self._column(self.kernel, filter_index)

    def _column(self, kernel: Array, filter_index: int) -> Array:
        channel, nth = divmod(filter_index, kernel.shape[2])
        return kernel[:, channel : channel + 1, nth]

    def _summed(self, x: Array) -> Array:
        return self._by_channel(x)

    def _transposed(self, pulled: Array, x: Array) -> Array:
        return self._transposed_by_channel(pulled, x)

    def _tap_products(self, read: Array, tap: int) -> Array:
        products: Array = (read[..., None] * self.kernel[tap]).reshape(*read.shape[:-1], self.filters)
        return products


@dataclass(frozen=True, eq=False)
class SeparableConv1D(Convolution1D):
    """A depthwise convolution, and at each position a weighted sum of what its filters answer.

    Attributes:
        depthwise_kernel: Weights along the axis, shape (kernel size, input channels, filters a channel).
        pointwise_kernel: Weights across, shape (1, input channels × filters a channel, filters).
        bias: One number a filter, shape (filters,), or None.
    """

    depthwise_kernel: Array
    pointwise_kernel: Array
    bias: Array | None = None

    def _check_kernel(self) -> None:
        depthwise, pointwise = self.depthwise_kernel.shape, self.pointwise_kernel.shape
        fits = len(depthwise) == len(pointwise) == 3 and 0 not in (*depthwise, *pointwise)
        if not fits or pointwise[:2] != (1, depthwise[1] * depthwise[2]):
            raise ModelError(
                f"depthwise kernel {depthwise} and pointwise kernel {pointwise} do not fit",
                remedy="their shapes are (kernel size, input channels, n) and (1, input channels × n, filters)",
            )

    @property
    def along(self) -> Array:
        """The kernel along the axis."""
        return self.depthwise_kernel

    @property
    def filters(self) -> int:
        """How many filters there are, which is how many feature maps come out."""
        return int(self.pointwise_kernel.shape[2])

    def weights_of(self, filter_index: int) -> tuple[range, Array]:
        """Return all channels, and the weights of the ordinary convolution that answers the same, rounding aside."""
        _, channels, multiplier = self.depthwise_kernel.shape
        across = self.pointwise_kernel[0, :, filter_index].reshape(channels, multiplier)
        weights: Array = np.einsum("kcm,cm->kc", self.depthwise_kernel, across)
        return range(channels), weights

    def _summed(self, x: Array) -> Array:
        return product(self._by_channel(x), self.pointwise_kernel[0])

    def _transposed(self, pulled: Array, x: Array) -> Array:
        return self._transposed_by_channel(product(pulled, self.pointwise_kernel[0].T), x)

    def _tap_products(self, read: Array, tap: int) -> Array:
        by_channel = (read[..., None] * self.depthwise_kernel[tap]).reshape(-1, self.pointwise_kernel.shape[1])
        return product(by_channel, self.pointwise_kernel[0]).reshape(*read.shape[:-1], self.filters)
