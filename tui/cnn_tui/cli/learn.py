"""`cnn-tui learn`: the lesson in the terminal, or as a page."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from .. import snapshot
from ..options.request import OpenRequest
from ..output.whole_file import check_output, write_bytes
from ..terminal.endings import Endings
from .explorer import run_explorer

__all__ = ["RUNS_THE_APP", "main"]

RUNS_THE_APP = True

_SUFFIXES = (".html",)
_INSTEAD = "write another one with -o"


def main(typed: Namespace, endings: Endings) -> int:
    """Do what was typed, and return the exit status."""
    if typed.output is None:
        asked = OpenRequest(sequences="@planted", lesson=typed.lesson or 1, theme=typed.theme, config=typed.config)
        return run_explorer(asked, endings)
    path = Path(typed.output)
    check_output(path, _INSTEAD, force=typed.force, suffixes=_SUFFIXES)
    with endings.in_order():
        write_bytes(path, snapshot.lesson_page().encode(), _INSTEAD, force=typed.force, suffixes=_SUFFIXES)
    return 0
