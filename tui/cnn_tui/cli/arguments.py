"""What was typed, understood. Imports nothing heavy, so that `--help` and a wrong usage answer at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from .syntax import SUBCOMMANDS

__all__ = ["parse"]


def parse(arguments: Sequence[str]) -> Namespace:
    """Return what was typed; `command` is one of `SUBCOMMANDS`, or None for the explorer.

    Args:
        arguments: The words after the program's name.

    Raises:
        SystemExit: 0 after `--help` or `--version`, 2 after a wrong usage; either has been printed.
    """
    command = arguments[0] if arguments and arguments[0] in SUBCOMMANDS else None
    syntax = import_module(f".syntax.{command or 'explorer'}", __package__)
    parser = syntax.parser()
    if command is not None:
        typed = parser.parse_args(arguments[1:])
    else:
        typed, unknown = parser.parse_known_args(arguments)
        if typed.sequences in SUBCOMMANDS:
            name = typed.sequences
            parser.error(f"'{name}' is a subcommand and comes first: cnn-tui {name} … (a file is ./{name})")
        if unknown:
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if hasattr(syntax, "check"):
        syntax.check(parser, typed)
    typed.command = command
    result: Namespace = typed
    return result
