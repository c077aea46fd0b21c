"""Choose a file in a folder, or something that is bundled."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from textual import on
from textual.widgets import Input

from cnn_core.errors import CnnError, NotFoundError, printable

from ...opening.folders import (
    Entry,
    Kind,
    common_start,
    folder_at,
    is_folder,
    narrowed,
    read_folder,
    split_path,
    typed_form,
)
from ...opening.served_folder import check_within, is_within
from ...words.plurals_and_indices import counted
from .choices import Choice
from .dialog import Field
from .listing import Listing

__all__ = ["OpenFile", "Refused"]

Result = TypeVar("Result")

_LISTED: Final = 1_000
_UP: Final = Entry("..", Kind.UP, "up to the folder above")


@dataclass(frozen=True, slots=True)
class Refused:
    """What was chosen, and why it could not be opened.

    Attributes:
        text: The path or the name.
        error: What is wrong with it.
        options: The options that were typed with it.
    """

    text: str
    error: CnnError
    options: str = ""


class OpenFile(Listing[Result | None]):
    """Walks through folders to a file's path, or the name of something that is bundled.

    Args:
        present: The file that is open, or None. The dialog begins in its folder.
        refused: What was chosen before, and why it could not be opened; the dialog begins with that.
    """

    BINDINGS: ClassVar = [("tab", "complete", "Complete")]
    hints: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("Enter", "open", "choose"),
        ("Tab", "complete", "complete"),
    )

    placeholder: ClassVar[str] = "a path"
    """What the field says while it is empty."""
    wanted: ClassVar[re.Pattern[str]]
    """Matches the names of the files that are looked for."""
    noun: ClassVar[str]
    """What such a file is called."""
    lacking: ClassVar[str] = ""
    """What is said where a folder has none of them."""
    otherwise: ClassVar[str] = "choose one of the list"
    """What is said of a name that is not close to any other."""

    def __init__(self, present: str | None = None, refused: Refused | None = None) -> None:
        super().__init__()
        self._refused = refused
        self._present = Path(present) if present else None
        self._walked: dict[str, Path] = {}
        """The folders that were gone into, by the text that stands for them: it may not spell their names."""
        self._folder: str | None = None
        self._entries: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self._refusal: CnnError | None = None
        self._wanted = "" if self._present is None else self._present.name
        """The name to highlight when the folder has been read."""
        self._reading = False

    def field(self) -> Field:
        """Return the field for the path."""
        return Field(self._first_text(), placeholder=self.placeholder, name="path")

    def _first_text(self) -> str:
        if self._refused is None:
            return self._text_of(self._start())
        path = Path(self._refused.text)
        return self._refused.text if not path.is_absolute() else self._text_of(path.parent) + printable(path.name)

    def forget(self) -> None:
        """Clear the refusal of an earlier choice."""
        self._refused = None
        self._show()

    def _start(self) -> Path:
        try:
            start = Path.cwd() if self._present is None else self._present.absolute().parent
            return start if self.within is None or is_within(start, self.within) else self.within
        except FileNotFoundError:
            # The folder that the program was started in is gone.
            return Path(os.sep)

    def chosen(self, text: str) -> None:
        """Close with what was chosen.

        Args:
            text: A path, or the name of something that is bundled.
        """
        raise NotImplementedError

    # What is bundled

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return what is bundled and fits what is typed.

        Args:
            text: All that is typed.
            typed: Its last part, behind the folder.
        """
        raise NotImplementedError

    def bundled_like(self, typed: str) -> str:
        """Return what is said of a name that nearly is that of something bundled, or nothing."""
        return ""

    # What is typed

    @on(Input.Changed, "#path")
    def follow(self, event: Input.Changed) -> None:
        """Show what the text stands for."""
        # Keys that came since are in the field, not in the event.
        text = event.input.value
        if self._refused is not None and text != self._first_text():
            self._refused = None
        folder, typed = split_path(text)
        if folder + typed != text.strip():
            # What was typed behind the folder begins anew: what it leaves behind would seem to belong to it.
            self.type_text(folder + typed)
            return
        if folder != self._folder:
            self._folder, self._entries, self._refusal = folder, (), None
            self._reading = True
            self.run_worker(self._read(folder), exclusive=True, group="folder")
        self.forget_enter()
        self._show()

    async def _read(self, text: str) -> None:
        """Read a folder in a thread; a later one takes this one's place."""
        try:
            folder = self._folder_of(text)
            check_within(folder, self.within, typed=text)
            self._entries = await asyncio.to_thread(read_folder, folder, self.wanted, typed=text)
        except CnnError as error:
            self._refusal = error
        self._reading = False
        self._show()
        self.settle()

    @property
    def _typed(self) -> tuple[str, str]:
        """The folder that is typed, and what is typed behind it."""
        return split_path(self.query_one(Field).value)

    def _folder_of(self, text: str) -> Path:
        return self._walked.get(text) or folder_at(text)

    @property
    def _started_in(self) -> Path | None:
        """The folder that paths are written from, if any: the app's."""
        found: Path | None = getattr(self.app, "started_in", None)
        return found

    def _text_of(self, folder: Path) -> str:
        text = typed_form(folder, self._started_in)
        self._walked[text] = folder
        return text

    def _show(self) -> None:
        folder, typed = self._typed
        found = narrowed(self._entries, typed)
        self._shown = self.bundled(self.query_one(Field).value, typed)
        if typed in ("", ".", "..") and folder and self._leads_up(folder):
            self._shown.append(_UP)
        self._shown += found[:_LISTED]
        more = len(found) - _LISTED
        ending = f"… and {more:,} more: type a part of the name" if more > 0 else ""
        self.choices.offer(len(self._shown), self._line, highlighted=self._first(typed), ending=ending)
        self._remark(typed, found)

    def _leads_up(self, text: str) -> bool:
        """Tell whether one may go on to the folder above."""
        try:
            return self.within is None or is_within(self._folder_of(text) / "..", self.within)
        except CnnError:
            return False

    def _first(self, typed: str) -> int:
        """Return which entry to begin at: the one that is named exactly, or the first that is not the way up."""
        wanted = typed or self._wanted
        for index, entry in enumerate(self._shown):
            if wanted in (entry.name, entry.shown):
                return index
        is_up = bool(self._shown) and self._shown[0] is _UP and len(self._shown) > 1
        return 1 if is_up else 0

    def _line(self, index: int, width: int) -> Choice:
        entry = self._shown[index]
        slash = "/" if entry.kind in (Kind.FOLDER, Kind.UP) else ""
        return Choice(f"{entry.shown}{slash}", entry.note, dim=entry.kind is Kind.OTHER)

    def _remark(self, typed: str, found: list[Entry]) -> None:
        if self._refused is not None:
            self.refuse(self._refused.error)
        elif self._reading:
            self.say("reading the folder …")
        elif self._refusal is not None and not self._shown_beside_up():
            self.refuse(self._refusal)
        elif not self._shown:
            self.say(f"nothing here has '{typed}' in its name")
        else:
            kinds = [entry.kind for entry in found]
            nouns = {Kind.FOLDER: "folder", Kind.WANTED: self.noun, Kind.OTHER: "other file"}
            counts = [counted(kinds.count(kind), noun) for kind, noun in nouns.items() if kind in kinds]
            if not typed and Kind.WANTED not in kinds:
                counts.append(self.lacking)
            self.say(" · ".join(counts))

    def _shown_beside_up(self) -> bool:
        return any(entry is not _UP for entry in self._shown)

    # What is done

    def action_complete(self) -> None:
        """Type what all entries that are shown have in common."""
        folder, typed = self._typed
        common = common_start(self._shown, typed)
        if common == typed:
            return
        if common.endswith("/"):
            (entry,) = (entry for entry in self._shown if f"{entry.shown}/" == common)
            self._enter(folder, entry)
        else:
            self.type_text(folder + common)

    @property
    def is_pending(self) -> bool:
        """Whether the folder is still being read."""
        return self._reading

    def choose(self, index: int) -> None:
        """Open a file, or go into a folder."""
        (folder, _), entry = self._typed, self._shown[index]
        if entry.kind is Kind.BUNDLED:
            self.chosen(entry.name)
        elif entry.kind is Kind.UP:
            here = self._folder_of(folder)
            here = here.resolve() if here.name in ("", "..") else here
            self._wanted = here.name
            self.type_text(self._text_of(here.parent))
        elif entry.kind is Kind.FOLDER:
            self._enter(folder, entry)
        else:
            self._open(self._folder_of(folder) / entry.name)

    def _enter(self, folder: str, entry: Entry) -> None:
        text = f"{folder}{entry.shown}/"
        self._walked[text] = self._folder_of(folder) / entry.name
        self._wanted = ""
        self.type_text(text)

    def choose_unlisted(self) -> None:
        """Open a file that is not in the list: hidden, or in a folder that may not be read."""
        folder, typed = self._typed
        try:
            path = self._folder_of(folder) / typed
            check_within(path, self.within, typed=folder + typed)
        except CnnError as error:
            self.refuse(error)
            return
        if typed and is_folder(path):
            self.type_text(f"{folder}{typed}/")
        elif typed and os.path.lexists(path):
            self._open(path)
        elif self._refusal is not None:
            self.refuse(self._refusal)
        else:
            self.refuse(NotFoundError("there is no such file", where=typed, remedy=self._nearest(typed)))

    def _nearest(self, typed: str) -> str:
        bundled = self.bundled_like(typed)
        if bundled:
            return bundled
        names = {entry.plain: entry.shown for entry in self._entries[:_LISTED]}
        close = get_close_matches(typed.casefold(), names, n=1)
        return f"did you mean {names[close[0]]}?" if close else self.otherwise

    def _open(self, path: Path) -> None:
        try:
            check_within(path, self.within)
        except CnnError as error:
            self.refuse(error)
            return
        if os.access(path, os.R_OK):
            start = self._started_in
            self.chosen(str(path.relative_to(start) if start and path.is_relative_to(start) else path))
        elif os.access(path, os.F_OK):
            self.refuse(CnnError("you may not read it", where=path.name, remedy="ask for its read permission"))
        else:
            self.refuse(NotFoundError("the file is gone", where=path.name, remedy="choose another"))

    def type_text(self, text: str) -> None:
        """Put a text into the field."""
        field = self.query_one(Field)
        field.value = text
        field.cursor_position = len(field.value)
