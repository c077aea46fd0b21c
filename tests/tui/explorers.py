"""The explorer without a terminal: keys and pointer in; its state, its messages and the screen's characters out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import (
    MouseEvent,
    MouseMove,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
    Paste,
)
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.timer import Timer

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_tui.app import CnnApp
from cnn_tui.options.config import Config
from cnn_tui.options.request import OpenRequest
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.screens.explorer import Explorer
from cnn_tui.snapshot.settling import settle
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import ViewState
from cnn_tui.widgets.explorer_status import Status
from cnn_tui.widgets.track import Place, Track

Result = TypeVar("Result")

SMALL, MEDIUM, WIDE = (80, 24), (120, 40), (200, 60)
_WHEEL: dict[str, type[MouseEvent]] = {
    "down": MouseScrollDown,
    "up": MouseScrollUp,
    "left": MouseScrollLeft,
    "right": MouseScrollRight,
}


@dataclass(eq=False)
class Shown:
    """An app that runs, and what it shows."""

    app: CnnApp
    pilot: Pilot[CnnError]
    messages: list[Message] = field(default_factory=list)

    async def settled(self) -> None:
        """Wait until no worker runs and no widget has a message left: no guess by the clock."""
        await settled(self.pilot)

    async def painted(self) -> None:
        """Wait until no widget has a message left, whatever goes on in the background."""
        await painted(self.pilot)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each as soon as the one before has had its effect."""
        await press(self.pilot, *keys)

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await resize(self.pilot, width, height)

    async def type(self, text: str) -> None:
        """Put text into a field: all but its last letter is pasted, and that one is typed."""
        if len(text) > 1:
            self.app.post_message(Paste(text[:-1]))
        await self.pilot.press(text[-1])
        await self.settled()

    @property
    def explorer(self) -> Explorer:
        explorer = self.app.screen_stack[0]
        assert isinstance(explorer, Explorer)
        return explorer

    @property
    def picture(self) -> Picture:
        assert self.explorer.picture is not None
        return self.explorer.picture

    @property
    def view(self) -> ViewState:
        return self.picture.view

    @property
    def reading(self) -> Reading:
        return self.picture.reading

    @property
    def cursor(self) -> tuple[str, int]:
        """The level of the cursor and its place there."""
        return str(self.view.level), self.view.index

    @property
    def status(self) -> str:
        """The words of the status line."""
        return str(self.explorer.query_one(Status).render())

    @property
    def toasts(self) -> list[str]:
        """What has been refused or told, oldest first."""
        return [notification.message for notification in self.app._notifications]

    @property
    def lines(self) -> list[str]:
        """The characters of the screen, dialogs over the explorer included."""
        return lines_of(self.app)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def line_of(self, track: type[Track], y: int = 0) -> str:
        """Return the characters of a track, without its name."""
        widget = self.explorer.query_one(track)
        return self.lines[widget.region.y + y][GUTTER:]

    # The pointer

    def place(self, track: type[Track], column: int, y: int = 0) -> Place | None:
        """Return what the track itself says lies there."""
        return self.explorer.query_one(track).place(column, y, self.picture)

    async def click(self, track: type[Track], column: int, y: int = 0) -> None:
        await self.pilot.click(track, offset=(GUTTER + column, y))
        await self.settled()

    async def hover(self, track: type[Track], column: int, y: int = 0) -> None:
        await self.pilot._post_mouse_events([MouseMove], track, (GUTTER + column, y))
        await self.settled()

    async def wheel(self, direction: str, track: type[Track], column: int = 10, y: int = 0) -> None:
        await self.pilot._post_mouse_events([_WHEEL[direction]], track, (GUTTER + column, y))
        await self.settled()

    def posted(self, kind: type[Message]) -> list[Message]:
        """Return the messages of a kind that were posted, each once."""
        found = {id(message): message for message in self.messages if isinstance(message, kind)}
        return list(found.values())


def lines_of(app: App[Any]) -> list[str]:
    """Return the characters of a screen, dialogs over it included."""
    # The one place that knows Textual's compositor.
    drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(drawn, LayoutUpdate)
    return ["".join(strip.text for strip in line).rstrip() for line in drawn.strips]


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each as soon as the one before has had its effect."""
    for key in keys:
        await pilot.app._press_keys([key])
        await settled(pilot)


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Give the terminal another size."""
    await pilot.resize_terminal(width, height)
    await settled(pilot)


async def settled(pilot: Pilot[Any], *, jobs: bool = True) -> None:
    """Wait until no worker runs, no widget has a message left and all is painted: no guess by the clock."""
    await settle(pilot.app, jobs=jobs)
    if pilot.app._exception is not None:
        raise pilot.app._exception


async def painted(pilot: Pilot[Any]) -> None:
    """Wait until no widget has a message left, whatever goes on in the background."""
    await settled(pilot, jobs=False)


@asynccontextmanager
async def running(app: App[Result], **settings: Any) -> AsyncIterator[Pilot[Result]]:
    """Run an app without a terminal, until what it begins with is painted; what it ends with is drawn whole."""
    with patch("textual.app.wait_for_idle", _at_once), patch("textual.pilot.wait_for_idle", _at_once):
        async with app.run_test(**settings) as pilot:
            await settled(pilot)
            yield pilot
            if not app._exit:
                await settled(pilot)
                lines_of(app)


@asynccontextmanager
async def explorer(
    size: tuple[int, int] = SMALL, *, notifications: bool = False, own: Config | None = None, **request: object
) -> AsyncIterator[Shown]:
    """Run the app on what is asked for, until it is open and painted; on the motifs and the first filter by default."""
    request = {"model": "motifs", "filter": "0", **request}
    messages: list[Message] = []
    app = CnnApp(OpenRequest(**request), config=own)  # type: ignore[arg-type]
    app.animation_level = "none"
    async with running(app, size=size, notifications=notifications, message_hook=messages.append) as pilot:
        yield Shown(app, pilot, messages)


async def _at_once(*_: float) -> None:
    """Stand in for Textual's guess, from the processor's load, that all has been done."""
    await asyncio.sleep(0)


class Clock:
    """Takes the place of the demonstration's timer: it notes how long it was to wait, and never rings."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.stopped = 0

    def stop(self) -> None:
        self.stopped += 1


def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let time stand still for the demonstration; `player.tick()` moves it on by hand."""
    clock = Clock()
    ordinary = MessagePump.set_timer

    def set_timer(self: Explorer, delay: float, callback: Callable[[], None], **rest: object) -> Timer | Clock:
        if callback != self.player.tick:
            return ordinary(self, delay, callback, **rest)  # type: ignore[arg-type]
        clock.waits.append(delay)
        return clock

    monkeypatch.setattr(Explorer, "set_timer", set_timer)
    return clock


def fasta(path: Path, **records: str) -> str:
    """Write records and return the file's name."""
    path.write_text("".join(f">{name}\n{letters}\n" for name, letters in records.items()))
    return str(path)
