"""`cnn-tui` without a subcommand: the explorer, in the terminal."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import cnn_tui
from cnn_core import work
from cnn_core.errors import CnnError

from .. import opening, terminal, view_file
from ..options.arguments import add_group, add_model_options, request_of
from ..options.config import Config, with_config
from ..options.request import STANDARD_INPUT, OpenRequest
from ..terminal.garbage_collection import put_aside
from .arguments import SUBCOMMANDS
from .parser import Parser, add_sequences

if TYPE_CHECKING:
    from ..terminal.endings import Endings

__all__ = ["RUNS_THE_APP", "check", "main", "parser", "run_explorer"]

_DESCRIPTION: Final = """\
See how a 1-D convolution over DNA feeds a max pool: letters, windows, weights,
activations and cells over one axis. Opens the explorer; without arguments, on
simulated records with planted motifs and on the model `trained`, the question's
network trained on simulated enhancers."""

_END: Final = f"""\
subcommands (cnn-tui COMMAND --help tells more):
{chr(10).join(f"  {name:<10} {gives}" for name, gives in SUBCOMMANDS.items())}
  A file of such a name is opened as ./summary.

examples:
  cnn-tui                                  the bundled sample
  cnn-tui my.fa --region chr1:46-845       800 bases of your own
  cnn-tui my.fa --model seed --filter 17   one of 320 untrained filters
  cnn-tui my.fa --model danq.h5            a model of your own
  cnn-tui view.toml                        what S in the explorer has saved
  zcat my.fa.gz | cnn-tui -                from a pipe"""
RUNS_THE_APP = True
"""Signals are for the app's own ending, not for the command."""


def parser() -> Parser:
    """Return the parser of the explorer."""
    made = Parser(
        "cnn-tui",
        "cnn-tui [SEQUENCES] [options]\n       cnn-tui COMMAND …",
        _DESCRIPTION,
        _END,
    )
    add_sequences(made, optional=True)
    made.add_argument("--resume", action="store_true", help="open what was looked at last, as it was left")
    add_group(made, "reading", "window", "start")
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse other things to open beside what was looked at last."""
    asked = request_of(typed)
    if typed.resume and asked != OpenRequest(theme=asked.theme, config=asked.config):
        made.error("argument --resume: it opens what was looked at last; only --theme and --config go with it")


def main(typed: Namespace, endings: Endings) -> int:
    """Run the explorer in the terminal.

    Args:
        typed: What was typed.
        endings: What signals do meanwhile.

    Returns:
        The exit status.

    Raises:
        CnnError: It cannot be opened, or this is no terminal to run in.
    """
    request = request_of(typed)
    if typed.resume:
        request = replace(request, sequences=str(view_file.last_view()))
    return run_explorer(request, endings)


def run_explorer(request: OpenRequest, endings: Endings) -> int:
    """Run the explorer on what is asked for, see `main`."""
    # The first frame waits for no look for garbage either.
    with put_aside():
        return _run(request, endings)


def _run(request: OpenRequest, endings: Endings) -> int:
    if opening.is_view_name(request.sequences):
        request = view_file.with_view(request)
    own_file = opening.config_path(request)
    config = Config() if own_file is None else opening.read_config(own_file)
    request = with_config(request, config)
    opening.check_request(request)
    elsewhere = terminal.drawn_elsewhere()
    if elsewhere:
        _check_piped(request)
    else:
        terminal.check_screen()
        request = _with_standard_input(request)
        terminal.keys_from_terminal()
    terminal.frames_at_once()

    # On Windows the driver of the console gives it back, and what draws elsewhere has nothing to give back.
    own = terminal.Terminal() if os.name == "posix" and not elsewhere else None
    # What is refused above does not wait for Textual, which reads the environment while it is imported.
    app = cnn_tui.CnnApp(request, own, config)
    if own is None:
        error = app.run()
    else:
        endings.before_leaving(own.give_back)
        endings.before_leaving(work.remove_unfinished)
        own.when_gone(lambda: endings.leave(signal.SIGHUP))
        try:
            error = app.run()
        finally:
            own.give_back()
    if error is not None:
        raise error
    return int(app.return_code or 0)


def _check_piped(request: OpenRequest) -> None:
    """Refuse sequences from standard input where keys come in there."""
    if request.sequences == STANDARD_INPUT:
        raise CnnError(
            "keys come in there, and so no sequences can", where="standard input", remedy="name a file instead"
        )


def _with_standard_input(request: OpenRequest) -> OpenRequest:
    """Return the request with what is piped in, read to its end, since from then on keys come in there."""
    if request.sequences == STANDARD_INPUT:
        if sys.stdin is None or sys.stdin.isatty():
            raise CnnError(
                "nothing is piped in", where="standard input", remedy="write cat my.fa | cnn-tui -, or name a file"
            )
        return replace(request, stdin=sys.stdin.buffer.read())
    if request.sequences is None and (sys.stdin is None or not sys.stdin.isatty()):
        raise CnnError(
            "this is not the keyboard, and no SEQUENCES are given",
            where="standard input",
            remedy="write cnn-tui - to open what is piped in, or name a file",
        )
    return request
