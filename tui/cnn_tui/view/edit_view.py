"""How edits are looked at, and where the next letter is typed: the parts of a view that editing adds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["EditsShown", "Typing"]


class EditsShown(StrEnum):
    """What is drawn of an edited reading and its original."""

    EDITED = "edited"
    ORIGINAL = "original"
    DIFFERENCE = "difference"
    """Edited minus original."""

    @property
    def next(self) -> EditsShown:
        """What the key shows next."""
        every: list[EditsShown] = [*EditsShown]
        return every[(every.index(self) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class Typing:
    """Where the next letter is typed.

    Attributes:
        base: The base that it is written over, or put in before.
        inserting: Whether letters are put in rather than written over.
    """

    base: int
    inserting: bool = False
