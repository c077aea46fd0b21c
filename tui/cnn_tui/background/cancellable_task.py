"""One go of work in a thread, and who its result belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from .threads import in_thread

__all__ = ["CancellableTask", "Cancelled", "Runner"]

Result = TypeVar("Result")

Runner = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine in the event loop, such as a screen's `run_worker`."""


class Cancelled(Exception):
    """The work was cancelled."""


class CancellableTask(Generic[Result]):
    """One go of work in a thread: wanted until it is cancelled, and from then on never again.

    Work that is begun again is another task, so that no thread that was cancelled can come back to life. The result
    belongs to the task until it is taken; a result that is not taken is discarded.

    Args:
        discard: Disposes of a result that is not taken, such as by closing it.
    """

    def __init__(self, discard: Callable[[Result], None] | None = None) -> None:
        self._discard = discard
        self._cancelled = Event()
        self._lock = Lock()
        self._result: tuple[Result] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def wanted(self) -> bool:
        """Tell whether it is still wanted; any thread may ask."""
        return not self._cancelled.is_set()

    def cancel(self) -> None:
        """Cancel it: the result, if any, is discarded."""
        with self._lock:
            self._cancelled.set()
            result, self._result = self._result, None
        if result is not None and self._discard is not None:
            self._discard(result[0])

    def wait(self, seconds: float) -> None:
        """Let some time go by in the thread; it ends at once where the task is cancelled.

        Args:
            seconds: How long.
        """
        self._cancelled.wait(seconds)

    def call_in_loop(self, tell: Callable[[], None]) -> None:
        """Have something told in the loop's own thread while the work goes on, unless it is cancelled by then.

        Args:
            tell: Tells it.
        """
        loop = self._loop
        assert loop is not None
        # The loop is closed where the app has ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: tell() if self.wanted() else None)

    async def run(self, work: Callable[[CancellableTask[Result]], Result]) -> Result:
        """Return what comes of the work, done in a thread of its own.

        Args:
            work: What is to be done; it is given the task, and may ask whether it is still wanted.

        Raises:
            Cancelled: It was cancelled, whatever came of it.
            Exception: Whatever the work raises while it is wanted.
        """
        self._loop = asyncio.get_running_loop()
        try:
            await in_thread(lambda: self._put(work(self)))
        except Exception:
            if self.wanted():
                raise
            raise Cancelled from None
        except asyncio.CancelledError:
            self.cancel()
            raise
        with self._lock:
            if self._result is None:
                raise Cancelled
            result, self._result = self._result[0], None
        return result

    def _put(self, result: Result) -> None:
        with self._lock:
            if self.wanted():
                self._result = (result,)
                return
        if self._discard is not None:
            self._discard(result)
