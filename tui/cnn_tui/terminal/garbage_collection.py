"""When Python looks for garbage: seldom where a look would be felt, and as before once that is over."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["left_at_exit", "only_young", "put_aside", "unlooked"]

_SELDOM: Final = (50_000, 20, 100)
"""Objects made since the last look at the youngest, and how many looks at one age go before one at the next."""
_YOUNG: Final = 1


@contextmanager
def put_aside() -> Iterator[None]:
    """Look seldom meanwhile, and never at what is there now: that takes longer than a frame may."""
    with _seldom():
        # What someone else has frozen stays frozen.
        thaws = gc.get_freeze_count() == 0
        gc.freeze()
        try:
            yield
        finally:
            if thaws:
                gc.unfreeze()


@contextmanager
def only_young() -> Iterator[None]:
    """Look seldom meanwhile, and at the end at what is new: an app that has ended hangs together in circles.

    What was there before, often all that a test run has imported, is not looked through for it.
    """
    with _seldom():
        try:
            yield
        finally:
            if gc.isenabled():
                gc.collect(_YOUNG)


@contextmanager
def unlooked() -> Iterator[None]:
    """Look for no garbage meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def left_at_exit() -> None:
    """Have Python end without looking through everything once more."""
    atexit.register(gc.freeze)


@contextmanager
def _seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        # Where two overlap, the first restores what both have found.
        if before != _SELDOM:
            gc.set_threshold(*before)
