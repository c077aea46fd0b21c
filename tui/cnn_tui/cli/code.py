"""`cnn-tui code`: the model and the value under the cursor as a program for Keras or PyTorch."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from pathlib import Path
from typing import Final, TextIO

from cnn_core.block_reading import BlockReading
from cnn_core.composition import Index
from cnn_core.errors import ModelError, RegionError, SettingError
from cnn_core.readers.npz import FORMAT, write_npz
from cnn_core.readers.report import ModelFile
from cnn_core.reading import Reading
from cnn_core.scripts import WeightFile, place_of, script
from cnn_core.trace import find_filter

from ..asked_places import first_cell, first_filter, first_position
from ..faults import os_sentence
from ..model_options import ModelOptions
from ..opening import (
    STANDARD_INPUT,
    OpenRequest,
    cut_region,
    open_model,
    open_reading,
    open_source,
    remarks,
    with_model,
)
from ..side_inputs import zero_words
from .arguments import request_of
from .output import check_output, whole_file
from .streams import write_warnings

__all__ = ["fasta_of", "main", "run", "weight_file", "write_program"]

_SUFFIX: Final = (".py",)
_INSTEAD: Final = "model"


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
        check_output(path, _INSTEAD, force=force, suffixes=_SUFFIX)
        check_output(path.with_suffix(".npz"), _INSTEAD, force=force)
    with open_source(request.sequences, stdin=request.stdin) as sequences:
        request = with_model(request, sequences)
        opened = open_model(request.model, request.model_options)
        reading = open_reading(request, sequences, opened.model)
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
        (sys.stdout if out is None else out).write(text)
    else:
        write_program(text, opened, path, force=force)
    write_warnings((*remarks(opened), *zero_words(reading, name), *said))


def _needs(weights: WeightFile) -> str:
    """Return what must be said of a printed program whose weights are in no file yet."""
    return f"the program reads {weights.name}, which {weights.made_by} writes; -o FILE.py writes both"


def write_program(text: str, opened: ModelFile, path: Path, *, force: bool = False) -> None:
    """Write a program, and the weights beside it under its name and .npz.

    Args:
        text: The program, made with `WeightFile(path.with_suffix(".npz").name, beside=True)`.
        opened: The model.
        path: The program's file.
        force: Whether files that are there are replaced.

    Raises:
        CnnError: A file is there, or cannot be written.
    """
    beside = path.with_suffix(".npz")
    try:
        with (
            whole_file(beside, _INSTEAD, force=force) as weights,
            whole_file(path, _INSTEAD, force=force, suffixes=_SUFFIX) as program,
        ):
            write_npz(opened, weights)
            program.write(text.encode())
    except OSError as error:
        # What failed may be an unfinished file, of which the user knows nothing.
        raise os_sentence(error, where=str(path)) from None


def weight_file(name: str, opened: ModelFile, options: ModelOptions) -> WeightFile:
    """Return where a printed program finds the weights: the model file itself, if it is one of ours.

    Args:
        name: The model, as it was asked for.
        opened: The model.
        options: How the file was read.
    """
    if opened.format.startswith(FORMAT):
        return WeightFile(name)
    made = f"{Path(name).stem}.npz"
    words = ["cnn-tui", "convert", name, *options.typed, "-o", made]
    return WeightFile(made, made_by=shlex.join(words))


def fasta_of(request: OpenRequest, program: Path | None = None) -> str | None:
    """Return the path of the FASTA file that a program can read long stretches from, or None.

    Args:
        request: What was asked for.
        program: The program's file: a relative path is one from its folder. None leaves it as it was typed.
    """
    name = request.sequences
    if name is None or name == STANDARD_INPUT or name.startswith("@"):
        return None
    if program is None or Path(name).is_absolute():
        return name
    try:
        return Path(os.path.relpath(name, os.path.realpath(program.parent))).as_posix()
    except ValueError:
        # There is no way from one drive to another.
        return str(Path(name).absolute())


def _place(request: OpenRequest, reading: Reading, layer: str | None) -> tuple[str, Index]:
    """Return the layer and the place in it that a request asks for."""
    if layer is None:
        if not isinstance(reading, BlockReading):
            raise ModelError(
                "has no convolution that reads the letters and feeds a pool",
                where=reading.model.name,
                remedy="ask for any other value with --layer and --position",
            )
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
    chosen = request.filter or "0"
    if chosen.isascii() and chosen.isdigit():
        return node.name, (place, int(chosen))
    if isinstance(reading, BlockReading) and node.name in (
        reading.block.conv,
        *reading.block.between,
        reading.block.pool,
    ):
        return node.name, (place, find_filter(reading.run, chosen))
    raise RegionError(f"'{chosen}' is not a channel", where=f"layer {layer}", remedy="give its number, from 0 on")
