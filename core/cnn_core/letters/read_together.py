"""The letters of neighbouring records of a file, fetched in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from .fasta import ILLEGAL, LETTER_CODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .record_table import RecordTable

__all__ = ["read_together"]

_CODES: Final = np.frombuffer(LETTER_CODES, dtype=np.uint8)
_MOST_ELSE: Final = 1 << 20
"""Bytes that are no letters, besides some for each letter, that are fetched for the sake of the letters."""
_ELSE_A_LETTER: Final = 4


def read_together(
    records: RecordTable, first: int, stop: int, fetch: Callable[[int, int], bytes]
) -> NDArray[np.uint8] | None:
    """Return the codes of neighbouring records, those of one behind those of the other.

    Args:
        records: All records of the file.
        first: The first that is read.
        stop: One past the last.
        fetch: Returns half-open bytes of the file, fewer where it ends before.

    Returns:
        Codes, `ILLEGAL` where something else stands; None where so much else stands between the letters that each
        record is better read for itself.
    """
    places = records.places(first, stop)
    there = np.flatnonzero(places[1])
    if not there.size:
        return np.zeros(0, dtype=np.uint8)
    offsets, lengths, letters, widths = (column[there] for column in places)
    begin, end = int(offsets[0]), records[first + int(there[-1])].byte_of(int(lengths[-1]) - 1) + 1
    count = int(lengths.sum())
    if end - begin > _MOST_ELSE + _ELSE_A_LETTER * count:
        return None
    text = np.frombuffer(fetch(begin, end), dtype=np.uint8)
    if len(text) != end - begin:
        return np.full(count, ILLEGAL[0], dtype=np.uint8)
    nth = np.arange(count) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    if (lengths > letters).any():
        of_line, of_end = np.repeat(letters, lengths), np.repeat(widths - letters, lengths)
        nth += nth // of_line * of_end
    nth += np.repeat(offsets - begin, lengths)
    codes: NDArray[np.uint8] = _CODES[text[nth]]
    return codes
