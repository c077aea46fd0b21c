"""The app without a terminal: what a request opens, after keys, when everything has come to rest.

The clock stands still: the demonstration moves on a `tick` alone, no cursor blinks, nothing is animated, and the
messages in the corner stay until a `wait`. What is waited for are conditions, see `settling`, never a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
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

from cnn_core.errors import CnnError, SettingError
from cnn_core.readers.npz import write_npz

from .. import opening
from ..app import CnnApp
from ..options.by_name import DEFAULT_SIZE, request_from, size_of
from ..options.config import with_config
from ..options.request import STANDARD_INPUT, OpenRequest
from ..pictures.colours import palette_of
from ..rendering.screen_cells import Drawing
from ..screens.explorer import Explorer
from ..terminal.garbage_collection import only_young
from ..view.track_sizes import LARGEST, SMALLEST
from ..view_file.form import with_view
from .environment import plain_environment
from .keys import TICK, WAIT, Stroke, strokes
from .settling import A_MOMENT, pumps, settle
from .snapshot import Snapshot
from .values import values_of

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from cnn_core.network.model import Model
    from cnn_core.readers.report import ModelFile

__all__ = ["take", "take_along", "take_request"]

_FOREVER: Final = 1e9
_SOON: Final = 1.0
"""Seconds: a timer that rings once and sooner belongs to what a key has begun, such as the palette's."""

Result = TypeVar("Result")


class _StillExplorer(Explorer):
    """The explorer where no time passes, and nobody looks on."""

    def set_timer(self, delay: float, callback: Callable[[], Any] | None = None, **rest: Any) -> Timer:
        """Set a timer; the one of the demonstration never rings."""
        if callback == self.player.tick:
            rest["pause"] = True
        return super().set_timer(delay, callback, **rest)

    def _compositor_refresh(self) -> None:
        """Draw no frame: nobody sees any, and a snapshot draws all."""
        if self is not self.app.screen:
            super()._compositor_refresh()
        self._dirty_widgets.clear()


class _StillApp(CnnApp):
    """The app as it would be on a terminal of many colours, whatever the environment says."""

    def __init__(self, request: OpenRequest) -> None:
        config = opening.read_own_config(request)
        with plain_environment():
            super().__init__(with_config(request, config), config=config)
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
    model: str | PathLike[str] | Model | ModelFile | None = None,
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
        model: A preset, a model file, or a model as it was read; None is the explorer's default.
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
def _named(model: str | PathLike[str] | Model | ModelFile | None) -> Iterator[str | None]:
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
    return take_along(request, size, [keys])[0]


def take_along(
    request: OpenRequest, size: tuple[int, int], stretches: Sequence[Sequence[Stroke]]
) -> list[Snapshot]:
    """Return what the app shows of a request after each of several stretches of keys, one going on from the other.

    Args:
        request: What to open.
        size: Columns and lines of the screen.
        stretches: What is pressed before each snapshot.

    Raises:
        CnnError: As for `take_request`.
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
        return _in_own_thread(lambda: _run(_drive(request, size, stretches)))


def _run(drive: Coroutine[Any, Any, list[Snapshot]]) -> list[Snapshot]:
    # asyncio's own loop, whichever the caller has chosen: `settle` looks into it.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(drive)


async def _drive(
    request: OpenRequest, size: tuple[int, int], stretches: Sequence[Sequence[Stroke]]
) -> list[Snapshot]:
    app = _StillApp(request)
    found: list[Snapshot] = []

    async def drive(_: Pilot[object]) -> None:
        await _settle(app)
        for keys in stretches:
            for stroke in keys:
                if app._exit:
                    return
                _press(app, stroke)
                await _settle(app)
            if app._exit:
                return
            shown = app.screen.app
            palette = palette_of(shown)
            found.append(Snapshot(Drawing.of(shown, palette.text, palette.ground), values_of(app)))
        app.exit()

    await app.run_async(headless=True, size=size, auto_pilot=drive)
    if app.defect is not None:
        raise app.defect
    if len(found) == len(stretches):
        return found
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
    while True:
        await settle(app)
        if app._exit:
            return
        blinking = [field for field in app.screen.query(Input) if field.cursor_blink]
        for field in blinking:
            field.cursor_blink = False
        if not blinking and not any(_rings_soon(timer) for pump in pumps(app) for timer in pump._timers):
            return
        await asyncio.sleep(A_MOMENT)


def _rings_soon(timer: Timer) -> bool:
    return (
        timer._task is not None
        and not timer._task.done()
        and timer._repeat == 0
        and timer._interval < _SOON
        and timer._active.is_set()
    )


def _in_own_thread(work: Callable[[], Result]) -> Result:
    """Return what something returns, done in a thread of its own: the caller may run an event loop already."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    # What holds for the caller, such as where files may be written, holds for the app.
    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    return future.result()
