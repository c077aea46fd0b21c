"""The strongest cells of a whole record: the best few of every filter, or all above a threshold, on both strands.

The order of hits is by value, the highest first; of equal values the one whose window begins first in the record,
then the + strand before the −, then the lower filter. Silent cells and cells that are
no number are no hits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..blocks.reading import Reading
from ..errors import SettingError
from ..layers import Array
from ..letters.alphabet import decode
from ..work.progress import Progress, ShouldContinue, always_continue, no_progress
from .best_cells import BestCells
from .hits import Hit
from .looked_at import LookedAt
from .whole_scan import Cells, scan_cells

if TYPE_CHECKING:
    from ..blocks.block_run import BlockRun

__all__ = ["Hit", "highest_below", "hit_at", "hits_above", "strongest"]

_BLOCK_VALUES = 1 << 17
"""Values that are looked through at a time for hits above a threshold, which bounds how many wait to be yielded."""
_LOOK = 1 << 13
"""Responses that take as long as one look at a single cell."""
_MOST_RESPONSES = 1 << 22
"""Responses that are in memory at once to find what cells chose."""


def strongest(
    reading: Reading,
    filters: Sequence[int] | None = None,
    *,
    top: int,
    together: bool = False,
    threshold: float | Sequence[float] | None = None,
    both_strands: bool = True,
    should_continue: ShouldContinue = always_continue,
    progress: Progress = no_progress,
    threads: int | None = None,
    looked_at: LookedAt | None = None,
) -> tuple[Hit, ...] | None:
    """Return the strongest cells of a whole reading, in the order of hits.

    Args:
        reading: The model on the input window.
        filters: The filters that are asked for; None is all.
        top: How many cells of each filter, at the most.
        together: Whether `top` counts the cells of all filters together.
        threshold: The least value of a hit, for all filters or for each of those asked for; None for no threshold.
        both_strands: Whether the other strand is looked through too.
        should_continue: Asked between chunks; the first no ends the work.
        progress: Told after each chunk how many cells are done, and how many there are on all strands.
        threads: How many threads work at once, see `scan_cells`.
        looked_at: What is told of all cells.

    Returns:
        Hits; a few times `top` cells a filter are in memory at a time. None where the work was ended.

    Raises:
        SettingError: Not even one cell is asked for.
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    if top < 1:
        raise SettingError(f"the strongest {top} cells are none", remedy="ask for 1 or more")
    wanted = list(range(reading.run.filters) if filters is None else dict.fromkeys(filters))
    readings = _strands(reading) if both_strands else (reading,)
    cells = _CellsOf(readings, wanted, should_continue, progress, threads, looked_at)
    bars = np.full(len(wanted), -np.inf if threshold is None else highest_below(threshold), dtype=np.float32)
    kept: list[BestCells] = []
    for each in readings:
        best = BestCells(len(wanted), top, bars, _floors(each.run, wanted), reverse=each.reverse)
        for chunk in cells.along(each):
            best.add(chunk)
        if cells.is_ended:
            return None
        kept.append(best)
    columns, _, values = (
        np.concatenate(of_strands) for of_strands in zip(*(best.cells() for best in kept), strict=True)
    )
    # What cannot be among the first of both strands is not worth a look at its selection.
    if together:
        least = dict.fromkeys(np.unique(columns).tolist(), _least(values, top))
    else:
        least = {column: _least(values[columns == column], top) for column in np.unique(columns).tolist()}
    found = (_hits(each, wanted, best, least) for each, best in zip(readings, kept, strict=True))
    hits = sorted(chain.from_iterable(found), key=_rank)
    if together:
        return tuple(hits[:top])
    taken: Counter[int] = Counter()
    ranked: list[Hit] = []
    for hit in hits:
        taken[hit.filter] += 1
        if taken[hit.filter] <= top:
            ranked.append(hit)
    return tuple(ranked)


def hits_above(
    reading: Reading,
    threshold: float,
    filters: Sequence[int] | None = None,
    *,
    both_strands: bool = True,
    should_continue: ShouldContinue = always_continue,
    progress: Progress = no_progress,
    threads: int | None = None,
    looked_at: LookedAt | None = None,
) -> Iterator[Hit]:
    """Yield every cell of a whole reading from a value up, in the order in which their windows begin in the record.

    Args:
        reading: The model on the input window.
        threshold: The least value of a hit.
        filters: The filters that are asked for; None is all.
        both_strands: Whether the other strand is looked through too.
        should_continue: Asked between chunks; the first no ends the work, and what was yielded is complete up to there.
        progress: Told after each chunk how many cells are done, and how many there are on all strands.
        threads: How many threads work at once, see `scan_cells`.
        looked_at: What is told of all cells.

    Raises:
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    wanted = list(range(reading.run.filters) if filters is None else dict.fromkeys(filters))
    readings = _strands(reading) if both_strands else (reading,)
    cells = _CellsOf(readings, wanted, should_continue, progress, threads, looked_at)

    def along(each: Reading) -> Iterator[Hit]:
        for chunk in cells.along(each):
            yield from _hits_of_chunk(each, wanted, chunk, threshold)

    for hit in merge(*(_in_order(each, along(each)) for each in readings), key=_place):
        # Where one strand has ended, hits of the other would stand behind a hole.
        if cells.is_ended:
            return
        yield hit


class _CellsOf:
    """The cells of a record's strands, chunk by chunk in its direction, which may be cancelled.

    Args:
        readings: The strands.
        wanted: The filters that are asked for.
        should_continue: Asked between chunks.
        progress: Told after each chunk.
        threads: How many threads work at once, see `scan_cells`.
        looked_at: What is told of all cells.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        wanted: Sequence[int],
        should_continue: ShouldContinue,
        progress: Progress,
        threads: int | None,
        looked_at: LookedAt | None,
    ) -> None:
        self._total, self._done = sum(each.run.cells for each in readings), 0
        self._wanted, self._should_continue, self._progress = wanted, should_continue, progress
        self._threads, self._looked_at = threads, looked_at
        self.is_ended = False
        """Whether a strand was cancelled before its last chunk."""

    def along(self, reading: Reading) -> Iterator[Cells]:
        """Yield the chunks of a strand; each has been dealt with when the next is asked for."""
        run, seen = reading.run, 0
        for chunk in scan_cells(
            run,
            filters=self._wanted,
            backwards=reading.reverse,
            should_continue=self._should_continue,
            threads=self._threads,
        ):
            if self._looked_at is not None:
                self._looked_at.count(chunk.values.size)
                self._looked_at.add(chunk.values, _floors(run, self._wanted))
            yield chunk
            seen += chunk.stop - chunk.start
            self._done += chunk.stop - chunk.start
            self._progress(self._done, self._total)
        self.is_ended |= seen < run.cells


def _floors(run: BlockRun, filters: Sequence[int]) -> Array | None:
    """Return what a silent response of each filter becomes, or None."""
    return None if run.floors is None else run.floors[list(filters)]


def _strands(reading: Reading) -> tuple[Reading, ...]:
    """Return a reading and that of the other strand, the + strand first."""
    both = reading, replace(reading, reverse=not reading.reverse)
    return tuple(sorted(both, key=lambda each: each.reverse))


def _rank(hit: Hit) -> tuple[float, int, str, int, int]:
    return -hit.value, *_place(hit)


def _place(hit: Hit) -> tuple[int, str, int, int]:
    """Return what hits of equal value are ordered by; cells count in the direction of the record."""
    return hit.start, hit.strand, hit.filter, hit.cell if hit.strand == "+" else -hit.cell


def _hits(reading: Reading, filters: Sequence[int], best: BestCells, least: Mapping[int, float]) -> Iterator[Hit]:
    """Yield those of the best cells that are at least a value, which is given for each of the columns."""
    columns, cells, values = best.cells()
    good = values >= np.array([least[column] for column in columns.tolist()])
    columns, cells, values = columns[good], cells[good], values[good]
    order = np.lexsort((cells, columns))
    columns, cells, values = columns[order], cells[order], values[order]
    positions = _positions(reading.run, filters, cells, columns)
    for at, (column, cell, value) in enumerate(zip(columns.tolist(), cells.tolist(), values.tolist(), strict=True)):
        yield _hit(reading, filters[column], value, cell, None if positions is None else int(positions[at]))


def _least(values: Array, top: int) -> float:
    """Return the value below which nothing is among the best."""
    return -np.inf if len(values) <= top else float(np.partition(values, -top)[-top])


def highest_below(threshold: float | Sequence[float]) -> Array:
    """Return the highest float32 below each number, so that what exceeds it is at least the number.

    Args:
        threshold: One number, or several.
    """
    exact = np.asarray(threshold, dtype=np.float64)
    with np.errstate(over="ignore"):
        nearest = exact.astype(np.float32)
    return np.where(nearest < exact, nearest, np.nextafter(nearest, np.float32(-np.inf)))


def hit_at(reading: Reading, filter_index: int, cell: int) -> Hit:
    """Return a cell of a reading as a hit: what it chose, where that stands in the record, and its letters.

    Args:
        reading: The model on the input window.
        filter_index: The filter.
        cell: The cell.
    """
    value = float(reading.run.values(cell, cell + 1)[0, filter_index])
    chosen = reading.run.selections(cell, cell + 1, keep=False)
    return _hit(reading, filter_index, value, cell, None if chosen is None else int(chosen[0, filter_index]))


def _hit(reading: Reading, index: int, value: float, cell: int, position: int | None) -> Hit:
    first, stop = reading.run.window_of(cell, position)
    letters = reading.stop - reading.start
    first = min(max(first, 0), letters)
    stop = max(first, min(stop, letters))
    start, end = reading.start + first, reading.start + stop
    if reading.reverse:
        start, end = reading.stop - stop, reading.stop - first
    return Hit(
        record=reading.record.name,
        filter=index,
        value=value,
        cell=cell,
        position=position,
        start=start,
        stop=end,
        strand="-" if reading.reverse else "+",
        letters=decode(reading.codes(first, stop)),
    )


def _hits_of_chunk(reading: Reading, filters: Sequence[int], chunk: Cells, threshold: float) -> Iterator[Hit]:
    """Yield the hits of a chunk, cell by cell in the record's direction."""
    run = reading.run
    bar = highest_below(threshold)
    floors = _floors(run, filters)
    rows = max(1, _BLOCK_VALUES // len(filters))
    blocks = range(0, len(chunk.values), rows)
    for row in reversed(blocks) if reading.reverse else blocks:
        values = chunk.values[row : row + rows]
        heard = values > bar
        if floors is not None:
            heard &= values != floors
        cells, columns = np.nonzero(heard)
        if not cells.size:
            continue
        start = chunk.start + row
        positions = _positions(run, filters, start + cells, columns)
        order = range(len(cells))
        for at in reversed(order) if reading.reverse else order:
            cell, column = int(cells[at]), int(columns[at])
            position = None if positions is None else int(positions[at])
            yield _hit(reading, filters[column], float(values[cell, column]), start + cell, position)


def _positions(
    run: BlockRun, filters: Sequence[int], cells: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.int64] | None:
    """Return the position that each of some cells chose, those of a column ascending; None where the pool averages."""
    if not cells.size:
        return np.zeros(0, dtype=np.int64)
    start, stop = int(cells.min()), int(cells.max()) + 1
    responses = (stop - start) * run.pool.sliding.stride * run.filters
    if responses <= min(len(cells) * _LOOK, _MOST_RESPONSES):
        chosen = run.selections(start, stop, keep=False)
        return None if chosen is None else chosen[cells - start, np.asarray(filters)[columns]]
    positions = np.zeros(len(cells), dtype=np.int64)
    for column in np.unique(columns):
        alone = run if run.filters == 1 else run.for_filter(filters[column])
        mine = filters[column] if alone is run else 0
        hits = np.flatnonzero(columns == column)
        # All cells from the first hit to the last, where that takes less time than to look at each.
        span = int(cells[hits[-1]] - cells[hits[0]]) + 1
        together = span * run.pool.sliding.stride < len(hits) * _LOOK
        groups = [hits] if together else [hits[at : at + 1] for at in range(len(hits))]
        for group in groups:
            first = int(cells[group[0]])
            chosen = alone.selections(first, int(cells[group[-1]]) + 1, keep=False)
            if chosen is None:
                return None
            positions[group] = chosen[cells[group] - first, mine]
    return positions


def _in_order(reading: Reading, hits: Iterator[Hit]) -> Iterator[Hit]:
    """Yield the hits of one strand by where they begin, given cell by cell in the record's direction.

    Hits of one cell, and of cells that overlap, may begin in another order: as many wait as could be overtaken.
    """
    run = reading.run
    waiting: list[Hit] = []
    cell: int | None = None
    for hit in hits:
        if hit.cell != cell:
            cell = hit.cell
            first, stop = run.window_of(cell, None)
            edge = reading.stop - stop if reading.reverse else reading.start + first
            waiting.sort(key=_place)
            ready = sum(each.start < edge for each in waiting)
            yield from waiting[:ready]
            del waiting[:ready]
        waiting.append(hit)
    yield from sorted(waiting, key=_place)
