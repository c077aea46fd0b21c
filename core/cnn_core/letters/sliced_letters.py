"""The letters of a FASTA file that stays on disk, fetched when they are asked for, plain or compressed by bgzip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ..errors import SequenceError
from .bgzf import BgzfFile, DamagedBlockError
from .fasta import ILLEGAL, LETTER_CODES
from .file_state import FileState, changed, closed, unreadable
from .gzip_stream import damaged
from .plain_file import PlainFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .record_table import Layout, RecordTable
    from .samtools_index import FaiCheck

__all__ = ["SlicedLetters"]

_FETCHED: Final = 1 << 20
"""Letters fetched at once: a whole chromosome needs no more memory than its codes and this."""
_LINE_ENDS: Final = b"\r\n"
_CODES: Final = np.frombuffer(LETTER_CODES, dtype=np.uint8)
_MOST_ELSE: Final = 1 << 20
"""Bytes between the letters, besides some for each letter, that are fetched along with them."""
_ELSE_A_LETTER: Final = 4


class SlicedLetters:
    """The letters of a file, fetched when they are asked for. Any number of threads may read.

    Args:
        file: The file; closed where this fails.
        records: Its records; offsets count the bytes of its text.
        state: The state of the file that they are of.
        source: The file's name, for error texts.
        check: Compares the records with the text, where they come from a `.fai`.

    Raises:
        SequenceError: The file is in another state, or differs from its index.
    """

    def __init__(
        self,
        file: PlainFile | BgzfFile,
        records: RecordTable,
        state: FileState,
        source: str,
        check: FaiCheck | None = None,
    ) -> None:
        self._file = file
        self._records = records
        self._state = state
        self._source = source
        self._check = check
        try:
            self._check_state()
            if check:
                check.check_ends(self._fetch)
        except SequenceError:
            self.close()
            raise

    @property
    def records(self) -> RecordTable:
        """The records in the order of the file."""
        return self._check.records if self._check else self._records

    def read(self, number: int, start: int, stop: int) -> NDArray[np.uint8]:
        """Read codes of one record.

        Args:
            number: The record's place in the file, 0-based.
            start: The first letter, 0-based.
            stop: One past the last letter; not beyond the record.

        Returns:
            Codes, shape (stop - start,), read-only.

        Raises:
            SequenceError: The file has changed, has been closed, is damaged, or holds what is no letter.
        """
        if self._check:
            self._check.check_record(number, self._fetch)
        codes = np.empty(stop - start, dtype=np.uint8)
        layout = self._records[number]
        for first in range(start, stop, _FETCHED):
            last = min(first + _FETCHED, stop)
            codes[first - start : last - start] = self._codes(layout, first, last)
        # Only now is it certain that what was fetched is of the indexed state.
        self._check_state()
        codes.flags.writeable = False
        return codes

    def read_whole(self, first: int, stop: int) -> NDArray[np.uint8] | None:
        """Read the codes of neighbouring records at once, one record after the other.

        Args:
            first: The first record.
            stop: One past the last.

        Returns:
            The codes; None where the records are better read one by one.

        Raises:
            SequenceError: The file has changed, has been closed or is damaged.
        """
        if self._check:
            # Each record must be checked, with what is before and after it.
            return None
        codes = self._read_together(first, stop)
        if codes is not None and (codes == ILLEGAL[0]).any():
            raise changed(self._source)
        self._check_state()
        return codes

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._file.close()

    def _codes(self, layout: Layout, start: int, stop: int) -> NDArray[np.uint8]:
        begin = layout.byte_of(start)
        text = self._fetch(begin, layout.byte_of(stop - 1) + 1)
        codes = text.translate(LETTER_CODES, _LINE_ENDS)
        if len(codes) != stop - start or ILLEGAL in codes:
            raise self._check.fault(layout, text, start, stop) if self._check else changed(self._source)
        if self._check:
            self._check.check_lines(layout, text, begin)
        return np.frombuffer(codes, dtype=np.uint8)

    def _read_together(self, first: int, stop: int) -> NDArray[np.uint8] | None:
        """Return codes, `ILLEGAL` for any other byte; None where too much else is between the letters."""
        places = self._records.places(first, stop)
        there = np.flatnonzero(places[1])
        if not there.size:
            return np.zeros(0, dtype=np.uint8)
        offsets, lengths, letters, widths = (column[there] for column in places)
        begin, end = int(offsets[0]), self._records[first + int(there[-1])].byte_of(int(lengths[-1]) - 1) + 1
        count = int(lengths.sum())
        if end - begin > _MOST_ELSE + _ELSE_A_LETTER * count:
            return None
        text = np.frombuffer(self._fetch(begin, end), dtype=np.uint8)
        if len(text) != end - begin:
            return np.full(count, ILLEGAL[0], dtype=np.uint8)
        nth = np.arange(count) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        if (lengths > letters).any():
            of_line, of_end = np.repeat(letters, lengths), np.repeat(widths - letters, lengths)
            nth += nth // of_line * of_end
        nth += np.repeat(offsets - begin, lengths)
        return _CODES[text[nth]]

    def _fetch(self, start: int, stop: int) -> bytes:
        try:
            return self._file.read(start, stop)
        except DamagedBlockError:
            self._check_state()
            if not self._check:
                raise damaged(self._source) from None
            raise SequenceError(
                "the compressed data is damaged, or the .gzi beside it is of another file",
                where=self._source,
                remedy="make the .gzi anew with bgzip -r, or remove it",
            ) from None
        except OSError as error:
            raise unreadable(self._source, error) from error
        except ValueError as error:
            raise closed(self._source) from error

    def _check_state(self) -> None:
        try:
            state = self._file.state()
        except ValueError:
            raise closed(self._source) from None
        if state != self._state:
            raise changed(self._source)
