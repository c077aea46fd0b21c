"""What the cursor is on, all keys, how to read the tracks, and what the words mean."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import ClassVar, Final

from rich.console import Console, Group, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ... import docs
from ...commands import COMMANDS, Command
from ...pictures.colours import Palette, palette_of
from .. import dialogs
from .page import Page
from .pairs import pairs

__all__ = ["GROUPS", "NETWORK_TRACKS", "TRACKS", "Help", "page"]

TRACKS: Final = (
    ("record", "the strongest cell per column of the whole record; z"),
    ("letters", "what the model reads, base 0 first; ▼ gone to, ≠ edited"),
    ("hits", "H all filters' hits; ▶ as read, ◀ other strand"),
    ("effects", "* what each letter changes a value by; · is there"),
    ("window", "└─┘ the bases of one activation, ┄ those of its whole cell"),
    ("weights", "what each letter picks; their Σ + bias is the response"),
    ("conv", "the feature map: activations over their windows' first bases"),
    ("pool", "▲ the selection, △ a tie, ▽ before edits; all 0: nothing"),
    ("pooled", "its cells: each under its pool window, one pool stride wide"),
    ("maps", "the feature maps of all filters; cells: the cells of all"),
    ("╱╱", "left over: positions in no cell, bases that are never used"),
    ("colours", "green above 0, violet below; further from 0, stronger"),
    ("mouse", "a click goes there, or does what a hint says; hovering reads"),
)
"""The names of the tracks and what they show."""
NETWORK_TRACKS: Final = (
    ("letters", "those that the value under the cursor stands over stand out"),
    ("reads", "└─┘ the bases it stands over, ┄ the rest of its receptive field"),
    ("channel", "one channel of the layer, up where it is above 0, down where below"),
    ("all", "all channels of the layer over the same bases"),
    ("units", "where no length is left: a unit a bar, or a cell of the grid"),
)
"""The same on the screen of the whole network."""

GROUPS: Final = ("Look", "Save and export", "Open and leave", "Play", "Edit", "Move", "Change the block")
"""The groups of commands, in order."""
_COLUMN: Final = 50
"""Columns that a command needs where its title is not to be wrapped."""
_NARROW: Final = 32
"""The same of a command without its sentence; the longest titles take two lines there."""
_MOST_COLUMNS: Final = 3
_FIRST: Final = 3
"""Groups of commands that come before the tracks: looking, saving, opening."""
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """A command in a column, and the lines that it takes."""

    command: Command
    lines: int


@lru_cache(maxsize=4)
def page(
    width: int, height: int, palette: Palette, commands: tuple[Command, ...] = COMMANDS, word: str = ""
) -> Text:
    """Return what the help says, in lines: tables within tables take long, and a screen asks for its parts often.

    Args:
        width: Columns that there are for it.
        height: Lines that are visible; where not all fits, the first groups of commands do without their sentences.
        palette: The colours.
        commands: What can be done.
        word: A word of the glossary to begin with, or nothing.
    """
    console = Console(width=max(1, width), height=max(1, height))

    def lines(parts: Group) -> list[list[Segment]]:
        return console.render_lines(parts, pad=False)

    first = lines(_first_screen(width, palette, commands, word, worded=True))
    if len(first) > height:
        first = lines(_first_screen(width, palette, commands, word, worded=False))
    return Text("\n", no_wrap=True, overflow="crop").join(
        Text.assemble(*((part.text, part.style or "") for part in line))
        for line in (*first, *lines(_rest(width, palette, commands)))
    )


def _first_screen(width: int, palette: Palette, commands: tuple[Command, ...], word: str, *, worded: bool) -> Group:
    parts: list[RenderableType] = []
    if word in docs.glossary():
        parts += [pairs([(word, docs.glossary()[word])], palette), Text("")]
    tracks = NETWORK_TRACKS if commands[0].name == "next-layer" else TRACKS
    keys = _keys(_of_groups(GROUPS[:_FIRST], commands), width, palette, worded=worded)
    return Group(
        *parts, keys, Text(""), _heading("How to read the tracks", palette), pairs(tracks, palette), Text("")
    )


def _rest(width: int, palette: Palette, commands: tuple[Command, ...]) -> Group:
    keys = _keys(_of_groups(GROUPS[_FIRST:], commands), width, palette, worded=True)
    return Group(keys, Text(""), _heading("Words", palette), pairs(docs.glossary().items(), palette))


def _keys(commands: tuple[Command, ...], width: int, palette: Palette, *, worded: bool) -> Table:
    count = min(max((width + _GAP) // ((_COLUMN if worded else _NARROW) + _GAP), 1), _MOST_COLUMNS)
    room = max(1, (width + _GAP) // count - 2 * _GAP - max(len(command.shown) for command in commands))
    rows = [
        _Row(command, len(wrap(command.title, room)) + len(wrap(command.words, room)) * worded)
        for command in commands
    ]
    keys = Table.grid(padding=(0, _GAP, 0, 0), expand=True)
    for _ in range(count):
        keys.add_column(ratio=1)
    keys.add_row(*(_column(column, palette, commands, worded=worded) for column in _shared_out(rows, count)))
    return keys


def _of_groups(groups: tuple[str, ...], commands: tuple[Command, ...]) -> tuple[Command, ...]:
    return tuple(command for group in groups for command in commands if command.group == group)


def _shared_out(rows: list[_Row], columns: int) -> list[list[_Row]]:
    """Return the rows in order, in columns whose longest is as short as possible."""
    for limit in itertools.count(max(row.lines for row in rows) + 1):
        filled = _filled(rows, limit)
        if len(filled) <= columns:
            return filled
    raise AssertionError("unreachable")


def _filled(rows: list[_Row], limit: int) -> list[list[_Row]]:
    filled: list[list[_Row]] = [[]]
    taken = 0
    for row in rows:
        column = filled[-1]
        is_headed = not column or column[-1].command.group != row.command.group
        lines = row.lines + (1 + bool(column)) * is_headed
        if column and taken + lines > limit:
            filled.append([])
            taken, lines = 0, row.lines + 1
        filled[-1].append(row)
        taken += lines
    return filled


def _column(rows: list[_Row], palette: Palette, commands: tuple[Command, ...], *, worded: bool) -> Group:
    keys_width = max(len(command.shown) for command in commands)
    parts: list[RenderableType] = []
    for group, members in itertools.groupby((row.command for row in rows), key=lambda command: command.group):
        table = Table.grid(padding=(0, _GAP, 0, 0))
        table.add_column(no_wrap=True, min_width=keys_width)
        table.add_column(overflow="fold")
        begins = bool(parts) or rows[0].command is _first_of(group, commands)
        for command in members:
            words = Text(command.title, style=palette.text)
            if worded:
                words.append(f"\n{command.words}", style=palette.dim)
            table.add_row(Text(command.shown, style=f"bold {palette.text}"), words)
        parts += [_heading(group if begins else f"{group} …", palette), table, Text("")]
    return Group(*parts[:-1])


def _first_of(group: str, commands: tuple[Command, ...]) -> Command:
    return next(command for command in commands if command.group == group)


def _heading(words: str, palette: Palette) -> Text:
    return Text.assemble((words, f"bold underline {palette.text}"))


class Help(Page):
    """Says what the cursor is on, lists every command, and explains the tracks and the words.

    Args:
        commands: What can be done on the screen below.
        word: The word of the glossary to begin with, or nothing.
    """

    DEFAULT_CSS = """
    Help > #frame { max-width: 196; height: 100%; max-height: 80; }
    Help #parts { height: 1fr; }
    Help VerticalScroll { height: 1fr; }
    """
    BINDINGS: ClassVar = [("question_mark,q", "close", "Close"), ("d", "read_on", "The documentation")]
    heading = "Help"
    hints = (("d", "documentation", "read_on"), *Page.hints)
    closing = "? q Esc"

    def __init__(self, commands: tuple[Command, ...] = COMMANDS, word: str = "") -> None:
        super().__init__()
        self._commands, self._word = commands, word

    def lay_out(self) -> None:
        """Lay the page out in as many columns as there is room for."""
        width, height = self.view.scrollable_content_region.size
        self.page.update(page(width, height, palette_of(self.app), self._commands, self._word))

    def action_read_on(self) -> None:
        """Show the documentation; closed, it comes back here."""
        self.app.push_screen(dialogs.Documentation())
