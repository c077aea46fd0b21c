"""The strongest cells of many records together, in bounded memory: short records in batches, others one by one.

What is kept from record to record is the best few of each filter; of equal values the one in the earlier record
comes first, and within a record the order is that of `strongest`. Records too short for a single cell, those of no
letters among them, are passed over and counted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, groupby
from typing import Final

from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT, first_block, is_on_letters, pools_all
from ..blocks.padding import Pad
from ..blocks.reading import Reading
from ..errors import SequenceError, ShapeError, TooShortError, shorten
from ..letter_sums.score_distribution import UNIFORM
from ..letters.alphabet import Ambiguity
from ..letters.record_batches import RecordSlice, WholeRecords, stretches_of_shard
from ..letters.strand_choice import Strands
from ..network.block import Block
from ..network.model import Model
from ..work.progress import Progress, no_progress
from ..work.shards import Shard
from .hits import Hit
from .p_values import PValues
from .scanned_batch import ScannedBatch, scanned_batches
from .scanned_so_far import ScannedSoFar
from .side_by_side import SideBySide
from .strands import Scanned
from .strongest import ScannedReading, check_top, highest_below, strongest_of
from .whole_scan import default_threads

__all__ = ["RecordScan", "block_to_scan"]

_log: Final = logging.getLogger(__name__)
_NONE: Final = -1


def block_to_scan(model: Model) -> Block | None:
    """Return the block that is scanned unless another is asked for, whatever the lengths of the records.

    Args:
        model: The model.

    Returns:
        None where the model has no block that can be looked into.
    """
    return first_block(model, model.input.length or LONGEST_WHOLE_INPUT)


class RecordScan:
    """Stretches of records, and the block whose cells are looked for in them.

    Args:
        model: The model; one of a fixed length reads as much as its input holds, see `Model.of_any_length`. Where its
            block pools all positions, longer stretches are read in input windows, one behind the other.
        stretches: What is looked through, in the order of equal values. An iterator, as over a `RecordStream`, is gone
            through by a single scan, and its records are held one at a time.
        block: The block; None is the `block_to_scan`.
        strands: The strands.
        ambiguity: What an ambiguous letter becomes.
        threads: How many threads work at once, see `scan_cells`.
        background: How often A, C, G and T stand in random letters, for the p-values of hits, see `PValues`.
        pad: How a stretch is padded that is shorter than the input of such a block; None is zeros behind its letters.
        shard: Which share of the cells is looked at, see `stretches_of_shard`; None is all, as of an iterator.
    """

    def __init__(
        self,
        model: Model,
        stretches: Iterable[RecordSlice],
        block: Block | None = None,
        *,
        strands: Strands | str = Strands.BOTH,
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        threads: int | None = None,
        background: Sequence[float] = UNIFORM,
        pad: Pad | None = None,
        shard: Shard | None = None,
    ) -> None:
        self._model = model
        self._stretches = stretches if isinstance(stretches, Iterator | Sequence) else tuple(stretches)
        self._passed = 0
        self.is_cut = False
        """Whether a stretch that the last scan has come to was longer than the input, and so is several here."""
        self._block = block or block_to_scan(model)
        size = model.input.length
        if size is not None and self._block is not None and pools_all(model, self._block):
            windows = self._input_windows(self._stretches, size)
            self._stretches = windows if isinstance(self._stretches, Iterator) else tuple(windows)
        self._every = self._stretches
        self._cuts: dict[int, tuple[int, int]] = {}
        if shard is not None:
            assert not isinstance(self._stretches, Iterator)
            self._stretches, self._cuts = stretches_of_shard(self._stretches, shard)
        self._strands = Strands(strands)
        self._ambiguity = Ambiguity(ambiguity)
        self._threads = default_threads() if threads is None else threads
        if self._block is not None:
            _log.info("scan of %s → %s, threads: %d", self._block.conv, self._block.pool, self._threads)
        self._background, self._pad = background, pad
        self.too_short = 0
        """How many of the stretches that the last scan has come to have not a single cell."""
        self.records = 0
        """How many stretches the last scan has come to."""
        self.padded = 0
        """How many of the stretches that the last scan has come to are shorter than the input, and were padded."""
        self.so_far = ScannedSoFar()
        """What the last scan has looked at."""

    def _input_windows(self, stretches: Iterable[RecordSlice], size: int) -> Iterator[RecordSlice]:
        """Yield stretches in windows; the last of each begins early enough to be full, where that is possible."""
        for record, start, stop in stretches:
            self.is_cut = self.is_cut or stop - start > size
            for first in range(start, stop, size):
                begin = max(start, min(first, stop - size))
                yield record, begin, min(begin + size, stop)
            if start == stop:
                yield record, start, stop

    @cached_property
    def p_values(self) -> PValues | None:
        """Those of the block's windows; None without a block."""
        if self._block is None:
            return None
        return PValues(self._model, self._block, self._background, self._strands)

    @property
    def bases(self) -> int:
        """How many bases are looked through, each strand counted; 0 if not known in advance."""
        if isinstance(self._stretches, Iterator):
            return 0
        if isinstance(self._stretches, WholeRecords):
            bases = self._stretches.bases
        else:
            bases = sum(stop - start for _, start, stop in self._stretches)
        for place, (start, stop) in self._cuts.items():
            bases -= self._stretches[place][2] - self._stretches[place][1] - (stop - start)
        return len(self._strands.signs) * bases

    def first(self) -> Reading:
        """Return the block on the first stretch that has a cell.

        Raises:
            SequenceError: None has letters.
            TooShortError: All are too short; it says so of the longest.
            ShapeError: The block cannot be computed on a stretch for another reason, such as its length.
            ModelError: The model has no block.
        """
        stretches = iter(self._every)
        longest = 0
        refusal: TooShortError | None = None
        for passed, stretch in enumerate(stretches):
            letters = stretch[2] - stretch[1]
            if letters <= longest:
                # It is too short as well, or has none.
                continue
            try:
                found = self.reading(stretch)
            except TooShortError as error:
                longest, refusal = letters, error
            else:
                if stretches is self._every:
                    # What was passed by is not come to again.
                    self._passed += passed
                    self._every = self._stretches = chain((stretch,), stretches)
                return found
        if refusal is None:
            raise SequenceError("none of the records has letters", remedy="give other sequences")
        raise refusal

    def reading(self, stretch: RecordSlice) -> Reading:
        """Return the block on one stretch, on the + strand unless the − strand alone is looked through.

        Raises:
            TooShortError: It is too short for a single cell.
            ShapeError: The block cannot be computed on it for another reason, such as its length.
            ModelError: The model has no block.
        """
        record, start, stop = stretch
        try:
            return Reading.of(
                self._model,
                record,
                (start, stop),
                reverse=self._strands == "-",
                ambiguity=self._ambiguity,
                pad=self._pad,
            ).into(self._block)
        except TooShortError:
            raise
        except ShapeError as error:
            where = ", ".join(filter(None, (f"record {shorten(record.name)}", error.where)))
            raise ShapeError(error.what, where=where, remedy=error.remedy) from None

    def in_order(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return hits of the last scan record after record, those of each by where their windows begin."""
        return sorted(hits, key=lambda hit: (hit.place, hit.start, hit.strand, hit.filter))

    def by_record(self, hits: Iterable[Hit]) -> Iterator[tuple[Reading, Iterator[Hit]]]:
        """Yield the hits of each record, and the block that they are cells of.

        Args:
            hits: Hits of a scan of these stretches, which are no iterator, record after record.
        """
        assert not isinstance(self._stretches, Iterator)
        for place, mine in groupby(hits, key=lambda hit: hit.place):
            yield self.reading(self._stretches[place]), mine

    def strongest(
        self,
        filters: Sequence[int],
        *,
        top: int,
        together: bool = False,
        threshold: float | None = None,
        max_p: float | None = None,
        progress: Progress = no_progress,
    ) -> tuple[Hit, ...]:
        """Return the strongest cells of all stretches.

        Args:
            filters: The filters that are asked for, each once.
            top: How many cells of each filter, at most.
            together: Whether `top` counts the cells of all filters together.
            threshold: The least value of a hit; None for no threshold.
            max_p: The largest p-value of a hit's window; None for no such threshold.
            progress: Told how many bases are done and how many there are, each strand counted.

        Returns:
            Together: by value. Otherwise filter after filter, in the order asked for, each by value.

        Raises:
            SettingError: Not even one cell is asked for, or there are no p-values and one is.
            SequenceError: The policy is `error` and a letter is ambiguous.
            ShapeError: The block cannot be computed on a stretch, and not because that is too short.
        """
        check_top(top)
        if max_p is not None and isinstance(self._stretches, Iterator):
            return strongest_of(
                filters, top, self.above(threshold, filters, progress, max_p=max_p), together=together
            )
        best: dict[int, list[Hit]] = {_NONE: []} if together else {index: [] for index in filters}
        keys = [_NONE if together else index for index in filters]
        bars = highest_below(self._least(filters, threshold, max_p))
        for scanned in self._scanned(filters, progress):
            changed = set()
            strongest = scanned.strongest(top, bars, self.so_far, together=together)
            for hit in strongest if max_p is None else self._with_p(strongest, None):
                if max_p is not None and (hit.p is None or hit.p > max_p):
                    # Strong, and yet too likely: weaker ones may have to take its place.
                    return strongest_of(
                        filters, top, self.above(threshold, filters, progress, max_p=max_p), together=together
                    )
                key = _NONE if together else hit.filter
                best[key].append(hit)
                changed.add(key)
            if changed:
                self.so_far.has_hits()
            for key in changed:
                # Sorting is stable: of equal values those of the earlier record stay first.
                best[key] = sorted(best[key], key=lambda hit: -hit.value)[:top]
            # From now on only what is stronger than all that is kept counts.
            for column, key in enumerate(keys):
                if key in changed and len(best[key]) == top:
                    bars[column] = best[key][-1].value
        found = (hit for hits in best.values() for hit in hits)
        # Most candidates are displaced by stronger ones, so p-values wait for those that are kept.
        return tuple(found if max_p is not None else self._with_p(found, None))

    def above(
        self,
        threshold: float | None,
        filters: Sequence[int],
        progress: Progress = no_progress,
        *,
        max_p: float | None = None,
    ) -> Iterator[Hit]:
        """Yield every cell from a value up, or up to a p-value: record after record, each by where the windows begin.

        Args:
            threshold: The least value of a hit; None for no threshold.
            filters: The filters that are asked for, each once.
            progress: Told how many bases are done and how many there are, each strand counted.
            max_p: The largest p-value of a hit's window; None for no such threshold.

        Raises:
            SettingError: There are no p-values and one is asked for.
            SequenceError: The policy is `error` and a letter is ambiguous.
            ShapeError: The block cannot be computed on a stretch, and not because that is too short.
        """
        bars = highest_below(self._least(filters, threshold, max_p))
        for scanned in self._scanned(filters, progress):
            for hit in self._with_p(scanned.above(bars, self.so_far), max_p):
                self.so_far.has_hits()
                yield hit

    def expected(
        self, filters: Sequence[int], threshold: float | None = None, max_p: float | None = None
    ) -> float | None:
        """Return how many windows of those that the last scan has looked at would be hits in random letters.

        Args:
            filters: The filters that were asked for.
            threshold: The least value of a hit, or None.
            max_p: The largest p-value of a hit, or None.

        Returns:
            Both strands counted where both were looked through; None where that is unknown.
        """
        known = self.p_values
        if known is None or not known.are_known:
            return None
        chances = [known.chance(index, max_p, threshold) for index in filters]
        return None if None in chances else self.so_far.windows * sum(filter(None, chances))

    def _least(self, filters: Sequence[int], threshold: float | None, max_p: float | None) -> list[float]:
        """Return the least value of a hit of each filter."""
        least = float("-inf") if threshold is None else threshold
        if max_p is None or self.p_values is None:
            return [least] * len(filters)
        self.p_values.check()
        return [max(least, self.p_values.lowest_activation(index, max_p)) for index in filters]

    def _with_p(self, hits: Iterable[Hit], max_p: float | None) -> Iterator[Hit]:
        """Yield hits with the p-values of their windows; what is too likely is left out."""
        for hit in hits:
            known = self.p_values if hit.position is not None else None
            p = None if known is None else known.of_letters(hit.filter, hit.letters)
            if max_p is None or (p is not None and p <= max_p):
                yield hit if p is None else replace(hit, p=p)

    def _scanned(self, filters: Sequence[int], progress: Progress) -> Iterator[Scanned]:
        """Yield what has a cell: one stretch, or those of a batch."""
        self.too_short = self.records = self._passed
        self.padded, self.so_far = 0, ScannedSoFar()
        total, done = self.bases, 0
        strands = len(self._strands.signs)
        for piece in self._pieces(filters):
            if isinstance(piece, ScannedBatch):
                self.records += len(piece.batch.lengths)
                self.too_short += piece.too_short
                self.so_far.windows += piece.windows
                yield piece
                done += strands * len(piece.batch.codes)
                progress(done, total)
                continue
            place = self.records - self._passed
            first, stop = cut = self._cuts.get(place, (0, piece[2] - piece[1]))
            bases = strands * (stop - first)
            self.records += 1
            if not bases:
                self.too_short += 1
                continue

            def told(cells: int, all_cells: int, before: int = done, bases: int = bases) -> None:
                progress(before + bases * cells // max(1, all_cells), total)

            try:
                reading = self.reading(piece)
            except TooShortError:
                self.too_short += 1
            else:
                self.padded += bool(reading.padded)
                scanned = ScannedReading(
                    reading,
                    filters,
                    both_strands=self._strands is Strands.BOTH,
                    progress=told,
                    threads=self._threads,
                    place=place,
                    between=cut if place in self._cuts else None,
                )
                self.so_far.windows += scanned.windows
                yield scanned
            done += bases
            progress(done, total)

    def _pieces(self, filters: Sequence[int]) -> Iterator[RecordSlice | ScannedBatch]:
        """Yield all stretches in order: those that are worth it alone, the others in batches that are computed."""
        side_by_side = self._side_by_side(filters)
        if side_by_side is None:
            yield from self._stretches
            return
        yield from scanned_batches(self._stretches, side_by_side, self._strands.reversed, self._threads)

    def _side_by_side(self, filters: Sequence[int]) -> SideBySide | None:
        """Return the block as it is computed for batches, or None where each stretch has to be computed alone."""
        model, block = self._model, self._block
        if block is None or model.input.length is not None or not is_on_letters(model, block):
            return None
        if pools_all(model, block):
            return None
        return SideBySide(model, block, filters, self._ambiguity)
