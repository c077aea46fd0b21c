"""Random hands at the real app: keys, pointer, paste and sizes from a seed, and what must hold after every step.

`python tests/tui/random_driver.py --keys 100000` drives for as long as that takes and prints what it found, each with
the seed that finds it again; `--seed 7 --shrink` prints the fewest steps that still do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import driven_files
from driven_checks import wrong
from driven_place import inside
from driven_steps import SIZES, Step, steps_of, write_steps
from explorers import Clock, Shown
from textual import events
from textual._context import active_app
from textual.app import ScreenStackError
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from cnn_tui.app import CnnApp
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.explorer import Explorer

STEPS: Final = 150
"""Steps from one seed, unless it quits before."""
SLOW: Final = 0.5
"""Seconds of the processor that no key may take."""
_PATIENCE: Final = 6.0
"""Seconds that work behind a step is waited for, before the next comes all the same."""
_TOLD: Final = 12
"""How many finds of a kind are printed."""
_QUITS: Final = frozenset({"q", "ctrl+q", "escape", "ctrl+c"})
_THEMES: Final = ("dark", "dark", "dark", "light", "light", "high-contrast", "nord", "textual-light")
_WHEEL: Final[dict[str, type[events.MouseEvent]]] = {
    "down": events.MouseScrollDown,
    "up": events.MouseScrollUp,
    "left": events.MouseScrollLeft,
    "right": events.MouseScrollRight,
}


@dataclass(frozen=True)
class Find:
    """Something that must not be.

    Attributes:
        kind: What is the same for the same defect.
        words: The particulars.
        step: After which step.
    """

    kind: str
    words: str
    step: int


@dataclass
class Drive:
    """What came of one seed.

    Attributes:
        opened: Whether what was asked for opened.
        done: The steps that were taken.
        finds: What must not be.
        times: (processor seconds, what was done) of every key and other step, opening files aside.
        ended: Whether the app ended, asked to.
    """

    opened: bool = False
    done: list[Step] = field(default_factory=list)
    finds: list[Find] = field(default_factory=list)
    times: list[tuple[float, str]] = field(default_factory=list)
    ended: bool = False

    @property
    def keys(self) -> int:
        """How many keys were pressed."""
        return sum(step.kind == "key" for step in self.done)


class Ended(Exception):
    """The app is no more."""


class Driver:
    """Takes steps in an app that runs, and looks after each whether all holds.

    Places are given as three shares: which of the widgets on the screen, in its order, and where in it.

    Args:
        shown: The app.
        drive: Takes what comes of it.
        thorough: After how many steps all that is slow to look at is looked at.
    """

    def __init__(self, shown: Shown, drive: Drive, thorough: int = 1) -> None:
        self.app, self._shown, self._drive, self._thorough = shown.app, shown, drive, thorough
        self._alive = True

    # Waiting

    async def _unless_ended(self, work: Awaitable[Any]) -> None:
        """Wait for something, but no longer than the app is there."""
        task = asyncio.ensure_future(work)
        assert self.app._task is not None
        await asyncio.wait({task, self.app._task}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
        if not task.done():
            task.cancel()
            if not self.has_ended:
                raise AssertionError("a step was not painted in a minute")
        if self.has_ended:
            raise Ended
        await task

    @property
    def has_ended(self) -> bool:
        """Whether the app is no more, or about to end."""
        return self.app._exit or self.app._exception is not None

    async def painted(self) -> None:
        """Wait until what was done last is on the screen."""
        await self._unless_ended(self._shown.painted())

    async def settled(self) -> None:
        """Wait for what goes on behind, if it does not take too long."""
        until = time.monotonic() + _PATIENCE
        while True:
            await self.painted()
            tasks = self._behind()
            left = until - time.monotonic()
            if not tasks or left <= 0:
                return
            assert self.app._task is not None
            await asyncio.wait({*tasks, self.app._task}, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    # Steps

    async def take(self, step: Step) -> None:
        """Take a step, and note what must not be."""
        nth = len(self._drive.done)
        self._drive.done.append(step)
        title = f"{step.kind} {' '.join(map(str, step.given))} on {self._screen_name()}"
        could_quit = (step.kind == "key" and step.given[0] in _QUITS) or "Palette" in self._screen_name()
        opens = self._opens()
        alone = not self._behind()
        began, began_here = time.process_time(), time.thread_time()
        try:
            await self._unless_ended(self._do(step))
            await self.painted()
            took, here = time.process_time() - began, time.thread_time() - began_here
            # What other threads do meanwhile, and for which no key waits, is none of it.
            took = took if alone and not self._behind() else here
            if not (opens or self._opens()):
                self._drive.times.append((took, f"{title} {self.app.size.width}×{self.app.size.height}"))
            if not step.hurried:
                await self.settled()
            self._look(nth)
        except Ended:
            self._drive.ended = True
            self._look_at_end(nth, title, could_quit)
            raise

    def _screen_name(self) -> str:
        try:
            return type(self.app.screen).__name__
        except ScreenStackError:
            return "nothing"

    def _behind(self) -> set[asyncio.Task[Any]]:
        """Return what goes on behind the screen."""
        return {worker._task for worker in self.app.workers if not worker.is_finished and worker._task}

    def _opens(self) -> bool:
        """Tell whether a file is being opened or a record read."""
        job = (
            self._shown.app.screen_stack[0].background_work.job
            if isinstance(self.app.screen_stack[0], Explorer)
            else None
        )
        words = "" if job is None or job.activity is None else job.activity.words
        return words.startswith(("opening", "reading"))

    async def _do(self, step: Step) -> None:
        given: Any = step.given
        match step.kind:
            case "key":
                await self._shown.pilot._app._press_keys([given[0]])
            case "click":
                await self._press_at(self._place(*given[:3]), given[3], given[4])
            case "drag":
                await self._drag(self._place(*given[:3]), self._place(*given[3:]))
            case "scroll":
                self._post(_WHEEL[given[3]], self._place(*given[:3]))
            case "hover":
                self._post(events.MouseMove, self._place(*given))
            case "paste":
                self.app.post_message(events.Paste(given[0]))
            case "resize":
                await self._shown.pilot.resize_terminal(*given)
            case "tick":
                explorer = self.app.screen_stack[0]
                if (
                    isinstance(explorer, Explorer)
                    and explorer.player.timer is not None
                    and self.app.screen is explorer
                ):
                    explorer.player.tick()
            case _:
                raise AssertionError(step.kind)

    def _place(self, which: float, across: float, down: float) -> tuple[int, int]:
        """Return a place on the screen: within one of the widgets that are on it."""
        screen = self.app.screen
        whole = Region(0, 0, *self.app.size)
        regions = [(type(widget).__name__, widget.region.intersection(whole)) for widget in screen.walk_children()]
        seen = [region for _, region in regions if region.area] or [whole]
        region = seen[min(int(which * len(seen)), len(seen) - 1)]
        return region.x + int(across * region.width), region.y + int(down * region.height)

    def _post(self, kind: type[events.MouseEvent], place: tuple[int, int], button: int = 0) -> None:
        x, y = place
        delta = (0, 0)
        driver = self.app._driver
        assert driver is not None
        # As a terminal's driver would, so that presses become clicks by the app's own rules.
        driver.process_message(kind(None, x, y, *delta, button, False, False, False, screen_x=x, screen_y=y))

    async def _press_at(self, place: tuple[int, int], button: int, times: int) -> None:
        self._post(events.MouseMove, place)
        for _ in range(times):
            self._post(events.MouseDown, place, button)
            self._post(events.MouseUp, place, button)

    async def _drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self._post(events.MouseMove, start)
        self._post(events.MouseDown, start, 1)
        for share in (0.3, 0.7, 1.0):
            between = tuple(round(a + share * (b - a)) for a, b in zip(start, end, strict=True))
            self._post(events.MouseMove, between, 1)  # type: ignore[arg-type]
        self._post(events.MouseUp, end, 1)

    # What must hold

    def _note(self, kind: str, words: str, nth: int) -> None:
        self._drive.finds.append(Find(kind, words, nth))

    def _look_at_end(self, nth: int, title: str, could_quit: bool) -> None:
        error = self.app._exception
        if error is not None:
            self._note(*_named(error), nth)
        elif self.app.return_code or not could_quit:
            self._note("end", f"ended with {self.app.return_code} by {title}: {self.app.return_value}", nth)

    def _look(self, nth: int) -> None:
        for kind, words in wrong(self.app, nth % self._thorough == 0):
            self._note(kind, f"{words} [{self._screen_name()}, {self.app.size.width}×{self.app.size.height}]", nth)


def _named(error: BaseException) -> tuple[str, str]:
    """Return what an error is known by, and its particulars."""
    while isinstance(error, WorkerFailed):
        error = error.error
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    last = ours[-1] if ours else None
    at = "" if last is None else f" at {Path(last.filename).name}:{last.name}"
    return f"{type(error).__name__}{at}", "".join(traceback.format_exception(error))


# Driving


@asynccontextmanager
async def _opened(request: dict[str, Any], size: tuple[int, int], theme: str) -> Any:
    clock = Clock()
    ordinary = MessagePump.set_timer

    def set_timer(self: Explorer, delay: float, callback: Callable[[], None], **rest: object) -> object:
        # The demonstration goes on when a step says so, not by the clock.
        return ordinary(self, delay, callback, **rest) if callback != self.player.tick else clock  # type: ignore[arg-type]

    async def at_once(*_: float) -> None:
        await asyncio.sleep(0)

    app = CnnApp(OpenRequest(**request, theme=theme))
    app.animation_level = "none"
    with (
        patch("textual.app.wait_for_idle", at_once),
        patch("textual.pilot.wait_for_idle", at_once),
        patch.object(Explorer, "set_timer", set_timer),
        # What it ends with is noted here, and not printed.
        patch.object(CnnApp, "_fatal_error", lambda self: self._close_messages_no_wait()),
    ):
        context = app.run_test(size=size, notifications=True, tooltips=True)
        pilot = await context.__aenter__()
        try:
            yield Shown(app, pilot)
        finally:
            # What the app ended with has been noted, and is raised here once more.
            failed = app._exception
            try:
                await context.__aexit__(None, None, None)
            except BaseException as error:
                if error is not failed:
                    raise


async def drive(seed: int, steps: list[Step] | None = None, *, count: int = STEPS, thorough: int = 1) -> Drive:
    """Open what a seed says, and take its steps.

    Args:
        seed: What decides everything.
        steps: Other steps than the seed's own, such as fewer of them.
        count: How many steps.
        thorough: See `Driver`.
    """
    random = Random(seed)
    request = driven_files.choose(random)
    size, theme = random.choice(SIZES[:8]), random.choice(_THEMES)
    without_colour = random.random() < 0.2
    steps = steps_of(random, count) if steps is None else steps
    result = Drive()
    colour = {"NO_COLOR": "1"} if without_colour else {}
    with patch.dict(os.environ, colour):
        async with _opened(request, size, theme) as shown:
            driver = Driver(shown, result, thorough)
            try:
                await driver.settled()
                result.opened = True
                for step in steps:
                    await driver.take(step)
            except Ended:
                if not result.opened and shown.app._exception is not None:
                    result.finds.append(Find(*_named(shown.app._exception), -1))
    active_app.set(None)  # type: ignore[arg-type]
    return result


async def shrunk(seed: int, steps: list[Step], kind: str) -> list[Step]:
    """Return the fewest steps that can be found that still find a kind of defect."""

    async def finds(some: list[Step]) -> bool:
        return any(find.kind == kind for find in (await drive(seed, some)).finds)

    part = max(1, len(steps) // 2)
    while True:
        start, smaller = 0, False
        while start < len(steps):
            fewer = steps[:start] + steps[start + part :]
            if await finds(fewer):
                steps, smaller = fewer, True
            else:
                start += part
        if part == 1 and not smaller:
            return steps
        part = max(1, part // 2)


def main(arguments: list[str] | None = None) -> None:
    """Drive by hand."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--keys", type=int, default=1, help="keys to press, over as many seeds as that takes")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps a seed")
    parser.add_argument(
        "--thorough", type=int, default=5, help="look at the words on the screen after so many steps"
    )
    parser.add_argument("--minutes", type=float, default=1e9, help="end after so long")
    parser.add_argument("--shrink", action="store_true", help="print the fewest steps for the first find")
    asked = parser.parse_args(arguments)
    kinds: Counter[str] = Counter()
    times: list[tuple[float, str]] = []
    keys = steps = opened = 0
    seed, until = asked.seed, time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as place, inside(Path(place)):
        driven_files.lay_out(Path(place))
        while keys < asked.keys and time.monotonic() < until:
            found = asyncio.run(drive(seed, count=asked.steps, thorough=asked.thorough))
            keys, steps, opened = keys + found.keys, steps + len(found.done), opened + found.opened
            times = sorted([*times, *((took, f"seed {seed}: {what}") for took, what in found.times)])[-40:]
            slow = [Find("slow", f"{took:.2f} s for {what}", -1) for took, what in found.times if took > SLOW]
            for find in (*found.finds, *slow):
                kinds[find.kind] += 1
                if kinds[find.kind] <= _TOLD:
                    print(f"seed {seed} step {find.step}: {find.kind}: {find.words}", flush=True)
            if asked.shrink and found.finds:
                fewest = asyncio.run(shrunk(seed, found.done, found.finds[0].kind))
                print(write_steps(fewest))
                break
            if seed % 20 == 0:
                print(f"… seed {seed}: {keys} keys, {steps} steps, {dict(kinds)}", flush=True)
            seed += 1
    print(f"{keys} keys in {steps} steps of {opened} sessions, seeds {asked.seed} to {seed - 1}: {dict(kinds)}")
    for took, what in reversed(times[-12:]):
        print(f"{took:.3f} s {what}")


if __name__ == "__main__":
    main()
