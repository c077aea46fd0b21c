"""Python on a pseudo-terminal, without forking a process that has threads."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

PACKAGES = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
"""Where a child process finds the packages under test, from any folder."""

BARS_AT_ONCE = """
import sys
from cnn_tui.__main__ import main
from cnn_tui.cli import progress
progress._SHOWN_AFTER = 0
sys.exit(main())
"""
"""The program, whose bars are shown also where the work takes but a moment."""


def on_a_terminal(*arguments: str, stdin: int | None = None) -> tuple[int, str]:
    """Run Python on a terminal that is not its controlling one.

    Args:
        arguments: What follows the interpreter's name.
        stdin: A descriptor; None is the terminal too.

    Returns:
        The exit status and everything shown.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=slave if stdin is None else stdin,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": PACKAGES},
    )
    os.close(slave)
    shown = b""
    while piece := _read(master):
        shown += piece
    os.close(master)
    return process.wait(), shown.decode()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # Linux's way to say that the other end is closed
        return b""
