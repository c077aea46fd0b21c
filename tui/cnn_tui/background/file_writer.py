"""Files written in the background: one at a time, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnn_core.errors import CnnError

from .cancellable_task import CancellableTask, Cancelled, Runner
from .job import Activity, Job, Refuse

if TYPE_CHECKING:
    from cnn_core.work.progress import Progress

__all__ = ["FileWriter"]

Result = TypeVar("Result")

_PATIENCE: Final = 5.0
"""Seconds that leaving waits for a writer that has been told to stop."""


class FileWriter(Job):
    """Writes one file at a time; what is shown may change meanwhile.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes why a file cannot be written.
        changed: Called when `activity` is another.
    """

    def __init__(self, run: Runner, refuse: Refuse, changed: Callable[[], None]) -> None:
        super().__init__(run, refuse, changed)
        self._ended = Event()
        """Set when the thread that was begun last has ended."""
        self._threads: list[Event] = []
        self._afterwards: list[Callable[[], None]] = []
        self._is_closed = False

    def write(self, words: str, work: Callable[[Progress], Result], then: Callable[[Result], None]) -> None:
        """Write something; where something is being written already, that is refused.

        Args:
            words: What is being done.
            work: Writes it in a thread; what it calls to say how far it is raises where it is stopped.
            then: Takes what was written, also where it was whole by the time it was stopped.
        """
        if self.activity is not None:
            self._refuse(CnnError("a file is being written already", remedy="wait for it, or stop it with Esc"))
            return
        ended, loop = Event(), asyncio.get_running_loop()
        self._ended = ended

        def write(task: CancellableTask[Result]) -> Result:
            def progress(done: int, total: int) -> None:
                if not task.wanted():
                    raise Cancelled
                self.tell(task, Activity(words, f"{done * 100 // max(1, total)} %"))

            try:
                return work(progress)
            finally:
                ended.set()

        def take_late(result: Result) -> None:
            if not self._is_closed:
                then(result)

        def discard(result: Result) -> None:
            # The loop is closed where the app has ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(take_late, result)

        self.begin(words, write, then, discard=discard)

    async def _go(self, *given: Any) -> None:
        self._threads.append(self._ended)
        try:
            await super()._go(*given)
        finally:
            self._tidy()

    def afterwards(self, do: Callable[[], None]) -> None:
        """Do something as soon as no file is being written, such as closing what it is written from.

        Args:
            do: Does it.
        """
        self._afterwards.append(do)
        self._tidy()

    def close(self) -> None:
        """Stop, and wait a little until the unfinished file has been taken back."""
        self._is_closed = True
        self.stop()
        for each in self._threads:
            each.wait(_PATIENCE)
        self._tidy()

    def _tidy(self) -> None:
        self._threads = [each for each in self._threads if not each.is_set()]
        if not self._threads:
            waiting, self._afterwards = self._afterwards, []
            for do in waiting:
                do()
