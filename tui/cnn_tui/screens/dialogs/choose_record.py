"""Choose one of the records of a file."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from typing import ClassVar, Final, Protocol

from rich.cells import cell_len
from textual import on
from textual.widgets import Input

from cnn_core.errors import NotFoundError, printable

from ...words.plurals_and_indices import counted
from ...words.shortening import squeezed
from .choices import Choice
from .dialog import Field
from .listing import Listing

__all__ = ["ChooseRecord", "RecordLike", "RecordsLike"]

_CHUNK: Final = 2_000
_MEASURED: Final = 500
_DESCRIBED: Final = 500
"""Letters of a description that are searched and shown: a header can hold a megabyte."""
_NARROWEST: Final = 12


class RecordLike(Protocol):
    """What is shown of a record."""

    @property
    def name(self) -> str:
        """The first word of its header."""

    @property
    def description(self) -> str:
        """What follows the name."""

    @property
    def length(self) -> int:
        """How many letters it has."""


class RecordsLike(Protocol):
    """Records by index, such as the `Sequences` of `cnn_core.letters`; only those are asked for that are needed."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> RecordLike: ...


class ChooseRecord(Listing[str | None]):
    """Lists records and narrows them to those with what is typed; the result is a record's name.

    Args:
        records: The records, however many.
        current: The index of the one that is open; it is highlighted first.
    """

    BINDINGS: ClassVar = [
        ("ctrl+home", "move(-1000000000)", "First"),
        ("ctrl+end", "move(1000000000)", "Last"),
    ]
    heading = "Choose a record"
    hints = (("Enter", "open", "choose"), ("↑ ↓ PgUp PgDn", "move", "move(1)"))

    def __init__(self, records: RecordsLike, current: int = 0) -> None:
        super().__init__()
        self._records = records
        self._current = current
        self._found: Sequence[int] = range(len(records))
        self._searching = False
        self._outdated = False
        """Whether the list is still that of the text before."""
        self._moved = False
        measured = [records[index] for index in range(min(_MEASURED, len(records)))]
        self._name_columns = max((cell_len(_shown(record.name)) for record in measured), default=0)
        self._length_columns = max((len(_length(record)) for record in measured), default=0)

    def field(self) -> Field:
        """Return the field for words of the name or the description."""
        return Field(placeholder="type a part of the name or the description")

    def on_mount(self) -> None:
        """Show all records."""
        self._narrow("")

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show the records that have all words that are typed."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        self._moved = False
        self.forget_enter()
        self._searching = self._outdated = True
        self.run_worker(self._search(typed.casefold()), exclusive=True, group="search")

    async def _search(self, typed: str) -> None:
        """Look through the records in chunks, so that the next key does not wait."""
        words = typed.split()
        if words:
            await self._search_words(words, typed.strip())
        else:
            self._show(range(len(self._records)), self._current)
        self._searching = False
        self._remark(typed)
        self.settle()

    async def _search_words(self, words: list[str], wanted: str) -> None:
        found = array("q")
        best: int | None = None
        for start in range(0, len(self._records), _CHUNK):
            for index in range(start, min(start + _CHUNK, len(self._records))):
                record = self._records[index]
                name = record.name
                if best is None and name.casefold() == wanted:
                    best = len(found)
                text = f"{name} {record.description[:_DESCRIBED]}".casefold()
                if all(word in text for word in words):
                    found.append(index)
            self._show(found, best)
            await asyncio.sleep(0)
        self._show(found, best)

    def _show(self, found: Sequence[int], best: int | None) -> None:
        kept, grown = self.choices.highlighted if self._moved else best or 0, not self._outdated
        self._found, self._outdated = found, False
        self.choices.offer(len(found), self._line, highlighted=kept, grown=grown)

    def _remark(self, typed: str) -> None:
        records = counted(len(self._records), "record")
        if not typed.split():
            self.say(records)
        elif self._found:
            self.say(f"{len(self._found):,} of {records}")
        else:
            self.say(f"none of {records} has this in its name or description")

    def _line(self, index: int, width: int) -> Choice:
        record = self._records[self._found[index]]
        length = _length(record)
        length_columns = max(self._length_columns, len(length))
        name_columns = min(max(self._name_columns, _NARROWEST), max(width - length_columns - 2, _NARROWEST))
        name = squeezed(_shown(record.name), name_columns)
        padding = " " * (name_columns - cell_len(name) + 2)
        return Choice(f"{name}{padding}{length:>{length_columns}}", record.description[:_DESCRIBED])

    def action_move(self, by: int) -> None:
        """Highlight a neighbour."""
        self._moved = True
        super().action_move(by)

    @property
    def is_pending(self) -> bool:
        """Whether the record to take is not known yet."""
        return self._outdated or (self._searching and not self._moved)

    def choose_unlisted(self) -> None:
        """Say that no record has what is typed."""
        self.refuse(NotFoundError("no record is left to choose", remedy="type less of its name"))

    def choose(self, index: int) -> None:
        """Close with a record's name."""
        self.dismiss(self._records[self._found[index]].name)


def _shown(name: str) -> str:
    return printable(name if len(name) <= _DESCRIBED else name[: _DESCRIBED // 2] + name[-_DESCRIBED // 2 :])


def _length(record: RecordLike) -> str:
    return f"{record.length:,} bp"
