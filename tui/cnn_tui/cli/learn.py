"""`cnn-tui learn`: the lesson in the terminal, or as a page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from .. import snapshot
from ..options.arguments import add_options
from ..options.request import OpenRequest
from .explorer import run_explorer
from .parser import Parser

if TYPE_CHECKING:
    from ..terminal.endings import Endings

__all__ = ["RUNS_THE_APP", "check", "main", "parser"]

_DESCRIPTION: Final = """\
How a convolution over DNA feeds a max pool, in 15 steps and two short quizzes,
about 13 minutes: each step asks before it shows. With -o: the same steps as one
page for a browser, that needs nothing else."""

_END: Final = """\
example:
  cnn-tui learn --lesson 8
  cnn-tui learn -o lesson.html"""
RUNS_THE_APP = True


def parser() -> Parser:
    """Return the parser of `cnn-tui learn`."""
    made = Parser("cnn-tui learn", "cnn-tui learn [--lesson N] [-o FILE.html]", _DESCRIPTION, _END)
    add_options(made, "lesson", "theme", "config", lesson="the step to begin with, 1 to 15 (default: 1)")
    made.add_output(
        ".html",
        instead="lesson",
        metavar="FILE.html",
        meaning="write the lesson as a page, and open nothing; - is standard output",
    )
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse a page of one step."""
    if typed.output is not None and typed.lesson is not None:
        made.error("argument --lesson: not allowed with -o, which writes all steps")


def main(typed: Namespace, endings: Endings) -> int:
    """Do what was typed, and return the exit status."""
    if typed.output is None:
        asked = OpenRequest(sequences="@planted", lesson=typed.lesson or 1, theme=typed.theme, config=typed.config)
        return run_explorer(asked, endings)
    with endings.in_order():
        typed.output_file.write(snapshot.lesson_page().encode())
    return 0
