"""The strongest cells of a whole record: the best few of every filter, or all above a threshold, on both strands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import merge
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..blocks.reading import Reading
from ..errors import SettingError
from ..layers import Array
from ..letters.alphabet import decode
from ..work.progress import Progress, ShouldContinue, always_continue, no_progress
from .hits import FoundCells, Hit
from .scanned_so_far import ScannedSoFar
from .strands import Scanned, Strand, exceeding
from .whole_scan import Cells, scan_cells

if TYPE_CHECKING:
    from ..blocks.block_run import BlockRun

__all__ = ["Hit", "ScannedReading", "highest_below", "hit_at", "hits_between", "strongest", "strongest_of"]

_BLOCK_VALUES = 1 << 17
"""Values that are looked through at a time for hits above a threshold, which bounds how many wait to be yielded."""
_NONE = -1
_WAITING = 1000
"""Hits that wait before the strongest of them are found."""
_LOOK = 1 << 13
"""Responses that take as long as one look at a single cell."""
_MOST_RESPONSES = 1 << 22
"""Responses that are in memory at once to find what cells selected."""


def strongest(
    reading: Reading,
    filters: Sequence[int] | None = None,
    *,
    top: int,
    together: bool = False,
    threshold: float | None = None,
    both_strands: bool = True,
    should_continue: ShouldContinue = always_continue,
    progress: Progress = no_progress,
    threads: int | None = None,
) -> tuple[Hit, ...] | None:
    """Return the strongest cells of a whole reading, in the order of hits (see `strands`).

    Args:
        reading: The model on the input window.
        filters: The filters that are asked for; None is all.
        top: How many cells of each filter, at most.
        together: Whether `top` counts the cells of all filters together.
        threshold: The least value of a hit; None for no threshold.
        both_strands: Whether the other strand is looked through too.
        should_continue: Asked between chunks; the first no ends the work.
        progress: Told after each chunk how many cells are done, and how many there are on all strands.
        threads: How many threads work at once, see `scan_cells`.

    Returns:
        Hits; a few times `top` cells a filter are in memory at a time. None where the work was ended.

    Raises:
        SettingError: Not even one cell is asked for.
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    check_top(top)
    scanned = ScannedReading(
        reading,
        filters,
        both_strands=both_strands,
        should_continue=should_continue,
        progress=progress,
        threads=threads,
    )
    bars = np.full(
        len(scanned.filters), -np.inf if threshold is None else highest_below(threshold), dtype=np.float32
    )
    hits = tuple(scanned.strongest(top, bars, ScannedSoFar(), together=together))
    return None if scanned.is_ended else hits


def strongest_of(filters: Sequence[int], top: int, hits: Iterable[Hit], *, together: bool) -> tuple[Hit, ...]:
    """Return the strongest of hits that come in the order of the records.

    Args:
        filters: The filters that are asked for.
        top: How many of each, at most.
        hits: The hits.
        together: Whether `top` counts the hits of all filters together.
    """
    best: dict[int, list[Hit]] = {_NONE: []} if together else {index: [] for index in filters}
    for hit in hits:
        mine = best[_NONE if together else hit.filter]
        mine.append(hit)
        if len(mine) > 2 * top + _WAITING:
            mine[:] = sorted(mine, key=lambda each: -each.value)[:top]
    return tuple(hit for mine in best.values() for hit in sorted(mine, key=lambda each: -each.value)[:top])


def hit_at(reading: Reading, filter_index: int, cell: int) -> Hit:
    """Return a cell of a reading as a hit: what it selected, where that stands in the record, and its letters.

    Args:
        reading: The model on the input window.
        filter_index: The filter.
        cell: The cell.
    """
    scanned = ScannedReading(reading, [filter_index], both_strands=False)
    value = reading.run.values(cell, cell + 1)[:, filter_index]
    (strand,) = scanned.strands
    return next(strand.found(np.array([cell]), np.array([0]), value).hits(scanned.origin))


def hits_between(reading: Reading, start: int, stop: int, bars: Array) -> Iterator[Hit]:
    """Yield some cells of a reading that exceed a value of their filter, and are not all 0, as hits.

    Args:
        reading: The model on the input window.
        start: The first cell.
        stop: One past the last.
        bars: The values, shape (filters,).
    """
    scanned = ScannedReading(reading, both_strands=False)
    (strand,) = scanned.strands
    values = reading.run.values(start, stop)
    cells, columns = exceeding(values, bars, strand.floors)
    if cells.size:
        yield from strand.found(start + cells, columns, values[cells, columns]).hits(scanned.origin)


def check_top(top: int) -> None:
    """Refuse to look for less than one cell.

    Raises:
        SettingError: It is less than 1.
    """
    if top < 1:
        raise SettingError(f"{top} strongest cells were asked for", remedy="ask for 1 or more")


def highest_below(threshold: float | Sequence[float]) -> Array:
    """Return the highest float32 below each number, so that what exceeds it is at least the number.

    Args:
        threshold: One number, or several.
    """
    exact = np.asarray(threshold, dtype=np.float64)
    with np.errstate(over="ignore"):
        nearest = exact.astype(np.float32)
    return np.where(nearest < exact, nearest, np.nextafter(nearest, np.float32(-np.inf)))


class ScannedReading(Scanned):
    """A whole reading, and its other strand.

    Args:
        reading: The model on the input window.
        filters: The filters that are asked for; None is all.
        both_strands: Whether the other strand is looked through too.
        should_continue: Asked between chunks; the first no ends the work.
        progress: Told after each chunk how many cells are done, and how many there are on all strands.
        threads: How many threads work at once, see `scan_cells`.
        place: The reading's place among all stretches that are scanned.
        between: Between which letters of the reading the cells begin that are looked at, in the record's direction;
            None is all cells.
    """

    def __init__(
        self,
        reading: Reading,
        filters: Sequence[int] | None = None,
        *,
        both_strands: bool = True,
        should_continue: ShouldContinue = always_continue,
        progress: Progress = no_progress,
        threads: int | None = None,
        place: int = 0,
        between: tuple[int, int] | None = None,
    ) -> None:
        self.filters = list(range(reading.run.filters) if filters is None else dict.fromkeys(filters))
        self.first = place
        self._reading = reading
        both = (reading, replace(reading, reverse=not reading.reverse)) if both_strands else (reading,)
        readings = sorted(both, key=lambda each: each.reverse)
        cells = [range(each.run.cells) if between is None else _cells_between(each, *between) for each in readings]
        total, done = sum(map(len, cells)), 0

        def told(cells: int) -> None:
            nonlocal done
            done += cells
            progress(done, total)

        self.strands: list[_ReadStrand] = [
            _ReadStrand(each.reverse, each, self.filters, should_continue, told, threads, mine)
            for each, mine in zip(readings, cells, strict=True)
        ]

    @property
    def windows(self) -> int:
        """How many windows are under the cells, each strand counted; where not all cells are looked at, their share."""
        run = self._reading.run
        covered = run.pool.sliding.covered(run.positions)
        ends = [(strand.cells.start, strand.cells.stop) for strand in self.strands]
        return sum(covered * stop // run.cells - covered * start // run.cells for start, stop in ends)

    @property
    def is_ended(self) -> bool:
        """Whether the scan of a strand was ended before its last chunk."""
        return any(strand.is_ended for strand in self.strands)

    def origin(self, place: int) -> tuple[str, int, int]:
        """Return the record's name and length, and the first base of the reading."""
        record = self._reading.record
        return record.name, len(record), self._reading.start

    def above(self, bar: Array, so_far: ScannedSoFar) -> Iterator[Hit]:
        """Yield every cell that exceeds a value, see `Scanned.above`."""
        found = (self._in_order(strand.above(bar, so_far)) for strand in self.strands)
        for hit in merge(*found, key=lambda hit: (hit.start, hit.strand, hit.filter, _along(hit))):
            # Where one strand has ended, hits of the other would stand behind a hole.
            if self.is_ended:
                return
            yield hit

    def _in_order(self, blocks: Iterator[tuple[int, FoundCells]]) -> Iterator[Hit]:
        """Yield the cells of one strand by where their windows begin.

        Those of cells that overlap may begin in another order: as many wait as could be overtaken.
        """
        waiting: FoundCells | None = None
        for edge, found in blocks:
            if waiting is not None:
                ready = waiting.starts < edge
                yield from waiting.taken(ready).hits(self.origin, self.first)
                found = FoundCells.joined([waiting.taken(~ready), found])
            waiting = found.in_order(by_value=False)
        if waiting is not None:
            yield from waiting.hits(self.origin, self.first)


def _cells_between(reading: Reading, start: int, stop: int) -> range:
    """Return the cells of a reading whose first base in the record, or the first that is no padding, is in a span."""
    run, letters = reading.run, reading.letters
    last = len(letters) - 1

    def base(cell: int) -> int:
        first, end = run.window_of(cell, None)
        return min(max(0, letters.stop - end if reading.reverse else first - letters.start), last)

    cells = range(run.cells)
    if reading.reverse:
        # Cells are counted from the record's end.
        return range(
            bisect_right(cells, -stop, key=lambda cell: -base(cell)),
            bisect_right(cells, -start, key=lambda cell: -base(cell)),
        )
    return range(bisect_left(cells, start, key=base), bisect_left(cells, stop, key=base))


def _along(hit: Hit) -> int:
    return hit.cell if hit.strand == "+" else -hit.cell


@dataclass(eq=False)
class _ReadStrand(Strand):
    """One strand of a reading; `told` takes how many cells a chunk had."""

    reverse: bool
    reading: Reading
    filters: Sequence[int]
    should_continue: ShouldContinue
    told: Callable[[int], None]
    threads: int | None
    cells: range

    @cached_property
    def floors(self) -> Array | None:
        """What the lowest responses of each filter that is asked for become, or None."""
        floors = self.reading.run.floors
        return None if floors is None else floors[list(self.filters)]

    def chunks(self, so_far: ScannedSoFar) -> Iterator[Cells]:
        """Yield all cells, see `Strand.chunks`; each chunk has been dealt with when the next is asked for."""
        run, seen = self.reading.run, 0
        for chunk in scan_cells(
            run,
            filters=self.filters,
            backwards=self.reverse,
            within=self.cells,
            should_continue=self.should_continue,
            threads=self.threads,
        ):
            so_far.add(chunk.values, self.floors)
            yield chunk
            seen += chunk.stop - chunk.start
            self.told(chunk.stop - chunk.start)
        self.is_ended = seen < len(self.cells)

    def above(self, bar: Array, so_far: ScannedSoFar) -> Iterator[tuple[int, FoundCells]]:
        """Yield the cells that exceed a value, block by block, and before which base no later one begins."""
        rows = max(1, _BLOCK_VALUES // len(self.filters))
        letters = self.reading.letters
        for chunk in self.chunks(so_far):
            blocks = range(0, len(chunk.values), rows)
            for row in reversed(blocks) if self.reverse else blocks:
                values = chunk.values[row : row + rows]
                cells, columns = exceeding(values, bar, self.floors)
                if not cells.size:
                    continue
                found = self.found(chunk.start + row + cells, columns, values[cells, columns])
                first, stop = self.reading.run.window_of(int(found.cells[-1 if self.reverse else 0]), None)
                yield letters.stop - stop if self.reverse else first - letters.start, found

    def found(self, cells: NDArray[np.intp], columns: NDArray[np.intp], values: Array) -> FoundCells:
        """Return what is to be said of some cells, see `Strand.found`."""
        reading, run, left = self.reading, self.reading.run, self.reading.letters.start
        selected = _positions(run, self.filters, cells, columns)
        pairs = zip(cells.tolist(), selected.tolist(), strict=True)
        windows = np.array([run.window_of(cell, None if at < 0 else at) for cell, at in pairs], dtype=np.int64)
        return FoundCells.of_strand(
            np.zeros(len(cells), dtype=np.int64),
            np.asarray(self.filters, dtype=np.int64)[columns],
            values,
            cells,
            selected,
            windows.reshape(-1, 2) - left,
            np.full(len(cells), reading.stop - reading.start),
            lambda _, start, stop: decode(reading.codes(left + start, left + stop)),
            reverse=self.reverse,
        )


def _positions(
    run: BlockRun, filters: Sequence[int], cells: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Return the position that each of some cells selected, −1 where the pool averages."""
    positions = np.full(len(cells), -1, dtype=np.int64)
    if not cells.size:
        return positions
    start, stop = int(cells.min()), int(cells.max()) + 1
    responses = (stop - start) * run.pool.sliding.stride * run.filters
    if responses <= min(len(cells) * _LOOK, _MOST_RESPONSES):
        selected = run.selections(start, stop, keep=False)
        return positions if selected is None else selected[cells - start, np.asarray(filters)[columns]]
    for column in np.unique(columns):
        alone = run if run.filters == 1 else run.for_filter(filters[column])
        mine = filters[column] if alone is run else 0
        hits = np.flatnonzero(columns == column)
        hits = hits[np.argsort(cells[hits])]
        # All cells from the first hit to the last, where that takes less time than to look at each.
        span = int(cells[hits[-1]] - cells[hits[0]]) + 1
        together = span * run.pool.sliding.stride < len(hits) * _LOOK
        groups = [hits] if together else [hits[at : at + 1] for at in range(len(hits))]
        for group in groups:
            first = int(cells[group[0]])
            selected = alone.selections(first, int(cells[group[-1]]) + 1, keep=False)
            if selected is None:
                return positions
            positions[group] = selected[cells[group] - first, mine]
    return positions
