"""The table of a pool window as lines: positions across, their responses and activations under each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from ..words.shortening import shortened

if TYPE_CHECKING:
    from ..pictures.colours import Palette
    from ..pictures.selection_table import PoolTable

__all__ = ["table_lines"]

_LABEL, _NARROWEST = 10, 8
_BEFORE, _BEHIND = "‹", "›"


def table_lines(table: PoolTable, width: int, palette: Palette) -> list[Text]:
    """Return the lines of a table; of a wide pool window those columns that fit around what was selected.

    Args:
        table: The table.
        width: Columns.
        palette: The colours.
    """
    names = [f"[{position}]" for position in table.positions]
    # A column holds its mark and the longest of its texts, and none is cut.
    column = max(_NARROWEST, 1 + max(map(len, (*names, *table.responses, *table.activations))))
    fits = max(1, (width - _LABEL - 1) // column)
    middle = next((each for each in (table.here, table.selected) if each is not None), 0)
    first = min(max(0, middle - fits // 2), max(0, len(names) - fits))
    shown = range(first, min(first + fits, len(names)))
    rows = [(table.conv, names, False), ("Σ + bias", table.responses, not table.function)]
    if table.function:
        rows.append((table.function, table.activations, True))
    return [_line(table, label, row, marked, shown, column, palette) for label, row, marked in rows]


def _line(
    table: PoolTable,
    label: str,
    row: Sequence[str],
    marked: bool,
    shown: range,
    column: int,
    palette: Palette,
) -> Text:
    heading = row[shown[0]].startswith("[")
    line = Text(f"{shortened(label, _LABEL - 1):<{_LABEL - 1}}", style=palette.dim, no_wrap=True)
    line.append(_BEFORE if shown[0] and heading else " ", style=palette.dim)
    for nth in shown:
        mark = "▲" if marked and nth == table.selected else "△" if marked and nth in table.ties else " "
        look = palette.dim if heading else palette.text
        if nth == table.here or (nth == table.selected and marked):
            look = f"bold {palette.accent}"
        # The mark stands right before its number, so that no other can take it for its own.
        before = line.plain[-1:] == " " and mark != " "
        if before:
            line.right_crop(1)
            line.append(mark, style=f"bold {palette.accent}")
        line.append(f"{row[nth]:<{column}}", style=look)
    if shown[-1] + 1 < len(row) and heading:
        line.append(_BEHIND, style=palette.dim)
    return line
