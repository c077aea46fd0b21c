"""`cnn-tui convert`: any model as an .npz file that opens again with nothing but numpy."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core import readers

from .. import opening
from ..options.arguments import add_model_options, options_of
from ..options.request import MODELS
from ..output.whole_file import check_output, whole_file
from .parser import Parser
from .streams import write_warnings

if TYPE_CHECKING:
    from ..options.model_options import ModelOptions

__all__ = ["main", "parser", "run"]

_DESCRIPTION: Final = """\
Write a model as an .npz file, which opens again, bit for bit, with nothing but
numpy. What had to be said of the model is kept with it."""

_END: Final = """\
The file appears whole or not at all.

example:
  cnn-tui convert danq.h5 -o danq.npz
  cnn-tui my.fa --model danq.npz"""
_INSTEAD: Final = "model"


def parser() -> Parser:
    """Return the parser of `cnn-tui convert`."""
    usage = "cnn-tui convert MODEL -o FILE.npz [options]"
    made = Parser("cnn-tui convert", usage, _DESCRIPTION, _END)
    made.add_argument("model", metavar="MODEL", help=MODELS)
    made.add_output(".npz", metavar="FILE.npz", meaning="the file to write", required=True)
    add_model_options(made)
    return made


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
    opened = opening.open_model(name, options)
    with whole_file(path, _INSTEAD, force=force) as file:
        readers.write_npz(opened, file)
    write_warnings(opening.remarks(opened))
