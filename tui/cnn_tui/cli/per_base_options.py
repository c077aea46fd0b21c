"""What the commands share that explain a value base by base: which value, which bases, which file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cnn_core import attribution, writers

from .. import opening
from ..options.arguments import add_group, add_model_options, request_of
from ..output.track_files import BESIDE_NOTHING, BesideTracks
from .parser import Parser, add_sequences, add_shard, add_target
from .track_options import add_track_options, beside_tracks, check_track_options
from .typed_values import asked_of
from .window_options import add_regions, one_of_several, refuse_place

if TYPE_CHECKING:
    from cnn_core.attribution import InputWindow, Target
    from cnn_core.blocks import Reading
    from cnn_core.letters.sequence_files import Record, Sequences
    from cnn_core.readers import ModelFile
    from cnn_core.work.shards import Shard

    from ..options.request import OpenRequest
    from ..output.whole_file import OutputFile

__all__ = ["DEFAULT_TOP", "Asked", "Stretches", "add_explained", "check_explained"]

DEFAULT_TOP: Final = 10
"""How many bases are listed where nothing else is said."""
_TRACKS: Final = (".bedgraph", ".bdg", ".bw", ".bigwig")


@dataclass(frozen=True)
class Asked:
    """What is explained, and where it goes.

    Attributes:
        request: What to read.
        target: The value, as typed.
        logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.
        all_records: Whether all records are read.
        regions: A BED file of the regions that are read, or None.
        output_file: The file to write, or None.
        beside: What is written beside a track.
        shard: Which share of the input windows, or None.
    """

    request: OpenRequest
    target: str = "output"
    logit: bool | None = None
    all_records: bool = False
    regions: str | None = None
    output_file: OutputFile | None = None
    beside: BesideTracks = BESIDE_NOTHING
    shard: Shard | None = None

    @classmethod
    def typed(cls, typed: Namespace) -> Asked:
        """Return what was typed."""
        return asked_of(cls, typed, request=request_of(typed), beside=beside_tracks(typed))


def add_explained(made: Parser, instead: str) -> None:
    """Add what names the sequences, the value, the bases and the file.

    Args:
        made: The parser.
        instead: What a file without a name of its own could be called.
    """
    add_sequences(made)
    add_target(made)
    made.add_argument("--all-records", action="store_true", help="every record of the file (default: one record)")
    add_regions(made, ", each in an input window")
    add_shard(made, "the input windows")
    made.add_output(
        *(".tsv", ".npz", *_TRACKS),
        instead=instead,
        meaning="the file to write, .tsv, .npz, .bedgraph or .bw; - is standard output",
    )
    add_track_options(made)
    made.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=DEFAULT_TOP,
        help=f"without -o: how many bases are listed (default: {DEFAULT_TOP})",
    )
    add_group(made, "reading", "window")
    add_model_options(made)


def check_explained(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    check_track_options(made, typed)
    if typed.top < 1:
        made.error("argument --top: give a whole number from 1 on")
    several = "--all-records" if typed.all_records else "--regions" if typed.regions is not None else None
    if typed.all_records and typed.regions is not None:
        made.error("argument --regions: leave out --all-records")
    if several is not None:
        refuse_place(made, typed, several)
        if typed.inputs:
            made.error(f"argument {several}: the numbers of --input are those of one record")


@dataclass(frozen=True, eq=False)
class Stretches:
    """The stretches of records whose bases are explained.

    Attributes:
        asked: What is asked for.
        sequences: The records.
        opened: The model.
    """

    asked: Asked
    sequences: Sequences
    opened: ModelFile

    @cached_property
    def places(self) -> list[tuple[Record, tuple[int, int] | None]]:
        """The record of each, and the interval where it is not all of the record.

        Raises:
            CnnError: There is no such record or region, the BED file cannot be read, or regions overlap in a track.
        """
        if self.asked.all_records:
            return [(record, None) for record in self.sequences if len(record)]
        if self.asked.regions is None:
            return [opening.asked_place(self.asked.request, self.sequences)]
        is_track = self.asked.output_file is not None and self.asked.output_file.suffix in _TRACKS
        regions = opening.regions_of(self.asked.regions, self.sequences, is_sorted=is_track)
        if is_track:
            # Before any work, and also where the two are in different shards.
            for (record, _, before), (following, start, stop) in pairwise(regions):
                if record.name == following.name and start < before:
                    raise writers.regions_overlap(record.name, start, stop)
        return [(record, (start, stop)) for record, start, stop in regions]

    @cached_property
    def _sizes(self) -> list[int]:
        return [len(record) if interval is None else interval[1] - interval[0] for record, interval in self.places]

    @property
    def _share(self) -> tuple[int, int]:
        """Between which of the bases of all stretches the input windows begin."""
        total = sum(self._sizes)
        return (0, total) if self.asked.shard is None else self.asked.shard.span(total)

    @property
    def bases(self) -> int:
        """How many bases there are in all of them, or in the share that is asked for."""
        begin, end = self._share
        return end - begin

    @property
    def lengths(self) -> dict[str, int]:
        """How many letters each record has, by its name, in the order of the file."""
        read = {record.name for record, _ in self.places}
        return {name: length for name, length in self.sequences.lengths_by_name.items() if name in read}

    @property
    def only(self) -> tuple[str, int, int] | None:
        """The one stretch, its record, first base and stop; None of several."""
        if len(self.places) > 1:
            return None
        (record, interval) = self.places[0]
        return (record.name, *(interval or (0, len(record))))

    def reading(self, record: Record) -> Reading:
        """Return the network on an input window of a record.

        Raises:
            CnnError: See `opening.open_network_reading`.
        """
        request = replace(self.asked.request, record=record.name, region=None)
        return opening.open_network_reading(request, self.sequences, self.opened)

    def windows(self, *, every: bool = False) -> Iterator[InputWindow]:
        """Yield the input windows, stretch after stretch.

        Args:
            every: Whether those of all shards are meant.

        Raises:
            RegionError: A stretch is not in its record.
        """
        before: Reading | None = None
        begin, end = (0, sum(self._sizes)) if every else self._share
        done = 0
        for (record, interval), size in zip(self.places, self._sizes, strict=True):
            if done < end and begin < done + size:
                if before is None or before.record.name != record.name:
                    before = self.reading(record)
                start = interval[0] if interval else 0
                yield from attribution.input_windows(
                    before,
                    interval,
                    centred=self.asked.regions is not None,
                    # Edits may have made the record longer.
                    begins=(start + begin - done, start + end - done if end < done + size else sys.maxsize),
                )
            done += size

    def target_of(self, window: InputWindow) -> Target | None:
        """Return the value, or None of one of several stretches that is too short for it.

        Raises:
            CnnError: There is no such value.
        """
        model, length = window.reading.model, window.reading.length
        if len(self.places) > 1 and {*model.flow(length).too_short} & {
            *model.outputs,
            self.asked.target.split(":")[0],
        }:
            return None
        return attribution.Target.parse(self.asked.target, model, length, logit=self.asked.logit)

    def remarks(self, windows: int, too_short: int) -> Iterator[str]:
        """Yield what must be said of what was read.

        Args:
            windows: How many input windows there were.
            too_short: How many of these were too short for the value.
        """
        request, model = self.asked.request, self.opened.model
        if not self.asked.all_records and self.asked.regions is None:
            yield one_of_several(request, self.sequences, self.places[0][0].name, "read")
        if windows > len(self.places):
            each = f"{model.input.length:,} bases" if model.input.length else "the longest that can be run whole"
            yield (
                f"what is longer than an input window ({each}) was read in {windows:,} of them, one behind the "
                "other, each with a value of its own"
            )
        if too_short:
            yield f"{too_short:,} of {windows:,} input windows are too short for the network and were passed over"
