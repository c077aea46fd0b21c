"""Hits as a table on a terminal, where the progress may stand, too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Final

from cnn_core import blocks
from cnn_core.errors import printable

from ..words.numbers import number
from .columns import column_lines, column_widths
from .streams import write_lines

if TYPE_CHECKING:
    from cnn_core.blocks import BlockRun, Reading
    from cnn_core.scan.strongest import Hit

    from .found_hits import FoundHits
    from .progress import Bars
    from .scanned_places import Places

__all__ = ["show"]

_HEAD: Final = ("region", "strand", "filter", "name", "value", "p", "cell", "selection", "letters")
_RIGHT: Final = tuple(map(_HEAD.index, ("filter", "value", "p", "cell", "selection")))
_AT_ONCE: Final = 1000
"""Rows that are written together, at the most."""
_EVERY: Final = 0.2
"""Seconds between rows that are shown as they are found."""
_END: Final = "regions are 1-based and inclusive; cells and selections count from 0, as their strand is read"


def show(found: FoundHits, bars: Bars, places: Places) -> None:
    """Write hits as a table on a terminal, where the progress may stand, too."""
    run = found.first.run
    known = found.scan.p_values
    left_out = {"name"} if not blocks.filter_names(run.conv) else set()
    left_out |= {"p"} if known is None or not known.are_known else set()
    head = [tuple("" if word in left_out else word for word in _HEAD)]
    waiting: list[tuple[str, ...]] = []
    widths = (0,) * len(_HEAD)

    def flush() -> None:
        nonlocal widths
        if waiting:
            # How wide the columns of later records will be is unknown.
            widths = tuple(map(max, widths, column_widths(waiting)))
            with bars.aside():
                write_lines(column_lines(waiting, _RIGHT, widths))
                sys.stdout.flush()
            waiting.clear()

    last = 0.0

    def flush_now_and_then() -> None:
        nonlocal last
        # To take the bar away and put it back costs more than many rows do.
        if monotonic() - last > _EVERY:
            flush()
            last = monotonic()

    if found.in_order:
        # Each is shown as soon as it is found, so that the widths have to be known before.
        widest = (_widest(found.first, *each) for each in _widest_places(found.first, places))
        shown = (tuple(w if h else "" for h, w in zip(head[0], row, strict=True)) for row in widest)
        widths = column_widths([*head, *shown])
        hits: Iterator[Hit] = found.hits(flush_now_and_then)
    else:
        hits = iter([*found.hits()])
    for hit in hits:
        waiting += [*head, _row(hit, run)]
        head.clear()
        if found.in_order and len(waiting) >= _AT_ONCE:
            flush()
    flush()
    if found.count:
        with bars.aside():
            write_lines([_END])


def _row(hit: Hit, run: BlockRun) -> tuple[str, ...]:
    return (
        printable(hit.region),
        hit.strand,
        str(hit.filter),
        blocks.filter_label(run.conv, hit.filter) if blocks.filter_names(run.conv) else "",
        number(hit.value),
        "" if hit.p is None else number(hit.p),
        str(hit.cell),
        "" if hit.position is None else str(hit.position),
        hit.letters,
    )


def _widest_places(first: Reading, places: Places) -> Iterator[tuple[str, int]]:
    """Yield records and stops among which are those that take most columns."""
    yield first.record.name, first.stop
    if not places.streamed:
        record, _, stop = max(
            places.stretches, key=lambda each: len(printable(each[0].name)) + 2 * len(str(each[2]))
        )
        yield record.name, stop
        yield "", max(stop for _, _, stop in places.stretches)


def _widest(first: Reading, record: str, stop: int) -> tuple[str, ...]:
    """Return a row in which no column is narrower than in any hit of a record up to a base."""
    names = blocks.filter_names(first.run.conv)
    labels = [blocks.filter_label(first.run.conv, index) for index in range(first.run.filters)] if names else []
    return (
        printable(f"{record}:{stop}-{stop}"),
        "+",
        str(first.run.filters - 1),
        max(labels, key=len, default=""),
        "−0.0000",
        "9.9e−99",
        str(stop),
        str(stop),
        "",
    )
