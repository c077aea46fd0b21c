"""The convolution turned round: every position adds a weighted pattern to the output, several positions further on.

Sources: Keras, `keras.layers.Conv1DTranspose`; PyTorch, `torch.nn.ConvTranspose1d`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, SettingError, ShapeError, TooShortError
from .activated_layer import ActivatedLayer
from .activation_functions import activation_function
from .composition import Composition, ComputedValue, weighted_sum
from .shapes import Array, Mask, Shape, axis_length, check_bias, check_smallest, pad_ends, product, spatial
from .windows import Alignment, Padding

__all__ = ["Conv1DTranspose"]


@dataclass(frozen=True, eq=False)
class Conv1DTranspose(ActivatedLayer):
    """Every position adds its channels, weighted, to a window of the output; the windows lie a stride apart.

    Attributes:
        kernel: Weights, shape (kernel size, filters of a group, input channels), as Keras has them.
        bias: One number a filter, shape (filters,), or None.
        stride: Positions of the output from one window to the next.
        padding: `valid` for all of the output, `same` for the input's length times the stride, or how many positions
            go on the left and on the right, as PyTorch's `padding` on both.
        output_padding: How many positions come on the right; None for as many as Keras adds, or for none where the
            padding is numbers. Keras counts those of `same` from another length, which is kept.
        dilation: Positions between neighbouring taps of a window.
        groups: How many groups of channels have filters of their own.
        activation: The name of the activation function.
    """

    kernel: Array
    bias: Array | None = None
    stride: int = 1
    padding: Padding | str | tuple[int, int] = Padding.VALID
    output_padding: int | None = None
    dilation: int = 1
    groups: int = 1
    activation: str = "linear"

    def __post_init__(self) -> None:
        if self.kernel.ndim != 3 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not one of a Conv1DTranspose",
                remedy="its shape is (kernel size, filters, channels)",
            )
        check_smallest(1, stride=self.stride, dilation=self.dilation, groups=self.groups)
        check_smallest(0, output_padding=self.output_padding or 0)
        if self.input_channels % self.groups:
            raise ModelError(
                f"{self.input_channels} channels do not fall into {self.groups} groups",
                remedy="every group has equally many",
            )
        if isinstance(self.padding, tuple):
            if len(self.padding) != 2 or min(self.padding) < 0:
                raise SettingError(f"there is no padding {self.padding}", remedy="it is two numbers from 0")
        elif Padding(self.padding) is Padding.CAUSAL:
            raise SettingError("a Conv1DTranspose has no causal padding", remedy="it is valid or same")
        check_bias(self.bias, (self.filters,), f"{self.filters} filters")
        activation_function(self.activation)

    @property
    def kernel_size(self) -> int:
        """Positions of the output that one of the input adds to."""
        return int(self.kernel.shape[0])

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.kernel.shape[2])

    @property
    def filters(self) -> int:
        """How many filters there are."""
        return int(self.kernel.shape[1]) * self.groups

    @property
    def span(self) -> int:
        """How long a window is, gaps included."""
        return (self.kernel_size - 1) * self.dilation + 1

    @property
    def cropped(self) -> tuple[int, int]:
        """How many positions of all windows together go on the left and right; below 0 where zeros come instead."""
        span, more = self.span, self.output_padding
        if isinstance(self.padding, tuple):
            return self.padding[0], self.padding[1] - (more or 0)
        if Padding(self.padding) is Padding.VALID:
            return 0, -(max(0, self.stride - span) if more is None else more)
        # Source: Keras 3.15, `backend_utils._convert_conv_transpose_padding_args_from_keras_to_jax`.
        pads = self.stride + span - 2 if more is None else span + span % 2 - 2 + more
        left = min((pads + 1) // 2, span - 1)
        return span - 1 - left, span - 1 - (pads - left)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (length of the output, filters).

        Raises:
            ShapeError: The channels differ from the kernel's, or nothing is left.
        """
        length, channels = spatial(shape, self.type)
        if channels != self.input_channels:
            raise ShapeError(
                f"{self.type} reads {self.input_channels} channels, not {channels}",
                remedy=f"give it an input of {self.input_channels} channels",
            )
        if length is None:
            return None, self.filters
        left, right = self.cropped
        found = self._whole_length(length) - left - right
        if found < 1:
            raise TooShortError(
                f"length {length} is too short to lose {left + right} positions", remedy="give it a longer input"
            )
        return found, self.filters

    def _whole_length(self, length: int) -> int:
        return (length - 1) * self.stride + self.span

    def _under_tap(self, tap: int, length: int) -> slice:
        """Return which positions of all windows together a tap of every window lies on."""
        first = tap * self.dilation
        return slice(first, first + (length - 1) * self.stride + 1, self.stride)

    def responses(self, x: Array) -> Array:
        """Return what the windows add up to, bias included, before the activation function."""
        whole = np.zeros((self._whole_length(len(x)), self.filters), dtype=np.float32)
        for group in range(self.groups):
            channels, filters = self._group(group)
            kernel = self.kernel[:, :, channels]
            added = product(x[:, channels], kernel.transpose(2, 0, 1).reshape(kernel.shape[2], -1))
            windows = added.reshape(len(x), self.kernel_size, -1)
            for tap in range(self.kernel_size):
                whole[self._under_tap(tap, len(x)), filters] += windows[:, tap]
        left, right = self.cropped
        kept = whole[max(0, left) : len(whole) - max(0, right)]
        summed = pad_ends(kept, max(0, -left), max(0, -right))
        return summed if self.bias is None else summed + self.bias

    def _group(self, group: int) -> tuple[slice, slice]:
        """Return the channels and the filters of a group."""
        channels, filters = self.input_channels // self.groups, self.filters // self.groups
        return slice(group * channels, (group + 1) * channels), slice(group * filters, (group + 1) * filters)

    def _uncropped(self, values: Array, length: int) -> Array:
        """Return values of the output, shape (positions, …), over all windows of so many positions together."""
        left, right = self.cropped
        inside = values[max(0, -left) : len(values) - max(0, -right)]
        before = max(0, left)
        return pad_ends(inside, before, self._whole_length(length) - before - len(inside))

    def _transposed(self, pulled: Array, x: Array) -> Array:
        length = len(x)
        whole = self._uncropped(pulled, length)
        found = np.zeros((length, self.input_channels), dtype=np.float32)
        for group in range(self.groups):
            channels, filters = self._group(group)
            for tap in range(self.kernel_size):
                read = whole[self._under_tap(tap, length), filters]
                found[:, channels] += product(read, self.kernel[tap, :, channels])
        return found

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions whose windows lie over a wanted one."""
        length = axis_length(shapes[0])
        whole = self._uncropped(wanted.astype(np.float32), length)
        taps = [whole[self._under_tap(tap, length)] > 0 for tap in range(self.kernel_size)]
        read: Mask = np.logical_or.reduce(taps)
        return (read,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products of all channels at the positions whose windows lie over the value."""
        place, unit = of.index[0] + self.cropped[0], of.index[1]
        taps = np.arange(self.kernel_size)
        positions, apart = np.divmod(place - taps * self.dilation, self.stride)
        inside = (apart == 0) & (positions >= 0) & (positions < len(of.x))
        group, filter_index = divmod(unit, self.filters // self.groups)
        channels = self._group(group)[0]
        weights = self.kernel[taps[inside], filter_index, channels]
        along = np.arange(channels.start, channels.stop)
        places = tuple(axis.reshape(-1) for axis in np.meshgrid(positions[inside], along, indexing="ij"))
        return weighted_sum(
            of,
            places,
            weights.reshape(-1),
            unit=unit,
            bias=self.bias,
            activation=self.activation,
            units=self.filters,
        )

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the finer steps along the input's axis; None where they would be parts of a base."""
        coarse = inputs[0]
        if coarse is None or coarse.stride % self.stride:
            return None
        step = coarse.stride // self.stride
        left = self.cropped[0]
        first = left - self.span + self.stride if step > 0 else left
        windows = -(-self.span // self.stride)
        span = coarse.span + (windows - 1) * abs(coarse.stride)
        return Alignment(coarse.first_base + first * step, step, span)
