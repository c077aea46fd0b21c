"""Records of a text that cannot be read by slice, one after the other, each held in memory alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from .fasta import MOST_RECORDS, most_records, stream_fasta
from .fasta_source import STANDARD_INPUT, blocks_of, is_read_by_slice, open_file, standard_input
from .file_state import FileState, changed
from .gzip_stream import unpack
from .held_letters import MEMORY_LIMIT, NOTEWORTHY, HeldLetters
from .record_names import RecordNames
from .sequences import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..work.progress import Progress

__all__ = ["RecordStream", "open_stream"]


class RecordStream:
    """The records of a text that cannot be read by slice, in its order, once, and one at a time.

    The letters of a record are in memory until the next one is asked for, and cannot be read after that. Close it, or
    use it in a `with` block.

    Args:
        source: The file's name for people.
        records: The records.
        names: What they are called.
        file: What is closed with it, if anything is.
        packed: Whether the text is compressed.
    """

    def __init__(
        self, source: str, records: Iterator[Record], names: RecordNames, file: BinaryIO | None, *, packed: bool
    ) -> None:
        self.source = source
        self.letters = 0
        """How many letters the records have had so far."""
        self._records = records
        self._names = names
        self._file = file
        self._packed = packed

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What had to be assumed of the records so far, in full sentences."""
        return self._names.assumptions

    @property
    def notice(self) -> str:
        """What must be said of how the records were read, in one sentence, or nothing."""
        if not self._packed or self.letters <= NOTEWORTHY:
            return ""
        return (
            f"{self.source}: its {self.letters:,} letters were read one record after the other; unpacked, or packed "
            "with bgzip, they would be read where needed"
        )

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.letters += record.length
            yield record

    def close(self) -> None:
        """Give the file back; closing again does nothing."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_stream(
    path: str | os.PathLike[str],
    *,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> RecordStream | None:
    """Open the records of a FASTA file to go through them once, each held in memory alone.

    Args:
        path: The file or named pipe, or `-` for standard input.
        stdin: What `-` means; None for the program's standard input. It is left open.
        progress: Called while records are asked for. What it raises passes through.
        memory_limit: How many letters a record may have.

    Returns:
        The records; None where they can be read by slice, so that `open_sequences` holds nothing of them.

    Raises:
        SequenceError: The file cannot be read. While records are asked for: it is not FASTA of nucleotides, is cut
            short or damaged, or a record is too long; the message says where and what would be right.
    """
    if path == "-":
        stream = standard_input() if stdin is None else stdin
        blocks, packed = blocks_of(stream, STANDARD_INPUT, 0, progress)
        text = unpack(blocks, STANDARD_INPUT) if packed else blocks
        names = RecordNames(STANDARD_INPUT)
        return RecordStream(
            STANDARD_INPUT, _streamed(text, names, memory_limit, MOST_RECORDS), names, None, packed=packed
        )
    path = Path(path)
    source = path.name or str(path)
    file = open_file(path)
    try:
        state = FileState.of(file)
        blocks, packed = blocks_of(file, source, state.size, progress)
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and is_read_by_slice(file, packed, state.size):
            file.close()
            return None
    except BaseException:
        file.close()
        raise
    text = unpack(blocks, source) if packed else blocks
    names = RecordNames(source)

    def records_of_file() -> Iterator[Record]:
        yield from _streamed(text, names, memory_limit, most_records(state.size) if packed else MOST_RECORDS)
        if FileState.of(file) != state:
            raise changed(source)

    return RecordStream(source, records_of_file(), names, file, packed=packed)


def _streamed(text: Iterable[bytes], names: RecordNames, limit: int, most: int) -> Iterator[Record]:
    """Yield records of a text, each readable until the next is asked for."""
    too_long = "unpack it to a file and open that: a plain file is read by slice"
    taken: set[str] = set()
    for layout, codes in stream_fasta(text, names.source, limit=limit, too_long=too_long, most=most):
        name = names.instead_of(layout.name, taken)
        taken.add(name)
        letters = HeldLetters(codes, [layout.offset, layout.offset + layout.length], names.source)
        yield Record(name, layout.description, layout.length, 0, names.source, letters)
        letters.close()
        # Else it would be in memory as long as the next one is read.
        del letters, codes
