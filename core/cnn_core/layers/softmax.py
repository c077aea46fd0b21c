"""Softmax and its logarithm: what they give, their gradients, and DeepLIFT's multipliers through them.

Source of the multipliers of softmax: tangermeme 1.6, `_softmax`; those of its logarithm follow from the same steps,
and tangermeme has none.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .shapes import Array

__all__ = [
    "SMALLEST_CHANGE",
    "change_slopes",
    "log_softmax",
    "log_softmax_gradient",
    "log_softmax_multipliers",
    "powers_of_both",
    "softmax",
    "softmax_gradient",
    "softmax_multipliers",
]

Wide = NDArray[np.float64]
SMALLEST_CHANGE: Final = 1e-6
"""The change of a response below which a slope stands for a ratio of changes, as in tangermeme."""


def softmax(x: Array, axes: tuple[int, ...] = (-1,)) -> Array:
    """Return shares of 1 along axes, in proportion to the exponentials."""
    shares: Array = x - x.max(axis=axes, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=axes, keepdims=True)
    return shares


def softmax_gradient(upstream: Array, x: Array, axes: tuple[int, ...] = (-1,)) -> Array:
    """Return the gradient at the responses, given that at the shares."""
    shares = softmax(x, axes)
    gradient: Array = shares * (upstream - (upstream * shares).sum(axis=axes, keepdims=True))
    return gradient


def softmax_multipliers(upstream: Array, x: Array, reference: Array, axes: tuple[int, ...] = (-1,)) -> Array:
    """Return the multipliers at the responses, given those at the shares.

    A share is a power times the reciprocal of the powers' sum; each of these steps has its exact ratio of changes.
    """
    change, (power, total), (power_reference, total_reference) = powers_of_both(x, reference, axes)
    share, share_reference = power / total, power_reference / total_reference
    log_reciprocal = np.log(total_reference) - np.log(total)
    of_share = change_slopes(share - share_reference, change + log_reciprocal, share)
    of_power = change_slopes(power - power_reference, change, power)
    # The logarithm of the reciprocal by the sum itself: −1 / sum where the sum stays.
    of_total = change_slopes(log_reciprocal, total - total_reference, -1 / total)
    common = (upstream * of_share).sum(axis=axes, keepdims=True) * of_total
    multipliers: Array = (upstream * of_share + of_power * common).astype(np.float32)
    return multipliers


def log_softmax(x: Array) -> Array:
    """Return the logarithms of shares of 1 along the last axis."""
    below = x - x.max(axis=-1, keepdims=True)
    logarithms: Array = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return logarithms


def log_softmax_gradient(upstream: Array, x: Array) -> Array:
    """Return the gradient at the responses, given that at the logarithms."""
    gradient: Array = upstream - softmax(x) * upstream.sum(axis=-1, keepdims=True)
    return gradient


def log_softmax_multipliers(upstream: Array, x: Array, reference: Array) -> Array:
    """Return the multipliers at the responses, given those at the logarithms."""
    change, (power, total), (power_reference, total_reference) = powers_of_both(x, reference, (-1,))
    of_power = change_slopes(power - power_reference, change, power)
    of_total = change_slopes(np.log(total) - np.log(total_reference), total - total_reference, 1 / total)
    common = of_total * upstream.sum(axis=-1, keepdims=True)
    multipliers: Array = (upstream - of_power * common).astype(np.float32)
    return multipliers


def powers_of_both(
    x: Array, reference: Array, axes: tuple[int, ...]
) -> tuple[Wide, tuple[Wide, Wide], tuple[Wide, Wide]]:
    """Return the change of the responses from the reference, and of either their powers and the powers' sums.

    Args:
        x: The responses.
        reference: Those of the reference.
        axes: The axes along which powers are summed, which stay with length 1.
    """
    wide, wide_reference = x.astype(np.float64), reference.astype(np.float64)
    highest = np.maximum(wide, wide_reference).max(axis=axes, keepdims=True)
    powers = np.exp(wide - highest), np.exp(wide_reference - highest)
    mine, theirs = ((each, each.sum(axis=axes, keepdims=True)) for each in powers)
    return wide - wide_reference, mine, theirs


def change_slopes(change: Wide, of: Wide, slope: Wide) -> Wide:
    """Return what changes are for each unit of those that they come of; where these are tiny, the slope."""
    return np.where(np.abs(of) > SMALLEST_CHANGE, change / np.where(of == 0, 1, of), slope)
