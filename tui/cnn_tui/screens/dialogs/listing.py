"""A dialog with a list and a field that narrows it: arrows move in the list, letters go to the field."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from .choices import Choices
from .dialog import Dialog, Field

__all__ = ["Listing", "ShortListing"]

Result = TypeVar("Result")


class Listing(Dialog[Result]):
    """Chooses a line of a list by Enter or a press. Enter waits while the list is not yet that of what is typed."""

    DEFAULT_CSS = """
    Listing > #frame { height: 100%; max-height: 32; }
    Listing #parts { height: 1fr; }
    """
    BINDINGS: ClassVar = [
        ("up", "move(-1)", "Up"),
        ("down", "move(1)", "Down"),
        ("pageup", "page(-1)", "A page up"),
        ("pagedown", "page(1)", "A page down"),
    ]
    scrolling = "Ctrl+↑↓"
    _enter_waits = False

    def field(self) -> Field:
        """Return the field that narrows the list."""
        raise NotImplementedError

    def choose(self, index: int) -> None:
        """Take a line of the list."""
        raise NotImplementedError

    def choose_unlisted(self) -> None:
        """Take what is typed where the list has no line."""
        raise NotImplementedError

    @property
    def is_pending(self) -> bool:
        """Whether the line to take is not known yet."""
        return False

    @property
    def choices(self) -> Choices:
        """The list."""
        return self.query_one(Choices)

    def parts(self) -> ComposeResult:
        """Yield the field, the message and the list."""
        yield self.field()
        yield self.message()
        yield Choices()

    def forget_enter(self) -> None:
        """Let something else be typed: an Enter before it no longer waits."""
        self._enter_waits = False

    def settle(self) -> None:
        """Do what an Enter waits for, now that the list is that of what is typed."""
        if self._enter_waits:
            self._enter_waits = False
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Highlight a neighbour."""
        self.choices.move(by)

    def action_page(self, direction: int) -> None:
        """Highlight a line a page away."""
        self.action_move(direction * self.choices.page)

    @on(Input.Submitted)
    def action_choose(self) -> None:
        """Take the highlighted line, as soon as it is known."""
        highlighted = self.choices.highlighted
        if self.is_pending:
            self._enter_waits = True
        elif highlighted is not None:
            self.choose(highlighted)
        else:
            self.choose_unlisted()

    @on(Choices.Pressed)
    def choose_pressed(self, event: Choices.Pressed) -> None:
        """Take the line that was pressed."""
        if event.holds:
            self.choose(event.index)


class ShortListing(Listing[Result]):
    """A list that is as high as its lines."""

    DEFAULT_CSS = """
    ShortListing > #frame { height: auto; }
    ShortListing #parts { height: auto; }
    ShortListing Choices { height: auto; }
    """
