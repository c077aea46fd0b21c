"""A FASTA file of any size, plain or compressed with bgzip, read by slice; nothing of it is unpacked on disk.

Where its letters lie is learned in one of three ways. What an earlier opening has remembered in the user's cache
directory, never beside the file, which may be read-only: its first line tells which file in which state it is of, and
a check sum. Of a bgzip file, the `.fai` and the `.gzi` beside it, as `samtools faidx` writes them: these are believed
only as far as they have been compared with the file (see `samtools_index`). Or, where neither is there, the file is
read once from end to end, and what was found is remembered.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..work.unfinished import unfinished
from .bgzf import BgzfFile, BlockTable, DamagedBlockError, table_of
from .fasta import read_fasta
from .file_state import changed, identity, unreadable
from .gzip_stream import damaged
from .plain_file import PlainFile
from .record_table import RecordTable
from .samtools_index import FaiCheck, NameLeftOutError, indexes_beside
from .sliced_letters import SlicedLetters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fasta_source import FastaText

__all__ = ["open_sliced"]

_log: Final = logging.getLogger(__name__)

_PLAIN_FORM: Final = "cnn-tui:4"
_PACKED_FORM: Final = "cnn-tui-bgzf:3"


def open_sliced(text: FastaText, cache: Path | None) -> SlicedLetters:
    """Open a file whose letters stay on disk by its index; a missing index is made and remembered.

    Args:
        text: The file; read from end to end only if there is no index.
        cache: Where the index is kept; None for nowhere.

    Raises:
        SequenceError: The text is not FASTA of nucleotides, is cut short or damaged, or has changed meanwhile.
        IrregularLinesError: The letters of a record cannot be found by arithmetic.
    """
    assert text.path is not None
    assert text.state is not None
    try:
        content = identity(text.file)
    except OSError as error:
        raise unreadable(text.source, error) from error
    form, suffix = (_PACKED_FORM, ".bgzf") if text.packed else (_PLAIN_FORM, ".records")
    digest = blake2b(os.fsencode(text.path.resolve()), digest_size=16).hexdigest()
    index = cache / "fasta" / f"{digest}{suffix}" if cache else None
    known = _remembered(index, form, content) if index else None
    if known:
        _log.info("%s: read by slice, by the index kept as %s", text.path, index)
        records, end = RecordTable.from_bytes(*known)
        return _sliced(text, records, BlockTable.from_bytes(known[0], end) if text.packed else None)
    beside = indexes_beside(text.path, text.file, text.state) if text.packed else None
    if beside is not None:
        with suppress(NameLeftOutError):
            sliced = _sliced(text, *beside, FaiCheck(beside[0], beside[1].size, text.source))
            _log.info("%s: read by slice, by the .fai and the .gzi beside it", text.path)
            return sliced
    records = read_fasta(text.unpacked(), text.source, most=text.most)
    try:
        table = table_of(text.file, text.size) if text.packed else None
    except DamagedBlockError:
        raise damaged(text.source) from None
    text.check_unchanged()
    if index:
        _log.info("%s: read once from end to end, for an index that is kept as %s", text.path, index)
        body = records.to_bytes() + (table.to_bytes() if table else b"")
        # Where it cannot be written, it is not kept.
        with suppress(OSError):
            _write(index, [_heading(form, content, body), body])
    return _sliced(text, records, table)


def _sliced(
    text: FastaText, records: RecordTable, table: BlockTable | None, check: FaiCheck | None = None
) -> SlicedLetters:
    assert text.path is not None
    assert text.state is not None
    try:
        file = PlainFile(text.path) if table is None else BgzfFile(text.path, table)
    except OSError as error:
        raise changed(text.source) from error
    return SlicedLetters(file, records, text.state, text.source, check)


def _remembered(index: Path, form: str, content: str) -> tuple[bytes, int] | None:
    """Return an index that is sound and of a file of this content, and where what it says begins; or None."""
    try:
        whole = index.read_bytes()
    except OSError:
        return None
    end = whole.find(b"\n") + 1
    with memoryview(whole) as view:
        known = whole[:end] == _heading(form, content, view[end:])
    return (whole, end) if known else None


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
