"""A drawing as text: its characters alone, or with the escape codes of their colours."""

from __future__ import annotations

import re
from typing import Final

from .screen_cells import Drawing, Look

__all__ = ["COLOURS", "ansi_of", "text_of"]

COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
"""An escape code that sets colours and attributes."""

_PLAIN = "\x1b[0m"


def text_of(drawing: Drawing) -> str:
    """Return the characters of the screen, a line each, without blanks at the end.

    Args:
        drawing: What stands on the screen.
    """
    return "".join(f"{line}\n" for line in drawing.text)


def ansi_of(drawing: Drawing) -> str:
    """Return the screen as `cat` shows it in a terminal of 16 million colours.

    Args:
        drawing: What stands on the screen.
    """
    lines = []
    for line in drawing.lines:
        lines.append("".join(f"\x1b[{_codes(run.look)}m{run.text}" for run in line) + f"{_PLAIN}\n")
    return "".join(lines)


def _codes(look: Look) -> str:
    """Return every attribute anew, so that each run stands for itself."""
    attributes = ((look.bold, "1"), (look.italic, "3"), (look.underline, "4"), (look.strike, "9"))
    codes = ["0", *(code for given, code in attributes if given)]
    for first, colour in (("38", look.colour), ("48", look.ground)):
        codes += [first, "2", *(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))]
    return ";".join(codes)
