"""A program as files: the text, its weights beside it, and how it names what it reads."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Final

from cnn_core.programs import WeightFile
from cnn_core.readers.npz import MODEL_FORMAT, write_npz
from cnn_core.readers.report import ModelFile

from ..options.model_options import ModelOptions
from ..options.request import STANDARD_INPUT, OpenRequest
from .whole_file import OutputFile

__all__ = ["check_program_file", "fasta_of", "weight_file", "write_program"]

_INSTEAD: Final = "model"


def check_program_file(path: Path, *, force: bool) -> None:
    """Refuse a program's file, or that of its weights, that cannot or should not be written.

    Args:
        path: The program's file.
        force: Whether files that are there are replaced.

    Raises:
        CnnError: One of the two cannot be written, see `OutputFile.check`.
    """
    for file in _files(path, force=force):
        file.check()


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
    program, beside = _files(path, force=force)
    with beside.open() as weights, program.open() as written:
        write_npz(opened, weights)
        written.write(text.encode())


def _files(path: Path, *, force: bool) -> tuple[OutputFile, OutputFile]:
    """Return the file of a program, and that of its weights."""
    weights = OutputFile(path.with_suffix(".npz"), _INSTEAD, force=force)
    return OutputFile(path, _INSTEAD, (".py",), force), weights


def weight_file(name: str, opened: ModelFile, options: ModelOptions) -> WeightFile:
    """Return where a printed program finds the weights: the model file itself, if it is one of ours and not edited.

    Args:
        name: The model, as it was asked for.
        opened: The model.
        options: How the file was read, and what is edited of its weights.
    """
    is_ours = opened.format.startswith(MODEL_FORMAT)
    if is_ours and not options.weight_edits:
        return WeightFile(name)
    # An edited model beside the file that it was, never instead of it.
    made = f"{Path(name).stem}{'-edited' if options.weight_edits else ''}.npz"
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
