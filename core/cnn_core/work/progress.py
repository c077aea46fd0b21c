"""What a long work asks and tells its caller: whether to go on, and how far it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["KeepOn", "Progress", "always", "untold"]

KeepOn = Callable[[], bool]
"""Asked between the parts of a work; the first no ends it."""

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is, in the unit that the work names; it may raise to stop."""


def always() -> bool:
    """Go on to the end."""
    return True


def untold(done: int, total: int) -> None:
    """Tell nobody."""
