"""The demonstration: the conv window slides through one pool window, and the cell takes the largest activation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

__all__ = ["SPEEDS", "Phase", "Play", "moments"]

SPEEDS: Final = (1.6, 0.8, 0.4, 0.2, 0.1)
"""Seconds a moment lasts, slowest first."""


class Phase(IntEnum):
    """What happens to one response, in order."""

    WINDOW = 0
    """The window stands over its bases."""
    PRODUCTS = 1
    """Every base is multiplied with the weight above it."""
    SUM = 2
    """The products and the bias are added up: the response."""
    ACTIVATION = 3
    """The activation function is applied."""
    MAXIMUM = 4
    """It is compared with the largest activation so far."""
    FILLED = 5
    """After the last response: the cell takes the largest."""


_EACH: Final = int(Phase.FILLED)
"""Moments of one response."""


def moments(responses: int) -> int:
    """Return how many moments a cell takes whose pool window holds so many responses."""
    return _EACH * responses + 1


@dataclass(frozen=True, slots=True)
class Play:
    """A moment of the demonstration.

    Attributes:
        cell: The cell that is being computed.
        nth: Which response of its pool window it has come to, from 0.
        phase: What happens to it.
        running: Whether time moves it on.
        speed: An index of `SPEEDS`.
    """

    cell: int
    nth: int = 0
    phase: Phase = Phase.WINDOW
    running: bool = True
    speed: int = 2

    @property
    def is_filled(self) -> bool:
        """Whether the cell has its value."""
        return self.phase is Phase.FILLED

    def number(self, responses: int) -> int:
        """Return which moment of the cell this is, from 1 to `moments`.

        Args:
            responses: How many responses the pool window holds.
        """
        return moments(responses) if self.is_filled else self.nth * _EACH + self.phase + 1

    def forward(self, responses: int) -> Play | None:
        """Return the next moment, or None where the cell is filled.

        Args:
            responses: How many responses the pool window holds.
        """
        if self.is_filled:
            return None
        if self.phase < Phase.MAXIMUM:
            return replace(self, phase=Phase(self.phase + 1))
        if self.nth + 1 < responses:
            return replace(self, nth=self.nth + 1, phase=Phase.WINDOW)
        return replace(self, phase=Phase.FILLED)

    def backward(self) -> Play:
        """Return the moment before, or the first."""
        if self.is_filled:
            return replace(self, phase=Phase.MAXIMUM)
        if self.phase > Phase.WINDOW:
            return replace(self, phase=Phase(self.phase - 1))
        if self.nth:
            return replace(self, nth=self.nth - 1, phase=Phase.MAXIMUM)
        return self

    def paused(self, running: bool) -> Play:
        """Return the same moment, running or not."""
        return replace(self, running=running)

    def faster(self, by: int) -> Play:
        """Return the same moment at another speed."""
        return replace(self, speed=min(max(self.speed + by, 0), len(SPEEDS) - 1))
