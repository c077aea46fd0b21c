"""Runs of equal values along records as a track, bedGraph or bigWig, and the lengths of the records beside it.

Source of bedGraph and of the track line: UCSC Genome Browser, https://genome.ucsc.edu/goldenPath/help/bedgraph.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

import numpy as np

from ..errors import printable
from ..work.progress import Progress, no_progress
from .bigwig import write_tracks
from .decimals import decimals
from .runs import Runs, joined_runs, runs_of
from .values import BlockValues, Values

__all__ = ["write_bedgraph", "write_chrom_sizes", "write_track"]


def write_track(
    runs: Iterable[Runs],
    lengths: Mapping[str, int],
    file: BinaryIO,
    *,
    named: tuple[str, str] | None = None,
    as_bigwig: bool = False,
) -> None:
    """Write values along records; neighbours of equal value are one run.

    A line of bedGraph is record, start, stop and value, which has the fewest digits that read back as the same float32.

    Args:
        runs: The values, whose records are places in `lengths`, sorted and without overlap.
        lengths: How many letters each record has, by its name.
        file: A file that is open for writing bytes; for bigWig, at its start and seekable.
        named: The track's name and description, for a track line of bedGraph; None leaves the line out.
        as_bigwig: Whether it is bigWig.
    """
    names = [printable(name) for name in lengths]
    if as_bigwig:
        write_tracks(names, np.array([*lengths.values()], dtype=np.int64), 1, joined_runs(runs), file)
        return
    if named is not None:
        name, description = (printable(words).replace('"', "") for words in named)
        file.write(f'track type=bedGraph name="{name}" description="{description}"\n'.encode())
    for some in joined_runs(runs):
        shown = [names[place] for place in some.records.tolist()]
        rows = zip(shown, some.starts.tolist(), some.stops.tolist(), decimals(some.values), strict=True)
        file.write("".join(f"{name}\t{start}\t{stop}\t{value}\n" for name, start, stop, value in rows).encode())


def write_bedgraph(
    values: Values, file: BinaryIO, progress: Progress = no_progress, *, track_line: bool = False
) -> None:
    """Write one filter's values as bedGraph, see `write_track`.

    Args:
        values: The values of one filter.
        file: A file that is open for writing bytes.
        progress: Called now and then.
        track_line: Whether the file begins with a line that tells a genome browser what is drawn.

    Raises:
        SettingError: Several filters, or selections.
        ModelError: A value is infinite.
    """
    lengths = dict(zip(values.names, values.lengths.tolist(), strict=True))
    write_track(runs_of(values, progress), lengths, file, named=_named(values.one) if track_line else None)


def write_chrom_sizes(lengths: Mapping[str, int], file: BinaryIO) -> None:
    """Write a line a record, its name and its length with a tab between, as bedGraphToBigWig and bedtools take it.

    Args:
        lengths: How many letters each record has, by its name.
        file: A file that is open for writing bytes.
    """
    file.writelines(f"{printable(name)}\t{length}\n".encode() for name, length in lengths.items())


def _named(values: BlockValues) -> tuple[str, str]:
    """Return what a genome browser is told: what is drawn, and over which bases."""
    over = "pool stride x conv stride" if values.quantity.counted_by == "cell" else "conv stride"
    base = "base" if values.step == 1 else "bases"
    each = f"a {values.quantity.counted_by} lies over {values.step} {base} ({over}) from the first that it reads"
    of = f"filter {values.filters[0]} of {values.reading.model.name}"
    return f"{values.labels[0]} {values.quantity}", f"{values.quantity} of {of}, strand {values.strand}; {each}"
