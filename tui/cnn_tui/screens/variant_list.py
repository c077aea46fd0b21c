"""The variants of a VCF file: their table, and the way to each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnn_core.letters.edits import EditedRecord

from ..background.variant_table import VariantTables
from ..view.view_state import ViewState
from ..words.numbers import number, signed
from . import dialogs

if TYPE_CHECKING:
    from ..background.variant_table import ScoredRow
    from .block_screen import BlockScreen
    from .opener import Opener

__all__ = ["VariantList"]


class VariantList:
    """Lists variants, and goes to them.

    Args:
        screen: What shows them.
        opener: Opens their records.
    """

    def __init__(self, screen: BlockScreen, opener: Opener) -> None:
        self._screen = screen
        self._opener = opener
        self._tables = VariantTables()

    def ask(self) -> None:
        """List the variants of the file that is known, or ask which."""
        if self._screen.request.variants is None:
            self.ask_file()
            return
        reading, sequences = self._screen.reading, self._screen.sequences
        if reading is None or sequences is None:
            return
        calls = self._screen.request.variants

        def go(row: ScoredRow | None) -> None:
            # What was opened under the table has other variants.
            if row is not None and self._screen.sequences is sequences:
                self.show(row)

        self._screen.app.push_screen(dialogs.Variants(reading, sequences, calls, self._tables), go)

    def ask_file(self) -> None:
        """Ask for a VCF file."""
        if self._screen.reading is not None:
            self._screen.app.push_screen(dialogs.OpenVariants(self._screen.request.variants), self._open)

    def _open(self, path: str | None) -> None:
        if path is not None:
            self._screen.request = replace(self._screen.request, variants=path)
            self.ask()

    def show(self, row: ScoredRow) -> None:
        """Look at a variant: the alternative as the only edit of its window, and beside it the reference.

        Args:
            row: The variant.
        """
        reading = self._screen.reading
        if reading is None:
            return
        if reading.record.name != row.record:
            self._opener.open_record(row.record, then=lambda: self.show(row))
            return
        own = reading.own_record
        edits = row.edits(EditedRecord(own, ()))
        size = min(row.window, len(own))
        start = min(max(row.first, 0), len(own) - size)
        found = replace(reading, record=own, start=start, stop=start + size).edited(edits)
        name = ", ".join(found.edit_names)
        words = f"{name} changes {row.output} by {signed(row.difference)}"
        if row.logit_difference is not None:
            words += f", logit {signed(row.logit_difference)}"
        if row.edges:
            words += f"; not read here: N beyond the record ({row.edges})"
        else:
            words += f": {number(row.reference)} → {number(row.alternative)}"

        def over(view: ViewState) -> ViewState:
            # Not before the alternative is shown: A − B is what the variant changes.
            self._screen.request = replace(self._screen.request, versus="original")
            first = row.pos - 1
            last = first + max(len(row.alt), 1) - 1
            return view.over_letters(min(found.base_at(first), found.base_at(last)), len(row.alt))

        self._screen.read_again(found, over, words)
