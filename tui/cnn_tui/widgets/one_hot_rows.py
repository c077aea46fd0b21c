"""Letters as a network reads them: a row with a single 1 each, bases across and channels down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cnn_core.letters.alphabet import decode, one_hot

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..pictures.colours import Palette

__all__ = ["one_hot_lines"]

_LABEL, _COLUMN = 10, 3


def one_hot_lines(reading: Reading, bases: int, palette: Palette, *, told: bool) -> list[Text]:
    """Return the first bases of an input as one-hot rows.

    Args:
        reading: The reading.
        bases: How many.
        palette: The colours.
        told: Whether the maximum of every channel stands behind them.
    """
    codes, channels = reading.codes(0, bases), reading.model.input.channels
    rows = one_hot(codes, channels, reading.ambiguity).T
    heading = Text(f"{'base':<{_LABEL}}", style=palette.dim, no_wrap=True)
    for letter in decode(codes):
        at = channels.find(letter)
        heading.append(
            f"{letter:<{_COLUMN}}", style=palette.bases[at] if 0 <= at < len(palette.bases) else palette.dim
        )
    heading.append("  maximum" if told else "", style=palette.dim)
    lines = [heading]
    for channel, row in zip(channels, rows.tolist(), strict=True):
        line = Text(f"{f'channel {channel}':<{_LABEL}}", style=palette.dim, no_wrap=True)
        for each in row:
            line.append(f"{each:<{_COLUMN}g}", style=palette.text if each else palette.dim)
        if told:
            line.append(f"  {max(row):g}", style=f"bold {palette.accent}")
        lines.append(line)
    return lines
