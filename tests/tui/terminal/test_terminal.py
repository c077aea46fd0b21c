"""The terminal is given back as it was, and keys come from it whatever standard input is."""

from __future__ import annotations

import pytest
from terminals import on_a_terminal

LEAVES_IT_RAW = """
import termios, tty
from cnn_tui.terminal.conditions import Terminal
before = termios.tcgetattr(0)
terminal = Terminal()
tty.setraw(0)
for text in {written!r}:
    terminal.write(text)
terminal.give_back()
terminal.write("too late")
terminal.give_back()
print("as before" if termios.tcgetattr(0) == before else "still raw")
"""
OTHER_STANDARD_INPUT = """
import fcntl, os, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
os.dup2(os.pipe()[0], 0)
from cnn_tui.terminal.conditions import keys_from_terminal
keys_from_terminal()
print("a terminal" if os.isatty(0) else "none")
"""


@pytest.mark.parametrize(
    ("written", "taken_back"),
    [
        (["\x1b[?1049h"], "\x1b[?1049l\x1b[0m"),
        (["\x1b[?1049h", "\x1b[?25l", "\x1b[>25u", "drawn"], "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"),
        (["\x1b[?1049h", "\x1b[>25u", "\x1b[?7l", "\x1b[<u", "\x1b[?1049l"], "\x1b[?7h"),
        (["\x1b[?1000h\x1b[?1016h", "\x1b[?2026h", "\x1b[?1000l"], "\x1b[?1016l\x1b[?2026l"),
    ],
)
def test_what_was_set_is_taken_back_and_nothing_else(written: list[str], taken_back: str) -> None:
    shown = "".join(written) + taken_back
    assert on_a_terminal(program=LEAVES_IT_RAW.format(written=written)) == (0, f"{shown}as before\r\n")


def test_keys_come_from_the_terminal_where_standard_input_is_a_pipe() -> None:
    assert on_a_terminal(program=OTHER_STANDARD_INPUT) == (0, "a terminal\r\n")
