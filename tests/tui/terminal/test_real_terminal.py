"""The command on a real pseudo-terminal: it draws, takes keys, and gives the terminal back whatever happens."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from jobs import Job, assert_given_back, job
from sessions import ALTERNATE_SCREEN, CURSOR, TIMEOUT, Session, session

FIRST_FRAME = "pooled[2] = max(conv[16…23]) = conv[21] = 9.500"
OPENING_NEVER_ENDS = """
import threading
import cnn_tui.view_file as view_file
view_file.open_request = lambda *_: threading.Event().wait()
"""
A_WIDGET_RAISES = """
from cnn_tui.widgets.inspector import Inspector
ordinary = Inspector.render
def render(self):
    if self.picture is not None and self.picture.view.cell == 3:
        raise ZeroDivisionError("a widget broke")
    return ordinary(self)
Inspector.render = render
"""


def test_it_draws_takes_keys_and_the_mouse_quits_with_0_and_writes_nothing_where_it_stands(tmp_path: Path) -> None:
    cannot_be_written = f"import os; os.chdir({str(tmp_path)!r}); os.chmod('.', 0o555)"
    with session("--theme", "light", first=cannot_be_written, fresh=True) as at:
        before = at.settings
        at.until(FIRST_FRAME)
        assert at.is_set(ALTERNATE_SCREEN)
        assert at.is_set(CURSOR) is False
        assert all(at.is_set(mode) for mode in (1000, 1003, 1006))
        assert at.settings != before
        # It has true colours where there are some.
        assert b"48;2;251;251;249" in at.written
        lines = at.text.split("\n")
        assert lines[0] == " planted.fa › sim_01, 500 bp       model motifs: log-odds of 12 JASPAR matrices"
        assert lines[3].startswith("letters          GTTTAGCGGACG")
        assert len(lines) == 24
        at.press("\x14")
        at.until(FIRST_FRAME)
        at.press("l")
        at.until("pooled[3] = max(")
        # A press and a release of the left button, on the track of the cells, over base 40.
        column, line = 17 + 40 + 1, [text[:6] for text in at.text.split("\n")].index("pooled") + 1
        at.press(f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m")
        at.until("pooled[5] = max(")
        at.resize(120, 40)
        at.until("each filter its own")
        at.resize(30, 6)
        at.until("too small")
        at.resize(80, 24)
        at.until("pooled[5] = max(")
        at.press("20\x1b[C")
        at.until("pooled[25] = max(")
        at.press("j")
        at.until("filter 1 GATA1")
        at.press("\r")
        at.until("Backspace to its cell")
        at.press("\x7f")
        at.until("pooled[25] = max(")
        at.press("?")
        at.until("Save and export")
        # A lone Escape is told from the beginning of a longer key by the pause behind it.
        at.press("\x1b")
        at.until(lambda text: "Save and export" not in text)
        at.press("\x03")
        at.until("Press q to quit")
        at.press("q")
        assert at.ended() == 0
        assert_given_back(at, before)
        assert at.last_words.strip() == ""
    tmp_path.chmod(0o755)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("leave", ["q", signal.SIGTERM], ids=str)
def test_leaving_does_not_wait_for_a_job(leave: str | signal.Signals) -> None:
    with session(first=OPENING_NEVER_ENDS) as at:
        before = at.settings
        at.until("opening …  Esc stops it")
        if isinstance(leave, str):
            at.press(leave)
        else:
            at.process.send_signal(leave)
        assert at.ended() == (0 if leave == "q" else 143)
        assert_given_back(at, before)
        assert at.last_words.strip() == ""


def test_escape_leaves_where_nothing_is_open_yet() -> None:
    with session(first=OPENING_NEVER_ENDS) as at:
        before = at.settings
        at.until("opening …  Esc stops it")
        at.press("\x1b")
        assert at.ended() == 0
        assert_given_back(at, before)


def test_a_signal_before_the_first_frame_leaves_the_terminal_as_it_was() -> None:
    stops = "import os, signal; print('here', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    with session(first=stops, fresh=True) as at:
        before = at.settings
        at.until("here")
        at.process.send_signal(signal.SIGTERM)
        at.process.send_signal(signal.SIGCONT)
        assert at.ended() in (143, -signal.SIGTERM)
        assert_unused(at, before)


def assert_unused(at: Session, settings: list[object]) -> None:
    assert not at.is_set(ALTERNATE_SCREEN)
    assert at.is_set(CURSOR) is not False
    assert at.settings == settings


def test_after_a_defect_there_is_one_sentence_and_no_traceback() -> None:
    with session(first=A_WIDGET_RAISES) as at:
        before = at.settings
        at.until(FIRST_FRAME)
        at.press("l")
        assert at.ended() == 1
        assert_given_back(at, before)
        (sentence,) = at.last_words.strip().splitlines()
        assert sentence.startswith("cnn-tui: stopped at a defect of its own (ZeroDivisionError: a widget broke)")
        assert b"Traceback" not in at.written


def test_a_developer_can_ask_for_the_traceback() -> None:
    with session(first=A_WIDGET_RAISES, CNN_TUI_TRACEBACK="1") as at:
        before = at.settings
        at.until(FIRST_FRAME)
        at.press("l")
        assert at.ended() == 1
        assert_given_back(at, before)
        assert "ZeroDivisionError" in at.last_words


def test_a_malformed_file_is_one_sentence_after_the_screen_is_back(tmp_path: Path) -> None:
    path = tmp_path / "bad.fa"
    path.write_text(">bad\nACGT-XYZ!\nACGT\n")
    with session(str(path), fresh=True) as at:
        before = at.settings
        assert at.ended() == 1
        assert_given_back(at, before)
        (sentence,) = at.last_words.strip().splitlines()
        assert sentence.startswith("cnn-tui: ")
        assert "bad.fa" in sentence
        assert b"Traceback" not in at.written


def test_a_file_that_is_not_there_is_refused_before_the_screen_changes() -> None:
    with session("nosuch.fa") as at:
        before = at.settings
        assert at.ended() == 1
        assert at.is_set(ALTERNATE_SCREEN) is None
        assert_unused(at, before)
        assert re.fullmatch(r"cnn-tui: nosuch\.fa: there is no such file; .+\s*", at.last_words)


def test_sequences_come_from_a_pipe_keys_from_the_terminal_and_hostile_names_are_plain_characters() -> None:
    fasta = b">[bold]x\x1b[31m\x1b]0;owned\x07 d\n" + b"ACGTTGCAAC" * 50 + b"\n"
    with session("-", stdin=fasta) as at:
        before = at.settings
        at.until(r"[bold]x\x1b[31m\x1b]0;owned\x07")
        at.press("r")
        at.until("Choose a record")
        at.press("\r")
        at.until(lambda text: "Choose a record" not in text)
        at.press("g")
        at.until("Go to")
        at.press("46-61\r")
        at.until(r"\x07:46-61")
        at.press("q")
        assert at.ended() == 0
        assert_given_back(at, before)
        assert b"\x1b]0;owned" not in at.written
        assert b"\x1b[31m" not in at.written


# Terminals


def leave_dialog(at: Job, key: str, shown: str, number: signal.Signals) -> None:
    """End the program by a signal where a dialog waits."""
    at.press(key)
    at.until(shown)
    at.send(number)
    assert at.ended() == 128 + number
    assert at.last_words.strip() == ""


@pytest.mark.parametrize("terminal", ["xterm-256color", "linux", "vt100"])
def test_it_draws_on_terminals_of_few_colours_and_ends_by_q_or_a_signal(terminal: str) -> None:
    with job("--model", "seed", "--filter", "0", TERM=terminal, COLORTERM="") as at:
        before = at.settings
        at.until("pooled[0] = max(conv[0…7]) = conv[7] = 0.050")
        at.resize(120, 40)
        text = at.until("each filter its own")
        colours = set(re.findall(rb"\x1b\[[0-9;]*?([34]8;[25]);", at.written))
        if terminal == "xterm-256color":
            assert colours == {b"38;5", b"48;5"}
            assert "▀" in text
        else:
            # Glyphs carry the heat maps.
            maps = next(line for line in text.split("\n") if line.startswith("maps"))
            assert re.search("[░▒▓]", maps)
            assert colours == set()
        at.press("\x1b[C")
        at.until("pooled[1] = max(")
        if terminal == "linux":
            leave_dialog(at, "?", "Save and export", signal.SIGTERM)
        elif terminal == "vt100":
            leave_dialog(at, "g", "Go to", signal.SIGINT)
        else:
            at.press("q")
            assert at.ended() == 0
        assert_given_back(at, before)


def test_no_color_leaves_greys_alone_and_a_dialog_ends_by_a_signal() -> None:
    with job("--model", "seed", "--filter", "0", NO_COLOR="1") as at:
        before = at.settings
        at.until("pooled[0] = max(conv[0…7]) = conv[7] = 0.050")
        at.resize(120, 40)
        text = at.until("each filter its own")
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)(?=[;m])", at.written)
        assert colours
        assert all(red == green == blue for red, green, blue in colours)
        assert re.search("maps .*[░▒▓]", text)
        leave_dialog(at, "o", "Open", signal.SIGHUP)
        assert_given_back(at, before)


def test_a_signal_that_is_ignored_stays_ignored_and_a_terminal_that_goes_ends_it_all_the_same() -> None:
    with session(first="import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)") as at:
        at.until(FIRST_FRAME)
        at.process.send_signal(signal.SIGHUP)
        at.press("l")
        at.until("pooled[3] = max(")
        at.hang_up()
        assert at.process.wait(TIMEOUT) == 128 + signal.SIGHUP
