"""Ask where to go."""

from __future__ import annotations

from collections.abc import Callable

from rich.table import Table
from textual.app import ComposeResult
from textual.widgets import Static

from cnn_core.errors import printable

from ...pictures.colours import palette_of
from ...view.view_state import Level
from .asking import Asking
from .dialog import Field
from .goto_parser import Bounds, Goto, parse_goto
from .pairs import pairs

__all__ = ["GotoScreen"]


class GotoScreen(Asking[Goto | None]):
    """Reads a place; what cannot be gone to is refused without closing.

    Args:
        bounds: What there is to go to.
        check: Raises a `CnnError` where a place cannot be gone to after all, such as a region that its record does
            not have.
    """

    heading = "Go to"
    hints = (("Enter", "go", "accept"),)

    def __init__(self, bounds: Bounds, check: Callable[[Goto], object] | None = None) -> None:
        super().__init__()
        self._bounds = bounds
        self._check = check

    def parts(self) -> ComposeResult:
        """Yield the field, the message and the examples."""
        yield Field()
        yield self.message()
        yield Static(self._examples(), classes="examples")

    def _examples(self) -> Table:
        bounds = self._bounds
        cell, position, base = (min(3, bounds.cells - 1), min(45, bounds.positions - 1), min(100, bounds.bases - 1))
        last_position = bounds.positions - 1
        filter_index = min(2, bounds.filters - 1)
        if bounds.filter_names:
            name = printable(bounds.filter_names[filter_index])
            filters = f"filter {filter_index}  f{filter_index}  {name}", "a filter, by its number or its name"
        else:
            filters = f"filter {filter_index}  f{filter_index}", f"a filter, 0 to {bounds.filters - 1}"
        words, read = bounds.words, min(4, bounds.inputs - 1)
        conv, pooled, source = words.conv, words.pooled, words.source
        bare = {Level.CELL: cell, Level.RESPONSE: position, Level.BASE: read if words.deep else base}[bounds.level]
        level = f"position of {source}" if words.deep and bounds.level is Level.BASE else bounds.level.noun
        inputs = (f"input {read}", f"a position that it reads, {source}[0] to {source}[{bounds.inputs - 1}]")
        rows = (
            (
                f"cell {cell}  {'' if words.deep else f'pooled[{cell}]  '}c{cell}",
                f"a cell, {pooled}[0] to {pooled}[{bounds.cells - 1}]",
            ),
            (
                f"conv {position}  {'' if words.deep else f'conv[{position}]  '}r{position}",
                f"an activation, {conv}[0] to {conv}[{last_position}]",
            ),
            *((inputs,) if words.deep else ()),
            (f"base {base}  b{base}", f"a base of the input, 0 to {bounds.bases - 1}"),
            (f"{bare}", f"at the level of the cursor: {_article(level)} {level}"),
            filters,
            (
                f"{bounds.a_range}  {_named(bounds.record)}{bounds.a_range}",
                "letters of a record, counted from 1",
            ),
        )
        return pairs(rows, palette_of(self.app), dim=True)

    def read(self) -> Goto:
        """Return the place."""
        place = parse_goto(self.typed, self._bounds)
        if self._check is not None:
            self._check(place)
        return place


def _named(name: str) -> str:
    shown = printable(name)
    return f"{shown}:" if len(shown) <= 20 else f"{shown[:19]}…:"


def _article(noun: str) -> str:
    return "an" if noun.startswith("a") else "a"
