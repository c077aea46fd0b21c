"""A dialog with a page to read: as long as it is, scrolled by a line with the arrows, j and k."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import ScrollableContainer, VerticalScroll
from textual.widgets import Static

from .dialog import Dialog

__all__ = ["Page"]


class Page(Dialog[None]):
    """Shows a page and a line of keys."""

    DEFAULT_CSS = """
    Page VerticalScroll { padding: 0 1; scrollbar-gutter: stable; }
    """
    BINDINGS: ClassVar = [("j", "roll(1)", "Down"), ("k", "roll(-1)", "Up")]
    hints: ClassVar[tuple[tuple[str, str, str], ...]] = (("↑ ↓ PgUp PgDn", "scroll", "roll(1)"),)
    scroller: ClassVar[type[ScrollableContainer]] = VerticalScroll
    """What the page is scrolled in."""

    def parts(self) -> ComposeResult:
        """Yield the page."""
        with self.scroller():
            yield Static(id="page")

    @property
    def page(self) -> Static:
        """What is read."""
        return self.query_one("#page", Static)

    @property
    def view(self) -> ScrollableContainer:
        """What is seen of it."""
        return self.query_one(ScrollableContainer)

    def lay_out(self) -> None:
        """Lay the page out for the size that there is; for those that do not wrap by themselves."""

    def on_resize(self, event: events.Resize) -> None:
        """Lay the page out for another size."""
        self.call_after_refresh(self.lay_out)

    def action_roll(self, by: int) -> None:
        """Scroll by a line."""
        self.view.scroll_relative(y=by, animate=False)
