"""All keys, and how to read the tracks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import ClassVar, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...commands import COMMANDS, NETWORK_COMMANDS, Command
from ...pictures.palette import Palette, palette_of
from .page import Page
from .pairs import pairs

__all__ = ["NETWORK_TRACKS", "TRACKS", "Help", "page"]

TRACKS: Final = (
    ("record", "the strongest cell per column of the whole record; z"),
    ("letters", "what the model reads; the ruler over them counts from 0"),
    ("window", "└─┘ the bases of one activation, ┄ those of its whole cell"),
    ("weights", "what each letter picks; their Σ + bias is the response"),
    ("conv", "the feature map: activations over their windows' first bases"),
    ("pool", "▲ the selection, △ a tie; all 0: nothing was selected"),
    ("pooled", "its cells: each under its pool window, one pool stride wide"),
    ("maps", "the feature maps of all filters; cells: the cells of all"),
    ("╱╱", "left over: positions in no cell, bases that are never used"),
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

_COLUMN: Final = 50
"""Columns that a command needs where its title is not to be wrapped."""
_MOST_COLUMNS: Final = 3
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """A command in a column, and the lines that it takes."""

    command: Command
    lines: int


@lru_cache(maxsize=4)
def page(width: int, height: int, palette: Palette, commands: tuple[Command, ...] = COMMANDS) -> Text:
    """Return what the help says, in lines: tables within tables take long, and a screen asks for its parts often.

    Args:
        width: Columns that there are for it.
        height: Lines that are visible; every command gets its sentence where all then still fits.
        palette: The colours.
        commands: What can be done.
    """
    console = Console(width=max(1, width), height=max(1, height))
    lines = console.render_lines(_page(width, palette, commands, worded=True), pad=False)
    if len(lines) > height:
        lines = console.render_lines(_page(width, palette, commands, worded=False), pad=False)
    return Text("\n", no_wrap=True, overflow="crop").join(
        Text.assemble(*((part.text, part.style or "") for part in line)) for line in lines
    )


def _page(width: int, palette: Palette, commands: tuple[Command, ...], *, worded: bool) -> Group:
    count = min(max((width + _GAP) // (_COLUMN + _GAP), 1), _MOST_COLUMNS)
    room = max(1, (width + _GAP) // count - 2 * _GAP - max(len(command.shown) for command in commands))
    rows = [
        _Row(command, len(wrap(command.title, room)) + len(wrap(command.words, room)) * worded)
        for command in _in_groups(commands)
    ]
    keys = Table.grid(padding=(0, _GAP, 0, 0), expand=True)
    for _ in range(count):
        keys.add_column(ratio=1)
    keys.add_row(*(_column(column, palette, commands, worded=worded) for column in _shared_out(rows, count)))
    tracks = NETWORK_TRACKS if commands is NETWORK_COMMANDS else TRACKS
    return Group(_heading("How to read the tracks", palette), pairs(tracks, palette), Text(""), keys)


def _in_groups(commands: tuple[Command, ...]) -> list[Command]:
    groups = dict.fromkeys(command.group for command in commands)
    return [command for group in groups for command in commands if command.group == group]


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
    """Explains the tracks and lists every command.

    Args:
        commands: What can be done on the screen below.
    """

    DEFAULT_CSS = """
    Help > #frame { max-width: 196; height: 100%; max-height: 80; }
    Help #parts { height: 1fr; }
    Help VerticalScroll { height: 1fr; }
    """
    BINDINGS: ClassVar = [("question_mark,q", "close", "Close")]
    heading = "Help"
    closing = "? q Esc"

    def __init__(self, commands: tuple[Command, ...] = COMMANDS) -> None:
        super().__init__()
        self._commands = commands

    def lay_out(self) -> None:
        """Lay the page out in as many columns as there is room for."""
        width, height = self.view.scrollable_content_region.size
        self.page.update(page(width, height, palette_of(self.app), self._commands))
