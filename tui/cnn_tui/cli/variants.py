"""`cnn-tui variants`: what the variants of a VCF file change a network's output by, as a table or as VCF."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from cnn_core import attribution, letters, writers
from cnn_core.errors import SettingError

from .. import opening
from ..options.arguments import add_model_options, add_options, request_of
from ..options.request import OTHER_STRAND, PAD_LETTERS, STANDARD_INPUT
from ..output.whole_file import OutputFile, note_stream
from .parser import Parser, add_shard, add_threads
from .progress import progress_bars
from .streams import write_note, write_warnings
from .window_options import MERGES, add_merge, add_strand, add_window, check_merge

if TYPE_CHECKING:
    from cnn_core.attribution import VariantScore, VariantScoring
    from cnn_core.letters.vcf import Calls, VcfRecord
    from cnn_core.work.shards import Shard

    from ..options.request import OpenRequest

__all__ = ["check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Run a network on both alleles of every variant of a VCF file, and write what the
alternative changes each of its outputs by. The reference is FASTA."""

_END: Final = """\
A row stands for an alternative and a value of the network's first output, with
tab-separated columns: chrom, pos, id, ref, alt, output, reference, alternative,
difference (alternative - reference), logit_difference (the same before a last
sigmoid or softmax; empty where there is none), status. In .vcf the lines are as
they were, without genotypes, and INFO has the same under CNN_EFFECT.

POS stands at the centre of the input window, at base L/2 - 1 of an even length
L, counted from 0. Both alleles have the same left flank; on the right the
reference goes on as far as it takes. Bases beyond the ends of a record are N
(or what --pad-with says), as the status tells; a record may be shorter than the
window, since where its letters stand follows from POS. Every alternative is
scored alone; genotypes are ignored.

A variant whose REF is not what the FASTA has, or that cannot be one, is
refused; symbolic alleles, *, breakends, and alleles that reach beyond the
window are skipped: the status says why, and at the end standard error counts
them. Records are matched by whole names, also with chr added or taken away and
M for MT.

example:
  cnn-tui variants hg38.fa calls.vcf.gz --model danq.h5 -o scores.tsv
  cnn-tui variants hg38.fa calls.vcf --model danq.h5 --strand both -o out.vcf"""

_ZEROS: Final = PAD_LETTERS[0]


def parser() -> Parser:
    """Return the parser of `cnn-tui variants`."""
    usage = "cnn-tui variants REFERENCE CALLS --model MODEL [-o FILE] [options]"
    made = Parser("cnn-tui variants", usage, _DESCRIPTION, _END)
    made.add_argument(
        "sequences", metavar="REFERENCE", help="the FASTA file that the variants are on, plain or gzipped"
    )
    made.add_argument(
        "calls",
        metavar="CALLS",
        help="the VCF file, plain or compressed with gzip or bgzip, or - for standard input",
    )
    add_threads(made)
    add_options(made, "model", model="the network")
    add_strand(made, "the strand that is read, or both, whose values are merged")
    add_merge(made, ", allele by allele")
    add_window(made, "1000")
    add_options(
        made,
        "ambiguity",
        "pad_with",
        "inputs",
        pad_with="what stands beyond the ends of a record: N (default), ruled by --ambiguity, or zeros, all-zero rows",
        inputs=f"NAME={OTHER_STRAND}: an input that is the other strand of what is read",
    )
    add_shard(made, "the alternatives")
    made.add_output(
        ".tsv", ".vcf", instead="scores", meaning="the file to write, .tsv or .vcf; - is standard output"
    )
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    if typed.model is None:
        made.error("argument --model: it is required; cnn-tui summary MODEL shows what a model gives")
    check_merge(made, typed)
    if not all(text.endswith(f"={OTHER_STRAND}") for text in typed.inputs):
        made.error(f"argument --input: variants are scored on letters, so write NAME={OTHER_STRAND}")
    if typed.shard is not None and typed.calls == STANDARD_INPUT:
        made.error("argument --shard: CALLS is read twice, so give a file")
    if typed.sequences == typed.calls == STANDARD_INPUT:
        made.error("only one of REFERENCE and CALLS can be standard input")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(
        request_of(typed),
        typed.calls,
        typed.output_file,
        strand=typed.strand,
        merge=typed.merge or MERGES[0],
        window=typed.window,
        shard=typed.shard,
    )
    return 0


def run(
    request: OpenRequest,
    calls: str,
    file: OutputFile | None = None,
    *,
    strand: str = "+",
    merge: str = "mean",
    window: int | None = None,
    shard: Shard | None = None,
) -> None:
    """Score variants and write what comes out.

    Args:
        request: The reference, the model and what ambiguous letters become.
        calls: The VCF file, or `-`.
        file: The file to write, .tsv or .vcf; None is standard output, as a table.
        strand: `+`, `-` or `both`.
        merge: `mean` or `max`, for both strands.
        window: How many bases a network of any length is given; None is the default.
        shard: Which share of the alternatives, or None.

    Raises:
        CnnError: Something in the request is not there or cannot be read, the network gives no output, or the file
            cannot be written.
    """
    opened = opening.open_model(request.model, request.model_options)
    model, _ = opening.read_side_inputs(request.inputs, opened.model)
    with progress_bars() as bars:
        reading = bars.begin("reading", "B")
        with opening.open_source(request.sequences, stdin=request.stdin, progress=reading) as sequences:
            scoring = attribution.VariantScoring(
                model,
                sequences,
                window=window,
                strands=strand,
                merge=merge,
                ambiguity=request.ambiguity,
                with_n=request.pad_with != _ZEROS,
            )
            share = None if shard is None else _share(calls, shard, bars.begin("counting", "B"))
            shown = bars.begin("scoring", "B", is_shown=file is not None or not sys.stdout.isatty())
            with letters.open_calls(calls, progress=shown) as lines:
                scores = scoring.scores(lines if share is None else _within(lines, share))
                assumed = (*opened.warnings, *sequences.assumptions, *scoring.assumptions)
                if file is None:
                    sys.stdout.flush()
                    note_stream()
                    _write_table(lines, scores, scoring, assumed, sys.stdout.buffer)
                else:
                    with file.open() as written:
                        write = _write_table if file.suffix == ".tsv" else _write_vcf
                        write(lines, scores, scoring, assumed, written)
            said = [*opening.unsupported_words(opened), *assumed, *scoring.assumptions]
            said += [*lines.notices, *scoring.naming.notices, sequences.notice]
    write_warnings(said)
    for sentence in _summary(scoring):
        write_note(sentence)


def _share(calls: str, shard: Shard, progress: Callable[[int, int], None]) -> tuple[int, int]:
    """Return between which of all alternatives of a file, in its order, those of a shard are."""
    if Path(calls).exists() and not Path(calls).is_file():
        raise SettingError("a shard reads it twice, which only a file allows", where=calls, remedy="give a file")
    with letters.open_calls(calls, progress=progress) as lines:
        return shard.span(sum(len(line.alts) for line in lines))


def _within(lines: Calls, share: tuple[int, int]) -> Iterator[VcfRecord]:
    """Yield the lines whose first alternative is one of some of all."""
    begin, end = share
    done = 0
    for line in lines:
        if done >= end:
            return
        if done >= begin:
            yield line
        done += len(line.alts)


def _write_table(
    _: Calls, scores: Iterable[VariantScore], scoring: VariantScoring, assumed: tuple[str, ...], file: BinaryIO
) -> None:
    writers.write_comments(assumed, file)
    file.write(f"{chr(9).join(writers.VARIANT_COLUMNS)}\n".encode())
    for score in scores:
        file.writelines(line.encode() for line in writers.score_lines(score, scoring.outputs))


def _write_vcf(
    lines: Calls, scores: Iterable[VariantScore], scoring: VariantScoring, assumed: tuple[str, ...], file: BinaryIO
) -> None:
    described = " ".join((*(f"{each}." for each in (scoring.described, *assumed)),))
    is_headed = False
    for together in _by_line(scores):
        if not is_headed:
            file.writelines(writers.score_vcf_header(lines.header, described))
            is_headed = True
        file.write(writers.score_vcf_line(together, scoring.outputs))
    if not is_headed:
        file.writelines(writers.score_vcf_header(lines.header, described))


def _by_line(scores: Iterable[VariantScore]) -> Iterator[list[VariantScore]]:
    """Yield the scores of each line together."""
    for _, together in groupby(scores, key=lambda score: score.variant.line.line):
        yield [*together]


def _summary(scoring: VariantScoring) -> Iterator[str]:
    """Yield how many alternatives were scored, and how many not, by reason."""
    counts = scoring.counts
    scored = sum(count for status, count in counts.items() if status.kind == "scored")
    total = sum(counts.values())
    yield f"{scored:,} of {total:,} alternatives scored; {scoring.described}"
    for kind in ("scored", "refused", "skipped"):
        reasons = [
            (count, status.reason) for status, count in counts.items() if status.kind == kind and status.reason
        ]
        if reasons:
            listed = "; ".join(f"{count:,} {reason}" for count, reason in sorted(reasons, reverse=True))
            yield f"{kind}{' with' if kind == 'scored' else ''}: {listed}"
