"""How far the reading of a file is, in words, as often as anybody can read them."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ..words.progress_text import progress_words
from .cancellable_task import CancellableTask, Cancelled
from .job import Activity

if TYPE_CHECKING:
    from cnn_core.letters.sequences import Progress

__all__ = ["byte_progress"]

_NEWS: Final = 0.1
"""Seconds between two words on how far it is."""


def byte_progress(words: str, task: CancellableTask[Any], tell: Callable[[Activity], None]) -> Progress:
    """Return what a reader calls to say how many bytes are done; where it is no longer wanted, that ends it.

    Args:
        words: What is being done.
        task: Tells whether it is still wanted.
        tell: Takes how far it is.
    """
    began = told = monotonic()
    before = 0

    def progress(done: int, total: int) -> None:
        nonlocal began, told, before
        if not task.wanted():
            raise Cancelled
        now = monotonic()
        if done < before:
            # It has started over.
            began = now
        before = done
        if now - told >= _NEWS:
            told = now
            tell(Activity(f"{words}:", progress_words(done, total, now - began)))

    return progress
