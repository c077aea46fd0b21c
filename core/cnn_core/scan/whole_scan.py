"""All cells of a record, chunk by chunk: in bounded memory, nearest to a place first, and ended when asked."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..layers import Array
from ..work.cores import cores
from ..work.prefetch import prefetch
from ..work.progress import ShouldContinue, always_continue

if TYPE_CHECKING:
    from ..blocks.block_run import BlockRun

__all__ = [
    "ALONE_FOR",
    "Cells",
    "background_threads",
    "chunk_cells",
    "default_threads",
    "prepare_scan",
    "scan_cells",
    "wanted_runs",
]

_CHUNK_BASES = 1 << 19
_CHUNK_VALUES = 1 << 19
"""Values that stay near a core while they are looked at."""
_THREADED_CHUNK_VALUES = 1 << 20
"""Values that are worth handing from one thread to another."""
ALONE_FOR = 16
"""Up to one in so many filters, each gets a run of its own."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A stretch of cells.

    Attributes:
        start: The first cell.
        stop: One past the last.
        values: Their values, shape (stop − start, filters that were asked for).
    """

    start: int
    stop: int
    values: Array


def default_threads() -> int:
    """Return how many threads a scan uses by default, see `cnn_core.work.cores.cores`."""
    return cores()


def background_threads() -> int:
    """Return how many threads a job in the background uses: one core is left for the keys."""
    return max(1, default_threads() - 1)


def chunk_cells(run: BlockRun, filters: int, threads: int = 1) -> int:
    """Return how many cells a chunk has, which bounds the memory and how long an end is waited for.

    Args:
        run: The block.
        filters: How many filters are asked for.
        threads: How many threads work at once.
    """
    stride = run.pool.sliding.stride
    # Where all activations have to be in memory, they count.
    values = filters if run.pools_responses else filters * stride
    most = _CHUNK_VALUES if threads == 1 else _THREADED_CHUNK_VALUES
    return max(1, min(_CHUNK_BASES // (stride * run.conv.stride), most // values))


def prepare_scan(run: BlockRun, filters: Sequence[int] | None = None) -> None:
    """Load what makes a scan of a whole input faster, where it is long enough; otherwise `scan_cells` does it.

    Args:
        run: The block.
        filters: The filters that are asked for; None is all.
    """
    wanted_runs(run, range(run.filters) if filters is None else filters)[0][0].prepare()


def scan_cells(
    run: BlockRun,
    *,
    filters: Sequence[int] | None = None,
    nearest: int | None = None,
    backwards: bool = False,
    known: Container[int] = (),
    within: range | None = None,
    should_continue: ShouldContinue = always_continue,
    threads: int | None = None,
) -> Iterator[Cells]:
    """Yield the cells of a whole input, or some neighbours, each once.

    Args:
        run: The block.
        filters: The filters that are asked for, in the order of the values' columns; None is all.
        nearest: The cell whose chunk comes first, then its neighbours outwards; None goes from one end to the other.
        backwards: Whether to go from the last chunk to the first; the cells of a chunk are in order all the same.
        known: The first cells of chunks that are known already, from scans with as many threads, and are passed over.
        within: The cells that are asked for; None is all.
        should_continue: Asked before each chunk; the first no ends the scan.
        threads: How many threads work at once, by default `default_threads`; their number changes no bit.
    """
    threads = default_threads() if threads is None else threads
    wanted = range(run.filters) if filters is None else filters
    runs, columns = wanted_runs(run, wanted)
    size = chunk_cells(run, max(each.filters for each in runs), threads)
    cells = range(run.cells) if within is None else within
    if not cells:
        return
    runs[0].prepare()
    chunks = -(-len(cells) // size)

    order = _order(chunks, None if nearest is None else (nearest - cells.start) // size, backwards=backwards)
    firsts = (cells.start + index * size for index in order)
    starts = (first for first in firsts if first not in known)

    def compute(start: int) -> Cells:
        chunk = start, min(start + size, cells.stop)
        values = [each.values(*chunk, keep=False) for each in runs]
        joined = values[0] if len(values) == 1 else np.concatenate(values, axis=1)
        return Cells(*chunk, joined if columns is None else joined[:, columns])

    yield from prefetch(compute, starts, min(threads, chunks), should_continue=should_continue)


def wanted_runs(run: BlockRun, wanted: Sequence[int]) -> tuple[list[BlockRun], list[int] | None]:
    """Return the runs to be computed, and which of their columns are asked for where not all are.

    Args:
        run: The block.
        wanted: The filters that are asked for.
    """
    few = 0 < len(wanted) * ALONE_FOR <= max(run.filters, ALONE_FOR)
    if few and run.letters is not None and run.activation.elementwise:
        return ([run] if run.filters == 1 else [run.for_filter(index) for index in wanted]), None
    return [run], None if list(wanted) == list(range(run.filters)) else list(wanted)


def _order(chunks: int, first: int | None, *, backwards: bool) -> Iterator[int]:
    """Yield the indices of chunks: outwards from one of them, or from one end to the other."""
    if first is None:
        yield from reversed(range(chunks)) if backwards else range(chunks)
        return
    first = min(max(first, 0), chunks - 1)
    yield first
    for distance in range(1, chunks):
        if first + distance < chunks:
            yield first + distance
        if first - distance >= 0:
            yield first - distance
