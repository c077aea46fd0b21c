"""Another number of positions, each the nearest of the input or a mean of two neighbours.

Sources: PyTorch, `torch.nn.functional.interpolate`; ONNX, `Resize`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, TooShortError
from .base import Layer, LayerRun
from .composition import Composition, ComputedValue, Part, weighted_sum
from .shapes import Array, Mask, PerInput, Shape, axis_length, spatial
from .windows import Alignment

__all__ = ["Resize1D"]

_INTERPOLATIONS: Final = ("nearest", "linear")
_COORDINATES: Final = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
_ROUNDINGS: Final = ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")


@dataclass(frozen=True, eq=False)
class Resize1D(Layer):
    """Gives the length axis another number of positions, by the nearest position or between two neighbours.

    Attributes:
        length: How many positions come out; None where `scale` says it.
        scale: How many come out for one that goes in, rounded down, where no length is given; where both are, the
            scale says where they lie.
        interpolation: `nearest`, or `linear` between two neighbours.
        coordinates: Where a position of the output lies on the input's axis, in ONNX's words: `half_pixel`
            (PyTorch's `align_corners=False`, Keras's bilinear), `align_corners` (PyTorch's `True`), `asymmetric`
            (PyTorch's nearest), `pytorch_half_pixel`.
        rounding: What the nearest is: `floor` as in PyTorch, `ceil`, `round_prefer_floor`, `round_prefer_ceil`.
    """

    linear: ClassVar[bool] = True
    length: int | None = None
    scale: float | None = None
    interpolation: str = "nearest"
    coordinates: str = "asymmetric"
    rounding: str = "floor"

    def __post_init__(self) -> None:
        for name, known in (
            ("interpolation", _INTERPOLATIONS),
            ("coordinates", _COORDINATES),
            ("rounding", _ROUNDINGS),
        ):
            if getattr(self, name) not in known:
                raise SettingError(
                    f"there is no {name} {getattr(self, name)!r}", remedy=f"it is {' or '.join(known)}"
                )
        if self.length is None and self.scale is None:
            raise SettingError("Resize1D has neither a length nor a scale", remedy="give it one")
        if (self.length is not None and self.length < 1) or (
            self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0)
        ):
            raise SettingError(
                "Resize1D has a length or a scale that is not above 0", remedy="give it a larger one"
            )

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (positions that come out, channels).

        Raises:
            TooShortError: None does.
        """
        length, channels = spatial(shape, self.type)
        if self.length is not None:
            return self.length, channels
        if length is None:
            return None, channels
        found = math.floor(length * (self.scale or 1))
        if found < 1:
            raise TooShortError(f"length {length} is too short to shrink so far", remedy="give it a longer input")
        return found, channels

    def sources(self, length: int) -> tuple[NDArray[np.int64], Array]:
        """Return the positions that every position of the output is made of, and their shares, shape (positions, 2).

        Of the nearest, the first has all of it.
        """
        count = axis_length(self.output_shape((length, 1)))
        place = np.arange(count, dtype=np.float64)
        ratio = length / count if self.scale is None else 1 / self.scale
        if self.coordinates == "align_corners":
            at = place * ((length - 1) / (count - 1) if count > 1 else 0)
        elif self.coordinates == "asymmetric":
            at = place * ratio
        elif self.coordinates == "pytorch_half_pixel" and count == 1:
            at = np.zeros(1)
        else:
            at = (place + 0.5) * ratio - 0.5
        if self.interpolation == "linear":
            at = np.clip(at, 0, length - 1)
            first = np.minimum(np.floor(at).astype(np.int64), length - 1)
            share = at - first
            pairs = np.stack([first, np.minimum(first + 1, length - 1)], axis=1)
            return pairs, np.stack([1 - share, share], axis=1).astype(np.float32)
        # PyTorch and ONNX Runtime compute the place in float32.
        nearest = np.clip(self._rounded(at.astype(np.float32)), 0, length - 1).astype(np.int64)
        return np.stack([nearest, nearest], axis=1), np.tile(np.array([1, 0], np.float32), (count, 1))

    def _rounded(self, at: Array) -> Array:
        half = {"round_prefer_floor": np.float32(-0.5), "round_prefer_ceil": np.float32(0.5)}
        moved = at + half.get(self.rounding, np.float32(0))
        up = self.rounding in ("ceil", "round_prefer_floor")
        rounded: Array = np.ceil(moved) if up else np.floor(moved)
        return rounded

    def forward(self, x: Array, /) -> Array:
        """Return the positions, shape (positions that come out, channels)."""
        sources, shares = self.sources(len(x))
        first: Array = x[sources[:, 0]]
        if self.interpolation == "nearest":
            return first
        return first * shares[:, :1] + x[sources[:, 1]] * shares[:, 1:]

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the gradients of those that it is part of, by its shares."""
        sources, shares = self.sources(len(of.x))
        found = np.zeros(of.x.shape, dtype=np.float32)
        for which in range(2):
            np.add.at(found, sources[:, which], upstream * shares[:, which, None])
        return (found,)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions that the wanted ones are made of."""
        length = axis_length(shapes[0])
        sources, shares = self.sources(length)
        read = np.zeros(length, dtype=np.bool_)
        read[sources[wanted][shares[wanted] > 0]] = True
        return (read,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the one value that stands here too, or its two neighbours by their shares."""
        place, channel = of.index
        sources, shares = self.sources(len(of.x))
        made = shares[place] > 0
        positions = sources[place][made]
        if made.sum() == 1:
            index = int(positions[0]), channel
            return Composition("copy", (Part(0, index, of.value, None, of.value),), 1, of.value)
        return weighted_sum(of, (positions, np.full_like(positions, channel)), shares[place][made], how="mean")

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the steps along the input's axis; None where they would be parts of a base."""
        coarse, length = inputs[0], axis_length(shapes[0])
        step, left_over = divmod(coarse.stride * length if coarse else 1, axis_length(self.output_shape(shapes[0])))
        return None if coarse is None or left_over else Alignment(coarse.first_base, step, coarse.span)
