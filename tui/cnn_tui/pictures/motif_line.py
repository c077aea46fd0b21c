"""A motif in one line: a letter a column, which says by its form how much the column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from rich.text import Text

from .colours import style

if TYPE_CHECKING:
    from cnn_core.motifs import FilterMotif

    from .colours import Palette

__all__ = ["LEGEND", "motif_line"]

_MUCH: Final = 1.0
_LITTLE: Final = 0.25
_NOTHING: Final = "·"

LEGEND: Final = "capital: 1 bit or more of 2 · small: ¼ bit or more · dot: less"
"""What the form of a letter says."""


def motif_line(motif: FilterMotif, width: int, palette: Palette) -> Text:
    """Return a motif's consensus: a capital where a column holds a bit or more, a small letter for a quarter, else ·.

    Where there is no room for all, the columns that hold most together are shown between dots of omission. Letters
    have the colours of their bases; a motif of too few sites has none.

    Args:
        motif: The motif.
        width: How many columns of the terminal there are, 3 at the least.
        palette: The colours.
    """
    letters, bits = motif.consensus, motif.information
    start, shown = 0, min(len(letters), width)
    if shown < len(letters):
        shown = width - 2
        together = np.convolve(bits, np.ones(shown), mode="valid")
        start = int(np.argmax(together))
    line = Text()
    dots = shown < len(letters)
    if dots:
        line.append("…" if start else " ", style(palette.dim))
    for letter, held in zip(letters[start : start + shown], bits[start : start + shown].tolist(), strict=True):
        if held < _LITTLE:
            line.append(_NOTHING, style(palette.dim))
            continue
        at = "ACGT".find(letter)
        colour = palette.bases[at] if at >= 0 else palette.ambiguous
        if not motif.is_written:
            colour = palette.dim
        strong = held >= _MUCH
        line.append(letter if strong else letter.lower(), style(colour, bold=strong and motif.is_written))
    if dots:
        line.append("…" if start + shown < len(letters) else " ", style(palette.dim))
    return line
