"""What had to be assumed to read a model on a record, sentence by sentence."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.console import Console
from textual.app import App

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable

from ...pictures.colours import palette_of
from .page import Page
from .pairs import pairs

__all__ = ["AssumptionsScreen", "show_assumptions"]

_AROUND: Final = 8
"""Lines of the dialog around its sentences, and of the screen around the dialog."""


def show_assumptions(app: App[None], reading: Reading) -> str:
    """List what had to be assumed for a reading, and return nothing; or return what is to be said instead.

    Args:
        app: The app.
        reading: What is looked at.
    """
    if not (sentences := assumptions_of(reading)):
        return "nothing had to be assumed"
    # The notice of the same would cover the list.
    app.clear_notifications()
    app.push_screen(AssumptionsScreen(sentences))
    return ""


class AssumptionsScreen(Page):
    """Lists what had to be assumed.

    Args:
        sentences: What was assumed; text of a file is never read as markup.
    """

    DEFAULT_CSS = """
    AssumptionsScreen > #frame { max-width: 104; }
    AssumptionsScreen VerticalScroll { height: auto; }
    """
    BINDINGS: ClassVar = [("exclamation_mark,q", "close", "Close")]
    heading = "What had to be assumed"
    closing = "! q Esc"

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__()
        self._rows = [(f"{nth}", printable(each)) for nth, each in enumerate(sentences, start=1)]

    def lay_out(self) -> None:
        """Give the list the lines that it takes."""
        table = pairs(self._rows, palette_of(self.app))
        width = max(1, self.view.scrollable_content_region.width)
        lines = len(Console(width=width).render_lines(table))
        # The line of keys stays on the screen, however long the list is.
        self.view.styles.height = max(1, min(lines, self.size.height - _AROUND))
        self.page.update(table)
