"""The columns of the windows that a filter prefers, from its weights alone.

Windows drawn in proportion to background · exp(λ · response) have independent columns: the response is a sum over the
columns, so its exponential is a product. Column by column that is softmax(λ · kernel + ln background), exactly; a
constant that is added to a column changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["shares_of_weights"]

_LOG_ODDS: Final = float(np.log(2))
_HALVINGS: Final = 200


def shares_of_weights(
    kernel: NDArray[np.float64], background: Sequence[float], bits: float | None = None
) -> NDArray[np.float64]:
    """Return the columns of a kernel.

    Args:
        kernel: The weights, shape (taps, 4).
        background: How often A, C, G and T stand anywhere.
        bits: The information of all columns together, relative to the background (2 less the entropy of each where
            that is uniform), which fixes λ; where the kernel cannot hold so much, as a flat one cannot, as much as
            it can. None takes weights for log-odds in bits: λ = ln 2.

    Returns:
        Shares, shape (taps, 4).
    """
    shares = np.asarray(background, dtype=np.float64)
    if bits is None:
        return _columns(kernel, shares, _LOG_ODDS)
    # Of a kernel of which nothing is left, and of one of huge weights, λ is looked for on the same scale.
    size = np.ptp(kernel, axis=1).max(initial=0)
    if not size:
        return np.tile(shares, (len(kernel), 1))
    scaled = kernel / size
    limit = np.where(scaled == scaled.max(axis=1, keepdims=True), shares, 0)
    limit /= limit.sum(axis=1, keepdims=True)
    if _relative(limit, shares) <= bits:
        return limit
    low, high = 0.0, 1.0
    while _relative(_columns(scaled, shares, high), shares) < bits:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _relative(_columns(scaled, shares, middle), shares) < bits else (low, middle)
    return _columns(scaled, shares, high)


def _columns(kernel: NDArray[np.float64], shares: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Return softmax(scale · kernel + ln shares) of each column."""
    logs = scale * kernel + np.log(shares)
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    columns: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return columns


def _relative(columns: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Return the information of columns relative to a background, in bits."""
    logs = np.log2(columns / shares, out=np.zeros_like(columns), where=columns > 0)
    return float((columns * logs).sum())
