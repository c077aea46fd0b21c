"""`cnn-tui` without a subcommand: the explorer, in the terminal."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from dataclasses import replace

import cnn_tui
from cnn_core.errors import CnnError
from cnn_core.work.unfinished import remove_unfinished

from .. import opening, view_file
from ..opening.names import check_request, is_view_name
from ..options.arguments import request_of
from ..options.config import Config, with_config
from ..options.request import STANDARD_INPUT, OpenRequest
from ..terminal.conditions import Terminal, check_screen, drawn_elsewhere, frames_at_once, keys_from_terminal
from ..terminal.endings import Endings
from ..terminal.garbage import put_aside

__all__ = ["RUNS_THE_APP", "main", "run_explorer"]

RUNS_THE_APP = True
"""Signals are for the app's own ending, not for the command."""


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
    return run_explorer(request_of(typed), endings)


def run_explorer(request: OpenRequest, endings: Endings) -> int:
    """Run the explorer on what is asked for, see `main`."""
    # The first frame waits for no look for garbage either.
    with put_aside():
        return _run(request, endings)


def _run(request: OpenRequest, endings: Endings) -> int:
    if is_view_name(request.sequences):
        request = view_file.with_view(request)
    own_file = opening.config_path(request)
    config = Config() if own_file is None else opening.read_config(own_file)
    request = with_config(request, config)
    check_request(request)
    elsewhere = drawn_elsewhere()
    if elsewhere:
        _check_piped(request)
    else:
        check_screen()
        request = _with_standard_input(request)
        keys_from_terminal()
    frames_at_once()

    # On Windows the driver of the console gives it back, and what draws elsewhere has nothing to give back.
    terminal = Terminal() if os.name == "posix" and not elsewhere else None
    # What is refused above does not wait for Textual, which reads the environment while it is imported.
    app = cnn_tui.CnnApp(request, terminal, config)
    if terminal is None:
        error = app.run()
    else:
        endings.before_leaving(terminal.give_back)
        endings.before_leaving(remove_unfinished)
        terminal.when_gone(lambda: endings.leave(signal.SIGHUP))
        try:
            error = app.run()
        finally:
            terminal.give_back()
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
