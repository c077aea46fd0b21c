"""Choose a model file, or one of the models that need none."""

from __future__ import annotations

from ..folders import MODEL_NAME, Entry, Kind
from ..opening import model_names
from .open_file import OpenFile

__all__ = ["OpenModel"]


class OpenModel(OpenFile):
    """Walks through folders; the result is a file's path, or the name of a model.

    Args:
        present: The model that is open: its name or its path.
    """

    heading = "Open a model"
    placeholder = "a path, or the name of a model"
    wanted = MODEL_NAME
    noun = "model file"
    lacking = "no model file here"
    otherwise = "choose one of the list"

    def __init__(self, present: str | None = None) -> None:
        names = model_names()
        self._bundled = [Entry(name, Kind.BUNDLED, f"— {words}") for name, words in names.items()]
        super().__init__(None if present in names else present)

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return the models whose names begin with what is typed."""
        return [entry for entry in self._bundled if entry.plain.startswith(typed.casefold())]
