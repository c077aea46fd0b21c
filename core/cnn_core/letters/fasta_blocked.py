"""A FASTA file compressed with bgzip, of any size, read by slice, though nothing of it is unpacked on disk.

Where its letters lie is learned in one of three ways. What an earlier opening has remembered in the user's cache
directory. The `.fai` and the `.gzi` beside it, as `samtools faidx` writes them: these are believed only as far as
has been looked, so that what is read is checked again, letter by letter, and before a record is read what is between
it and its neighbours: their headers and nothing else. Or, where neither is there, the file is read once from end to
end, as a plain one is, and what was found is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from .bgzf import BgzfFile, BlockTable, DamagedBlockError, table_of
from .fasta import most_records, read_fasta
from .fasta_index import content_of, index_path, remember, remembered
from .file_state import FileState, changed, unreadable
from .gzip_stream import damaged, unpack
from .record_table import RecordTable
from .samtools_index import FaiCheck, NameLeftOutError, indexes_beside
from .sliced_letters import SlicedLetters

__all__ = ["open_blocked"]

_FORM: Final = "cnn-tui-bgzf:3"


def open_blocked(
    path: Path, file: BinaryIO, blocks: Iterable[bytes], source: str, cache: Path | None
) -> SlicedLetters:
    """Open the letters of a BGZF file.

    Args:
        path: The file.
        file: The file, opened.
        blocks: Its bytes from the beginning, in pieces; read only where no index says where its letters lie.
        source: Its name, for error texts.
        cache: Where what was found is kept; None for nowhere.

    Raises:
        SequenceError: It is not FASTA of nucleotides, cut short or damaged, or changed meanwhile.
        IrregularLinesError: The letters of a record cannot be found by arithmetic.
    """
    state, content = FileState.of(file), content_of(file, source)
    index = index_path(path, cache, ".bgzf") if cache else None
    known = remembered(index, _FORM, content) if index else None
    if known:
        whole, begin = known
        records, end = RecordTable.from_bytes(whole, begin)
        packed, unpacked = np.frombuffer(whole, "<i8", offset=end).astype(np.int64).reshape(2, -1)
        return _sliced(path, records, BlockTable(packed, unpacked), state, source)
    position = file.tell()
    beside = indexes_beside(path, file, state)
    if beside is not None:
        with suppress(NameLeftOutError):
            return _sliced(path, *beside, state, source, FaiCheck(beside[0], beside[1].size, source))
    file.seek(position)
    records = read_fasta(unpack(blocks, source), source, most=most_records(state.size))
    try:
        table = table_of(file, state.size)
    except DamagedBlockError:
        raise damaged(source) from None
    if FileState.of(file) != state:
        raise changed(source)
    if index:
        tables = np.stack([table.packed, table.unpacked]).astype("<i8").tobytes()
        remember(index, _FORM, content, records.to_bytes() + tables)
    return _sliced(path, records, table, state, source)


def _sliced(
    path: Path,
    records: RecordTable,
    table: BlockTable,
    state: FileState,
    source: str,
    check: FaiCheck | None = None,
) -> SlicedLetters:
    try:
        file = BgzfFile(path, table)
    except OSError as error:
        raise unreadable(source, error) from error
    return SlicedLetters(file, records, state, source, check)
