"""`cnn-tui code`: the model and one value as a program for Keras or PyTorch."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, programs

from .. import opening, output
from ..options.arguments import add_group, add_model_options, add_options, request_of
from .parser import Parser, add_sequences
from .streams import write_warnings

if TYPE_CHECKING:
    from cnn_core.blocks import Reading
    from cnn_core.layers import Index
    from cnn_core.programs import WeightFile

    from ..options.request import OpenRequest

__all__ = ["check", "main", "parser", "run"]

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
    made.add_output(
        ".py",
        instead="model",
        metavar="FILE.py",
        meaning="the program, with its weights beside it; - is standard output, without",
    )
    add_group(made, "reading", "window")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a cell of a layer."""
    if typed.layer is not None and typed.cell is not None:
        made.error("argument --cell: not allowed with --layer; say --position")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(
        request_of(typed),
        typed.framework,
        typed.layer,
        program=None if typed.goes_to else typed.output,
        force=typed.force,
    )
    return 0


def run(
    request: OpenRequest,
    framework: str,
    layer: str | None = None,
    *,
    program: str | None = None,
    force: bool = False,
) -> None:
    """Print a program, or write it and its weights.

    Args:
        request: What to read; its cell or position and its filter are what the program prints.
        framework: `keras` or `pytorch`.
        layer: The layer whose value is printed, at the request's position and filter; None is the block's.
        program: The program's file; the weights go beside it, under its name and .npz. None prints the program.
        force: Whether files that are there are replaced.

    Raises:
        CnnError: Something in the request is not there or cannot be written as code, or a file cannot be written.
    """
    path = None if program is None else Path(program)
    if path is not None:
        output.check_program_file(path, force=force)
    with opening.open_source(request.sequences, stdin=request.stdin) as sequences:
        request = opening.with_model(request, sequences)
        opened = opening.open_model(request.model, request.model_options)
        reading = opening.open_reading(request, sequences, opened)
        named, index = _place(request, reading, layer)
        weights = (
            output.weight_file(request.model or opened.model.name, opened, request.model_options)
            if path is None
            else programs.WeightFile(path.with_suffix(".npz").name, beside=True)
        )
        said = [opening.cut_region(request, sequences), _needs(weights)]
        text = programs.script(
            reading, framework, named, index, weights=weights, fasta=output.fasta_of(request, path)
        )
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        output.write_program(text, opened, path, force=force)
    write_warnings((*opening.unsupported_words(opened), *blocks.assumptions_of(reading, named), *said))


def _needs(weights: WeightFile) -> str:
    """Return what must be said of a printed program whose weights are in no file yet, or nothing."""
    if not weights.made_by:
        return ""
    return f"the program reads {weights.name}, which {weights.made_by} writes; -o FILE.py writes both"


def _place(request: OpenRequest, reading: Reading, layer: str | None) -> tuple[str, Index]:
    """Return the layer and the place in it that a request asks for."""
    if layer is None:
        if not reading.has_block:
            remedy = "ask for any other value with --layer and --position"
            raise blocks.no_block(reading.model, remedy, reading.length)
        cell, position = opening.first_cell(request, reading), opening.first_position(request, reading)
        filter_index = opening.first_filter(request, reading)
        return programs.place_of(
            reading, filter_index, cell=cell if position is not None else cell or 0, position=position
        )
    node = reading.model[layer]
    shape = reading.model.shapes_of(node.name, reading.length)[node.name]
    place = request.position or 0
    if len(shape) == 1 and request.filter is None:
        return node.name, (place,)
    return node.name, (place, opening.asked_channel(request.filter or "0", reading, node.name, len(shape)))
