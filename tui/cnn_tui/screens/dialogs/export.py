"""Ask what to export, and where to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult

from cnn_core.writers.formats import FILTER_FIELD, formats_of
from cnn_core.writers.values import BlockValues, Quantity

from ...opening.served_folder import check_within
from ...output.exporting import Export, ExportedPart, files_of
from ...words.plurals_and_indices import counted
from .ask_file import Overwriting, path_of
from .asking import Asking
from .dialog import Field
from .picker import Picker

__all__ = ["ChosenExport", "ExportScreen"]

_QUANTITIES: Final = tuple(Quantity)
_PARTS: Final = tuple(ExportedPart)
_FILTERS: Final = ("this filter", "all filters")
_SUFFIX: Final = ".tsv"


@dataclass(frozen=True, eq=False)
class ChosenExport:
    """What is to be exported, and where to.

    Attributes:
        values: The values; none of them is computed yet.
        path: The file's name, see `values_files`.
    """

    values: BlockValues
    path: Path


class ExportScreen(Asking[ChosenExport | None]):
    """Offers the values on the screen, or all of them, as a file.

    Args:
        values: Gives the values of a choice, or raises a `CnnError` where there are none.
    """

    DEFAULT_CSS = """
    ExportScreen Field { margin-top: 1; }
    """
    BINDINGS: ClassVar = [
        ("up", "line(-1)", "Up"),
        ("down", "line(1)", "Down"),
        ("enter", "accept", "Write"),
    ]
    heading = "Export"
    hints = (("↑ ↓", "line", "line(1)"), ("← →", "choose", "choose"), ("Enter", "write", "accept"))

    def __init__(self, values: Callable[[Export], BlockValues]) -> None:
        super().__init__()
        self._values = values
        self._overwriting = Overwriting()
        self._proposed = self._proposal(Export().quantity)

    def parts(self) -> ComposeResult:
        """Yield the lines of choices, the file's name and the message."""
        first = Export()
        yield Picker("values", tuple(map(str, _QUANTITIES)), _QUANTITIES.index(first.quantity))
        yield Picker("of", tuple(map(str, _PARTS)), _PARTS.index(first.part))
        yield Picker("for", _FILTERS, int(first.every_filter))
        yield Field(self._proposed)
        yield self.message()

    def on_mount(self) -> None:
        """Say what the first choice amounts to."""
        self.query(Picker).first().focus()
        self.look()

    @property
    def export(self) -> Export:
        """What is chosen."""
        quantity, part, filters = (picker.chosen for picker in self.query(Picker))
        return Export(_QUANTITIES[quantity], _PARTS[part], bool(filters))

    @on(Picker.Changed)
    def propose(self) -> None:
        """Let the file's name follow the choice, until another is typed."""
        field = self.query_one(Field)
        before, self._proposed = self._proposed, self._proposal(self.export.quantity)
        if field.value == before:
            field.value = self._proposed
            field.cursor_position = len(self._proposed)
        self.look()

    def action_line(self, by: int) -> None:
        """Go to the next line, or the one before."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_choose(self) -> None:
        """Take the next choice of the line that has the focus."""
        if isinstance(self.focused, Picker):
            self.focused.action_choose(1)

    def read(self) -> ChosenExport:
        """Return what is chosen."""
        values = self._values(self.export)
        path = path_of(self.typed)
        check_within(path, self.within)
        self._overwriting.check(files_of(values, path))
        return ChosenExport(values, path)

    def remark(self) -> str:
        """Return how many values there are and what they can be written as, and forget the name before."""
        self._overwriting.forget()
        values = self._values(self.export)
        each = f"{counted(values.count, values.quantity.counted_by)} of {counted(len(values.filters), 'filter')}"
        suffixes = " ".join(each.suffixes[0] for each in formats_of(values.quantity.value))
        several = f"; {FILTER_FIELD} in the name makes a file for each" if len(values.filters) > 1 else ""
        return f"{each}, as {suffixes}{several}"

    @staticmethod
    def _proposal(quantity: Quantity) -> str:
        return f"{quantity}{_SUFFIX}"
