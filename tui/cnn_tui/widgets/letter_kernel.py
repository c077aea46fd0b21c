"""The filter card of a convolution that reads letters: a signed logo over the kernel, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from ..pictures.palette import style
from ..words.numbers import number, signed
from .kernel import Kernel

if TYPE_CHECKING:
    from cnn_core.layers import Array

__all__ = ["LetterKernel", "stacks"]

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


@dataclass(frozen=True, eq=False)
class LetterKernel(Kernel):
    """A filter that reads letters; with the letters under it only the marks change.

    Attributes:
        letters: The channels' letters.
    """

    letters: str

    LABEL = 3

    @cached_property
    def weights(self) -> Array:
        """All weights, shape (taps, channels)."""
        return self.run.conv.full_kernel()[:, :, self.filter]

    @property
    def channels(self) -> list[int]:
        """All channels."""
        return [*range(len(self.letters))]

    @property
    def above(self) -> int:
        """Lines over the weights."""
        return len(self._heading)

    @property
    def _is_low(self) -> bool:
        """Whether every row of the kernel counts for more than the ruler and a line for the numbers."""
        return self.height < len(self.letters) + _OTHER_LINES

    @cached_property
    def _strongest(self) -> float:
        return float(np.abs(self.weights[: self.taps[0]]).max())

    @cached_property
    def _levels(self) -> NDArray[np.int16]:
        return self.levels(self._strongest)

    @cached_property
    def _heading(self) -> list[list[Segment]]:
        if self._is_low:
            return [[*self.title(), self.dim("  "), *self._numbers]]
        return [self.title(), *self._logo(), [self.dim(" " * self.LABEL), self.tap_ruler()]]

    @property
    def _numbers(self) -> list[Segment]:
        bias = 0.0 if self.run.conv.bias is None else float(self.run.conv.bias[self.filter])
        best = float(self.run.best_match[self.filter])
        return [self.dim("bias "), self.text(number(bias)), self.dim("  best match "), self.text(number(best))]

    def line(self, y: int, read: str) -> list[Segment]:
        """Return a line of the card; the weights that the letters pick are marked."""
        row = y - self.above
        if row < 0:
            return self._heading[y]
        if row < len(self.letters):
            levels = self._levels[:, row].tolist()
            return [
                self._letter(self.letters[row], f"{self.letters[row]:>{self.LABEL - 1}} "),
                *(self.weight(level, read[tap] == self.letters[row]) for tap, level in enumerate(levels)),
            ]
        if row > len(self.letters) or self._is_low:
            return []
        return [*self._numbers, self.dim("  weights ±"), self.text(number(self._strongest))]

    def _logo(self) -> list[list[Segment]]:
        """Return the logo in all lines that the rest leaves, if they are enough to read it."""
        rows, (shown, columns) = self.height - _OTHER_LINES - len(self.letters), self.taps
        if rows < 2:
            return []
        down = rows // 2
        lines = []
        for row, letters in enumerate(stacks(self.weights[:shown], rows - down, down)):
            label = "+" if row == rows - down - 1 else "−" if row == rows - down else " "
            line = [self.dim(f"{label:>{self.LABEL - 1}} ")]
            for letter in letters:
                if letter is None:
                    line.append(self.dim(" " * columns))
                    continue
                name, positive = self.letters[letter[0]], letter[1]
                line.append(self._letter(name, f"{name:<{columns}}", positive=positive))
            lines.append(line)
        return lines

    def _letter(self, letter: str, words: str, *, positive: bool = True) -> Segment:
        """Return words in a letter's colour, dimmed where its weight is below 0."""
        palette = self.palette
        colour = palette.bases["ACGT".index(letter)] if letter in "ACGT" else palette.ambiguous
        return Segment(words, style(colour if positive else palette.dimmed(colour), palette.ground, bold=positive))

    def words(self, tap: int, channel: int) -> str:
        """Return a weight."""
        return f"tap {tap}, {self.letters[channel]}: weight {signed(float(self.weights[tap, channel]))}"
