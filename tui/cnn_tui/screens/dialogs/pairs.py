"""Terms and what is said of them, in two columns."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from ...pictures.colours import Palette

__all__ = ["pairs"]


def pairs(rows: Iterable[tuple[str, str]], palette: Palette, *, dim: bool = False) -> Table:
    """Return terms at the left and words at the right, wrapped beside them.

    Args:
        rows: Terms and words; neither is read as markup.
        palette: The colours.
        dim: Whether the terms too are less important.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    term_style = palette.dim if dim else f"bold {palette.text}"
    for term, words in rows:
        table.add_row(Text(term, style=term_style), Text(words, style=palette.dim if dim else palette.text))
    return table
