"""A FASTA file compressed with bgzip, of any size, read by slice, though nothing of it is unpacked on disk.

Where its letters lie is learned in one of three ways. What an earlier opening has remembered in the user's cache
directory. The `.fai` and the `.gzi` beside it, as `samtools faidx` writes them: these are believed only as far as
has been looked, so that what is read is checked again, letter by letter, and before a record is read what is between
it and its neighbours: their headers and nothing else. Or, where neither is there, the file is read once from end to
end, as a plain one is, and what was found is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from ..errors import SequenceError, shorten
from .alphabet import illegal_letter
from .bgzf import BgzfFile, BlockTable, DamagedBlockError, table_of, table_of_gzi
from .fasta import ILLEGAL, LETTER_CODES, at, most_records, read_fasta
from .fasta_faults import LETTERS_ARE
from .fasta_index import changed, closed, content_of, index_path, unreadable, write_index
from .file_state import FileState
from .gzip_stream import damaged, unpack
from .read_together import read_together
from .record_table import Layout, RecordTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BlockedLetters", "open_blocked"]

_FETCHED: Final = 1 << 20
"""Letters fetched at once, so that a whole chromosome needs no more memory than its codes and this."""
_FORMAT: Final = 3
_LINE_ENDS: Final = b"\r\n"
_BLANKS: Final = b" \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LONGEST_GAP: Final = 1 << 21
"""Bytes of a header and blank lines beyond which letters must be among them."""
_FIRST_LINE: Final = 1 << 16
_HEADERS_READ: Final = 200
"""Records whose headers are looked at on opening where only a `.fai` speaks of them; others when they are read."""
_MOST_ROWS: Final = 100_000
"""Records from which on a `.fai` takes longer, record by record, than to read the file once for an index of our own."""
_ANEW: Final = "remove it, or make it anew with samtools faidx"


def open_blocked(
    path: Path, file: BinaryIO, blocks: Iterable[bytes], source: str, cache: Path | None
) -> BlockedLetters:
    """Open the letters of a BGZF file.

    Args:
        path: The file.
        file: The file, opened.
        blocks: Its bytes from the beginning, in pieces; read only where nobody knows yet where its letters lie.
        source: Its name, for error texts.
        cache: Where what was found is kept; None for nowhere.

    Raises:
        SequenceError: It is not FASTA of nucleotides, cut short or damaged, or changed meanwhile.
        IrregularLinesError: The letters of a record cannot be found by arithmetic.
    """
    state, content = FileState.of(file), content_of(file, source)
    index = index_path(path, cache, ".bgzf") if cache else None
    known = _remembered(index, content) if index else None
    if known is not None:
        return BlockedLetters(path, *known, state, source)
    position = file.tell()
    beside = _beside(path, file, state)
    if beside is not None:
        with suppress(_NameLeftOutError):
            return BlockedLetters(path, *beside, state, source, checked=False)
    file.seek(position)
    records = read_fasta(unpack(blocks, source), source, most=most_records(state.size))
    try:
        table = table_of(file, state.size)
    except DamagedBlockError:
        raise damaged(source) from None
    if FileState.of(file) != state:
        raise changed(source)
    if index:
        with suppress(OSError):
            body = records.to_bytes() + np.stack([table.packed, table.unpacked]).astype("<i8").tobytes()
            write_index(index, [_heading(content, body), body])
    return BlockedLetters(path, records, table, state, source)


class _NameLeftOutError(SequenceError):
    """A `.fai` of a file whose names repeat: `samtools faidx` leaves the later records out."""


class BlockedLetters:
    """The letters of a BGZF file. Any number of threads may read.

    Args:
        path: The file.
        records: The records; offsets count what is unpacked.
        table: The blocks.
        state: The state of the file that both are of.
        source: The file's name, for error texts.
        checked: Whether all letters are known to be right.

    Raises:
        SequenceError: The file cannot be read, is in another state, or is another than what is said of it.
    """

    def __init__(
        self,
        path: Path,
        records: RecordTable,
        table: BlockTable,
        state: FileState,
        source: str,
        *,
        checked: bool = True,
    ) -> None:
        self._records = records
        self._descriptions: dict[int, str] = {}
        self._state = state
        self._source = source
        self._size = table.size
        self._checked = checked
        # Of the places before each record, and after the last, those that are known to hold a header alone.
        self._seen = bytearray([checked]) * (len(records) + 1)
        self._first_lines = bytearray([checked]) * len(records)
        try:
            self._file = BgzfFile(path, table)
        except OSError as error:
            raise unreadable(source, error) from error
        try:
            self._check_state()
            few = len(self._seen) <= _HEADERS_READ + 1
            for number in range(len(self._seen)) if few else (0, len(records)):
                self._see(number)
        except SequenceError:
            self.close()
            raise

    @property
    def records(self) -> RecordTable:
        """The records in the order of the file."""
        if not self._descriptions:
            return self._records
        descriptions = self._descriptions
        return RecordTable.of(
            layout._replace(description=descriptions.get(number, "")) for number, layout in enumerate(self._records)
        )

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
        self._see(number)
        self._see(number + 1)
        self._see_first_line(number)
        layout = self._records[number]
        codes = np.empty(stop - start, dtype=np.uint8)
        for first in range(start, stop, _FETCHED):
            last = min(first + _FETCHED, stop)
            codes[first - start : last - start] = self._codes(layout, first, last)
        # Only now is it sure that what was fetched is of the indexed state.
        self._check_state()
        codes.flags.writeable = False
        return codes

    def read_whole(self, first: int, stop: int) -> NDArray[np.uint8] | None:
        """Read the codes of neighbouring records, see `read_together`.

        Args:
            first: The first record.
            stop: One past the last.

        Raises:
            SequenceError: The file has changed, has been closed or is damaged.
        """
        if not self._checked:
            # Each record must be looked at, with what is before and behind it.
            return None
        codes = read_together(self._records, first, stop, self._fetch)
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
            if self._checked:
                raise changed(self._source)
            raise self._fault(layout, text.translate(None, _LINE_ENDS), start, stop)
        if not self._checked:
            # As many letters as expected may stand in lines of another width, and be others.
            ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
            step = layout.line_bytes
            if ((ends + begin - layout.offset) % step != step - 1).any():
                raise self._stale(layout)
        return np.frombuffer(codes, dtype=np.uint8)

    def _fetch(self, start: int, stop: int) -> bytes:
        try:
            return self._file.read(start, stop)
        except DamagedBlockError:
            self._check_state()
            if self._checked:
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

    def _see(self, number: int) -> None:
        """Look at what is between a record and the one before, which must be its header alone, or behind the last.

        Only the `.fai` has spoken of it so far. The record's description is learned.
        """
        if self._seen[number]:
            return
        layouts = self._records
        before = layouts[number - 1] if number else None
        layout = layouts[number] if number < len(layouts) else None
        start, stop = _end(before) if before else 0, layout.offset if layout else self._size
        text = self._fetch(start, min(stop, start + _LONGEST_GAP))
        if before is None:
            text = text.removeprefix(_BYTE_ORDER_MARK)
        header, end, rest = text.lstrip(_BLANKS).partition(b"\n")
        words = [word.decode("utf-8", "backslashreplace") for word in header[1:].split(maxsplit=1)]
        cut = before is not None and before.length and text and not text.startswith((b"\n", b"\r\n"))
        if cut or (header and not header.startswith(b">")):
            what = f"ends record {shorten(before.name)} elsewhere than the file" if before else ""
            raise self._stale(before or layout, what or "says something else than the file")
        if header and words and (layout is None or words[0] != layout.name):
            earlier = layouts.first_named(words[0])
            if earlier is not None and earlier < number:
                raise _NameLeftOutError(
                    f"the .fai beside it has but the first of the records called {shorten(words[0])}",
                    where=self._source,
                    remedy="remove it",
                )
            raise self._stale(layout or before, f"has no row for record {shorten(words[0])}")
        if layout is not None:
            if not words or not end or rest.strip(_BLANKS) or stop > start + _LONGEST_GAP:
                raise self._stale(layout, "says something else than the file")
            self._descriptions[number] = words[1].rstrip() if len(words) > 1 else ""
        elif header or stop > start + _LONGEST_GAP:
            raise self._stale(before, "ends before the file does")
        self._seen[number] = True

    def _see_first_line(self, number: int) -> None:
        """Look at whether a record's first line is as wide as the `.fai` says: then all others are."""
        layout = self._records[number]
        width, step = layout.line_letters, layout.line_bytes
        if not self._first_lines[number] and layout.length > width:
            first = self._fetch(layout.offset, layout.offset + min(width, _FIRST_LINE))
            end = self._fetch(layout.offset + width, layout.offset + step)
            if end not in (b"\n", b"\r\n") or b"\n" in first or b"\r" in first:
                raise self._stale(layout, f"has other line lengths for record {shorten(layout.name)} than the file")
        self._first_lines[number] = True

    def _stale(self, layout: Layout | None, what: str = "says something else than the file") -> SequenceError:
        where = at(self._source, layout.name if layout else "")
        return SequenceError(f"the .fai beside it {what}", where=where, remedy=_ANEW)

    def _fault(self, layout: Layout, letters: bytes, start: int, stop: int) -> SequenceError:
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

    def _check_state(self) -> None:
        try:
            state = FileState.of(self._file.file)
        except ValueError:
            raise closed(self._source) from None
        if state != self._state:
            raise changed(self._source)


def _beside(path: Path, file: BinaryIO, state: FileState) -> tuple[RecordTable, BlockTable] | None:
    """Return what the `.fai` and the `.gzi` beside a file say, or None where they are not there or cannot be of it."""
    try:
        found = []
        for suffix in (".fai", ".gzi"):
            index = path.with_name(path.name + suffix)
            # An index older than its file is of another one.
            if index.stat().st_mtime_ns < state.mtime_ns:
                return None
            found.append(index.read_bytes())
        if found[0].count(b"\n") > _MOST_ROWS:
            return None
        table = table_of_gzi(found[1], file, state.size)
        records = RecordTable.of(_layout(line, table.size) for line in found[0].splitlines())
    except (OSError, ValueError, DamagedBlockError):
        return None
    # Rows in another order than the file's, or that overlap, are none of `samtools faidx`; nor are names twice.
    offsets, lengths, letters, widths = records.places(0, len(records))
    rows, rest = np.divmod(np.maximum(lengths - 1, 0), np.maximum(letters, 1))
    ends = offsets + rows * widths.astype(np.float64) + rest + (lengths > 0)
    if not len(records) or (ends > np.append(offsets[1:], table.size)).any() or records.repeated():
        return None
    return records, table


def _layout(line: bytes, size: int) -> Layout:
    """Return a line of a `.fai` as a record without a description.

    Args:
        line: The line.
        size: How many bytes of text there are.

    Raises:
        ValueError: It is none.
    """
    name, *rest = line.decode("utf-8", "backslashreplace").split("\t")
    length, offset, letters, width = map(int, rest)
    if not name or min(length, offset, letters) < 0 or width < letters or (length and not letters):
        raise ValueError
    if max(length, offset) > size:
        raise ValueError
    # Of a record of one line the width of the others does not matter, and can be any number.
    return Layout(name, "", length, offset, min(letters, size + 1), min(width, size + 3))


def _end(layout: Layout) -> int:
    """Return one past the byte of a record's last letter."""
    if not layout.length:
        return layout.offset
    return layout.byte_of(layout.length - 1) + 1


# What is remembered: a line that tells which file it is of, and a check sum; the records; the table of blocks.


def _heading(content: str, body: bytes) -> bytes:
    digest = blake2b(body, digest_size=16).hexdigest()
    return f"cnn-tui-bgzf:{_FORMAT}:{content}:{digest}\n".encode("ascii")


def _remembered(index: Path, content: str) -> tuple[RecordTable, BlockTable] | None:
    """Return what is remembered of a file of this content, or None."""
    try:
        first, _, body = index.read_bytes().partition(b"\n")
    except OSError:
        return None
    if first + b"\n" != _heading(content, body):
        return None
    records, end = RecordTable.from_bytes(body)
    packed, unpacked = np.frombuffer(body, "<i8", offset=end).astype(np.int64).reshape(2, -1)
    return records, BlockTable(packed, unpacked)
