"""What a network gives on input windows as a file, in the format that its name says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cnn_core.attribution import InputWindow
from cnn_core.scan import Prediction
from cnn_core.writers import (
    PredictionNotes,
    write_prediction_arrays,
    write_prediction_table,
    write_prediction_track,
)

from .whole_file import OutputFile

__all__ = ["write_prediction_file"]

_BIGWIG: Final = (".bw", ".bigwig")


def write_prediction_file(
    predictions: Iterable[Prediction],
    file: OutputFile,
    lengths: Mapping[str, int],
    step: int | None,
    notes: Callable[[], PredictionNotes],
    *,
    before: Iterable[InputWindow] = (),
    track_line: bool = False,
) -> None:
    """Write predictions: all of them as .tsv and .npz, one value a window as .bedgraph or .bw.

    Args:
        predictions: The predictions; they are computed while they are written.
        file: The file, checked already.
        lengths: How many letters each record has, by its name, for a track.
        step: Bases from one window to the next, for a track; None is a window.
        notes: Gives what is said beside them, once the first of them are there.
        before: See `write_prediction_track`.
        track_line: Whether bedGraph begins with a track line.

    Raises:
        CnnError: There are no predictions, a track would hold several values a window, or the file cannot be written.
    """
    with file.open() as written:
        if file.suffix == ".tsv":
            write_prediction_table(predictions, written, notes)
        elif file.suffix == ".npz":
            write_prediction_arrays(predictions, written, notes)
        else:
            write_prediction_track(
                predictions,
                lengths,
                step,
                written,
                notes,
                before=before,
                track_line=track_line,
                as_bigwig=file.suffix in _BIGWIG,
            )
