"""What stands on the screen: lines of runs, each with its characters and its colours. Every picture is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from rich.color import Color
    from rich.segment import Segment
    from textual.app import App

__all__ = ["Drawing", "Look", "Run"]


@dataclass(frozen=True, slots=True)
class Look:
    """How characters are drawn.

    Attributes:
        colour: The colour of the characters, as `#rrggbb`.
        ground: The colour behind them.
        bold: Whether they are bold.
        italic: Whether they are slanted.
        underline: Whether they are underlined.
        strike: Whether they are struck through.
    """

    colour: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters of one line that look alike.

    Attributes:
        text: The characters.
        column: The column of the first.
        columns: How many columns they take.
        look: How they are drawn.
    """

    text: str
    column: int
    columns: int
    look: Look


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that stands on a screen.

    Attributes:
        width: Columns.
        height: Lines.
        colour: The colour of words without one of their own.
        ground: The colour where there is nothing.
        lines: The runs of every line, from the left; they cover it.
    """

    width: int
    height: int
    colour: str
    ground: str
    lines: tuple[tuple[Run, ...], ...]

    @classmethod
    def of(cls, app: App[object], colour: str, ground: str) -> Drawing:
        """Return what an app shows, dialogs over its screens included.

        Args:
            app: The app; it is at rest.
            colour: The colour of words without one of their own.
            ground: The colour where there is nothing.
        """
        width, height = app.size
        # The one place that knows Textual's compositor.
        update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        strips = getattr(update, "strips", ())
        # A line is made of the strips of the widgets that stand in it.
        lines = [_line(chain.from_iterable(line), width, colour, ground) for line in strips[:height]]
        empty = (Run(" " * width, 0, width, Look(colour, ground)),)
        lines += [empty] * (height - len(lines))
        return cls(width, height, colour, ground, tuple(lines))

    @property
    def text(self) -> tuple[str, ...]:
        """The characters of every line, without the blanks at its end."""
        return tuple("".join(run.text for run in line).rstrip() for line in self.lines)


def _line(segments: Iterable[Segment], width: int, colour: str, ground: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    column = 0
    for segment in segments:
        if segment.control or not segment.text:
            continue
        style = segment.style
        ink, behind = colour, ground
        bold = italic = underline = strike = False
        if style is not None:
            ink, behind = _hex(style.color, colour), _hex(style.bgcolor, ground)
            if style.reverse:
                ink, behind = behind, ink
            if style.dim:
                ink = _mixed(ink, behind)
            bold, italic = bool(style.bold), bool(style.italic)
            underline, strike = bool(style.underline), bool(style.strike)
        look = Look(ink, behind, bold, italic, underline, strike)
        columns = cell_len(segment.text)
        if runs and runs[-1].look == look:
            before = runs.pop()
            runs.append(Run(before.text + segment.text, before.column, before.columns + columns, look))
        else:
            runs.append(Run(segment.text, column, columns, look))
        column += columns
    if column < width:
        runs.append(Run(" " * (width - column), column, width - column, Look(colour, ground)))
    return tuple(runs)


def _hex(colour: Color | None, otherwise: str) -> str:
    if colour is None or colour.is_default:
        return otherwise
    red, green, blue = colour.get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


def _mixed(colour: str, ground: str) -> str:
    """Return a colour halfway to what is behind it."""
    pairs = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{(ink + behind) // 2:02x}" for ink, behind in pairs)
