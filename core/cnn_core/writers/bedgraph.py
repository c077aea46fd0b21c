"""One filter's values as bedGraph, which genome browsers draw.

Source of the format: UCSC Genome Browser, https://genome.ucsc.edu/goldenPath/help/bedgraph.html.
"""

from __future__ import annotations

from typing import BinaryIO

from ..errors import printable
from ..work.progress import Progress, no_progress
from .decimals import decimals
from .runs import runs_of
from .values import BlockValues, Values

__all__ = ["write_bedgraph"]


def write_bedgraph(values: Values, file: BinaryIO, progress: Progress = no_progress) -> None:
    """Write one filter's values: a track line, then record, start, stop and value, without overlap.

    Neighbours of equal value share a line; a value has the fewest digits that read back as the same float32.

    Args:
        values: The values of one filter.
        file: A file that is open for writing bytes.
        progress: Called now and then.

    Raises:
        SettingError: Several filters, or selections.
        ModelError: A value is infinite.
    """
    file.write(f"{_track_line(values.one)}\n".encode())
    for runs in runs_of(values, progress):
        names = values.names_of(runs.records)
        rows = zip(names, runs.starts.tolist(), runs.stops.tolist(), decimals(runs.values), strict=True)
        file.write("".join(f"{name}\t{start}\t{stop}\t{value}\n" for name, start, stop, value in rows).encode())


def _track_line(values: BlockValues) -> str:
    """Return the line that tells a genome browser what is drawn, and over which bases."""
    model = "".join(printable(values.reading.model.name).split('"'))
    label = values.labels[0].replace('"', "")
    over = "pool stride x conv stride" if values.quantity.counted_by == "cell" else "conv stride"
    base = "base" if values.step == 1 else "bases"
    each = f"a {values.quantity.counted_by} lies over {values.step} {base} ({over}) from the first that it reads"
    said = f"{values.quantity} of filter {values.filters[0]} of {model}, strand {values.strand}; {each}"
    return f'track type=bedGraph name="{label} {values.quantity}" description="{said}"'
