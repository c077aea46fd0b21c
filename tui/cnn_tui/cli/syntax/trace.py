"""What `cnn-tui trace` takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from ...options.arguments import add_group, add_model_options, add_options
from .parser import Parser, add_json, add_sequences

__all__ = ["check", "parser"]

_DESCRIPTION: Final = """\
Trace one cell of one filter: cell, selection, window, weights. Says which
position of its pool window the pool selected, which bases that activation was
computed from, and which bases can change the cell at all. With --layer: any
value of any layer, down through the part that counts most at each step."""

_END: Final = """\
Positions are 0-based and count from the first base of the input. With
--json every interval is half-open. A region is 1-based and inclusive.

  cnn-tui trace my.fa --model danq.h5 --layer dense --position 0

example:
  cnn-tui trace @planted --model motifs --cell 2 --filter TBP

  pooled[2] of filter 0 TBP = max(conv[16…23]) = conv[21] = 9.500
  conv[21] = relu(Σ 16 of 64 weights + bias) = relu(14.75 − 5.250) = 9.500
  conv[21] reads bases 21–36  GTATAAAAGGCGGGGC"""


def parser() -> Parser:
    """Return the parser of `cnn-tui trace`."""
    usage = (
        "cnn-tui trace SEQUENCES --cell N --filter N|NAME [options]\n"
        "       cnn-tui trace SEQUENCES --layer NAME --position N [--filter N] [options]"
    )
    made = Parser("cnn-tui trace", usage, _DESCRIPTION, _END)
    add_sequences(made)
    add_options(
        made,
        "cell",
        "filter",
        cell="the cell, pooled[N]",
        filter="the filter, by number or name; of a layer, the channel",
    )
    made.add_argument("--layer", metavar="NAME", help="a layer of the network instead of the cells")
    add_options(made, "position", position="the layer's position, or unit")
    add_group(made, "reading", "window")
    add_json(made)
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a trace of no value, or of two: --cell and --filter, or --layer and --position."""
    needed = ("cell", "filter") if typed.layer is None else ("layer", "position")
    missing = [f"--{name}" for name in needed if getattr(typed, name) is None]
    if missing:
        made.error(f"the following arguments are required: {', '.join(missing)}")
    other = "position" if typed.layer is None else "cell"
    if getattr(typed, other) is not None:
        made.error(f"argument --{other}: not allowed with {'--cell' if other == 'position' else '--layer'}")
