"""`cnn-tui scan`: the strongest cells of whole records, as a table or a file."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

from cnn_core.blocks.assumptions import letter_words, zero_inputs_of
from cnn_core.blocks.block_absence import no_block
from cnn_core.blocks.offered_blocks import is_on_letters
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import find_filter
from cnn_core.errors import printable
from cnn_core.network.model import Model
from cnn_core.scan.record_scan import RecordScan, RecordSlice, Strands
from cnn_core.scan.strongest import Hit
from cnn_core.writers.bed import write_hits_bed, write_hits_table
from cnn_core.writers.comments import write_comments
from cnn_core.writers.decimals import shortest
from cnn_core.writers.values import filter_label, filter_names

from ..opening import open_model, unsupported_words
from ..options.arguments import request_of
from ..options.block_settings import with_typed_settings
from ..options.request import OpenRequest
from ..output.whole_file import check_output, whole_file
from ..words.numbers import number
from .progress import Bars, progress_bars
from .scanned_places import Places, block_of, open_places
from .streams import write_lines, write_warnings

if TYPE_CHECKING:
    from cnn_core.blocks.block_run import BlockRun

__all__ = ["Wanted", "main", "run", "table_lines"]

_INSTEAD: Final = "hits"
_SUFFIXES: Final = (".tsv", ".bed")
_HEAD: Final = ("region", "strand", "filter", "name", "value", "cell", "selection", "letters")
_RIGHT: Final = ("filter", "value", "cell", "selection")
_AT_ONCE: Final = 1000
"""Rows that are written together, at the most."""
_EVERY: Final = 0.2
"""Seconds between rows that are shown as they are found."""
_END: Final = "regions are 1-based and inclusive; cells and selections count from 0, as their strand is read"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells are hits.

    Attributes:
        filters: The filters, by number or name; none is all.
        top: How many of each filter; None is all from the threshold up.
        together: Whether `top` counts the cells of all filters together.
        threshold: The least value; None is none.
        strands: Which strands are looked through.
    """

    filters: tuple[str, ...] = ()
    top: int | None = None
    together: bool = False
    threshold: float | None = None
    strands: Strands = "both"


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    wanted = Wanted((*typed.filters,), typed.top, typed.together, typed.threshold, typed.strands)
    run(request_of(typed), wanted, typed.output, force=typed.force, threads=typed.threads)
    return 0


def run(
    request: OpenRequest,
    wanted: Wanted,
    output: str | None = None,
    *,
    force: bool = False,
    threads: int | None = None,
    out: TextIO | None = None,
) -> None:
    """Find the strongest cells and write them.

    Args:
        request: What to read; without a record and a region all records.
        wanted: Which cells.
        output: The file to write, .tsv or .bed; None is standard output: a table for people where that is a
            terminal, otherwise tab-separated.
        force: Whether a file that is there is replaced.
        threads: How many threads work at once, see `cnn_core.scan.whole_scan`.
        out: What stands for standard output.

    Raises:
        CnnError: Something in the request is not there or cannot be read, no record has a cell, or the file cannot
            be written.
    """
    path = None if output is None else Path(output)
    if path is not None:
        check_output(path, _INSTEAD, force=force, suffixes=_SUFFIXES)
    out = sys.stdout if out is None else out
    opened = None if request.model is None else open_model(request.model, request.model_options)
    with progress_bars() as bars, open_places(request, opened, bars) as places:
        if opened is None:
            opened = open_model(places.model, request.model_options)
        scan = _scan_of(opened.model, request, places.stretches, wanted, threads)
        first = scan.first()
        zeros = (
            f"input {name} is zeros, since a scan reads letters alone; export --what cells --input {name}=FILE.npy "
            "takes its numbers"
            for name in zero_inputs_of(first, first.block.conv)
        )
        assumed = (*opened.warnings, *letter_words(first), *zeros)
        found = _Found(scan, first, wanted, None if places.streamed else bars)
        if path is not None:
            _write_file(found, path, (*assumed, *places.assumptions()), force=force)
        elif out.isatty():
            _show(found, out, bars, places)
        else:
            out.flush()
            write_comments((*assumed, *places.assumptions()), out.buffer)
            write_hits_table(found.hits(), first, out.buffer)
        what = _what_must_be_said(opened.model, scan, first, wanted, found.count)
        said = [*unsupported_words(opened), *assumed, *places.assumptions(), *what, places.notice()]
    write_warnings(filter(None, said))


def _scan_of(
    model: Model, request: OpenRequest, stretches: Iterable[RecordSlice], wanted: Wanted, threads: int | None
) -> RecordScan:
    if not model.blocks:
        raise no_block(model, "scan with a model that has one")
    block, model = block_of(request, model), model.of_any_length()
    if request.settings and block is not None:
        model = with_typed_settings(model, block, request.settings)
    return RecordScan(
        model,
        stretches,
        block,
        strands=wanted.strands,
        ambiguity=request.ambiguity,
        threads=threads,
    )


def _what_must_be_said(model: Model, scan: RecordScan, first: Reading, wanted: Wanted, hits: int) -> Iterator[str]:
    if not hits:
        yield _why_nothing(scan, wanted)
    fixed = model.input.length
    if fixed is not None and (scan.records > 1 or first.length != fixed):
        yield (
            f"{model.name} reads {fixed:,} bases at once; its {first.block.conv} and {first.block.pool} were "
            "computed along whole records, as if its input were that long"
        )
    if scan.too_short:
        yield f"{scan.too_short:,} of {scan.records:,} records are too short for a single cell and were passed over"


def _why_nothing(scan: RecordScan, wanted: Wanted) -> str:
    looked_at = scan.looked_at
    counted = f"no cell is a hit: {looked_at.cells:,} were looked at (each filter and strand counted), and "
    if looked_at.best is None or wanted.threshold is None:
        return f"{counted}all are silent"
    return f"{counted}the best, {shortest(looked_at.best)}, is below the threshold {wanted.threshold:.10g}"


class _Found:
    """The hits of a scan, found while they are asked for.

    Args:
        scan: The scan.
        first: The block on the first stretch that has a cell.
        wanted: Which cells are hits.
        bars: Where the progress is shown; None where the reading shows its own.
    """

    def __init__(self, scan: RecordScan, first: Reading, wanted: Wanted, bars: Bars | None) -> None:
        self.scan = scan
        self.first = first
        self.count = 0
        """How many hits there have been."""
        self._bars = bars
        self._wanted = wanted
        names = [*dict.fromkeys(wanted.filters)]
        # Two ways to write one filter are still one filter.
        chosen = dict.fromkeys(find_filter(first.run, name) for name in names)
        self._filters = [*chosen] if names else [*range(first.run.filters)]

    @property
    def in_order(self) -> bool:
        """Whether hits come in the order of the records, each as soon as it is found."""
        return self._wanted.top is None

    def hits(self, tell: Callable[[], None] | None = None) -> Iterator[Hit]:
        """Yield the hits.

        Args:
            tell: Called whenever the progress is.
        """
        shown = None if self._bars is None else self._bars.begin("scanning", "b")

        def told(done: int, total: int) -> None:
            if shown is not None:
                shown(done, total)
            if tell is not None:
                tell()

        wanted = self._wanted
        hits: Iterable[Hit]
        if wanted.top is None:
            assert wanted.threshold is not None
            hits = self.scan.above(wanted.threshold, self._filters, told)
        else:
            hits = self.scan.strongest(
                self._filters,
                top=wanted.top,
                together=wanted.together,
                threshold=wanted.threshold,
                progress=told,
            )
        for hit in hits:
            self.count += 1
            yield hit
        if self._bars is not None:
            self._bars.end()


def _write_file(found: _Found, path: Path, assumed: tuple[str, ...], *, force: bool) -> None:
    with whole_file(path, _INSTEAD, force=force, suffixes=_SUFFIXES) as file:
        if path.suffix.lower() == ".tsv":
            write_comments(assumed, file)
            write_hits_table(found.hits(), found.first, file)
        else:
            hits = found.hits() if found.in_order else found.scan.in_order([*found.hits()])
            if is_on_letters(found.first.model, found.first.block):
                # Its best match is the same on every record.
                write_hits_bed(hits, found.first, file)
                return
            for reading, mine in found.scan.by_record(hits):
                write_hits_bed(mine, reading, file)


# For people


def _show(found: _Found, out: TextIO, bars: Bars, places: Places) -> None:
    """Write hits as a table on a terminal, where the progress may stand, too."""
    run = found.first.run
    head = [_HEAD if filter_names(run) else tuple("" if word == "name" else word for word in _HEAD)]
    waiting: list[tuple[str, ...]] = []
    widths = _widths([])

    def flush() -> None:
        nonlocal widths
        if waiting:
            # Of records still to come nobody knows how wide their columns will be.
            widths = tuple(map(max, widths, _widths(waiting)))
            with bars.aside():
                write_lines(table_lines(waiting, widths), out)
                out.flush()
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
        widths = _widths([*head, *(_widest(found.first, *each) for each in _widest_places(found.first, places))])
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
            write_lines([_END], out)


def table_lines(rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> Iterator[str]:
    """Yield the lines of a table of hits.

    Args:
        rows: The words of each column.
        widths: How wide each column is at the least; 0 leaves it out.
    """
    columns = [*zip(_HEAD, widths, strict=True)]
    for row in rows:
        cells = [
            text.rjust(width) if column in _RIGHT else text.ljust(width)
            for (column, width), text in zip(columns, row, strict=True)
            if width
        ]
        yield "  ".join(cells).rstrip()


def _row(hit: Hit, run: BlockRun) -> tuple[str, ...]:
    return (
        printable(hit.region),
        hit.strand,
        str(hit.filter),
        filter_label(run, hit.filter) if filter_names(run) else "",
        number(hit.value),
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
    names = filter_names(first.run)
    labels = [filter_label(first.run, index) for index in range(first.run.filters)] if names else []
    return (
        printable(f"{record}:{stop}-{stop}"),
        "+",
        str(first.run.filters - 1),
        max(labels, key=len, default=""),
        "−0.0000",
        str(stop),
        str(stop),
        "",
    )


def _widths(rows: Iterable[tuple[str, ...]]) -> tuple[int, ...]:
    """Return how wide the columns of some rows are."""
    widths = [0] * len(_HEAD)
    for row in rows:
        widths = [max(width, len(text)) for width, text in zip(widths, row, strict=True)]
    return tuple(widths)
