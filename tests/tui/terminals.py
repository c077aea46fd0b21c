"""Python on a pseudo-terminal, without forking a process that has threads."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from forked import Forked

PACKAGES = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
"""Where a child process finds the packages under test, from any folder."""

AS_COMMAND = "import runpy; runpy.run_module('cnn_tui', run_name='__main__', alter_sys=True)"
"""The program as `python -m cnn_tui` runs it."""
BARS_AT_ONCE = """
import sys
from cnn_tui.__main__ import main
from cnn_tui.cli import progress
progress._SHOWN_AFTER = 0
sys.exit(main())
"""
"""The program, whose bars are shown also where the work takes but a moment."""


def start(
    program: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    streams: tuple[int, int, int],
    kept: Sequence[int] = (),
    *,
    fresh: bool,
) -> subprocess.Popen[bytes] | Forked:
    """Start Python in a session of its own.

    Args:
        program: What it runs.
        arguments: What follows its name.
        environment: All its variables.
        streams: Its input and its outputs.
        kept: Descriptors that it has under the same numbers.
        fresh: Whether it is a process of its own, which imports what it needs, and no fork.
    """
    if not fresh:
        return Forked(program, arguments, environment, streams, kept)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        pass_fds=kept,
        env=environment,
    )


def on_a_terminal(
    *arguments: str, program: str = AS_COMMAND, stdin: int | None = None, fresh: bool = False
) -> tuple[int, str]:
    """Run Python on a terminal that is not its controlling one.

    Args:
        arguments: What follows the program's name.
        program: Python to run.
        stdin: A descriptor; None is the terminal too.
        fresh: Whether it is a process of its own, which reads the environment as Python starts.

    Returns:
        The exit status and everything shown.
    """
    master, slave = pty.openpty()
    streams = (slave if stdin is None else stdin, slave, slave)
    process = start(program, arguments, {**os.environ, "PYTHONPATH": PACKAGES}, streams, fresh=fresh)
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
