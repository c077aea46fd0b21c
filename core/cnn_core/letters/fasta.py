"""FASTA text, read strictly: what a record is, where its letters lie, and what is refused.

One pass serves a file on disk, a compressed file and standard input alike, so that all three accept the same
text and refuse the same text with the same sentence. The pass works on bytes a block at a time: a translation
table turns letters into codes, drops line ends, and marks every other byte with one forbidden value.

Accepted: either case, LF and CRLF line ends, blank lines, spaces and tabs between letters, a UTF-8 byte-order
mark, records of no letters, names that repeat (see `record_names`). Refused, with record and line: everything else
that is not a nucleotide letter, headers without a name, text before the first header, carriage returns on their own.
Comment lines, which Pearson's format has, begin with ';': they are passed over above the first record, and refused
among the letters, where few programs agree on what they mean.

Sources: Pearson and Lipman, Improved tools for biological sequence comparison (1988); the `.fai` columns are
those of `samtools faidx`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..errors import SequenceError
from .alphabet import encode, illegal_letter
from .fasta_likeness import SNIFFED, binary_likeness, text_likeness
from .letter_faults import LINE_START, at, letter_fault
from .line_widths import LineWidths
from .record_table import Layout, RecordTable, TableBuilder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "BLANKS",
    "BYTE_ORDER_MARK",
    "ILLEGAL",
    "LETTER_CODES",
    "MOST_RECORDS",
    "header_parts",
    "most_records",
    "read_fasta",
    "stream_fasta",
]

ILLEGAL: Final = b"\xff"
"""What `LETTER_CODES` makes of a byte that is no nucleotide letter."""
_LEGAL: Final = bytes(byte for byte in range(256) if illegal_letter(bytes([byte])) is None)
_CODES: Final = dict(zip(_LEGAL, encode(_LEGAL).tobytes(), strict=True))
LETTER_CODES: Final = bytes(_CODES.get(byte, ILLEGAL[0]) for byte in range(256))
"""The code of every byte, for `bytes.translate`."""

MOST_RECORDS: Final = 1 << 24
"""The most records of a file: what is known of more would take over a gigabyte."""
_FEW_RECORDS: Final = 1 << 20
BLANKS: Final = b" \t\r\n"
_BLANK_LINES: Final = re.compile(rb"[ \t\r\n]*\n")
_FAULT: Final = re.compile(rb"[^%s \t\r\n]|\r(?!\n)" % _LEGAL)
_HEADER_MARK: Final = ord(">")
_COMMENT_MARK: Final = ord(";")
_LONGEST_HEADER: Final = 1 << 20
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_RECORD_IS: Final = "a record starts with a line '>name'"


def read_fasta(
    blocks: Iterable[bytes],
    source: str,
    *,
    kept: bytearray | None = None,
    limit: int = 0,
    too_long: str = "",
    most: int = MOST_RECORDS,
) -> RecordTable:
    """Read FASTA text to its end.

    Args:
        blocks: The text, in pieces of any size.
        source: The file's name, for error texts.
        kept: Where the codes of all letters go, record after record; None to learn where they lie instead.
        limit: How many bytes of letters and headers may be kept.
        too_long: What to do about a text beyond the limit.
        most: How many records there may be.

    Returns:
        The records in the order of the text; at least one.

    Raises:
        SequenceError: The text is not FASTA, or not of nucleotides, or beyond the limit.
        IrregularLinesError: Nothing is kept, and a record has lines of several widths.
    """
    table = TableBuilder()
    scanner = _Scanner(source, kept, limit, too_long, table, most)
    for block in blocks:
        scanner.take(block)
    scanner.take(b"", last=True)
    return table.made()


def stream_fasta(
    blocks: Iterable[bytes], source: str, *, limit: int, too_long: str, most: int = MOST_RECORDS
) -> Iterator[tuple[Layout, bytearray]]:
    """Read FASTA text record by record, in no more memory than its longest record takes.

    Args:
        blocks: The text, in pieces of any size.
        source: The file's name, for error texts.
        limit: How many bytes of letters of one record, and of headers, may be kept.
        too_long: What to do about a record beyond the limit.
        most: How many records there may be.

    Yields:
        Each record, and codes in which its letters begin at its offset.

    Raises:
        SequenceError: The text is not FASTA, or not of nucleotides, or a record is beyond the limit.
    """
    closed: list[Layout] = []
    scanner = _Scanner(source, bytearray(), limit, too_long, closed, most)
    for block in blocks:
        scanner.take(block)
        yield from _given_away(scanner, closed)
    scanner.take(b"", last=True)
    yield from _given_away(scanner, closed)


def _given_away(scanner: _Scanner, closed: list[Layout]) -> Iterator[tuple[Layout, bytearray]]:
    """Hand over the records that were completed since the last time, with their letters."""
    if closed:
        letters = scanner.give_letters(closed[-1].offset + closed[-1].length)
        for layout in closed:
            yield layout, letters
        closed.clear()


def header_parts(header: bytes) -> tuple[str, str]:
    """Return the name and the description in a header.

    Args:
        header: What follows `>`, without the line end.
    """
    words = [word.decode("utf-8", "backslashreplace") for word in header.split(maxsplit=1)]
    return words[0] if words else "", words[1].rstrip() if len(words) > 1 else ""


def most_records(packed_size: int) -> int:
    """Return how many records a compressed file may have: hardly more than bytes, since names differ.

    Args:
        packed_size: Its bytes, 0 where unknown.
    """
    return min(MOST_RECORDS, max(_FEW_RECORDS, packed_size)) if packed_size else MOST_RECORDS


class _Scanner:
    """The state of one pass; see `read_fasta`."""

    def __init__(
        self,
        source: str,
        kept: bytearray | None,
        limit: int,
        too_long: str,
        found: list[Layout] | TableBuilder,
        most: int,
    ) -> None:
        self._found = found
        self._most = most
        self._closed = 0
        self._source = source
        self._kept = kept
        self._limit = limit
        self._too_long = too_long
        self._headers = 0
        self._header_bytes = 0
        self._pending = b""
        self._opened = False
        self._commented = False
        self._line = 1
        self._offset = 0
        self._at_line_start = True
        self._line_so_far = b""
        self._name = ""
        self._description = ""
        self._length = 0
        self._lines = LineWidths(0, source, "")

    def give_letters(self, end: int) -> bytearray:
        """Return the letters kept so far, and keep only those after an end."""
        assert self._kept is not None
        letters, self._kept = self._kept, self._kept[end:]
        return letters

    def take(self, block: bytes, last: bool = False) -> None:
        block = self._pending + block if self._pending else block
        self._pending = b""
        position = 0
        if not self._opened:
            if len(block) < SNIFFED and not last:
                self._pending = block
                return
            position = self._offset = self._open(block)
        while position < len(block):
            is_comment = not self._headers and block[position] == _COMMENT_MARK
            if self._at_line_start and (is_comment or block[position] == _HEADER_MARK):
                stop = block.find(b"\n", position)
                if stop < 0 and not last:
                    self._pending = block[position:]
                    self._check_header(self._pending[:-1])
                    return
                stop = len(block) if stop < 0 else stop + 1
                (self._pass_over if is_comment else self._read_header)(block[position:stop])
            else:
                # A run of lines up to the next header. Its own first byte may be a '>' out of place.
                blank = None if self._headers else _BLANK_LINES.match(block, position)
                stop = blank.end() if blank else block.find(b">", position + 1)
                stop = len(block) if stop < 0 else stop
                if stop == len(block) and block.endswith(b"\r") and not last:
                    stop -= 1
                    self._pending = b"\r"
                if stop > position:
                    self._read_letters(block[position:stop])
                if self._pending:
                    return
            position = stop
        if last:
            self._close_record()
            if not self._closed:
                raise self._error("there is no record in it", _RECORD_IS)

    def _open(self, block: bytes) -> int:
        """Refuse what is not text; return where the text starts."""
        self._opened = True
        if not block:
            raise self._error("there is nothing in it", _RECORD_IS)
        likeness = binary_likeness(block[:SNIFFED])
        if likeness:
            raise self._error(*likeness)
        return len(BYTE_ORDER_MARK) if block.startswith(BYTE_ORDER_MARK) else 0

    def _pass_over(self, text: bytes) -> None:
        """Skip a comment above the first record, as in Pearson's own files."""
        self._check_header(text.removesuffix(b"\n").removesuffix(b"\r"))
        self._commented = True
        self._line += 1
        self._offset += len(text)

    def _read_header(self, text: bytes) -> None:
        header = text[1:].removesuffix(b"\n").removesuffix(b"\r")
        self._check_header(header)
        name, description = header_parts(header)
        if not name:
            raise self._error("the header has no name", "write a name right after '>'", line=self._line)
        self._close_record()
        self._name, self._description = name, description
        self._headers += 1
        if self._headers > self._most:
            what = f"there are more than {self._most:,} records in it"
            raise self._error(what, "split it, for instance with seqkit split2")
        self._header_bytes += len(header)
        self._line += 1
        self._offset += len(text)
        self._lines = LineWidths(self._offset, self._source, self._name)

    def _read_letters(self, run: bytes) -> None:
        """Take whole or partial lines without a header; a block never ends between CR and LF."""
        codes = run.translate(LETTER_CODES, BLANKS)
        if codes and not self._headers:
            raise self._no_header(run)
        if ILLEGAL in codes or (b"\r" in run and run.count(b"\r") != run.count(b"\r\n")):
            raise self._fault(run)
        newlines = run.count(b"\n")
        if self._kept is not None:
            self._kept += codes
            if len(self._kept) + self._header_bytes > self._limit:
                what = f"there are more than the {self._limit:,} letters that are held in memory"
                raise self._error(what, self._too_long, self._name)
        elif self._headers:
            self._lines.take(run, len(codes), newlines, self._line)
        self._length += len(codes)
        self._line += newlines
        self._offset += len(run)
        self._at_line_start = run.endswith(b"\n")
        begin = run.rfind(b"\n") + 1
        self._line_so_far = (b"" if begin else self._line_so_far) + run[begin : begin + LINE_START]

    def _close_record(self) -> None:
        if self._closed == self._headers:
            return
        if self._kept is None:
            letters, width = self._lines.widths()
            layout = Layout(self._name, self._description, self._length, self._lines.offset, letters, width)
        else:
            offset = len(self._kept) - self._length
            layout = Layout(self._name, self._description, self._length, offset, 0, 0)
        self._found.append(layout)
        self._closed += 1
        self._length = 0

    def _check_header(self, text: bytes) -> None:
        if b"\r" in text:
            raise self._carriage_return(self._line, "")
        if len(text) > _LONGEST_HEADER:
            what = f"the header is longer than {_LONGEST_HEADER:,} bytes"
            raise self._error(what, "end the header's line after the name and its description", line=self._line)

    def _no_header(self, run: bytes) -> SequenceError:
        text = run.lstrip(BLANKS)
        line = self._line + run.count(b"\n", 0, len(run) - len(text))
        first = text[:SNIFFED].split(b"\n", 1)[0].rstrip()
        what, remedy = "the text does not start with '>'", _RECORD_IS
        if illegal_letter(first) is None:
            remedy = "put a line such as '>my_sequence' above the letters"
            if self._commented:
                what, remedy = "the letters follow a line with ';' and not one with '>'", "write '>' for that ';'"
        elif likeness := text_likeness(first):
            what, remedy = likeness
        return self._error(what, remedy, line=line)

    def _fault(self, run: bytes) -> SequenceError:
        found = _FAULT.search(run)
        position = found.start() if found else 0
        line = self._line + run.count(b"\n", 0, position)
        byte = run[position]
        if byte == ord("\r"):
            return self._carriage_return(line, self._name)
        begin = run.rfind(b"\n", 0, position) + 1
        so_far = b"" if begin else self._line_so_far
        start_of_line = so_far + run[begin : begin + LINE_START]
        what, remedy = letter_fault(start_of_line, so_far + run[begin:position], run[position : position + 4])
        return self._error(what, remedy, self._name, line)

    def _carriage_return(self, line: int, record: str) -> SequenceError:
        what = "a carriage return stands without a line feed, as in old Mac files"
        return self._error(what, "convert the line ends, for instance with tr -s '\\r' '\\n'", record, line)

    def _error(self, what: str, remedy: str, record: str = "", line: int = 0) -> SequenceError:
        return SequenceError(what, where=at(self._source, record, line), remedy=remedy)
