"""All keys, and how to read the tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import ClassVar, Final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..commands import COMMANDS, GROUPS, Command
from ..palette import Palette, palette_of
from .dialog import Dialog
from .pairs import pairs

__all__ = ["TRACKS", "Help"]

TRACKS: Final = (
    ("bases", "the letters that are read; the ruler counts them from 0"),
    ("window", "└─┘ the bases that this response reads; ┄ its cell's"),
    ("x·w", "each base's product with its weight; Σ + bias = response"),
    ("filter", "its feature map: activations over their windows' first bases"),
    ("kept", "▲ selection, △ a tie; silent: all at the activation's floor"),
    ("pooled", "its cells: one a pool window, as wide as the pool stride"),
    ("maps, cells", "the same of every filter, one below the other; strong is bright"),
    ("╱╱", "the tail: positions that no pool window reads, and their bases"),
)
"""The names of the tracks and what they show."""

_COLUMN: Final = 50
"""Columns that a command needs where its title is not to be wrapped."""
_MOST_COLUMNS: Final = 3
_GAP: Final = 2
_KEYS: Final = max(len(command.shown) for command in COMMANDS)


@dataclass(frozen=True, eq=False)
class _Page:
    """What the help says, laid out for any width.

    Attributes:
        palette: The colours.
        height: Lines that are visible: every command gets its sentence where all then still fits.
    """

    palette: Palette
    height: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        tracks = Group(
            self._heading("How to read the tracks"), pairs(TRACKS, self.palette), Text(""), self._heading("Keys")
        )
        for worded in (True, False):
            page = Group(tracks, self._columns(options.max_width, worded=worded))
            if not worded or len(console.render_lines(page, options)) <= self.height:
                yield page
                return

    def _columns(self, width: int, *, worded: bool) -> Table:
        count = min(max(width // _COLUMN, 1), _MOST_COLUMNS)
        table = Table.grid(padding=(0, _GAP, 0, 0), expand=True)
        for _ in range(count):
            table.add_column(ratio=1)
        table.add_row(*(self._column(groups, worded=worded) for groups in _shared_out(count)))
        return table

    def _column(self, groups: Sequence[str], *, worded: bool) -> Group:
        parts: list[RenderableType] = []
        for group in groups:
            table = Table.grid(padding=(0, 2, 0, 0))
            table.add_column(no_wrap=True, min_width=_KEYS)
            table.add_column(overflow="fold")
            for command in _members(group):
                words = Text(command.title, style=self.palette.text)
                if worded:
                    words.append(f"\n{command.words}", style=self.palette.dim)
                table.add_row(Text(command.shown, style=f"bold {self.palette.text}"), words)
            parts += [Text(group, style=self.palette.dim), table, Text("")]
        return Group(*parts[:-1])

    def _heading(self, words: str) -> Text:
        return Text(words, style=f"bold underline {self.palette.text}")


def _members(group: str) -> list[Command]:
    return [command for command in COMMANDS if command.group == group]


def _shared_out(columns: int) -> list[Sequence[str]]:
    """Return the groups in their order, shared out so that the longest column is as short as can be."""
    cuts = [(0, *inner, len(GROUPS)) for inner in combinations(range(1, len(GROUPS)), columns - 1)]
    shares: list[list[Sequence[str]]] = [[GROUPS[start:stop] for start, stop in pairwise(cut)] for cut in cuts]
    return min(shares, key=lambda share: max(sum(len(_members(group)) + 2 for group in part) for part in share))


class Help(Dialog[None]):
    """Explains the tracks and lists every command."""

    DEFAULT_CSS = """
    Help > #frame { max-width: 164; }
    Help VerticalScroll { height: auto; max-height: 100%; padding: 0 1; }
    """
    BINDINGS: ClassVar = [
        ("question_mark,q", "close", "Close"),
        ("j", "roll(1)", "Down"),
        ("k", "roll(-1)", "Up"),
    ]
    heading = "Help"
    hints = (("↑ ↓ PgUp PgDn", "scroll", "roll(1)"), ("?", "close", "close"))

    def parts(self) -> ComposeResult:
        """Yield the page, as long as it is."""
        with VerticalScroll():
            yield Static(id="page")

    def on_mount(self) -> None:
        """Lay the page out."""
        self._lay_out(self.app.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the page out for another height."""
        self._lay_out(event.size.height)

    def _lay_out(self, height: int) -> None:
        # The frame, its two lines of padding and the line of keys.
        self.query_one("#page", Static).update(_Page(palette_of(self.app), height - 5))

    def action_roll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
