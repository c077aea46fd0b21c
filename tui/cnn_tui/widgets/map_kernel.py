"""The filter card of a deep convolution: its weights for the channels that count most in the shown window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.segment import Segment
from rich.style import Style

from cnn_core.blocks.conv_step import ConvStep

from ..pictures.block_picture import Picture
from ..pictures.palette import Palette, style
from ..words.block_words import layer_name
from ..words.explanation import filter_title
from ..words.numbers import number, signed

__all__ = ["MapKernel", "tap_ruler"]

_LABEL: Final = 6
_SUM: Final = 9
_MARKED: Final = 8
_HEADING: Final = 2
_ENDING: Final = 2

DrawWeight = Callable[[int, int, bool, Palette], tuple[str, Style]]


def tap_ruler(taps: int, columns: int) -> str:
    """Return the number of every fifth tap over its columns; one that does not fit whole at the end is left out.

    Args:
        taps: How many taps are shown.
        columns: Columns that each takes.
    """
    ruler = "".join(f"{tap:<{5 * columns}}" for tap in range(0, taps, 5) if len(str(tap)) <= (taps - tap) * columns)
    return f"{ruler:<{taps * columns}}"[: taps * columns]


@dataclass(frozen=True, eq=False)
class MapKernel:
    """Taps across, channels down: those first that add most to the shown response, either way.

    Attributes:
        picture: What is shown; its block reads feature maps.
        step: The shown response.
        width: Columns of the card.
        height: Lines of the card.
    """

    picture: Picture
    step: ConvStep
    width: int
    height: int

    @property
    def _taps(self) -> tuple[int, int]:
        """How many taps are shown and how many columns each takes."""
        taps, free = self.step.window.taps, max(1, self.width - _LABEL - _SUM)
        columns = min(3, max(1, free // taps))
        return min(taps, free // columns), columns

    @property
    def channels(self) -> list[int]:
        """Indices of the step's channels in the order of the lines."""
        rows = max(0, self.height - _HEADING - _ENDING)
        order = np.argsort(-np.abs(self.step.per_channel), kind="stable")
        return [int(channel) for channel in order[:rows]]

    def lines(self, palette: Palette, draw: DrawWeight) -> list[list[Segment]]:
        """Return the lines of the card.

        Args:
            palette: The colours in force.
            draw: Draws a weight of a level, so many columns wide, marked or not.
        """
        step, (shown, columns) = self.step, self._taps
        text, dim = style(palette.text, palette.ground), style(palette.dim, palette.ground)
        bold = style(palette.text, palette.ground, bold=True)
        channels = self.channels
        cut = "" if shown == step.window.taps else f" · taps 0–{shown - 1} shown"
        of = f"  {step.window.taps}×{len(step.channels)} of {layer_name(step.source)}{cut}"
        lines = [
            [Segment(filter_title(self.picture.run, step.filter), bold), Segment(of, dim)],
            [
                Segment(f"{'ch':>{_LABEL - 1}} ", dim),
                Segment(tap_ruler(shown, columns), dim),
                Segment(" adds", dim),
            ],
        ]
        size = max(float(np.abs(step.weights).max()), 1e-30)
        marked = {each.index for each in step.largest(_MARKED)}
        for channel in channels:
            number_of = step.channels[channel]
            line = [Segment(f"{number_of:>{_LABEL - 1}} ", text)]
            levels = palette.level(step.weights[:shown, channel], -size, size).tolist()
            for tap, level in enumerate(levels):
                place = step.window.first + tap * step.window.step, number_of
                line.append(Segment(*draw(level, columns, place in marked, palette)))
            line.append(Segment(f" {signed(float(step.per_channel[channel]))}", text))
            lines.append(line)
        others = len(step.channels) - len(channels)
        rest = step.product_sum - float(step.per_channel[channels].sum())
        if others and self.height > _HEADING + _ENDING:
            lines.append([Segment(f"the other {others:,} channels add ", dim), Segment(signed(rest), text)])
        lines.append(
            [
                Segment("Σ ", dim),
                Segment(number(step.product_sum), text),
                Segment("  bias ", dim),
                Segment(number(step.bias), text),
                Segment("  ● adds most", dim),
            ]
        )
        return lines

    def under(self, column: int, line: int) -> str | None:
        """Return what lies under a pointer: a weight, and what it is multiplied with in the shown window."""
        shown, columns = self._taps
        tap, nth, channels = (column - _LABEL) // columns, line - _HEADING, self.channels
        if not (0 <= tap < shown and 0 <= nth < len(channels)):
            return None
        step, channel = self.step, channels[nth]
        value, weight = float(step.values[tap, channel]), float(step.weights[tap, channel])
        product = signed(float(step.products[tap, channel]))
        return (
            f"tap {tap}, channel {step.channels[channel]}: weight {signed(weight)} × {number(value)} adds {product}"
        )
