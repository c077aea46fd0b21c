"""Neighbouring short stretches of records, gathered so that one call of numpy serves them all.

A record of 28 letters is computed in a microsecond, and what leads up to that takes a thousand times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from ..work.shards import Shard
from .held_letters import HeldLetters
from .readable_record import ReadableRecord
from .sequence_files import Record, Sequences

__all__ = ["Batch", "RecordSlice", "WholeRecords", "batches_of", "stretches_of_shard"]

RecordSlice = tuple[ReadableRecord, int, int]
"""A record, its first base that is looked through, 0-based, and one past its last."""

_MOST_STRETCHES: Final = 1 << 15
"""In one batch, such as of records that have no letters."""
_MOST_LETTERS: Final = 1 << 18
"""In one batch, whoever asks for it."""
_PARTS: Final = 4
"""A stretch of more than one of so many parts of a batch's letters is scanned alone."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Neighbouring stretches.

    Attributes:
        first: The place of the first among all that are gone through.
        lengths: How many letters each has, shape (stretches,).
        codes: Their letters, those of one behind those of the other.
        stretch: Returns a stretch by its place in the batch; the letters of its record need not be readable.
    """

    first: int
    lengths: NDArray[np.int64]
    codes: NDArray[np.uint8]
    stretch: Callable[[int], RecordSlice]

    def readable(self, place: int) -> RecordSlice:
        """Return a stretch whose letters can be read whatever has become of its record.

        Args:
            place: Its place in the batch.
        """
        record, start, stop = self.stretch(place)
        begin = int(self.lengths[:place].sum())
        codes = self.codes[begin : begin + stop - start]
        source = getattr(record, "source", "")
        held = HeldLetters(codes, [-start], source)
        return Record(record.name, "", len(record), 0, source, held), start, stop


class WholeRecords(Sequence[RecordSlice]):
    """All records of a file, or neighbours, each as a stretch; what is said of one is made when it is asked for.

    Args:
        sequences: The records.
        within: The places of the neighbours; None is all.
    """

    def __init__(self, sequences: Sequences, within: range | None = None) -> None:
        self._sequences = sequences
        self._places = range(len(sequences)) if within is None else within

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> RecordSlice: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[RecordSlice, ...]: ...

    def __getitem__(self, place: int | slice) -> RecordSlice | tuple[RecordSlice, ...]:
        if isinstance(place, slice):
            return tuple(self[at] for at in range(len(self))[place])
        record = self._sequences[self._places[place]]
        return record, 0, len(record)

    @property
    def bases(self) -> int:
        """How many letters all records have."""
        return int(self.lengths.sum())

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many letters each record has, shape (records,)."""
        return self._sequences.lengths[self._places.start : self._places.stop].astype(np.int64)

    def some(self, first: int, stop: int) -> WholeRecords:
        """Return neighbours among them.

        Args:
            first: The place of the first.
            stop: One past that of the last.
        """
        return WholeRecords(self._sequences, self._places[first:stop])

    def batches(self, letters: int) -> Iterator[Batch | RecordSlice]:
        """Yield all records, see `batches_of`."""
        lengths = self.lengths
        longest = max(1, min(letters, _MOST_LETTERS) // _PARTS)
        long = np.append(np.flatnonzero(lengths > longest), len(lengths))
        ends = np.cumsum(lengths)
        first = 0
        while first < len(lengths):
            following = int(long[np.searchsorted(long, first)])
            if following == first:
                yield self[first]
                first += 1
                continue
            before = int(ends[first]) - int(lengths[first])
            stop = min(
                int(np.searchsorted(ends, before + letters, side="right")), following, first + _MOST_STRETCHES
            )
            yield self._batch(first, stop, lengths[first:stop])
            first = stop

    def _batch(self, first: int, stop: int, lengths: NDArray[np.int64]) -> Batch:
        begin = self._places.start
        codes = self._sequences.read_whole(begin + first, begin + stop)
        return Batch(first, lengths, codes, lambda place: self[first + place])


def stretches_of_shard(
    stretches: Sequence[RecordSlice], shard: Shard
) -> tuple[Sequence[RecordSlice], dict[int, tuple[int, int]]]:
    """Return the stretches of a shard, shared out by their letters.

    A stretch belongs to the shard that has its first letter; one that is longer than any in a batch is cut.

    Args:
        stretches: The stretches of all shards.
        shard: The shard.

    Returns:
        The stretches, neighbours; and by the places of those that are cut the letters that are the shard's own,
        half-open, counted from the stretch's first.
    """
    if isinstance(stretches, WholeRecords):
        sizes = stretches.lengths
    else:
        sizes = np.array([stop - start for _, start, stop in stretches], dtype=np.int64)
    stops = np.cumsum(sizes)
    starts = stops - sizes
    begin, end = shard.span(int(sizes.sum()))
    is_cut = (sizes > _MOST_LETTERS // _PARTS) & (begin < end)
    mine = np.flatnonzero((starts < end) & np.where(is_cut, begin < stops, begin <= starts))
    if not mine.size:
        return stretches[:0], {}
    first, last = int(mine[0]), int(mine[-1])
    cuts = {
        place - first: (max(0, begin - int(starts[place])), min(end, int(stops[place])) - int(starts[place]))
        for place in {first, last}
        if is_cut[place]
    }
    if isinstance(stretches, WholeRecords):
        return stretches.some(first, last + 1), cuts
    return stretches[first : last + 1], cuts


def batches_of(stretches: Iterable[RecordSlice], letters: int) -> Iterator[Batch | RecordSlice]:
    """Yield stretches in order, short ones gathered and long ones as they are.

    Of an iterator none is asked for before the one that was yielded last has been dealt with, and the letters of a
    record are read before the next is asked for.

    Args:
        stretches: The stretches.
        letters: How many letters a batch has, at most.
    """
    if isinstance(stretches, WholeRecords):
        yield from stretches.batches(letters)
        return
    longest = max(1, min(letters, _MOST_LETTERS) // _PARTS)
    waiting: list[RecordSlice] = []
    codes: list[NDArray[np.uint8]] = []
    first = held = 0

    def batch() -> Batch:
        nonlocal first, held, waiting, codes
        lengths = np.array([stop - start for _, start, stop in waiting], dtype=np.int64)
        made = Batch(first, lengths, np.concatenate([np.zeros(0, dtype=np.uint8), *codes]), waiting.__getitem__)
        first += len(waiting)
        waiting, codes, held = [], [], 0
        return made

    for stretch in stretches:
        record, start, stop = stretch
        size = stop - start
        if waiting and (held + size > letters or size > longest or len(waiting) == _MOST_STRETCHES):
            yield batch()
        if size > longest:
            first += 1
            yield stretch
            continue
        waiting.append(stretch)
        held += size
        if size:
            codes.append(record.codes(start, stop))
    if waiting:
        yield batch()
