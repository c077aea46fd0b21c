"""The filter card of a deep convolution: its weights for the channels that count most in the shown window."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.segment import Segment

from ..words.block_words import layer_name
from ..words.numbers import number, signed
from .kernel import Kernel

if TYPE_CHECKING:
    from cnn_core.blocks.conv_step import ConvStep
    from cnn_core.layers import Array

    from .kernel import Read

__all__ = ["MapKernel"]

_MARKED: Final = 8
_ENDING: Final = 2
"""Lines under the weights."""


@dataclass(frozen=True, eq=False)
class MapKernel(Kernel):
    """Taps across, channels down: those first that add most to the shown response, either way.

    Attributes:
        step: The shown response.
    """

    step: ConvStep
    _drawn: dict[Read, list[list[Segment]]] = field(default_factory=dict, init=False, repr=False)

    LABEL = 6
    ENDING = 9
    above = 2

    @property
    def weights(self) -> Array:
        """All weights, shape (taps, channels)."""
        return self.step.weights

    @cached_property
    def channels(self) -> list[int]:
        """Indices of the step's channels in the order of the lines."""
        rows = max(0, self.height - self.above - _ENDING)
        order = np.argsort(-np.abs(self.step.per_channel), kind="stable")
        return [int(channel) for channel in order[:rows]]

    def lines(self, read: Read) -> list[list[Segment]]:
        """Return the lines of the card."""
        step, text, dim, channels = self.step, self.text, self.dim, self.channels
        lines = [
            self.title(f" of {layer_name(step.source)}"),
            [dim(f"{'ch':>{self.LABEL - 1}} "), self.tap_ruler(read.cursor), dim(" adds")],
        ]
        levels = self.levels(float(np.abs(step.weights).max()))
        marked = {each.index for each in step.largest(_MARKED)}
        for channel in channels:
            number_of = step.channels[channel]
            is_here = read.cursor is not None and read.cursor.channel == number_of
            line = [text(f"{number_of:>{self.LABEL - 1}}{'▸' if is_here else ' '}")]
            for tap, level in enumerate(levels[:, channel].tolist()):
                place = step.window.first + tap * step.window.step, number_of
                here = read.on(tap, number_of)
                line.append(self.weight(level, place in marked, self.is_edited(tap, number_of), here))
            lines.append([*line, text(f" {signed(float(step.per_channel[channel]))}")])
        others = len(step.channels) - len(channels)
        rest = step.product_sum - float(step.per_channel[channels].sum())
        if others and self.height > self.above + _ENDING:
            lines.append(
                [
                    dim(f"the other {'channel adds' if others == 1 else f'{others:,} channels add'} "),
                    text(signed(rest)),
                ]
            )
        at_bias = "▸" if read.on(0, None) else " "
        sums = dim("Σ "), text(number(step.product_sum)), text(f" {at_bias}"), dim("bias "), text(number(step.bias))
        edited = "" if self.edited is None else "  ≠ edited"
        mark = " ≠" if self.edited is not None and self.edited[1] else ""
        return [*lines, [*sums, text(mark), dim(f"  ● adds most{edited}")]]

    def line(self, y: int, read: Read) -> list[Segment]:
        """Return a line of the card."""
        if read not in self._drawn:
            self._drawn[read] = self.lines(read)
        lines = self._drawn[read]
        return lines[y] if y < len(lines) else []

    def words(self, tap: int, channel: int) -> str:
        """Return a weight, and what it is multiplied with in the shown window."""
        step = self.step
        value, weight = float(step.values[tap, channel]), float(step.weights[tap, channel])
        product = signed(float(step.products[tap, channel]))
        return (
            f"tap {tap}, channel {step.channels[channel]}: weight {signed(weight)} × {number(value)} adds {product}"
        )
