"""One filter's values as bedGraph, which genome browsers draw.

Source of the format: UCSC Genome Browser, https://genome.ucsc.edu/goldenPath/help/bedgraph.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from ..errors import printable
from ..work.progress import Progress
from .decimals import decimals
from .runs import Runs, runs_of
from .values import BlockValues

__all__ = ["track_line", "write_bedgraph", "write_bedgraph_lines"]


def write_bedgraph(values: BlockValues, file: BinaryIO, progress: Progress | None = None) -> None:
    """Write one filter's values: a track line, then record, start, stop and value, sorted and without overlap.

    Neighbours of equal value share a line; a value has the fewest digits that read back as the same float32.

    Args:
        values: The values of one filter.
        file: A file that is open for writing bytes.
        progress: Called now and then.

    Raises:
        SettingError: Several filters, or selections.
        ModelError: A value is infinite.
    """
    runs = runs_of(values, progress)
    file.write(f"{track_line(values)}\n".encode())
    _write_runs(values, runs, file)


def write_bedgraph_lines(values: BlockValues, file: BinaryIO) -> None:
    """Write the lines of one filter's values, see `write_bedgraph`.

    Args:
        values: The values of one filter.
        file: A file that is open for writing bytes.
    """
    _write_runs(values, runs_of(values), file)


def _write_runs(values: BlockValues, runs: Iterable[Runs], file: BinaryIO) -> None:
    record = printable(values.reading.record.name)
    for starts, stops, column in runs:
        rows = zip(starts.tolist(), stops.tolist(), decimals(column), strict=True)
        file.write("".join(f"{record}\t{start}\t{stop}\t{value}\n" for start, stop, value in rows).encode())


def track_line(values: BlockValues) -> str:
    """Return the line that says to a genome browser what is drawn, and over which bases.

    Args:
        values: The values of one filter.
    """
    model = "".join(printable(values.reading.model.name).split('"'))
    label = values.labels[0].replace('"', "")
    over = "pool stride x conv stride" if values.quantity.counted_by == "cell" else "conv stride"
    base = "base" if values.step == 1 else "bases"
    each = f"a {values.quantity.counted_by} lies over {values.step} {base} ({over}) from the first that it reads"
    said = f"{values.quantity} of filter {values.filters[0]} of {model}, strand {values.strand}; {each}"
    return f'track type=bedGraph name="{label} {values.quantity}" description="{said}"'
