"""A motif's logo in lines of a terminal: letters as high as their share of a column's information, of 0 to 2 bits.

With two columns a position or more, letters are blocks of their colours in steps of an eighth of a line; a block that
fills a cell has its letter in it. With one column a position, or without colours, letters are stacked, a line being the
least; without colours and with few lines, bars are as high as the information, over the letters of the consensus.

Source: T. D. Schneider and R. M. Stephens, Nucleic Acids Research 18:6097-6100 (1990) (sequence logos).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.segment import Segment
from rich.style import Style

from cnn_core import motifs
from cnn_core.letters.alphabet import BASES

from ..pictures.colours import style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..pictures.colours import Palette

__all__ = ["BITS", "consensus_line", "logo_lines", "other_strand"]

BITS: Final = 2
"""How high every logo is, so that logos can be compared."""
_STEPS: Final = 8
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_FEW_LINES: Final = 2
"""Lines up to which a bar says more than stacked letters."""
_NOTHING: Final = -1


def other_strand(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a motif's reverse complement, shape (width, 4)."""
    return probabilities[::-1, ::-1]


def logo_lines(
    probabilities: NDArray[np.float64],
    lines: int,
    columns: int,
    palette: Palette,
    *,
    monochrome: bool = False,
    pale: bool = False,
) -> list[list[Segment]]:
    """Return a logo.

    Args:
        probabilities: The share of A, C, G and T in each position, shape (width, 4).
        lines: How many lines are `BITS` high, 1 or more.
        columns: Columns of a position, 1 or more.
        palette: The colours in force.
        monochrome: Whether glyphs must do.
        pale: Whether it is drawn in paler colours, such as one of few sites.

    Returns:
        The lines from the top down, each `width` × `columns` columns wide.
    """
    steps = _steps(probabilities, lines)
    if monochrome and lines <= _FEW_LINES:
        return _bars(steps, columns, palette)
    if monochrome or columns == 1:
        return _stacked(steps, columns, palette, monochrome=monochrome, pale=pale)
    return _blocks(steps, columns, palette, pale=pale)


def consensus_line(
    probabilities: NDArray[np.float64],
    columns: int,
    palette: Palette,
    *,
    pale: bool = False,
) -> list[Segment]:
    """Return the letters of a motif's consensus, one IUPAC letter a position.

    Args:
        probabilities: See `logo_lines`, as all that follows.
        columns: Columns of a position.
        palette: The colours in force.
        pale: Whether it is drawn in paler colours.
    """
    shown = []
    for letter in motifs.consensus(probabilities):
        found = BASES.find(letter)
        look = style(palette.dim, palette.ground) if found < 0 else _ink(found, palette, pale=pale)
        shown.append(Segment(f"{letter:^{columns}}", look))
    return shown


def _steps(probabilities: NDArray[np.float64], lines: int) -> NDArray[np.int8]:
    """Return the letter of each eighth of a line, from the bottom up, shape (width, lines, 8); -1 is nothing."""
    heights = probabilities * motifs.information(probabilities)[:, None] * (_STEPS * lines / BITS)
    order = np.argsort(heights, axis=1, kind="stable")
    tops = np.rint(np.cumsum(np.take_along_axis(heights, order, axis=1), axis=1)).astype(np.int64)
    found = np.full((len(heights), lines * _STEPS), _NOTHING, dtype=np.int8)
    for position, (letters, edges) in enumerate(zip(order.tolist(), tops.tolist(), strict=True)):
        for letter, (bottom, top) in zip(letters, pairwise((0, *edges)), strict=True):
            found[position, bottom:top] = letter
    return found.reshape(len(heights), lines, _STEPS)


def _blocks(steps: NDArray[np.int8], columns: int, palette: Palette, *, pale: bool) -> list[list[Segment]]:
    colours = [palette.pale(colour) if pale else colour for colour in palette.bases]
    colours.append(palette.ground)
    drawn = []
    for line in reversed(range(steps.shape[1])):
        segments = []
        for position in steps:
            lower, upper, edge = _two(position[line].tolist())
            if edge == _STEPS:
                words = BASES[lower] if lower != _NOTHING and line == _named_line(position, lower) else ""
                look = style(palette.ink(colours[lower]), colours[lower], bold=bool(words))
                segments.append(Segment(f"{words:^{columns}}", look))
            else:
                segments.append(Segment(_BLOCKS[edge] * columns, style(colours[lower], colours[upper])))
        drawn.append(segments)
    return drawn


def _two(cell: list[int]) -> tuple[int, int, int]:
    """Return the two letters that show a cell best, and how many eighths the lower one takes; 8 where it is one."""
    kinds = list(dict.fromkeys(cell))
    if len(kinds) == 1:
        return kinds[0], kinds[0], _STEPS
    ways = (
        (lower, upper, edge)
        for nth, lower in enumerate(kinds)
        for upper in kinds[nth + 1 :]
        for edge in range(1, _STEPS)
    )
    return max(ways, key=lambda way: cell[: way[2]].count(way[0]) + cell[way[2] :].count(way[1]))


def _named_line(position: NDArray[np.int8], letter: int) -> int | None:
    """Return the line in which a letter's block has its name: the middle one of those that it fills."""
    whole = np.flatnonzero((position == letter).all(axis=1))
    return int(whole[len(whole) // 2]) if len(whole) else None


def _stacked(
    steps: NDArray[np.int8], columns: int, palette: Palette, *, monochrome: bool, pale: bool
) -> list[list[Segment]]:
    """Return each line's letters: those that have most of it, where letters have half of it at least."""
    plain, drawn = style(palette.text, palette.ground), []
    for line in reversed(range(steps.shape[1])):
        segments = []
        for cell in steps[:, line].tolist():
            letters = [each for each in cell if each != _NOTHING]
            if 2 * len(letters) < _STEPS:
                segments.append(Segment(" " * columns, plain))
                continue
            # Of equal ones the upper, which is the larger letter.
            letter = max(reversed(letters), key=letters.count)
            look = plain if monochrome else _ink(letter, palette, pale=pale)
            segments.append(Segment(f"{BASES[letter]:^{columns}}", look))
        drawn.append(segments)
    return drawn


def _bars(steps: NDArray[np.int8], columns: int, palette: Palette) -> list[list[Segment]]:
    """Return bars of the information."""
    filled, plain = (steps != _NOTHING).sum(axis=2), style(palette.text, palette.ground)
    return [
        [Segment(f"{_BLOCKS[size]:^{columns}}", plain) for size in filled[:, line].tolist()]
        for line in reversed(range(steps.shape[1]))
    ]


def _ink(letter: int, palette: Palette, *, pale: bool) -> Style:
    colour = palette.bases[letter]
    return style(palette.dimmed(colour) if pale else colour, palette.ground, bold=not pale)
