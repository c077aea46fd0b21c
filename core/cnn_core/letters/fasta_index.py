"""A plain FASTA file of any size, read by slice: where its letters lie is found once and remembered.

`read_fasta` reads the file once and refuses what is not right. What it has found, a `RecordTable`, is left in the
user's cache directory, never beside the file, which may be read-only. Its first line tells which file in which state
it is of, and a check sum.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from ..errors import SequenceError
from ..work.unfinished import unfinished
from .fasta import ILLEGAL, LETTER_CODES, read_fasta
from .file_state import FileState, identity
from .read_together import read_together
from .record_table import RecordTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "IndexedLetters",
    "cache_directory",
    "changed",
    "closed",
    "content_of",
    "index_path",
    "open_indexed",
    "unreadable",
    "write_index",
]

_FETCHED: Final = 1 << 20
"""Letters fetched at once: a whole chromosome needs no more memory than its codes and this."""
_FORMAT: Final = 4
_LINE_ENDS: Final = b"\r\n"


def changed(source: str) -> SequenceError:
    """Return the error of a file that is no longer what it was."""
    return SequenceError("the file has changed while it was open", where=source, remedy="open it again")


def unreadable(source: str, error: OSError) -> SequenceError:
    """Return the error of a read that the system refuses."""
    return SequenceError(f"it cannot be read ({error.strerror or error})", where=source)


def closed(source: str) -> SequenceError:
    """Return the error of a read after `close`."""
    return SequenceError("it has been closed", where=source, remedy="open it again")


def content_of(file: BinaryIO, source: str) -> str:
    """Return what an index must be of, see `identity`.

    Raises:
        SequenceError: The file cannot be read.
    """
    try:
        return identity(file)
    except OSError as error:
        raise unreadable(source, error) from error


def cache_directory(cache: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the directory for what may be computed again.

    Args:
        cache: The directory, if the caller decides it.

    Returns:
        `cache`, else the environment's `CNN_TUI_CACHE`, else the user's cache directory; None where the user
        has no home.
    """
    chosen = cache or os.environ.get("CNN_TUI_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_dir

    directory = Path(user_cache_dir("cnn-tui"))
    return directory if directory.is_absolute() else None


def index_path(path: Path, cache: Path, suffix: str) -> Path:
    """Return where the index of a file is kept.

    Args:
        path: The file.
        cache: The directory for what may be computed again.
        suffix: What kind of index it is.
    """
    digest = blake2b(os.fsencode(path.resolve()), digest_size=16).hexdigest()
    return cache / "fasta" / f"{digest}{suffix}"


def open_indexed(
    path: Path, file: BinaryIO, blocks: Iterable[bytes], source: str, cache: Path | None
) -> IndexedLetters:
    """Open a plain FASTA file by its index, which is made and remembered where there is none.

    Args:
        path: The file.
        file: The same file, open.
        blocks: The text of `file`, read only if there is no index.
        source: The file's name, for error texts.
        cache: Where the index is kept; None for nowhere.

    Returns:
        Its letters.

    Raises:
        SequenceError: The text is not FASTA of nucleotides, or the file changed meanwhile.
        IrregularLinesError: The letters of a record cannot be found by arithmetic.
    """
    state, content = FileState.of(file), content_of(file, source)
    index = index_path(path, cache, ".records") if cache else None
    records = _remembered(index, content) if index else None
    if records is None:
        records = read_fasta(blocks, source)
        if FileState.of(file) != state:
            raise changed(source)
        if index:
            # Where it cannot be written, it is not remembered.
            with suppress(OSError):
                body = records.to_bytes()
                write_index(index, [_heading(content, body), body])
    try:
        letters = IndexedLetters(path, records, state, source)
    except OSError as error:
        raise changed(source) from error
    if not letters.is_of(file):
        letters.close()
        raise changed(source)
    return letters


class IndexedLetters:
    """The letters of a plain file, fetched when they are asked for. Any number of threads may read.

    Args:
        path: The file.
        records: Its records.
        state: The state of the file that they are of.
        source: The file's name, for error texts.

    Raises:
        OSError: The file cannot be opened.
        SequenceError: The file is in another state.
    """

    def __init__(self, path: Path, records: RecordTable, state: FileState, source: str) -> None:
        self.records = records
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        # Whoever drops it without closing gives the file back all the same.
        self._give_back = weakref.finalize(self, os.close, descriptor)
        self._file: BinaryIO = os.fdopen(descriptor, "rb", closefd=False)
        self._lock = Lock()
        self._state = state
        self._source = source
        try:
            self._check_state()
        except SequenceError:
            self.close()
            raise

    def read(self, number: int, start: int, stop: int) -> NDArray[np.uint8]:
        """Read codes of one record.

        Args:
            number: The record's place in the file, 0-based.
            start: The first letter, 0-based.
            stop: One past the last letter; not beyond the record.

        Returns:
            Codes, shape (stop - start,), read-only.

        Raises:
            SequenceError: The file has changed or has been closed.
        """
        codes = np.empty(stop - start, dtype=np.uint8)
        layout = self.records[number]
        for first in range(start, stop, _FETCHED):
            last = min(first + _FETCHED, stop)
            piece = self._fetch(layout.byte_of(first), layout.byte_of(last - 1) + 1)
            piece = piece.translate(LETTER_CODES, _LINE_ENDS)
            if len(piece) != last - first or ILLEGAL in piece:
                raise changed(self._source)
            codes[first - start : last - start] = np.frombuffer(piece, dtype=np.uint8)
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
            SequenceError: The file has changed or has been closed.
        """
        codes = read_together(self.records, first, stop, self._fetch)
        if codes is not None and (codes == ILLEGAL[0]).any():
            raise changed(self._source)
        self._check_state()
        return codes

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        with self._lock:
            self._file.close()
            self._give_back()

    def is_of(self, file: BinaryIO) -> bool:
        """Tell whether it reads the very file that is open elsewhere."""
        return os.path.samestat(os.fstat(file.fileno()), os.fstat(self._file.fileno()))

    def _fetch(self, start: int, stop: int) -> bytes:
        try:
            with self._lock:
                self._file.seek(start)
                return self._file.read(stop - start)
        except OSError as error:
            raise unreadable(self._source, error) from error
        except ValueError as error:
            raise closed(self._source) from error

    def _check_state(self) -> None:
        with self._lock:
            if self._file.closed:
                raise closed(self._source)
            if FileState.of(self._file) != self._state:
                raise changed(self._source)


def _heading(content: str, body: bytes | memoryview) -> bytes:
    return f"cnn-tui:{_FORMAT}:{content}:{blake2b(body, digest_size=16).hexdigest()}\n".encode("ascii")


def _remembered(index: Path, content: str) -> RecordTable | None:
    """Return what is remembered of a file of this content, or None."""
    try:
        whole = index.read_bytes()
    except OSError:
        return None
    end = whole.find(b"\n") + 1
    with memoryview(whole) as view:
        known = whole[:end] == _heading(content, view[end:])
    return RecordTable.from_bytes(whole, end)[0] if known else None


def write_index(index: Path, content: Iterable[bytes]) -> None:
    """Write an index under another name first, so that nobody ever reads half of one.

    Args:
        index: Where to; its folder is made.
        content: The whole of it, in pieces.

    Raises:
        OSError: It cannot be written.
    """
    index.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=index.stem, suffix=".part", dir=index.parent)
    part = Path(name)
    with unfinished(part):
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(content)
            part.replace(index)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
