"""What a reading asks of a record: a name, a length, and letters by slice."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..errors import SequenceError, shorten
from .alphabet import ACCEPTING, Ambiguity, decode, first_ambiguous

__all__ = ["ReadableRecord", "check_record_letters"]


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


def check_record_letters(
    record: ReadableRecord, first: int, codes: NDArray[np.uint8], channels: str, ambiguity: Ambiguity
) -> None:
    """Refuse ambiguous letters of a record where the policy does.

    Args:
        record: The record.
        first: The position of the first of the letters in it, 0-based.
        codes: The letters, as the record has them, shape (length,).
        channels: The model's channel order; with a channel N, the letter N is not ambiguous.
        ambiguity: The policy.

    Raises:
        SequenceError: A letter is ambiguous; the message names its place in the record.
    """
    found = first_ambiguous(codes, channels) if ambiguity is Ambiguity.ERROR else None
    if found is not None:
        place = f"record {shorten(record.name)}:{first + found + 1}, letter {decode(codes[found:][:1])}"
        # Records of memory are in no file.
        source = getattr(record, "source", "")
        raise SequenceError("is ambiguous", where=f"{source}, {place}" if source else place, remedy=ACCEPTING)
