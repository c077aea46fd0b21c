"""The grid of windows as PyTorch has them: padding in numbers, dilated pools, ceil_mode, what padding counts, adaptive.

Knows neither a framework nor the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from .layer_case import Array, Given

CHANNELS = 2


@dataclass(frozen=True)
class Windows:
    """A layer with its settings, as PyTorch names them, on an axis of a length; `padding` is left and right."""

    kind: str
    length: int
    size: int = 1
    stride: int = 1
    padding: tuple[int, int] = (0, 0)
    dilation: int = 1
    ceil_mode: bool = False
    count_include_pad: bool = False
    groups: int = 1

    @property
    def name(self) -> str:
        flags = "ceil " * self.ceil_mode + "counts " * self.count_include_pad
        sides = "-".join(map(str, self.padding))
        return (
            f"{self.kind} {self.length} of {self.size}/{self.stride} {sides} x{self.dilation} {flags}g{self.groups}"
        )

    def drawn(self, what: str, *shape: int) -> Array:
        """Return numbers that belong to the case; some of the inputs' are equal."""
        numbers = Given(shape).drawn(f"{self.name}/{what}")
        return numbers.round(0) if what in ("x", "reference") else numbers

    @property
    def x(self) -> Array:
        return self.drawn("x", self.length, CHANNELS * self.groups)

    @property
    def reference(self) -> Array:
        return self.drawn("reference", self.length, CHANNELS * self.groups)

    @property
    def kernel(self) -> Array:
        """Of a convolution, shape (size, channels of a group, filters)."""
        return self.drawn("kernel", self.size, CHANNELS, 3 * self.groups)


def _convolutions() -> list[Windows]:
    settings = product((1, 4, 5), (1, 2, 3), ((0, 0), (1, 1), (3, 3), (0, 2), (5, 1), (9, 9)), (1, 3))
    return [
        Windows("conv", 13 + index % 4, size, stride, padding, dilation, groups=1 + index % 3 // 2)
        for index, (size, stride, padding, dilation) in enumerate(settings)
    ]


def _pools(kind: str, dilations: tuple[int, ...]) -> list[Windows]:
    settings = product((2, 3, 5), (1, 2, 3, 7), (0, 1, 2), dilations, (False, True))
    return [
        Windows(kind, 13 + index % 5, size, stride, (side, side), dilation, ceil, index % 3 == 0)
        for index, (size, stride, side, dilation, ceil) in enumerate(settings)
        if 2 * side <= size
    ]


def _adaptive(kind: str) -> list[Windows]:
    return [Windows(kind, length, cells) for length, cells in ((12, 4), (13, 4), (13, 1), (5, 5), (3, 7), (17, 6))]


WINDOW_CASES = [
    *_convolutions(),
    *_pools("max", (1, 2, 3)),
    *_pools("average", (1,)),
    *_adaptive("adaptive max"),
    *_adaptive("adaptive average"),
]
