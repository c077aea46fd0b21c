"""Tells how far a scan is, as often as anybody can read it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from ..words.progress_text import progress_words

__all__ = ["Pacing"]

_EVERY: Final = 0.1


class Pacing:
    """Is told after every chunk how much is done, and tells a person now and then.

    Args:
        tell: Takes the words.
        bases: How many bases there are, each strand counted.
        clock: Gives the time in seconds.
    """

    def __init__(self, tell: Callable[[str], None], bases: int, clock: Callable[[], float] = monotonic) -> None:
        self._tell = tell
        self._bases = bases
        self._clock = clock
        self._began = self._told = clock()

    def __call__(self, done: int, total: int) -> None:
        """Take note that so much of the whole is done.

        Args:
            done: How much, whatever is counted.
            total: How much of it there is.
        """
        now = self._clock()
        if now - self._told >= _EVERY:
            self._told = now
            self._tell(progress_words(done * self._bases // max(1, total), self._bases, now - self._began, "b"))
