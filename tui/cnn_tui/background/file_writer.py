"""Files written in the background: one at a time, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Final, TypeVar

from cnn_core.errors import CnnError

from ..words.faults import REFUSALS, sentence_of
from .cancellable_task import Runner
from .job import Activity, Refuse
from .threads import in_thread

__all__ = ["FileWriter", "WriteProgress"]

Result = TypeVar("Result")
WriteProgress = Callable[[int, int], None]
"""Told how much of a file is written, and how much there is."""

_PATIENCE: Final = 5.0
"""Seconds that leaving waits for a writer that has been told to stop."""


class _StoppedError(CnnError):
    """Nobody waits for the file any more."""


@dataclass(eq=False)
class _Going:
    activity: Activity
    unwanted: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)


class FileWriter:
    """Writes one file at a time; what is shown may change meanwhile.

    Args:
        run: Runs a coroutine in the event loop.
        refuse: Takes why a file cannot be written.
        changed: Called when `activity` is another.
    """

    def __init__(self, run: Runner, refuse: Refuse, changed: Callable[[], None]) -> None:
        self._run = run
        self._refuse = refuse
        self._changed = changed
        self._going: _Going | None = None
        self._threads: list[_Going] = []
        self._afterwards: list[Callable[[], None]] = []

    @property
    def activity(self) -> Activity | None:
        """What is being written, or None."""
        return None if self._going is None else self._going.activity

    def begin(self, words: str, work: Callable[[WriteProgress], Result], then: Callable[[Result], None]) -> None:
        """Write something; where something is being written already, that is refused.

        Args:
            words: What is being done.
            work: Writes it in a thread; what it calls to say how far it is raises where it is stopped.
            then: Takes what was written.
        """
        if self._going is not None:
            self._refuse(CnnError("a file is being written already", remedy="wait for it, or stop it with Esc"))
            return
        going = self._going = _Going(Activity(words))
        self._changed()
        self._run(self._write(going, work, then))

    async def _write(
        self, going: _Going, work: Callable[[WriteProgress], Result], then: Callable[[Result], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        words = going.activity.words

        def show(done: int, total: int) -> None:
            going.activity = Activity(words, f"{done * 100 // max(1, total)} %")
            self._changed()

        def progress(done: int, total: int) -> None:
            if going.unwanted.is_set():
                raise _StoppedError("stopped")
            # The loop is closed where the app has ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(show, done, total)

        def write() -> Result:
            try:
                return work(progress)
            finally:
                going.ended.set()

        self._threads.append(going)
        try:
            result = await in_thread(write)
        except REFUSALS as error:
            if not isinstance(error, _StoppedError):
                self._refuse(sentence_of(error))
        else:
            then(result)
        finally:
            # Also where the app ends, which takes this coroutine away before the screen.
            going.unwanted.set()
            if self._going is going:
                self._going = None
                self._changed()
            self._tidy()

    def stop(self) -> bool:
        """Stop what is being written, which takes its unfinished file back; tell whether anything was."""
        if self._going is None:
            return False
        self._going.unwanted.set()
        self._going = None
        self._changed()
        return True

    def afterwards(self, do: Callable[[], None]) -> None:
        """Do something as soon as no file is being written, such as closing what it is written from.

        Args:
            do: Does it.
        """
        self._afterwards.append(do)
        self._tidy()

    def close(self) -> None:
        """Stop, and wait a little until the unfinished file has been taken back."""
        self.stop()
        for each in self._threads:
            each.ended.wait(_PATIENCE)
        self._tidy()

    def _tidy(self) -> None:
        self._threads = [each for each in self._threads if not each.ended.is_set()]
        if not self._threads:
            waiting, self._afterwards = self._afterwards, []
            for do in waiting:
                do()
