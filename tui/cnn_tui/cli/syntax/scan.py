"""What `cnn-tui scan` takes."""

from __future__ import annotations

import argparse
import math
from argparse import ArgumentParser, Namespace
from typing import Final

from ...options.arguments import add_group, add_model_options
from .parser import Parser, add_sequences

__all__ = ["check", "parser"]

_DESCRIPTION: Final = """\
Find the strongest cells of whole records: of all of them in the file unless
one is named, on both strands. Of a network of a fixed length, the convolution
and the pool are computed as if its input were as long as the record."""

_END: Final = """\
Without --top and --threshold: the 10 strongest cells of all filters together.
--top alone is of each filter; with --together, of all filters. --threshold
alone gives every cell from that value up, in the order of the records. Of
equal values the first in the file comes first; silent cells are left out.

On a terminal the hits are a table, whose regions are 1-based and inclusive, as
--region takes them. Elsewhere, and in .tsv, they are tab-separated: record,
start, stop (as in BED: 0-based, half-open), strand, filter, name, value, cell,
selection, letters. A cell and the position that it selected are counted from
0, in the direction of their strand. The bases are those that the window at the
selection reads; where the pool averages, those of all windows under the cell.
In .tsv, a name that begins with = + - @ # or a quote stands behind an
apostrophe, so that no spreadsheet computes it.

.bed is sorted by record and start; its score is 1000 x value / the value of
the filter's best match. A file appears whole or not at all.

example:
  cnn-tui scan @planted --model motifs --filter TBP --top 5
  cnn-tui scan hg38.fa --model danq.h5 --top 100 -o hits.tsv
  cnn-tui scan hg38.fa --model motifs --filter 0 --threshold 9 -o hits.bed"""

_DEFAULT_TOP: Final = 10


def parser() -> Parser:
    """Return the parser of `cnn-tui scan`."""
    usage = "cnn-tui scan SEQUENCES [--top N] [--threshold X] [-o FILE] [options]"
    made = Parser("cnn-tui scan", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument("--top", metavar="N", type=_count, help="the N strongest cells of each filter")
    made.add_argument("--together", action="store_true", help="let N count the cells of all filters together")
    made.add_argument("--threshold", metavar="X", type=_number, help="the least value of a hit")
    made.add_argument(
        "--filter",
        dest="filters",
        metavar="N|NAME",
        action="append",
        default=[],
        help="a filter, by number or name; once for each (default: all)",
    )
    made.add_argument(
        "--strand",
        dest="strands",
        choices=("both", "+", "-"),
        default="both",
        help="the strands that are looked through (default: both)",
    )
    made.add_argument("-o", "--output", metavar="FILE", help="the file to write, .tsv or .bed")
    made.add_argument("--force", action="store_true", help="replace the file where there is one")
    made.add_argument(
        "--threads", metavar="N", type=_count, help="threads that work at once (default: the cores, 4 at most)"
    )
    add_group(made, "reading", record="the record to read (default: all with letters)")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together, and choose how many hits are wanted where nothing was said."""
    if typed.together and typed.top is None:
        made.error("argument --together: it is for --top")
    if typed.force and typed.output is None:
        made.error("argument --force: it is for -o")
    if typed.top is None and typed.threshold is None:
        typed.top, typed.together = _DEFAULT_TOP, True


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is no count; give a whole number from 1 on")
    return int(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not a value that a cell can have")
    return value
