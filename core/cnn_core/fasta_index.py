"""A plain FASTA file of any size, read by slice: where its letters lie is found once and remembered.

`read_fasta` reads the file once, refuses what is not right, and leaves a `.fai` index in the user's cache
directory, never beside the file, which may be read-only. pyfaidx then fetches slices by it. pyfaidx makes no
index itself: it would take spaces, digits and gaps for letters, and the next header's `>` for a base where line
ends differ.

A record's name in the index is its number and its whole header as JSON, since names may repeat, and may hold what a
`.fai` cannot. The first
row, to pyfaidx a record of no letters, tells which file in which state the index was made from.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from .errors import SequenceError
from .fasta import ILLEGAL, LETTER_CODES, IrregularLinesError, Layout, read_fasta
from .file_state import FileState, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from pyfaidx import Faidx

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
_FORMAT: Final = 3
_UNPACKED_BY_NAME: Final = (".gz", ".bgz", ".bz2", ".zip")
"""Names that pyfaidx takes for compressed files, whatever they hold."""


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
    if path.name.lower().endswith(_UNPACKED_BY_NAME):
        raise IrregularLinesError("it is named like a compressed file", source, remedy="rename it")
    state, content = FileState.of(file), content_of(file, source)
    index = index_path(path, cache, ".fai") if cache else None
    if index and (heading := _heading_of(index, content)):
        with suppress(OSError):  # such as an index that another process has just replaced
            return IndexedLetters(path, index, heading, state, source)
    layouts = read_fasta(blocks, source)
    if FileState.of(file) != state:
        raise changed(source)
    heading, rows = _render(layouts, content)
    if index:
        with suppress(OSError):
            write_index(index, rows)
            return IndexedLetters(path, index, heading, state, source)
    with ExitStack() as stack:
        try:
            # pyfaidx reads the index once and whole, so it may go right after.
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="cnn-tui-"))
            index = Path(directory) / "index.fai"
            write_index(index, rows)
        except OSError as error:
            raise SequenceError(
                f"no index can be written ({error.strerror or error})",
                where=source,
                remedy="name a directory that can be written in CNN_TUI_CACHE",
            ) from error
        try:
            return IndexedLetters(path, index, heading, state, source)
        except OSError as error:
            raise changed(source) from error


class IndexedLetters:
    """The letters of a plain file, fetched by pyfaidx. Any number of threads may read.

    Args:
        path: The file.
        index: Its index.
        heading: The name that the index's first row must have.
        state: The state of the file that the index was made from.
        source: The file's name, for error texts.

    Raises:
        OSError: The file or the index cannot be read, or the index is another one.
        SequenceError: The file is in another state.
    """

    def __init__(self, path: Path, index: Path, heading: str, state: FileState, source: str) -> None:
        from pyfaidx import Faidx  # imports packaging machinery that the first frame must not wait for

        self._source = source
        self._state = state
        path.stat()  # says so if the file is gone, which makes older pyfaidx stumble
        # `rebuild` without `build_index` neither builds nor warns, whatever the two files' ages.
        self._faidx: Faidx = Faidx(str(path), indexname=str(index), as_raw=True, build_index=False, rebuild=True)
        self._rows: list[str] = list(self._faidx.index)
        try:
            if self._rows[:1] != [heading]:
                raise OSError("the index is another one")
            self._check_state()
        except (OSError, SequenceError):
            self.close()
            raise

    def layouts(self) -> Iterator[Layout]:
        """Yield the records in the order of the file."""
        for row in self._rows[1:]:
            _, name, description = json.loads(row).split(" ", 2)
            place = self._faidx.index[row]
            yield Layout(name, description, place.rlen, place.offset, place.lenc, place.lenb)

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
        for first in range(start, stop, _FETCHED):
            last = min(first + _FETCHED, stop)
            piece = self._fetch(self._rows[number + 1], first, last)
            if len(piece) != last - first or ILLEGAL in piece:
                raise changed(self._source)
            codes[first - start : last - start] = np.frombuffer(piece, dtype=np.uint8)
        # Only now is it sure that what was fetched is of the indexed state.
        self._check_state()
        codes.flags.writeable = False
        return codes

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        with self._faidx.lock:
            self._faidx.close()

    def _fetch(self, row: str, start: int, stop: int) -> bytes:
        try:
            letters: str = self._faidx.fetch(row, start + 1, stop)
            return letters.encode("ascii").translate(LETTER_CODES)
        except OSError as error:
            raise unreadable(self._source, error) from error
        except ValueError as error:  # the file is closed, or what is read is no longer text
            raise closed(self._source) if self._faidx.file.closed else changed(self._source) from error

    def _check_state(self) -> None:
        with self._faidx.lock:
            if self._faidx.file.closed:
                raise closed(self._source)
            if FileState.of(self._faidx.file) != self._state:
                raise changed(self._source)


def _heading(content: str, rows: bytes) -> str:
    digest = blake2b(rows, digest_size=16).hexdigest()
    return f"cnn-tui:{_FORMAT}:{content}:{digest}"


def _render(layouts: list[Layout], content: str) -> tuple[str, bytes]:
    """Return the first row's name and the whole index."""
    rows = "".join(
        f"{json.dumps(f'{number} {layout.name} {layout.description}')}\t{layout.length}\t{layout.offset}"
        f"\t{layout.line_letters}\t{layout.line_bytes}\n"
        for number, layout in enumerate(layouts)
    ).encode("ascii")
    heading = _heading(content, rows)
    return heading, f"{heading}\t0\t0\t0\t0\n".encode("ascii") + rows


def _heading_of(index: Path, content: str) -> str:
    """Return the name of an index's first row if the index is whole and of this content, else nothing."""
    try:
        first, _, rows = index.read_bytes().partition(b"\n")
    except OSError:
        return ""
    heading = _heading(content, rows)
    return heading if first == f"{heading}\t0\t0\t0\t0".encode("ascii") else ""


def write_index(index: Path, content: bytes) -> None:
    """Write an index under another name first, so that nobody ever reads half of one.

    Args:
        index: Where to; its folder is made.
        content: The whole of it.

    Raises:
        OSError: It cannot be written.
    """
    index.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=index.stem, suffix=".part", dir=index.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.replace(index)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
