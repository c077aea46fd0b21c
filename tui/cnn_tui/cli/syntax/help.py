"""What `cnn-tui help` takes."""

from __future__ import annotations

from typing import Final

from ...docs import TOPICS
from .parser import Parser

__all__ = ["parser"]

_DESCRIPTION: Final = "Read the documentation, a page a topic; a subcommand's name shows what it takes."
_END: Final = f"""\
topics:
{chr(10).join(f"  {name:<10} {tells}" for name, tells in TOPICS.items())}

example:
  cnn-tui help formats"""


def parser() -> Parser:
    """Return the parser of `cnn-tui help`."""
    made = Parser("cnn-tui help", "cnn-tui help [TOPIC]", _DESCRIPTION, _END)
    made.add_argument("topic", metavar="TOPIC", nargs="?", help="a page, or a subcommand (default: what there is)")
    return made
