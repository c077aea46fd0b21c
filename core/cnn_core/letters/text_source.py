"""Where text comes from: a file, a named pipe or standard input, in blocks, plain or still compressed."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Final, Self

from ..errors import SequenceError
from .file_state import FileState, changed, unreadable
from .gzip_stream import GZIP_START, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..work.progress import Progress

__all__ = ["TextSource"]

_STANDARD_INPUT: Final = "standard input"
"""Its name for people."""


class TextSource:
    """Text: of a file, a named pipe or standard input, plain or compressed. Close it, or use it in `with`.

    Args:
        path: The file or named pipe, or `-` for standard input.
        stdin: What `-` means; None for the program's standard input. It is left open.
        progress: Called with every block that is read.

    Attributes:
        source: Its name for people.
        path: The file; None for standard input.
        file: What is read.
        state: The state of the file; None of what is no file, and can be read but once.
        size: Its bytes, 0 where unknown.
        packed: Whether it is gzip.

    Raises:
        SequenceError: It cannot be read.
    """

    example: ClassVar[tuple[str, str]]
    """What such a file is called, and how it is piped in."""
    blocks: ClassVar[tuple[int, int]] = 1 << 20, 1 << 16
    """Bytes that are read at once, of a plain file and of a packed one."""

    def __init__(
        self, path: str | os.PathLike[str], stdin: BinaryIO | None = None, progress: Progress | None = None
    ) -> None:
        self._progress = progress
        self.path: Path | None = None
        self.state: FileState | None = None
        if path == "-":
            self.source = _STANDARD_INPUT
            self.file = self._standard_input() if stdin is None else stdin
        elif isinstance(path, str | os.PathLike):
            self.path = Path(path)
            self.source = self.path.name or str(self.path)
            self.file = self._open(self.path)
            if stat.S_ISREG(os.fstat(self.file.fileno()).st_mode):
                self.state = FileState.of(self.file)
        else:
            raise SequenceError(
                f"a {type(path).__name__} names no file", remedy="give a path, or - for standard input"
            )
        self.size = self.state.size if self.state else 0
        try:
            self._start = _read(self.file, 1, self.source)
            self._start += _read(self.file, 1, self.source)
        except BaseException:
            self.close()
            raise
        self.packed = self._start == GZIP_START

    def unpacked(self) -> Iterator[bytes]:
        """Yield the text from its beginning, in blocks; of what is no file, once.

        Raises:
            SequenceError: It cannot be read, or is compressed and damaged.
        """
        if self.state:
            self.file.seek(len(self._start))
        return unpack(self._blocks(), self.source) if self.packed else self._blocks()

    def lines(self, longest: int) -> Iterator[tuple[bytes, int]]:
        """Yield the first bytes of every line, without its end, and how many it has.

        Args:
            longest: The most bytes that are kept of a line.

        Raises:
            SequenceError: As `unpacked`.
        """
        kept, length = bytearray(), 0
        for block in self.unpacked():
            first, *others = block.split(b"\n")
            kept += first[: longest - len(kept)]
            length += len(first)
            for piece in others:
                yield bytes(kept), length
                kept, length = bytearray(piece[:longest]), len(piece)
        if length:
            yield bytes(kept), length

    def check_unchanged(self) -> None:
        """Refuse a file that is no longer what it was.

        Raises:
            SequenceError: It has changed.
        """
        if self.state and FileState.of(self.file) != self.state:
            raise changed(self.source)

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        if self.path is not None:
            self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _blocks(self) -> Iterator[bytes]:
        block, done = self._start, 0
        size = self.blocks[self.packed]
        while block:
            done += len(block)
            if self._progress:
                self._progress(done, self.size)
            yield block
            block = _read(self.file, size, self.source)

    def _open(self, path: Path) -> BinaryIO:
        where = str(path)
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise SequenceError("there is no such file", where=where, remedy="check its name and folder") from None
        except IsADirectoryError:
            raise SequenceError("this is a folder", where=where, remedy=f"name {self.example[0]} in it") from None
        except PermissionError:
            if path.is_dir():  # as Windows says it
                raise SequenceError(
                    "this is a folder", where=where, remedy=f"name {self.example[0]} in it"
                ) from None
            raise SequenceError("you may not read it", where=where, remedy="ask for its read permission") from None
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else str(error)
            raise SequenceError(f"it cannot be opened ({what})", where=where) from error

    def _standard_input(self) -> BinaryIO:
        if sys.stdin is None or sys.stdin.isatty():
            raise SequenceError(
                "nothing is piped in", where=_STANDARD_INPUT, remedy=f"write {self.example[1]}, or name a file"
            )
        return sys.stdin.buffer


def _read(stream: BinaryIO, size: int, source: str) -> bytes:
    try:
        block = stream.read(size)
    except OSError as error:
        raise unreadable(source, error) from error
    if block is None:
        # A pipe that does not block has nothing yet. Taken for its end, that would give half the data.
        raise SequenceError("it cannot be waited for", where=source, remedy="save it to a file and open that")
    return block
