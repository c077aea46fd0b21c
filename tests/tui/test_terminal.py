"""The terminal is given back as it was, and keys come from it whatever standard input is."""

from __future__ import annotations

import pytest
from terminals import on_a_terminal

LEAVES_IT_RAW = """
import sys, termios, tty
from cnn_tui.terminal import restored
before = termios.tcgetattr(0)
try:
    with restored():
        tty.setraw(0)
        if {failing}: raise {failing}
except BaseException as error:
    print(type(error).__name__)
print("as before" if termios.tcgetattr(0) == before else "still raw")
"""
OTHER_STANDARD_INPUT = """
import fcntl, os, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
os.dup2(os.pipe()[0], 0)
from cnn_tui.terminal import keys_from_terminal
keys_from_terminal()
print("a terminal" if os.isatty(0) else "none")
"""


@pytest.mark.parametrize("failing", ["RuntimeError", "KeyboardInterrupt", "SystemExit"])
def test_after_a_crash_the_terminal_is_as_it_was(failing: str) -> None:
    status, shown = on_a_terminal("-c", LEAVES_IT_RAW.format(failing=failing))
    assert status == 0
    assert f"{failing}\r\nas before" in shown
    assert "\x1b[?1049l" in shown
    assert "\x1b[?25h" in shown


def test_after_an_ordinary_end_nothing_more_is_drawn() -> None:
    assert on_a_terminal("-c", LEAVES_IT_RAW.format(failing="None")) == (0, "as before\r\n")


def test_keys_come_from_the_terminal_where_standard_input_is_a_pipe() -> None:
    assert on_a_terminal("-c", OTHER_STANDARD_INPUT) == (0, "a terminal\r\n")
