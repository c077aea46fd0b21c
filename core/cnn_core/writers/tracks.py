"""Runs of equal values along records as a track: bedGraph or bigWig."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

import numpy as np

from ..errors import printable
from .bigwig import write_tracks
from .decimals import decimals
from .runs import Runs, joined_runs

__all__ = ["write_track"]


def write_track(
    runs: Iterable[Runs],
    lengths: Mapping[str, int],
    named: tuple[str, str],
    file: BinaryIO,
    *,
    as_bigwig: bool = False,
) -> None:
    """Write values along records; neighbours of equal value are one run.

    Args:
        runs: The values, whose records are places in `lengths`, sorted and without overlap.
        lengths: How many letters each record has, by its name.
        named: The track's name and description, for bedGraph.
        file: A file that is open for writing bytes; for bigWig, at its start and seekable.
        as_bigwig: Whether it is bigWig.
    """
    names = [printable(name) for name in lengths]
    if as_bigwig:
        write_tracks(names, np.array([*lengths.values()], dtype=np.int64), 1, joined_runs(runs), file)
        return
    name, description = (printable(words).replace('"', "") for words in named)
    file.write(f'track type=bedGraph name="{name}" description="{description}"\n'.encode())
    for some in joined_runs(runs):
        shown = [names[place] for place in some.records.tolist()]
        rows = zip(shown, some.starts.tolist(), some.stops.tolist(), decimals(some.values), strict=True)
        file.write("".join(f"{name}\t{start}\t{stop}\t{value}\n" for name, start, stop, value in rows).encode())
