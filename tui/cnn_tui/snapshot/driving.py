"""The app without a terminal: what a request opens, after keys, when everything has come to rest.

The clock stands still: the demonstration moves on a `tick` alone, no cursor blinks, nothing is animated, and the
messages in the corner stay until a `wait`. Nothing is waited for by the time; what is waited for are conditions:
that no job runs, and that no widget has a message left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual.events import Key
from textual.filter import ANSIToTruecolor
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import WorkerCancelled, WorkerFailed

from cnn_core.errors import CnnError, SettingError
from cnn_core.readers.npz import write_npz

from ..app import CnnApp
from ..opening import STANDARD_INPUT, OpenRequest
from ..options.by_name import DEFAULT_SIZE, request_from, size_of
from ..pictures.palette import palette_of
from ..rendering.screen_cells import Drawing
from ..screens.explorer import Explorer
from ..terminal.garbage import only_young
from ..view.arrangement import LARGEST, SMALLEST
from ..view_file.form import with_view
from .environment import plain_environment
from .keys import TICK, WAIT, Stroke, strokes
from .snapshot import Snapshot
from .values import values_of

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.pilot import Pilot
    from textual.screen import Screen

    from cnn_core.network.model import Model

__all__ = ["take", "take_request"]

_FOREVER: Final = 1e9
_ROUNDS_AT_REST: Final = 3
_SOON: Final = 1.0
"""Seconds: a timer that rings once and sooner belongs to what a key has begun, such as the palette's."""

Result = TypeVar("Result")


class _StillExplorer(Explorer):
    """The explorer where no time passes."""

    def set_timer(self, delay: float, callback: Callable[[], Any] | None = None, **rest: Any) -> Timer:
        """Set a timer; the one of the demonstration never rings."""
        if callback == self.player.tick:
            rest["pause"] = True
        return super().set_timer(delay, callback, **rest)


class _StillApp(CnnApp):
    """The app as it would be on a terminal of many colours, whatever the environment says."""

    def __init__(self, request: OpenRequest) -> None:
        with plain_environment():
            super().__init__(request)
        self.monochrome = self.no_color = False
        self._filters = [each for each in self._filters if isinstance(each, ANSIToTruecolor)]
        self.animation_level = "none"
        # Where it was taken is nothing that a snapshot shows. The folder itself may be gone.
        with suppress(FileNotFoundError):
            self.started_in = Path.cwd()
        self.defect: Exception | None = None

    def get_default_screen(self) -> Screen[None]:
        """Return the explorer."""
        return _StillExplorer(self.request)

    def notify(self, message: str, **rest: Any) -> None:
        """Show a message that stays."""
        super().notify(message, **{**rest, "timeout": _FOREVER})

    def _handle_exception(self, error: Exception) -> None:
        """Keep a defect for whoever takes the snapshot."""
        self.defect = self.defect or error
        self.exit(return_code=1)


def take(
    sequences: str | PathLike[str] | None = None,
    model: str | PathLike[str] | Model | None = None,
    *,
    size: tuple[int, int] | str = DEFAULT_SIZE,
    keys: str = "",
    **options: object,
) -> Snapshot:
    """Return what the explorer shows, without a terminal: the same on every machine and every time.

    ```python
    from cnn_tui.snapshot import take

    snapshot = take("my.fa", "danq.h5", region="chr1:46-845", filter=17, keys="right*3 enter")
    assert "conv[21]" in snapshot.text
    snapshot.save("danq.svg")
    ```

    It works in a thread of its own, so that it may be called where an event loop runs already.

    Args:
        sequences: A FASTA file, a sample such as `@planted`, or FASTA itself, which begins with `>`; None is the
            bundled sample.
        model: A preset, a model file or a model; None is the explorer's default.
        size: Columns and lines of the screen, 60 × 18 at least.
        keys: What is pressed, as `cnn-tui snapshot --help` describes it.
        options: The other options of the explorer, `_` for `-`: record, region, filter, cell, position, theme,
            ambiguity, reverse, and those of model files.

    Raises:
        CnnError: It cannot be opened, or there is no such record, region, filter, cell, key or option.
    """
    pressed = strokes(keys)
    with _named(model) as name:
        if isinstance(sequences, str) and sequences.startswith(">"):
            request = request_from({**options, "model": name})
            request = replace(request, sequences=STANDARD_INPUT, stdin=sequences.encode())
        else:
            request = with_view(request_from({**options, "sequences": sequences, "model": name}))
        return take_request(request, size_of(size), pressed)


@contextmanager
def _named(model: str | PathLike[str] | Model | None) -> Iterator[str | None]:
    """Give what stands for a model on a command line; a model itself is written down for as long as it takes."""
    if model is None or isinstance(model, str | PathLike):
        yield None if model is None else fspath(model)
        return
    with TemporaryDirectory(prefix="cnn-tui-") as folder:
        path = Path(folder) / "model.npz"
        write_npz(model, path)
        yield str(path)


def take_request(request: OpenRequest, size: tuple[int, int], keys: Sequence[Stroke]) -> Snapshot:
    """Return what the app shows of a request after some keys.

    Args:
        request: What to open.
        size: Columns and lines of the screen.
        keys: What is pressed, each when the one before has had its effect.

    Raises:
        CnnError: It cannot be opened, the screen is too small, or the keys leave the app.
    """
    smallest, largest = SMALLEST, LARGEST
    if size[0] < smallest[0] or size[1] < smallest[1]:
        raise SettingError(
            f"{size[0]}x{size[1]} is too small a screen",
            where="--size",
            remedy=f"give {smallest[0]}x{smallest[1]} at least",
        )
    if size[0] > largest[0] or size[1] > largest[1]:
        raise SettingError(
            f"{size[0]}x{size[1]} is too large a screen",
            where="--size",
            remedy=f"give {largest[0]}x{largest[1]} at most",
        )
    with only_young():
        return _in_own_thread(lambda: asyncio.run(_drive(request, size, keys)))


async def _drive(request: OpenRequest, size: tuple[int, int], keys: Sequence[Stroke]) -> Snapshot:
    app = _StillApp(request)
    found: list[Snapshot] = []

    async def drive(_: Pilot[object]) -> None:
        await _settle(app)
        for stroke in keys:
            if app._exit:
                return
            _press(app, stroke)
            await _settle(app)
        if not app._exit:
            shown = app.screen.app
            palette = palette_of(shown)
            found.append(Snapshot(Drawing.of(shown, palette.text, palette.ground), values_of(app)))
            app.exit()

    await app.run_async(headless=True, size=size, auto_pilot=drive)
    if app.defect is not None:
        raise app.defect
    if found:
        return found[0]
    if isinstance(app.return_value, CnnError):
        raise app.return_value
    raise SettingError(
        "they leave the app, and nothing is left to take", where="--keys", remedy="leave out the last"
    )


def _press(app: _StillApp, stroke: Stroke) -> None:
    if stroke.key == TICK:
        explorer = app.screen_stack[0]
        assert isinstance(explorer, Explorer)
        explorer.player.tick()
    elif stroke.key == WAIT:
        app.clear_notifications()
    else:
        driver = app._driver
        assert driver is not None
        event = Key(stroke.key, stroke.character)
        event.set_sender(app)
        driver.send_message(event)


async def _settle(app: _StillApp) -> None:
    """Wait until nothing goes on any more, or the app has ended."""
    rounds_at_rest = 0
    while rounds_at_rest < _ROUNDS_AT_REST and not app._exit:
        await _all_had_their_turn(app)
        if app._exit:
            return
        for running in [worker for worker in app.workers if not worker.is_finished]:
            rounds_at_rest = 0
            with suppress(WorkerCancelled, WorkerFailed):
                await running.wait()
        for field in app.screen.query(Input):
            field.cursor_blink = False
        rounds_at_rest = rounds_at_rest + 1 if _is_at_rest(app) else 0


async def _all_had_their_turn(app: _StillApp) -> None:
    """Wait until every widget has dealt with the messages that it had, and let the screen take up what came of it."""
    waiting: set[MessagePump] = set()

    def answered(pump: MessagePump) -> None:
        waiting.discard(pump)

    for pump in _pumps(app):
        if pump.call_later(answered, pump):
            waiting.add(pump)
    await asyncio.sleep(0)
    # A widget that is removed meanwhile never answers.
    while any(pump.is_running for pump in waiting) and not app._exit:
        await asyncio.sleep(0)
    if not app._exit:
        app.screen._on_timer_update()


def _pumps(app: _StillApp) -> list[MessagePump]:
    widgets = [widget for screen in app.screen_stack for widget in screen.walk_children(with_self=True)]
    return [app, *widgets]


def _is_at_rest(app: _StillApp) -> bool:
    # Without animation a scroll is done at once, but at the animator's next turn.
    moving = app.animator._animations or app.animator._scheduled
    if moving or app._resize_event is not None or app.screen._callbacks:
        return False
    return not any(_is_busy(pump) for pump in _pumps(app))


def _is_busy(pump: MessagePump) -> bool:
    if pump._next_callbacks or not pump._message_queue.empty():
        return True
    return any(
        timer._task is not None
        and not timer._task.done()
        and timer._repeat == 0
        and timer._interval < _SOON
        and timer._active.is_set()
        for timer in pump._timers
    )


def _in_own_thread(work: Callable[[], Result]) -> Result:
    """Return what something returns, done in a thread of its own: the caller may run an event loop already."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    # What holds for the caller, such as where files may be written, holds for the app.
    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
