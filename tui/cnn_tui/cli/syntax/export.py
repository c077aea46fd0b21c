"""What `cnn-tui export` takes."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from typing import Final

from cnn_core.writers.formats import CONTENTS, SUFFIXES, Contents, contents_of, formats_of, suffixes_of

from ...options.arguments import add_group, add_model_options, add_options
from .parser import Parser, add_sequences

__all__ = ["check", "parser"]

_CONTENTS: Final[dict[Contents, str]] = {
    "layers": "every layer for one input window",
    "cells": "the pooled values",
    "activations": "what the pool reads",
    "responses": "before the activation function",
    "selections": "which position each cell chose",
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

.bed leaves silent cells out. Its score is 1000 x value / the value of the
filter's best match, 0 at the least. A selection covers what its window reads.

.meme holds probabilities, which a kernel does not. By the rule windows they are
the letters under every window whose activation exceeds half of the filter's
largest, in all records unless one is named; by weights, background x 2^weight,
which is exact for filters that are log-odds in bits.

.npz of layers: an array a layer under its name (length, channels; float32),
what each cell of a max pool chose under selection/LAYER (int64), the letters as
one_hot. A model of any length runs on 200,000 bases at most.

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

_RULES: Final = ("windows", "weights")


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
    made.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
    made.add_argument("--force", action="store_true", help="replace the file where there is one")
    made.add_argument(
        "--motif-rule",
        metavar="RULE",
        choices=_RULES,
        default=_RULES[0],
        help=".meme: windows, what the filter responds to in the sequences (default), or weights",
    )
    made.add_argument(
        "--background",
        metavar="A,C,G,T",
        type=_background,
        help=".meme: how often A, C, G and T stand anywhere (default: 0.25 each)",
    )
    add_group(made, "reading", "window")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together, and choose what is written where nothing was said."""
    typed.suffixes = SUFFIXES if typed.what is None else suffixes_of(typed.what)
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
    if typed.background is not None and typed.what != "kernels":
        made.error("argument --background: it is for --what kernels -o FILE.meme")


def _background(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(share) for share in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not four shares, such as 0.3,0.2,0.2,0.3") from None
