"""Tells how far long work is, no more often than can be read."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ..words.progress_text import progress_words
from .cancellable_task import CancellableTask, Cancelled
from .job import Activity

if TYPE_CHECKING:
    from cnn_core.work.progress import Progress

__all__ = ["Pacing", "byte_progress"]

_EVERY: Final = 0.1
"""Seconds between two words on how far it is."""


class Pacing:
    """Is told after every piece of work how much is done, and passes it on now and then.

    Args:
        tell: Takes the words.
        bases: How many bases the whole has, each strand counted; None where bytes are done.
        clock: Gives the time in seconds.
    """

    def __init__(
        self, tell: Callable[[str], None], bases: int | None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._tell = tell
        self._bases = bases
        self._clock = clock
        self._began = self._told = clock()
        self._before = 0

    def __call__(self, done: int, total: int) -> None:
        """Note how much of the whole is done; where it is less than before, the work has started over.

        Args:
            done: How much, whatever is counted.
            total: How much of it there is.
        """
        now = self._clock()
        if done < self._before:
            self._began = now
        self._before = done
        if now - self._told < _EVERY:
            return
        self._told = now
        if self._bases is not None:
            done, total = done * self._bases // max(1, total), self._bases
        self._tell(progress_words(done, total, now - self._began, "B" if self._bases is None else "b"))


def byte_progress(words: str, task: CancellableTask[Any], tell: Callable[[Activity], None]) -> Progress:
    """Return what a reader calls to say how many bytes are done; where it is no longer wanted, that ends it.

    Args:
        words: What is being done.
        task: Tells whether it is still wanted.
        tell: Takes how far it is.
    """
    pacing = Pacing(lambda far: tell(Activity(f"{words}:", far)), None, monotonic)

    def progress(done: int, total: int) -> None:
        if not task.wanted():
            raise Cancelled
        pacing(done, total)

    return progress
