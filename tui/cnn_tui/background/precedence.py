"""Whoever presses keys comes first: what nobody waits for stands still while a frame is made."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from .turn import Turn

__all__ = ["Precedence"]

_FRAME: Final = 0.03
"""Seconds from another picture to the end of its frame, on a large screen."""


class Precedence:
    """Holds up threads for a frame, which they would make half as long again: Python runs one of them at a time.

    Args:
        clock: Gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until = clock()

    def begin_frame(self) -> None:
        """Say that there is another picture to paint."""
        self._until = self._clock() + _FRAME

    def give_way(self, turn: Turn[Any]) -> bool:
        """Wait in a thread for the frame that is being made, for one alone; tell whether the work is still wanted."""
        left = self._until - self._clock()
        if left > 0:
            turn.rest(left)
        return turn()
