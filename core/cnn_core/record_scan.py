"""The strongest cells of many records together, one record after the other, in bounded memory.

What is kept from record to record is the best few of each filter; of equal values the one in the earlier record
comes first, and within a record the order is that of `strongest`. Records too short for a single cell, those of no
letters among them, are passed over and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Final, Literal

from .alphabet import Ambiguity
from .block_reading import BlockReading, first_block
from .conv_pool import Block
from .errors import SequenceError, ShapeError, TooShortError, shorten
from .long_work import Progress, untold
from .model import Model
from .reading import LONGEST_PREDICTION
from .strongest import Hit, hits_above, strongest
from .whole_scan import default_threads

if TYPE_CHECKING:
    from .sequences import Record

__all__ = ["RecordScan", "Strands", "Stretch", "block_to_scan"]

Strands = Literal["both", "+", "-"]
"""Which strands are looked through."""

Stretch = tuple["Record", int, int]
"""A record, its first base that is looked through, 0-based, and one past its last."""

_NONE: Final = -1


def block_to_scan(model: Model) -> Block | None:
    """Return the block that is scanned unless another is asked for, whatever the lengths of the records.

    Args:
        model: The model.

    Returns:
        None where the model has no block that can be looked into.
    """
    return first_block(model, model.input.length or LONGEST_PREDICTION)


class RecordScan:
    """Stretches of records, and the block whose cells are looked for in them.

    Args:
        model: The model; one of a fixed length reads as much as its input holds, see `Model.of_any_length`.
        stretches: What is looked through, in the order of equal values. An iterator, as over a `RecordStream`, is gone
            through by a single scan, and its records are held one at a time.
        block: The block; None is the `block_to_scan`.
        strands: The strands.
        ambiguity: What an ambiguous letter becomes.
        threads: How many threads work at once, see `scan_cells`.
    """

    def __init__(
        self,
        model: Model,
        stretches: Iterable[Stretch],
        block: Block | None = None,
        *,
        strands: Strands = "both",
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        threads: int | None = None,
    ) -> None:
        self._model = model
        self._stretches = stretches if isinstance(stretches, Iterator) else tuple(stretches)
        self._places: dict[str, int] = {}
        self._passed = 0
        self._block = block or block_to_scan(model)
        self._strands: Strands = strands
        self._ambiguity = Ambiguity(ambiguity)
        self._threads = default_threads() if threads is None else threads
        self.too_short = 0
        """How many of the stretches that the last scan has come to have not a single cell."""
        self.records = 0
        """How many stretches the last scan has come to."""

    @property
    def bases(self) -> int:
        """How many bases are looked through, each strand counted; 0 where nobody knows before."""
        if isinstance(self._stretches, Iterator):
            return 0
        return (1 + (self._strands == "both")) * sum(stop - start for _, start, stop in self._stretches)

    def first(self) -> BlockReading:
        """Return the block on the first stretch that has a cell.

        Raises:
            SequenceError: None has letters.
            TooShortError: All are too short; it says so of the longest.
            ShapeError: The block cannot be computed on a stretch for another reason, such as its length.
            ModelError: The model has no block.
        """
        stretches = iter(self._stretches)
        longest, refusal = 0, None
        for passed, stretch in enumerate(stretches):
            letters = stretch[2] - stretch[1]
            try:
                found = self.reading(stretch) if letters else None
            except TooShortError as error:
                longest, refusal = max((longest, refusal), (letters, error), key=lambda each: each[0])
                found = None
            if found is not None:
                if stretches is self._stretches:
                    # What was passed by is not come to again.
                    self._passed += passed
                    self._stretches = chain((stretch,), stretches)
                return found
        if refusal is None:
            raise SequenceError("none of the records has letters", remedy="give other sequences")
        raise refusal

    def reading(self, stretch: Stretch) -> BlockReading:
        """Return the block on one stretch, on the + strand unless the − strand alone is looked through.

        Raises:
            TooShortError: It is too short for a single cell.
            ShapeError: The block cannot be computed on it for another reason, such as its length.
            ModelError: The model has no block.
        """
        record, start, stop = stretch
        try:
            return BlockReading.of(
                self._model,
                record,
                (start, stop),
                reverse=self._strands == "-",
                ambiguity=self._ambiguity,
                block=self._block,
            )
        except TooShortError:
            raise
        except ShapeError as error:
            where = ", ".join(filter(None, (f"record {shorten(record.name)}", error.where)))
            raise ShapeError(error.what, where=where, remedy=error.remedy) from None

    def in_order(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return hits of the last scan record after record, those of each by where their windows begin."""
        return sorted(hits, key=lambda hit: (self._places[hit.record], hit.start, hit.strand, hit.filter))

    def by_record(self, hits: Iterable[Hit]) -> Iterator[tuple[BlockReading, Iterator[Hit]]]:
        """Yield the hits of each record, and the block that they are cells of.

        Args:
            hits: Hits of a scan of these stretches, which are no iterator, record after record.
        """
        stretches = {stretch[0].name: stretch for stretch in self._stretches}
        for name, mine in groupby(hits, key=lambda hit: hit.record):
            yield self.reading(stretches[name]), mine

    def strongest(
        self,
        filters: Sequence[int],
        *,
        top: int,
        together: bool = False,
        threshold: float | None = None,
        progress: Progress = untold,
    ) -> tuple[Hit, ...]:
        """Return the strongest cells of all stretches.

        Args:
            filters: The filters that are asked for, each once.
            top: How many cells of each filter, at the most.
            together: Whether `top` counts the cells of all filters together.
            threshold: The least value of a hit; None is none.
            progress: Told how many bases are done and how many there are, each strand counted.

        Returns:
            Together: by value. Otherwise filter after filter, in the order asked for, each by value.

        Raises:
            SettingError: Not even one cell is asked for.
            SequenceError: The policy is `error` and a letter is ambiguous.
            ShapeError: The block cannot be computed on a stretch, and not because that is too short.
        """
        best: dict[int, list[Hit]] = {_NONE: []} if together else {index: [] for index in filters}
        least = None if threshold is None else [threshold] * len(filters)
        for reading, told in self._readings(progress):
            found = strongest(
                reading,
                filters,
                top=top,
                together=together,
                threshold=least,
                both_strands=self._strands == "both",
                progress=told,
                threads=self._threads,
            )
            assert found is not None
            if not found:
                continue
            for hit in found:
                best[_NONE if together else hit.filter].append(hit)
            for key in {_NONE if together else hit.filter for hit in found}:
                # Sorting is stable: of equal values those of the earlier record stay first.
                best[key] = sorted(best[key], key=lambda hit: -hit.value)[:top]
            floor = float("-inf") if threshold is None else threshold
            # What is weaker than all that is kept is not worth a look in the records to come.
            least = [
                max(floor, kept[-1].value) if len(kept := best[_NONE if together else index]) == top else floor
                for index in filters
            ]
        return tuple(hit for hits in best.values() for hit in hits)

    def above(self, threshold: float, filters: Sequence[int], progress: Progress = untold) -> Iterator[Hit]:
        """Yield every cell from a value up: record after record, each by where the windows begin.

        Args:
            threshold: The least value of a hit.
            filters: The filters that are asked for, each once.
            progress: Told how many bases are done and how many there are, each strand counted.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
            ShapeError: The block cannot be computed on a stretch, and not because that is too short.
        """
        for reading, told in self._readings(progress):
            yield from hits_above(
                reading,
                threshold,
                filters,
                both_strands=self._strands == "both",
                progress=told,
                threads=self._threads,
            )

    def _readings(self, progress: Progress) -> Iterator[tuple[BlockReading, Progress]]:
        """Yield the block on each stretch that has a cell, and what is to be told how many of its cells are done."""
        self.too_short = self.records = self._passed
        self._places.clear()
        total, done = self.bases, 0
        strands = 2 if self._strands == "both" else 1
        for stretch in self._stretches:
            bases = strands * (stretch[2] - stretch[1])
            self.records += 1
            self._places[stretch[0].name] = len(self._places)
            if not bases:
                self.too_short += 1
                continue

            def told(cells: int, all_cells: int, before: int = done, bases: int = bases) -> None:
                progress(before + bases * cells // max(1, all_cells), total)

            try:
                reading = self.reading(stretch)
            except TooShortError:
                self.too_short += 1
            else:
                yield reading, told
            done += bases
            progress(done, total)
