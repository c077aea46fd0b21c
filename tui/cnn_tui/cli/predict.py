"""`cnn-tui predict`: every output of a network for every record, or for windows along it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cnn_core import scan, writers

from .. import opening, output
from ..options.arguments import add_model_options, add_options, request_of
from ..output.track_files import BESIDE_NOTHING, BesideTracks
from ..output.whole_file import note_stream
from .parser import Parser, add_sequences, add_shard, add_targets
from .progress import progress_bars
from .read_windows import ReadWindows
from .scanned_places import open_places
from .streams import write_warnings
from .track_options import add_track_options, beside_tracks, check_track_options
from .typed_values import asked_of
from .window_options import MERGES, add_merge, add_regions, add_step, add_window, check_merge, check_regions

if TYPE_CHECKING:
    from cnn_core.readers import ModelFile
    from cnn_core.scan import Prediction, Predictions
    from cnn_core.work.shards import Shard
    from cnn_core.writers import PredictionNotes

    from ..options.request import OpenRequest
    from ..output.whole_file import OutputFile

__all__ = ["Asked", "check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Run a network on every record of a file and write what it gives: every value of
every output. A record that is longer than the network's input is read in
windows along it."""

_END: Final = """\
Without -o a table is written to standard output. Its columns, between tabs, are
record, start and stop (as in BED: 0-based, half-open), strand, and one for each
value, named layer[unit] or layer[position,channel], or as --output-names says.
.npz has an array for each output, a row a window, with records (names, one a
line), places (which of them, for each window), starts, stops and strand. Where
windows differ in length, what has a length axis stands one below the other,
window i in the rows from rows:LAYER[i] to rows:LAYER[i + 1].

.bedgraph and .bw have one value, which --target names; it lies over the middle
of its window, --step bases of it, or, where its layer runs along the bases,
over those.

--strand both runs both strands and merges their values; along a length axis
those of the other strand are turned round first.

A region of --regions lies in the middle of its input window. Neither is padded
beyond the record as long as this is as long as the input. A shorter record is
refused, unless --pad says where its letters stand.

example:
  cnn-tui predict @planted --model seed
  cnn-tui predict my.fa --model danq.h5 --strand both -o outputs.tsv
  cnn-tui predict hg38.fa --model danq.h5 --regions peaks.bed -o outputs.npz
  cnn-tui predict chr21.fa --model danq.h5 --target output:3 --step 50 -o o.bw"""

_SUFFIXES: Final = (".tsv", ".npz", ".bedgraph", ".bdg", ".bw", ".bigwig")
_TRACKS: Final = _SUFFIXES[2:]
_STRANDS: Final = {"+": "+", "-": "-", "both": "both", "forward": "+", "reverse": "-"}
"""The values of `cnn_core.letters.strand_choice.Strands`, as they may be typed."""


@dataclass(frozen=True)
class Asked:
    """What is predicted, and where it goes.

    Attributes:
        request: What to read; without a record and a region all records.
        targets: The values, as typed; none is every output.
        step: Bases from one window to the next; None is a window.
        window: How many bases a network of any length is given at the most, or None.
        strand: `+`, `-` or `both`.
        merge: `mean` or `max`, for both strands.
        regions: A BED file of the regions that are read, or None.
        output_file: The file to write; None is standard output, as a table.
        beside: What is written beside a track.
        shard: Which share of the windows, or None.
    """

    request: OpenRequest
    targets: tuple[str, ...] = ()
    step: int | None = None
    window: int | None = None
    strand: str = "+"
    merge: str = MERGES[0]
    regions: str | None = None
    output_file: OutputFile | None = None
    beside: BesideTracks = BESIDE_NOTHING
    shard: Shard | None = None

    @property
    def is_track(self) -> bool:
        """Whether the file is a track, whose values lie along the records."""
        return self.output_file is not None and self.output_file.suffix in _TRACKS


def parser() -> Parser:
    """Return the parser of `cnn-tui predict`."""
    usage = "cnn-tui predict SEQUENCES --model MODEL [-o FILE] [options]"
    made = Parser("cnn-tui predict", usage, _DESCRIPTION, _END)
    add_sequences(made)
    add_targets(made)
    add_step(made, "bases from one window of a longer record to the next (default: a window)")
    add_window(made)
    made.add_argument(
        "--strand",
        choices=(*_STRANDS,),
        default="+",
        metavar="STRAND",
        help="the strand that is read: + or forward (default), - or reverse, or both, whose values are merged",
    )
    add_merge(made)
    add_regions(made)
    add_shard(made, "the windows")
    made.add_output(
        *_SUFFIXES,
        instead="outputs",
        meaning="the file to write, .tsv, .npz, .bedgraph or .bw; - is standard output",
    )
    add_track_options(made)
    add_options(
        made,
        *("record", "region", "edits", "ambiguity", "model", "inputs", "pad", "pad_with"),
        record="the record to read (default: all with letters)",
    )
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    check_track_options(made, typed)
    check_merge(made, typed)
    check_regions(made, typed)


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    given = {"request": request_of(typed), "strand": _STRANDS[typed.strand], "beside": beside_tracks(typed)}
    run(asked_of(Asked, typed, **given))
    return 0


def run(asked: Asked) -> None:
    """Predict and write what comes out.

    Args:
        asked: What is predicted, and where it goes.

    Raises:
        CnnError: Something in the request is not there or cannot be read, the network gives no output, or the file
            cannot be written.
    """
    asked.beside.check()
    request, file = asked.request, asked.output_file
    opened = None if request.model is None else opening.open_model(request.model, request.model_options)
    with (
        progress_bars() as bars,
        open_places(
            request,
            bars,
            "predicting",
            may_stream=not asked.is_track and asked.shard is None,
            regions=asked.regions,
            is_sorted=asked.is_track,
        ) as places,
    ):
        if opened is None:
            opened = opening.open_model(places.model, request.model_options)
        told = None
        if not places.streamed:
            told = bars.begin("predicting", "b", is_shown=file is not None or not sys.stdout.isatty())
        elif file is None and sys.stdout.isatty():
            bars.end()
        windows = ReadWindows(
            request,
            opened.model,
            places,
            told,
            asked.step,
            asked.window,
            asked.regions is not None,
            asked.shard,
        )
        work = _Predicting(asked, opened, windows)
        if file is None:
            sys.stdout.flush()
            note_stream()
            writers.write_prediction_table(work.predictions(), sys.stdout.buffer, work.notes)
        else:
            output.write_prediction_file(
                work.predictions(),
                file,
                places.lengths,
                asked.step,
                work.notes,
                before=windows.before(),
                track_line=asked.beside.track_line,
            )
        said = [
            *opening.unsupported_words(opened),
            *work.assumptions(),
            *windows.remarks(work.work.windows, work.work.too_short),
            places.notice(),
            *([] if file is None else asked.beside.write([file.path], places.lengths, places.only)),
        ]
    write_warnings(said)


@dataclass(eq=False)
class _Predicting:
    """Predictions on the windows along what is read, and what is to be said of them."""

    asked: Asked
    opened: ModelFile
    windows: ReadWindows
    work: Predictions = field(init=False)

    def __post_init__(self) -> None:
        wanted = [scan.PredictedValues.parse(text, self.windows.model) for text in self.asked.targets]
        self.work = scan.Predictions(self.windows.model, wanted, strands=self.asked.strand, merge=self.asked.merge)

    def predictions(self) -> Iterator[Prediction]:
        """Yield what the network gives, window after window."""
        return self.work.of(self.windows)

    def notes(self) -> PredictionNotes:
        """Return what is said beside the numbers."""
        first = self.windows.first
        return writers.PredictionNotes(
            self.windows.model,
            self.work.wanted,
            self.work.strands,
            None if self.asked.shard is None else self._shapes,
            described=self.described,
            sentences=(*self.assumptions(),),
            edits=() if first is None else first.edit_names,
            weight_edits=self.windows.model.weight_names,
        )

    def _shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of what other shards have.

        Raises:
            SettingError: None has anything.
        """
        for window in self.windows.every():
            if self.work.can_read(window.reading.length):
                return self.work.shapes(window.reading.length)
        raise writers.none_long_enough()

    @property
    def described(self) -> str:
        """What the numbers are, in one line."""
        names = ", ".join(each.name for each in self.work.wanted)
        strands = self.asked.strand
        read = f"the {self.asked.merge} of both strands" if strands == "both" else f"strand {strands}"
        return f"{names} of {self.windows.model.name}, {read}"

    def assumptions(self) -> Iterator[str]:
        """Yield what had to be assumed."""
        yield from self.opened.warnings
        yield from self.windows.assumptions(has_ambiguous=self.work.has_ambiguous)
