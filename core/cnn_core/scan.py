"""A convolution on letters, without multiplying: each tap looks its weights up by letter and adds them.

One-hot rows are zero but for one channel, so a tap's product is a row of its kernel. Adding tap after tap in one
fixed order also makes the numbers exact to repeat: equal windows give equal responses to the last bit, at any
position, in any stretch and on any machine, which no blocked matrix product promises.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .alphabet import BASES, PADDING, Ambiguity, check_ambiguity, one_hot_table
from .layers import Array, Conv1D, activation_function

__all__ = ["LetterConvolution"]

_BASE_SET = 0x0F


class LetterConvolution:
    """A `Conv1D` that reads letters, as tables of what each letter adds at each tap.

    Args:
        conv: The convolution.
        channels: The model's channel order.
        ambiguity: What an ambiguous letter adds.

    Attributes:
        tables: What a set of bases adds, shape (taps, 16, filters); nothing for padding.
    """

    def __init__(self, conv: Conv1D, channels: str = BASES, ambiguity: Ambiguity | str = Ambiguity.ZERO) -> None:
        self._conv = conv
        self._channels = channels
        self._ambiguity = Ambiguity(ambiguity)
        # Under `error`, ambiguous letters are refused before any lookup.
        policy = Ambiguity.ZERO if self._ambiguity is Ambiguity.ERROR else self._ambiguity
        rows = one_hot_table(channels, policy)
        kernel = conv.full_kernel()
        self.tables: Array = np.zeros((conv.kernel_size, len(rows), conv.filters), dtype=np.float32)
        for channel in range(rows.shape[1]):
            self.tables += rows[None, :, channel, None] * kernel[:, None, channel, :]

    def products(self, codes: NDArray[np.uint8], filter_index: int) -> Array:
        """Return what every tap of one window adds to one filter's response.

        Args:
            codes: The letters under the taps, padding included, shape (taps,).
            filter_index: The filter.

        Returns:
            Products, shape (taps,).
        """
        products: Array = self.tables[np.arange(len(codes)), codes & _BASE_SET, filter_index]
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
        check_ambiguity(codes, self._channels, self._ambiguity, first_base)
        sliding = self._conv.sliding
        windows = max(0, (len(codes) - sliding.span) // sliding.stride + 1)
        reach = max(0, (windows - 1) * sliding.stride + 1)
        letters = (codes & _BASE_SET).astype(np.intp)
        summed = np.zeros((windows, self._conv.filters), dtype=np.float32)
        added = np.empty_like(summed)
        for tap, table in enumerate(self.tables):
            first = tap * sliding.dilation
            np.take(table, letters[first : first + reach : sliding.stride], axis=0, out=added, mode="clip")
            summed += added
        if self._conv.bias is not None:
            summed += self._conv.bias
        return summed

    def forward(self, codes: NDArray[np.uint8]) -> Array:
        """Return every filter's activation at every window of a whole input.

        Args:
            codes: The letters of the input window, shape (length,).

        Returns:
            Activations, shape (windows, filters).
        """
        left, right = self._conv.sliding.pads(len(codes))
        padded = np.pad(codes, (left, right), constant_values=PADDING)
        return activation_function(self._conv.activation)(self.responses(padded, -left))
