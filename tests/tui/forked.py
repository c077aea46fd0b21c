"""Programs forked from a process that has the app imported and no threads: most of a start is imports.

What is about the start itself, or about what Python reads as it starts, wants a process of its own.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

__all__ = ["Forked"]

_PACKAGES: Final = ("cnn_core", "cnn_samples", "cnn_tui")
_LEFT_OUT: Final = ("__main__", "compiled_", "cnn_samples.notebook", "cnn_tui.pytest_plugin", "cnn_tui.web")
"""What no terminal's program loads, or asks for an extra."""
_ABOVE: Final = 100
"""A descriptor above all that are handed on."""
_MOST: Final = 16


class Forked:
    """A program in a session of its own, waited for as one that `subprocess` has started.

    Args:
        program: Python to run.
        arguments: What follows its name.
        environment: All its variables.
        streams: Where its input and its outputs are.
        kept: Descriptors that it has under the same numbers.

    Attributes:
        pid: The number of its process.
        returncode: How it ended, as `subprocess` counts; None until then.
    """

    def __init__(
        self,
        program: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
        kept: Sequence[int] = (),
    ) -> None:
        self.returncode: int | None = None
        asked = {
            "program": program,
            "arguments": [*arguments],
            "environment": {**environment},
            "folder": str(Path.cwd()),
            "numbers": [0, 1, 2, *kept],
        }
        self.pid = _server().start(asked, [*streams, *kept])

    def poll(self) -> int | None:
        """Return how it ended, or None where it runs."""
        if self.returncode is None:
            self.returncode = _server().status(self.pid, patience=0)
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Wait until it has ended, and return how."""
        until = time.monotonic() + timeout
        while self.returncode is None:
            left = until - time.monotonic()
            assert left > 0, "it never ended"
            self.returncode = _server().status(self.pid, patience=left)
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class _Server:
    """The process that forks, and what it has told."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        places = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env={**os.environ, "PYTHONPATH": places},
                pass_fds=[theirs.fileno()],
            )
        self._heard = b""
        self._ended: dict[int, int] = {}
        atexit.register(self._close)

    def start(self, asked: dict[str, Any], descriptors: list[int]) -> int:
        """Fork a program, and return its number."""
        body = json.dumps(asked).encode()
        socket.send_fds(self._line, [len(body).to_bytes(4)], descriptors)
        self._line.sendall(body)
        while (started := self._hear(60)) is None:
            pass
        return started

    def status(self, pid: int, *, patience: float) -> int | None:
        """Return how a program ended, as far as it is told within some seconds."""
        if pid not in self._ended:
            self._hear(patience)
        return self._ended.pop(pid, None)

    def _hear(self, patience: float) -> int | None:
        """Hear what is told within some seconds; return the number of a program that has started."""
        if b"\n" not in self._heard and not select.select([self._line], [], [], patience)[0]:
            return None
        while b"\n" not in self._heard:
            more = self._line.recv(1 << 12)
            assert more, "the process that forks has ended"
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        pid, status = json.loads(line)
        if status is None:
            return int(pid)
        self._ended[pid] = status
        return None

    def _close(self) -> None:
        self._line.close()
        self._process.wait()


@cache
def _server() -> _Server:
    """Return the process that forks for this one, started when it is first wanted."""
    return _Server()


def _serve(line: socket.socket) -> None:
    """Fork programs on request and report their ends, until the other side closes; a fork returns when it is done."""
    for package in _PACKAGES:
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not any(part in found.name for part in _LEFT_OUT):
                import_module(found.name)
    import_module("textual.drivers.linux_driver")
    gc.collect()
    gc.freeze()
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking.fileno())
    while True:
        ready = select.select([line, woken], [], [])[0]
        if woken in ready:
            woken.recv(1 << 10)
            for pid, status in _ended():
                line.sendall(b"%s\n" % json.dumps([pid, status]).encode())
        if line in ready:
            size, descriptors, _, _ = socket.recv_fds(line, 4, _MOST)
            if not size:
                os._exit(0)
            body = b""
            while len(body) < int.from_bytes(size):
                body += line.recv(int.from_bytes(size) - len(body))
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (line, woken, waking):
                    each.detach()
                _become(descriptors=descriptors, **json.loads(body))
                return
            line.sendall(b"%s\n" % json.dumps([pid, None]).encode())
            for each in descriptors:
                os.close(each)


def _ended() -> list[tuple[int, int]]:
    found = []
    try:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append((ended[0], os.waitstatus_to_exitcode(ended[1])))
    except ChildProcessError:
        pass
    return found


def _become(
    program: str,
    arguments: list[str],
    environment: dict[str, str],
    folder: str,
    numbers: list[int],
    descriptors: list[int],
) -> None:
    """Be the program, with its descriptors and no others."""
    os.setsid()
    above = [fcntl.fcntl(each, fcntl.F_DUPFD, _ABOVE) for each in descriptors]
    os.closerange(0, _ABOVE)
    for each, number in zip(above, numbers, strict=True):
        os.dup2(each, number)
        os.close(each)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        mode, errors = ("w" if number else "r"), ("backslashreplace" if number == 2 else "strict")
        lines = 1 if os.isatty(number) or number == 2 else -1
        stream = open(number, mode, lines, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["-c", *arguments]
    exec(program, {"__name__": "__main__"})


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
