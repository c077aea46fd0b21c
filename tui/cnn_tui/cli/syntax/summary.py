"""What `cnn-tui summary` takes."""

from __future__ import annotations

from typing import Final

from ...options.arguments import add_model_options
from ...options.default_model import DEFAULT_LONG_MODEL
from ...options.request import MODELS
from .parser import Parser, add_json

__all__ = ["parser"]

_DESCRIPTION: Final = """\
Print a model's layers, their output shapes (None: any length; —: it cannot be
computed, the reason is below) and how many numbers each of them has learned."""

_END: Final = """\
example:
  cnn-tui summary seed

  input          (None, 500, 4)           0   500 bases, one-hot
  conv1d         (None, 485, 320)    20,800   500 - 16 + 1 windows, 320 filters
  max_pooling1d  (None, 60, 320)          0   8 a cell, 5 left over"""


def parser() -> Parser:
    """Return the parser of `cnn-tui summary`."""
    made = Parser("cnn-tui summary", "cnn-tui summary [MODEL] [options]", _DESCRIPTION, _END)
    made.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        default=DEFAULT_LONG_MODEL,
        help=f"{MODELS} (default: {DEFAULT_LONG_MODEL}, with which the sample opens)",
    )
    add_json(made)
    add_model_options(made)
    return made
