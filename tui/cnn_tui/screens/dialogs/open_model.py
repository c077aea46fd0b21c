"""Choose a model file and how it is read, or one of the models that need none."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from cnn_core.errors import CnnError

from ...opening import model_names
from ...opening.folders import MODEL_NAME, Entry, Kind
from ...opening.served_folder import check_within
from ...options.arguments import typed_options
from ...options.model_options import ModelOptions
from .dialog import Field
from .open_file import OpenFile, Refused

__all__ = ["ModelChoice", "OpenModel"]

_OPTIONS: Final = "options, such as --weights KEY --pool-size 4"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model, and how its file is read.

    Attributes:
        text: The path of a file, or the name of a model.
        options: How the file is read.
    """

    text: str
    options: ModelOptions


class OpenModel(OpenFile[ModelChoice]):
    """Walks through folders to a file's path, or the name of a model; below it stand the options of the file.

    Args:
        present: The model that is open: its name or its path.
        options: How it was read; None is as its file says.
        refused: What was chosen before, and why it could not be opened.
    """

    DEFAULT_CSS = """
    OpenModel #options { margin-bottom: 1; }
    """
    heading = "Open a model"
    hints = (("Enter", "open", "choose"), ("Tab", "complete, then the options", "complete"))
    placeholder = "a path, or the name of a model"
    wanted = MODEL_NAME
    noun = "model file"
    lacking = "no model file here"
    otherwise = "choose one of the list"

    def __init__(
        self,
        present: str | None = None,
        options: ModelOptions | None = None,
        refused: Refused | None = None,
    ) -> None:
        names = model_names()
        self._bundled = [Entry(name, Kind.BUNDLED, f"— {words}") for name, words in names.items()]
        self._options = shlex.join((options or ModelOptions()).typed) if refused is None else refused.options
        super().__init__(None if present in names else present, refused)

    def parts(self) -> ComposeResult:
        """Yield the path, the options, the message and the list."""
        path, *others = super().parts()
        yield path
        yield Field(self._options, placeholder=_OPTIONS, name="options")
        yield from others

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return the models whose names begin with what is typed."""
        return [entry for entry in self._bundled if entry.plain.startswith(typed.casefold())]

    def chosen(self, text: str) -> None:
        """Close with it, and a file with the options, unless there are no such options."""
        is_file = text not in [entry.name for entry in self._bundled]
        try:
            options = typed_options(self.query_one("#options", Field).value if is_file else "")
            if options.architecture is not None:
                check_within(Path(options.architecture), self.within)
        except CnnError as error:
            self.refuse(error)
            return
        self.dismiss(ModelChoice(text, options))

    @on(Input.Changed, "#options")
    def forget_refusal(self, event: Input.Changed) -> None:
        """Take back what was said of other options."""
        if event.value != self._options:
            self._options = event.value
            self.forget()

    def action_complete(self) -> None:
        """Type what all entries that are shown have in common; where that is typed, go on to the options."""
        path, options = self.query_one("#path", Field), self.query_one("#options", Field)
        if options.has_focus:
            path.focus()
            return
        before = path.value
        super().action_complete()
        if path.value == before:
            options.focus()
