"""`cnn-tui help`: a page of the documentation, rendered and paged where somebody reads it in a terminal."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Final

from ..docs import TOPICS, page
from .arguments import parse
from .syntax import SUBCOMMANDS

__all__ = ["main"]

_WIDEST: Final = 100


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    if typed.topic is None:
        lines = [*(f"  {name:<10} {tells}" for name, tells in TOPICS.items())]
        sys.stdout.write("\n".join(["cnn-tui help TOPIC shows a page:", *lines, ""]))
    elif typed.topic in SUBCOMMANDS and typed.topic not in TOPICS:
        parse([typed.topic, "--help"])
    elif sys.stdout.isatty():
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
    with console.pager(styles="NO_COLOR" not in os.environ):
        console.print(Markdown(text))
