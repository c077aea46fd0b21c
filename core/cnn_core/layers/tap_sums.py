"""Sums over the taps of a kernel, as matrix products that stay near a core.

One product a tap over the whole axis would write and read an array of the output's size for each of them. BLAS would
also split each among threads of its own, which wait for each other; here a thread takes rows of its own instead.
"""

from __future__ import annotations

import numpy as np

from ..work.cores import share
from .shapes import Array

__all__ = ["multiply", "sum_over_taps"]

_PRODUCTS = 1 << 18
"""How many numbers a matrix product multiplies at the most, where its rows are split: BLAS takes no threads for so
few."""
_FEWEST_ROWS = 16
_HELD = 1 << 18
"""Numbers that stay near a core between their product and their sum."""
_SHARED = 1 << 24
"""From so many numbers to multiply on, other cores help."""


def sum_over_taps(read: Array, kernel: Array, groups: int) -> Array:
    """Return what the taps of all windows add up to, in an order that depends on no thread.

    Args:
        read: What every window reads at each tap, shape (taps, windows, channels).
        kernel: Weights, shape (taps, channels / groups, filters).
        groups: Into how many groups the channels and the filters are split.

    Returns:
        A new array, shape (windows, filters).
    """
    taps, windows, channels = read.shape
    filters = kernel.shape[2]
    summed = np.zeros((windows, filters), dtype=np.float32)
    rows = min(_PRODUCTS // (channels * filters), windows)
    if groups > 1 or rows < _FEWEST_ROWS:
        added = np.empty_like(summed)
        for values, weights in zip(read, kernel, strict=True):
            multiply(values, weights, groups, added)
            summed += added
        return summed
    together = max(1, min(_HELD // (rows * filters), taps))

    def add(first: int) -> None:
        some = summed[first : first + rows]
        added = np.empty((together, len(some), filters), dtype=np.float32)
        for tap in range(0, taps, together):
            values, weights = read[tap : tap + together, first : first + rows], kernel[tap : tap + together]
            products = added[: len(values)]
            multiply(values, weights, groups, products)
            # Each thread has its own setting; infinite products may add up to NaN.
            with np.errstate(invalid="ignore"):
                if tap:
                    products[0] += some
                np.add.reduce(products, axis=0, out=some)

    firsts = range(0, windows, rows)
    if read.size * filters < _SHARED:
        for first in firsts:
            add(first)
    else:
        share(add, firsts)
    return summed


def multiply(read: Array, weights: Array, groups: int, out: Array) -> None:
    """Write what taps add to every response.

    Args:
        read: What the windows read, shape (…, windows, channels).
        weights: Shape (…, channels / groups, filters).
        groups: Into how many groups the channels and the filters are split.
        out: Shape (…, windows, filters).
    """
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        if groups == 1:
            np.matmul(read, weights, out=out)
            return
        width, per_group = weights.shape[-2], weights.shape[-1] // groups
        for group in range(groups):
            mine = slice(group * per_group, (group + 1) * per_group)
            out[..., mine] = read[..., group * width : (group + 1) * width] @ weights[..., mine]
