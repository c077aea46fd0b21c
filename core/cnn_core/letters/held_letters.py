"""Letters in memory, where they cannot stay on disk: how many there may be, and how many are worth a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .file_state import closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MEMORY_LIMIT", "NOTEWORTHY", "HeldLetters"]

MEMORY_LIMIT: Final = 1 << 30
"""How many letters are held in memory where they cannot stay on disk."""
NOTEWORTHY: Final = 1 << 26
"""How many letters in memory are worth a notice."""


class HeldLetters:
    """The letters of some records in memory, as codes.

    Args:
        codes: The letters of all of them.
        starts: Where each record's begin, and those of the last end.
        source: The file's name for people.
    """

    def __init__(
        self, codes: bytearray | NDArray[np.uint8], starts: Sequence[int] | NDArray[np.int64], source: str
    ) -> None:
        self._codes: NDArray[np.uint8] | None = (
            np.frombuffer(codes, dtype=np.uint8) if isinstance(codes, bytearray) else codes.view()
        )
        self._codes.flags.writeable = False
        self._starts = starts
        self._source = source

    def read(self, number: int, start: int, stop: int) -> NDArray[np.uint8]:
        """Return a slice of a record.

        Raises:
            SequenceError: They have been released.
        """
        codes = self._codes
        if codes is None:
            raise closed(self._source)
        first = int(self._starts[number])
        return codes[first + start : first + stop]

    def read_whole(self, first: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of neighbouring records, one record after the other.

        Raises:
            SequenceError: They have been released.
        """
        return self.read(first, 0, int(self._starts[stop]) - int(self._starts[first]))

    def close(self) -> None:
        """Release the memory, as soon as no slice is in use."""
        self._codes = None
