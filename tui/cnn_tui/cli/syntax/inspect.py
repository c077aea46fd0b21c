"""What `cnn-tui inspect` takes."""

from __future__ import annotations

from typing import Final

from ...options.arguments import add_model_options
from .parser import Parser, add_json

__all__ = ["parser"]

_DESCRIPTION: Final = """\
Print what is in a model file: its format, the version that wrote it, every
tensor, the layers, what is not supported and why. Nothing in it is run. Where
no model can be made of it as it is, that is said in place of the layers."""

_END: Final = """\
example:
  cnn-tui inspect danq.h5 --json
  cnn-tui inspect weights.h5 --architecture danq.json"""


def parser() -> Parser:
    """Return the parser of `cnn-tui inspect`."""
    made = Parser("cnn-tui inspect", "cnn-tui inspect FILE [options]", _DESCRIPTION, _END)
    made.add_argument("file", metavar="FILE", help="a model file")
    add_json(made)
    add_model_options(made)
    return made
