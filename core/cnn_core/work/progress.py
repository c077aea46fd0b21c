"""What long work asks and tells its caller: whether to go on, and how far it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "ShouldContinue", "always_continue", "no_progress"]

ShouldContinue = Callable[[], bool]
"""Asked between the parts of the work; the first no ends it."""

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is, in the unit that the work names; it may raise to stop."""


def always_continue() -> bool:
    """Go on to the end."""
    return True


def no_progress(done: int, total: int) -> None:
    """Ignore it: the default progress callback."""
