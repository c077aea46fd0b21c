"""What was typed → a subcommand or the explorer → an exit status; whatever goes wrong is one sentence.

Nothing heavy is imported before the words have been understood.
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError

from .. import output
from ..options.request import STANDARD_INPUT
from ..terminal.endings import SIGNALLED, Endings
from ..words.faults import WANTS_TRACEBACK, defect_sentence, memory_sentence, os_sentence
from .arguments import parse
from .common_options import held_to
from .progress import stopped_words
from .streams import drop, open_streams, write_error, write_note

__all__ = ["run"]

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
    command = import_module(f".{typed.command or 'explorer'}", __package__)
    draws = getattr(command, "RUNS_THE_APP", False)
    with held_to(typed, draws=draws), _written(typed):
        if typed.output_file is not None:
            typed.output_file.check()
        if draws:
            return int(command.main(typed, endings))
        with endings.in_order(), output.noting() as noted:
            try:
                return int(command.main(typed))
            except (Exception, KeyboardInterrupt):
                if endings.number == signal.SIGINT and (where := stopped_words()):
                    write_note(f"{where}; {noted.words}")
                raise


def _written(typed: Namespace) -> AbstractContextManager[None]:
    """Return within which what is written goes where it was asked to go, if its name does not say so."""
    if typed.goes_to is None:
        return nullcontext()
    place = None if typed.goes_to == STANDARD_INPUT else Path(typed.goes_to)
    return output.written_to(Path(typed.output), place)


def _refused(sentence: str) -> int:
    write_error(f"cnn-tui: {sentence}\n")
    return _AT_FAULT
