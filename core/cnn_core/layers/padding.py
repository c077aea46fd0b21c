"""Layers that put places beside those of an axis, or repeat them.

Sources: PyTorch, `torch.nn.functional.pad`, `torch.Tensor.expand`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, ShapeError, TooShortError
from .edited import Edited, Spans
from .moved_values import MovingLayer
from .shapes import Array, Shape, known_axes
from .slicing import AlongAxis
from .windows import Alignment

__all__ = ["Broadcast", "Pad"]

PadMode = Literal["constant", "reflect", "replicate", "circular"]
_MODES: Final = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@dataclass(frozen=True, eq=False)
class Pad(AlongAxis):
    """Puts places before and behind an axis, or cuts them off where the number is below 0.

    Attributes:
        axis: The axis, as Keras writes it.
        before: How many places come before the first.
        after: How many come behind the last.
        mode: What they hold: `constant` (the value), `reflect` (the axis mirrored at its ends, which are not repeated),
            `replicate` (its ends) or `circular` (its other end).
        value: What stands there in the mode `constant`.
    """

    before: int
    after: int
    mode: PadMode = "constant"
    value: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise SettingError(f"there is no padding '{self.mode}'", remedy=f"it is {', '.join(_MODES)}")

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape with another length of the one axis.

        Raises:
            ShapeError: The input does not have the axis, nothing would be left of it, or it is too short.
        """
        axis = self.along(len(shape))
        size = shape[axis]
        found = None if size is None else self._length(size)
        if found is not None and found < 1:
            raise TooShortError(f"{self.type} leaves nothing of an axis of {size}", remedy="give it a longer one")
        return (*shape[:axis], found, *shape[axis + 1 :])

    def _length(self, size: int) -> int:
        """Return how many places come of so many, if the axis can be padded so far; nothing is allocated for it."""
        ends = max(0, self.before), max(0, self.after)
        kept = max(0, size + min(0, self.before) + min(0, self.after))
        longest = {"reflect": kept - 1, "circular": kept}.get(self.mode, max(ends))
        if max(ends) > longest or (not kept and self.mode != "constant"):
            raise TooShortError(
                f"an axis of {size} is too short for a padding of {max(ends)} by its own values",
                remedy="give it a longer one",
            )
        return kept + sum(ends)

    def places(self, size: int) -> NDArray[np.int64]:
        """Return the places, −1 where the value stands.

        Raises:
            ShapeError: The axis is too short to be mirrored or gone round so far.
        """
        self._length(size)
        kept = np.arange(max(0, -self.before), size - max(0, -self.after))
        ends = max(0, self.before), max(0, self.after)
        if self.mode == "constant":
            return np.pad(kept, ends, constant_values=-1)
        return np.pad(kept, ends, mode=_MODES[self.mode])  # type: ignore[call-overload, no-any-return]

    def _taken(self, x: Array, axis: int) -> Array:
        if self.mode == "constant" and self.before >= 0 <= self.after:
            widths = [(self.before, self.after) if at == axis else (0, 0) for at in range(x.ndim)]
            return np.pad(x, widths, constant_values=self.value)
        places = self.places(x.shape[axis])
        taken = x.take(np.maximum(places, 0), axis=axis)
        taken[(slice(None),) * axis + (places < 0,)] = self.value
        return taken

    def _moved(self, numbered: Sequence[NDArray[np.integer]]) -> NDArray[np.integer]:
        return super(Pad, replace(self, value=0.0))._moved(numbered)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input, behind the padding; of padding by its own values, all."""
        if self.along(len(shapes[0])) == 0 and self.mode == "constant":
            return edited[0].moved(self.before)
        return super().changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the positions of the input, the padding past its ends."""
        (x,) = inputs
        if self.along(x.unedited.ndim) == 0 and self.mode == "constant":
            return x.rows(spans.moved(-self.before), self.value)
        return super().compute(spans, remembered, *inputs)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment from the first place on."""
        return inputs[0] if self.along(len(shapes[0])) else inputs[0] and inputs[0].moved(-self.before)


@dataclass(frozen=True, eq=False)
class Broadcast(MovingLayer):
    """Repeats values along axes of length 1, and along axes that are put in front.

    Attributes:
        shape: The shape of the output; −1 for an axis that stays as it is.
    """

    shape: tuple[int, ...]

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the shape that is asked for, the axes that stay filled in.

        Raises:
            ShapeError: An axis of the input has another length, and not 1.
        """
        ahead = len(self.shape) - len(shape)
        given = (1,) * ahead + shape
        together = tuple(size if wanted == -1 else wanted for wanted, size in zip(self.shape, given, strict=False))
        if ahead < 0 or any(size not in (1, None, wanted) for wanted, size in zip(together, given, strict=True)):
            raise ShapeError(f"an array of shape {shape} cannot be repeated to {self.shape}")
        return together

    def forward(self, x: Array, /) -> Array:
        """Return the values, repeated."""
        return np.ascontiguousarray(np.broadcast_to(x, known_axes(self.output_shape(x.shape))))

    def _keeps_positions(self, shape: Shape) -> bool:
        return len(self.shape) == len(shape) and self.output_shape(shape)[0] == shape[0]

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in the input where its first axis stays as it is."""
        return edited[0] if self._keeps_positions(shapes[0]) else super().changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the values of the positions, repeated."""
        (x,) = inputs
        if not self._keeps_positions(x.unedited.shape):
            return super().compute(spans, remembered, *inputs)
        own = known_axes(self.output_shape(x.unedited.shape))[1:]
        return np.broadcast_to(x.rows(spans), (spans.width, len(spans), *own))

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment where its first axis stays as it is."""
        return inputs[0] if self._keeps_positions(shapes[0]) else None
