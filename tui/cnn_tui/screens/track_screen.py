"""A screen with tracks over the bases: what the explorer and the screen of the whole network share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Static

from cnn_core import blocks

from ..commands import other_keys, rebound
from ..options.request import following_theme
from ..view.frame import Frame
from ..view.track_sizes import SMALLEST
from ..widgets.reading_line import ReadingLine
from ..widgets.status_line import StatusLine
from ..widgets.track import Track
from ..widgets.unscrolled import Unscrolled
from . import dialogs
from .closing import Closing

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.errors import CnnError

    from ..background.job import Activity, Job
    from ..commands import Command

__all__ = ["TrackScreen"]

Result = TypeVar("Result")
View = TypeVar("View", bound=Frame)


class TrackScreen(Closing[Result], Unscrolled, Generic[Result, View]):
    """Tracks over the bases of one reading, a status line, and the keys that any such screen has."""

    AUTO_FOCUS = ""
    COMMAND_TABLE: ClassVar[tuple[Command, ...]] = ()
    """What the keys, the command palette and the help screen offer here."""
    DEFAULT_CSS = """
    TrackScreen #main { layout: vertical; height: 1fr; }
    TrackScreen #too-small { display: none; width: 100%; height: 100%; content-align: center middle; }
    TrackScreen.-too-small > * { display: none; }
    TrackScreen.-too-small > #too-small { display: block; }
    """
    source: reactive[str] = reactive("", repaint=False)
    """Where the records come from."""
    reason: reactive[str] = reactive("", repaint=False)
    """Why the model was chosen, where no model was named."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """What can be done here, with the keys in force."""
        return self._with_keys(self.COMMAND_TABLE)

    def _with_keys(self, commands: tuple[Command, ...]) -> tuple[Command, ...]:
        return rebound(commands, getattr(self.app, "rebound_keys", ()))

    _pointed_at = ""
    _taken_size: Size | None = None

    # What each screen adds

    @property
    def term(self) -> str:
        """What the cursor is on, by its word in the glossary; nothing where that should not be told."""
        return ""

    @property
    def view(self) -> View | None:
        """The present view, or None before anything is shown."""
        raise NotImplementedError

    @property
    def reading(self) -> Reading | None:
        """What is looked at, or None before anything is shown."""
        raise NotImplementedError

    @property
    def job(self) -> Job:
        """What the user waits for."""
        raise NotImplementedError

    @property
    def activity(self) -> Activity | None:
        """What goes on in the background and can be stopped."""
        return self.job.activity

    def step_to(self, view: View) -> None:
        """Show another view of the same reading, without reading anything."""
        raise NotImplementedError

    def show_view(self, view: View) -> None:
        """Show another view of the same reading; a pending count is used up."""
        raise NotImplementedError

    def show_moved(self, reading: Reading) -> None:
        """Show the same on another input window."""
        raise NotImplementedError

    def fit(self) -> None:
        """Give every part its room."""
        raise NotImplementedError

    def parts(self) -> ComposeResult:
        """Yield what the screen consists of, from top to bottom."""
        raise NotImplementedError

    # What is shown

    def compose(self) -> ComposeResult:
        """Yield the parts, and what is shown instead where the screen is too small for them."""
        yield Static(f"too small: cnn-tui needs {SMALLEST[0]}×{SMALLEST[1]}", id="too-small", markup=False)
        yield from self.parts()

    def on_mount(self) -> None:
        """Show the screen at once, with the keys in force."""
        self.query_one(StatusLine).other_keys = other_keys(
            self.COMMAND_TABLE, getattr(self.app, "rebound_keys", ())
        )
        self._taken_size = self.size
        self.fit()

    async def on_idle(self) -> None:
        """Let every widget that a key has changed tell so, before those are painted that have told: it is one frame."""
        await asyncio.sleep(0)

    def on_resize(self, event: events.Resize) -> None:
        """Take another size. Textual tells of the first one several times, and lays everything out each time."""
        if event.size == self._taken_size:
            event.prevent_default()
        else:
            self._taken_size = event.size
            self.take_size()

    def take_size(self) -> None:
        """Fit everything into another size."""
        self.fit()

    def say(self, words: str) -> None:
        """Say something in the status line, until the next step."""
        self.query_one(StatusLine).notice = words

    def forget_words(self) -> None:
        """Clear what the status line says about a picture that is gone."""
        status = self.query_one(StatusLine)
        status.notice = status.hovered = ""

    def refuse(self, error: CnnError) -> None:
        """Say why something cannot be done."""
        self.notify(str(error), severity="warning", markup=False)

    # What is computed to be shown

    def run_behind(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background."""
        self.run_worker(work, group="behind")

    def show_activity(self) -> None:
        """Let the status line name what goes on; it is not there yet before the first frame, nor after the last."""
        for status in self.query(StatusLine):
            status.activity = self.activity

    @property
    def asked(self) -> Reading | None:
        """What the next change starts from: the reading that is being computed to be shown, or the one that is."""
        shown, target = self.reading, self.job.target
        if self.view is None or shown is None:
            return None
        return target if isinstance(target, blocks.Reading) and target.looked_into == shown.looked_into else shown

    # Keys

    def move(self, step: Callable[[View], View]) -> None:
        """Show the view that a step leads to from the one that is shown, if any is."""
        if (view := self.view) is not None:
            self.show_view(step(view))

    def on_key(self, event: events.Key) -> None:
        """Collect digits before a step."""
        view = self.view
        if view is None or event.character is None or not ("0" <= event.character <= "9"):
            return
        event.stop()
        if len(view.count) < 9:
            self.forget_words()
            self.step_to(replace(view, count=view.count + event.character))

    def action_step(self, direction: int) -> None:
        """Step along the axis that the cursor stands on."""
        self.move(lambda view: view.stepped(direction * view.times))

    def action_end(self, last: bool) -> None:
        """Go to the first or the last place that the cursor can stand on."""
        self.move(lambda view: view.ended(last))

    def action_zoom(self, direction: int) -> None:
        """Zoom in or out."""
        self.move(lambda view: view.zoomed(direction))

    def action_window(self, direction: int) -> None:
        """Move the input window along the record."""
        reading, view = self.asked, self.view
        if reading is not None and view is not None:
            bases = int(view.count) if view.count else max(1, (reading.stop - reading.start) // 10)
            self.move_window(reading.start + direction * bases)

    def move_window(self, start: int) -> None:
        """Move the input window to a position of the record, or as near as it can go."""
        reading, view = self.asked, self.view
        if reading is None or view is None:
            return
        moved = reading.moved_to(start)
        if moved.start != reading.start:
            self.show_moved(moved)
            return
        self.show_view(view)
        whole = reading.stop - reading.start == len(reading.record)
        self.say("the input is the whole record" if whole else "the record ends here")

    @on(ReadingLine.AssumedPressed)
    def action_assumptions(self) -> None:
        """List what had to be assumed for what is looked at."""
        if self.reading is not None:
            self.say(dialogs.show_assumptions(self.app, self.reading))

    def action_theme(self) -> None:
        """Take the next of our themes."""
        self.app.theme = following_theme(self.app.theme)

    def action_help(self, word: str = "") -> None:
        """Show the help screen, which begins with a word, or with what the pointer or the cursor is on."""
        self.app.push_screen(dialogs.Help(self.commands, word or self._pointed_at or self.term))

    def action_documentation(self, topic: str) -> None:
        """Show a page of the documentation."""
        self.app.push_screen(dialogs.Documentation(topic))

    def action_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()

    def action_suspend(self) -> None:
        """Give the terminal to the shell for a while."""
        self.app.action_suspend_process()

    # The pointer

    @on(StatusLine.HintPressed)
    async def do_as_the_key(self, event: StatusLine.HintPressed) -> None:
        """Do what the key of the pressed hint does."""
        actions = {key: command.action for command in self.commands for key in command.shown.split()}
        if (key := next((key for key in event.keys if key in actions), None)) is not None:
            await self.run_action(actions[key])

    @on(Track.Hovered)
    def describe(self, event: Track.Hovered) -> None:
        """Say what is under the pointer."""
        self.query_one(StatusLine).hovered = event.words or ""
        self._pointed_at = event.term if event.words else ""

    @on(Track.Wheeled)
    def scroll_tracks(self, event: Track.Wheeled) -> None:
        """Move the tracks under the cursor."""
        self.move(lambda view: view.scrolled(event.columns))
