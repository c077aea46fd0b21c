"""What the layers share that move values and compute nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from .base import Layer, LayerRun
from .composition import Composition, ComputedValue, Part
from .shapes import Array, Mask, PerInput, Shape, axis_length, known_axes

__all__ = ["MovingLayer"]


@dataclass(frozen=True, eq=False)
class MovingLayer(Layer):
    """A layer whose outputs are values of its inputs, elsewhere, or zeros: `forward` says where each comes from."""

    linear: ClassVar[bool] = True
    moves_positions: ClassVar[bool] = False
    """Whether positions move as a whole, however many channels they have; then one stands for all."""

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return for every value the sum of the gradients at the places that hold it."""
        numbered, starts = _numbered(of.inputs)
        held = np.bincount(self._moved(numbered).ravel(), upstream.ravel(), starts[-1])[1:].astype(np.float32)
        parts = np.split(held, starts[1:-1] - 1)
        return tuple(part.reshape(x.shape) for part, x in zip(parts, of.inputs, strict=True))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions whose values any wanted position holds."""
        lengths = [axis_length(shape) for shape in shapes]
        starts = np.cumsum([1, *lengths])
        # Every value holds the number of its position, and 0 stands for the zeros of padding.
        numbered = [
            np.broadcast_to(
                np.arange(start, start + length, dtype=np.int32).reshape(-1, *[1] * (len(shape) - 1)),
                (length, *(1 if self.moves_positions else size for size in known_axes(shape)[1:])),
            )
            for start, length, shape in zip(starts, lengths, shapes, strict=False)
        ]
        read = np.zeros(starts[-1], dtype=np.bool_)
        read[self._moved(numbered)[wanted]] = True
        return tuple(np.split(read[1:], starts[1:-1] - 1))

    def compose(self, of: ComputedValue) -> Composition:
        """Return the one value that was moved; no part where it is a zero of the padding."""
        numbered, starts = _numbered(of.inputs)
        number = int(self._moved(numbered)[of.index])
        if not number:
            return Composition("copy", (), 0, of.value)
        source = int(np.searchsorted(starts, number, side="right")) - 1
        place = np.unravel_index(number - starts[source], of.inputs[source].shape)
        part = Part(source, tuple(int(axis) for axis in place), of.value, None, of.value)
        return Composition("copy", (part,), 1, of.value)

    def _moved(self, numbered: Sequence[NDArray[np.integer]]) -> NDArray[np.integer]:
        """Return where numbers go to that stand for values."""
        return cast("NDArray[np.integer]", self.forward(*cast("Sequence[Array]", numbered)))


def _numbered(inputs: Sequence[Array]) -> tuple[list[NDArray[np.int32]], NDArray[np.int64]]:
    """Return arrays in which every value holds its number, from 1, and the first number of each and of the end."""
    starts = np.cumsum([1, *(x.size for x in inputs)])
    numbered = [
        np.arange(start, start + x.size, dtype=np.int32).reshape(x.shape)
        for start, x in zip(starts, inputs, strict=False)
    ]
    return numbered, starts
