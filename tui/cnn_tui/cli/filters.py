"""`cnn-tui filters`: what every filter of a convolution on letters responds to, as motifs."""

from __future__ import annotations

import sys
import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cnn_core import blocks, motifs, scan, writers

from .. import opening, options, output
from ..options.arguments import add_group, add_model_options, add_options, request_of
from .columns import column_lines
from .filter_influence import FiltersInfluence
from .motif_options import add_motif_options, motif_settings
from .parser import Parser, add_filters, add_sequences, add_shard, add_target
from .progress import progress_bars
from .scanned_places import block_of, open_places
from .streams import write_lines, write_warnings
from .typed_values import asked_of
from .window_options import add_strand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnn_core.blocks import Reading
    from cnn_core.motifs import FilterMotif, Match, MotifRule, MotifSettings
    from cnn_core.network.model import Model
    from cnn_core.scan import Influence
    from cnn_core.work.shards import Shard
    from cnn_core.writers import FilterColumn, MotifNotes

    from ..options.request import OpenRequest
    from ..output.whole_file import OutputFile
    from .scanned_places import Places

__all__ = ["Asked", "check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Make a motif of every filter of a convolution on letters, from the windows that
it responds to in all records of a file unless one is named."""

_END: Final = """\
A row stands for a filter: its number, its name, how many windows were counted,
their information in bits and their consensus in IUPAC letters. Few sites look
like much information (3 / (2 ln 2 x sites) bits a column), and the rule moves
it by bits: what has fewer than 10 sites is marked on a terminal, counted on
standard error and left out of files of motifs.

  --motif-rule   counts the letters under
  windows        windows above half of the filter's largest activation
  basset         windows above mean + 0.5 x (largest - mean) of all positions
  best           the best window of each sequence
  top:N          the N best windows of all sequences
  weights        no sequences: background x 2^weight, exact for log-odds in bits
  weights:BITS   softmax(lambda x weight + ln background) of so many bits

A window counts if it holds nothing but A, C, G and T; the largest and the mean
are of all positions. A motif shows what a filter responds to, not what it does
in the network.

The table goes on with the known motif that the filter resembles most: its
identifier and name, p as Tomtom has it, q (the share of chance matches to
expect among the filter's matches up to this one), offset (the motif's column,
from 0, on which the filter's first lies) and strand. On a terminal only likely
ones stand, of a q of 0.05 or less. A resemblance is no proof that the filter is
for that factor: families share motifs, and of many filters that resemble
nothing a few have such a q by chance.

--influence goes on with what each filter adds to a value of the network: how
much higher the value is than with the filter's activations, before the pool,
replaced by their mean over all that is read (Basset). influence_mean has the
sign, influence_rms is the root mean square, n counts the input windows. Without
--target all values of the output are taken together. Similar filters share
credit: a low influence does not say that a filter is unimportant.

-o FILE: .tsv is the table, .npz has counts, probabilities and information,
.html is a page of logos; .meme, .jaspar and .transfac are motifs for other
tools. A file appears whole or not at all.

example:
  cnn-tui filters @planted --model trained --motif-rule best
  cnn-tui filters peaks.fa --model danq.h5 -o filters.meme
  cnn-tui filters peaks.fa --model danq.h5 --strand both -o filters.tsv
  cnn-tui filters peaks.fa --model danq.h5 --against hocomoco.meme
  cnn-tui filters peaks.fa --model danq.h5 --influence --target output:3"""

_OF_THE_NETWORK: Final = ("inputs", "pad", "pad_with")
"""Options that motifs do without."""
_WIDTH: Final = 80
_TABLE: Final = ".tsv"
_ARRAYS: Final = ".npz"
_PAGE: Final = ".html"
_MOTIFS: Final = (".meme", ".jaspar", ".transfac")
"""`output.MOTIF_SUFFIXES`, whose modules are too heavy for `--help`."""
_SUFFIXES: Final = (_TABLE, *_MOTIFS, _ARRAYS, _PAGE)


def parser() -> Parser:
    """Return the parser of `cnn-tui filters`."""
    usage = "cnn-tui filters SEQUENCES [--motif-rule RULE] [-o FILE] [options]"
    made = Parser("cnn-tui filters", usage, _DESCRIPTION, _END)
    add_sequences(made)
    add_motif_options(made)
    add_filters(made)
    add_strand(made, "the strands whose windows are counted, and that the network reads", dest="strands")
    made.add_argument(
        "--against",
        metavar="MOTIFS",
        help="the motifs that filters are compared with: jaspar (default), JASPAR 2026 CORE vertebrates; none; or a "
        "file of motifs, of any layout",
    )
    made.add_argument(
        "--column-score",
        choices=("pearson", "euclidean"),
        help="how columns of motifs are compared (default: pearson)",
    )
    made.add_argument("--influence", action="store_true", help="what every filter adds to a value of the network")
    add_target(made, "with --influence: the value")
    add_shard(made, "the filters")
    made.add_output(
        *_SUFFIXES, instead="filters", meaning="the file to write; its suffix is its format, - is standard output"
    )
    add_group(made, "reading", record="the record to read (default: all with letters)")
    add_options(made, *_OF_THE_NETWORK)
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    in_file = typed.output is not None and Path(typed.output).suffix.lower() in _MOTIFS
    for option in ("against", "column_score"):
        if in_file and getattr(typed, option) is not None:
            made.error(f"argument --{option.replace('_', '-')}: it is for the table, .tsv, .npz and .html")
    if in_file and typed.influence:
        made.error("argument --influence: it is for the table, .tsv, .npz and .html")
    asked = (
        typed.target != "output" or typed.logit is not None or any(getattr(typed, name) for name in _OF_THE_NETWORK)
    )
    if asked and not typed.influence:
        made.error("argument --target, --logit, --probability, --input, --pad: they are for --influence")
    if typed.against == opening.NO_SET and typed.column_score is not None:
        made.error("argument --column-score: it is for --against a set of motifs")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    rule, settings = motif_settings(typed, typed.strands)
    run(asked_of(Asked, typed, request=request_of(typed), rule=rule, settings=settings))
    return 0


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Attributes:
        request: What to read; without a record and a region all records.
        rule: How filters become motifs.
        settings: How counts become shares.
        filters: The filters, by number or name; none is all.
        output_file: The file to write; None is standard output.
        against: What filters are compared with: see `opening.open_comparison`.
        column_score: How columns are compared.
        influence: Whether what they add to a value of the network is worked out.
        target: The value; `output` is all of an output.
        logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.
        shard: Which share of the filters, or None.
    """

    request: OpenRequest
    rule: MotifRule
    settings: MotifSettings
    filters: tuple[str, ...] = ()
    output_file: OutputFile | None = None
    against: str = "jaspar"
    column_score: str = "pearson"
    influence: bool = False
    target: str = "output"
    logit: bool | None = None
    shard: Shard | None = None


def run(asked: Asked) -> None:
    """Make motifs of filters and write them.

    Args:
        asked: What is asked for.

    Raises:
        CnnError: Something in the request is not there or cannot be read, or the file cannot be written.
    """
    file = asked.output_file
    request = asked.request
    to_motifs = file is not None and file.suffix in _MOTIFS
    comparison = None if to_motifs else opening.open_comparison(asked.against, asked.column_score)
    with progress_bars() as bars, open_places(request, bars, "reading", may_stream=False) as places:
        opened = opening.open_model(request.model or places.model, request.model_options)
        work = _Filters.of(asked, opened.model, places)
        progress = bars.begin("counting", "b")

        like: FilterMotif | None = None

        def counted() -> Sequence[FilterMotif]:
            nonlocal like
            found = work.motifs(progress)
            if asked.shard is not None:
                like = found[0]
            return found[:0] if work.is_empty else found

        def notes(influence: Influence | None = None) -> MotifNotes:
            compared = "" if comparison is None else opening.comparison_words(comparison, asked.against)
            influential = "" if influence is None else work.influence.words(influence)
            assumed = (*opened.warnings, *work.assumed())
            return writers.MotifNotes(assumed, blocks.edited_names(work.first), compared, influential, like)

        def found_of(motifs_found: Sequence[FilterMotif]) -> _Found:
            influence = work.influence.found(bars) if asked.influence else None
            matches = None
            if comparison is not None:
                told = bars.begin("comparing", "filters")
                matches = motifs.filter_matches(motifs_found, comparison, progress=told)
            return _Found(motifs_found, matches, influence)

        few: tuple[str, ...] = ()
        if file is not None and to_motifs:
            few = output.write_motifs(counted, file, notes)
        elif file is not None:
            with file.open() as written:
                found = found_of(counted())
                said_beside = notes(found.influence)
                if file.suffix == _ARRAYS:
                    arrays = {**writers.filter_arrays(found.motifs, said_beside), **found.arrays}
                    writers.write_arrays(arrays, written)
                else:
                    write = writers.write_filter_page if file.suffix == _PAGE else writers.write_filter_table
                    write(found.motifs, written, said_beside, found.columns)
            few = (*output.few_sites_words(found.motifs, left_out=False),)
        else:
            found = found_of(counted())
            few = (*output.few_sites_words(found.motifs, left_out=False),)
            bars.end()
            if sys.stdout.isatty():
                write_lines(found.shown(notes(found.influence)))
            else:
                sys.stdout.flush()
                writers.write_filter_table(found.motifs, sys.stdout.buffer, notes(found.influence), found.columns)
        said = [*opening.unsupported_words(opened), *opened.warnings, *work.assumed(), *work.passed_over()]
        said += [*(work.influence.remarks() if asked.influence else ()), *few]
        said.append(places.notice())
    write_warnings(said)


@dataclass(frozen=True, eq=False)
class _Filters:
    """The convolution whose filters become motifs, and what it is looked at on."""

    asked: Asked
    places: Places
    first: Reading
    filters: tuple[int, ...] | None
    influence: FiltersInfluence
    is_empty: bool

    @classmethod
    def of(cls, asked: Asked, model: Model, places: Places) -> _Filters:
        """Return it, if the model has one."""
        if not model.blocks:
            raise blocks.no_block(model, "choose a model that has one")
        request, block = asked.request, block_of(asked.request, model)
        if request.settings and block is not None:
            model = options.with_typed_settings(model, block, request.settings)
        of_records = model.of_any_length()
        first = scan.RecordScan(of_records, places.stretches, block, ambiguity=request.ambiguity).first()
        filters = tuple(dict.fromkeys(blocks.find_filter(first.run, text) for text in asked.filters)) or None
        is_empty = False
        if asked.shard is not None:
            chosen = filters or (*range(first.run.filters),)
            mine = chosen[slice(*asked.shard.span(len(chosen)))]
            is_empty = not mine
            # One stands for those that there are not, so that all is said that the other shards say.
            filters = mine or chosen[:1]
        strands = asked.settings.strands
        influence = FiltersInfluence(
            model, first.block, filters, request, places, asked.target, asked.logit, strands
        )
        return cls(asked, places, first, filters, influence, is_empty)

    def motifs(self, progress: Callable[[int, int], None]) -> Sequence[FilterMotif]:
        """Return the filters as motifs."""
        assert isinstance(self.places.stretches, Sequence)
        return motifs.filter_motifs(
            self.first.model,
            self.first.block,
            self.places.stretches,
            self.asked.rule,
            self.asked.settings,
            self.filters,
            ambiguity=self.first.ambiguity,
            progress=progress,
        )

    def assumed(self) -> Iterator[str]:
        """Yield what had to be assumed of what is read."""
        yield from self.places.assumptions()
        if self.asked.rule.reads_sequences:
            yield from blocks.letter_words(self.first)

    def passed_over(self) -> Iterator[str]:
        """Yield how many records are too short to be counted."""
        assert isinstance(self.places.stretches, Sequence)
        shortest, records = self.first.run.conv.sliding.shortest(1), len(self.places.stretches)
        too_short = sum(stop - start < shortest for _, start, stop in self.places.stretches)
        if too_short and self.asked.rule.reads_sequences:
            yield f"{too_short:,} of {records:,} records are too short for a single window and were passed over"


@dataclass(frozen=True, eq=False)
class _Found:
    """Filters as motifs, what they resemble and what they add to a value, as far as that is asked for."""

    motifs: Sequence[FilterMotif]
    matches: Mapping[int, Match] | None
    influence: Influence | None

    @property
    def columns(self) -> Sequence[FilterColumn]:
        """The columns of a table for programs."""
        return (
            *writers.FILTER_COLUMNS,
            *(() if self.matches is None else writers.match_columns(self.matches)),
            *(() if self.influence is None else writers.influence_columns(self.influence)),
        )

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What there is beside the motifs' own arrays."""
        arrays = {
            **({} if self.matches is None else writers.match_arrays(self.motifs, self.matches)),
            **({} if self.influence is None else writers.influence_arrays(self.influence)),
        }
        # That of a shard without filters is of another's.
        return {name: rows[: len(self.motifs)] if rows.ndim else rows for name, rows in arrays.items()}

    def shown(self, notes: MotifNotes) -> Iterator[str]:
        """Yield the lines of a table for people.

        Args:
            notes: What is said of what filters were compared with, and of their influence.
        """
        compared = () if self.matches is None else writers.resemblance_columns(self.matches)
        added = () if self.influence is None else writers.shown_influence_columns(self.influence)
        columns = (*writers.FILTER_COLUMNS, *compared, *added)
        # Where filters are compared, the column of what they resemble has it.
        marks = ["", *("" if compared or each.is_written else writers.FEW_SITES for each in self.motifs)]
        rows = [[column.name for column in columns]]
        rows += [[column.text(motif) for column in columns] for motif in self.motifs]
        yield from (motif.described for motif in self.motifs[:1])
        for text in (notes.compared, notes.influence):
            yield from textwrap.wrap(text, _WIDTH)
        numbers = [place for place, column in enumerate(columns) if column.is_number]
        yield from column_lines([[*row, mark] for row, mark in zip(rows, marks, strict=True)], numbers)
