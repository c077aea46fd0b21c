"""A drawing as SVG: shapes and text, nothing from the web, and nothing that changes while the screen does not.

Every line of the screen is a group of its own and names no other, so that what differs between two pictures is
what differs between two screens. Blocks such as `▀`, of which heat maps are made, are drawn as rectangles: no font
leaves gaps in them. The characters of the screen stand whole in the description, for readers and for comparisons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from rich.cells import cell_len

from .screen_cells import Drawing, Look, Run

__all__ = ["CELL_HEIGHT", "CELL_WIDTH", "svg_of"]

CELL_WIDTH: Final = 10
"""How wide a column is, in the picture's own units."""
CELL_HEIGHT: Final = 20
"""How high a line is."""

_FONT_SIZE: Final = "16.6"
_BASELINE: Final = 15
_FONTS: Final = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
_PIECE: Final = re.compile(r"\S+(?: {1,2}\S+)*")
"""Words that stand near enough to each other to be drawn as one."""
_EIGHTHS: Final = "▁▂▃▄▅▆▇█"
_LEFT_EIGHTHS: Final = "▏▎▍▌▋▊▉"
_HALVES: Final = {
    "▀": (0, 0, 10, 10),
    "▐": (5, 0, 5, 20),
    "▔": (0, 0, 10, 2.5),
    "▕": (8.75, 0, 1.25, 20),
}
_BLOCKS: Final[dict[str, tuple[float, float, float, float]]] = {
    **{block: (0, 20 - 2.5 * nth, 10, 2.5 * nth) for nth, block in enumerate(_EIGHTHS, 1)},
    **{block: (0, 0, 1.25 * nth, 20) for nth, block in enumerate(_LEFT_EIGHTHS, 1)},
    **_HALVES,
}
"""The part of a cell that a block fills: left, top, width, height."""


def svg_of(drawing: Drawing) -> str:
    """Return the screen as a picture.

    Args:
        drawing: What stands on the screen.
    """
    width, height = drawing.width * CELL_WIDTH, drawing.height * CELL_HEIGHT
    words = "\n".join(drawing.text)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="{_FONTS}" font-size="{_FONT_SIZE}"'
        f' shape-rendering="crispEdges" xml:space="preserve">\n'
        "<title>cnn-tui</title>\n"
        f"<desc>\n{escape(words, quote=False)}\n</desc>\n"
        f'<rect width="{width}" height="{height}" fill="{drawing.ground}"/>\n'
    )
    lines = [
        f'<g data-line="{number}" transform="translate(0 {number * CELL_HEIGHT})" fill="{drawing.colour}">\n'
        f"{''.join(_line(line, drawing))}</g>\n"
        for number, line in enumerate(drawing.lines)
    ]
    return f"{head}{''.join(lines)}</svg>\n"


def _line(line: tuple[Run, ...], drawing: Drawing) -> Iterator[str]:
    """Yield what a line consists of: grounds first, then blocks, then words."""
    yield from _rectangles(_grounds(line, drawing.ground))
    yield from _rectangles(_blocks(line))
    for run in line:
        yield from _words(run, drawing.colour)


Rectangle = tuple[float, float, float, float, str]
"""Left, top, width, height and colour."""


def _grounds(line: tuple[Run, ...], ground: str) -> Iterator[Rectangle]:
    for run in line:
        if run.look.ground != ground:
            yield (run.column * CELL_WIDTH, 0, run.columns * CELL_WIDTH, CELL_HEIGHT, run.look.ground)


def _blocks(line: tuple[Run, ...]) -> Iterator[Rectangle]:
    for run in line:
        column = run.column
        for letter in run.text:
            if letter in _BLOCKS:
                left, top, width, height = _BLOCKS[letter]
                yield (column * CELL_WIDTH + left, top, width, height, run.look.colour)
            column += cell_len(letter)


def _rectangles(pieces: Iterator[Rectangle]) -> Iterator[str]:
    """Yield the elements of rectangles; those that touch and look alike become one."""
    joined: list[Rectangle] = []
    for left, top, width, height, colour in pieces:
        if joined:
            before = joined[-1]
            if (before[0] + before[2], *before[1:2], *before[3:]) == (left, top, height, colour):
                joined[-1] = (before[0], top, before[2] + width, height, colour)
                continue
        joined.append((left, top, width, height, colour))
    for left, top, width, height, colour in joined:
        place = f'x="{left:g}" ' if left else ""
        place += f'y="{top:g}" ' if top else ""
        yield f'<rect {place}width="{width:g}" height="{height:g}" fill="{colour}"/>\n'


def _words(run: Run, colour: str) -> Iterator[str]:
    """Yield the text of a run without its blocks and the blanks around it."""
    shown = "".join(" " if letter in _BLOCKS else letter for letter in run.text)
    given = "" if run.look.colour == colour else f' fill="{run.look.colour}"'
    for piece in _PIECE.finditer(shown):
        left = (run.column + cell_len(run.text[: piece.start()])) * CELL_WIDTH
        yield (
            f'<text x="{left}" y="{_BASELINE}" textLength="{cell_len(piece[0]) * CELL_WIDTH}"{given}'
            f"{_attributes(run.look)}>{escape(piece[0], quote=False)}</text>\n"
        )


def _attributes(look: Look) -> str:
    found = ""
    if look.bold:
        found += ' font-weight="bold"'
    if look.italic:
        found += ' font-style="italic"'
    lines = [name for name, given in (("underline", look.underline), ("line-through", look.strike)) if given]
    return f'{found} text-decoration="{" ".join(lines)}"' if lines else found
