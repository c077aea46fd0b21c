"""A dialog on a screen, what it shows, and what it leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from explorers import lines_of, running, settled
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from cnn_core.letters.sequence_files import open_sequences
from cnn_samples import sample_path
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.screens.dialogs.choose_record import RecordsLike
from cnn_tui.screens.dialogs.dialog import Dialog

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
async def hosted(
    *, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    """Yield an app without a dialog."""
    app = Host(theme)
    async with running(app, size=size) as pilot:
        yield app, pilot


@asynccontextmanager
async def opened(
    make: Callable[[], Dialog[object]], *, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    """Yield an app with a dialog that has read what it shows."""
    async with hosted(size=size, theme=theme) as (app, pilot):
        app.push_screen(make(), app.keep)
        await settled(pilot)
        yield app, pilot


async def type_text(pilot: Pilot[None], text: str) -> None:
    field = pilot.app.screen.query_one(Input)
    field.value = text
    field.cursor_position = len(text)
    await settled(pilot)


def shown(app: App[None]) -> str:
    return "\n".join(lines_of(app))


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#message", Static).content)


def refused(app: App[None]) -> str:
    """Return what is refused, which leaves the dialog open."""
    assert app.screen.query_one("#message").has_class("-refusal")
    assert isinstance(app, Host)
    assert app.result is OPEN
    return said(app)


def highlighted(app: App[None]) -> str:
    (line,) = (line for line in lines_of(app) if "▸ " in line)
    return line.split("▸ ")[1].split("│")[0].rstrip()


def records() -> RecordsLike:
    return open_sequences(sample_path("@planted"))
