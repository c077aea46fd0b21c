"""The largest of several values: which it is, how many share it, and whether it says anything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .composition import LARGEST_SHOWN, Composition, ComputedValue, Part
from .shapes import Array

__all__ = ["change_ratio", "maximum_of", "placed", "shared_change", "ties_of"]


def ties_of(values: Array) -> int:
    """Return how many values share the maximum: 1 where it stands alone. NaN equals nothing, itself included."""
    return int((values == values.max()).sum())


def maximum_of(of: ComputedValue, positions: range) -> Composition:
    """Return the maximum over positions of the value's channel: its first place, then the next largest."""
    channel = of.index[-1]
    values = of.x[positions.start : positions.stop : positions.step, channel]
    order = np.argsort(-values, kind="stable")[:LARGEST_SHOWN]
    parts = tuple(
        Part(0, (positions[place], channel), float(values[place]), None, float(values[place]))
        for place in order.tolist()
    )
    return Composition(
        "maximum",
        parts,
        len(values),
        of.value,
        ties=ties_of(values),
        all_zero=of.floor is not None and bool((values == np.float32(of.floor)).all()),
    )


def shared_change(upstream: Array, largest: Array, reference: Array) -> tuple[Array, Array]:
    """Return which part of a maximum's change, times its multiplier, goes to what it selects.

    All of the change goes to one selection: to that of the sequence where the maximum rises from the reference's,
    else to that of the reference. Source: tangermeme 1.6, `_maxpool`.

    Args:
        upstream: The multipliers at the maxima.
        largest: The maxima.
        reference: The maxima of the reference.

    Returns:
        What goes to the sequence's selections, and what goes to the reference's, of the maxima's shape.
    """
    change = largest - reference
    return upstream * np.maximum(change, np.float32(0)), upstream * np.minimum(change, np.float32(0))


def change_ratio(change: Array, of: Array, gradient: Array) -> Array:
    """Return what the changes of maxima are for each unit of the change of a value; of one that stays, its gradient."""
    return np.where(of == 0, gradient, change / np.where(of == 0, np.float32(1), of))


def placed(values: Array, positions: NDArray[np.int64], x: Array) -> Array:
    """Return values of cells added up at the positions that they belong to, each in its channel, in the shape of x."""
    length, channels = x.shape
    places = positions * channels + np.arange(channels)
    return np.bincount(places.ravel(), values.ravel(), x.size).astype(np.float32).reshape(length, channels)
