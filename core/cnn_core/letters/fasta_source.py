"""Where FASTA text comes from: a file, a named pipe or standard input, in blocks, plain or still compressed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from ..errors import SequenceError
from .file_state import unreadable
from .gzip_stream import GZIP_START, block_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..work.progress import Progress

__all__ = [
    "STANDARD_INPUT",
    "blocks_of",
    "is_bgzf",
    "is_read_by_slice",
    "open_file",
    "standard_input",
]


STANDARD_INPUT: Final = "standard input"
"""Its name for people."""

_BGZF_HEADER: Final = 18
_BLOCK: Final = 1 << 20
_PACKED_BLOCK: Final = 1 << 16
_SMALL_PACKED: Final = 1 << 22
"""Bytes up to which a file of bgzip is rather held in memory than unpacked again and again."""


def is_bgzf(file: BinaryIO) -> bool:
    """Tell whether a file is in the blocks of bgzip; where it is read on does not change."""
    position = file.tell()
    file.seek(0)
    header = file.read(_BGZF_HEADER)
    file.seek(position)
    return len(header) == _BGZF_HEADER and block_size(header) > 0


def is_read_by_slice(file: BinaryIO, packed: bool, size: int) -> bool:
    """Tell whether the letters of a file stay on disk, to be fetched when they are asked for.

    Args:
        file: The file.
        packed: Whether it is gzip.
        size: Its bytes.
    """
    return not packed or (size > _SMALL_PACKED and is_bgzf(file))


def blocks_of(stream: BinaryIO, source: str, size: int, progress: Progress | None) -> tuple[Iterator[bytes], bool]:
    """Return a stream in blocks, and whether it is gzip.

    Args:
        stream: What is read.
        source: Its name for people.
        size: Its bytes, 0 where unknown.
        progress: Called with every block.

    Raises:
        SequenceError: It cannot be read, now or when a block is asked for.
    """
    start = _read(stream, 1, source)
    start += _read(stream, 1, source)
    packed = start == GZIP_START

    def blocks() -> Iterator[bytes]:
        block, done = start, 0
        while block:
            done += len(block)
            if progress:
                progress(done, size)
            yield block
            block = _read(stream, _PACKED_BLOCK if packed else _BLOCK, source)

    return blocks(), packed


def _read(stream: BinaryIO, size: int, source: str) -> bytes:
    try:
        block = stream.read(size)
    except OSError as error:
        raise unreadable(source, error) from error
    if block is None:
        # A pipe that does not block has nothing yet. Taken for its end, that would give half the data.
        raise SequenceError("it cannot be waited for", where=source, remedy="save it to a file and open that")
    return block


def open_file(path: Path) -> BinaryIO:
    """Open a file to be read as bytes.

    Raises:
        SequenceError: It cannot be opened; the message says why.
    """
    where = str(path)
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise SequenceError("there is no such file", where=where, remedy="check its name and folder") from None
    except IsADirectoryError:
        raise SequenceError("this is a folder", where=where, remedy="name a FASTA file in it") from None
    except PermissionError:
        if path.is_dir():  # as Windows says it
            raise SequenceError("this is a folder", where=where, remedy="name a FASTA file in it") from None
        raise SequenceError("you may not read it", where=where, remedy="ask for its read permission") from None
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise SequenceError(f"it cannot be opened ({what})", where=where) from error


def standard_input() -> BinaryIO:
    """Return the program's standard input.

    Raises:
        SequenceError: Nothing is piped into it.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise SequenceError(
            "nothing is piped in", where="standard input", remedy="write cat my.fa | cnn-tui -, or name a file"
        )
    return sys.stdin.buffer
