"""What `cnn-tui export` takes."""

from __future__ import annotations

from typing import Final

from ..model_arguments import add_model_options
from .parser import Parser, add_reading, add_sequences

__all__ = ["parser"]

_DESCRIPTION: Final = """\
Write what every layer gives for one input window: an array a layer under the
layer's name (length, channels; float32), the position that each cell of a max
pool chose under selection/LAYER (int64), and the letters as one_hot."""

_END: Final = """\
The file appears whole or not at all, and holds no time: equal arrays are equal
bytes. A model of any length runs on 200,000 bases at most.

example:
  cnn-tui export @planted --model seed -o planted.npz

  >>> np.load("planted.npz")["conv1d"].shape
  (485, 320)"""


def parser() -> Parser:
    """Return the parser of `cnn-tui export`."""
    usage = "cnn-tui export SEQUENCES -o FILE.npz [options]"
    made = Parser("cnn-tui export", usage, _DESCRIPTION, _END)
    add_sequences(made)
    made.add_argument("-o", "--output", metavar="FILE.npz", required=True, help="the file to write")
    made.add_argument("--force", action="store_true", help="replace the file where there is one")
    add_reading(made)
    add_model_options(made)
    return made
