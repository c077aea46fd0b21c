"""Where a value is seen in the layer that reads it."""

from __future__ import annotations

from itertools import islice
from typing import Final

import numpy as np

from ..layers import Index, MovingLayer
from .walk_down import Descent

__all__ = ["seen_in"]

_MOST_CHANNELS: Final = 256
"""Channels that are looked into."""
_MOST_PLACES: Final = 1 << 24
"""Places up to which each has a number of its own in float32."""


def seen_in(descent: Descent, layer: str, position: int, below: tuple[str, Index]) -> Index | None:
    """Return the value of a layer in which a value that it reads counts most.

    Args:
        descent: The values of the network.
        layer: The layer's name.
        position: The position that is looked at, where the layer has positions.
        below: The value that is read: its layer's name and its place.

    Returns:
        The place: where the layer moves values as they are, the one that the value is moved to; else at that position
        the channel with the largest part of it, or None where it has none there.
    """
    node, (name, index) = descent.model[layer], below
    if name not in node.inputs:
        return None
    output, read = descent.values[layer], descent.values[name]
    if isinstance(node.layer, MovingLayer) and len(node.inputs) == 1 and read.size < _MOST_PLACES:
        numbers = np.arange(1, read.size + 1, dtype=np.float32).reshape(read.shape)
        found = np.argwhere(node.layer.forward(numbers) == numbers[index])
        return tuple(int(each) for each in found[0]) if len(found) else None
    best: tuple[float, Index] | None = None
    ahead = (min(position, len(output) - 1),) if output.ndim > 1 else ()
    for channels in islice(np.ndindex(*output.shape[len(ahead) :]), _MOST_CHANNELS):
        place = (*ahead, *channels)
        composition = descent.step(layer, place).composition
        parts = [part for each in composition.directions or (composition,) for part in each.parts]
        for part in parts:
            if node.inputs[part.input] == name and part.index == index:
                amount = abs(part.amount)
                if best is None or amount > best[0]:
                    best = amount, place
    return None if best is None else best[1]
