"""Lines of the screen from characters and styles: neighbours of one style become one segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from cnn_core.layers import Array

__all__ = [
    "ABOVE",
    "BELOW",
    "BELOW_SWAPPED",
    "NOTHING",
    "ZERO",
    "Row",
    "bars",
    "hanging_bars",
    "signed_bars",
    "strip_of",
    "strips_of",
]

_BARS: Final = np.array([*" ▁▂▃▄▅▆▇█"])
_HANGING: Final = np.array([*" ▔▔▀▀▀▀██"])


class Row:
    """A line in the making: one character a column, and how it looks.

    Args:
        columns: How many there are.
        look: How they look at first.

    Attributes:
        text: The characters.
    """

    def __init__(self, columns: int, look: Style) -> None:
        self.text = [" "] * columns
        self._looks = {look: 0}
        self._ids = np.zeros(columns, dtype=np.int16)

    def paint(self, where: slice | int | NDArray[np.bool_], look: Style) -> None:
        """Let some columns look otherwise."""
        self._ids[where] = self._looks.setdefault(look, len(self._looks))

    def fill(self, start: int, stop: int, glyph: str, look: Style) -> None:
        """Fill half-open columns, none of them outside, with a glyph."""
        self.text[start:stop] = glyph * (stop - start)
        self.paint(slice(start, stop), look)

    def write(self, words: str, at: int, look: Style) -> bool:
        """Write words from a column on if there is room for all of them; tell whether there was."""
        stop = at + len(words)
        if at < 0 or stop > len(self.text):
            return False
        self.text[at:stop] = words
        self.paint(slice(at, stop), look)
        return True

    def write_first(self, ways: Iterable[tuple[str, int]], look: Style) -> None:
        """Write the first of several words that have room at their columns, if any have."""
        any(self.write(*way, look) for way in ways)

    def strip(self) -> Strip:
        """Return the line."""
        return strip_of("".join(self.text), self._ids, [*self._looks])


def strip_of(text: str, ids: NDArray[np.integer], styles: Sequence[Style] | Mapping[int, Style]) -> Strip:
    """Return a line.

    Args:
        text: Its characters, each one column wide.
        ids: Which style each character has, shape (len(text),).
        styles: The styles, by those numbers.
    """
    if not text:
        return Strip([], 0)
    bounds = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(text)]
    segments = [Segment(text[start:stop], styles[int(ids[start])]) for start, stop in pairwise(bounds)]
    return Strip(segments, len(text))


def strips_of(glyphs: NDArray[np.str_], ids: NDArray[np.integer], styles: Sequence[Style]) -> list[Strip]:
    """Return lines.

    Args:
        glyphs: Their characters, each one column wide, shape (lines, columns).
        ids: Which style each character has, shape (lines, columns).
        styles: The styles.
    """
    return [strip_of("".join(line), of_line, styles) for line, of_line in zip(glyphs.tolist(), ids, strict=True)]


def bars(shares: NDArray[np.floating], rows: int) -> NDArray[np.str_]:
    """Return the characters of upright bars.

    Args:
        shares: How much of the full height each reaches, from 0 to 1, shape (bars,); anything above 0 shows.
        rows: The full height.

    Returns:
        One character a row, from the top, and bar, shape (rows, bars).
    """
    under = np.arange(rows - 1, -1, -1)[:, None] * 8
    glyphs: NDArray[np.str_] = _BARS[np.clip(_eighths(shares, rows) - under, 0, 8)]
    return glyphs


def hanging_bars(
    shares: NDArray[np.floating], rows: int, *, whole_blocks: bool = False
) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """Return the characters of bars that hang down, and whether their colours are swapped.

    There are no glyphs for upper eighths, so a lower block with swapped colours leaves the upper part coloured.

    Args:
        shares: How much of the full height each reaches, from 0 to 1, shape (bars,); anything above 0 shows.
        rows: The full height.
        whole_blocks: Use the three glyphs that hang by themselves, where colours cannot be swapped.

    Returns:
        One character and one truth value a row, from the top, and bar, shape (rows, bars) each.
    """
    filled = np.clip(_eighths(shares, rows) - np.arange(rows)[:, None] * 8, 0, 8)
    if whole_blocks:
        return _HANGING[filled], np.zeros(filled.shape, dtype=np.bool_)
    swapped = (filled > 0) & (filled < 8)
    return _BARS[np.where(swapped, 8 - filled, filled)], swapped


NOTHING, ABOVE, BELOW, BELOW_SWAPPED, ZERO = range(5)
"""What a character of a bar on the line at 0 shows."""


def signed_bars(
    values: Array, scale: tuple[float, float], rows: int, *, whole_blocks: bool = False
) -> tuple[NDArray[np.str_], NDArray[np.int16]]:
    """Return the characters of bars that stand on a line, or hang from it where they are below 0.

    The line has its place where both sides have the same unit; where nothing can be below 0 it is the ground.

    Args:
        values: One value a bar, shape (bars,); NaN for none.
        scale: The lowest and the highest value.
        rows: The lines of both sides together.
        whole_blocks: Use glyphs that hang by themselves, where colours cannot be swapped.

    Returns:
        One character a row, from the top, and bar, shape (rows, bars), and what it shows: `NOTHING`, `ABOVE`,
        `BELOW`, `BELOW_SWAPPED` where its colours are, or `ZERO`, a dot on the line.
    """
    lowest, highest = scale
    below = min(max(round(rows * -lowest / (highest - lowest)), 1), rows - 1) if lowest < 0 and rows > 1 else 0
    above = rows - below
    sizes = np.abs(values.astype(np.float64))
    glyphs, parts = np.full((rows, len(values)), " "), np.zeros((rows, len(values)), dtype=np.int16)
    # What is no number, infinity by infinity, is drawn as the whole height.
    with np.errstate(invalid="ignore"):
        up, down = np.fmin(sizes / (highest or 1.0), 1.0), np.fmin(sizes / (-lowest or 1.0), 1.0)
    over, under = values > 0, values < 0
    glyphs[:above, over] = bars(up[over], above)
    parts[:above, over] = ABOVE
    if below:
        glyphs[above:, under], swapped = hanging_bars(down[under], below, whole_blocks=whole_blocks)
        parts[above:, under] = np.where(swapped, BELOW_SWAPPED, BELOW)
    glyphs[above - 1, values == 0] = "·"
    parts[above - 1, values == 0] = ZERO
    return glyphs, parts


def _eighths(shares: NDArray[np.floating], rows: int) -> NDArray[np.int64]:
    eighths = np.rint(np.minimum(shares, 1.0) * (rows * 8)).astype(np.int64)
    return np.where(shares <= 0, 0, np.maximum(eighths, 1))
