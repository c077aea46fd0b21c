"""What the dialogs with a table share: how it looks, and that a row is gone through, sorted by, and chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, TypeVar

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import DataTable

from .dialog import Dialog

__all__ = ["Row", "TableDialog"]

Result = TypeVar("Result")

_PADDING: Final = 1

Row = Mapping[str, str | Text]
"""The words of a row, by column."""


class _Table(DataTable[Text]):
    """A table that is emptied and filled while it is pressed on."""

    def on_click(self, event: events.Click) -> None:
        """Leave out a press on a column that is not there, such as on the empty header: Textual would look it up."""
        column = event.style.meta.get("column")
        if column is not None and not self.is_valid_column_index(column):
            event.prevent_default()

    class Resized(Message):
        """The table has other room. A scrollbar beside it may take some once the dialog has its size."""

    def on_resize(self) -> None:
        """Tell of other room."""
        self.post_message(self.Resized())


class TableDialog(Dialog[Result]):
    """Shows a line of words and a table under it, whose rows are chosen by Enter or a press."""

    DEFAULT_CSS = """
    TableDialog > #frame { max-width: 124; height: 100%; max-height: 44; margin: 1 0; }
    TableDialog #parts { height: 1fr; }
    TableDialog DataTable { height: 1fr; background: $panel; scrollbar-size: 1 1; overflow-x: auto; }
    TableDialog DataTable:focus { background-tint: transparent; }
    TableDialog DataTable > .datatable--header,
    TableDialog DataTable:focus > .datatable--header { background: $panel; background-tint: transparent; }
    TableDialog DataTable > .datatable--header-hover { background: $foreground 15%; color: $foreground; }
    TableDialog DataTable > .datatable--even-row, TableDialog DataTable > .datatable--odd-row { background: $panel; }
    TableDialog DataTable > .datatable--hover { background: $foreground 10%; }
    TableDialog DataTable > .datatable--cursor, TableDialog DataTable:focus > .datatable--cursor {
        background: $accent; color: $background; text-style: bold;
    }
    """
    BINDINGS: ClassVar = [("k", "move(-1)", "Up"), ("j", "move(1)", "Down")]
    right: ClassVar[tuple[str, ...]] = ()
    """The keys of the columns whose words end at the right."""
    falling: ClassVar[tuple[str, ...]] = ()
    """The keys of the columns that begin with the most where they are sorted by."""
    sorted_by: str
    """The key of the column that is sorted by."""
    turned = False
    """Whether the order is the other way round."""
    order: Sequence[int] = ()
    """Which of what is listed stands in each row; nothing where nothing is listed."""

    def parts(self) -> ComposeResult:
        """Yield what the table is of, and the table."""
        yield self.message()
        yield _Table(cursor_type="row", cell_padding=_PADDING)

    @property
    def table(self) -> DataTable[Text]:
        """The table."""
        return self.query_one(_Table)

    @property
    def room(self) -> int:
        """How many columns of the terminal the table has."""
        # The scrollbar takes a column.
        return self.table.size.width - 1

    def width(self, rows: Sequence[Row], columns: Iterable[str]) -> int:
        """Return how many columns of the terminal a table of some rows takes.

        Args:
            rows: The words of each row, at least one, by column.
            columns: The keys of the columns that are shown.
        """
        return sum(max(cell_len(str(row[key])) for row in rows) + 2 * _PADDING for key in columns)

    def fitting(self, rows: Sequence[Row], columns: Sequence[str], left_out: Iterable[str]) -> list[str]:
        """Return the columns that there is room for.

        Args:
            rows: The words of each row, and what stands above them.
            columns: The keys of all columns.
            left_out: The keys of those that go where there is no room for all, the first to go first.
        """
        fitting = [*columns]
        for column in left_out:
            if column in fitting and self.width(rows, fitting) > self.room:
                fitting.remove(column)
        return fitting

    def fill(self, columns: Sequence[str], heads: Row, rows: Sequence[Row], highlighted: int) -> None:
        """Show rows instead of what is there.

        Args:
            columns: The keys of the columns that are shown.
            heads: What stands above each.
            rows: The words of each row by column.
            highlighted: The row that the cursor stands on.
        """
        self.table.clear(columns=True)
        for key in columns:
            # A table measures its columns some time after they are filled, and is cut until then.
            widest = max(cell_len(str(row[key])) for row in [*rows, heads])
            self.table.add_column(self.cell(key, heads[key]), key=key, width=widest)
        for row in rows:
            self.table.add_row(*(self.cell(key, row[key]) for key in columns))
        self.table.move_cursor(row=highlighted, animate=False)

    def cell(self, key: str, words: str | Text) -> Text:
        """Return the words of a cell, at the side of their column; those with a style keep it."""
        cell = words.copy() if isinstance(words, Text) else Text(words)
        cell.justify = "right" if key in self.right else "left"
        return cell

    def action_move(self, by: int) -> None:
        """Highlight a neighbour."""
        self.table.move_cursor(row=self.table.cursor_row + by, animate=False)

    def mark(self, key: str) -> str:
        """Return the mark of the column that is sorted by: ▾ where the first line has the most."""
        if key != self.sorted_by:
            return ""
        return " ▾" if self.turned != (key in self.falling) else " ▴"

    def sort(self, key: str) -> None:
        """Take another column to sort by, or the other way round."""
        self.turned = key == self.sorted_by and not self.turned
        self.sorted_by = key

    @property
    def chosen(self) -> int | None:
        """Which of what is listed is under the cursor, or None where nothing is listed."""
        return self.order[self.table.cursor_row] if self.order else None

    def lay_out(self, highlighted: int) -> None:
        """Fill the table in the order in force, with the cursor on one of what is listed."""
        raise NotImplementedError

    def action_sort(self, key: str) -> None:
        """Sort by a column, or the other way round."""
        if (chosen := self.chosen) is not None:
            self.sort(key)
            self.lay_out(chosen)

    @on(_Table.Resized)
    def take_room(self) -> None:
        """Give the columns the room there is."""
        self.fit_columns()

    def fit_columns(self) -> None:
        """Lay out what is listed in the room there is."""
        if (chosen := self.chosen) is not None:
            self.lay_out(chosen)

    def action_choose(self) -> None:
        """Close with the row under the cursor."""
        raise NotImplementedError

    @on(DataTable.HeaderSelected)
    def sort_by_header(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column whose name was pressed."""
        if event.column_key.value is not None:
            self.action_sort(event.column_key.value)

    @on(DataTable.RowSelected)
    def choose_row(self) -> None:
        """Close with the row that was pressed."""
        self.action_choose()
