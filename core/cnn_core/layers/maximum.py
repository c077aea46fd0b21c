"""The largest of several values: which it is, how many share it, and whether it says anything."""

from __future__ import annotations

import numpy as np

from .composition import LARGEST_SHOWN, Composition, ComputedValue, Part
from .shapes import Array

__all__ = ["maximum_of", "ties_of"]


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
