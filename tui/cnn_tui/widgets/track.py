"""What every track shares: a gutter with its name, the columns of the one axis, and what a pointer does there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ..pictures.palette import Palette, palette_of, style
from ..view.frame import Frame
from ..view.view_state import Level
from .lines import Lines

__all__ = ["GUTTER", "MARGIN", "Pictured", "Place", "Shown", "Track"]

GUTTER: Final = 17
"""Columns of the names on the left."""
MARGIN: Final = 1
"""Columns left free on the right."""


@dataclass(frozen=True, slots=True)
class Place:
    """What lies under a pointer.

    Attributes:
        level: On which axis; None is the one of the layer that is looked at.
        index: Where on it.
        filter: Which filter, or None where the track shows none of its own.
        text: What the status line says of it.
    """

    level: Level | None
    index: int
    filter: int | None
    text: str


class Pictured(Protocol):
    """What every picture has."""

    @property
    def view(self) -> Frame:
        """What is looked at."""


Shown = TypeVar("Shown", bound=Pictured)


class Track(Lines, Generic[Shown]):
    """One line, or a few, over the axis that all tracks share."""

    DEFAULT_CSS = """
    Track { height: 1; width: 1fr; }
    """
    label: ClassVar[str] = ""

    picture: reactive[Shown | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""

    class Pressed(Message):
        """A pointer pressed on a place."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Hovered(Message):
        """A pointer moved to another place, which these words describe, or away (None)."""

        def __init__(self, words: str | None) -> None:
            super().__init__()
            self.words = words

    class Wheeled(Message):
        """A wheel turned over the tracks, by so many columns."""

        def __init__(self, columns: int) -> None:
            super().__init__()
            self.columns = columns

    _hovered: Place | None = None

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return palette_of(self.app)

    @property
    def monochrome(self) -> bool:
        """Whether glyphs must carry what colours cannot."""
        return self.is_monochrome(self.app)

    @staticmethod
    def is_monochrome(app: App[object]) -> bool:
        """Tell whether an app's terminal has too few colours for a heat map."""
        return bool(getattr(app, "monochrome", False))

    def watch_picture(self, before: Shown | None, after: Shown | None) -> None:
        """Paint again where there is something else to paint; what is under the pointer is another thing now."""
        self._hovered = None
        if before is None or after is None or not self.looks_alike(before, after):
            self.refresh()

    def looks_alike(self, before: Shown, after: Shown) -> bool:
        """Tell whether this track draws two pictures alike, so that the second need not be painted."""
        return False

    def render_line(self, y: int) -> Strip:
        """Return a line: the gutter, the columns, the margin."""
        picture = self.picture
        ground = style(self.palette.text, self.palette.ground)
        if picture is None:
            return Strip.blank(self.size.width, ground)
        gutter, line = self.label_line(y, picture), self.line(y, picture)
        margin = Segment(" " * (self.size.width - gutter.cell_length - line.cell_length), ground)
        return Strip([*gutter, *line, margin], self.size.width)

    def label_line(self, y: int, picture: Shown) -> Strip:
        """Return what stands left of a line."""
        return self.label_strip(self.label if y == 0 else "")

    def label_strip(self, text: str, marked: bool = False) -> Strip:
        """Return a gutter with a text, cut where it is too long for it."""
        width = GUTTER - 1
        shown = text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
        return Strip([Segment(set_cell_size(shown, GUTTER), self.label_look(marked=marked))], GUTTER)

    def label_look(self, *, marked: bool) -> Style:
        """Return how a label is written, one that is marked or another."""
        return style(self.palette.text if marked else self.palette.dim, self.palette.ground, bold=marked)

    def line(self, y: int, picture: Shown) -> Strip:
        """Return the columns of a line."""
        raise NotImplementedError

    def place(self, column: int, y: int, picture: Shown) -> Place | None:
        """Return what lies under a column of a line, or None."""
        raise NotImplementedError

    def blank(self, picture: Shown) -> tuple[list[str], NDArray[np.int16], list[Style]]:
        """Return the characters, the style ids and the styles of an empty line; style 0 is the ground."""
        columns = picture.view.columns
        return [" "] * columns, np.zeros(columns, np.int16), [style(self.palette.text, self.palette.ground)]

    def columns_of(self, first: int, last: int, picture: Shown) -> tuple[int, int]:
        """Return the columns that show any of half-open bases, half-open, within the visible ones."""
        view = picture.view
        end = view.column_of(last - 1) + view.columns_per_base if first < last else view.column_of(first)
        return self._on_screen(view.column_of(first), end, picture)

    def box_of(self, first: int, following: int, picture: Shown) -> tuple[int, int]:
        """Return the columns from one base's to where another begins, half-open, within the visible ones.

        Boxes that follow each other share no column, even where a column holds the end of one.
        """
        return self._on_screen(picture.view.column_of(first), picture.view.column_of(following), picture)

    @staticmethod
    def _on_screen(start: int, stop: int, picture: Shown) -> tuple[int, int]:
        columns = picture.view.columns
        return min(max(start, 0), columns), min(max(stop, 0), columns)

    def _place_under(self, event: events.MouseEvent) -> Place | None:
        column = event.x - GUTTER
        if self.picture is None or not 0 <= column < self.picture.view.columns:
            return None
        return self.place(column, event.y, self.picture)

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
            self.post_message(self.Hovered(None if place is None else place.text))

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Move the tracks left."""
        event.stop()
        self.post_message(self.Wheeled(8))

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Move the tracks right."""
        event.stop()
        self.post_message(self.Wheeled(-8))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the tracks left."""
        event.stop()
        self.post_message(self.Wheeled(8))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the tracks right."""
        event.stop()
        self.post_message(self.Wheeled(-8))
