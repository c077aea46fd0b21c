"""VCF: the lines of a file of variants, their eight fixed columns, read strictly and one after the other.

Accepted: LF and CRLF line ends, blank lines wherever they stand, a UTF-8 byte-order mark, a file without its header,
whose columns are then taken to be VCF's, which is said. Refused, with the line: fewer than eight columns, spaces for
tabs, a position that is no whole number, a carriage return inside a line, a header among the records, columns in
another order. What is wrong with the alleles of a record is not the reader's to say: see `variants`.

The columns of genotypes are passed over, however long they are; no more than one line's fixed columns is in memory.

Source: The Variant Call Format specification, VCFv4.5, sections 1.4 to 1.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Final, Self

from ..errors import SequenceError, shorten
from .fasta import BYTE_ORDER_MARK
from .fasta_likeness import SNIFFED, binary_likeness
from .letter_faults import at
from .lfs_pointers import pointer_words
from .text_source import TextSource

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from ..work.progress import Progress

__all__ = ["FIXED_COLUMNS", "Calls", "VcfRecord", "open_calls"]

FIXED_COLUMNS: Final = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
"""The columns that every line has, in order."""
_FIXED: Final = len(FIXED_COLUMNS)
_LONGEST: Final = 1 << 20
"""Bytes of a line's fixed columns, and of a header's line."""
_LONGEST_HEADER: Final = 1 << 26
"""Bytes of all lines of a header together."""
_MOST_ALTERNATIVES: Final = 1 << 12
_POSITION: Final = re.compile(rb"[0-9]{1,18}")
_GIVE_VCF: Final = "give a VCF file, plain or compressed with gzip or bgzip"


@dataclass(frozen=True, slots=True)
class VcfRecord:
    """One line of a VCF file.

    Attributes:
        line: Its line in the file, from 1.
        pos: Its position, 1-based; 0 is possible, and is no position of a base.
        columns: Its eight fixed columns, as they stand in the file.
    """

    line: int
    pos: int
    columns: tuple[bytes, ...]

    @property
    def chrom(self) -> str:
        """The name of the record of the reference: text from a file, which may hold control characters."""
        return _text(self.columns[0])

    @property
    def id(self) -> str:
        """Its identifiers, or a dot."""
        return _text(self.columns[2])

    @property
    def ref(self) -> str:
        """The reference allele."""
        return _text(self.columns[3])

    @property
    def alts(self) -> tuple[str, ...]:
        """The alternatives, at least one, which may be a dot for none."""
        return tuple(_text(self.columns[4]).split(","))


class VcfText(TextSource):
    """The text of a VCF file, plain or compressed; see `TextSource`."""

    example: ClassVar[tuple[str, str]] = "a VCF file", "cat my.vcf | cnn-tui variants ref.fa -"
    # Some hundred lines, since what is told of the progress is what has been read, and each line takes its time.
    blocks: ClassVar[tuple[int, int]] = 1 << 14, 1 << 12


class Calls:
    """The records of a VCF file, once, in its order. Close it, or use it in a `with` block.

    Args:
        text: The text.

    Attributes:
        source: The file's name for people.
        header: The lines of its header that begin with ##, without line ends; whole as soon as there is a record.
    """

    def __init__(self, text: TextSource) -> None:
        self.source = text.source
        self.header: list[bytes] = []
        self._text = text
        self._held = 0
        self._names_columns = False
        self._records = 0
        self._blank = 0
        self._has_genotypes = False

    @property
    def notices(self) -> tuple[str, ...]:
        """What must be said of how the file was read so far, in full sentences."""
        said = []
        if self._records and not self._names_columns:
            said.append(f"{self.source}: no line #CHROM names its columns, which were taken to be those of VCF")
        if self._blank:
            lines = "1 blank line was" if self._blank == 1 else f"{self._blank:,} blank lines were"
            said.append(f"{self.source}: {lines} passed over")
        if self._has_genotypes:
            said.append(
                f"{self.source}: genotypes are ignored: every alternative is scored alone, on the reference's letters"
            )
        return tuple(said)

    def __iter__(self) -> Iterator[VcfRecord]:
        """Yield the records.

        Raises:
            SequenceError: The file cannot be read, is damaged or is not VCF; the message names the line.
        """
        for number, (line, length) in enumerate(self._text.lines(_LONGEST), 1):
            if number == 1:
                line = line.removeprefix(BYTE_ORDER_MARK)
                self._check_start(line)
            line = line.removesuffix(b"\r")
            if not line.strip(b" \t"):
                self._blank += 1
            elif line.startswith(b"#"):
                self._take_header(line, number, length)
            else:
                yield self._record(line, number, length)
        if not self._records and not self.header and not self._names_columns:
            raise SequenceError("it holds no line", where=self.source, remedy=_GIVE_VCF)
        self._text.check_unchanged()

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._text.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_start(self, line: bytes) -> None:
        """Refuse what is no text of VCF."""
        start = line[:SNIFFED]
        if start.startswith(b"BCF\2"):
            raise SequenceError(
                "this is BCF, the binary form of VCF", where=self.source, remedy="convert it with bcftools view"
            )
        if start.startswith(b">"):
            raise SequenceError("this looks like FASTA, which holds letters", where=self.source, remedy=_GIVE_VCF)
        likeness = pointer_words(start)
        if likeness is None and (binary := binary_likeness(start)):
            likeness = binary[0], _GIVE_VCF
        if likeness is None and start.startswith(b"##fileformat=") and not start.startswith(b"##fileformat=VCF"):
            likeness = f"its format is {shorten(_text(start[13:]).rstrip())}, not VCF", _GIVE_VCF
        if likeness is not None:
            raise SequenceError(likeness[0], where=self.source, remedy=likeness[1])

    def _take_header(self, line: bytes, number: int, length: int) -> None:
        where = at(self.source, line=number)
        if self._names_columns or self._records:
            raise SequenceError(
                "a header's line stands among the records", where=where, remedy="join files with bcftools concat"
            )
        if line.startswith(b"##"):
            self._held += len(line)
            if length > _LONGEST or self._held > _LONGEST_HEADER:
                raise SequenceError("the header is too long", where=where, remedy="shorten it with bcftools view")
            if b"\r" in line:
                raise _inner_return(where)
            self.header.append(line)
            return
        columns = line[1:].split(b"\t")
        if [*map(_text, columns[:_FIXED])] != [*FIXED_COLUMNS]:
            remedy = f"the line is #{' '.join(FIXED_COLUMNS)}, with tabs between"
            raise SequenceError("the columns are not those of VCF", where=where, remedy=remedy)
        self._names_columns = True
        self._has_genotypes = len(columns) > _FIXED + 1

    def _record(self, line: bytes, number: int, length: int) -> VcfRecord:
        columns = line.split(b"\t", _FIXED)
        where = at(self.source, line=number)
        if len(columns) < _FIXED or (len(columns) == _FIXED and length > _LONGEST):
            if length > _LONGEST:
                raise SequenceError(f"the fixed columns are longer than {_LONGEST:,} bytes", where=where)
            if len(columns) == 1 and len(line.split()) >= _FIXED:
                raise SequenceError("there are spaces between the columns", where=where, remedy="put tabs there")
            raise SequenceError(
                f"it has {len(columns)} column{'' if len(columns) == 1 else 's'}",
                where=where,
                remedy=f"VCF has {_FIXED}, with tabs between; put a dot where nothing is known",
            )
        fixed = (*columns[:_FIXED],)
        if any(b"\r" in column for column in fixed):
            raise _inner_return(where)
        if not fixed[0]:
            raise SequenceError("it names no record of the reference", where=where, remedy="CHROM cannot be empty")
        if not _POSITION.fullmatch(fixed[1]):
            raise SequenceError(
                f"'{shorten(_text(fixed[1]))}' is not a position",
                where=where,
                remedy="POS is a whole number from 1 on",
            )
        if fixed[4].count(b",") >= _MOST_ALTERNATIVES:
            remedy = "split the line with bcftools norm"
            raise SequenceError(f"it has more than {_MOST_ALTERNATIVES:,} alternatives", where=where, remedy=remedy)
        self._records += 1
        self._has_genotypes |= len(columns) > _FIXED and b"\t" in columns[_FIXED]
        return VcfRecord(number, int(fixed[1]), fixed)


def open_calls(
    path: str | os.PathLike[str], *, stdin: BinaryIO | None = None, progress: Progress | None = None
) -> Calls:
    """Open the records of a VCF file, plain or compressed with gzip or bgzip, which its content tells.

    Args:
        path: The file or named pipe, or `-` for standard input.
        stdin: What `-` means; None for the program's standard input. It is left open.
        progress: Called while records are asked for. What it raises passes through.

    Raises:
        SequenceError: The file cannot be read.
    """
    return Calls(VcfText(path, stdin, progress))


def _inner_return(where: str) -> SequenceError:
    remedy = "end every line with a line feed, with or without one before it"
    return SequenceError("a carriage return stands inside the line", where=where, remedy=remedy)


def _text(column: bytes) -> str:
    return column.decode("utf-8", "backslashreplace")
