"""A convolution on letters, without multiplying: words of a few letters look up what they add to every filter.

One-hot rows are zero but for one channel, so a tap's product is a row of its kernel, and the sum of a few taps is a
row of a table: see `word_tables`. Adding in one fixed order also makes the numbers exact to repeat: equal windows
give equal responses to the last bit, at any position, in any stretch, for any number of threads and on any machine,
which no blocked matrix product promises.

Words are of A, C, G and T. A window that holds anything else (an ambiguous letter, padding) is added up by its
taps, piece by piece in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Conv1D, activation_function
from ..layers.shapes import pad_ends
from ..letters.alphabet import BASE_SET, BASES, PADDING, Ambiguity, check_ambiguity
from .compiled import LargestSums, compile_for, largest_sums
from .word_sums import WordSums
from .word_tables import aligned, tables_of

__all__ = ["LetterConvolution"]

_PART_VALUES = 3 << 13
"""Values whose activations are computed at a time."""
_STRETCH = 1 << 16
"""Bases whose words are worked out at a time."""
_OFTEN_ADDED = 4
"""In how many pool windows the compiled loop adds a response up again faster than numpy does once."""
_LARGE_PRODUCT = 100
"""Up to which product a float32 keeps enough of the small ones beside it; penalties for a letter are often larger."""
_RELU = activation_function("relu")


class LetterConvolution:
    """A `Conv1D` that reads letters, as tables of what letters and words add.

    Args:
        conv: The convolution.
        channels: The model's channel order.
        ambiguity: What an ambiguous letter adds.
    """

    def __init__(self, conv: Conv1D, channels: str = BASES, ambiguity: Ambiguity | str = Ambiguity.ZERO) -> None:
        self._channels = channels
        self._ambiguity = Ambiguity(ambiguity)
        self._sliding = conv.sliding
        self._bias = conv.bias
        self._activation = conv.activation
        self._words = tables_of(conv, channels, self._ambiguity)

    @property
    def tables(self) -> Array:
        """What a set of bases adds at each tap, shape (taps, 16, filters); nothing for padding."""
        return self._words.taps

    @property
    def cancels(self) -> bool:
        """Whether a product is so large that a sum, once it is taken away again, is not what the others add up to."""
        return not np.abs(self.tables).max() <= _LARGE_PRODUCT

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Between which responses each filter lies, whatever the letters, each of shape (filters,)."""
        lowest, highest = self._words.bounds
        return self._biased(lowest.copy()), self._biased(highest.copy())

    @property
    def base_bounds(self) -> tuple[Array, Array]:
        """Between which responses each filter lies over A, C, G and T, each of shape (filters,); both are reached."""
        lowest, highest = self._words.base_bounds
        return self._biased(lowest.copy()), self._biased(highest.copy())

    def for_filter(self, filter_index: int) -> LetterConvolution:
        """Return one filter by itself, whose responses are the same to the last bit.

        Args:
            filter_index: The filter, which becomes filter 0.
        """
        alone = copy(self)
        alone._words = self._words.for_filter(filter_index)
        alone._bias = None if self._bias is None else self._bias[filter_index : filter_index + 1]
        return alone

    def products(self, codes: NDArray[np.uint8], filter_index: int) -> Array:
        """Return what every tap of one window adds to one filter's response.

        Args:
            codes: The letters under the taps, padding included, shape (taps,).
            filter_index: The filter.

        Returns:
            Products, shape (taps,).
        """
        products: Array = self.tables[np.arange(len(codes)), codes & BASE_SET, filter_index]
        return products

    def responses(self, codes: NDArray[np.uint8], first_base: int = 0) -> Array:
        """Return every filter's response at every window of a stretch, bias included.

        Args:
            codes: From the first tap of the first window to the last tap of the last, padding included, shape
                (span + (windows − 1) × stride,).
            first_base: The base under the first tap, below 0 in the padding; only a message needs it.

        Returns:
            Responses, shape (windows, filters).

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous; the message names its base.
        """
        windows = self._windows(codes, first_base)
        span, stride = self._sliding.span, self._sliding.stride
        summed = np.empty((windows, self._words.filters), dtype=np.float32)
        at_once = max(1, _STRETCH // stride)
        for start in range(0, windows, at_once):
            part = summed[start : start + at_once]
            first = start * stride
            WordSums(codes[first : first + (len(part) - 1) * stride + span], self._words, self._sliding).write(part)
        return self._biased(summed)

    def pooled(
        self,
        codes: NDArray[np.uint8],
        size: int,
        step: int,
        function: Callable[[Array], Array] | None = None,
        first_base: int = 0,
    ) -> Array:
        """Return what a function makes of every filter's largest response under every pool window of a stretch.

        The responses are those of `responses` to the last bit, and are never all in memory. Of a function that
        never falls, this is the largest activation.

        Args:
            codes: From the first tap of the first pool window to the last tap of the last, padding included.
            size: Responses under a pool window.
            step: Responses from one pool window to the next.
            function: What is applied to the responses, bias included, elementwise; None is nothing.
            first_base: The base under the first tap, below 0 in the padding; only a message needs it.

        Returns:
            Values, shape (pool windows, filters).

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous; the message names its base.
        """
        windows = self._windows(codes, first_base)
        span, stride = self._sliding.span, self._sliding.stride
        cells = max(0, (windows - size) // step + 1)
        largest = aligned((cells, self._words.filters))
        # The compiled loop does not look for what is not a number, and adds a sum up again for each pool window.
        loop = None
        if self._words.is_finite and size <= _OFTEN_ADDED * step:
            loop = largest_sums(len(self._words.sizes), self._words.lanes)
        at_once = max(1, _STRETCH // (step * stride))
        for start in range(0, cells, at_once):
            part = largest[start : start + at_once]
            first = start * step * stride
            here = codes[first : first + ((len(part) - 1) * step + size - 1) * stride + span]
            if loop is not None:
                self._write_compiled(loop, here, part, (size, step), function)
                continue
            for tile in WordSums(here, self._words, self._sliding).write_largest(part, size, step, self._bias):
                self._activate(tile, function)
        return largest

    def _windows(self, codes: NDArray[np.uint8], first_base: int) -> int:
        """Return how many windows lie in a stretch, if no letter is refused."""
        check_ambiguity(codes, self._channels, self._ambiguity, first_base)
        return max(0, (len(codes) - self._sliding.span) // self._sliding.stride + 1)

    def prepare(self, windows: int) -> None:
        """Load what makes `pooled` faster, if loading it takes less time than it saves on this many windows.

        Args:
            windows: How many windows are going to be added up.
        """
        if self._words.is_finite:
            compile_for(len(self._words.sizes), self._words.lanes, self._words.filters, windows)

    def _write_compiled(
        self,
        loop: LargestSums,
        codes: NDArray[np.uint8],
        out: Array,
        pool: tuple[int, int],
        function: Callable[[Array], Array] | None,
    ) -> None:
        lines = self._words.lines
        bias = np.array([] if self._bias is None else self._bias, dtype=np.float32)
        window = self._sliding.stride, self._sliding.dilation
        is_relu = function is _RELU
        floor = np.float32(0 if is_relu else -np.inf)
        loop(lines.words, lines.taps, lines.cut, np.ascontiguousarray(codes), window, pool, bias, floor, out)
        if not is_relu:
            self._activate(out, function)

    def _activate(self, values: Array, function: Callable[[Array], Array] | None) -> None:
        if function is None:
            return
        # In parts, for whose results no new pages are asked of the system.
        rows = max(1, _PART_VALUES // self._words.filters)
        for row in range(0, len(values), rows):
            part = values[row : row + rows]
            part[:] = function(part)

    def forward(self, codes: NDArray[np.uint8]) -> Array:
        """Return every filter's activation at every window of a whole input.

        Args:
            codes: The letters of the input window, shape (length,).

        Returns:
            Activations, shape (windows, filters).
        """
        left, right = self._sliding.pads(len(codes))
        padded = pad_ends(codes, left, right, PADDING)
        return activation_function(self._activation)(self.responses(padded, -left))

    def _biased(self, sums: Array) -> Array:
        if self._bias is not None:
            sums += self._bias
        return sums
