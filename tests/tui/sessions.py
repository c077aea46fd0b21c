"""The command on a pseudo-terminal of its own: keys in, the screen out, and what is left of the terminal behind it.

No process is forked from one that has threads, as pexpect does; a new session opens its own terminal instead.
"""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import ioctl

import pyte
from forked import Forked
from terminals import AS_COMMAND, PACKAGES, start

TIMEOUT = 60.0
"""Seconds after which a wait fails; nothing that passes waits for as long."""
_PRIVATE_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])[0-9]*u")
ALTERNATE_SCREEN, CURSOR, WRAP = 1049, 25, 7
MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)
REPORTS = (1004, 2004, 2048)
"""Focus, pasted text and the size of the window."""
DRAWN_AT_ONCE = 2026

_OWN_TERMINAL = "import fcntl, termios; fcntl.ioctl(1, termios.TIOCSCTTY, 0)"


class Session:
    """A program on a terminal.

    Attributes:
        process: The program.
        screen: What a person would see.
        written: Everything that was sent to the terminal.
    """

    def __init__(
        self, process: subprocess.Popen[bytes] | Forked, master: int, slave: int, size: tuple[int, int]
    ) -> None:
        self.process = process
        self.written = b""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._master, self._slave = master, slave
        self._open = True

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def settings(self) -> list[object]:
        """The terminal's settings, as `stty` shows them."""
        return termios.tcgetattr(self._slave)

    def press(self, keys: str) -> None:
        """Send the bytes of keys."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size, which the program is told by a signal."""
        self.screen.resize(lines, columns)
        set_size(self._slave, (columns, lines))

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._slave)
        os.close(self._master)
        self._open = False

    def close(self) -> None:
        """Let go of the terminal, if it is there."""
        if self._open:
            self.hang_up()

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """Read until a text stands on the screen; return the screen."""
        there = wanted if callable(wanted) else lambda text: wanted in text
        deadline = time.monotonic() + TIMEOUT
        while not there(self.text):
            assert time.monotonic() < deadline, f"{wanted!r} never stood on the screen:\n{self.text}"
            assert self._read(1.0) or self.process.poll() is None, f"ended before {wanted!r}:\n{self.text}"
        return self.text

    def ended(self) -> int:
        """Read until the program has ended; return its exit status."""
        deadline = time.monotonic() + TIMEOUT
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"never ended:\n{self.text}"
            self._read(0.05)
        while self._read(0.0):
            pass
        return self.process.returncode

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        piece = os.read(self._master, 1 << 16)
        self.written += piece
        self._stream.feed(piece)
        return True

    def forget(self) -> None:
        """Clear the screen, as if another program had had the terminal."""
        self.screen.reset()

    def is_set(self, mode: int) -> bool | None:
        """Return how a private mode was set last, or None where it never was."""
        last = None
        for modes, letter in _PRIVATE_MODE.findall(self.written):
            if str(mode).encode() in modes.split(b";"):
                last = letter == b"h"
        return last

    @property
    def keyboard_levels(self) -> int:
        """How many keyboard protocols were begun and not ended."""
        return sum(1 if sign == b">" else -1 for sign in _KEYBOARD.findall(self.written))

    @property
    def last_words(self) -> str:
        """What was written after the alternate screen was left for good, without escape codes."""
        end = self.written.rsplit(b"\x1b[?1049l", 1)[-1].decode()
        return re.sub(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]", "", end).replace("\r\n", "\n")


def set_size(terminal: int, size: tuple[int, int]) -> None:
    """Give a terminal a size in columns and lines."""
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))


@contextmanager
def session(
    *arguments: str,
    model: str = "motifs",
    size: tuple[int, int] = (80, 24),
    stdin: bytes | None = None,
    first: str = "",
    fresh: bool = False,
    **environment: str,
) -> Iterator[Session]:
    """Start the command on a terminal of its own.

    Args:
        arguments: What follows the command's name.
        model: The model, where the arguments name none; then on its first filter.
        size: Columns and lines.
        stdin: What is piped in; None is the terminal.
        first: Python that is run before the command, such as to break something.
        fresh: Whether it is to import all that it needs, as a process of its own.
        environment: Variables to set; an empty one is taken out.
    """
    if "--model" not in arguments:
        arguments = (*arguments, "--model", model)
        arguments = arguments if "--filter" in arguments else (*arguments, "--filter", "0")
    master, slave = pty.openpty()
    set_size(slave, size)
    # A size in the environment, such as pytest-xdist's, would win over the terminal's own.
    given = {"COLUMNS": "", "LINES": "", "TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}
    variables = {**os.environ, "PYTHONPATH": PACKAGES, "PYTHONUTF8": "1", **given, **environment}
    variables = {name: value for name, value in variables.items() if value}
    program = "\n".join((_OWN_TERMINAL, first, AS_COMMAND))
    reading, writing = os.pipe()
    streams = (slave if stdin is None else reading, slave, slave)
    process = start(program, arguments, variables, streams, fresh=fresh)
    os.close(reading)
    os.write(writing, stdin or b"")
    os.close(writing)
    started = Session(process, master, slave, size)
    try:
        yield started
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        started.close()
