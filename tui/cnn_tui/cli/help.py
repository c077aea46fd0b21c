"""`cnn-tui help`: a page of the documentation, rendered and paged where somebody reads it in a terminal."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Final

from ..docs import TOPICS, page
from .arguments import SUBCOMMANDS, parse
from .parser import Parser

__all__ = ["main", "parser"]

_DESCRIPTION: Final = "Read the documentation, a page a topic; a subcommand's name shows what it takes."
_END: Final = f"""\
topics:
{chr(10).join(f"  {name:<10} {tells}" for name, tells in TOPICS.items())}

example:
  cnn-tui help formats"""
_WIDEST: Final = 100


def parser() -> Parser:
    """Return the parser of `cnn-tui help`."""
    made = Parser("cnn-tui help", "cnn-tui help [TOPIC]", _DESCRIPTION, _END)
    made.add_argument("topic", metavar="TOPIC", nargs="?", help="a page, or a subcommand (default: what there is)")
    return made


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    if typed.topic is None:
        lines = [*(f"  {name:<10} {tells}" for name, tells in TOPICS.items())]
        sys.stdout.write("\n".join(["cnn-tui help TOPIC shows a page:", *lines, ""]))
    elif typed.topic in SUBCOMMANDS and typed.topic not in TOPICS:
        parse([typed.topic, "--help"])
    elif sys.stdout.isatty() or os.environ.get("FORCE_COLOR"):
        _show(page(typed.topic))
    else:
        sys.stdout.write(page(typed.topic))
    return 0


def _show(text: str) -> None:
    """Render Markdown in the terminal; what does not fit is paged."""
    from rich.console import Console
    from rich.markdown import Markdown

    # Colours as they are, and no paging of what fits.
    os.environ.setdefault("LESS", "-FRX")
    console = Console()
    console.width = min(console.width, _WIDEST)
    if not sys.stdout.isatty():
        console.print(Markdown(text))
        return
    with console.pager(styles=not os.environ.get("NO_COLOR")):
        console.print(Markdown(text))
