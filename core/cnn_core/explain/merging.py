"""Values of several inputs, and values that are only moved."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from ..layers import Add, Average, Dot, Index, Maximum, Merge, Minimum, MovingLayer, Multiply, Subtract
from ..layers.merging import length_along
from .parts import LARGEST_SHOWN, Composition, Computed, Part, Places, weighted_sum

__all__ = ["dot", "merge", "moved"]

_HOW: Final = {
    Add: "sum",
    Subtract: "sum",
    Average: "mean",
    Multiply: "product",
    Maximum: "maximum",
    Minimum: "minimum",
}


def moved(layer: MovingLayer, of: Computed) -> Composition:
    """Return the one value that was moved; no part where it is a zero of the padding."""
    source = layer.source_of(of.index, *(x.shape for x in of.inputs))
    if source is None:
        return Composition("copy", (), 0, of.value)
    return Composition("copy", (Part(*source, of.value, None, of.value),), 1, of.value)


def merge(layer: Merge, of: Computed) -> Composition:
    """Return the value of every input at the place; no part of a merge that we do not know."""
    how = _HOW.get(type(layer))
    if how is None:
        return Composition("function", (), 0, of.value, function=layer.type)
    parts = []
    for number, x in enumerate(of.inputs):
        # An input of fewer axes, or with an axis of length 1, serves every place.
        own = of.index[len(of.index) - x.ndim :]
        place = tuple(0 if size == 1 else each for each, size in zip(own, x.shape, strict=True))
        value = float(x[place])
        weight = {Average: 1 / len(of.inputs), Subtract: 1.0 if number == 0 else -1.0}.get(type(layer))
        parts.append(Part(number, place, value, weight, value if weight is None else value * weight))
    if how in ("maximum", "minimum"):
        sign = 1 if how == "minimum" else -1
        parts.sort(key=lambda part: sign * part.value)
    elif how != "product":
        parts.sort(key=lambda part: -abs(part.amount))
    unnamed = [part.amount for part in parts[LARGEST_SHOWN:]]
    rest = math.prod(unnamed) if how == "product" else math.fsum(unnamed) if how in ("sum", "mean") else 0.0
    return Composition(how, tuple(parts[:LARGEST_SHOWN]), len(parts), of.value, rest)


def dot(layer: Dot, of: Computed) -> Composition:
    """Return the products of the first input's values, each with a value of the second for its weight."""
    left, right = of.inputs
    first, second = layer.summed_axes(left.ndim, right.ndim)
    mine, theirs = of.index[: left.ndim - 1], of.index[left.ndim - 1 :][: right.ndim - 1]
    along = np.arange(left.shape[first], dtype=np.int64)

    def places(index: Index, axis: int) -> Places:
        fixed = [np.full_like(along, at) for at in index]
        return (*fixed[:axis], along, *fixed[axis:])

    x, weights = left[places(mine, first)], right[places(theirs, second)]
    if layer.normalize:
        weights = weights / (length_along(x, 0) * length_along(weights, 0))
    found = weighted_sum(left, places(mine, first), weights, of.value)
    parts = tuple(
        replace(part, weight_of=(1, (*theirs[:second], part.index[first], *theirs[second:])))
        for part in found.parts
    )
    return replace(found, parts=parts)
