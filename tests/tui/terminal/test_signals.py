"""A signal at any moment: an end of its own status, or a stop, with the terminal as it was; and all again after it."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Final

import pytest
from jobs import assert_given_back, job
from sessions import ALTERNATE_SCREEN

FIRST_FRAME = "pooled[2] = max(conv[16…23]) = conv[21] = 9.500"
MOTIFS = ("--model", "motifs", "--filter", "0")
INT, TERM, HUP, QUIT = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT

WHILE_IMPORTING = """
import os, sys
class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name == {name!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder)
"""
WHILE_CALLING = """
import os
from {module} import {owner} as owner
ordinary = owner.{name}
def signalled(*given, **named):
    os.kill(os.getpid(), {number})
    return ordinary(*given, **named)
owner.{name} = signalled
"""
WHILE_A_FILE_IS_WHOLE = """
import os, threading
os.chdir({folder!r})
ordinary = os.replace
def replace(source, target, **rest):
    if os.path.dirname(target) == os.getcwd():
        os.kill(os.getpid(), {number})
        if threading.current_thread() is not threading.main_thread():
            threading.Event().wait()
    return ordinary(source, target, **rest)
os.replace = replace
"""
DRIVER = "textual.drivers.linux_driver LinuxDriver"
MOMENTS = {
    "numpy is imported": "numpy.linalg",
    "the app is imported": "cnn_tui.screens.explorer",
    "the terminal's settings are read": "cnn_tui.terminal.conditions Terminal __init__",
    "the app is made": "cnn_tui.app CnnApp __init__",
    "the alternate screen appears": f"{DRIVER} _enable_mouse_support",
    "the keyboard's mode is set": f"{DRIVER} _request_terminal_sync_mode_support",
    "the screen is laid out": "cnn_tui.screens.explorer Explorer compose",
    "the screen is shown first": "cnn_tui.screens.block_screen BlockScreen on_resize",
    "a file opens": "cnn_tui.screens.opener Opener show_opened",
    "it quits": f"{DRIVER} stop_application_mode",
    "it has quit": f"{DRIVER} close",
}


STARTS: Final = 4
"""How many moments come first, while a program imports what it needs: those want a process of their own."""


def at_moment(moment: str, number: signal.Signals) -> str:
    """Return Python that sends a signal at a moment."""
    module, *names = MOMENTS[moment].split()
    if not names:
        return WHILE_IMPORTING.format(name=module, number=int(number))
    return WHILE_CALLING.format(module=module, owner=names[0], name=names[1], number=int(number))


LAST_MAP = f"4–5{' ' * 35}{'▀' * 8}\n"
"""The last line that is drawn of `pooled[47]` where all maps are shown."""


def ready(text: str) -> bool:
    """Tell whether a frame is there as far as its last line."""
    return FIRST_FRAME in text and text.rstrip().endswith("q quit")


# Ends


@pytest.mark.parametrize(
    ("moment", "number"),
    [(moment, (INT, TERM, HUP, QUIT)[index % 4]) for index, moment in enumerate(MOMENTS)],
    ids=str,
)
def test_it_ends_by_a_signal_whatever_it_is_doing(moment: str, number: signal.Signals) -> None:
    starts = moment in [*MOMENTS][:STARTS]
    with job(*MOTIFS, first=at_moment(moment, number), fresh=starts) as at:
        before = at.settings
        if moment.startswith("it "):
            at.until(FIRST_FRAME)
            at.press("q")
        assert at.ended() == 128 + number
        assert_given_back(at, before)
        assert at.last_words.strip() == ""


def test_it_ends_by_a_signal_where_it_waits() -> None:
    # Where a dialog waits, `test_real_terminal.py` holds, on terminals of few colours.
    with job(*MOTIFS) as at:
        before = at.settings
        at.until(FIRST_FRAME)
        at.send(QUIT)
        assert at.ended() == 128 + QUIT
        assert_given_back(at, before)
        assert at.last_words.strip() == ""


@pytest.mark.parametrize("explored", [False, True], ids=["export", "explorer"])
def test_a_signal_leaves_nothing_of_an_unfinished_file(explored: bool, tmp_path: Path) -> None:
    first = WHILE_A_FILE_IS_WHOLE.format(folder=str(tmp_path), number=int(TERM))
    command = [*MOTIFS] if explored else ["export", "@planted", "--model", "motifs", "-q", "-o", "values.npz"]
    with job(*command, first=first, fresh=not explored) as at:
        before = at.settings
        if explored:
            at.until(ready)
            at.press("S")
            at.until("Esc close")
            at.press("\r")
        assert at.ended() == 128 + TERM
        assert_given_back(at, before)
        assert [*tmp_path.iterdir()] == []
        assert at.last_words.strip() == ""


# Stops


@pytest.mark.parametrize(
    ("how", "number"),
    [("\x1a", TERM), ("\x1b[122;5u", HUP), (signal.SIGTSTP, QUIT)],
    ids=["key", "kitty key", "signal"],
)
def test_it_stops_with_the_terminal_as_it_was_draws_all_again_and_ends_where_it_has_stopped(
    how: str | signal.Signals, number: signal.Signals
) -> None:
    with job(*MOTIFS, size=(80, 40)) as at:
        before = at.settings
        at.until(lambda text: ready(text) and "strongest of filter 0" in text)
        raw = at.settings

        def stop() -> None:
            if isinstance(how, str):
                at.press(how)
            else:
                at.send(how)
            assert at.stopped()
            assert_given_back(at, before)

        def go_on(drawn: str) -> None:
            at.forget()
            at.go_on()
            assert at.until(lambda text: text == drawn)

        drawn = at.text
        stop()
        go_on(drawn)
        assert at.is_set(ALTERNATE_SCREEN)
        assert at.keyboard_levels == 1
        assert at.settings == raw
        # A dialog is there again, with what has been typed.
        at.press("g")
        at.until("Esc close")
        at.press("46")
        at.until("│  46  ")
        drawn = at.text
        stop()
        go_on(drawn)
        at.press("\r")
        at.until("pooled[46] = max(")
        # In the background it leaves the terminal alone.
        at.press("l")
        # A frame comes in pieces; the cell in the last map ends this one.
        drawn = at.until(lambda text: "receptive field of pooled[47]" in text and LAST_MAP in text)
        stop()
        at.go_on(foreground=False)
        assert at.stopped()
        assert_given_back(at, before)
        go_on(drawn)
        # It is stopped without a word.
        at.send(signal.SIGSTOP)
        assert at.stopped()
        go_on(drawn)
        stop()
        at.send(number)
        at.go_on(foreground=False)
        assert at.ended() == 128 + number
        assert_given_back(at, before)


def test_it_may_stop_before_it_has_drawn_anything() -> None:
    with job(*MOTIFS, first=at_moment("the screen is laid out", signal.SIGTSTP), fresh=True) as at:
        before = at.settings
        assert at.stopped()
        assert_given_back(at, before)
        at.go_on()
        at.until(ready)
        at.press("q")
        assert at.ended() == 0
        assert_given_back(at, before)
