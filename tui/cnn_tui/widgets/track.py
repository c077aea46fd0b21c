"""What every track shares: a gutter with its name, the columns of the one axis, and what a pointer does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.message import Message
from textual.strip import Strip

from ..pictures.colours import style
from ..view.track_sizes import GUTTER
from ..view.view_state import ViewState
from .pointer_target import Place, Pointed
from .strips import Row

if TYPE_CHECKING:
    from ..view.frame import Frame

__all__ = ["OverBases", "Place", "Track"]

_NAME, _SHORTEST = 9, 5
"""Columns of a name in the gutter, where what stands behind it begins, and the fewest that a name is cut to."""
_WHEEL = 8
"""Columns that the tracks move at a turn of the wheel."""


class OverBases(Protocol):
    """A picture of anything over the bases."""

    @property
    def view(self) -> Frame:
        """What is looked at."""


Drawn = TypeVar("Drawn", bound=OverBases)


class Track(Pointed[Drawn]):
    """One line, or a few, over the axis that all tracks share."""

    DEFAULT_CSS = """
    Track { height: 1; width: 1fr; }
    """
    label: ClassVar[str] = ""
    covered_as: ClassVar[str] = ""
    """What a lesson calls the track where it covers it."""

    class Wheeled(Message):
        """A wheel turned over the tracks, by so many columns."""

        def __init__(self, columns: int) -> None:
            super().__init__()
            self.columns = columns

    def render_line(self, y: int) -> Strip:
        """Return a line: the gutter, the columns, the margin."""
        picture = self.picture
        ground = style(self.palette.text, self.palette.ground)
        if picture is None:
            return Strip.blank(self.size.width, ground)
        gutter, line = self.label_line(y, picture), self._uncovered(self.line(y, picture), picture)
        margin = Segment(" " * (self.size.width - gutter.cell_length - line.cell_length), ground)
        return Strip([*gutter, *line, margin], self.size.width)

    def _covered(self, picture: Drawn) -> tuple[int, int]:
        """Return the columns that a lesson covers, half-open."""
        view = picture.view
        names = getattr(view, "covered", ())
        if not self.covered_as or not names:
            return 0, 0
        if self.covered_as in names:
            return 0, view.columns
        if f"{self.covered_as} here" not in names or not isinstance(view, ViewState):
            return 0, 0
        cell = view.covered_cell
        return self.box_of(view.axes.base_of_cell(cell), view.axes.base_of_cell(cell + 1), picture)

    def _uncovered(self, line: Strip, picture: Drawn) -> Strip:
        """Return a line with question marks where it is covered."""
        start, stop = self._covered(picture)
        if start >= stop:
            return line
        marks = Segment("?" * (stop - start), style(self.palette.dim, self.palette.ground))
        return Strip.join([line.crop(0, start), Strip([marks]), line.crop(stop, line.cell_length)])

    def label_line(self, y: int, picture: Drawn) -> Strip:
        """Return what stands left of a line."""
        return self.label_strip(self.label if y == 0 else "")

    def label_strip(self, text: str, marked: bool = False) -> Strip:
        """Return a gutter with a text, cut where it is too long for it."""
        width = GUTTER - 1
        shown = text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
        return Strip([Segment(set_cell_size(shown, GUTTER), self.label_look(marked=marked))], GUTTER)

    def named_strip(self, name: str, what: str) -> Strip:
        """Return a gutter with a name and what belongs to it, such as `conv     0…484`; that is whole or absent."""
        width = GUTTER - 1
        room = width - len(what) - 1
        if cell_len(name) > room:
            # What a name is cut to still tells layers apart; the number is worth more where even that is short.
            if room < _SHORTEST:
                return self.label_strip(name)
            name = set_cell_size(name, room - 1) + "…"
        column = _NAME if max(_NAME, cell_len(name) + 1) + len(what) <= width else cell_len(name) + 2
        column = min(max(column, cell_len(name) + 1), width - len(what))
        return self.label_strip(f"{set_cell_size(name, column)}{what}".rstrip())

    def label_look(self, *, marked: bool) -> Style:
        """Return how a label is written, one that is marked or another."""
        return style(self.palette.text if marked else self.palette.dim, self.palette.ground, bold=marked)

    def line(self, y: int, picture: Drawn) -> Strip:
        """Return the columns of a line."""
        raise NotImplementedError

    def place(self, column: int, y: int, picture: Drawn) -> Place | None:
        """Return what lies under a column of a line, or None."""
        raise NotImplementedError

    def under(self, x: int, y: int, picture: Drawn) -> Place | None:
        """Return what lies under a pointer over the columns."""
        column = x - GUTTER
        start, stop = self._covered(picture)
        if start <= column < stop or not 0 <= column < picture.view.columns:
            return None
        return self.place(column, y, picture)

    def row(self, picture: Drawn) -> Row:
        """Return an empty line of the columns."""
        return Row(picture.view.columns, style(self.palette.text, self.palette.ground))

    def columns_of(self, first: int, last: int, picture: Drawn) -> tuple[int, int]:
        """Return the columns that show any of half-open bases, half-open, within the visible ones."""
        view = picture.view
        end = view.column_of(last - 1) + view.columns_per_base if first < last else view.column_of(first)
        return self._on_screen(view.column_of(first), end, picture)

    def box_of(self, first: int, following: int, picture: Drawn) -> tuple[int, int]:
        """Return the columns from one base's to where another begins, half-open, within the visible ones.

        Boxes that follow each other share no column, even where a column holds the end of one.
        """
        return self._on_screen(picture.view.column_of(first), picture.view.column_of(following), picture)

    @staticmethod
    def _on_screen(start: int, stop: int, picture: Drawn) -> tuple[int, int]:
        columns = picture.view.columns
        return min(max(start, 0), columns), min(max(stop, 0), columns)

    @on(events.MouseScrollRight)
    @on(events.MouseScrollDown)
    def wheel_on(self, event: events.MouseEvent) -> None:
        """Move the tracks left."""
        event.stop()
        self.post_message(self.Wheeled(_WHEEL))

    @on(events.MouseScrollLeft)
    @on(events.MouseScrollUp)
    def wheel_back(self, event: events.MouseEvent) -> None:
        """Move the tracks right."""
        event.stop()
        self.post_message(self.Wheeled(-_WHEEL))
