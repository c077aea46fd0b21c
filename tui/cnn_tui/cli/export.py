"""`cnn-tui export`: values of a block along a record, its kernels, or every layer for one input window, as a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, letters, writers
from cnn_core import motifs as motifs_room
from cnn_core.writers.formats import CONTENTS, SUFFIXES, Contents, contents_of, formats_of, suffixes_of

from .. import opening, output
from ..options.arguments import add_group, add_model_options, add_options, request_of
from .motif_options import MOTIF_OPTIONS, add_motif_options, motif_settings
from .parser import Parser, add_sequences
from .progress import progress_bars, read_source
from .streams import write_warnings
from .track_options import add_track_options, beside_tracks, check_track_options
from .whole_network import whole_network
from .window_options import one_of_several

if TYPE_CHECKING:
    from cnn_core.blocks import Reading
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.motifs import MotifRule, MotifSettings
    from cnn_core.network.model import Model
    from cnn_core.readers import ModelFile
    from cnn_core.writers import RecordsValues
    from cnn_core.writers.values import Values

    from ..options.request import OpenRequest
    from ..output.track_files import BesideTracks
    from ..output.whole_file import OutputFile

__all__ = ["check", "main", "parser", "run"]

_CONTENTS: Final[dict[Contents, str]] = {
    "layers": "every layer for one input window",
    "cells": "the pooled values",
    "activations": "what the pool reads",
    "responses": "before the activation function",
    "selections": "which position each pool selected",
    "kernels": "the filters, or motifs of them",
}
_FORMATS: Final = "\n".join(
    f"  {what:<13}{words:<36}{' '.join(each.suffixes[0] for each in formats_of(what))}"
    for what, words in _CONTENTS.items()
)
_DESCRIPTION: Final = f"""\
Write values to a file that other tools read; its suffix is its format.

  --what       is                                  as
{_FORMATS}

Cells to selections go along the record or the region, however long it is: of a
network of a fixed length, the convolution and the pool are computed as if its
input were that long. In .tsv, a name that begins with = + - @ # or a quote
stands behind an apostrophe, so that no spreadsheet computes it."""

_END: Final = """\
Coordinates are those of BED: 0-based, half-open, in the record's own direction
whichever strand is read; lines are sorted. A response lies over conv stride
bases, a cell over pool stride x conv stride, from the first that it reads; what
lies outside the stretch is cut off. .bedgraph and .bw hold one filter: give
--filter, or {filter} in the name for a file each.

.bed leaves out cells that are all 0. Its score is 1000 x value / the value of
the filter's best match, 0 at the least. A selection covers what its window
reads.

.meme holds probabilities, which a kernel does not. By the rule windows they are
the letters under every window whose activation exceeds half of the filter's
largest, in all records unless one is named; by weights, background x 2^weight,
which is exact for filters that are log-odds in bits. A filter without a site is
left out. cnn-tui filters has the other rules, and makes a table of filters.

.npz of layers: an array a layer under its name (length, channels; float32),
what each cell of a max pool selected under selection/LAYER (int64), the letters
as one_hot. A model of any length runs on 200,000 bases at most.

With --all-records one file has all records: .bw as chromosomes, .npz one below
the other, record i in the rows from rows[i] to rows[i + 1].

A file appears whole or not at all; it holds no time: equal values, equal bytes.

example:
  cnn-tui export @planted --model seed -o planted.npz
  cnn-tui export my.fa --model motifs --filter TBP -o TBP.bedgraph
  cnn-tui export my.fa --model motifs --record chr1 -o 'tracks/{filter}.bw'
  cnn-tui export my.fa --model motifs --filter 0 --all-records -o all.bw
  cnn-tui export my.fa --model danq.h5 --region chr1:1-100000 -o cells.bed
  cnn-tui export my.fa --model danq.h5 -o filters.meme

  >>> np.load("planted.npz")["conv1d"].shape
  (485, 320)"""


def parser() -> Parser:
    """Return the parser of `cnn-tui export`."""
    usage = "cnn-tui export SEQUENCES [--what WHAT] [--filter N] -o FILE [options]"
    made = Parser("cnn-tui export", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument(
        "--what",
        metavar="WHAT",
        choices=CONTENTS,
        help=f"{', '.join(CONTENTS[:-1])} or {CONTENTS[-1]} (default: by the suffix, .npz layers, .meme kernels, "
        "others cells)",
    )
    add_options(made, "filter", filter="one filter, by number or name (default: all)")
    made.add_argument(
        "--all-records",
        action="store_true",
        help="along every record of the file, into one file (default: one record)",
    )
    made.add_output(".tsv", *SUFFIXES, instead="activations", required=True)
    add_track_options(made)
    add_motif_options(made, ".meme: ", fewest=1)
    add_group(made, "reading", "window")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together, and choose what is written where nothing was said."""
    check_track_options(made, typed)
    typed.output_file = replace(
        typed.output_file, suffixes=SUFFIXES if typed.what is None else suffixes_of(typed.what)
    )
    named, typed.what = typed.what, typed.what or contents_of(typed.output)
    if typed.all_records:
        if typed.record is not None or typed.region is not None:
            made.error("argument --all-records: leave out --record and --region, or write them alone")
        if typed.inputs:
            made.error("argument --all-records: the numbers of --input are those of one record")
        if named in ("layers", "kernels") or typed.what == "kernels":
            made.error("argument --all-records: it is for cells, activations, responses and selections")
        typed.what = named or "cells"
    if typed.what == "layers" and typed.filter is not None:
        made.error("argument --filter: layers are written whole; add --what cells, activations or responses")
    makes_motifs = typed.what == "kernels" and _is_of_motifs(typed.output_file.path)
    for option in MOTIF_OPTIONS:
        if getattr(typed, option) is not None and not makes_motifs:
            made.error(f"argument --{option.replace('_', '-')}: it is for --what kernels -o FILE.meme")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(
        request_of(typed),
        typed.output,
        typed.what,
        motifs=motif_settings(typed, "-" if typed.reverse else "+"),
        force=typed.force,
        all_records=typed.all_records,
        beside=beside_tracks(typed),
    )
    return 0


def run(
    request: OpenRequest,
    file: str,
    what: Contents = "layers",
    *,
    motifs: tuple[MotifRule, MotifSettings] | None = None,
    force: bool = False,
    all_records: bool = False,
    beside: BesideTracks | None = None,
) -> None:
    """Write what is asked for.

    Args:
        request: What to read; its filter is the one that is written, None is all.
        file: The file to write; its suffix is its format. `{filter}` in it stands for the filter's name, and
            makes one file a filter.
        what: What is written.
        motifs: How kernels become motifs, see `cnn_core.motifs`; None is as usual.
        force: Whether a file that is there is replaced.
        all_records: Whether values are written along every record, and not along one.
        beside: What is written beside tracks; None is nothing.

    Raises:
        CnnError: Something in the request is not there or cannot be read, what is asked for and the format do not
            go together, or the file cannot be written.
    """
    path = Path(file)
    whole = output.OutputFile(path, output.INSTEAD, suffixes_of(what), force)
    whole.check()
    beside = beside or output.BESIDE_NOTHING
    beside.check()
    with read_source(request) as sequences:
        request = opening.with_model(request, sequences)
        opened = opening.open_model(request.model, request.model_options)
        said = [*opening.unsupported_words(opened), opening.cut_region(request, sequences)]
        if what == "layers":
            reading: Reading = opening.open_reading(request, sequences, opened)
            named = output.layer_arrays(reading, whole_network(reading))
            said += blocks.assumptions_of(reading)
            said += (
                f"a layer is called {usual}: what is usually written so is called {ours}"
                for usual, ours in output.own_names(opened.model).items()
                if ours != usual and ours in named
            )
            with whole.open() as layers:
                writers.write_arrays(named, layers)
        else:
            _check_blocks(opened.model)
            if all_records:
                longest = sequences[int(sequences.lengths.argmax())]
                request = replace(request, record=longest.name)
            reading = _along_the_record(request, sequences, opened, what)
            said += blocks.assumptions_of(reading, reading.block.conv)
            filters = None if request.filter is None else (opening.first_filter(request, reading),)
            if what == "kernels":
                said += _write_kernels(request, sequences, reading, filters, whole, motifs)
            else:
                values: Values = writers.BlockValues.of(reading, what, filters)
                with progress_bars() as bars, _told_of_what_is_whole() as written:
                    if all_records:
                        values = writers.RecordsValues.of(sequences, values.one)
                    output.write_values(
                        values,
                        path,
                        force=force,
                        track_line=beside.track_line,
                        progress=bars.begin("writing", "b" if all_records else "values"),
                        whole=written.append,
                    )
                lengths, shown = sequences.lengths_by_name, None
                if isinstance(values, writers.RecordsValues):
                    said += _of_all_records(values)
                    lengths = dict(zip(values.names, values.lengths.tolist(), strict=True))
                else:
                    said.append(one_of_several(request, sequences, reading.record.name, "written"))
                    shown = reading.record.name, reading.start, reading.stop
                said += _longer_than_the_input(opened.model, reading)
                said += beside.write(written, lengths, shown)
    write_warnings(said)


@contextmanager
def _told_of_what_is_whole() -> Iterator[list[Path]]:
    """Say which of several files are whole, where the others could not be written or were not waited for."""
    whole: list[Path] = []
    try:
        yield whole
    except Exception:
        if whole:
            last = f" to {whole[-1]}" if len(whole) > 1 else ""
            counted = f"{len(whole)} file{'s are' if len(whole) > 1 else ' is'} whole"
            write_warnings([f"{counted}, {whole[0]}{last}; the others are not written"])
        raise


def _check_blocks(model: Model) -> None:
    if not model.blocks:
        raise blocks.no_block(model, "export its layers, with --what layers -o FILE.npz")


def _along_the_record(request: OpenRequest, sequences: Sequences, opened: ModelFile, what: Contents) -> Reading:
    """Return the block on all of the stretch that is asked for, however long the model's own input is.

    The cells of a pool over all positions are of the input itself: another length has others. Numbers beside the
    letters have the length of the model's input: only a block that reads them is given them.
    """
    if what in ("cells", "selections"):
        found = opening.open_block_reading(request, sequences, opened)
        if found.run.pools_all:
            return found
    opened = replace(opened, model=opened.model.of_any_length())
    found = opening.open_block_reading(replace(request, inputs=()), sequences, opened)
    if not request.inputs or blocks.is_on_letters(found.model, found.block):
        return found
    return opening.open_block_reading(request, sequences, opened)


def _of_all_records(records: RecordsValues) -> Iterator[str]:
    """Yield what must be said of the records that have not a single value."""
    if records.too_short:
        yield (
            f"{records.too_short:,} of {len(records.counts):,} records are too short for a single "
            f"{records.first.quantity.counted_by} and were passed over"
        )


def _longer_than_the_input(model: Model, reading: Reading) -> Iterator[str]:
    """Yield what must be said where the block was computed on another length than the network reads."""
    fixed = model.input.length
    if reading.run.pools_all and reading.stop - reading.start < len(reading.record):
        yield (
            f"{reading.block.pool} pools all of what is read at once: {reading.region}; --region names another part"
        )
    elif fixed not in (None, reading.length):
        yield (
            f"{model.name} reads {fixed:,} bases at once; its {reading.block.conv} and {reading.block.pool} were "
            f"computed along all {reading.length:,} of {reading.region}, as if its input were that long"
        )


def _is_of_motifs(path: Path) -> bool:
    return path.suffix.lower() == ".meme"


def _write_kernels(
    request: OpenRequest,
    sequences: Sequences,
    reading: Reading,
    filters: tuple[int, ...] | None,
    file: OutputFile,
    asked: tuple[MotifRule, MotifSettings] | None,
) -> Iterator[str]:
    """Write kernels as they are or as motifs, and yield what must be said of those that are left out."""
    if not _is_of_motifs(file.path):
        output.write_kernels(reading, filters, file)
        return
    rule, settings = asked or (motifs_room.MotifRule(), motifs_room.MotifSettings(fewest_sites=1))
    everywhere = request.record is None and request.region is None
    stretches = letters.WholeRecords(sequences) if everywhere else ((reading.record, reading.start, reading.stop),)
    # What the weights alone make does not depend on the letters.
    assumed = blocks.assumptions_of(reading, reading.block.conv) if rule.reads_sequences else reading.assumed
    edits = blocks.edited_names(reading) if rule.reads_sequences else reading.model.weight_names
    with progress_bars() as bars:
        progress = bars.begin("counting", "b")
        yield from output.write_motifs(
            lambda: motifs_room.filter_motifs(
                reading.model,
                reading.block,
                stretches,
                rule,
                settings,
                filters,
                ambiguity=reading.ambiguity,
                progress=progress,
            ),
            file,
            lambda: writers.MotifNotes(assumed, edits),
        )
