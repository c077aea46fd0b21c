"""A dialog on a screen, what it shows, and what it leaves behind."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from explorers import running, settled
from rich.cells import set_cell_size
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from cnn_core.letters.sequences import open_sequences
from cnn_samples import sample_path
from cnn_tui.pictures.palette import PALETTES
from cnn_tui.screens.dialogs.choose_record import RecordsLike
from cnn_tui.screens.dialogs.dialog import Dialog

SVG_COLUMN = 12.2
OPEN = object()
"""The result while the dialog has not been closed."""


class Behind(Widget):
    """What a dialog must not cover."""

    def render(self) -> str:
        return "\n".join(["explorer" * (self.size.width // 8)] * self.size.height)


class Host(App[None]):
    """Something behind a dialog, in a theme of ours."""

    def __init__(self, theme: str = "dark") -> None:
        super().__init__()
        for palette in PALETTES.values():
            self.register_theme(palette.theme)
        self.theme = theme
        self.animation_level = "none"
        self.result: object = OPEN

    def compose(self) -> ComposeResult:
        yield Behind()

    def keep(self, result: object) -> None:
        self.result = result


@asynccontextmanager
async def opened(
    make: Callable[[], Dialog[object]], *, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    """Yield an app with a dialog that has read what it shows."""
    app = Host(theme)
    async with running(app, size=size) as pilot:
        app.push_screen(make(), app.keep)
        await settled(pilot)
        yield app, pilot


async def type_text(pilot: Pilot[None], text: str) -> None:
    field = pilot.app.screen.query_one(Input)
    field.value = text
    field.cursor_position = len(text)
    await settled(pilot)


def screen_lines(app: App[None]) -> list[str]:
    """Return what is on the screen, from its picture, which leaves blanks out."""
    lines = [""] * app.size.height
    picture = app.export_screenshot(simplify=True)
    for x, number, text in re.findall(r'<text [^>]*x="([\d.]+)"[^>]*line-(\d+)\)"[^>]*>([^<]*)</text>', picture):
        line = set_cell_size(lines[int(number)], round(float(x) / SVG_COLUMN))
        lines[int(number)] = line + html.unescape(text).replace("\xa0", " ").rstrip("\n")
    return lines


def shown(app: App[None]) -> str:
    return "\n".join(screen_lines(app))


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#message", Static).content)


def refused(app: App[None]) -> str:
    """Return what is refused, which leaves the dialog open."""
    assert app.screen.query_one("#message").has_class("-refusal")
    assert isinstance(app, Host)
    assert app.result is OPEN
    return said(app)


def highlighted(app: App[None]) -> str:
    (line,) = (line for line in screen_lines(app) if "▸ " in line)
    return line.split("▸ ")[1].split("│")[0].rstrip()


def records() -> RecordsLike:
    return open_sequences(sample_path("@planted"))
