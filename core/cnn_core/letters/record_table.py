"""The records of a file as a few arrays: a million of them take some tens of megabytes and load at once.

A `Layout` is made when it is asked for. A name is found by its check sum, and compared byte by byte with others of
the same sum.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Layout", "RecordTable", "TableBuilder"]

_COLUMNS: Final = ("lengths", "offsets", "line_letters", "line_bytes", "header_sizes", "sums", "by_sum")
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
_NARROW: Final = np.dtype("<u4")
_WIDE: Final = np.dtype("<i8")
_PARTED: Final = b" "
"""What separates a record's name, which has no blanks, from its description."""


class Layout(NamedTuple):
    """One record, and where a file holds its letters (the columns of a `.fai` index)."""

    name: str
    description: str
    length: int
    """How many letters it has."""
    offset: int
    """The first letter: a byte of the file, or a code among the codes that were kept."""
    line_letters: int
    """Letters on every line but the last, or 0 where the letters were kept."""
    line_bytes: int
    """Bytes from one line's first letter to the next line's, or 0 where the letters were kept."""

    def byte_of(self, letter: int) -> int:
        """Return the byte of the file that a letter is.

        Args:
            letter: The letter, 0-based; one that the record has.
        """
        rows, rest = divmod(letter, self.line_letters)
        return self.offset + rows * self.line_bytes + rest


class TableBuilder:
    """Collects records one after the other."""

    def __init__(self) -> None:
        self._numbers = [array("q") for _ in range(5)]
        self._sums = array("L")
        self._headers = bytearray()

    def __len__(self) -> int:
        return len(self._sums)

    def append(self, layout: Layout) -> None:
        """Add a record."""
        name = layout.name.encode()
        header = name + _PARTED + layout.description.encode() if layout.description else name
        found = (layout.length, layout.offset, layout.line_letters, layout.line_bytes, len(header))
        for column, number in zip(self._numbers, found, strict=True):
            column.append(number)
        self._sums.append(crc32(name))
        self._headers += header

    def made(self) -> RecordTable:
        """Return the records."""
        sums = np.array(self._sums, dtype=np.int64)
        by_sum = np.argsort(sums, kind="stable")
        numbers = (np.array(column, dtype=np.int64) for column in self._numbers)
        return RecordTable(
            (*map(_narrowed, numbers), _narrowed(sums[by_sum]), _narrowed(by_sum)), bytes(self._headers)
        )


def _narrowed(numbers: NDArray[np.int64]) -> NDArray[np.integer]:
    return numbers.astype(_NARROW if not len(numbers) or int(numbers.max()) < 1 << 32 else _WIDE)


class RecordTable:
    """The records of a file, in its order.

    Args:
        columns: Of each record its letters, where they begin, the letters and the bytes of its lines, and the bytes of
            its header; the check sums of all names, ascending, and the records in that order.
        headers: The headers of all, without `>` and line ends.

    Attributes:
        lengths: How many letters each record has, shape (records,).
    """

    def __init__(self, columns: tuple[NDArray[np.integer], ...], headers: bytes | memoryview) -> None:
        self._columns = columns
        self.lengths, self._offsets, self._letters, self._bytes, sizes, self._sums, self._by_sum = columns
        self._headers = headers
        self._stops = np.cumsum(sizes, dtype=np.int64)

    @classmethod
    def of(cls, layouts: Iterable[Layout]) -> RecordTable:
        """Return records as a table."""
        if isinstance(layouts, RecordTable):
            return layouts
        builder = TableBuilder()
        for layout in layouts:
            builder.append(layout)
        return builder.made()

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[Layout]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Layout:
        """Return a record by its place, from 0."""
        name, _, description = self._header(number).partition(_PARTED)
        return Layout(
            name.decode(),
            description.decode(),
            int(self.lengths[number]),
            int(self._offsets[number]),
            int(self._letters[number]),
            int(self._bytes[number]),
        )

    def _header(self, number: int) -> bytes:
        return bytes(self._headers[int(self._stops[number - 1]) if number else 0 : int(self._stops[number])])

    def name(self, number: int) -> str:
        """Return the name in a record's header."""
        return self._name(number).decode()

    def _name(self, number: int) -> bytes:
        return self._header(number).partition(_PARTED)[0]

    def places(self, first: int, stop: int) -> tuple[NDArray[np.int64], ...]:
        """Return offset, length, letters and bytes of a line of neighbouring records, each of shape (records,)."""
        columns = (self._offsets, self.lengths, self._letters, self._bytes)
        return tuple(column[first:stop].astype(np.int64) for column in columns)

    def first_named(self, name: str) -> int | None:
        """Return the first record whose header has a name, or None."""
        wanted = name.encode(errors="surrogatepass")
        # With another type, all sums would be copied for every search.
        total = self._sums.dtype.type(crc32(wanted))
        first, stop = (int(np.searchsorted(self._sums, total, side)) for side in _SIDES)
        for at in range(first, stop):
            number = int(self._by_sum[at])
            if self._name(number) == wanted:
                return number
        return None

    def repeated(self) -> list[int]:
        """Return the records with the name of an earlier one in their headers, ascending."""
        same = np.flatnonzero(self._sums[1:] == self._sums[:-1])
        if not same.size:
            return []
        found: list[int] = []
        seen: set[bytes] = set()
        for number in self._by_sum[np.union1d(same, same + 1)].tolist():
            name = self._name(number)
            if name in seen:
                found.append(number)
            seen.add(name)
        return sorted(found)

    def to_bytes(self) -> bytes:
        """Return the table as bytes, whose first line gives the types of its columns."""
        kinds = {name: column.dtype.str for name, column in zip(_COLUMNS, self._columns, strict=True)}
        first = json.dumps({"records": len(self), "headers": len(self._headers), **kinds}).encode("ascii")
        return b"".join([first, b"\n", *(column.tobytes() for column in self._columns), self._headers])

    @classmethod
    def from_bytes(cls, content: bytes, start: int = 0) -> tuple[Self, int]:
        """Return a table from its bytes, and where they end.

        Args:
            content: The bytes.
            start: Where they begin.
        """
        stop = content.index(b"\n", start)
        said = json.loads(content[start:stop])
        records, columns, place = said["records"], [], stop + 1
        for name in _COLUMNS:
            kind = np.dtype(said[name])
            columns.append(np.frombuffer(content, kind, records, place))
            place += records * kind.itemsize
        end = place + said["headers"]
        return cls(tuple(columns), memoryview(content)[place:end]), end
