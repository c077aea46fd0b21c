"""One go of work in a thread, and who its result belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from .threads import in_thread

__all__ = ["GivenUp", "Runner", "Turn"]

Result = TypeVar("Result")

Runner = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine in the event loop, such as a screen's `run_worker`."""


class GivenUp(Exception):
    """Work ends because nobody wants it any more."""


class Turn(Generic[Result]):
    """One go of work in a thread: wanted until it is given up, and from then on never again.

    Work that is begun again is another turn, so that no thread that was given up can come back to life. The result
    belongs to the turn until it is taken; where nobody takes it, it is discarded.

    Args:
        discard: Does away with a result that nobody takes, such as by closing it.
    """

    def __init__(self, discard: Callable[[Result], None] | None = None) -> None:
        self._discard = discard
        self._given_up = Event()
        self._lock = Lock()
        self._result: tuple[Result] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self) -> bool:
        """Tell whether it is still wanted; any thread may ask."""
        return not self._given_up.is_set()

    def give_up(self) -> None:
        """Want it no more."""
        with self._lock:
            self._given_up.set()
            result, self._result = self._result, None
        if result is not None and self._discard is not None:
            self._discard(result[0])

    def rest(self, seconds: float) -> None:
        """Let some time go by in the thread; it ends at once where the turn is given up.

        Args:
            seconds: How long.
        """
        self._given_up.wait(seconds)

    def meanwhile(self, tell: Callable[[], None]) -> None:
        """Have something told in the loop's own thread while the work goes on, unless it is given up by then.

        Args:
            tell: Tells it.
        """
        loop = self._loop
        assert loop is not None
        # The loop is closed where the app has ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: tell() if self() else None)

    async def done(self, work: Callable[[Turn[Result]], Result]) -> Result:
        """Return what comes of the work, done in a thread of its own.

        Args:
            work: What is to be done; it is given the turn, and may ask whether it is still wanted.

        Raises:
            GivenUp: It has been given up, whatever came of it.
            Exception: Whatever the work raises while it is wanted.
        """
        self._loop = asyncio.get_running_loop()
        try:
            await in_thread(lambda: self._put(work(self)))
        except Exception:
            if self():
                raise
            raise GivenUp from None
        except asyncio.CancelledError:
            self.give_up()
            raise
        with self._lock:
            if self._result is None:
                raise GivenUp
            result, self._result = self._result[0], None
        return result

    def _put(self, result: Result) -> None:
        with self._lock:
            if self():
                self._result = (result,)
                return
        if self._discard is not None:
            self._discard(result)
