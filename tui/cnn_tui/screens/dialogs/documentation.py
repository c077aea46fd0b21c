"""The pages of the documentation, one after the other, as `cnn-tui help` shows them."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Markdown, Static

from ... import docs
from .page import Page

__all__ = ["Documentation"]

_TOPICS: Final = tuple(docs.TOPICS)
_GAP: Final = "  "


class Documentation(Page):
    """Shows a page, and above it the names of all; a link to another page opens that one.

    Args:
        topic: The page that is shown first, one of `docs.TOPICS`.
    """

    DEFAULT_CSS = """
    Documentation > #frame { max-width: 110; height: 100%; }
    Documentation #parts { height: 1fr; }
    Documentation #topics {
        height: auto; padding: 0 1; margin-bottom: 1; color: $text-muted;
        link-color: $text-muted; link-style: none; link-background: transparent;
        link-color-hover: $foreground; link-style-hover: bold; link-background-hover: transparent;
    }
    Documentation VerticalScroll { height: 1fr; }
    Documentation Markdown { padding: 0; background: transparent; }
    Documentation MarkdownH1 { margin: 0 0 1 0; }
    Documentation MarkdownFence { overflow: hidden hidden; margin: 0 0 1 0; }
    Documentation MarkdownFence > Label { width: 1fr; padding: 0 1; }
    """
    BINDINGS: ClassVar = [
        # Before the scrolled page takes them for itself: nothing on it is wider than there is room for.
        Binding("left,shift+tab,h", "turn(-1)", "The page before", priority=True),
        Binding("right,tab,l", "turn(1)", "Next page", priority=True),
        ("question_mark,q,d", "close", "Close"),
    ]
    heading = "Documentation"
    hints = (("← →", "another page", "turn(1)"), *Page.hints)
    closing = "q Esc"

    def __init__(self, topic: str = _TOPICS[0]) -> None:
        super().__init__()
        self.topic = topic
        """The page that is shown."""

    def parts(self) -> ComposeResult:
        """Yield the names of the pages, and the page."""
        yield Static(id="topics")
        with self.scroller():
            yield Markdown(open_links=False)

    def on_mount(self) -> None:
        """Show the first page."""
        self.action_show(self.topic)

    def action_show(self, topic: str) -> None:
        """Show a page from its beginning."""
        self.topic = topic
        self.query_one("#topics", Static).update(self._names())
        self.run_worker(self._load(topic))

    async def _load(self, topic: str) -> None:
        # Where keys come faster than pages are laid out, only the last one is.
        if topic == self.topic:
            await self.query_one(Markdown).update(docs.page(topic))
            self.view.scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        """Show the next page, or the one before; behind the last comes the first."""
        self.action_show(_TOPICS[(_TOPICS.index(self.topic) + by) % len(_TOPICS)])

    @on(Markdown.LinkClicked)
    def follow(self, event: Markdown.LinkClicked) -> None:
        """Show the page that a link leads to; of any other address, say what it is."""
        topic = event.href.partition("#")[0].removesuffix(".md")
        if topic in docs.TOPICS:
            self.action_show(topic)
        else:
            self.notify(event.href, markup=False)

    def _names(self) -> Content:
        return Content(_GAP).join(
            Content.styled(topic, "bold reverse")
            if topic == self.topic
            else Content.from_markup(f"[@click=screen.show('{topic}')]{topic}[/]")
            for topic in _TOPICS
        )
