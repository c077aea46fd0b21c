"""What shows a picture and answers a pointer: it says what lies under it, and what was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.message import Message

from .drawing import Drawing

if TYPE_CHECKING:
    from ..view.view_state import Level

__all__ = ["Place", "Pointed"]

Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Place:
    """What lies under a pointer.

    Attributes:
        level: On which axis; None is the one of the layer that is looked at.
        index: Where on it.
        filter: Which filter, or None where none but the chosen one is shown.
        text: What the status line says of it.
    """

    level: Level | None
    index: int
    filter: int | None
    text: str


class Pointed(Drawing[Drawn]):
    """Draws a picture; a press and the words under the pointer go to the screen."""

    class Pressed(Message):
        """A pointer pressed on a place."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Hovered(Message):
        """A pointer moved to another place, which these words describe, or away (None)."""

        def __init__(self, words: str | None, term: str) -> None:
            super().__init__()
            self.words = words
            self.term = term

    term: ClassVar[str] = ""
    """What it shows, by its word in the glossary."""
    _hovered: Place | None = None

    def watch_picture(self, before: Drawn | None, after: Drawn | None) -> None:
        """Paint again where there is something else to paint; what is under the pointer is another thing now."""
        self._hovered = None
        super().watch_picture(before, after)

    def under(self, x: int, y: int, picture: Drawn) -> Place | None:
        """Return what lies under a pointer, or None.

        Args:
            x: The column, from the widget's left edge.
            y: The line, from its upper edge.
            picture: What is shown.
        """
        raise NotImplementedError

    def _place_under(self, event: events.MouseEvent) -> Place | None:
        return None if self.picture is None else self.under(event.x, event.y, self.picture)

    def on_click(self, event: events.Click) -> None:
        """Select what is under the pointer."""
        place = self._place_under(event)
        if place is not None:
            event.stop()
            self.choose(place)

    def choose(self, place: Place) -> None:
        """Say that a place was pressed."""
        self.post_message(self.Pressed(place))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what is under the pointer."""
        self._hover(self._place_under(event))

    def on_leave(self) -> None:
        """Show nothing."""
        self._hover(None)

    def _hover(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.post_message(self.Hovered(None if place is None else place.text, self.term))
