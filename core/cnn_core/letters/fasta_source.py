"""FASTA text: which files stay on disk to be read by slice, and how many records a file may have."""

from __future__ import annotations

from typing import ClassVar, Final

from .fasta import MOST_RECORDS, most_records
from .gzip_stream import HEADER_BYTES, block_size
from .text_source import TextSource

__all__ = ["FastaText"]

_SMALL_PACKED: Final = 1 << 22
"""Bytes up to which a file of bgzip is rather held in memory than unpacked again and again."""


class FastaText(TextSource):
    """FASTA text: of a file, a named pipe or standard input, plain or compressed; see `TextSource`."""

    example: ClassVar[tuple[str, str]] = "a FASTA file", "cat my.fa | cnn-tui -"

    @property
    def is_sliced(self) -> bool:
        """Whether its letters stay on disk, to be fetched when they are asked for."""
        return self.state is not None and (not self.packed or (self.size > _SMALL_PACKED and self._is_bgzf()))

    @property
    def most(self) -> int:
        """How many records it may have."""
        return most_records(self.size) if self.packed else MOST_RECORDS

    def _is_bgzf(self) -> bool:
        self.file.seek(0)
        header = self.file.read(HEADER_BYTES)
        return len(header) == HEADER_BYTES and block_size(header) > 0
