"""One filter's weights as the filter card draws them, taps across and channels down; each kind says what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from ..pictures.palette import GLYPHS, Palette, style
from ..words.block_words import filter_title

if TYPE_CHECKING:
    from cnn_core.blocks.block_run import BlockRun
    from cnn_core.layers import Array

__all__ = ["Kernel", "Read"]

Read = tuple[str, float]
"""The letters under the taps, nothing where feature maps are read, and the response to them."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """A filter's weights in a frame of lines and columns.

    Attributes:
        run: The block's values.
        filter: Which of its filters.
        palette: The colours in force.
        monochrome: Whether glyphs must do.
        width: Columns that there are.
        height: Lines that there are.
    """

    run: BlockRun
    filter: int
    palette: Palette
    monochrome: bool
    width: int
    height: int

    LABEL: ClassVar[int]
    """Columns of a channel's name."""
    ENDING: ClassVar[int] = 0
    """Columns behind the weights."""

    @property
    def weights(self) -> Array:
        """All weights, shape (taps, channels)."""
        raise NotImplementedError

    @property
    def above(self) -> int:
        """Lines over the weights."""
        raise NotImplementedError

    @property
    def channels(self) -> list[int]:
        """Which of the channels have a line, in the order of the lines."""
        raise NotImplementedError

    @property
    def steady(self) -> int:
        """Lines at the top that do not change with what the window reads."""
        return 0

    def line(self, y: int, read: Read) -> list[Segment]:
        """Return a line of the card.

        Args:
            y: Which one.
            read: What the shown window reads.
        """
        raise NotImplementedError

    def words(self, tap: int, channel: int) -> str:
        """Return what is said of a weight under a pointer."""
        raise NotImplementedError

    @cached_property
    def taps(self) -> tuple[int, int]:
        """How many taps are shown and how many columns each takes."""
        taps, free = len(self.weights), max(1, self.width - self.LABEL - self.ENDING)
        columns = min(3, max(1, free // taps))
        return min(taps, free // columns), columns

    def levels(self, largest: float) -> NDArray[np.int16]:
        """Return where the weights shown lie on the palette's ramp, shape (taps shown, channels)."""
        size = max(largest, 1e-30)
        return self.palette.level(self.weights[: self.taps[0]], -size, size)

    def under(self, column: int, line: int) -> tuple[int, str] | None:
        """Return the tap of the weight under a pointer and what is said of it, or None."""
        shown, columns = self.taps
        tap, row, channels = (column - self.LABEL) // columns, line - self.above, self.channels
        is_weight = 0 <= tap < shown and 0 <= row < len(channels)
        return (tap, self.words(tap, channels[row])) if is_weight else None

    def title(self, of: str = "") -> list[Segment]:
        """Return what the filter is called and how large its kernel is."""
        taps, channels = self.weights.shape
        shown = self.taps[0]
        cut = "" if shown == taps else f" · taps 0–{shown - 1} shown"
        bold = style(self.palette.text, self.palette.ground, bold=True)
        return [Segment(filter_title(self.run, self.filter), bold), self.dim(f"  {taps}×{channels}{of}{cut}")]

    def tap_ruler(self) -> Segment:
        """Return the number of every fifth tap over its columns; one that does not fit whole at the end goes."""
        taps, columns = self.taps
        fitting = (tap for tap in range(0, taps, 5) if len(str(tap)) <= (taps - tap) * columns)
        ruler = "".join(f"{tap:<{5 * columns}}" for tap in fitting)
        return self.dim(f"{ruler:<{taps * columns}}"[: taps * columns])

    def weight(self, level: int, marked: bool) -> Segment:
        """Return a weight of a level, as wide as a tap, marked or not."""
        palette, columns = self.palette, self.taps[1]
        if self.monochrome:
            glyph = GLYPHS[level]
            mark = glyph if columns == 1 else f"{glyph}{'●' if marked else ' '}"
            return self.text(f"{mark:<{columns}}"[:columns])
        look = style(palette.ink(palette.ramp[level]), palette.ramp[level], bold=marked)
        return Segment(f"{'●' if marked else ' ':^{columns}}", look)

    def text(self, words: str) -> Segment:
        """Return words."""
        return Segment(words, style(self.palette.text, self.palette.ground))

    def dim(self, words: str) -> Segment:
        """Return less important words."""
        return Segment(words, style(self.palette.dim, self.palette.ground))
