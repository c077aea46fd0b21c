"""What may be typed with every command: help, version, colours, how much is said, and how many threads work."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser, Namespace, _ArgumentGroup
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cnn_core import __version__
from cnn_core.errors import printable
from cnn_core.work.cores import cores

from .streams import Said, saying, write_error

if TYPE_CHECKING:
    from logging import LogRecord

__all__ = ["COMMON_OPTIONS", "NAMES", "add_common_options", "held_to"]

COMMON_OPTIONS: Final = "in every command"
"""The group of options that every command has."""
NAMES: Final = ("quiet", "verbose", "color", "threads")
"""Where they stand in what was typed, those that do not end the program at once."""
_WHEN: Final = ("auto", "always", "never")
_NO_COLOR: Final = "NO_COLOR"
_FORCE_COLOR: Final = "FORCE_COLOR"
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the libraries look at that multiply for numpy."""
_ROOMS: Final = ("cnn_core", "cnn_tui")


def add_common_options(parser: ArgumentParser) -> _ArgumentGroup:
    """Add what every command takes, and return its group.

    Args:
        parser: The parser.
    """
    group = parser.add_argument_group(COMMON_OPTIONS)
    group.add_argument("-h", "--help", action="help", help="show this and end")
    group.add_argument(
        "-V", "--version", action="version", version=f"cnn-tui {__version__}", help="show the version and end"
    )
    either = group.add_mutually_exclusive_group()
    either.add_argument("-q", "--quiet", action="store_true", help="no warnings and no progress, errors alone")
    either.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say on standard error what is read from where, by which index, on how many threads, and when",
    )
    group.add_argument(
        "--color",
        metavar="WHEN",
        choices=_WHEN,
        default=_WHEN[0],
        help=f"{', '.join(_WHEN[:-1])} or {_WHEN[-1]} (default: {_WHEN[0]}, on terminals, as {_NO_COLOR} and "
        f"{_FORCE_COLOR} say)",
    )
    return group


@contextmanager
def held_to(typed: Namespace, *, draws: bool) -> Iterator[None]:
    """Do within it what was typed, as it was asked for: in colours or not, with much or little said, on N threads.

    Args:
        typed: What was typed.
        draws: Whether the app draws on the terminal meanwhile: what is to be said is said when it has ended.
    """
    said: Said = "quiet" if typed.quiet else "verbose" if typed.verbose else "usual"
    with _environment(typed), saying(said):
        if said != "verbose":
            yield
            return
        with _told(later=draws):
            yield


@contextmanager
def _environment(typed: Namespace) -> Iterator[None]:
    """Set what numpy, Textual and Rich look at when they are imported."""
    changed: dict[str, str | None] = {}
    if typed.color != _WHEN[0]:
        yes, no = (_FORCE_COLOR, _NO_COLOR) if typed.color == "always" else (_NO_COLOR, _FORCE_COLOR)
        changed |= {yes: "1", no: None}
    if getattr(typed, "threads", None):
        changed |= dict.fromkeys(_THREADS, str(typed.threads))
    before = {name: os.environ.get(name) for name in changed}
    _set(changed)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _told(*, later: bool) -> Iterator[None]:
    """Write what our loggers are told to standard error, in the end or at once, each with the seconds till then."""
    # Only here: it takes as long to import as all the rest of a parser.
    import logging

    start = time.perf_counter()
    kept: list[str] = []

    class Lines(logging.Handler):
        """Writes a line each."""

        def emit(self, record: LogRecord) -> None:
            seconds = time.perf_counter() - start
            line = f"cnn-tui: {seconds:.3f} s: {printable(record.getMessage())}\n"
            if later:
                kept.append(line)
            else:
                write_error(line)

    lines, own = Lines(), logging.getLogger(__name__)
    loggers = [logging.getLogger(room) for room in _ROOMS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(lines)
        logger.setLevel(logging.INFO)
    own.info("cnn-tui %s, Python %s, threads: %d", __version__, sys.version.split()[0], cores())
    try:
        yield
        own.info("done, in %.3f s of processor time", time.process_time())
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(lines)
            logger.setLevel(level)
        if kept:
            write_error("".join(kept))
