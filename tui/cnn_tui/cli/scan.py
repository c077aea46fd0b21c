"""`cnn-tui scan`: the strongest cells of whole records, as a table or a file."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, motifs, writers
from cnn_core import scan as engine
from cnn_core.errors import SettingError

from .. import opening, options
from ..options.arguments import add_group, add_model_options, add_options, request_of
from ..output.track_files import BESIDE_NOTHING, BesideTracks
from ..output.whole_file import note_stream
from .found_hits import FoundHits, Wanted
from .hits_table import show
from .motif_options import add_background
from .parser import Parser, add_filters, add_sequences, add_shard
from .progress import progress_bars
from .scanned_places import block_of, open_places, reads_letters
from .streams import write_warnings
from .track_options import add_track_options, beside_tracks, check_track_options
from .typed_values import asked_of, number_of, whole_number_of
from .window_options import add_strand

if TYPE_CHECKING:
    from cnn_core.letters.record_batches import RecordSlice
    from cnn_core.network.model import Model
    from cnn_core.scan import RecordScan
    from cnn_core.work.shards import Shard

    from ..options.request import OpenRequest
    from ..output.whole_file import OutputFile

__all__ = ["Wanted", "check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Find the strongest cells of whole records: of all of them in the file unless
one is named, on both strands. Of a network of a fixed length, the convolution
and the pool are computed as if its input were as long as the record."""

_END: Final = """\
Without --top, --threshold and --max-p: the 10 strongest cells of all filters
together. --top alone is of each filter; with --together, of all filters.
--threshold or --max-p without it give every cell from that value up, or up to
that p, in the order of the records. Of equal values the first in the file
comes first; a cell that is all 0 is no hit.

p is the share of random letters in which the filter's window responds as much
or more; with --max-p, how many hits chance would give is said. A window with
an ambiguous letter or padding has no p, nor has a cell of a pool that averages.

On a terminal the hits are a table, whose regions are 1-based and inclusive, as
--region takes them. Elsewhere, and in .tsv, they are tab-separated: record,
start, stop (as in BED: 0-based, half-open), strand, filter, name, value, cell,
selection, letters, p. A cell and the position that it selected are counted from
0, in the direction of their strand. The bases are those that the window at the
selection reads; where the pool averages, those of all windows under the cell.
In .tsv, a name that begins with = + - @ # or a quote stands behind an
apostrophe, so that no spreadsheet computes it.

.bed and .gff3 are sorted by record and start. The score of .bed is 1000 x value
/ the value of the filter's best match, that of .gff3 is the value, with p among
the attributes. A file appears whole or not at all.

example:
  cnn-tui scan @planted --model motifs --filter TBP --top 5
  cnn-tui scan hg38.fa --model danq.h5 --top 100 -o hits.tsv
  cnn-tui scan hg38.fa --model motifs --filter 0 --threshold 9 -o hits.bed
  cnn-tui scan my.fa --model motifs --max-p 1e-5 -o hits.gff3"""

_DEFAULT_TOP: Final = 10
_VALUE: Final = number_of("is not a value that a cell can have", math.isfinite)
_SHARE: Final = number_of(
    "is no p-value; give a number above 0 and up to 1, such as 1e-4", lambda share: 0 < share <= 1
)


def parser() -> Parser:
    """Return the parser of `cnn-tui scan`."""
    usage = "cnn-tui scan SEQUENCES [--top N] [--threshold X] [-o FILE] [options]"
    made = Parser("cnn-tui scan", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument(
        "--top", metavar="N", type=whole_number_of("count"), help="the N strongest cells of each filter"
    )
    made.add_argument("--together", action="store_true", help="let N count the cells of all filters together")
    made.add_argument("--threshold", metavar="X", type=_VALUE, help="the least value of a hit")
    made.add_argument("--max-p", metavar="P", type=_SHARE, help="the largest p-value of a hit, such as 1e-4")
    add_background(made, "for p: ")
    add_filters(made)
    add_strand(made, "the strands that are looked through", usual="both", dest="strands")
    add_shard(made, "the cells")
    made.add_output(
        *(".tsv", ".bed", ".gff3"),
        instead="hits",
        meaning="the file to write, .tsv, .bed or .gff3; - is standard output",
    )
    add_track_options(made, draws=False)
    add_group(made, "reading", record="the record to read (default: all with letters)")
    add_options(
        made,
        "pad",
        "pad_with",
        pad="of a block that pools all positions, and a record shorter than its input: where the rest of that stands, "
        "right (default), left or center of the letters, as they are read",
    )
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together, and choose how many hits are wanted where nothing was said."""
    check_track_options(made, typed)
    if typed.together and typed.top is None:
        made.error("argument --together: it is for --top")
    if typed.top is None and typed.threshold is None and typed.max_p is None:
        typed.top, typed.together = _DEFAULT_TOP, True


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(
        request_of(typed),
        asked_of(Wanted, typed),
        typed.output_file,
        threads=typed.threads,
        background=typed.background,
        beside=beside_tracks(typed),
        shard=typed.shard,
    )
    return 0


def run(
    request: OpenRequest,
    wanted: Wanted,
    file: OutputFile | None = None,
    *,
    threads: int | None = None,
    background: Sequence[float] | None = None,
    beside: BesideTracks = BESIDE_NOTHING,
    shard: Shard | None = None,
) -> None:
    """Find the strongest cells and write them.

    Args:
        request: What to read; without a record and a region all records.
        wanted: Which cells.
        file: The file to write, .tsv, .bed or .gff3; None is standard output: a table for people where that is a
            terminal, otherwise tab-separated.
        threads: How many threads work at once, see `cnn_core.scan.whole_scan`.
        background: How often A, C, G and T stand anywhere, for p-values; None is equally often.
        beside: What is written beside .bed and .gff3.
        shard: Which share of the cells, or None.

    Raises:
        CnnError: Something in the request is not there or cannot be read, no record has a cell, or the file cannot
            be written.
    """
    beside.check()
    background = motifs.UNIFORM if background is None else background
    motifs.checked_background(background)
    opened = None if request.model is None else opening.open_model(request.model, request.model_options)
    streams = shard is None and reads_letters(request, opened)
    with progress_bars() as bars, open_places(request, bars, "scanning", may_stream=streams) as places:
        if opened is None:
            opened = opening.open_model(places.model, request.model_options)
        scan = _scan_of(opened.model, request, places.stretches, wanted, threads, background, shard)
        first = scan.first()
        zeros = (
            f"input {name} is zeros, since a scan reads letters alone; export --what cells --input {name}=FILE.npy "
            "takes its numbers"
            for name in blocks.zero_inputs_of(first, first.block.conv)
        )
        assumed = (*opened.warnings, *blocks.letter_words(first), *zeros)
        found = FoundHits(scan, first, wanted, None if places.streamed else bars)
        if file is None and found.in_order:
            note_stream()
        if file is not None:
            _write_file(found, file, (*assumed, *places.assumptions()))
        elif sys.stdout.isatty():
            show(found, bars, places)
        else:
            sys.stdout.flush()
            writers.write_comments((*assumed, *places.assumptions()), sys.stdout.buffer, blocks.edited_names(first))
            writers.write_hits_table(found.hits(), first, sys.stdout.buffer)
        what = _what_must_be_said(opened.model, found, wanted)
        said = [*opening.unsupported_words(opened), *assumed, *places.assumptions(), *what, places.notice()]
        if file is not None:
            said += beside.write([file.path], places.lengths, places.only)
    write_warnings(said)


def _scan_of(
    model: Model,
    request: OpenRequest,
    stretches: Iterable[RecordSlice],
    wanted: Wanted,
    threads: int | None,
    background: Sequence[float],
    shard: Shard | None,
) -> RecordScan:
    if not model.blocks:
        raise blocks.no_block(model, "scan with a model that has one")
    block = block_of(request, model)
    # A pool over all positions makes another number of a longer input.
    pad = opening.asked_pad(request)
    if block is None or not blocks.pools_all(model, block):
        model = model.of_any_length()
    if pad is not None and block is not None and model.input.length is None:
        raise SettingError(
            f"{block.conv} and {block.pool} are computed along every record, however short it is",
            remedy="leave out --pad, which is for a block that pools all positions of an input of a fixed length",
        )
    if request.settings and block is not None:
        model = options.with_typed_settings(model, block, request.settings)
    return engine.RecordScan(
        model,
        stretches,
        block,
        strands=wanted.strands,
        ambiguity=request.ambiguity,
        threads=threads,
        background=background,
        pad=pad,
        shard=shard,
    )


def _what_must_be_said(model: Model, found: FoundHits, wanted: Wanted) -> Iterator[str]:
    scan, first = found.scan, found.first
    if not found.count:
        yield _why_nothing(scan, wanted)
    yield from _expected(found, wanted)
    fixed = model.input.length
    if scan.is_cut:
        yield (
            f"{model.name} reads {fixed:,} bases at once, and {first.block.pool} pools all of them: longer records "
            "were read in windows of so many, one behind the other"
        )
    elif fixed is not None and not first.run.pools_all and (scan.records > 1 or first.length != fixed):
        yield (
            f"{model.name} reads {fixed:,} bases at once; its {first.block.conv} and {first.block.pool} were "
            "computed along whole records, as if its input were that long"
        )
    if scan.padded:
        yield (
            f"{scan.padded:,} of {scan.records:,} input windows hold fewer than {fixed:,} bases: they have "
            f"{first.padding.beside} of their letters"
        )
    if scan.too_short:
        yield f"{scan.too_short:,} of {scan.records:,} records are too short for a single cell and were passed over"


def _expected(found: FoundHits, wanted: Wanted) -> Iterator[str]:
    """Say how many hits random letters would have, where p-values were asked for."""
    if wanted.max_p is None or found.scan.p_values is None:
        return
    known, filters = found.scan.p_values, found.filters
    beyond = [index for index in filters if known.smallest(index) > wanted.max_p]
    if beyond:
        rarest = min(known.smallest(index) for index in beyond)
        yield (
            f"{len(beyond):,} of {len(filters):,} filters cannot have a p-value of {wanted.max_p:g}: even their best "
            f"matches have {rarest:.2g} or more"
        )
    expected = found.scan.expected(filters, wanted.threshold, wanted.max_p)
    if expected is None:
        return
    background = ",".join(f"{share:.4g}" for share in known.background)
    windows = found.scan.so_far.windows
    yield (
        f"{expected:.3g} hits at most are expected by chance: {len(filters):,} filters, {windows:,} windows of each, "
        f"in random letters of the background {background}"
    )


def _why_nothing(scan: RecordScan, wanted: Wanted) -> str:
    so_far = scan.so_far
    if not so_far.cells:
        return "no cell begins in this shard"
    counted = f"no cell is a hit: {so_far.cells:,} were looked at (each filter and strand counted), and "
    if so_far.best is None:
        return f"{counted}every one is all 0"
    if wanted.max_p is not None:
        return f"{counted}the windows of all are likelier than p = {wanted.max_p:g}" + (
            "" if wanted.threshold is None else f" or below the threshold {wanted.threshold:.10g}"
        )
    if wanted.threshold is None:
        return f"{counted}every one is all 0"
    return f"{counted}the best, {writers.shortest(so_far.best)}, is below the threshold {wanted.threshold:.10g}"


def _write_file(found: FoundHits, file: OutputFile, assumed: tuple[str, ...]) -> None:
    with file.open() as written:
        if file.suffix == ".gff3":
            written.write(writers.GFF3_HEAD)
        if file.suffix != ".bed":
            writers.write_comments(assumed, written, blocks.edited_names(found.first))
        if file.suffix == ".tsv":
            writers.write_hits_table(found.hits(), found.first, written)
            return
        hits = found.hits() if found.in_order else found.scan.in_order([*found.hits()])
        if file.suffix == ".gff3":
            writers.write_hits_gff3(hits, found.first, written)
        elif blocks.is_on_letters(found.first.model, found.first.block):
            # Its best match is the same on every record.
            writers.write_hits_bed(hits, found.first, written)
        else:
            for reading, mine in found.scan.by_record(hits):
                writers.write_hits_bed(mine, reading, written)
