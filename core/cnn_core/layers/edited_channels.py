"""What edits make of an array that each change some channels of it at every position, and nothing else.

A layer that sums the channels needs the differences in these alone. Any other is given `values`, which are laid out
only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from numpy.typing import NDArray

from .edited import Edited, Rows, Spans
from .shapes import Array, Mask
from .windows import Sliding

__all__ = ["EditedChannels", "units_times"]


class EditedChannels(Edited):
    """An array, and what each edit makes of its own channels.

    Args:
        unedited: The array without an edit, shape (length, channels) or (units,).
        own: The channels, or units, of each edit, shape (edits, own).
        replaced: What stands there instead, shape (length, edits, own) or (edits, own).
        products: What `units_times` gives for some kernels, by their `id`, where that is known already.
    """

    own: NDArray[np.int64]
    replaced: Array
    products: Mapping[int, Array]

    def __init__(
        self,
        unedited: Array,
        own: NDArray[np.int64],
        replaced: Array,
        products: Mapping[int, Array] = MappingProxyType({}),
    ) -> None:
        # The fields of a frozen class; `values` are laid out where they are asked for.
        spans = Spans.whole(len(own), len(unedited))
        self.__dict__.update(unedited=unedited, spans=spans, own=own, replaced=replaced, products=products)

    @cached_property
    def values(self) -> Array:
        """What each edit makes of the whole array, shape (length, edits, …)."""
        edits = np.arange(len(self.own))[:, None]
        values = np.repeat(self.unedited[:, None], len(self.own), axis=1)
        if values.ndim == 2:
            values[self.own, edits] = self.replaced
        else:
            values[:, edits, self.own] = self.replaced
        return values

    @cached_property
    def added_there(self) -> Array:
        """What each edit adds to its own channels, of the shape of `replaced`."""
        added: Array = self.replaced - self.unedited[..., self.own]
        return added

    def some(self, edits: slice | NDArray[np.int64]) -> EditedChannels:
        """Return what some of the edits make of the array."""
        products = {kernel: each[edits] for kernel, each in self.products.items()}
        return EditedChannels(self.unedited, self.own[edits], self.replaced[..., edits, :], products)

    def differences_times(self, kernel: Array) -> tuple[Mask, Rows]:
        """Return which positions differ at all, and the differences of all times a kernel, see `Edited`."""
        added = self.added_there
        changed: Mask = np.logical_or.reduce(added != 0, axis=2)
        if self.own.shape[1] == 1:
            return changed, _OneChannelRows(added[..., 0], kernel[self.own[:, 0]])
        return changed, np.matmul(added.transpose(1, 0, 2), kernel[self.own]).transpose(1, 0, 2)

    def units_times(self, kernel: Array) -> Array:
        """Return the differences of all units times a kernel.

        Args:
            kernel: Shape (units, n).

        Returns:
            Shape (edits, n).
        """
        if self.unedited.ndim > 1:
            return super().units_times(kernel)
        known = self.products.get(id(kernel))
        return units_times([self.added_there], self.own, kernel)[:, 0] if known is None else known

    def windows_times(self, sliding: Sliding, kernel: Array) -> Array:
        """Return the differences under windows, with zeros in the padding, times a kernel.

        Args:
            sliding: The windows.
            kernel: Shape (size, channels, n).

        Returns:
            Shape (windows, edits, n).
        """
        length, edits, own = self.replaced.shape
        windows, left = sliding.output_length(length), sliding.pads(length)[0]
        padded = np.zeros(((windows - 1) * sliding.stride + sliding.span, edits, own), dtype=np.float32)
        inside = padded[left : left + length]
        inside[:] = self.added_there[: len(inside)]
        under = sliding_window_view(padded, sliding.span, axis=0)[:: sliding.stride, ..., :: sliding.dilation]
        # One matrix product an edit, of its own channels under all taps.
        rows = under.transpose(1, 0, 3, 2).reshape(edits, windows, -1)
        weights = kernel[:, self.own].transpose(1, 0, 2, 3).reshape(edits, rows.shape[2], -1)
        added: Array = np.matmul(rows, weights).transpose(1, 0, 2)
        return added


@dataclass(frozen=True, eq=False)
class _OneChannelRows:
    """Differences of one channel times a kernel, multiplied as they are read, so that they stay near a core.

    Attributes:
        added: The differences, shape (positions, edits).
        weights: The kernel's row of each edit, shape (edits, n).
    """

    added: Array
    weights: Array

    def __len__(self) -> int:
        return len(self.added)

    def __getitem__(self, at: Any, /) -> Any:
        if isinstance(at, slice):
            return _OneChannelRows(self.added[at], self.weights)
        weights = self.weights[at[1]] if isinstance(at, tuple) else self.weights
        return self.added[at][..., None] * weights


def units_times(added: Sequence[Array], own: NDArray[np.int64], kernel: Array) -> Array:
    """Return what edits add to their own units of several arrays, times a kernel, which is read once for all.

    Args:
        added: Of each array, shape (edits, own).
        own: The units of each edit, shape (edits, own).
        kernel: Shape (units, n).

    Returns:
        Shape (edits, arrays, n).
    """
    products: Array = np.matmul(np.stack(added, axis=1), _rows(kernel, own))
    return products


def _rows(kernel: Array, own: NDArray[np.int64]) -> Array:
    """Return the rows of a kernel that belong to each edit, shape (edits, own, n); not copied if equally far apart."""
    first, steps = own[0, 0], (own[-1, 0] - own[0, 0], own[0, -1] - own[0, 0])
    each, along = (int(step) // max(1, count - 1) for step, count in zip(steps, own.shape, strict=True))
    edits, places = np.arange(own.shape[0])[:, None], np.arange(own.shape[1])
    if min(each, along) < 0 or not (own == first + each * edits + along * places).all():
        return kernel[own]
    row, column = kernel.strides
    strides = (each * row, along * row, column)
    return as_strided(kernel[first:], (*own.shape, kernel.shape[1]), strides, writeable=False)
