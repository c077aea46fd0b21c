"""The `.fai` and the `.gzi` beside a bgzip file, as `samtools faidx` writes them, trusted only as far as compared.

Every letter is checked when it is read; before a record is read, what is between it and its neighbours must be their
headers and nothing else.

Source: the manual pages of `samtools faidx` and `bgzip`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from ..errors import SequenceError, shorten
from .alphabet import LETTERS_ARE, illegal_letter
from .bgzf import BlockTable, DamagedBlockError, table_of
from .fasta import BLANKS, BYTE_ORDER_MARK, header_parts
from .file_state import FileState
from .letter_faults import at
from .record_table import Layout, RecordTable

__all__ = ["FaiCheck", "NameLeftOutError", "indexes_beside"]

_LINE_ENDS: Final = b"\r\n"
_LONGEST_GAP: Final = 1 << 21
"""Bytes of a header and blank lines beyond which letters must be among them."""
_FIRST_LINE: Final = 1 << 16
_HEADERS_READ: Final = 200
"""Up to so many records, all headers are checked on opening; of more, each when its record is read."""
_MOST_ROWS: Final = 100_000
"""Up to so many rows a `.fai` is used; with more, reading the file once for an index of our own is faster."""
_ANEW: Final = "remove it, or make it anew with samtools faidx"


class NameLeftOutError(SequenceError):
    """A `.fai` of a file whose names repeat: `samtools faidx` leaves the later records out."""


class FaiCheck:
    """Compares a `.fai` with its text, each record when it is read.

    Args:
        records: The records, as the `.fai` has them.
        size: How many bytes of text there are.
        source: The file's name, for error texts.
    """

    def __init__(self, records: RecordTable, size: int, source: str) -> None:
        self._records = records
        self._size = size
        self._source = source
        self._descriptions: dict[int, str] = {}
        # Which of the gaps, before each record and after the last, are known to hold a header alone.
        self._seen = bytearray(len(records) + 1)
        self._first_lines = bytearray(len(records))

    @property
    def records(self) -> RecordTable:
        """The records, with the descriptions seen so far."""
        return RecordTable.of(
            layout._replace(description=self._descriptions.get(number, ""))
            for number, layout in enumerate(self._records)
        )

    def check_ends(self, fetch: Callable[[int, int], bytes]) -> None:
        """Check all headers of a few records; of many, the first, and that nothing follows the last.

        Args:
            fetch: Returns half-open bytes of the text.

        Raises:
            NameLeftOutError: The names of the records repeat.
            SequenceError: The `.fai` is not of this text.
        """
        few = len(self._records) <= _HEADERS_READ
        for number in range(len(self._seen)) if few else (0, len(self._records)):
            self._see(number, fetch)

    def check_record(self, number: int, fetch: Callable[[int, int], bytes]) -> None:
        """Check what is around a record, and the width of its lines.

        Args:
            number: The record's place in the file, 0-based.
            fetch: Returns half-open bytes of the text.

        Raises:
            SequenceError: The `.fai` is not of this text.
        """
        self._see(number, fetch)
        self._see(number + 1, fetch)
        self._see_first_line(number, fetch)

    def check_lines(self, layout: Layout, text: bytes, begin: int) -> None:
        """Refuse lines of another width, which may hold as many letters as expected.

        Args:
            layout: The record.
            text: Some of its letters and line ends.
            begin: Where they begin in the file.

        Raises:
            SequenceError: The lines are not those of the `.fai`.
        """
        ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
        step = layout.line_bytes
        if ((ends + begin - layout.offset) % step != step - 1).any():
            raise self._stale(layout)

    def fault(self, layout: Layout, text: bytes, start: int, stop: int) -> SequenceError:
        """Return the error of text that is not the letters it should be.

        Args:
            layout: The record.
            text: What stands in their place.
            start: The first letter, 0-based.
            stop: One past the last.
        """
        letters = text.translate(None, _LINE_ENDS)
        wrong = illegal_letter(letters)
        if wrong is None or len(letters) != stop - start or b">" in letters:
            return self._stale(layout)
        byte = letters[wrong]
        return SequenceError(
            f"letter {start + wrong + 1:,}, {chr(byte) if 32 < byte < 127 else f'byte 0x{byte:02x}'}, is not a "
            "nucleotide letter",
            where=at(self._source, layout.name),
            remedy=LETTERS_ARE,
        )

    def _see(self, number: int, fetch: Callable[[int, int], bytes]) -> None:
        """Check that the gap before a record, or after the last, holds its header alone; note the description."""
        if self._seen[number]:
            return
        layouts = self._records
        before = layouts[number - 1] if number else None
        layout = layouts[number] if number < len(layouts) else None
        start, stop = _end(before) if before else 0, layout.offset if layout else self._size
        text = fetch(start, min(stop, start + _LONGEST_GAP))
        if before is None:
            text = text.removeprefix(BYTE_ORDER_MARK)
        header, end, rest = text.lstrip(BLANKS).partition(b"\n")
        name, description = header_parts(header[1:])
        cut = before is not None and before.length and text and not text.startswith((b"\n", b"\r\n"))
        if cut or (header and not header.startswith(b">")):
            what = f"ends record {shorten(before.name)} elsewhere than the file" if before else ""
            raise self._stale(before or layout, what or "says something else than the file")
        if name and (layout is None or name != layout.name):
            earlier = layouts.first_named(name)
            if earlier is not None and earlier < number:
                raise NameLeftOutError(
                    f"the .fai beside it has only the first of the records called {shorten(name)}",
                    where=self._source,
                    remedy="remove it",
                )
            raise self._stale(layout or before, f"has no row for record {shorten(name)}")
        if layout is not None:
            if not name or not end or rest.strip(BLANKS) or stop > start + _LONGEST_GAP:
                raise self._stale(layout, "says something else than the file")
            self._descriptions[number] = description
        elif header or stop > start + _LONGEST_GAP:
            raise self._stale(before, "ends before the file does")
        self._seen[number] = True

    def _see_first_line(self, number: int, fetch: Callable[[int, int], bytes]) -> None:
        """Check that a record's first line is as wide as the `.fai` says: then all others are."""
        layout = self._records[number]
        width, step = layout.line_letters, layout.line_bytes
        if not self._first_lines[number] and layout.length > width:
            first = fetch(layout.offset, layout.offset + min(width, _FIRST_LINE))
            end = fetch(layout.offset + width, layout.offset + step)
            if end not in (b"\n", b"\r\n") or b"\n" in first or b"\r" in first:
                raise self._stale(layout, f"has other line lengths for record {shorten(layout.name)} than the file")
        self._first_lines[number] = True

    def _stale(self, layout: Layout | None, what: str = "says something else than the file") -> SequenceError:
        where = at(self._source, layout.name if layout else "")
        return SequenceError(f"the .fai beside it {what}", where=where, remedy=_ANEW)


def indexes_beside(path: Path, file: BinaryIO, state: FileState) -> tuple[RecordTable, BlockTable] | None:
    """Return what the `.fai` and the `.gzi` beside a file say, or None where one is missing or cannot be of it.

    Args:
        path: The file.
        file: The file, open.
        state: Its state.
    """
    try:
        found = []
        for suffix in (".fai", ".gzi"):
            index = path.with_name(path.name + suffix)
            # An index older than its file is stale.
            if index.stat().st_mtime_ns < state.mtime_ns:
                return None
            found.append(index.read_bytes())
        if found[0].count(b"\n") > _MOST_ROWS:
            return None
        table = table_of(file, state.size, found[1])
        records = RecordTable.of(_layout(line, table.size) for line in found[0].splitlines())
    except (OSError, ValueError, DamagedBlockError):
        return None
    # `samtools faidx` writes rows in the order of the file, without overlaps, each name once.
    offsets, lengths, letters, widths = records.places(0, len(records))
    rows, rest = np.divmod(np.maximum(lengths - 1, 0), np.maximum(letters, 1))
    ends = offsets + rows * widths.astype(np.float64) + rest + (lengths > 0)
    if not len(records) or (ends > np.append(offsets[1:], table.size)).any() or records.repeated():
        return None
    return records, table


def _layout(line: bytes, size: int) -> Layout:
    """Return a record from a line of a `.fai`, without a description.

    Args:
        line: The line.
        size: How many bytes of text there are.

    Raises:
        ValueError: It is not a row of an index.
    """
    name, *rest = line.decode("utf-8", "backslashreplace").split("\t")
    length, offset, letters, width = map(int, rest)
    if not name or min(length, offset, letters) < 0 or width < letters or (length and not letters):
        raise ValueError
    if max(length, offset) > size:
        raise ValueError
    # With one line, the width of the others does not matter, and can be any number.
    return Layout(name, "", length, offset, min(letters, size + 1), min(width, size + 3))


def _end(layout: Layout) -> int:
    """Return one past the byte of a record's last letter."""
    if not layout.length:
        return layout.offset
    return layout.byte_of(layout.length - 1) + 1
