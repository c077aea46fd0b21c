"""Cells, selections and hits as BED, one line each, which genome browsers draw as boxes.

A line has six fields: record, start, stop, the filter's name, a score and the strand. The score runs from 0 to
1000, as BED wants it: 1000 × value / the value that the filter's best match would have, below 0 taken as 0. The
same score thus means the same value in every file of the same model. (For a block that reads feature maps, the best
match is unknown; its scores are shares of the filter's largest activation in the input window. Behind a function whose
bounds are unknown, such as a power, it is the largest of what many responses between the least and the largest give.)

Source of the format: UCSC Genome Browser, https://genome.ucsc.edu/FAQ/FAQformat.html#format1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.filter_labels import filter_label, filter_names
from ..blocks.reading import Reading
from ..errors import SettingError, printable
from ..scan.strongest import Hit
from ..work.progress import Progress, no_progress
from .decimals import shortest
from .tables import p_text, table_name
from .values import BlockValues, Quantity, Values

__all__ = ["score_of", "write_bed", "write_hits_bed", "write_hits_table"]

_HIGHEST_SCORE: Final = 1000
_Line = tuple[int, int, int, int]
"""Start, column of the filter, stop and score."""


def score_of(value: NDArray[np.generic], best: NDArray[np.floating] | float) -> NDArray[np.int64]:
    """Return scores from 0 to 1000.

    Args:
        value: Values.
        best: The value of the best match, broadcast to the values; where it is not above 0, the score is 0.
    """
    best = np.asarray(best, dtype=np.float64)
    share = np.divide(value, best, out=np.zeros(np.broadcast(value, best).shape), where=best > 0)
    scores: NDArray[np.int64] = np.rint(np.clip(share, 0, 1) * _HIGHEST_SCORE).astype(np.int64)
    return scores


def write_bed(values: Values, file: BinaryIO, progress: Progress = no_progress) -> None:
    """Write cells over the bases that they are drawn over, or selections over those that their windows read.

    Cells that are all 0 select nothing and are left out. The lines of a record are sorted by start, then by filter.

    Args:
        values: Cells or selections.
        file: A file that is open for writing bytes.
        progress: Called now and then.

    Raises:
        SettingError: Neither of the two.
    """
    if values.one.quantity.counted_by != "cell":
        raise SettingError(
            f"{values.one.quantity} are a value at every base, and .bed holds boxes",
            remedy="export cells or selections, or write .bedgraph",
        )
    for along, of_record in values.by_record(progress):
        _write_record(along, file, of_record)


def _write_record(values: BlockValues, file: BinaryIO, progress: Progress) -> None:
    record, labels, strand = values.name(0), values.labels, values.strand
    backwards, done = values.reading.reverse, 0
    waiting: list[_Line] = []
    for start, stop in values.chunks(backwards=backwards):
        waiting = sorted([*waiting, *_lines(values, start, stop)])
        done += stop - start
        # Overlapping pool windows and several filters may select before the first base of the chunk.
        edge = _edge(values, start - 1 if backwards else stop) if done < values.count else None
        ready = len(waiting) if edge is None else bisect_left(waiting, (edge,))
        file.write(
            "".join(
                f"{record}\t{first}\t{last}\t{labels[column]}\t{score}\t{strand}\n"
                for first, column, last, score in waiting[:ready]
            ).encode()
        )
        waiting = waiting[ready:]
        progress(done, values.count)


def _lines(values: BlockValues, start: int, stop: int) -> Iterator[_Line]:
    """Yield the lines of a chunk of cells: start, column of the filter, stop and score."""
    run, windows = values.run, values.windows
    cells = replace(values, quantity=Quantity.CELLS).between(start, stop)
    rows, columns = np.nonzero(~run.all_zero(start, stop)[:, values.columns])
    if values.quantity is Quantity.SELECTIONS:
        selected = values.between(start, stop)[rows, columns].astype(np.int64)
        first, width = windows.first_base + selected * windows.stride, windows.span
    else:
        first, width = values.first_base_of(rows + start), values.step
    starts, stops = values.in_record(first, width)
    scores = score_of(cells, values.best)[rows, columns]
    inside = stops > starts
    yield from zip(*(each[inside].tolist() for each in (starts, columns, stops, scores)), strict=True)


def _edge(values: BlockValues, cell: int) -> int:
    """Return the first base of the record at which a line of this cell or a later one may begin."""
    reading, windows = values.reading, values.windows
    positions = values.run.pool.sliding.window(cell, values.run.positions).positions
    if values.quantity is not Quantity.SELECTIONS:
        first = values.first_base + (cell - values.start) * values.step
        width = values.step
    else:
        first = windows.first_base + (positions[-1] if reading.reverse else positions[0]) * windows.stride
        width = windows.span
    return max(reading.start, reading.origin - first - width if reading.reverse else reading.origin + first)


def write_hits_bed(hits: Iterable[Hit], reading: Reading, file: BinaryIO) -> None:
    """Write hits over the bases that their windows read, in the order in which they come.

    Args:
        hits: The hits.
        reading: The block whose cells they are, on any input window and strand.
        file: A file that is open for writing bytes.
    """
    best = BlockValues.of(reading, Quantity.CELLS).best
    for hit in hits:
        score = int(score_of(np.array(hit.value), best[hit.filter]))
        label = filter_label(reading.run.conv, hit.filter)
        file.write(f"{printable(hit.record)}\t{hit.start}\t{hit.stop}\t{label}\t{score}\t{hit.strand}\n".encode())


def write_hits_table(hits: Iterable[Hit], reading: Reading, file: BinaryIO) -> None:
    """Write hits as tab-separated columns with their names in the first line, in the order in which they come.

    Start and stop are those of BED, and names are written as `tables` says. The filter is its number; its name is
    empty where it has none. The cell and the selection count from 0, in the direction of the strand. The p-value is
    empty where its window has none, see `PValues`.

    Args:
        hits: The hits.
        reading: The block whose cells they are, on any input window and strand.
        file: A file that is open for writing bytes.
    """
    file.write(b"record\tstart\tstop\tstrand\tfilter\tname\tvalue\tcell\tselection\tletters\tp\n")
    names = filter_names(reading.run.conv)
    for hit in hits:
        name = table_name(filter_label(reading.run.conv, hit.filter)) if names else ""
        selection = "" if hit.position is None else str(hit.position)
        p = "" if hit.p is None else p_text(hit.p)
        fields = (
            table_name(hit.record),
            hit.start,
            hit.stop,
            hit.strand,
            hit.filter,
            name,
            shortest(hit.value),
            hit.cell,
            selection,
        )
        file.write(f"{chr(9).join(map(str, fields))}\t{hit.letters}\t{p}\n".encode())
