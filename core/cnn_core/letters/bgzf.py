"""BGZF read from the middle: which block holds which bytes, and any slice of what they hold, unpacked when asked for.

BGZF is gzip in blocks of at most 64 KiB, each a member of its own whose header gives its length, so that each
block can be unpacked alone. `bgzip` writes it; a `.gzi` beside it lists where the blocks begin.

Sources: the SAM/BAM format specification, section 4.1; the manual page of `bgzip` for the `.gzi` format.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from .file_state import FileState
from .gzip_stream import BGZF_END, GZIP_MEMBER, HEADER_BYTES, block_size
from .plain_file import PlainFile

__all__ = ["BgzfFile", "BlockTable", "DamagedBlockError", "table_of"]

_KEPT_BLOCKS: Final = 64
_READ_TOGETHER: Final = 8
"""From so many blocks on, a slice is not kept: a screen comes back to what it has read, a scan does not."""
_LARGEST: Final = 1 << 16


class DamagedBlockError(Exception):
    """There is no whole block where one should be."""


@dataclass(frozen=True, eq=False)
class BlockTable:
    """Where the blocks of a file begin, without empty ones at its end.

    Attributes:
        packed: The first byte of each block in the file, and one past the last block, shape (blocks + 1,).
        unpacked: The first byte of what each holds, and how many bytes all hold, shape (blocks + 1,).
    """

    packed: NDArray[np.int64]
    unpacked: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many bytes all blocks hold."""
        return int(self.unpacked[-1])

    def to_bytes(self) -> bytes:
        """Return the table as bytes."""
        return np.stack([self.packed, self.unpacked]).astype("<i8").tobytes()

    @classmethod
    def from_bytes(cls, content: bytes, start: int) -> Self:
        """Return a table from its bytes, which end with the content."""
        return cls(*np.frombuffer(content, "<i8", offset=start).astype(np.int64).reshape(2, -1))


def table_of(file: BinaryIO, size: int, gzi: bytes | None = None) -> BlockTable:
    """Return the blocks of a file, found by walking over their headers, or as a `.gzi` lists them.

    Args:
        file: The file.
        size: Its bytes.
        gzi: The content of the `.gzi`; only the last block is looked at then.

    Raises:
        DamagedBlockError: Something in it is no whole block, the empty block at its end is missing, or the `.gzi` is
            of another file.
    """
    starts = np.zeros((1, 2), dtype=np.int64) if gzi is None else _listed(gzi)
    packed, unpacked = starts.T.tolist()
    while packed[-1] < size:
        stop, holds = _extent(file, packed[-1], size)
        packed.append(stop)
        unpacked.append(unpacked[-1] + holds)
        # The list may or may not name the empty block at the end.
        if gzi is not None and len(packed) > len(starts) + 2:
            raise DamagedBlockError
    file.seek(max(0, size - len(BGZF_END)))
    if file.read() != BGZF_END:
        raise DamagedBlockError
    return BlockTable(np.array(packed, dtype=np.int64), np.array(unpacked, dtype=np.int64))


def _listed(gzi: bytes) -> NDArray[np.int64]:
    """Return where blocks begin, in the file and in what they hold, shape (blocks, 2)."""
    count = int.from_bytes(gzi[:8], "little")
    if len(gzi) < 8 or len(gzi) != 8 + 16 * count:
        raise DamagedBlockError
    pairs = np.frombuffer(gzi, dtype="<u8", offset=8).reshape(count, 2).astype(np.int64)
    starts = np.vstack([np.zeros((1, 2), dtype=np.int64), pairs])
    steps = np.diff(starts, axis=0)
    if (steps[:, 0] <= HEADER_BYTES).any() or (steps < 0).any() or (steps > _LARGEST).any():
        raise DamagedBlockError
    return starts


def _extent(file: BinaryIO, start: int, size: int) -> tuple[int, int]:
    """Return where a block ends and how many bytes it holds, as it says itself."""
    file.seek(start)
    header = file.read(HEADER_BYTES)
    length = block_size(header) if len(header) == HEADER_BYTES else 0
    if length <= HEADER_BYTES or start + length > size:
        raise DamagedBlockError
    file.seek(start + length - 4)
    holds = int.from_bytes(file.read(4), "little")
    if holds > _LARGEST:
        raise DamagedBlockError
    return start + length, holds


class BgzfFile:
    """What a BGZF file holds, any slice of it. Any number of threads may read.

    Args:
        path: The file.
        table: Its blocks.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path, table: BlockTable) -> None:
        self._table = table
        self._kept = lru_cache(maxsize=_KEPT_BLOCKS)(lambda index: self._unpack(index, index + 1))
        self._file = PlainFile(path)

    def state(self) -> FileState:
        """Return the state of the file, see `PlainFile.state`."""
        return self._file.state()

    def read(self, start: int, stop: int) -> bytes:
        """Return half-open bytes of what the file holds.

        Args:
            start: The first byte, 0-based.
            stop: One past the last.

        Raises:
            DamagedBlockError: There is no whole block where one should be, or it does not hold that much.
            OSError: The file cannot be read.
            ValueError: It has been closed.
        """
        if not 0 <= start <= stop <= self._table.size:
            raise DamagedBlockError
        if start == stop:
            return b""
        unpacked = self._table.unpacked
        first = int(np.searchsorted(unpacked, start, side="right")) - 1
        last = int(np.searchsorted(unpacked, stop, side="left"))
        if last - first < _READ_TOGETHER:
            text = b"".join(self._kept(index) for index in range(first, last))
        else:
            text = self._unpack(first, last)
        offset = int(unpacked[first])
        return text[start - offset : stop - offset]

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._file.close()
        self._kept.cache_clear()

    def _unpack(self, first: int, last: int) -> bytes:
        """Return what half-open blocks hold."""
        packed, unpacked = self._table.packed, self._table.unpacked
        start = int(packed[first])
        data = self._file.read(start, int(packed[last]))
        pieces = []
        for index in range(first, last):
            block = data[int(packed[index]) - start : int(packed[index + 1]) - start]
            holds = int(unpacked[index + 1] - unpacked[index])
            try:
                piece = zlib.decompress(block, GZIP_MEMBER, holds + 1)
            except zlib.error:
                raise DamagedBlockError from None
            if len(piece) != holds:
                raise DamagedBlockError
            pieces.append(piece)
        return b"".join(pieces)
