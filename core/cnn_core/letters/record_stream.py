"""Records of a text that cannot be read by slice, one after the other, each held in memory alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from .fasta import stream_fasta
from .fasta_source import FastaText
from .held_letters import MEMORY_LIMIT, NOTEWORTHY, HeldLetters
from .record_names import RecordNames
from .sequence_files import Record

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from ..work.progress import Progress

__all__ = ["RecordStream", "open_stream"]

_log: Final = logging.getLogger(__name__)


class RecordStream:
    """The records of a text that cannot be read by slice, in its order, once, and one at a time.

    The letters of a record are in memory until the next one is asked for, and cannot be read after that. Close it, or
    use it in a `with` block.

    Args:
        text: The text.
        memory_limit: How many letters a record may have.
    """

    def __init__(self, text: FastaText, memory_limit: int = MEMORY_LIMIT) -> None:
        self.source = text.source
        self.letters = 0
        """How many letters the records have had so far."""
        self._text = text
        self._names = RecordNames(text.source)
        self._records = self._read(memory_limit)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What had to be assumed of the records so far, in full sentences."""
        return self._names.assumptions

    @property
    def notice(self) -> str:
        """What must be said about how the records were read, in one sentence, or nothing."""
        if not self._text.packed or self.letters <= NOTEWORTHY:
            return ""
        return (
            f"{self.source}: its {self.letters:,} letters were read one record after the other; unpacked, or packed "
            "with bgzip, they would be read where needed"
        )

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._text.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, limit: int) -> Iterator[Record]:
        """Yield the records, each readable until the next is asked for."""
        text, source = self._text, self.source
        too_long = "unpack it to a file and open that: a plain file is read by slice"
        taken: set[str] = set()
        for layout, codes in stream_fasta(text.unpacked(), source, limit=limit, too_long=too_long, most=text.most):
            name = self._names.instead_of(layout.name, taken)
            taken.add(name)
            self.letters += layout.length
            letters = HeldLetters(codes, [layout.offset, layout.offset + layout.length], source)
            yield Record(name, layout.description, layout.length, 0, source, letters)
            letters.close()
            # Otherwise it would stay in memory while the next one is read.
            del letters, codes
        text.check_unchanged()


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
    text = FastaText(path, stdin, progress)
    if text.is_sliced:
        text.close()
        return None
    _log.info("%s: read as it comes, record after record, without an index", text.path or text.source)
    return RecordStream(text, memory_limit)
