"""The terminal that the explorer is given, and given back as it was, whatever happens in between."""

from __future__ import annotations

import errno
import os
import re
import select
import sys
from _thread import start_new_thread
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, Final

from cnn_core.errors import CnnError

__all__ = [
    "BROWSER_DRIVER",
    "TEXTUAL_DRIVER",
    "Terminal",
    "check_screen",
    "drawn_elsewhere",
    "frames_at_once",
    "keys_from_terminal",
    "takes_clipboard",
]

TEXTUAL_DRIVER: Final = "TEXTUAL_DRIVER"
"""The environment variable from which Textual takes what draws."""
BROWSER_DRIVER: Final = "cnn_tui.terminal.browser:BrowserDriver"
"""What draws in a web terminal."""

_TERMINAL: Final = "/dev/tty"

_NEEDED: Final = "▀░─…−→"
"""Of each kind of characters that the explorer draws with, one."""
_MODE: Final = re.compile(r"\x1b\[\?([0-9]+)([hl])")
_KEYBOARD: Final = re.compile(r"\x1b\[([<>])[0-9]*u")
_LONGEST_MODE: Final = 32
"""Letters of a text that sets a mode; frames are longer, and set none."""
_ORDINARY: Final = {7: "h", 25: "h"}
"""The modes that are on where no program has changed them: lines wrap, and there is a cursor."""
_ALTERNATE: Final = 1049
_NO_CLIPBOARD: Final = ("dumb", "linux", "vt100", "vt220")
_NO_CLIPBOARD_PROGRAMS: Final = ("Apple_Terminal",)
"""Terminals that have no clipboard, or give programs none."""
_PATIENCE: Final = 0.5
"""Seconds that giving back waits for a terminal that takes nothing."""


class Terminal:
    """The terminal that is drawn on: what is written there, and how it was before.

    Stands for a text file in the thread that writes what the app draws. Other threads may give the terminal back at
    any time; nothing is written after that.

    Args:
        keys: The descriptor of what is typed, whose settings are kept.
        drawing: The descriptor of what is drawn.
    """

    def __init__(self, keys: int = 0, drawing: int = 2) -> None:
        import termios

        self._keys, self._drawing = keys, drawing
        self._lock = Lock()
        self._given_back = False
        self._modes: dict[int, str] = {}
        self._keyboards = 0
        self._settings: list[Any] | None = None
        with suppress(termios.error):
            self._settings = termios.tcgetattr(keys)

    def write(self, text: str) -> None:
        """Write, and note what has to be taken back."""
        with self._lock:
            if self._given_back:
                return
            self._send(text)
            if len(text) <= _LONGEST_MODE:
                for mode, letter in _MODE.findall(text):
                    self._modes[int(mode)] = letter
                for sign in _KEYBOARD.findall(text):
                    self._keyboards += 1 if sign == ">" else -1

    def flush(self) -> None:
        """Do nothing: what is written is not kept back."""

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._drawing

    def give_back(self) -> None:
        """Leave the terminal as it was; where it has been given back already, nothing is done."""
        import termios

        # What breaks into a write that the terminal does not take cannot wait for its end.
        alone = self._lock.acquire(timeout=_PATIENCE)
        self._given_back = True
        try:
            undone = self._undone()
            if undone and alone:
                self._send(undone)
            if (undone or self._keyboards) and self._settings is not None and self._in_foreground():
                with suppress(termios.error):
                    termios.tcsetattr(self._keys, termios.TCSANOW, self._settings)
        finally:
            if alone:
                self._lock.release()

    def when_gone(self, act: Callable[[], object]) -> None:
        """Have something done once the terminal is gone, also where the signal that would say so is ignored.

        Args:
            act: Does it, in a thread of its own.
        """
        hung_up = select.poll()
        hung_up.register(self._keys, 0)

        def wait() -> None:
            if any(event & (select.POLLHUP | select.POLLERR) for _, event in hung_up.poll()):
                act()

        start_new_thread(wait, ())

    def wait_for_foreground(self) -> None:
        """Stand still, as a job does that a shell has sent to the background, until the terminal may be changed."""
        import termios

        while True:
            try:
                # What changes nothing is not allowed from the background either: the system stops a process that tries.
                termios.tcsetattr(self._keys, termios.TCSANOW, termios.tcgetattr(self._keys))
            except termios.error as error:
                if error.args[0] == errno.EINTR:
                    continue
            return

    def _undone(self) -> str:
        """Return what takes back all modes, and note that they are."""
        # The keyboard's mode belongs to the screen that it was set on.
        undone = "\x1b[<u" * self._keyboards
        for mode, letter in sorted(self._modes.items(), key=lambda item: item[0] in _ORDINARY):
            ordinary = _ORDINARY.get(mode, "l")
            if letter != ordinary:
                undone += f"\x1b[?{mode}{ordinary}"
        if self._modes.get(_ALTERNATE) == "h":
            undone += "\x1b[0m"
        self._modes, self._keyboards = {}, 0
        return undone

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._keys) == os.getpgrp()
        except OSError:  # no shell shares it
            return True

    def _send(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            try:
                data = data[os.write(self._drawing, data) :]
            except BlockingIOError:
                select.select([], [self._drawing], [])
            except OSError:  # it is gone, which the program is told by a signal
                return


def drawn_elsewhere() -> bool:
    """Tell whether another program draws what the app shows, such as the server of a web terminal.

    It says so by the variable with which Textual takes a driver. Then standard input and output are pipes to it.
    """
    return bool(os.environ.get(TEXTUAL_DRIVER))


def check_screen() -> None:
    """Refuse to draw where it would not be seen.

    Raises:
        CnnError: Standard output or standard error is not a terminal, or its encoding has too few characters.
    """
    # Textual draws on standard error, on Windows on standard output.
    for stream, name in ((sys.stdout, "standard output"), (sys.stderr, "standard error")):
        if stream is None or not stream.isatty():
            raise CnnError(
                "the explorer needs a terminal to draw on",
                where=name,
                remedy="run it in one, or use summary, trace, export, scan or snapshot",
            )
        try:
            _NEEDED.encode(stream.encoding)
        except UnicodeEncodeError:
            raise CnnError(
                f"the explorer draws with characters that the encoding {stream.encoding} does not have",
                where=name,
                remedy="set PYTHONIOENCODING=utf-8 where the terminal takes it",
            ) from None


def keys_from_terminal() -> None:
    """Make the terminal standard input where that is something else, so that the app gets its keys.

    Raises:
        CnnError: There is no terminal.
    """
    # Where the program was started with standard input closed there is no `sys.__stdin__` to read keys from.
    if sys.__stdin__ is not None:
        if os.isatty(0):
            return
        with suppress(OSError):
            terminal = os.open(_TERMINAL, os.O_RDWR)
            os.dup2(terminal, 0)
            os.close(terminal)
            return
    raise CnnError(
        "the explorer needs a terminal for its keys",
        where="standard input",
        remedy="run it in one, or use summary, trace, export, scan or snapshot",
    )


def takes_clipboard(environment: Mapping[str, str]) -> bool:
    """Tell whether a terminal may take what is copied, by the escape code that asks for it (OSC 52).

    Args:
        environment: The environment variables. A terminal that is not known not to may still refuse.
    """
    if environment.get("TERM", "") in _NO_CLIPBOARD:
        return False
    return environment.get("TERM_PROGRAM", "") not in _NO_CLIPBOARD_PROGRAMS


def frames_at_once() -> None:
    """Let a key show its effect within a millisecond, instead of at the next sixtieth of a second.

    Textual reads it when it is imported. Frames are painted after changes alone, so none is painted for nothing, and
    keys that come faster than frames can be painted share one.
    """
    os.environ.setdefault("TEXTUAL_FPS", "1000")
