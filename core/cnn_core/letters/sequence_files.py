"""Named records, read by slice, from a FASTA file, plain or compressed, or from standard input.

A plain file stays on disk, and any slice of any record is fetched when it is asked for; so does one compressed with
bgzip, unless it is small. Any other compressed file, standard input, and a file whose lines have several widths are
read once and held as codes, one byte a letter: all records together, or, by `record_stream`, one after the other. All
accept the same text, give the same letters, and refuse the same text with the same sentence.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from operator import index as as_int
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import numpy as np

from ..errors import NotFoundError, RegionError, SequenceError, SettingError, shorten
from ..work.cache_folder import cache_directory
from .alphabet import decode
from .fasta import read_fasta
from .fasta_index import open_sliced
from .fasta_source import FastaText
from .held_letters import MEMORY_LIMIT, NOTEWORTHY, HeldLetters
from .letter_faults import at
from .line_widths import IrregularLinesError
from .record_names import GivenNames
from .record_table import RecordTable
from .sliced_letters import SlicedLetters

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..work.progress import Progress

__all__ = [
    "MEMORY_LIMIT",
    "Record",
    "RecordIndexError",
    "Sequences",
    "open_sequences",
]

_log: Final = logging.getLogger(__name__)

_NAMES_COMPARED: Final = 5_000
"""Names searched for likeness: with a million records an error must not take a minute."""


_Letters = SlicedLetters | HeldLetters
"""Where the letters of all records are."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One FASTA record: a name, a description, and letters that are read by slice. Threads may share it."""

    name: str
    """The first word of its header, with a number where an earlier record has that name: text from a file, which may
    hold control characters."""
    description: str
    """What follows the name on the header's line, or nothing."""
    length: int
    """How many letters it has; 0 is possible."""
    _number: int = field(repr=False)
    source: str = field(repr=False)
    """The name of the file that it is in, or `standard input`."""
    _letters: _Letters = field(repr=False)

    def __len__(self) -> int:
        return self.length

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return self._letters is other._letters and self._number == other._number

    def __hash__(self) -> int:
        return hash((id(self._letters), self._number))

    def codes(self, start: int = 0, stop: int | None = None) -> NDArray[np.uint8]:
        """Read a slice as codes (see `alphabet`).

        Args:
            start: The first letter, 0-based.
            stop: One past the last letter; None for the record's end.

        Returns:
            Codes, shape (stop - start,), read-only.

        Raises:
            RegionError: The slice is not all in the record.
            SequenceError: The file has changed or has been closed.
        """
        first, last = as_int(start), self.length if stop is None else as_int(stop)
        if not 0 <= first <= last <= self.length:
            raise RegionError(
                f"the slice {first}:{last} is not in the record",
                where=at(self.source, self.name),
                remedy=f"it has {self.length} letters, 0:{self.length}",
            )
        return self._letters.read(self._number, first, last)

    def letters(self, start: int = 0, stop: int | None = None) -> str:
        """Read a slice as letters: soft-masked ones are lowercase, U is T.

        Args:
            start: The first letter, 0-based.
            stop: One past the last letter; None for the record's end.

        Returns:
            The letters.

        Raises:
            RegionError: The slice is not all in the record.
            SequenceError: The file has changed or has been closed.
        """
        return decode(self.codes(start, stop))


class RecordIndexError(NotFoundError, IndexError):
    """An index beyond the last record, or before the first."""


class Sequences:
    """The records of one file, in its order: by index, by name, or one after the other.

    Close it, or use it in a `with` block. Its records can be read until then.

    Args:
        source: The file's name without its folders, or `standard input`.
        records: The records.
        letters: Their letters.
        notice: What must be said about how they are held, in one sentence, or nothing.
    """

    def __init__(self, source: str, records: RecordTable, letters: _Letters, notice: str = "") -> None:
        self.source = source
        self.notice = notice
        self._letters = letters
        self._records = records
        self._given = GivenNames(source, records)
        self.assumptions: tuple[str, ...] = self._given.assumptions
        """What had to be assumed of the records, in full sentences."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all records, in the order of the file, no two alike (see `record_names`)."""
        return tuple(self._all_names())

    @property
    def lengths(self) -> NDArray[np.integer]:
        """How many letters each record has, shape (records,)."""
        return self._records.lengths

    @property
    def lengths_by_name(self) -> dict[str, int]:
        """How many letters each record has, by its name, in the order of the file."""
        return dict(zip(self._all_names(), self.lengths.tolist(), strict=True))

    def read_whole(self, first: int, stop: int) -> NDArray[np.uint8]:
        """Read the letters of neighbouring records at once.

        Args:
            first: The first record, 0-based.
            stop: One past the last.

        Returns:
            Codes, one record after the other, shape (letters of all,).

        Raises:
            SequenceError: The file has changed or has been closed.
        """
        codes = self._letters.read_whole(first, stop)
        if codes is None:
            codes = np.concatenate([self[number].codes() for number in range(first, stop)])
        return codes

    def close(self) -> None:
        """Release the file or the memory; closing again does nothing."""
        self._letters.close()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return map(self._record, range(len(self)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._given.number_of(name) is not None

    def __getitem__(self, key: int | str) -> Record:
        """Return a record.

        Args:
            key: Its name, or its 0-based index; negative indices count from the end.

        Raises:
            NotFoundError: No record has this name; the message names those most like it.
            RecordIndexError: There are not so many records.
            SettingError: It is neither a name nor a whole number.
        """
        if isinstance(key, str):
            return self._record(self.index(key))
        try:
            return self._record(range(len(self))[as_int(key)])
        except IndexError:
            raise RecordIndexError(
                f"there is no record {key}", where=self.source, remedy=f"it has {len(self):,}, counted from 0"
            ) from None
        except TypeError:
            raise SettingError(
                f"a {type(key).__name__} names no record", remedy="give its name, or its place as a whole number"
            ) from None

    def name(self, place: int) -> str:
        """Return what a record is called.

        Args:
            place: Its place, from 0.
        """
        return self._given.get(place, self._records.name(place))

    def index(self, name: str) -> int:
        """Return the place of the record of a name, from 0.

        Args:
            name: Its name.

        Raises:
            NotFoundError: No record has this name; the message names those most like it.
        """
        number = self._given.number_of(name)
        if number is None:
            raise NotFoundError(
                f"no record is named '{shorten(name)}'", where=self.source, remedy=self._suggestion(name)
            )
        return number

    def _record(self, number: int) -> Record:
        layout = self._records[number]
        name = self._given.get(number, layout.name)
        return Record(name, layout.description, layout.length, number, self.source, self._letters)

    def _all_names(self) -> Iterator[str]:
        return map(self.name, range(len(self)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sequences {self.source}: {len(self)} records>"

    def _suggestion(self, name: str) -> str:
        plain = _plain(name)
        alike = list(islice((known for known in self._all_names() if _plain(known) == plain), 3))
        alike = alike or get_close_matches(name, islice(self._all_names(), _NAMES_COMPARED), 3)
        if alike:
            return f"did you mean {' or '.join(shorten(known) for known in alike)}?"
        first = ", ".join(shorten(known) for known in islice(self._all_names(), 3))
        return f"there {'is' if len(self) == 1 else 'are'} {first}{', …' if len(self) > 3 else ''}"


def open_sequences(
    path: str | os.PathLike[str],
    *,
    stdin: BinaryIO | None = None,
    cache: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> Sequences:
    """Open the records of a FASTA file, plain or compressed with gzip or bgzip.

    Whether it is compressed is told by its content, not by its name.

    Args:
        path: The file or named pipe, or `-` for standard input.
        stdin: What `-` means; None for the program's standard input. It is left open.
        cache: The directory for the index of a plain file or one of bgzip; None for the environment's
            `CNN_TUI_CACHE` or the user's cache directory. Where it cannot be written, the index is not remembered.
        progress: Called while the file is read for the first time; it may start over once. What it raises
            passes through, and leaves nothing behind.
        memory_limit: How many letters may be held in memory.

    Returns:
        The records, at least one.

    Raises:
        SequenceError: The file cannot be read, is not FASTA of nucleotides, is cut short or damaged, or is to
            be held in memory and too long for that; the message says where and what would be right.
    """
    with FastaText(path, stdin, progress) as text:
        if text.is_sliced:
            try:
                letters = open_sliced(text, cache_directory(cache))
                return Sequences(text.source, letters.records, letters)
            except IrregularLinesError as irregular:
                if text.size > memory_limit:
                    raise SequenceError(
                        f"{irregular.what}, and the file is too large to be held in memory",
                        where=irregular.where,
                        remedy=irregular.remedy,
                    ) from None
        sequences = _hold(text, memory_limit)
        text.check_unchanged()
        return sequences


def _hold(text: FastaText, limit: int) -> Sequences:
    _log.info("%s: read from end to end and held in memory, without an index", text.path or text.source)
    source, codes = text.source, bytearray()
    too_long = "unpack it: a plain file is read by slice" if text.state else "save it to a file and open that"
    records = read_fasta(text.unpacked(), source, kept=codes, limit=limit, too_long=too_long, most=text.most)
    notice = ""
    if text.packed and len(codes) > NOTEWORTHY:
        notice = (
            f"{source}: all {len(codes):,} letters are held in memory; unpacked, or packed with bgzip, they would be "
            "read where needed"
        )
    starts = np.append(records.places(0, len(records))[0], len(codes))
    return Sequences(source, records, HeldLetters(codes, starts, source), notice)


def _plain(name: str) -> str:
    return name.casefold().removeprefix("chr")
