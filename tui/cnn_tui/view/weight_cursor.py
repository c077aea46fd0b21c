"""Where on the filter card a weight is edited: pure steps over its taps and channels, and the number being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["WeightCursor"]

_LONGEST: Final = 12
"""Characters of a number that is typed."""


@dataclass(frozen=True, slots=True)
class WeightCursor:
    """A weight of the chosen filter, or its bias.

    Attributes:
        tap: The tap; the one to come back to, where the cursor is on the bias.
        channel: The channel of the layer's input, or None on the bias.
        typed: The number that is being typed, so far.
    """

    tap: int
    channel: int | None
    typed: str = ""

    def moved(self, across: int, down: int, taps: int, channels: Sequence[int]) -> WeightCursor:
        """Return the cursor on another weight, or on the nearest there is; the bias lies below the last channel.

        Args:
            across: Taps to the right.
            down: Lines down.
            taps: Taps that are drawn.
            channels: Channels that are drawn, from the top.
        """
        rows: list[int | None] = [*channels, None]
        row = rows.index(self.channel) if self.channel in rows else 0
        row = min(max(row + down, 0), len(rows) - 1)
        return WeightCursor(min(max(self.tap + across, 0), taps - 1), rows[row])

    def with_character(self, character: str) -> WeightCursor | None:
        """Return the cursor with one more character of a number, or None where it cannot follow.

        Args:
            character: A digit, a point, or a minus, which changes the sign of what is typed.
        """
        if character == "-":
            if not self.typed:
                return None
            return replace(self, typed=self.typed[1:] if self.typed[0] == "-" else f"-{self.typed}")
        fits = character.isdigit() or (character == "." and "." not in self.typed)
        return replace(self, typed=self.typed + character) if fits and len(self.typed) < _LONGEST else None

    def erased(self) -> WeightCursor:
        """Return the cursor without the character that was typed last."""
        return replace(self, typed=self.typed[:-1].removesuffix("-"))

    @property
    def number(self) -> float | None:
        """The number that is typed, or None where it is none yet."""
        return float(self.typed) if self.typed.strip("-.") else None
