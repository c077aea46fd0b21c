"""The strongest cells of the whole record, kept for the session, and where in an input window each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cnn_core.blocks.reading import Reading
from cnn_core.network.model import Model
from cnn_core.scan.strongest import Hit, strongest
from cnn_core.scan.whole_record import whole_reading
from cnn_core.scan.whole_scan import background_threads
from cnn_core.work.lru_cache import LruCache

from ..view.view_state import Axes, Level
from .cancellable_task import CancellableTask, Cancelled
from .job import Activity, Job
from .pacing import Pacing
from .record_scans import block_key

if TYPE_CHECKING:
    from cnn_core.work.progress import Progress, ShouldContinue

__all__ = [
    "TOP",
    "HitPlace",
    "Ranking",
    "StrongestCells",
    "cell_of_hit",
    "on_strand",
    "place_of_hit",
    "position_of_hit",
]

TOP: Final = 100
"""How many cells a ranking has at most."""
_KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class Ranking:
    """The strongest cells of one filter, or of all together, on both strands of a record.

    Attributes:
        whole: The block on the whole record, on the + strand; where it reads feature maps, on the input window.
            Nothing of it is computed.
        filter: The filter, or None for all together.
        hits: The cells, the strongest first.
    """

    whole: Reading
    filter: int | None
    hits: tuple[Hit, ...]


class StrongestCells:
    """Finds rankings and keeps the latest of them; any thread may ask."""

    def __init__(self) -> None:
        self._kept: LruCache[tuple[object, ...], Ranking] = LruCache(_KEPT)

    def known(self, reading: Reading, own_model: Model | None, chosen: int | None) -> Ranking | None:
        """Return a ranking that was found before, or None.

        Args:
            reading: The block on an input window, on either strand.
            own_model: The model as it came, before any live setting: whose weights they are.
            chosen: The filter, or None for all together.
        """
        return self._kept.get((*block_key(reading, own_model), chosen))

    def find(
        self,
        reading: Reading,
        own_model: Model | None,
        chosen: int | None,
        should_continue: ShouldContinue,
        progress: Progress,
    ) -> Ranking | None:
        """Return a ranking, looking through the whole record unless that was done before.

        Args:
            reading: The block on an input window, on either strand.
            own_model: The model as it came, before any live setting.
            chosen: The filter, or None for all together.
            should_continue: Asked between chunks; the first no ends the work.
            progress: Told how far it is.

        Returns:
            The ranking, or None where the work was ended.

        Raises:
            SequenceError: The policy is `error` and a letter of the record is ambiguous.
        """
        known = self.known(reading, own_model, chosen)
        if known is not None:
            return known
        whole = whole_reading(replace(reading, reverse=False) if reading.reverse else reading)
        filters = None if chosen is None else [chosen]
        hits = strongest(
            whole,
            filters,
            top=TOP,
            together=True,
            should_continue=should_continue,
            progress=progress,
            threads=background_threads(),
        )
        if hits is None:
            return None
        ranking = Ranking(whole.afresh(), chosen, hits)
        self._kept.put((*block_key(reading, own_model), chosen), ranking)
        return ranking

    def begin(
        self,
        job: Job,
        words: str,
        reading: Reading,
        own_model: Model | None,
        chosen: int | None,
        then: Callable[[Ranking], None],
    ) -> None:
        """Find a ranking behind the screen.

        Args:
            job: What does it, and tells how far it is.
            words: What is being done.
            reading: As for `find`, as the next two.
            own_model: The model.
            chosen: The filter.
            then: Takes the ranking.
        """

        def find(task: CancellableTask[Ranking]) -> Ranking:
            pacing = Pacing(lambda far: job.tell(task, Activity(words, far)), 2 * len(reading.record))
            ranking = self.find(reading, own_model, chosen, task.wanted, pacing)
            if ranking is None:
                raise Cancelled
            return ranking

        job.begin(words, find, then)


@dataclass(frozen=True, eq=False)
class HitPlace:
    """Where a hit is looked at.

    Attributes:
        reading: The block on the hit's strand, on an input window that holds it.
        level: What the cursor stands on there: the hit's cell, or where another response is the strongest of every
            cell that reads it, its response.
        index: Which of them.
    """

    reading: Reading
    level: Level
    index: int


def place_of_hit(reading: Reading, ranking: Ranking, hit: Hit) -> HitPlace:
    """Return where a hit is looked at; the input window moves only where it has to.

    Cells of an input window begin at its first base, so they may begin elsewhere than those of the whole record.
    Where the present window has no cell of this selection, it moves by a few bases.

    Args:
        reading: The block on the present input window, on either strand.
        ranking: The hit's ranking.
        hit: One of its hits.
    """
    turned = on_strand(reading, hit)
    last: Reading = turned
    for start in _starts(turned, ranking, hit):
        last = turned if start == turned.start else turned.moved_to(start)
        cell = _exact_cell(last, ranking, hit)
        if cell is not None:
            return HitPlace(last, Level.CELL, cell)
    position = position_of_hit(last, ranking, hit)
    if position is not None:
        return HitPlace(last, Level.RESPONSE, position)
    axes = Axes.of(last.run)
    return HitPlace(last, Level.CELL, axes.cell_at(last.base_at(_record_base(ranking, hit))))


def cell_of_hit(reading: Reading, ranking: Ranking, hit: Hit) -> int | None:
    """Return which cell of an input window is a hit's, by arithmetic alone, or None.

    Args:
        reading: The block on an input window.
        ranking: The hit's ranking.
        hit: One of its hits.
    """
    axes = Axes.of(reading.run)
    return _index_at(_record_base(ranking, hit), reading, hit, axes.base_of_cell(0), axes.cell_width, axes.cells)


def position_of_hit(reading: Reading, ranking: Ranking, hit: Hit) -> int | None:
    """Return which position of an input window a hit selected, or None.

    Args:
        reading: The block on an input window.
        ranking: The hit's ranking.
        hit: One of its hits.
    """
    if hit.position is None:
        return None
    axes, whole = Axes.of(reading.run), on_strand(ranking.whole, hit)
    base = whole.record_position(Axes.of(whole.run).base_of_position(hit.position))
    return _index_at(base, reading, hit, axes.base_of_position(0), axes.position_width, axes.positions)


def _index_at(record_base: int, reading: Reading, hit: Hit, first: int, width: int, count: int) -> int | None:
    """Return which place of an axis begins at a base of the record on the hit's strand, or None."""
    if reading.reverse != (hit.strand == "-"):
        return None
    index, beside = divmod(reading.base_at(record_base) - first, width)
    return None if beside or not 0 <= index < count else index


def on_strand(reading: Reading, hit: Hit) -> Reading:
    """Return a reading on the strand of a hit."""
    return reading if reading.reverse == (hit.strand == "-") else replace(reading, reverse=not reading.reverse)


def _record_base(ranking: Ranking, hit: Hit) -> int:
    """Return where in the record a hit's cell begins, in the direction of its strand; it may lie outside."""
    whole = on_strand(ranking.whole, hit)
    return whole.record_position(Axes.of(whole.run).base_of_cell(hit.cell))


def _exact_cell(reading: Reading, ranking: Ranking, hit: Hit) -> int | None:
    """Return the cell of an input window that is a hit's or has its selection, or None."""
    if not reading.start <= hit.start <= hit.stop <= reading.stop:
        return None
    cell, position = cell_of_hit(reading, ranking, hit), position_of_hit(reading, ranking, hit)
    run = reading.run
    if hit.position is None or run.letters is None:
        return cell
    if position is None:
        return None
    axes = Axes.of(run)
    run = run.for_filter(hit.filter)
    column = hit.filter if run.filters > 1 else 0
    for candidate in (cell, axes.cell_of(position)):
        if candidate is not None:
            chosen = run.selections(candidate, candidate + 1, keep=False)
            if chosen is not None and int(chosen[0, column]) == position:
                return candidate
    return None


def _starts(reading: Reading, ranking: Ranking, hit: Hit) -> Iterator[int]:
    """Yield where an input window could begin, the least move first."""
    yield reading.start
    size = reading.stop - reading.start
    last = len(reading.record) - size
    middle = min(max((hit.start + hit.stop - size) // 2, 0), last)
    axes, base = Axes.of(reading.run), _record_base(ranking, hit)
    width, first = axes.cell_width, axes.base_of_cell(0)
    # Where the window begins so, one of its cells begins where the hit's cell does.
    residue = (first + base - size + 1) % width if reading.reverse else (base - first) % width
    centres = (reading.start, middle) if reading.start <= hit.start <= hit.stop <= reading.stop else (middle,)
    for centre in centres:
        down = centre - (centre - residue) % width
        near = sorted((down, down + width), key=lambda start: abs(start - centre))
        yield from (start for start in near if 0 <= start <= last)
    yield middle
