"""What a reading asks of a record: a name, a length, and letters by slice."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["ReadableRecord"]


@runtime_checkable
class ReadableRecord(Protocol):
    """A record as it is read; `sequences.Record` and `edits.EditedRecord` answer it."""

    @property
    def name(self) -> str:
        """The record's name."""

    def __len__(self) -> int:
        """Return how many letters it has."""

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of half-open positions, shape (stop − start,)."""
