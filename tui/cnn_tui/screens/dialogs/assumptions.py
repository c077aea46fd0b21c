"""What had to be assumed to read a model on a record, sentence by sentence."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.console import Console
from textual import events
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable

from ...pictures.palette import palette_of
from .dialog import Dialog
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


class AssumptionsScreen(Dialog[None]):
    """Lists what had to be assumed.

    Args:
        sentences: What was assumed; text of a file is never read as markup.
    """

    DEFAULT_CSS = """
    AssumptionsScreen > #frame { max-width: 104; }
    AssumptionsScreen VerticalScroll { height: auto; padding: 0 1; scrollbar-gutter: stable; }
    """
    BINDINGS: ClassVar = [
        ("exclamation_mark,q", "close", "Close"),
        ("j", "roll(1)", "Down"),
        ("k", "roll(-1)", "Up"),
    ]
    heading = "What had to be assumed"
    hints = (("↑ ↓ PgUp PgDn", "scroll", "roll(1)"),)
    closing = "! q Esc"

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__()
        self._rows = [(f"{nth}", printable(each)) for nth, each in enumerate(sentences, start=1)]

    def parts(self) -> ComposeResult:
        """Yield the list, as long as it is."""
        with VerticalScroll():
            yield Static(id="list")

    def on_resize(self, event: events.Resize) -> None:
        """Lay the list out for another size."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        scroll = self.query_one(VerticalScroll)
        table = pairs(self._rows, palette_of(self.app))
        width = max(1, scroll.scrollable_content_region.width)
        lines = len(Console(width=width).render_lines(table))
        # The line of keys stays on the screen, however long the list is.
        scroll.styles.height = max(1, min(lines, self.size.height - _AROUND))
        self.query_one("#list", Static).update(table)

    def action_roll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
