"""The filter card of a convolution that reads letters: the best, the present and the worst letters over the weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from ..pictures.colours import GLYPHS, style
from ..words.block_words import filter_title
from ..words.numbers import number, signed
from .kernel import Kernel

if TYPE_CHECKING:
    from cnn_core.layers import Array

    from .kernel import Read

__all__ = ["LetterKernel"]

_SWATCH: Final = 9
"""Columns of the colours between the scale's two ends."""


@dataclass(frozen=True, eq=False)
class LetterKernel(Kernel):
    """A filter that reads letters; with the letters under it only the marks change.

    Attributes:
        letters: The channels' letters.
    """

    letters: str

    LABEL = 6

    @cached_property
    def weights(self) -> Array:
        """All weights, shape (taps, channels)."""
        return self.run.conv.full_kernel()[:, :, self.filter]

    @property
    def channels(self) -> list[int]:
        """All channels."""
        return [*range(len(self.letters))]

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """What stands in each line, from the top: those that count most where there is no room for all."""
        wanted = ["title", *(f"weights {channel}" for channel in self.channels)]
        for row in ("here", "sums", "best", "worst", "scale", "marks", "ruler"):
            if len(wanted) < self.height:
                wanted.append(row)
        weights = [row for row in wanted if row.startswith("weights")]
        order = ["title", "best", "here", "worst", "ruler", *weights, "sums", "scale", "marks"]
        return tuple(row for row in order if row in wanted)

    @property
    def above(self) -> int:
        """Lines over the weights."""
        return self.rows.index("weights 0")

    @property
    def steady(self) -> int:
        """Lines at the top that do not change with what the window reads."""
        return self.rows.index("here") if "here" in self.rows else 1

    @cached_property
    def _strongest(self) -> float:
        return float(np.abs(self.weights).max())

    @cached_property
    def _levels(self) -> NDArray[np.int16]:
        return self.levels(self._strongest)

    @property
    def _bias(self) -> float:
        return 0.0 if self.run.conv.bias is None else float(self.run.conv.bias[self.filter])

    def line(self, y: int, read: Read) -> list[Segment]:
        """Return a line of the card; the weights that the letters pick are marked."""
        if y >= len(self.rows):
            return []
        row, letters = self.rows[y], read.letters
        match row.partition(" ")[0]:
            case "title":
                return [self._heading()]
            case "best":
                return self._spelled("best", "".join(self.letters[at] for at in self.weights.argmax(axis=1)))
            case "worst":
                return self._spelled("worst", "".join(self.letters[at] for at in self.weights.argmin(axis=1)))
            case "here":
                return self._spelled("here", letters)
            case "ruler":
                return [self.dim(" " * self.LABEL), self.tap_ruler(read.cursor)]
            case "weights":
                return self._weights(int(row.partition(" ")[2]), read)
            case "sums":
                return self._sums(read.response)
            case "scale":
                return self._scale(read)
        ways = ["● the weight that the letter here picks", "● picked here"]
        if self.edited is not None:
            ways = [*(f"{each}  ≠ edited" for each in ways), "≠ edited"]
        return [self.dim(self._fitting(*ways))]

    def _fitting(self, *ways: str) -> str:
        """Return the first of some words that fits, or nothing."""
        return next((words for words in ways if len(words) <= self.width), "")

    def _heading(self) -> Segment:
        """Return what the filter is called and how many numbers it consists of."""
        taps, channels = self.weights.shape
        title, size = filter_title(self.run, self.filter), f"{taps} × {channels}"
        count, has_bias = taps * channels, self.run.conv.bias is not None
        ways = [f"{title}: {size} weights + 1 bias = {count + 1:,}", f"{title}: {size} + 1 = {count + 1:,}"]
        if not has_bias:
            ways = [f"{title}: {size} weights = {count:,}, no bias", f"{title}: {size} = {count:,}"]
        if self.taps[0] < taps:
            ways = [f"{title}: {size}, taps 0–{self.taps[0] - 1} shown", f"{title}: taps 0–{self.taps[0] - 1}"]
        bold = style(self.palette.text, self.palette.ground, bold=True)
        return Segment(self._fitting(*ways, title) or title[: self.width], bold)

    def _spelled(self, label: str, letters: str) -> list[Segment]:
        """Return letters over the taps."""
        shown, columns = self.taps
        line = [self.dim(f"{label:<{self.LABEL}}")]
        return line + [self._letter(each, f"{each:^{columns}}") for each in letters[:shown]]

    def _weights(self, channel: int, read: Read) -> list[Segment]:
        name, picked = self.letters[channel], read.letters.upper()
        is_here = read.cursor is not None and read.cursor.channel == channel
        return [
            self._letter(name, f"{name:<{self.LABEL - 1}}"),
            self.text("▸" if is_here else " "),
            *(
                self.weight(level, picked[tap] == name, self.is_edited(tap, channel), read.on(tap, channel))
                for tap, level in enumerate(self._levels[:, channel].tolist())
            ),
        ]

    def _sums(self, response: float) -> list[Segment]:
        """Return the response to the best letters, to those here and to the worst: sums with the bias."""
        best = float(self.weights.max(axis=1).sum()) + self._bias
        worst = float(self.weights.min(axis=1).sum()) + self._bias
        parts = [("Σ + bias", ""), ("best", number(best)), ("here", number(response)), ("worst", number(worst))]
        for named in (parts, parts[1:], parts[1:3], parts[2:3]):
            if sum(len(words) + len(value) + 3 for words, value in named) - 2 <= self.width:
                line = []
                for words, value in named:
                    line += [
                        self.dim(f"{words} " if value else f"{words}  "),
                        self.text(f"{value}  " if value else ""),
                    ]
                return line
        return []

    def _scale(self, read: Read) -> list[Segment]:
        """Return the one scale of all weights, with its ends, and the bias."""
        low, high = number(-self._strongest), number(self._strongest)
        here = read.cursor is not None and read.cursor.channel is None
        is_edited = self.edited is not None and self.edited[1]
        told = f"bias {number(self._bias)}{' ≠' if is_edited else ''}"
        bias = f" {'▸' if here else ' '}{told}" if here or is_edited or self.run.conv.bias is not None else ""
        if len(low) + len(high) + _SWATCH + 2 + len(bias) > self.width:
            bias = ""
        if len(low) + len(high) + _SWATCH + 2 > self.width:
            return []
        values = np.linspace(-self._strongest, self._strongest, _SWATCH).astype(np.float32)
        levels = self.palette.level(values, -max(self._strongest, 1e-30), max(self._strongest, 1e-30)).tolist()
        swatch = [
            self.text(GLYPHS[level]) if self.monochrome else Segment(" ", style(None, self.palette.ramp[level]))
            for level in levels
        ]
        return [self.dim(f"{low} "), *swatch, self.dim(f" {high}"), (self.text if here else self.dim)(bias)]

    def _letter(self, letter: str, words: str) -> Segment:
        """Return words in a letter's colour."""
        palette, base = self.palette, letter.upper()
        colour = palette.bases["ACGT".index(base)] if base in "ACGT" else palette.dim
        return Segment(words, style(colour, palette.ground, bold=True))

    def words(self, tap: int, channel: int) -> str:
        """Return a weight."""
        edited = ", edited" if self.is_edited(tap, channel) else ""
        return f"tap {tap}, {self.letters[channel]}: weight {signed(float(self.weights[tap, channel]))}{edited}"
