"""All keys, and how to read the tracks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import ClassVar, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..commands import COMMANDS, GROUPS, Command
from ..palette import Palette, palette_of
from .dialog import Dialog
from .pairs import pairs

__all__ = ["TRACKS", "Help", "page"]

TRACKS: Final = (
    ("bases", "the letters that are read; the ruler counts them from 0"),
    ("window", "└─┘ the bases this response reads, ┄ those of its whole cell"),
    ("x·w", "each base's product with its weight; Σ + bias = response"),
    ("filter", "its feature map: an activation over each window's first base"),
    ("kept", "▲ the selection, △ a tie; silent: all at the floor, such as 0"),
    ("pooled", "its cells: one a pool window, as wide as the pool stride"),
    ("maps", "the feature maps of all filters, downwards; cells: their cells"),
    ("╱╱", "the tail: positions that no pool window reads, and their bases"),
)
"""The names of the tracks and what they show."""

_COLUMN: Final = 50
"""Columns that a command needs where its title is not to be wrapped."""
_MOST_COLUMNS: Final = 3
_GAP: Final = 2
_KEYS: Final = max(len(command.shown) for command in COMMANDS)


def page(width: int, height: int, palette: Palette) -> RenderableType:
    """Return what the help says.

    Args:
        width: Columns that there are for it.
        height: Lines that are visible; every command gets its sentence where all then still fits.
        palette: The colours.
    """
    console = Console(width=width, height=height)
    worded = _page(width, palette, worded=True)
    return worded if len(console.render_lines(worded)) <= height else _page(width, palette, worded=False)


def _page(width: int, palette: Palette, *, worded: bool) -> Group:
    count = min(max((width + _GAP) // (_COLUMN + _GAP), 1), _MOST_COLUMNS)
    keys = Table.grid(padding=(0, _GAP, 0, 0), expand=True)
    for _ in range(count):
        keys.add_column(ratio=1)
    keys.add_row(*(_column(groups, palette, worded=worded) for groups in _shared_out(count)))
    return Group(_heading("How to read the tracks", palette), pairs(TRACKS, palette), Text(""), keys)


def _column(groups: Sequence[str], palette: Palette, *, worded: bool) -> Group:
    parts: list[RenderableType] = []
    for group in groups:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, min_width=_KEYS)
        table.add_column(overflow="fold")
        for command in _members(group):
            words = Text(command.title, style=palette.text)
            if worded:
                words.append(f"\n{command.words}", style=palette.dim)
            table.add_row(Text(command.shown, style=f"bold {palette.text}"), words)
        parts += [_heading(group, palette), table, Text("")]
    return Group(*parts[:-1])


def _heading(words: str, palette: Palette) -> Text:
    return Text(words, style=f"bold underline {palette.text}")


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
    Help > #frame { max-width: 164; height: 100%; max-height: 60; }
    Help VerticalScroll { height: 1fr; padding: 0 1; scrollbar-gutter: stable; }
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

    def on_resize(self) -> None:
        """Lay the page out for another size."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        width, height = self.query_one(VerticalScroll).scrollable_content_region.size
        self.query_one("#page", Static).update(page(width, height, palette_of(self.app)))

    def action_roll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
