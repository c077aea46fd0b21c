"""One thing at a time in the background: begun, told of, taken or cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from cnn_core.errors import CnnError

from ..words.faults import REFUSALS, sentence_of
from .cancellable_task import CancellableTask, Cancelled, Runner

__all__ = ["Activity", "Job", "Refuse"]

Result = TypeVar("Result")

Refuse = Callable[[CnnError], None]
"""Takes what is wrong."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Work that is going on.

    Attributes:
        words: What is being done.
        progress: How far it is, or nothing.
    """

    words: str
    progress: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.progress}" if self.progress else self.words


@dataclass(eq=False)
class _Going:
    task: CancellableTask[Any]
    activity: Activity
    target: object | None


def _nothing() -> None:
    """Do nothing."""


class Job:
    """Does one thing at a time in a thread; what is begun replaces what was going on.

    All is called, and all comes back, in the loop's own thread.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes what is wrong, unless `begin` was given another `refused`.
        changed: Called when `activity` is another.
    """

    def __init__(self, run: Runner, refuse: Refuse, changed: Callable[[], None] = _nothing) -> None:
        self._run = run
        self._refuse = refuse
        self._changed = changed
        self._going: _Going | None = None
        self._lane = asyncio.Lock()

    @property
    def activity(self) -> Activity | None:
        """What is going on, or None."""
        return None if self._going is None else self._going.activity

    @property
    def target(self) -> object | None:
        """What was asked for last and is not there yet, or None."""
        return None if self._going is None else self._going.target

    def begin(
        self,
        words: str,
        work: Callable[[CancellableTask[Result]], Result],
        then: Callable[[Result], None],
        *,
        refused: Refuse | None = None,
        discard: Callable[[Result], None] | None = None,
        target: object | None = None,
        in_order: bool = False,
    ) -> None:
        """Do something; what was going on is cancelled.

        Whatever is shown may be another by the time of `then`, which therefore takes nothing along of what was
        shown at the time of `begin`.

        Args:
            words: What is being done.
            work: Does it in a thread; is given the task, which tells whether it is still wanted.
            then: Takes the result.
            refused: Takes what is wrong instead; by default the job's `refuse`.
            discard: Disposes of a result that is not taken.
            target: What it is to bring, see `target`.
            in_order: Whether it waits for the thread of whatever was begun so before. Of work that cannot be
                broken off, one thread at a time does what was asked last.
        """
        self.stop()
        going = self._going = _Going(CancellableTask(discard), Activity(words), target)
        self._changed()
        self._run(self._go(going, work, then, refused or self._refuse, self._lane if in_order else nullcontext()))

    async def _go(
        self,
        going: _Going,
        work: Callable[[CancellableTask[Result]], Result],
        then: Callable[[Result], None],
        refused: Refuse,
        lane: AbstractAsyncContextManager[Any],
    ) -> None:
        try:
            async with lane:
                if not going.task.wanted():
                    return
                result = await going.task.run(work)
        except Cancelled:
            return
        except REFUSALS as error:
            self._end(going)
            refused(sentence_of(error))
            return
        self._end(going)
        then(result)

    def tell(self, task: CancellableTask[Any], activity: Activity) -> None:
        """Say what goes on now, from the thread that does it.

        Args:
            task: What the thread was given.
            activity: What is being done, and how far it is.
        """
        task.call_in_loop(lambda: self._tell(task, activity))

    def _tell(self, task: CancellableTask[Any], activity: Activity) -> None:
        if self._going is not None and self._going.task is task:
            self._going.activity = activity
            self._changed()

    def stop(self) -> bool:
        """Cancel what is going on; tell whether there was anything."""
        going = self._going
        if going is None:
            return False
        self._end(going)
        going.task.cancel()
        return True

    def _end(self, going: _Going) -> None:
        if self._going is going:
            self._going = None
            self._changed()
