"""What `cnn-tui convert` takes."""

from __future__ import annotations

from typing import Final

from ...options.arguments import add_model_options
from ...options.request import MODELS
from .parser import Parser

__all__ = ["parser"]

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
    made.add_argument("-o", "--output", metavar="FILE.npz", required=True, help="the file to write")
    made.add_argument("--force", action="store_true", help="replace the file where there is one")
    add_model_options(made)
    return made
