"""The values of a block along every record of a file, one record after the other, in bounded memory.

Records too short for a single value, empty ones included, are skipped and counted. Short records are computed side by
side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks.offered_blocks import is_on_letters
from ..blocks.reading import Reading
from ..errors import ShapeError, TooShortError, printable, shorten
from ..letters.record_batches import Batch, WholeRecords
from ..letters.sequence_files import Record, Sequences
from ..scan.scanned_batch import ScannedBatch, scanned_batches
from ..scan.side_by_side import LaidOut, SideBySide
from ..scan.whole_scan import default_threads
from ..work.progress import Progress, no_progress
from .values import BlockValues, Quantity, Rows, Values

__all__ = ["RecordsValues"]


@dataclass(frozen=True, eq=False)
class RecordsValues(Values):
    """The values of a block along every record; progress is counted in letters.

    Attributes:
        sequences: The records.
        first: The values along any record, which say what of which block is written, and how it is read.
        counts: The number of values of each filter along each record, shape (records,).
        origins: Where the first value of each record lies in it, see `BlockValues.origin`; 0 without values.
    """

    sequences: Sequences
    first: BlockValues
    counts: NDArray[np.int64]
    origins: NDArray[np.int64]

    @classmethod
    def of(cls, sequences: Sequences, first: BlockValues) -> RecordsValues:
        """Return the values along all records of a file.

        Args:
            sequences: The records.
            first: See `RecordsValues`.

        Raises:
            ShapeError: The block cannot be computed along a record, for another reason than its length.
        """
        different, at, which = np.unique(sequences.lengths, return_index=True, return_inverse=True)
        found = np.zeros((len(different), 2), dtype=np.int64)
        for nth, (length, number) in enumerate(zip(different.tolist(), at.tolist(), strict=True)):
            if length:
                try:
                    along = _along(first, sequences[number])
                except TooShortError:
                    continue
                found[nth] = along.count, along.origin
        counts, origins = found[which.reshape(-1)].T
        return cls(sequences, first, counts, origins)

    @property
    def one(self) -> BlockValues:
        """The values along any record."""
        return self.first

    @property
    def count(self) -> int:
        """The number of values of each filter, along all records."""
        return int(self.counts.sum())

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The lengths of the records in letters, shape (records,)."""
        return self.sequences.lengths.astype(np.int64)

    @property
    def placement(self) -> dict[str, NDArray[Any]]:
        """The rows of each record, the records' names and lengths, and where the first value of each lies."""
        return {
            "rows": np.concatenate([[0], np.cumsum(self.counts)]),
            "records": np.frombuffer("\n".join(self.names).encode(), dtype=np.uint8),
            "lengths": self.lengths,
            "origin": self.origins,
        }

    @property
    def too_short(self) -> int:
        """The number of records without a single value."""
        return int((self.counts == 0).sum())

    @property
    def names(self) -> list[str]:
        """The records' names in a file, all different."""
        return [self._spelled.get(number, name) for number, name in enumerate(self.sequences.names)]

    def name(self, place: int) -> str:
        """Return a record's name in a file, by its index."""
        return self._spelled.get(place) or self.sequences.name(place)

    @cached_property
    def _spelled(self) -> dict[int, str]:
        """The names whose unprintable characters are escaped, by the records' indices."""
        spelled: dict[int, str] = {}
        taken: set[str] = set()
        for number, name in enumerate(self.sequences.names):
            if name != printable(name):
                own, nth = printable(name), 2
                while own in self.sequences or own in taken:
                    own, nth = f"{printable(name)}#{nth}", nth + 1
                spelled[number] = own
                taken.add(own)
        return spelled

    def of_filters(self, filters: tuple[int, ...]) -> RecordsValues:
        """Return the values of some filters."""
        return replace(self, first=self.first.of_filters(filters))

    def by_record(self, progress: Progress = no_progress) -> Iterator[tuple[BlockValues, Progress]]:
        """Yield the values along each record that has one, see `Values.by_record`."""
        for number in np.flatnonzero(self.counts).tolist():
            yield self._alone(number, progress)

    def rows(self, progress: Progress = no_progress, *, as_read: bool = False) -> Iterator[Rows]:
        """Yield all values, see `Values.rows`."""
        for piece in self._pieces():
            if isinstance(piece, int):
                if self.counts[piece]:
                    values, of_record = self._alone(piece, progress)
                    for rows in values.rows(of_record, as_read=as_read):
                        yield replace(rows, records=np.full_like(rows.records, piece))
                continue
            for laid_out in piece.strands:
                rows = _rows(piece.batch, laid_out, self.first.step, as_read=as_read)
                yield rows
                progress(int(self._ends[rows.records[-1]]), int(self._ends[-1]))

    def _pieces(self) -> Iterator[int | ScannedBatch]:
        """Yield all records in order: short ones together where possible, the others by index."""
        reading = self.first.reading
        if self.first.quantity is not Quantity.CELLS or not is_on_letters(reading.model, reading.block):
            yield from range(len(self.sequences))
            return
        block = SideBySide(reading.model, reading.block, self.first.filters, reading.ambiguity)
        threads = default_threads() if self.first.threads is None else self.first.threads
        place = 0
        for piece in scanned_batches(WholeRecords(self.sequences), block, (reading.reverse,), threads):
            if isinstance(piece, ScannedBatch):
                yield piece
                place += len(piece.batch.lengths)
            else:
                yield place
                place += 1

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """The number of letters up to the end of each record."""
        return np.cumsum(self.sequences.lengths, dtype=np.int64)

    def _alone(self, number: int, progress: Progress) -> tuple[BlockValues, Progress]:
        """Return the values along a record, and the callback for progress along it."""
        record = self.sequences[number]
        end, total = int(self._ends[number]), int(self._ends[-1])
        spelled = self._spelled.get(number)
        values = _along(self.first, record if spelled is None else replace(record, name=spelled))
        return values, lambda done, count: progress(end - len(record) + len(record) * done // count, total)


def _rows(batch: Batch, laid_out: LaidOut, step: int, *, as_read: bool) -> Rows:
    """Return the cells of short records, within each record in the order of its letters, or in reading order."""
    cells = np.flatnonzero(laid_out.there)
    if laid_out.reverse:
        # On the other strand the last record comes first; reversed, all are in order.
        order = np.lexsort((laid_out.local[cells], laid_out.places[laid_out.owners[cells]]))
        cells = cells[order] if as_read else cells[::-1]
    owners, indices = laid_out.owners[cells], laid_out.local[cells]
    stride = laid_out.block.conv.sliding.stride
    lengths = laid_out.lengths[owners]
    starts = indices * step - (laid_out.conv_left + laid_out.pool_left * stride)[owners]
    starts = lengths - starts - step if laid_out.reverse else starts
    records = batch.first + laid_out.places[owners]
    stops = np.clip(starts + step, 0, lengths)
    return Rows(records, indices, np.clip(starts, 0, lengths), stops, laid_out.values[cells])


def _along(first: BlockValues, record: Record) -> BlockValues:
    reading = first.reading
    try:
        along = Reading.of(reading.model, record, reverse=reading.reverse, ambiguity=reading.ambiguity).into(
            reading.block
        )
    except TooShortError:
        raise
    except ShapeError as error:
        where = ", ".join(filter(None, (f"record {shorten(record.name)}", error.where)))
        raise ShapeError(error.what, where=where, remedy=error.remedy) from None
    return BlockValues.of(along, first.quantity, first.filters)
