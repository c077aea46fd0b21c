"""`cnn-tui convert`: any model as an .npz file that opens again with nothing but numpy."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from cnn_core import readers

from .. import opening
from ..options.arguments import add_model_options, options_of
from ..options.request import MODELS
from .parser import Parser
from .streams import write_warnings

if TYPE_CHECKING:
    from ..options.model_options import ModelOptions
    from ..output.whole_file import OutputFile

__all__ = ["main", "parser", "run"]

_DESCRIPTION: Final = """\
Write a model as an .npz file, which opens again, bit for bit, with nothing but
numpy. What had to be said of the model is kept with it."""

_END: Final = """\
The file appears whole or not at all.

example:
  cnn-tui convert danq.h5 -o danq.npz
  cnn-tui my.fa --model danq.npz"""


def parser() -> Parser:
    """Return the parser of `cnn-tui convert`."""
    usage = "cnn-tui convert MODEL -o FILE.npz [options]"
    made = Parser("cnn-tui convert", usage, _DESCRIPTION, _END)
    made.add_argument("model", metavar="MODEL", help=MODELS)
    made.add_output(".npz", instead="model", metavar="FILE.npz", meaning="the file to write", required=True)
    add_model_options(made)
    return made


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(typed.model, typed.output_file, options_of(typed))
    return 0


def run(name: str, file: OutputFile, options: ModelOptions) -> None:
    """Write a model.

    Args:
        name: The model.
        file: The file to write, an .npz.
        options: How the model file is read.

    Raises:
        CnnError: There is no such model, it cannot be read, or the file cannot be written.
    """
    opened = opening.open_model(name, options)
    with file.open() as written:
        readers.write_npz(opened, written)
    write_warnings(opening.remarks(opened))
