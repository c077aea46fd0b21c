"""What `cnn-tui serve` takes."""

from __future__ import annotations

import argparse
from typing import Final

from ...options.arguments import add_group, add_model_options
from .parser import Parser, add_sequences

__all__ = ["parser"]

_DESCRIPTION: Final = """\
The explorer in a browser. Prints an address with a secret token in it, which
opens the explorer in every page that has it, until Ctrl+C. Only this machine is
listened to, unless --host says otherwise. Takes the options of the explorer.
Needs the extra web: pip install 'cnn-tui[web]'."""
_END: Final = """\
example:
  cnn-tui serve my.fa --model motifs --port 8001"""
_HOST: Final = "127.0.0.1"
_PORT: Final = 8000
_PORTS: Final = 1 << 16


def parser() -> Parser:
    """Return the parser of `cnn-tui serve`."""
    made = Parser("cnn-tui serve", "cnn-tui serve [SEQUENCES] [options]", _DESCRIPTION, _END)
    add_sequences(made, optional=True)
    made.add_argument(
        "--host",
        metavar="HOST",
        default=_HOST,
        help=f"listen at this name or address of the machine, so that others reach it too (default: {_HOST}, which "
        "only this machine reaches)",
    )
    made.add_argument(
        "--port", metavar="N", type=_port, default=_PORT, help=f"listen at this port; 0 is any (default: {_PORT})"
    )
    add_group(made, "reading", "window", "start")
    add_model_options(made)
    return made


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < _PORTS):
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: these are whole numbers, from 0 to {_PORTS - 1}")
    return int(text)
