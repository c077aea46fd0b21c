"""The terminal that the explorer is given, and given back as it was, whatever happens in between."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from cnn_core.errors import CnnError

__all__ = ["check_screen", "frames_at_once", "keys_from_terminal", "restored"]

_TERMINAL: Final = "/dev/tty"

_ORDINARY: Final = "".join(
    (
        "\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l",  # no mouse reports
        "\x1b[?1004l\x1b[?2004l\x1b[?2048l",  # no focus, paste or size reports
        "\x1b[?2026l",  # draw at once
        "\x1b[?1049l",  # the screen from before
        "\x1b[?7h\x1b[?25h\x1b[0m",  # lines wrap, a cursor, no colour
    )
)
"""What a terminal is sent when the app could not say goodbye itself."""


def check_screen() -> None:
    """Refuse to draw where nobody would see it.

    Raises:
        CnnError: Standard output or standard error is not a terminal.
    """
    # Textual draws on standard error, on Windows on standard output.
    for stream, name in ((sys.stdout, "standard output"), (sys.stderr, "standard error")):
        if stream is None or not stream.isatty():
            raise CnnError(
                "the explorer needs a terminal to draw on",
                where=name,
                remedy="run it in one, or use summary, trace, export, scan or snapshot",
            )


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


@contextmanager
def restored() -> Iterator[None]:
    """Give the terminal back as it was, also after a signal or a crash of what runs within."""
    try:
        import termios
    except ImportError:  # Windows: its driver restores the console
        yield
        return
    try:
        attributes = termios.tcgetattr(0)
    except termios.error:
        yield
        return
    try:
        yield
    except BaseException:
        with suppress(OSError):
            os.write(2, _ORDINARY.encode())
        raise
    finally:
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, attributes)


def frames_at_once() -> None:
    """Let a key show its effect within a millisecond, instead of at the next sixtieth of a second.

    Textual reads it when it is imported. Frames are painted after changes alone, so none is painted for nothing, and
    keys that come faster than frames can be painted share one.
    """
    os.environ.setdefault("TEXTUAL_FPS", "1000")
