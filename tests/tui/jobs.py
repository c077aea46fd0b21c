"""The command as a job of a shell on a terminal: stopped, let go on, signalled, and what is left of the terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from forked import Forked
from sessions import ALTERNATE_SCREEN, CURSOR, DRAWN_AT_ONCE, MOUSE, REPORTS, TIMEOUT, WRAP, Session, set_size
from terminals import PACKAGES, start

_SHELL = """
import fcntl, os, signal, sys, termios
told, asked, executable, program, *arguments = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
try:
    os.setpgid(job, job)
except PermissionError:
    pass
if not job:
    os.tcsetpgrp(1, os.getpgrp())
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU):
        # What starts the tests may ignore some of them, which every child would go on to do.
        signal.signal(number, signal.SIG_DFL)
    os.set_inheritable(told, False)
    if executable:
        os.execv(executable, [executable, "-c", program, *arguments])
    sys.argv = ["-c", *arguments]
    exec(program, {"__name__": "__main__"})
    sys.exit()
os.write(told, b"%d\\n" % job)
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    os.tcsetpgrp(1, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    os.write(told, b"stopped\\n")
    if os.read(asked, 1) == b"f":
        os.tcsetpgrp(1, job)
    os.kill(-job, signal.SIGCONT)
os.write(told, b"ended %d\\n" % os.waitstatus_to_exitcode(status))
"""
"""A shell that runs one job: it tells its number, that it has stopped, and how it ended; and puts it where asked.

The job is a fork of it where it is given no Python of its own."""
_AS_COMMAND = "import sys; from cnn_tui.__main__ import main; sys.exit(main())"


class Job(Session):
    """A job in the foreground of a shell.

    Attributes:
        number: The number of its process.
        status: How it ended, as `subprocess` counts; None until then.
    """

    def __init__(
        self,
        shell: subprocess.Popen[bytes] | Forked,
        master: int,
        slave: int,
        size: tuple[int, int],
        told: int,
        asked: int,
    ) -> None:
        super().__init__(shell, master, slave, size)
        self._told, self._asked = told, asked
        self._words = b""
        self.status: int | None = None
        self.number = int(self._word())

    def send(self, number: signal.Signals) -> None:
        """Send the job a signal; where it has ended already there is none to send it to."""
        if self.status is None and self.process.poll() is None:
            try:
                os.kill(self.number, number)
            except ProcessLookupError:
                return

    def stopped(self) -> bool:
        """Read until the job has stopped or ended; tell which."""
        word = self._word()
        if word == b"stopped":
            return True
        self.status = int(word.split()[1])
        return False

    def ended(self) -> int:
        """Read until the job has ended; return its status."""
        while self.status is None:
            assert not self.stopped(), f"stopped:\n{self.text}"
        while self._read(0.0):
            pass
        return self.status

    def go_on(self, *, foreground: bool = True) -> None:
        """Let a stopped job go on, as the shell's `fg` and `bg` do."""
        os.write(self._asked, b"f" if foreground else b"b")

    def _word(self) -> bytes:
        deadline = time.monotonic() + TIMEOUT
        while b"\n" not in self._words:
            assert time.monotonic() < deadline, f"nothing became of it:\n{self.text}"
            ready = select.select([self._told, self._master], [], [], 1.0)[0]
            if self._master in ready:
                self._read(0.0)
            if self._told in ready:
                self._words += os.read(self._told, 1 << 10)
        word, _, self._words = self._words.partition(b"\n")
        while self._read(0.0):
            pass
        return word


@contextmanager
def job(
    *arguments: str, size: tuple[int, int] = (80, 24), first: str = "", fresh: bool = False, **environment: str
) -> Iterator[Job]:
    """Start the command as a job of a shell; see `sessions.session`.

    Args:
        arguments: What follows the command's name.
        size: Columns and lines.
        first: Python that is run before the command, such as to send a signal at some moment.
        fresh: Whether it is to import all that it needs, as a process of its own.
        environment: Variables to set; an empty one is taken out.
    """
    master, slave = pty.openpty()
    set_size(slave, size)
    (told, telling), (asking, asked) = os.pipe(), os.pipe()
    given = {"COLUMNS": "", "LINES": "", "TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}
    variables = {**os.environ, "PYTHONPATH": PACKAGES, "PYTHONUTF8": "1", **given, **environment}
    variables = {name: value for name, value in variables.items() if value}
    command = [sys.executable if fresh else "", "\n".join((first, _AS_COMMAND)), *arguments]
    shell = start(
        _SHELL, [str(telling), str(asking), *command], variables, (slave,) * 3, (telling, asking), fresh=fresh
    )
    at = None
    try:
        at = Job(shell, master, slave, size, told, asked)
        yield at
    finally:
        if at is not None and at.status is None:
            at.send(signal.SIGKILL)
        shell.kill()
        shell.wait()
        for descriptor in (master, slave, told, telling, asking, asked):
            os.close(descriptor)


def assert_given_back(at: Session, settings: list[object]) -> None:
    """Check that the terminal is as it was: its screen, its cursor, its mouse, its keys, its settings."""
    assert not at.is_set(ALTERNATE_SCREEN)
    assert at.is_set(CURSOR) is not False
    assert at.is_set(WRAP) is not False
    for mode in (*MOUSE, *REPORTS, DRAWN_AT_ONCE):
        assert not at.is_set(mode), mode
    assert at.keyboard_levels == 0
    assert at.settings == settings
