"""Convolutions: every filter slides along the axis and answers once a window.

Source: Keras, `keras.layers.Conv1D`; those that go along every channel for itself are in `depthwise`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, NotFoundError, SettingError, ShapeError
from .activated_layer import ActivatedLayer
from .activation_functions import activation_function
from .base import SlidingLayer, spans_of
from .composition import Composition, ComputedValue, Taps, tap_sum
from .edited import Edited, Spans, alike, rows_of
from .edited_channels import EditedChannels
from .shapes import Array, Shape, check_bias, product, spatial
from .tap_sums import multiply, sum_over_taps
from .windows import Padding, Pair, Sliding, checked_padding

__all__ = ["Conv1D", "Convolution1D"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Convolution1D(ActivatedLayer, SlidingLayer):
    """What all convolutions share; each is a cross-correlation: the kernel is not flipped.

    Attributes:
        stride: Positions between neighbouring windows.
        padding: `valid`, `same` or `causal`, or positions of zeros left and right, as PyTorch has it.
        dilation: Positions between neighbouring taps of the kernel.
        activation: The name of the activation function.
        filter_names: What the filters are called, one name each, or nothing.
    """

    takes_holes: ClassVar[bool] = True
    stride: int = 1
    padding: Padding | str | Pair = Padding.VALID
    dilation: int = 1
    activation: str = "linear"
    filter_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_kernel()
        check_bias(self.bias, (self.filters,), f"{self.filters} filters")
        if self.filter_names and len(self.filter_names) != self.filters:
            raise ModelError(
                f"{len(self.filter_names)} names for {self.filters} filters", remedy="give one a filter"
            )
        activation_function(self.activation)
        _ = self.sliding

    @property
    @abstractmethod
    def bias(self) -> Array | None:
        """One number a filter, shape (filters,), or None."""

    @abstractmethod
    def _check_kernel(self) -> None:
        """Refuse a kernel that does not fit the settings."""

    @cached_property
    def sliding(self) -> Sliding:
        """The window and how it moves."""
        return Sliding(self.kernel_size, self.stride, checked_padding(self.padding), self.dilation)

    @property
    @abstractmethod
    def along(self) -> Array:
        """The weights along the axis, shape (kernel size, input channels, n); of groups, the channels of one."""

    @property
    def kernel_size(self) -> int:
        """Positions that a filter reads at once."""
        return int(self.along.shape[0])

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.along.shape[1])

    @property
    @abstractmethod
    def filters(self) -> int:
        """How many filters there are, which is how many feature maps come out."""

    @abstractmethod
    def weights_of(self, filter_index: int) -> tuple[range, Array]:
        """Return which channels a filter reads, and its weight for each at every tap.

        Args:
            filter_index: The filter.

        Returns:
            The channels, and weights of shape (kernel size, channels).
        """

    def full_kernel(self) -> Array:
        """Return the kernel with zeros where a filter does not read a channel.

        Returns:
            Weights, shape (kernel size, input channels, filters).
        """
        full = np.zeros((self.kernel_size, self.input_channels, self.filters), dtype=np.float32)
        for index in range(self.filters):
            channels, weights = self.weights_of(index)
            full[:, channels.start : channels.stop, index] = weights
        return full

    def find_filter(self, text: str, where: str) -> int:
        """Return the filter of a number or a name.

        Args:
            text: A filter's number, counted from 0, or its name in any case.
            where: What the layer is called, for the error.

        Raises:
            NotFoundError: There is no such filter.
        """
        names = [name.casefold() for name in self.filter_names]
        if text.casefold() in names:
            return names.index(text.casefold())
        if text.isascii() and text.isdigit() and int(text) < self.filters:
            return int(text)
        listed = f" or {', '.join(self.filter_names)}" if self.filter_names else ""
        raise NotFoundError(
            f"{where} has no filter '{text}'", remedy=f"its filters are 0 to {self.filters - 1}{listed}"
        )

    def bias_of(self, filter_index: int) -> float:
        """Return a filter's bias, 0 for a layer without one."""
        return 0.0 if self.bias is None else float(self.bias[filter_index])

    def with_filters(self, filters: Mapping[int, tuple[Array, float]]) -> Self:
        """Return the layer with other weights and biases of some filters.

        Args:
            filters: By the filter's number its weights as in `weights_of`, shape (kernel size, channels), and its
                bias.

        Raises:
            SettingError: The layer's filters have no weights along the axis of their own.
        """
        raise SettingError(
            f"a {self.type} has one kernel along the axis for all its filters, so that none changes alone",
            remedy="edit the filters of a Conv1D or a DepthwiseConv1D",
        )

    def with_weights_of(self, other: Self) -> Self:
        """Return the layer with the weights of another one of its kind and size, and the settings of its own."""
        weights: dict[str, Any] = {**other.weights(), "bias": other.bias}
        return replace(self, **weights)

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
                f"{self.type} reads {self.input_channels} channels, not {channels}",
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
        summed = self._summed(x)
        if self.bias is not None:
            summed += self.bias
        return summed

    @abstractmethod
    def _summed(self, x: Array) -> Array:
        """Return a new array of the responses without the bias."""

    def _by_channel(self, x: Array) -> Array:
        """Return the sums along the axis of every channel for itself, shape (windows, input channels × n)."""
        outputs = self.sliding.output_length(len(x))
        summed = np.zeros((outputs, *self.along.shape[1:]), dtype=np.float32)
        added = np.empty_like(summed)
        for tap, read in self.tap_values(x):
            np.multiply(read[:, :, None], self.along[tap], out=added)
            summed += added
        return summed.reshape(outputs, -1)

    def _transposed_by_channel(self, pulled: Array, x: Array) -> Array:
        """Return the gradient at the input, given that at the sums of every channel for itself."""
        each = pulled.reshape(len(pulled), *self.along.shape[1:])
        return self.added_under_taps(
            len(x), self.along.shape[1], lambda tap: np.einsum("wcn,cn->wc", each, self.along[tap])
        )

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return the responses."""
        return (output if self.activation == "linear" else self.responses(*inputs),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the activations: the responses, and what each tap adds of the differences that lie under it."""
        (x,), read = inputs, self.sliding.reading(spans, len(inputs[0].unedited))
        if max(spans.step, x.spans.step) > 1 and spans.width <= x.spans.reach:
            responses, added = rows_of(remembered[0], spans), x.added()
            for tap in range(self.kernel_size):
                under = Spans(read.first + tap * self.dilation, spans.width, spans.step * self.stride)
                responses += self._tap_products(added.rows(under), tap)
        else:
            x = x.without_holes()
            responses, differences = rows_of(remembered[0], spans.without_holes), x.differences()
            # How far each edit's differences lie from the first tap of its first window.
            for place, mine in alike(x.spans.first - read.first):
                self._add(responses, differences, place, mine)
            responses = responses[:: spans.step]
        return activation_function(self.activation)(responses)

    def _add(self, responses: Array, differences: Array, place: int, edits: slice | NDArray[np.int64]) -> None:
        """Add what some edits change, whose differences all lie at one place of their windows."""
        for tap, read, windows in self.sliding.under_taps(place, len(differences), len(responses)):
            responses[windows, edits] += self._tap_products(differences[read, edits], tap)

    @abstractmethod
    def _tap_products(self, read: Array, tap: int) -> Array:
        """Return what one tap adds to every response, for values of shape (…, input channels)."""

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products under the filter's window, of the channels that it reads."""
        position, index = of.index
        taps = Taps.of(of.x, self.sliding.window(position, len(of.x)), *self.weights_of(index))
        return tap_sum(of, taps, unit=index, bias=self.bias, activation=self.activation, units=self.filters)


@dataclass(frozen=True, eq=False)
class OneKernelConvolution(Convolution1D):
    """What the convolutions of one kernel share."""

    kernel_axes: ClassVar[str]
    """What the axes of the kernel hold."""
    kernel: Array
    bias: Array | None = None

    def _check_kernel(self) -> None:
        if self.kernel.ndim != 3 or 0 in self.kernel.shape:
            raise ModelError(
                f"kernel of shape {self.kernel.shape} is not a {self.type} kernel",
                remedy=f"its shape is ({self.kernel_axes})",
            )

    @property
    def along(self) -> Array:
        """The kernel."""
        return self.kernel

    def with_filters(self, filters: Mapping[int, tuple[Array, float]]) -> Self:
        """Return the layer with other weights and biases of some filters; it gets a bias where one is not 0."""
        kernel = self.kernel.copy()
        bias = np.zeros(self.filters, dtype=np.float32) if self.bias is None else self.bias.copy()
        for index, (weights, added) in filters.items():
            self._column(kernel, index)[:] = weights
            bias[index] = added
        return replace(self, kernel=kernel, bias=None if self.bias is None and not bias.any() else bias)

    @abstractmethod
    def _column(self, kernel: Array, filter_index: int) -> Array:
        """Return the part of a kernel that is one filter's, shape (kernel size, channels that it reads)."""


@dataclass(frozen=True, eq=False)
class Conv1D(OneKernelConvolution):
    """A one-dimensional convolution.

    Attributes:
        kernel: Weights, shape (kernel size, input channels / groups, filters).
        bias: One number a filter, shape (filters,), or None.
        groups: Into how many groups the channels and the filters are split; a filter reads its own group.
    """

    kernel_axes: ClassVar[str] = "kernel size, input channels, filters"
    groups: int = field(default=1, kw_only=True)

    def _check_kernel(self) -> None:
        super()._check_kernel()
        if self.groups < 1 or self.filters % self.groups:
            raise ModelError(
                f"{self.filters} filters cannot be split into {self.groups} groups",
                remedy="the number of groups divides the number of filters",
            )

    @property
    def input_channels(self) -> int:
        """How many channels the layer reads."""
        return super().input_channels * self.groups

    @property
    def filters(self) -> int:
        """How many filters there are, which is how many feature maps come out."""
        return int(self.kernel.shape[2])

    def weights_of(self, filter_index: int) -> tuple[range, Array]:
        """Return the channels of the filter's group, and its weight for each at every tap."""
        width = int(self.kernel.shape[1])
        group = filter_index // (self.filters // self.groups)
        return range(group * width, (group + 1) * width), self._column(self.kernel, filter_index)

    def _column(self, kernel: Array, filter_index: int) -> Array:
        return kernel[:, :, filter_index]

    def full_kernel(self) -> Array:
        """Return the kernel; of groups, with zeros where a filter does not read another group's channels."""
        return self.kernel if self.groups == 1 else super().full_kernel()

    def _summed(self, x: Array) -> Array:
        taps, read = self.taps_together(x)
        return sum_over_taps(read, self.kernel[taps.start : taps.stop], self.groups)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the activations, see `Convolution1D`; where an edit changes some channels alone, of these alone."""
        (x,) = inputs
        if not isinstance(x, EditedChannels) or self.groups > 1:
            return super().compute(spans, remembered, *inputs)
        added = spans_of(x.windows_times(self.sliding, self.kernel), spans)
        return activation_function(self.activation)(rows_of(remembered[0], spans) + added)

    def _add(self, responses: Array, differences: Array, place: int, edits: slice | NDArray[np.int64]) -> None:
        sliding = self.sliding
        first, stop = max(0, place - sliding.size + 1), min(len(responses), place + 1)
        if len(differences) > 1 or sliding.stride * sliding.dilation * self.groups > 1 or first >= stop:
            super()._add(responses, differences, place, edits)
            return
        # All taps read the one position; the last of them in the first window.
        taps = self.kernel[place - stop + 1 : place - first + 1][::-1]
        responses[first:stop, edits] += product(differences[0, edits], taps)

    def _tap_products(self, read: Array, tap: int) -> Array:
        rows = read.reshape(-1, read.shape[-1])
        products = np.empty((len(rows), self.filters), dtype=np.float32)
        multiply(rows, self.kernel[tap], self.groups, products)
        return products.reshape(*read.shape[:-1], self.filters)

    def _transposed(self, pulled: Array, x: Array) -> Array:
        per_group = self.filters // self.groups
        groups = [slice(group * per_group, (group + 1) * per_group) for group in range(self.groups)]

        def of_tap(tap: int) -> Array:
            weighted = [product(pulled[:, mine], self.kernel[tap][:, mine].T) for mine in groups]
            return weighted[0] if len(weighted) == 1 else np.concatenate(weighted, axis=1)

        return self.added_under_taps(len(x), self.input_channels, of_tap)
