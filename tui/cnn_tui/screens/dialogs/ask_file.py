"""Ask for the name of a file to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from cnn_core.errors import CnnError, SettingError

from ...opening.served_folder import check_within
from ...output.whole_file import OutputFile
from ...pictures.colours import palette_of
from ...words.plurals_and_indices import counted
from .asking import Asking
from .dialog import Field

__all__ = ["AskFile", "Overwriting", "path_of"]


class Overwriting:
    """Lets files be replaced when they are named a second time, with nothing changed in between."""

    def __init__(self) -> None:
        self._warned: tuple[Path, ...] = ()

    def forget(self) -> None:
        """Take something else for the first time."""
        self._warned = ()

    def check(self, files: Iterable[Path]) -> None:
        """Refuse files that are there, the first time.

        Args:
            files: What would be written.

        Raises:
            CnnError: Some of them are there.
        """
        there = tuple(file for file in files if file.exists())
        if there and there != self._warned:
            self._warned = there
            raise CnnError(
                "there is such a file already"
                if len(there) == 1
                else f"there are {counted(len(there), 'such file')}",
                where=str(there[0]),
                remedy="Enter once more replaces it" if len(there) == 1 else "Enter once more replaces them",
            )


class AskFile(Asking[Path | None]):
    """Reads a file's name; a file that is there is replaced when Enter is pressed once more.

    Args:
        name: What stands in the field at first.
        suffixes: What the name may end in, the first the one to suggest.
        words: What will be in the file, and what else is to be said.
        beside: Gives the other files that are written with it.
    """

    hints = (("Enter", "write", "accept"),)

    def __init__(
        self,
        name: str,
        suffixes: tuple[str, ...],
        words: Iterable[str] = (),
        beside: Callable[[Path], tuple[Path, ...]] = lambda _: (),
    ) -> None:
        super().__init__()
        self._given, self._suffixes, self._words, self._beside = name, suffixes, tuple(words), beside
        self._overwriting = Overwriting()

    def parts(self) -> ComposeResult:
        """Yield the field, the message and what will be in the file."""
        yield Field(self._given, placeholder=f"such as {self._given}", selected=True)
        yield self.message()
        yield Static(Text("\n".join(self._words), style=palette_of(self.app).dim), classes="examples")

    def remark(self) -> str:
        """Take back what was said of another name."""
        self._overwriting.forget()
        return ""

    def read(self) -> Path:
        """Return the path of a file that may be written."""
        path = path_of(self.typed)
        check_within(path, self.within)
        OutputFile(path, Path(self._given).stem, self._suffixes, force=True).check()
        self._overwriting.check((path, *self._beside(path)))
        return path


def path_of(text: str) -> Path:
    """Return the path that was typed; `~` is the home folder.

    Raises:
        SettingError: Nothing was typed, or there is no such home folder.
    """
    text = text.strip()
    if not text:
        raise SettingError("no name is given", remedy="type one")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingError("there is no such home folder", where=text, remedy="write the path out") from None
