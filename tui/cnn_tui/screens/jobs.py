"""What takes time.

A job runs in a thread and asks between chunks whether it is still wanted. Its message carries the number of the
job, so that what comes too late is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.message import Message

from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError

from ..amounts import progress_words
from ..faults import os_sentence
from ..opening import OpenRequest
from ..threads import in_thread
from ..view import ViewState
from ..widgets.status import Status
from .stage import Stage

if TYPE_CHECKING:
    from cnn_core.sequences import Progress

__all__ = ["GivenUp", "Jobs", "KeepOn"]

KeepOn = Callable[[], bool]
Result = TypeVar("Result")
_NEWS = 0.1
"""Seconds between two words on how far a job is."""


class GivenUp(Exception):
    """A job ends because nobody wants it any more."""


class Jobs(Stage):
    """Does what takes time without blocking a key."""

    class Done(Message):
        """A job has ended."""

        def __init__(self, number: int, then: Callable[[], None]) -> None:
            super().__init__()
            self.number = number
            self.then = then

    class Progressed(Message):
        """A job has come further."""

        def __init__(self, keep_on: KeepOn, words: str) -> None:
            super().__init__()
            self.keep_on = keep_on
            self.words = words

        def can_replace(self, message: Message) -> bool:
            """Tell whether the one before need not be shown any more."""
            return isinstance(message, Jobs.Progressed)

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._job = 0

    def on_unmount(self) -> None:
        """Give up what goes on: there is nobody left to take it."""
        self._job += 1

    def begin(
        self,
        words: str,
        work: Callable[[KeepOn], Result],
        then: Callable[[Result], None],
        refused: Callable[[CnnError], None] | None = None,
    ) -> None:
        """Do something in a thread; what was going on is given up.

        Args:
            words: What is being done, for the status line.
            work: Does it; is given a function that tells whether it is still wanted.
            then: Takes the result, in the app's own thread.
            refused: Takes what is wrong instead; by default it is said.
        """
        refuse = refused or self._refused
        self._job += 1
        number = self._job
        self.query_one(Status).working = words

        def run() -> Jobs.Done:
            try:
                result = work(lambda: number == self._job)
            except GivenUp:
                return self.Done(number, lambda: None)
            except (CnnError, OSError) as error:
                wrong = error if isinstance(error, CnnError) else os_sentence(error)
                return self.Done(number, lambda: refuse(wrong))
            return self.Done(number, lambda: then(result))

        async def tell() -> None:
            self.post_message(await in_thread(run))

        self.run_worker(tell(), group="job", name=words)

    @on(Done)
    def take_result(self, event: Done) -> None:
        """Take what a job has brought, unless it is no longer wanted."""
        if event.number == self._job:
            self.query_one(Status).working = ""
            event.then()

    def progress(self, words: str, keep_on: KeepOn) -> Progress:
        """Return what a job calls to say how many bytes are done; where it is no longer wanted, that ends it.

        Args:
            words: What is being done.
            keep_on: Tells whether the job is still wanted.
        """
        began = told = monotonic()
        before = 0

        def tell(done: int, total: int) -> None:
            nonlocal began, told, before
            if not keep_on():
                raise GivenUp
            now = monotonic()
            if done < before:
                # It has started over.
                began = now
            before = done
            if now - told >= _NEWS:
                told = now
                said = f"{words}: {progress_words(done, total, now - began)}"
                self.post_message(self.Progressed(keep_on, said))

        return tell

    @on(Progressed)
    def show_progress(self, event: Progressed) -> None:
        """Say how far a job is, unless it is no longer wanted."""
        if event.keep_on() and self.query_one(Status).working:
            self.query_one(Status).working = event.words

    def stop_job(self) -> bool:
        """Give up the job that goes on; tell whether there was one."""
        status = self.query_one(Status)
        if not status.working:
            return False
        self._job += 1
        status.working = ""
        return True

    def _refused(self, error: CnnError) -> None:
        if self.picture is None:
            self.app.exit(error, return_code=1)
        else:
            self.refuse(error)

    def show_computed(self, reading: BlockReading, view: ViewState | None = None, words: str = "") -> None:
        """Show another reading, computing the layers before its block in the background where that takes long."""
        if reading.is_quick:
            super().show_computed(reading, view, words)
            return

        def show(_: None) -> None:
            super(Jobs, self).show_computed(reading, view, words)

        self.begin("computing the block …", lambda _: reading.compute(), show)
