"""What `cnn-tui code` takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from ...options.arguments import add_group, add_model_options, add_options
from .parser import Parser, add_sequences

__all__ = ["check", "parser"]

_DESCRIPTION: Final = """\
Print a short program for Keras or PyTorch that computes what the explorer
shows: the letters, one-hot, every layer with its settings and these weights,
and the value of one cell, beside the value that cnn-tui shows."""

_END: Final = """\
The weights are read from an .npz of cnn-tui convert; with -o it is written
beside the program. A layer that the framework has not, or that is not written
as PyTorch here, is named in the program, and what comes before it works.
Letters stand in the program, or from 2,000 on are read from the FASTA file.

example:
  cnn-tui code @planted --model motifs --framework pytorch --filter TBP --cell 2
  cnn-tui code my.fa --model danq.h5 --framework keras -o danq.py
  cnn-tui code my.fa --model danq.h5 --framework keras --layer dense"""

_FRAMEWORKS: Final = ("keras", "pytorch")


def parser() -> Parser:
    """Return the parser of `cnn-tui code`."""
    usage = "cnn-tui code SEQUENCES --framework keras|pytorch [-o FILE.py] [options]"
    made = Parser("cnn-tui code", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument(
        "--framework", metavar="NAME", choices=_FRAMEWORKS, required=True, help=" or ".join(_FRAMEWORKS)
    )
    add_options(
        made,
        "filter",
        "cell",
        "position",
        filter="the filter, by number or name (default: 0)",
        cell="the cell, pooled[N] (default: 0)",
        position="the response, conv[N]; the layer's position",
    )
    made.add_argument("--layer", metavar="NAME", help="a layer of the network instead of the cells")
    made.add_argument("-o", "--output", metavar="FILE.py", help="the program, with its weights beside it")
    made.add_argument("--force", action="store_true", help="replace the files where there are such")
    add_group(made, "reading", "window")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a cell of a layer, and --force without a file."""
    if typed.layer is not None and typed.cell is not None:
        made.error("argument --cell: not allowed with --layer; say --position")
    if typed.force and typed.output is None:
        made.error("argument --force: it is for -o FILE.py")
