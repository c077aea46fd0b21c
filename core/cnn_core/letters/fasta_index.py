"""A plain FASTA file of any size, read by slice: where its letters lie is found once and remembered.

`read_fasta` reads the file once and refuses what is not right. What it has found, a `RecordTable`, is left in the
user's cache directory, never beside the file, which may be read-only. Its first line tells which file in which state
it is of, and a check sum.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from ..work.unfinished import unfinished
from .fasta import read_fasta
from .file_state import FileState, changed, identity, unreadable
from .record_table import RecordTable
from .sliced_letters import PlainFile, SlicedLetters

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cache_directory", "content_of", "index_path", "open_indexed", "remember", "remembered"]

_FORM: Final = "cnn-tui:4"


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
) -> SlicedLetters:
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
    known = remembered(index, _FORM, content) if index else None
    if known:
        records, _ = RecordTable.from_bytes(*known)
    else:
        records = read_fasta(blocks, source)
        if FileState.of(file) != state:
            raise changed(source)
        if index:
            remember(index, _FORM, content, records.to_bytes())
    try:
        again = PlainFile(path)
    except OSError as error:
        raise changed(source) from error
    return SlicedLetters(again, records, state, source)


def remembered(index: Path, form: str, content: str) -> tuple[bytes, int] | None:
    """Return an index that is sound and of a file of this content, and where what it says begins; or None.

    Args:
        index: Where it is kept.
        form: What kind of index it is, and its version.
        content: What it must be of, see `content_of`.
    """
    try:
        whole = index.read_bytes()
    except OSError:
        return None
    end = whole.find(b"\n") + 1
    with memoryview(whole) as view:
        known = whole[:end] == _heading(form, content, view[end:])
    return (whole, end) if known else None


def remember(index: Path, form: str, content: str, body: bytes) -> None:
    """Keep an index; where it cannot be written, it is not kept.

    Args:
        index: Where it is kept.
        form: What kind of index it is, and its version.
        content: What it is of, see `content_of`.
        body: What it says.
    """
    with suppress(OSError):
        _write(index, [_heading(form, content, body), body])


def _heading(form: str, content: str, body: bytes | memoryview) -> bytes:
    return f"{form}:{content}:{blake2b(body, digest_size=16).hexdigest()}\n".encode("ascii")


def _write(index: Path, content: Iterable[bytes]) -> None:
    """Write an index under another name first, so that no reader ever sees half of one."""
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
