"""Keys come first: work in the background pauses while a frame is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .cancellable_task import CancellableTask

__all__ = ["FramePriority"]

_FRAME: Final = 0.03
"""Seconds from another picture to the end of its frame, on a large screen, until it is known how long that takes."""
_LONGEST: Final = 0.2
"""Seconds that work is held up for by one frame, however long frames take."""
_FADING: Final = 0.9
"""What is left of the length of a longer frame with each shorter one that follows."""
_SHARE: Final = 0.003
"""Seconds that work goes on for between two frames, however closely they follow each other."""


class FramePriority:
    """Holds up threads for a frame, which they would make half as long again: Python runs one of them at a time.

    Args:
        clock: Gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._begun = self._until = clock()
        self._frame = _FRAME

    def begin_frame(self) -> None:
        """Say that there is another picture to paint."""
        self._begun = self._clock()
        self._until = self._begun + self._frame

    def end_frame(self) -> None:
        """Say that the last picture is painted, so that work is held up as long as frames take here."""
        took = self._clock() - self._begun
        self._frame = min(max(_FRAME, took, self._frame * _FADING), _LONGEST)

    def give_way(self, task: CancellableTask[Any]) -> bool:
        """Wait in a thread for the frame that is being made, for one alone; tell whether the work is still wanted."""
        left = self._until - self._clock()
        if left > 0:
            task.wait(left)
        return task.wanted()

    @contextmanager
    def throughout(self, task: CancellableTask[Any]) -> Iterator[None]:
        """Give way in a thread whenever it calls a function, during work that never asks, such as an import."""
        going_until = 0.0

        def give_way(_frame: FrameType, _event: str, _value: object) -> None:
            nonlocal going_until
            if going_until < self._clock() < self._until:
                self.give_way(task)
                going_until = self._clock() + _SHARE

        if sys.gettrace() is not None:
            # A debugger's.
            yield
            return
        sys.settrace(give_way)
        try:
            yield
        finally:
            sys.settrace(None)
