"""Numbers of every base as a file, in the format that its name says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.writers import none_long_enough
from cnn_core.writers.base_numbers import (
    BaseNumbers,
    Said,
    write_base_arrays,
    write_base_table,
    write_base_track,
)

from .whole_file import OutputFile

__all__ = ["write_base_file"]

_BIGWIG: Final = (".bw", ".bigwig")


def write_base_file(
    parts: Iterable[BaseNumbers],
    file: OutputFile,
    columns: Mapping[str, str],
    drawn: Callable[[BaseNumbers], NDArray[np.float32]],
    lengths: Mapping[str, int],
    said: Callable[[], Said],
    *,
    of_shard: bool = False,
    track_line: bool = False,
) -> None:
    """Write numbers of bases: all of them as .npz, some as .tsv, one as .bedgraph or .bw.

    Args:
        parts: The numbers, region after region; they are computed while they are written.
        file: The file, checked already.
        columns: What the columns of a table are called, see `write_base_table`.
        drawn: The number of each base that a track draws.
        lengths: How many letters each record has, by its name, for a track.
        said: What is said beside the numbers, once the first of them are there.
        of_shard: See `write_base_arrays`.
        track_line: Whether bedGraph begins with a track line.

    Raises:
        CnnError: Two regions overlap in a track, there are no numbers, or the file cannot be written.
    """
    with file.open() as written:
        waiting = iter(parts)
        first = next(waiting, None)
        if first is None:
            raise none_long_enough()
        every_part = chain([first], waiting)
        if file.suffix == ".npz":
            write_base_arrays([*every_part], written, said(), of_shard=of_shard)
        elif file.suffix == ".tsv":
            write_base_table(every_part, columns, written, said())
        else:
            as_bigwig = file.suffix in _BIGWIG
            write_base_track(
                every_part, drawn, lengths, written, said(), track_line=track_line, as_bigwig=as_bigwig
            )
