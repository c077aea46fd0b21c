"""The values of a block along every record of a file, one record after the other, in bounded memory.

Records too short for a single value, those of no letters among them, are passed over and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..blocks.assumptions import assumptions_of
from ..blocks.block_reading import BlockReading
from ..errors import ShapeError, TooShortError, printable, shorten
from ..letters.sequences import Record, Sequences
from ..work.progress import Progress, no_progress
from .archive import PiecewiseArray, write_arrays
from .bed import write_bed
from .bedgraph import track_line, write_bedgraph_lines
from .bigwig import write_tracks
from .comments import assumption_array
from .decimals import decimals
from .record_rows import RecordRows, rows_of_batches
from .runs import Runs, check_one_filter, not_finite, runs_of
from .tables import table_head, table_name, write_table_lines
from .values import BlockValues, filter_names

__all__ = ["RecordsValues"]


@dataclass(frozen=True, eq=False)
class RecordsValues:
    """The values of a block along every record.

    Attributes:
        sequences: The records.
        first: Those along any record: they say what of which block is written, and how it is read.
        counts: How many values each filter has along each record, shape (records,).
        progress: Told how many letters of the records are done, and how many there are.
    """

    sequences: Sequences
    first: BlockValues
    counts: NDArray[np.int64]
    progress: Progress = no_progress

    @classmethod
    def of(cls, sequences: Sequences, first: BlockValues, progress: Progress = no_progress) -> RecordsValues:
        """Return the values along all records of a file.

        Args:
            sequences: The records.
            first: See `RecordsValues`.
            progress: See `RecordsValues`.

        Raises:
            ShapeError: The block cannot be computed along a record, and not because that is too short.
        """
        different, at, which = np.unique(sequences.lengths, return_index=True, return_inverse=True)
        counts = np.zeros(len(different), dtype=np.int64)
        for nth, (length, number) in enumerate(zip(different.tolist(), at.tolist(), strict=True)):
            if length:
                try:
                    counts[nth] = _along(first, sequences[number]).count
                except TooShortError:
                    continue
        return cls(sequences, first, counts[which.reshape(-1)], progress)

    def of_filters(self, filters: tuple[int, ...]) -> RecordsValues:
        """Return the values of some filters."""
        return replace(self, first=replace(self.first, filters=filters))

    @property
    def too_short(self) -> int:
        """How many records have not a single value."""
        return int((self.counts == 0).sum())

    def __iter__(self) -> Iterator[tuple[int, BlockValues]]:
        """Yield the place of each record that has a value, and its values."""
        for number in np.flatnonzero(self.counts).tolist():
            yield number, self._alone(number)
            self._tell(number)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """How many letters the records have up to each, itself included."""
        return np.cumsum(self.sequences.lengths, dtype=np.int64)

    def _tell(self, number: int) -> None:
        """Tell that a record is done, and all before it."""
        self.progress(int(self._ends[number]), int(self._ends[-1]))

    def _alone(self, number: int) -> BlockValues:
        record = self.sequences[number]
        spelled = self._spelled.get(number)
        return _along(self.first, record if spelled is None else replace(record, name=spelled))

    def _pieces(self) -> Iterator[tuple[int, BlockValues] | RecordRows]:
        """Yield all values: those of one record, or the rows of short records together."""
        for piece in rows_of_batches(self.sequences, self.first):
            if isinstance(piece, RecordRows):
                yield piece
                self._tell(int(piece.records[-1]))
            elif self.counts[piece]:
                yield piece, self._alone(piece)
                self._tell(piece)

    def _names_of(self, records: NDArray[np.int64]) -> list[str]:
        """Return the names of some neighbouring records, given for each row."""
        different, which = np.unique(records, return_inverse=True)
        names = [self._spelled.get(number) or self.sequences.name(number) for number in different.tolist()]
        return [names[nth] for nth in which.reshape(-1).tolist()]

    def _runs(self, rows: RecordRows) -> tuple[NDArray[np.int64], Runs]:
        """Return the runs of one filter's values along each record, see `runs.runs_of`, and which record each is of."""
        check_one_filter(self.first)
        inside = rows.stops > rows.starts
        records, starts, stops = rows.records[inside], rows.starts[inside], rows.stops[inside]
        column = rows.values[inside, 0].astype(np.float32, copy=False)
        wrong = np.flatnonzero(~np.isfinite(column))
        if wrong.size:
            raise not_finite(self._names_of(records[wrong[:1]])[0], int(starts[wrong[0]]))
        new = np.flatnonzero(np.r_[True, (column[1:] != column[:-1]) | (records[1:] != records[:-1])])
        ends = np.r_[new[1:] - 1, len(column) - 1]
        return records[new], (starts[new], stops[ends], column[new])

    @property
    def names(self) -> list[str]:
        """What the records are called in a file, no two alike."""
        return [self._spelled.get(number, name) for number, name in enumerate(self.sequences.names)]

    @cached_property
    def _spelled(self) -> dict[int, str]:
        """The names in which characters that are not printed are spelled, by the records' places."""
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

    def write_table(self, file: BinaryIO) -> None:
        """Write all as one table, see `tables.write_table`."""
        file.write(table_head(self.first))
        for piece in self._pieces():
            if not isinstance(piece, RecordRows):
                write_table_lines(piece[1], file)
                continue
            names = map(table_name, self._names_of(piece.records))
            columns = [decimals(column) for column in piece.values.T]
            rows = zip(
                names, piece.starts.tolist(), piece.stops.tolist(), piece.indices.tolist(), *columns, strict=True
            )
            strand = self.first.strand
            file.write(
                "".join(
                    f"{name}\t{start}\t{stop}\t{strand}\t{index}\t{chr(9).join(row)}\n"
                    for name, start, stop, index, *row in rows
                ).encode()
            )

    def write_bed(self, file: BinaryIO) -> None:
        """Write all as BED, record after record, see `bed.write_bed`."""
        for _, values in self:
            write_bed(values, file)

    def write_bedgraph(self, file: BinaryIO) -> None:
        """Write all as one bedGraph track, see `bedgraph.write_bedgraph`."""
        file.write(f"{track_line(self.first)}\n".encode())
        for piece in self._pieces():
            if not isinstance(piece, RecordRows):
                write_bedgraph_lines(piece[1], file)
                continue
            records, (starts, stops, column) = self._runs(piece)
            rows = zip(self._names_of(records), starts.tolist(), stops.tolist(), decimals(column), strict=True)
            file.write("".join(f"{name}\t{start}\t{stop}\t{value}\n" for name, start, stop, value in rows).encode())

    def write_bigwig(self, file: BinaryIO) -> None:
        """Write all as one bigWig, each record a chromosome of it, see `bigwig.write_tracks`."""

        def runs() -> Iterator[tuple[int, Runs]]:
            for piece in self._pieces():
                if not isinstance(piece, RecordRows):
                    yield from ((piece[0], each) for each in runs_of(piece[1]))
                    continue
                records, (starts, stops, column) = self._runs(piece)
                firsts = np.flatnonzero(np.r_[True, records[1:] != records[:-1]]).tolist()
                for first, stop in zip(firsts, [*firsts[1:], len(records)], strict=True):
                    yield int(records[first]), (starts[first:stop], stops[first:stop], column[first:stop])

        write_tracks(self.names, self.sequences.lengths.astype(np.int64), self.first.step, runs(), file)

    def write_arrays(self, file: BinaryIO) -> None:
        """Write all as arrays, the values of one record below those of the other.

        The values, under the name of their quantity, have the shape (values of all records, filters); those of record
        i are the rows from `rows[i]` to `rows[i + 1]`, in the order in which it is read. `records` are the names as
        UTF-8, one a line; `filters`, `filter_names`, `strand`, `step` and `assumptions` are as in
        `archive.value_arrays`, and so is `origin`, with a number for each record.
        """
        first, lengths = self.first, self.sequences.lengths.astype(np.int64)
        integers = first.quantity.value == "selections"
        origins = np.zeros(len(lengths), dtype=np.int64)

        def pieces() -> Iterator[NDArray[Any]]:
            for piece in self._pieces():
                if isinstance(piece, RecordRows):
                    base = piece.first_bases
                    mine = lengths[piece.records]
                    origins[piece.records] = mine - base if first.reading.reverse else base
                    yield piece.values[np.lexsort((piece.indices, piece.records))]
                    continue
                number, values = piece
                origins[number] = (
                    lengths[number] - values.first_base if first.reading.reverse else values.first_base
                )
                yield from (values.between(*stretch) for stretch in values.stretches())

        called = filter_names(first.reading.run)
        kind = np.dtype(np.int64 if integers else np.float32)
        shape = (int(self.counts.sum()), len(first.filters))
        write_arrays(
            {
                first.quantity.value: PiecewiseArray(shape, kind, pieces()),
                "rows": np.concatenate([[0], np.cumsum(self.counts)]),
                "records": np.frombuffer("\n".join(self.names).encode(), dtype=np.uint8),
                "lengths": lengths,
                # What is known after the values have been written: the array is filled by then.
                "origin": origins,
                "step": np.array((-1 if first.reading.reverse else 1) * first.step, dtype=np.int64),
                "strand": np.array(first.strand),
                "filters": np.array(first.filters, dtype=np.int64),
                "filter_names": np.array([called[index] if called else "" for index in first.filters]),
                **assumption_array(assumptions_of(first.reading, first.reading.block.conv)),
            },
            file,
        )


def _along(first: BlockValues, record: Record) -> BlockValues:
    reading = first.reading
    try:
        along = BlockReading.of(
            reading.model, record, reverse=reading.reverse, ambiguity=reading.ambiguity, block=reading.block
        )
    except TooShortError:
        raise
    except ShapeError as error:
        where = ", ".join(filter(None, (f"record {shorten(record.name)}", error.where)))
        raise ShapeError(error.what, where=where, remedy=error.remedy) from None
    return BlockValues.of(along, first.quantity, first.filters)
