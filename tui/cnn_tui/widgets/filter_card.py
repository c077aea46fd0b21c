"""The filter card: a signed weight logo and the kernel as a heat map, the weights that the window picks marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from cnn_core.layers import Array

from ..pictures.block_picture import Picture
from ..pictures.palette import GLYPH_RAMP, LEVELS, Palette, palette_of, style
from ..words.explanation import filter_title
from ..words.numbers import number, signed
from .lines import Lines
from .map_kernel import MapKernel, tap_ruler
from .track import Track

__all__ = ["FilterCard", "stacks"]

_LABEL: Final = 3
_NARROWEST: Final = 10
_BACK: Final = "f: the inspector"
_OTHER_LINES: Final = 3
"""Title, ruler and numbers."""


def stacks(weights: Array, rows_up: int, rows_down: int) -> list[list[tuple[int, bool] | None]]:
    """Return a signed logo: which channel stands in each row of each tap.

    Positive weights stand above the line, the largest on top; negative ones hang below it, the most negative at the
    bottom. Each side has a unit of its own, since the negative weights of log-odds are many times the positive.

    Args:
        weights: A kernel's weights for one filter, shape (taps, channels).
        rows_up: Rows above the line.
        rows_down: Rows below it.

    Returns:
        For each row, from the top, and each tap: (channel, whether positive), or None.
    """
    taps = len(weights)
    grid: list[list[tuple[int, bool] | None]] = [[None] * taps for _ in range(rows_up + rows_down)]
    up, down = np.maximum(weights, 0), np.maximum(-weights, 0)
    for sizes, rows, positive in ((up, rows_up, True), (down, rows_down, False)):
        unit = max(float(sizes.sum(axis=1).max()) / max(rows, 1), 1e-30)
        for tap in range(taps):
            reached = 0.0
            for channel in np.argsort(sizes[tap], kind="stable").tolist():
                first = round(reached / unit)
                reached += float(sizes[tap, channel])
                for step in range(first, min(round(reached / unit), rows)):
                    row = rows_up - 1 - step if positive else rows_up + step
                    grid[row][tap] = channel, positive
    return grid


@dataclass(frozen=True)
class _Weights:
    """What is drawn of a filter that reads letters, whichever letters it reads just now.

    Attributes:
        above: The lines over the kernel.
        below: Those under it.
        levels: Where its weights lie on the palette's ramp, shape (taps shown, channels).
        columns: How many columns a tap takes.
    """

    above: list[list[Segment]]
    below: list[list[Segment]]
    levels: NDArray[np.int16]
    columns: int


class FilterCard(Lines):
    """The chosen filter: its name, logo, kernel and bias."""

    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""
    instead: reactive[bool] = reactive(False)
    """Whether it stands in the inspector's place, so that it has to say how that comes back."""
    _weights: tuple[tuple[object, ...], _Weights] | None = None
    _maps: tuple[tuple[object, ...], list[list[Segment]]] | None = None

    def watch_picture(self, before: Picture | None, after: Picture | None) -> None:
        """Paint again what is another: the whole card, or of the same filter only the weights that are picked."""
        if before is None or after is None or not self._has_room or not self._same_weights(before, after):
            self.refresh()
        elif _read(before) != _read(after):
            width, above = self.size.width, len(self._weights_of(after).above)
            self.refresh(Region(0, above, width, self.size.height - above))

    @property
    def _has_room(self) -> bool:
        """Whether there are columns to draw in; there are none where the card is not on the screen."""
        return self.size.width >= _NARROWEST

    @staticmethod
    def _same_weights(before: Picture, after: Picture) -> bool:
        same = before.run is after.run and before.view.filter == after.view.filter
        return same and before.deep_step is None and after.deep_step is None

    def render_line(self, y: int) -> Strip:
        """Return one line of the card."""
        palette = palette_of(self.app)
        blank = style(palette.text, palette.ground)
        picture = self.picture
        if picture is None or not self._has_room:
            return Strip.blank(self.size.width, blank)
        drawn = self._drawn(y, picture, palette)
        line = Strip([Segment(" ", blank), *drawn])
        if y == 0 and self.instead and line.cell_length + len(_BACK) < self.size.width:
            gap = Segment(" " * (self.size.width - 1 - len(_BACK) - line.cell_length), blank)
            line = Strip.join([line, Strip([gap, Segment(_BACK, style(palette.dim, palette.ground))])])
        return line.adjust_cell_length(self.size.width, blank)

    def _drawn(self, y: int, picture: Picture, palette: Palette) -> list[Segment]:
        """Return what a line holds."""
        if (maps := self._map_kernel(picture)) is not None:
            key = picture, self.size, palette
            if self._maps is None or self._maps[0] != key:
                monochrome = Track.is_monochrome(self.app)
                self._maps = key, maps.lines(palette, partial(self._weight, monochrome=monochrome))
            lines = self._maps[1]
            return lines[y] if y < len(lines) else []
        weights = self._weights_of(picture)
        row = y - len(weights.above)
        if row < 0:
            return weights.above[y]
        channels = weights.levels.shape[1]
        if row < channels:
            return self._kernel_line(row, weights, picture, palette)
        return weights.below[row - channels] if row < channels + len(weights.below) else []

    def _weights_of(self, picture: Picture) -> _Weights:
        """Return what is drawn of a filter's weights, once for each filter, size and theme."""
        palette = palette_of(self.app)
        key = picture.run, picture.view.filter, self.size, palette
        if self._weights is None or self._weights[0] != key:
            weights = picture.run.conv.full_kernel()[:, :, picture.view.filter]
            shown, columns = self._taps(self.size.width - 2, len(weights))
            self._weights = key, self._drawn_weights(picture, weights[:shown], columns, palette)
        return self._weights[1]

    def channels_drawn(self, picture: Picture) -> list[int]:
        """Return which channels of what a filter reads have a line, where that is feature maps."""
        maps = self._map_kernel(picture)
        return [] if maps is None else maps.channels

    def _map_kernel(self, picture: Picture) -> MapKernel | None:
        """Return the card of a filter that reads feature maps, or None where it reads letters."""
        step = picture.deep_step
        return None if step is None else MapKernel(picture, step, self.size.width - 2, self.size.height)

    def _logo_lines(self, channels: int) -> int:
        """Return how many lines the logo takes: all that the rest leaves, if they are enough to read it."""
        free = self.size.height - _OTHER_LINES - channels
        return free if free >= 2 else 0

    def _taps(self, width: int, taps: int) -> tuple[int, int]:
        """Return how many taps are shown and how many columns each takes."""
        columns = min(3, max(1, (width - _LABEL) // taps))
        return min(taps, (width - _LABEL) // columns), columns

    def _drawn_weights(self, picture: Picture, weights: Array, columns: int, palette: Palette) -> _Weights:
        conv, view = picture.run.conv, picture.view
        shown, channels = weights.shape
        text, dim = style(palette.text, palette.ground), style(palette.dim, palette.ground)
        bold = style(palette.text, palette.ground, bold=True)
        bias = 0.0 if conv.bias is None else float(conv.bias[view.filter])
        cut = "" if shown == conv.kernel_size else f" · taps 0–{shown - 1} shown"
        best = float(picture.run.best_match[view.filter])
        numbers = [Segment("bias ", dim), Segment(number(bias), text)]
        numbers += [Segment("  best match ", dim), Segment(number(best), text)]
        title = [
            Segment(filter_title(picture.run, view.filter), bold),
            Segment(f"  {conv.kernel_size}×{channels}{cut}", dim),
        ]
        strongest = float(np.abs(weights).max())
        size = max(strongest, 1e-30)
        levels = palette.level(weights, -size, size)
        if self.size.height < channels + _OTHER_LINES:
            # Every row of the kernel counts for more than the ruler and a line for the numbers.
            return _Weights([[*title, Segment("  ", dim), *numbers]], [], levels, columns)
        lines = [title]
        rows = self._logo_lines(channels)
        if rows:
            lines += self._logo(weights, rows, columns, picture, palette)
        lines.append([Segment(" " * _LABEL, dim), Segment(tap_ruler(shown, columns), dim)])
        last = [*numbers, Segment("  weights ±", dim), Segment(number(strongest), text)]
        return _Weights(lines, [last], levels, columns)

    def _logo(
        self, weights: Array, rows: int, columns: int, picture: Picture, palette: Palette
    ) -> list[list[Segment]]:
        down = rows // 2
        channels = picture.reading.model.input.channels
        lines = []
        for row, letters in enumerate(stacks(weights, rows - down, down)):
            label = "+" if row == rows - down - 1 else "−" if row == rows - down else " "
            line = [Segment(f"{label:>{_LABEL - 1}} ", style(palette.dim, palette.ground))]
            for letter in letters:
                if letter is None:
                    line.append(Segment(" " * columns, style(palette.dim, palette.ground)))
                    continue
                channel, positive = letter
                colour = _base_colour(channels[channel], palette)
                look = style(colour if positive else palette.dimmed(colour), palette.ground, bold=positive)
                line.append(Segment(f"{channels[channel]:<{columns}}", look))
            lines.append(line)
        return lines

    def _kernel_line(self, channel: int, weights: _Weights, picture: Picture, palette: Palette) -> list[Segment]:
        """Return a channel's weights; those that the letters which are read pick are marked."""
        name, read = picture.reading.model.input.channels[channel], _read(picture)
        monochrome = Track.is_monochrome(self.app)
        label = Segment(f"{name:>{_LABEL - 1}} ", style(_base_colour(name, palette), palette.ground, bold=True))
        return [
            label,
            *(
                Segment(*self._weight(level, weights.columns, read[tap] == name, palette, monochrome))
                for tap, level in enumerate(weights.levels[:, channel].tolist())
            ),
        ]

    @staticmethod
    def _weight(level: int, columns: int, picked: bool, palette: Palette, monochrome: bool) -> tuple[str, Style]:
        signed_level = level - LEVELS + 1
        if monochrome:
            glyph = GLYPH_RAMP[-(-abs(signed_level) * (len(GLYPH_RAMP) - 1) // (LEVELS - 1))]
            glyph = "−" if signed_level < 0 else glyph
            mark = glyph if columns == 1 else f"{glyph}{'●' if picked else ' '}"
            return f"{mark:<{columns}}"[:columns], style(palette.text, palette.ground)
        look = style(palette.ink(palette.ramp[level]), palette.ramp[level], bold=picked)
        return f"{'●' if picked else ' ':^{columns}}", look

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the weight under the pointer."""
        picture = self.picture
        if picture is None:
            return
        if (maps := self._map_kernel(picture)) is not None:
            self.post_message(Track.Hovered(maps.under(event.x - 1, event.y)))
            return
        weights = picture.run.conv.full_kernel()[:, :, picture.view.filter]
        shown, columns = self._taps(self.size.width - 2, len(weights))
        tap = (event.x - 1 - _LABEL) // columns
        above = 2 if self.size.height >= weights.shape[1] + _OTHER_LINES else 1
        channel = event.y - above - self._logo_lines(weights.shape[1])
        words = None
        if 0 <= tap < shown and 0 <= channel < weights.shape[1]:
            name = picture.reading.model.input.channels[channel]
            words = f"tap {tap}, {name}: weight {signed(float(weights[tap, channel]))}"
        self.post_message(Track.Hovered(words))

    def on_leave(self) -> None:
        """Show nothing."""
        self.post_message(Track.Hovered(None))


def _read(picture: Picture) -> str:
    """Return the letters under the taps of a window over letters."""
    return picture.conv_step.bases.upper()


def _base_colour(letter: str, palette: Palette) -> str:
    return palette.bases["ACGT".index(letter)] if letter in "ACGT" else palette.ambiguous
