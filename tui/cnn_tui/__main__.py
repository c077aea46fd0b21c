"""The command `cnn-tui`, as the process that it is: its signals and its exit status.

From its first line on Ctrl-C is no surprise, also while the rest is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import cli
from .terminal.endings import Endings
from .terminal.garbage_collection import left_at_exit

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the program's name; None takes them from the process, whose signals then stay
            taken until it has ended.

    Returns:
        The exit status: 0 done, 1 the input is at fault.

    Raises:
        SystemExit: 0 after `--help` and `--version`, 2 after a wrong usage.
    """
    if arguments is None:
        left_at_exit()
    endings = Endings()
    with endings.taken(for_good=arguments is None):
        # Loaded here, where a signal is no surprise any more.
        status = cli.run(sys.argv[1:] if arguments is None else arguments, endings)
        if endings.number is not None and arguments is None:
            # Without waiting for threads that do what is not wanted any more.
            endings.leave(endings.number)
        return status


if __name__ == "__main__":
    sys.exit(main())
