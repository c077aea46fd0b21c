"""Numbers of every base as a file, in the format that its name says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
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

from .whole_file import whole_file

__all__ = ["write_base_file"]

_BIGWIG: Final = (".bw", ".bigwig")


def write_base_file(
    parts: Iterable[BaseNumbers],
    path: Path,
    instead: str,
    columns: Mapping[str, str],
    drawn: Callable[[BaseNumbers], NDArray[np.float32]],
    lengths: Mapping[str, int],
    said: Callable[[], Said],
    *,
    of_shard: bool = False,
    suffixes: tuple[str, ...],
    force: bool = False,
    track_line: bool = False,
) -> None:
    """Write numbers of bases: all of them as .npz, some as .tsv, one as .bedgraph or .bw.

    Args:
        parts: The numbers, region after region; they are computed while they are written.
        path: The file, checked already.
        instead: What a file without a name of its own could be called.
        columns: What the columns of a table are called, see `write_base_table`.
        drawn: The number of each base that a track draws.
        lengths: How many letters each record has, by its name, for a track.
        said: What is said beside the numbers, once the first of them are there.
        of_shard: See `write_base_arrays`.
        suffixes: What the name may end in.
        force: Whether the file is replaced where there is one.
        track_line: Whether bedGraph begins with a track line.

    Raises:
        CnnError: Two regions overlap in a track, there are no numbers, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    with whole_file(path, instead, force=force, suffixes=suffixes) as file:
        if suffix == ".npz":
            everything = [*parts]
            if not everything:
                raise none_long_enough()
            write_base_arrays(everything, file, said(), of_shard=of_shard)
            return
        waiting = iter(parts)
        first = next(waiting, None)
        if first is None:
            raise none_long_enough()

        def all_parts() -> Iterable[BaseNumbers]:
            yield first
            yield from waiting

        if suffix == ".tsv":
            write_base_table(all_parts(), columns, file, said())
        else:
            write_base_track(
                all_parts(), drawn, lengths, file, said(), track_line=track_line, as_bigwig=suffix in _BIGWIG
            )
