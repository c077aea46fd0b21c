"""Choose a FASTA file or one of the samples."""

from __future__ import annotations

import asyncio
import os
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from cnn_core.errors import CnnError, NotFoundError, SequenceError
from cnn_samples import SAMPLES

from ..folders import (
    Entry,
    Kind,
    common_start,
    folder_at,
    narrowed,
    read_folder,
    split_path,
    typed_form,
)
from ..wording import counted
from .choices import Choice, Choices
from .dialog import Dialog, Field

__all__ = ["OpenSequences"]

_LISTED: Final = 1_000
_SAMPLES: Final = tuple(Entry(f"@{name}", Kind.SAMPLE, f"— {words}") for name, words in SAMPLES.items())
_UP: Final = Entry("..", Kind.UP, "up to the folder above")


class OpenSequences(Dialog[str | None]):
    """Walks through folders; the result is a file's path, or `@` and the name of a sample.

    Args:
        present: What is open: a path, `@` and the name of a sample, `-`, or None. The dialog begins in its folder.
    """

    DEFAULT_CSS = """
    OpenSequences > #frame { height: 100%; max-height: 32; }
    """
    BINDINGS: ClassVar = [
        ("up", "move(-1)", "Up"),
        ("down", "move(1)", "Down"),
        ("pageup", "page(-1)", "A page up"),
        ("pagedown", "page(1)", "A page down"),
        ("tab", "complete", "Complete"),
    ]
    heading = "Open sequences"
    hints = (("Enter", "open", "choose"), ("Tab", "complete", "complete"), ("@", "samples", "samples"))

    def __init__(self, present: str | None = None) -> None:
        super().__init__()
        self._present = Path(present).absolute() if present and present != "-" and present[0] != "@" else None
        self._walked: dict[str, Path] = {}
        """The folders that were gone into, by the text that stands for them: it may not spell their names."""
        self._folder: str | None = None
        self._entries: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self._refusal: CnnError | None = None
        self._wanted = "" if self._present is None else self._present.name
        """The name to highlight when the folder has been read."""
        self._reading = False
        self._enter_waits = False

    def parts(self) -> ComposeResult:
        """Yield the path, the message and the list."""
        folder = Path.cwd() if self._present is None else self._present.parent
        yield Field(self._text_of(folder), placeholder="a path, or @ for the samples")
        yield self.message()
        yield Choices()

    # What is typed

    @on(Input.Changed)
    def follow(self, event: Input.Changed) -> None:
        """Show what the text stands for."""
        folder, _ = split_path(event.value)
        if folder != self._folder:
            self._folder, self._entries, self._refusal = folder, (), None
            self._reading = True
            self.run_worker(self._read(folder), exclusive=True, group="folder")
        self._enter_waits = False
        self._show()

    async def _read(self, text: str) -> None:
        """Read a folder in a thread; a later one takes this one's place."""
        try:
            self._entries = await asyncio.to_thread(read_folder, self._folder_of(text))
        except CnnError as error:
            self._refusal = error
        self._reading = False
        self._show()
        if self._enter_waits:
            self._enter_waits = False
            self.action_choose()

    def _folder_of(self, text: str) -> Path:
        return self._walked.get(text) or folder_at(text)

    def _text_of(self, folder: Path) -> str:
        text = typed_form(folder)
        self._walked[text] = folder
        return text

    def _show(self) -> None:
        field = self.query_one(Field)
        folder, typed = split_path(field.value)
        found = narrowed(self._entries, typed)
        samples = typed.startswith("@") or not field.value.strip()
        self._shown = [sample for sample in _SAMPLES if samples and sample.plain.startswith(typed.casefold())]
        if typed in ("", ".", "..") and folder:
            self._shown.append(_UP)
        self._shown += found[:_LISTED]
        more = len(found) - _LISTED
        ending = f"… and {more:,} more: type a part of the name" if more > 0 else ""
        self.query_one(Choices).offer(len(self._shown), self._line, highlighted=self._first(typed), ending=ending)
        self._remark(typed)

    def _first(self, typed: str) -> int:
        """Return which entry to begin at: the one that is named exactly, or the first that is not the way up."""
        for wanted in (typed, self._wanted):
            for index, entry in enumerate(self._shown):
                if wanted and wanted in (entry.name, entry.shown):
                    return index
        is_up = bool(self._shown) and self._shown[0] is _UP and len(self._shown) > 1
        return 1 if is_up else 0

    def _line(self, index: int, width: int) -> Choice:
        entry = self._shown[index]
        slash = "/" if entry.kind in (Kind.FOLDER, Kind.UP) else ""
        return Choice(f"{entry.shown}{slash}", entry.note, dim=entry.kind is Kind.OTHER)

    def _remark(self, typed: str) -> None:
        if self._reading:
            self.say("reading the folder …")
        elif self._refusal is not None and not self._shown_beside_up():
            self.refuse(self._refusal)
        elif not self._shown:
            self.say(f"nothing here has '{typed}' in its name")
        else:
            kinds = [entry.kind for entry in self._shown if entry.kind is not Kind.UP]
            nouns = {Kind.FOLDER: "folder", Kind.SEQUENCES: "sequence file", Kind.OTHER: "other file"}
            counts = [counted(kinds.count(kind), noun) for kind, noun in nouns.items() if kind in kinds]
            self.say(" · ".join(counts) or ("" if kinds else "this folder is empty"))

    def _shown_beside_up(self) -> bool:
        return any(entry is not _UP for entry in self._shown)

    # What is done

    def action_move(self, by: int) -> None:
        """Highlight a neighbour."""
        self.query_one(Choices).move(by)

    def action_page(self, direction: int) -> None:
        """Highlight an entry a page away."""
        choices = self.query_one(Choices)
        choices.move(direction * choices.page)

    def action_samples(self) -> None:
        """Show the samples."""
        self._type("@")

    def action_complete(self) -> None:
        """Type what all entries that are shown have in common."""
        folder, typed = split_path(self.query_one(Field).value)
        common = common_start(self._shown, typed)
        if common == typed:
            return
        if common.endswith("/"):
            (entry,) = (entry for entry in self._shown if f"{entry.shown}/" == common)
            self._enter(folder, entry)
        else:
            self._type(folder + common)

    @on(Input.Submitted)
    def action_choose(self) -> None:
        """Open the highlighted file, or go into the highlighted folder."""
        if self._reading:
            self._enter_waits = True
            return
        highlighted = self.query_one(Choices).highlighted
        folder, typed = split_path(self.query_one(Field).value)
        if highlighted is not None:
            self._choose(folder, self._shown[highlighted])
        else:
            self._choose_unlisted(folder, typed)

    @on(Choices.Chosen)
    def choose_pressed(self, event: Choices.Chosen) -> None:
        """Open what was pressed, or go into it."""
        self._choose(split_path(self.query_one(Field).value)[0], self._shown[event.index])

    def _choose(self, folder: str, entry: Entry) -> None:
        if entry.kind is Kind.SAMPLE:
            self.dismiss(entry.name)
        elif entry.kind is Kind.UP:
            here = self._folder_of(folder)
            here = here.resolve() if here.name in ("", "..") else here
            self._wanted = here.name
            self._type(self._text_of(here.parent))
        elif entry.kind is Kind.FOLDER:
            self._enter(folder, entry)
        else:
            self._open(self._folder_of(folder) / entry.name)

    def _enter(self, folder: str, entry: Entry) -> None:
        text = f"{folder}{entry.shown}/"
        self._walked[text] = self._folder_of(folder) / entry.name
        self._wanted = ""
        self._type(text)

    def _choose_unlisted(self, folder: str, typed: str) -> None:
        """Open a file that is not in the list: hidden, or in a folder that may not be read."""
        try:
            path = self._folder_of(folder) / typed
        except CnnError as error:
            self.refuse(error)
            return
        if typed and os.path.lexists(path):
            self._open(path)
        elif self._refusal is not None:
            self.refuse(self._refusal)
        else:
            names = {entry.shown.casefold(): entry.shown for entry in self._entries[:_LISTED]}
            close = get_close_matches(typed.casefold(), names, n=1)
            remedy = f"did you mean {names[close[0]]}?" if close else "choose one of the list, or @ for a sample"
            self.refuse(NotFoundError("there is no such file", where=typed, remedy=remedy))

    def _open(self, path: Path) -> None:
        if not path.exists():
            self.refuse(NotFoundError("there is no such file any more", where=path.name, remedy="choose another"))
        elif not os.access(path, os.R_OK):
            self.refuse(SequenceError("you may not read it", where=path.name, remedy="ask for its read permission"))
        else:
            self.dismiss(str(path))

    def _type(self, text: str) -> None:
        field = self.query_one(Field)
        field.value = text
        field.cursor_position = len(field.value)
