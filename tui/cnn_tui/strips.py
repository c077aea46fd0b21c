"""Lines of the screen from characters and styles: neighbours of one style become one segment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

__all__ = ["bar", "hanging_bar", "strip_of"]

_BARS = " ▁▂▃▄▅▆▇█"


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


def bar(share: float, rows: int, row: int) -> str:
    """Return the character of an upright bar at one of its rows.

    Args:
        share: How much of the full height it reaches, from 0 to 1; anything above 0 shows.
        rows: The full height.
        row: The row, from the top.
    """
    eighths = _eighths(share, rows)
    return _BARS[min(8, max(0, eighths - (rows - 1 - row) * 8))]


def hanging_bar(share: float, rows: int, row: int, *, whole_blocks: bool = False) -> tuple[str, bool]:
    """Return the character of a bar that hangs down, and whether its colours are swapped.

    There are no glyphs for upper eighths, so a lower block with swapped colours leaves the upper part coloured.

    Args:
        share: How much of the full height it reaches, from 0 to 1; anything above 0 shows.
        rows: The full height.
        row: The row, from the top.
        whole_blocks: Use the three glyphs that hang by themselves, where colours cannot be swapped.
    """
    filled = min(8, max(0, _eighths(share, rows) - row * 8))
    if whole_blocks:
        return " ▔▔▀▀▀▀██"[filled], False
    return (_BARS[8 - filled], True) if 0 < filled < 8 else ("█" if filled else " ", False)


def _eighths(share: float, rows: int) -> int:
    return 0 if share <= 0 else max(1, round(min(share, 1.0) * rows * 8))
