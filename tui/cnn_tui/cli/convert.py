"""`cnn-tui convert`: any model as an .npz file that opens again with nothing but numpy."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cnn_core.readers.npz import write_npz

from ..opening import open_model, remarks
from ..options.arguments import options_of
from ..options.request import ModelOptions
from ..output.whole_file import check_output, whole_file
from .streams import write_warnings

__all__ = ["main", "run"]

_INSTEAD = "model"


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(typed.model, typed.output, options_of(typed), force=typed.force)
    return 0


def run(name: str, output: str, options: ModelOptions, *, force: bool = False) -> None:
    """Write a model.

    Args:
        name: The model.
        output: The file to write; its name ends in .npz.
        options: How the model file is read.
        force: Whether a file that is there is replaced.

    Raises:
        CnnError: There is no such model, it cannot be read, or the file cannot be written.
    """
    path = Path(output)
    check_output(path, _INSTEAD, force=force)
    opened = open_model(name, options)
    with whole_file(path, _INSTEAD, force=force) as file:
        write_npz(opened, file)
    write_warnings(remarks(opened))
