"""What was typed → a subcommand or the explorer → an exit status; whatever goes wrong is one sentence.

Nothing heavy is imported before the words have been understood.
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Final

from cnn_core.errors import CnnError
from cnn_core.work.unfinished import remove_unfinished

from ..opening import STANDARD_INPUT, OpenRequest, check_request
from ..options.arguments import request_of
from ..terminal.endings import SIGNALLED, Endings
from ..words.faults import WANTS_TRACEBACK, defect_sentence, memory_sentence, os_sentence
from .arguments import parse
from .streams import drop, open_streams, write_error

__all__ = ["run"]

_DONE: Final = 0
_AT_FAULT: Final = 1
_BROKEN_PIPE: Final = 13
"""SIGPIPE, which Windows does not know."""


def run(arguments: Sequence[str], endings: Endings) -> int:
    """Do what was typed.

    Args:
        arguments: The words after the program's name.
        endings: What signals do meanwhile.

    Returns:
        The exit status: 0 done, 1 the input is at fault, 128 and its number after a signal.

    Raises:
        SystemExit: 0 after `--help` and `--version`, 2 after a wrong usage.
    """
    open_streams()
    try:
        try:
            return _run(arguments, endings)
        finally:
            # Here, where a reader that has gone away is no surprise.
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        if endings.number is not None:
            # Whatever it has become on its way, it was the signal.
            if isinstance(error, OSError):
                drop(sys.stdout)
            return SIGNALLED + endings.number
        return _status_of(error)


def _status_of(error: BaseException) -> int:
    if isinstance(error, CnnError):
        return _refused(str(error))
    if isinstance(error, BrokenPipeError):
        # The reader has seen enough, such as `head`.
        drop(sys.stdout)
        return SIGNALLED + _BROKEN_PIPE
    if isinstance(error, OSError):
        drop(sys.stdout)
        return _refused(str(os_sentence(error)))
    if isinstance(error, MemoryError):
        return _refused(str(memory_sentence()))
    if isinstance(error, KeyboardInterrupt):
        return SIGNALLED + signal.SIGINT
    if os.environ.get(WANTS_TRACEBACK) or not isinstance(error, Exception):
        raise error
    return _refused(str(defect_sentence(error)))


def _run(arguments: Sequence[str], endings: Endings) -> int:
    typed = parse(arguments)
    if typed.command is None:
        return _explore(typed, endings)
    command = import_module(f".{typed.command}", __package__)
    with endings.in_order():
        status: int = command.main(typed)
    return status


def _explore(typed: Namespace, endings: Endings) -> int:
    from ..terminal.conditions import Terminal, check_screen, frames_at_once, keys_from_terminal

    request = _with_view(request_of(typed))
    check_request(request)
    check_screen()
    request = _with_standard_input(request)
    keys_from_terminal()
    frames_at_once()

    from ..app import CnnApp

    # On Windows the driver of the console gives it back.
    terminal = Terminal() if os.name == "posix" else None
    app = CnnApp(request, terminal)
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
        return _refused(str(error))
    return app.return_code or _DONE


def _with_view(request: OpenRequest) -> OpenRequest:
    """Return the request that a view file stands for, where the sequences may be one."""
    if request.sequences is None or not request.sequences.lower().endswith(".toml"):
        return request
    from ..view_file.form import with_view

    return with_view(request)


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


def _refused(sentence: str) -> int:
    write_error(f"cnn-tui: {sentence}\n")
    return _AT_FAULT
