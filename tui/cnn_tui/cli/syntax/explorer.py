"""What the explorer takes."""

from __future__ import annotations

from typing import Final

from cnn_core import __version__

from ...options.arguments import add_group, add_model_options
from . import SUBCOMMANDS
from .parser import Parser, add_sequences

__all__ = ["parser"]

_DESCRIPTION: Final = """\
See how a 1-D convolution over DNA feeds a max pool: letters, windows, weights,
activations and cells over one axis. Opens the explorer; without arguments, on
simulated records with planted motifs and on the model `trained`, the question's
network trained on simulated enhancers."""

_END: Final = f"""\
subcommands (cnn-tui COMMAND --help tells more):
{chr(10).join(f"  {name:<9} {gives}" for name, gives in SUBCOMMANDS.items())}
  A file of such a name is opened as ./summary.

examples:
  cnn-tui                                  the bundled sample
  cnn-tui my.fa --region chr1:46-845       800 bases of your own
  cnn-tui my.fa --model seed --filter 17   one of 320 untrained filters
  cnn-tui my.fa --model danq.h5            a model of your own
  cnn-tui view.toml                        what S in the explorer has saved
  zcat my.fa.gz | cnn-tui -                from a pipe

exit status: 0 done, 1 the input is at fault, 2 wrong usage"""


def parser() -> Parser:
    """Return the parser of the explorer."""
    made = Parser(
        "cnn-tui",
        "cnn-tui [SEQUENCES] [options]\n       cnn-tui COMMAND …",
        _DESCRIPTION,
        _END,
    )
    made.add_argument("--version", action="version", version=f"cnn-tui {__version__}")
    add_sequences(made, optional=True)
    add_group(made, "reading", "window", "start")
    add_model_options(made)
    return made
