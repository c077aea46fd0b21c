"""`cnn-tui code`: the model and the value under the cursor as a program for Keras or PyTorch."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TextIO

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.block_absence import no_block
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SettingError
from cnn_core.layers import Index
from cnn_core.programs import WeightFile, place_of, script

from ..opening import cut_region, open_model, open_reading, open_source, unsupported_words, with_model
from ..opening.initial_place import asked_channel, first_cell, first_filter, first_position
from ..options.arguments import request_of
from ..options.request import OpenRequest
from ..output.program_files import check_program_file, fasta_of, weight_file, write_program
from .streams import write_warnings

__all__ = ["main", "run"]


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(request_of(typed), typed.framework, typed.layer, output=typed.output, force=typed.force)
    return 0


def run(
    request: OpenRequest,
    framework: str,
    layer: str | None = None,
    *,
    output: str | None = None,
    force: bool = False,
    out: TextIO | None = None,
) -> None:
    """Print a program, or write it and its weights.

    Args:
        request: What to read; its cell or position and its filter are what the program prints.
        framework: `keras` or `pytorch`.
        layer: The layer whose value is printed, at the request's position and filter; None is the block's.
        output: The program's file; the weights go beside it, under its name and .npz. None prints the program.
        force: Whether files that are there are replaced.
        out: Where it is printed; None is standard output.

    Raises:
        CnnError: Something in the request is not there or cannot be written as code, or a file cannot be written.
    """
    path = None if output is None else Path(output)
    if path is not None:
        check_program_file(path, force=force)
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        request = with_model(request, sequences)
        opened = open_model(request.model, request.model_options)
        reading = open_reading(request, sequences, opened)
        name, index = _place(request, reading, layer)
        weights = (
            weight_file(request.model or opened.model.name, opened, request.model_options)
            if path is None
            else WeightFile(path.with_suffix(".npz").name, beside=True)
        )
        said = [
            each for each in (cut_region(request, sequences), _needs(weights) if weights.made_by else "") if each
        ]
        text = script(reading, framework, name, index, weights=weights, fasta=fasta_of(request, path))
    if path is None:
        out = sys.stdout if out is None else out
        out.write(text)
        out.flush()
    else:
        write_program(text, opened, path, force=force)
    write_warnings((*unsupported_words(opened), *assumptions_of(reading, name), *said))


def _needs(weights: WeightFile) -> str:
    """Return what must be said of a printed program whose weights are in no file yet."""
    return f"the program reads {weights.name}, which {weights.made_by} writes; -o FILE.py writes both"


def _place(request: OpenRequest, reading: Reading, layer: str | None) -> tuple[str, Index]:
    """Return the layer and the place in it that a request asks for."""
    if layer is None:
        if not reading.has_block:
            remedy = "ask for any other value with --layer and --position"
            raise no_block(reading.model, remedy, reading.length)
        cell, position = first_cell(request, reading), first_position(request, reading)
        filter_index = first_filter(request, reading)
        return place_of(reading, filter_index, cell=cell if position is not None else cell or 0, position=position)
    node = reading.model[layer]
    shape = reading.model.shapes_of(node.name, reading.length)[node.name]
    place = request.position or 0
    if len(shape) == 1:
        if request.filter is not None:
            raise SettingError("has units and no filters", where=f"layer {layer}", remedy="leave out --filter")
        return node.name, (place,)
    return node.name, (place, asked_channel(request.filter or "0", reading, node.name))
