"""Lines of the screen from characters and styles: neighbours of one style become one segment."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cnn_core.layers import Array

__all__ = ["Part", "bars", "hanging_bars", "signed_bars", "strip_of"]

_BARS: Final = np.array([*" ▁▂▃▄▅▆▇█"])
_HANGING: Final = np.array([*" ▔▔▀▀▀▀██"])


def strip_of(text: str, ids: NDArray[np.integer], styles: Sequence[Style]) -> Strip:
    """Return a line.

    Args:
        text: Its characters, each one column wide.
        ids: Which style each character has, shape (len(text),).
        styles: The styles.
    """
    if not text:
        return Strip([], 0)
    bounds = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(text)]
    segments = [Segment(text[start:stop], styles[ids[start]]) for start, stop in pairwise(bounds)]
    return Strip(segments, len(text))


def bars(shares: NDArray[np.floating], rows: int, row: int) -> NDArray[np.str_]:
    """Return the characters of upright bars at one of their rows.

    Args:
        shares: How much of the full height each reaches, from 0 to 1, shape (bars,); anything above 0 shows.
        rows: The full height.
        row: The row, from the top.

    Returns:
        One character a bar, shape (bars,).
    """
    glyphs: NDArray[np.str_] = _BARS[np.clip(_eighths(shares, rows) - (rows - 1 - row) * 8, 0, 8)]
    return glyphs


def hanging_bars(
    shares: NDArray[np.floating], rows: int, row: int, *, whole_blocks: bool = False
) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """Return the characters of bars that hang down, and whether their colours are swapped.

    There are no glyphs for upper eighths, so a lower block with swapped colours leaves the upper part coloured.

    Args:
        shares: How much of the full height each reaches, from 0 to 1, shape (bars,); anything above 0 shows.
        rows: The full height.
        row: The row, from the top.
        whole_blocks: Use the three glyphs that hang by themselves, where colours cannot be swapped.

    Returns:
        One character and one truth value a bar, shape (bars,) each.
    """
    filled = np.clip(_eighths(shares, rows) - row * 8, 0, 8)
    if whole_blocks:
        return _HANGING[filled], np.zeros(len(filled), dtype=np.bool_)
    swapped = (filled > 0) & (filled < 8)
    return _BARS[np.where(swapped, 8 - filled, filled)], swapped


class Part(IntEnum):
    """What a character of a bar on a line between above and below 0 shows."""

    NOTHING = 0
    ABOVE = 1
    BELOW = 2
    BELOW_SWAPPED = 3
    ZERO = 4


def signed_bars(
    values: Array, scale: tuple[float, float], rows: int, row: int, *, whole_blocks: bool = False
) -> tuple[NDArray[np.str_], NDArray[np.int16]]:
    """Return the characters of bars that stand on a line, or hang from it where they are below 0, at one of their rows.

    The line has its place where both sides have the same unit; where nothing can be below 0 it is the ground.

    Args:
        values: One value a bar, shape (bars,).
        scale: The lowest and the highest value.
        rows: The lines of both sides together.
        row: The row, from the top.
        whole_blocks: Use glyphs that hang by themselves, where colours cannot be swapped.

    Returns:
        One character and one `Part` a bar, shape (bars,) each; a dot where a value of 0 lies on the line.
    """
    lowest, highest = scale
    below = min(max(round(rows * -lowest / (highest - lowest)), 1), rows - 1) if lowest < 0 and rows > 1 else 0
    above = rows - below
    with np.errstate(invalid="ignore"):
        shares = np.abs(values.astype(np.float64)) / (highest or 1.0 if row < above else -lowest)
    if row < above:
        shown = values > 0
        glyphs = bars(shares, above, row)
        parts = np.where(shown, Part.ABOVE, Part.NOTHING)
        if row == above - 1:
            glyphs, parts = np.where(values == 0, "·", glyphs), np.where(values == 0, Part.ZERO, parts)
    else:
        shown = values < 0
        glyphs, swapped = hanging_bars(shares, below, row - above, whole_blocks=whole_blocks)
        parts = np.where(shown, np.where(swapped, Part.BELOW_SWAPPED, Part.BELOW), Part.NOTHING)
    return np.where(parts == Part.NOTHING, " ", glyphs), parts.astype(np.int16)


def _eighths(shares: NDArray[np.floating], rows: int) -> NDArray[np.int64]:
    # What is no number, infinity by infinity, is drawn as the whole height.
    eighths = np.rint(np.fmin(shares, 1.0) * rows * 8).astype(np.int64)
    return np.where(shares <= 0, 0, np.maximum(eighths, 1))
