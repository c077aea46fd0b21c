"""The value under the cursor as a program for Keras or PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import ScrollableContainer

from cnn_core.programs import FRAMEWORKS

from ...background.job import Job
from ...pictures.colours import palette_of
from .ask_file import AskFile
from .page import Page

__all__ = ["CodeScreen", "SaveProgram"]

_CALLED: Final = {"keras": "Keras", "pytorch": "PyTorch"}
_SUFFIX: Final = ".py"

Make = Callable[[str, Path | None], str]
"""Returns the program for a framework; given a path, the program that goes there with its weights beside it."""
Write = Callable[[str, Path], tuple[Path, ...]]
"""Writes the program for a framework and its weights, and gives the files."""


class SaveProgram(AskFile):
    """Reads the name of a program's file.

    Args:
        name: What stands in the field at first.
    """

    heading = "Save the program"

    def __init__(self, name: str) -> None:
        words = ("The weights go beside it, under its name and .npz.",)
        super().__init__(name, (_SUFFIX,), words, lambda path: (path.with_suffix(".npz"),))


class CodeScreen(Page):
    """Shows a program that computes the value under the cursor; it can be copied and saved.

    Args:
        make: Returns the program; may take a while, and raises a `CnnError` where it cannot be written.
        write: Writes it.
        framework: The one that is shown first.
    """

    DEFAULT_CSS = """
    CodeScreen > #frame { max-width: 124; height: 100%; max-height: 62; }
    CodeScreen #parts { height: 1fr; }
    CodeScreen ScrollableContainer { height: 1fr; padding: 0 1; scrollbar-size-horizontal: 1; }
    CodeScreen #page { width: auto; }
    """
    BINDINGS: ClassVar = [
        ("f,tab", "switch", "The other framework"),
        ("c", "copy", "Copy"),
        ("s", "save", "Save"),
        ("y,q", "close", "Close"),
    ]
    AUTO_FOCUS = "ScrollableContainer"
    scroller = ScrollableContainer
    heading = "The code"
    hints = (
        ("f", "Keras or PyTorch", "switch"),
        ("c", "copy", "copy"),
        ("s", "save, with the weights", "save"),
        ("↑ ↓ ← →", "scroll", "roll(1)"),
    )
    closing = "y q Esc"

    def __init__(self, make: Make, write: Write, framework: str = FRAMEWORKS[0]) -> None:
        super().__init__()
        self._make, self._write = make, write
        self.framework = framework
        self._making = Job(self._run, self.refuse)
        self._saving = Job(self._run, self.refuse)
        self.program = ""
        """What is shown; empty while it is being written, or where it cannot be."""

    def parts(self) -> ComposeResult:
        """Yield the program and the message."""
        yield from super().parts()
        yield self.message()

    def on_mount(self) -> None:
        """Begin to make the program."""
        self._show()

    def on_unmount(self) -> None:
        """Stop what was for the screen alone; a program that is being written is written to its end."""
        self._making.stop()
        self._saving.stop()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group="program")

    def _show(self) -> None:
        framework, make = self.framework, self._make
        self.program = ""
        self.query_one("#frame").border_title = f"The code for {_CALLED[framework]}"
        self.page.update("")
        words = "writing the program …"
        self.say(words)

        def show(program: str) -> None:
            self.program = program
            self.page.update(self._coloured(program))
            self.view.scroll_home(animate=False)
            self.say("")

        self._making.begin(words, lambda _: make(framework, None), show)

    def _coloured(self, program: str) -> Text:
        """Return the program with its comments dimmed; nothing in it is read as markup."""
        palette = palette_of(self.app)
        text = Text(style=palette.text, no_wrap=True, end="")
        for line in program.splitlines():
            is_said = line.lstrip().startswith(("#", '"""'))
            text.append(f"{line}\n", style=palette.dim if is_said else "")
        return text

    def action_switch(self) -> None:
        """Show the program for the other framework."""
        self.framework = FRAMEWORKS[(FRAMEWORKS.index(self.framework) + 1) % len(FRAMEWORKS)]
        self._show()

    def action_copy(self) -> None:
        """Copy the program."""
        if self.program:
            self.app.copy_to_clipboard(self.program)
            self.say("copied, where the terminal allows it")

    def action_save(self) -> None:
        """Ask where to write the program and its weights."""
        if self.program:
            self.app.push_screen(SaveProgram(f"{self.framework}_code{_SUFFIX}"), self._save)

    def _save(self, path: Path | None) -> None:
        if path is None:
            return
        framework, write = self.framework, self._write
        words = f"writing {path.name} …"
        self.say(words)

        def tell(files: tuple[Path, ...]) -> None:
            self.say(f"{' and '.join(map(str, files))} are written")

        self._saving.begin(words, lambda _: write(framework, path), tell)
