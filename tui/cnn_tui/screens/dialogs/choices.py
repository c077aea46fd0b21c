"""A list to choose from, however long: only the lines on screen are ever asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cnn_core.errors import printable

from ...pictures.colours import palette_of, style
from ...words.shortening import shortened, squeezed

__all__ = ["Choice", "Choices"]

_MARK = "▸ "
_GAP = 2
_NARROWEST_NOTE = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the list.

    Attributes:
        words: What is chosen.
        note: What else is said of it, where there is room.
        dim: Whether it is less likely to be wanted.
    """

    words: str
    note: str = ""
    dim: bool = False


class Choices(ScrollView, can_focus=False):
    """A list whose keys come from the screen, so that a field keeps the focus.

    A press chooses; so does the screen, with what `highlighted` says.
    """

    DEFAULT_CSS = """
    Choices { height: 1fr; min-height: 1; overflow-x: hidden; }
    """

    highlighted: reactive[int | None] = reactive(None, repaint=False)
    """The highlighted line, which the arrow keys move; None in an empty list."""

    class Pressed(Message):
        """A line was pressed."""

        def __init__(self, choices: Choices, index: int) -> None:
            super().__init__()
            self.index = index
            self._choices, self._offers = choices, choices._offers

        @property
        def holds(self) -> bool:
            """Whether the list still has this line: another may have been offered since."""
            return self._choices._offers == self._offers

    def __init__(self) -> None:
        super().__init__()
        self._count = self._offers = 0
        self._ending = ""
        self._line: Callable[[int, int], Choice] | None = None

    def offer(
        self,
        count: int,
        line: Callable[[int, int], Choice],
        *,
        highlighted: int | None = 0,
        ending: str = "",
        grown: bool = False,
    ) -> None:
        """Show other lines.

        Args:
            count: How many there are.
            line: Gives a line by its index and the columns that there are for it.
            highlighted: The line to begin at.
            ending: One more line, which cannot be chosen.
            grown: Whether the lines before stay as they are, and only more follow.
        """
        self._offers += not grown
        self._count, self._line, self._ending = count, line, ending
        self.virtual_size = Size(self.size.width, count + bool(ending))
        self.highlighted = None if highlighted is None or not count else min(highlighted, count - 1)
        self._follow()
        self.refresh()

    def move(self, by: int) -> None:
        """Move what is highlighted, no further than the ends."""
        if self.highlighted is not None:
            self.highlighted = min(max(self.highlighted + by, 0), self._count - 1)

    @property
    def page(self) -> int:
        """Lines that are visible."""
        return max(1, self.size.height - 1)

    def watch_highlighted(self, old: int | None, new: int | None) -> None:
        """Paint both lines, and keep the new one in sight."""
        for index in (old, new):
            if index is not None:
                self.refresh_line(index)
        self._follow()

    def on_resize(self) -> None:
        """Keep what is highlighted in sight; what is cut to the width is another thing now."""
        self._follow()
        self.refresh()

    def _follow(self) -> None:
        if self.highlighted is not None:
            # With its last line the ending comes into sight too.
            last = self.highlighted == self._count - 1 and bool(self._ending)
            line = Region(0, self.highlighted, 1, 1 + last)
            self.scroll_to_region(line, animate=False, force=True, x_axis=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Return a line of what is in sight."""
        palette = palette_of(self.app)
        width, index = self.size.width, y + self.scroll_offset.y
        plain, dim = style(palette.text, palette.panel), style(palette.dim, palette.panel)
        if index == self._count and self._ending:
            return _strip([Segment(" " * len(_MARK) + self._ending, dim)], width)
        if self._line is None or index >= self._count:
            return Strip.blank(width, plain)
        room = width - len(_MARK)
        choice = self._line(index, room)
        words = squeezed(printable(choice.words), room)
        left = room - cell_len(words) - _GAP
        note = choice.note[: 2 * room] if left >= _NARROWEST_NOTE else ""
        note = shortened(printable(note), left) if note else ""
        if index == self.highlighted:
            chosen = style(palette.ground, palette.accent, bold=True)
            return _strip([Segment(f"{_MARK}{words}{' ' * _GAP}{note}", chosen)], width)
        colour = dim if choice.dim else plain
        return _strip([Segment(f"{' ' * len(_MARK)}{words}{' ' * _GAP}", colour), Segment(note, dim)], width)

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the pointer."""
        index = event.y + self.scroll_offset.y
        event.stop()
        if 0 <= index < self._count:
            self.highlighted = index
            self.post_message(self.Pressed(self, index))


def _strip(segments: list[Segment], width: int) -> Strip:
    return Strip(segments).adjust_cell_length(width, segments[-1].style)
