"""`cnn-tui insert`: what a motif changes a network's outputs by where it is put, as a table or a file."""

from __future__ import annotations

import sys
import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, motifs, scan, writers
from cnn_core.errors import SettingError, printable

from .. import opening
from ..options.arguments import add_model_options, add_options, request_of
from ..words.numbers import number, signed
from .columns import column_lines
from .motif_options import MOTIF_OPTIONS, add_motif_options, motif_settings
from .parser import Parser, add_logit, add_sequences, add_targets
from .progress import progress_bars
from .read_windows import ReadWindows
from .scanned_places import block_of, open_places
from .streams import write_lines, write_warnings
from .typed_values import asked_of, whole_number_of
from .window_options import add_regions, add_step, add_strand, add_window, check_regions

if TYPE_CHECKING:
    from cnn_core.motifs import InsertedLetters, MotifRule, MotifSettings
    from cnn_core.network.model import Model
    from cnn_core.scan import Insertion
    from cnn_core.writers import InsertionNotes

    from ..options.request import OpenRequest
    from ..output.whole_file import OutputFile
    from .progress import Bars
    from .scanned_places import Places

__all__ = ["Asked", "check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Put a motif into sequences, and write what this changes the network's outputs
by: with the motif less without it, their mean over the sequences. Its letters
replace as many of the sequence's; nothing moves, and the length stays."""

_END: Final = """\
--motif is
  GATAAG            letters; R, Y and the like leave a base that they allow, or
                    else one of theirs is drawn; N leaves whatever is there
  filter:17         the consensus of a filter's windows in the sequences, made
                    as cnn-tui filters does (--motif-rule)
  MA0035.5          a matrix of JASPAR 2026, also jaspar:NAME
  FILE.meme:NAME    one of a file of motifs, of any layout
Of a filter and a matrix, the consensus is put in; --draw draws the letters of
each sequence from its shares.

The sequences are the records of the file as they are, each in an input window,
or with --shuffled N as many shuffles of each, which keep how often every pair
of neighbouring letters occurs.

--at is the base of the input window, from 0, over which the first letter
stands: center (default), 250, or the first and last of several, 200-300; with
--step N every N-th of these, or of all, is a row: a profile.

Columns, between tabs: output, base, strand (on which the motif is put), n
(sequences), without and with (means), change (their difference), sd (standard
deviation of the changes), se (its standard error, sd / square root of n). Of an
output with a sigmoid or softmax the numbers are of the value before it, the
logit, unless --probability. .npz has change:LAYER, sd:LAYER and se:LAYER
(strands x places x values), without:LAYER, bases, strands, n.

This says what this model's output changes by on these sequences, not what a
factor does in a cell.

example:
  cnn-tui insert @planted --model trained --motif GATAAG --shuffled 20
  cnn-tui insert my.fa --model danq.h5 --motif filter:17 --strand both
  cnn-tui insert my.fa --model danq.h5 --motif MA0035.5 --step 10 -o gata1.tsv"""

_FILTER: Final = "filter"
"""What stands before the colon where a filter of the network is meant."""
_NUMBERS: Final = (1, *range(3, 9))
"""The columns of a table for people that are numbers."""
_COLUMNS: Final = 79
"""Of a terminal, into which sentences are folded."""


@dataclass(frozen=True)
class Asked:
    """What is put in, where, and where the numbers go.

    Attributes:
        request: What to read; without a record and a region all records.
        motif: The motif, as typed.
        rule: How a filter becomes a motif.
        settings: How its counts become shares.
        draw: Whether letters are drawn from a matrix's shares.
        at: Where the motif is put, see `scan.InsertionPlaces.parse`.
        step: Bases from one place to the next, or None.
        strand: `+`, `-` or `both`.
        shuffled: How many shuffles of each window are read; 0 is the window as it is.
        seed: The seed of shuffles and of drawn letters.
        targets: The values, as typed; none is every output.
        logit: Whether values before a last sigmoid or softmax are meant; None is where there is one.
        regions: A BED file of the regions that are read, or None.
        window: How many bases a network of any length is given at the most, or None.
        output_file: The file to write; None is standard output.
    """

    request: OpenRequest
    motif: str
    rule: MotifRule
    settings: MotifSettings
    draw: bool = False
    at: str = "center"
    step: int | None = None
    strand: str = "+"
    shuffled: int = 0
    seed: int = 0
    targets: tuple[str, ...] = ()
    logit: bool | None = None
    regions: str | None = None
    window: int | None = None
    output_file: OutputFile | None = None

    @property
    def filter(self) -> str | None:
        """The filter whose motif is put in, by number or name, or None."""
        kind, colon, name = self.motif.partition(":")
        return name if colon and kind == _FILTER else None


def parser() -> Parser:
    """Return the parser of `cnn-tui insert`."""
    usage = "cnn-tui insert SEQUENCES --motif MOTIF --model MODEL [-o FILE] [options]"
    made = Parser("cnn-tui insert", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument("--motif", help="letters, filter:N, an identifier of JASPAR, or FILE:NAME; see below")
    made.add_argument(
        "--draw",
        action="store_true",
        help="letters drawn from the shares of a matrix or a filter, for each sequence (default: the consensus)",
    )
    made.add_argument(
        "--at",
        metavar="BASE",
        default="center",
        help="where its first letter stands: center (default), 250, 200-300",
    )
    add_step(made, "at every N-th base: a profile")
    add_strand(made, "the strand of the sequence on which the motif is put; both is a row each")
    made.add_argument(
        "--shuffled",
        metavar="N",
        type=whole_number_of("number of shuffles"),
        default=0,
        help="N shuffles of each sequence that keep its pairs of letters (default: the sequence as it is)",
    )
    made.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the seed of shuffles and drawn letters (default: 0)"
    )
    add_targets(made)
    add_logit(made)
    add_motif_options(made, "filter:N: ")
    add_regions(made)
    add_window(made)
    made.add_output(
        ".tsv", ".npz", instead="insertion", meaning="the file to write, .tsv or .npz; - is standard output"
    )
    add_options(
        made,
        *("record", "region", "edits", "ambiguity", "model", "block", "inputs", "pad", "pad_with"),
        record="the record to read (default: all with letters)",
        block="filter:N: the block whose filter it is",
    )
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    if typed.motif is None:
        made.error("argument --motif: it is required, such as --motif GATAAG")
    if not typed.motif.startswith(f"{_FILTER}:"):
        for name in (*MOTIF_OPTIONS, "block"):
            if getattr(typed, name) is not None:
                made.error(f"argument --{name.replace('_', '-')}: it is for --motif filter:N")
    check_regions(made, typed)


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    rule, settings = motif_settings(typed)
    run(asked_of(Asked, typed, request=request_of(typed), rule=rule, settings=settings))
    return 0


def run(asked: Asked) -> None:
    """Put a motif in, predict and write what it changes.

    Args:
        asked: What is put in, where, and where the numbers go.

    Raises:
        CnnError: Something in the request is not there or cannot be read, the motif does not fit, the network gives no
            output, or the file cannot be written.
    """
    file = asked.output_file
    request = asked.request
    places_of_motif = scan.InsertionPlaces.parse(asked.at, asked.step)
    rows = request.model_options.motif_rows
    motif = None if asked.filter is not None else opening.open_motif(asked.motif, rows, drawn=asked.draw)
    with (
        progress_bars() as bars,
        open_places(request, bars, "reading", may_stream=False, regions=asked.regions) as places,
    ):
        opened = opening.open_model(request.model or places.model, request.model_options)
        if motif is None:
            motif = _motif_of_filter(asked, opened.model, places, bars)
        windows = ReadWindows(request, opened.model, places, None, None, asked.window, asked.regions is not None)
        work = scan.MotifInsertion(
            windows.model,
            motif,
            [scan.PredictedValues.parse(text, windows.model) for text in asked.targets],
            places=places_of_motif,
            strand=asked.strand,
            shuffled=asked.shuffled,
            seed=asked.seed,
            logit=asked.logit,
        )
        assert isinstance(places.stretches, Sequence)
        total = sum(stop - start for _, start, stop in places.stretches)
        found = work.over(windows, bars.begin("predicting", "b"), total)
        bars.end()
        assumed = (*opened.warnings, *windows.assumptions(has_ambiguous=work.predictions.has_ambiguous))
        notes = writers.InsertionNotes(
            windows.model,
            described=_described(found, asked, windows.model),
            sentences=(*assumed, *_passed_over(found)),
            edits=(*(windows.first.edit_names if windows.first else ()), *windows.model.weight_names),
        )
        if file is not None:
            with file.open() as written:
                if file.suffix == ".npz":
                    writers.write_arrays(writers.insertion_arrays(found, notes), written)
                else:
                    writers.write_insertion_table(found, written, notes)
        elif sys.stdout.isatty():
            with bars.aside():
                write_lines(_shown(found, notes))
        else:
            sys.stdout.flush()
            writers.write_insertion_table(found, sys.stdout.buffer, notes)
        said = [*opening.unsupported_words(opened), *assumed, *_passed_over(found)]
        said += [*windows.remarks(found.windows, work.too_short), places.notice()]
    write_warnings(said)


def _motif_of_filter(asked: Asked, model: Model, places: Places, bars: Bars) -> InsertedLetters:
    """Return the letters of a filter's motif, as its windows in the sequences have them."""
    if not model.blocks:
        raise blocks.no_block(model, "give letters or a matrix")
    model = model.of_any_length()
    block = block_of(asked.request, model)
    assert isinstance(places.stretches, Sequence)
    assert asked.filter is not None
    first = scan.RecordScan(model, places.stretches, block, ambiguity=asked.request.ambiguity).first()
    (found,) = motifs.filter_motifs(
        first.model,
        first.block,
        places.stretches,
        asked.rule,
        asked.settings,
        (blocks.find_filter(first.run, asked.filter),),
        ambiguity=first.ambiguity,
        progress=bars.begin("counting", "b"),
    )
    if not found.is_written:
        raise SettingError(
            f"{found.name} has {found.sites:,} sites in these sequences, fewer than "
            f"{asked.settings.fewest_sites:,}, and its consensus is mostly chance",
            remedy="read more sequences, take --motif-rule weights, or ask for less with --fewest-sites",
        )
    name = found.name if found.name.startswith("filter") else f"filter {found.name}"
    return motifs.InsertedLetters.of_shares(
        f"{name} by the rule {found.rule}", found.probabilities, drawn=asked.draw
    )


def _described(found: Insertion, asked: Asked, model: Model) -> str:
    """Return what the numbers are, in one line."""
    names = ", ".join(f"{each.wanted.name}{' (logit)' if each.is_logit else ''}" for each in found.changes)
    places = f"{len(found.bases):,} places" if len(found.bases) > 1 else _place(int(found.bases[0]))
    windows = f"{found.windows:,} input window{'s' if found.windows > 1 else ''}"
    read = windows
    if asked.shuffled:
        read = f"{found.n:,} shuffles of {windows} from seed {asked.seed} on"
    strands = "both strands" if len(found.strands) > 1 else f"strand {found.strands[0]}"
    return (
        f"with {found.motif.described} put at {places} on {strands} of {read}, less without: what {names} of "
        f"{model.name} changes by"
    )


def _place(base: int) -> str:
    return "the middle" if base < 0 else f"base {base:,}"


def _passed_over(found: Insertion) -> Iterator[str]:
    """Yield how many windows could not be shuffled."""
    if found.unshuffled:
        yield (
            f"{found.unshuffled:,} of {found.unshuffled + found.windows:,} input windows hold other letters than A, C, "
            "G and T, cannot be shuffled, and were passed over"
        )


def _shown(found: Insertion, notes: InsertionNotes) -> Iterator[str]:
    """Yield the lines of a table for people."""
    rows: list[tuple[str, ...]] = [writers.INSERTION_COLUMNS]
    for label, base, strand, n, *numbers in zip(*found.columns.values(), strict=True):
        where = scan.CENTER if base < 0 else str(base)
        without, inserted, change, sd, se = map(float, numbers)
        spread = [number(each) if found.n > 1 else "" for each in (sd, se)]
        rows.append(
            (printable(label), where, strand, f"{n:,}", number(without), number(inserted), signed(change), *spread)
        )
    yield from textwrap.wrap(printable(notes.described), _COLUMNS)
    yield from column_lines(rows, _NUMBERS)
    yield "bases count from 0, in the input window; sd is that of the changes, se = sd / √n"
