"""One filter's weights as the filter card draws them, taps across and channels down; each kind says what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from ..pictures.colours import GLYPHS, Palette, style
from ..words.block_words import filter_title

if TYPE_CHECKING:
    from cnn_core.blocks.block_run import BlockRun
    from cnn_core.layers import Array

    from ..view.weight_cursor import WeightCursor

__all__ = ["Kernel", "Read"]

_PICKED, _EDITED = "●", "≠"


@dataclass(frozen=True, slots=True)
class Read:
    """What of a card changes while the filter stays.

    Attributes:
        letters: The letters under the taps, nothing where feature maps are read.
        response: The response to them.
        cursor: The weight that is edited, or None.
    """

    letters: str
    response: float
    cursor: WeightCursor | None = None

    def on(self, tap: int, channel: int | None) -> bool:
        """Tell whether the cursor is on a weight, or with None on the bias."""
        at = self.cursor
        return at is not None and at.channel == channel and (channel is None or at.tap == tap)


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
        edited: Which weights are edited, shape (taps, channels of the layer's input), and whether the bias is; None
            where nothing is.
    """

    run: BlockRun
    filter: int
    palette: Palette
    monochrome: bool
    width: int
    height: int
    edited: tuple[NDArray[np.bool_], bool] | None

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

    def under(self, column: int, line: int) -> tuple[int, int] | None:
        """Return the tap and the channel of the weight under a pointer, as indices of `weights`, or None."""
        shown, columns = self.taps
        tap, row, channels = (column - self.LABEL) // columns, line - self.above, self.channels
        is_weight = 0 <= tap < shown and 0 <= row < len(channels)
        return (tap, channels[row]) if is_weight else None

    def is_edited(self, tap: int, channel: int) -> bool:
        """Tell whether the weight for a channel of the layer's input is edited."""
        return self.edited is not None and bool(self.edited[0][tap, channel])

    def title(self, of: str = "") -> list[Segment]:
        """Return what the filter is called and how large its kernel is."""
        taps, channels = self.weights.shape
        shown = self.taps[0]
        cut = "" if shown == taps else f" · taps 0–{shown - 1} shown"
        bold = style(self.palette.text, self.palette.ground, bold=True)
        return [Segment(filter_title(self.run, self.filter), bold), self.dim(f"  {taps}×{channels}{of}{cut}")]

    def tap_ruler(self, cursor: WeightCursor | None = None) -> Segment:
        """Return the number of every fifth tap over its columns; one that does not fit whole at the end goes.

        Args:
            cursor: Where a weight is edited, which is marked.
        """
        taps, columns = self.taps
        fitting = (tap for tap in range(0, taps, 5) if len(str(tap)) <= (taps - tap) * columns)
        ruler = "".join(f"{tap:<{5 * columns}}" for tap in fitting)
        ruler = f"{ruler:<{taps * columns}}"[: taps * columns]
        if cursor is not None and cursor.channel is not None and cursor.tap < taps:
            at = cursor.tap * columns + (columns - 1) // 2
            return self.text(f"{ruler[:at]}▾{ruler[at + 1 :]}")
        return self.dim(ruler)

    def weight(self, level: int, picked: bool, edited: bool = False, here: bool = False) -> Segment:
        """Return a weight, as wide as a tap.

        Args:
            level: Where it lies on the ramp.
            picked: Whether what the window reads picks it.
            edited: Whether it is edited; where there is one column, that mark goes first.
            here: Whether the cursor is on it.
        """
        palette, columns = self.palette, self.taps[1]
        marks = f"{_PICKED if picked else ''}{_EDITED if edited else ''}"
        if self.monochrome:
            glyph = GLYPHS[level]
            words = f"{glyph if columns > 1 or not edited else ''}{marks if columns > 1 or edited else ''}"
            words, look = f"{words:<{columns}}", style(palette.text, palette.ground)
        else:
            words, look = f"{marks:^{columns}}", style(palette.ink(palette.ramp[level]), palette.ramp[level])
        if len(words) > columns:
            # The edit is the news, and the letters above say what is picked.
            words = words.replace(_PICKED, "", 1)[:columns]
        if here:
            words = f"[{words.strip() or ' '}]" if columns > 2 and len(words.strip()) < 2 else words
            look = Style(reverse=True) if self.monochrome else style(palette.ground, palette.text)
        return Segment(words, look + Style(bold=picked or edited or here))

    def text(self, words: str) -> Segment:
        """Return words."""
        return Segment(words, style(self.palette.text, self.palette.ground))

    def dim(self, words: str) -> Segment:
        """Return less important words."""
        return Segment(words, style(self.palette.dim, self.palette.ground))
