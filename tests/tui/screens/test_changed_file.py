"""A file that changes while it is open: every key says so in one sentence, what is shown stays, and others open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dialog_host import type_text
from explorers import MEDIUM, explorer, fasta

from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.explorer import Explorer

LETTERS = "ACGTTGCA" * 1_000
KEYS = [
    "right",
    "down",
    "pagedown",
    "end",
    "minus",
    "v",
    "enter",
    "full_stop",
    "right_curly_bracket",
    "t",
    "tab",
    "n",
]


async def test_a_key_says_that_it_has_changed_and_what_is_shown_stays(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    fasta(tmp_path / "other.fa", other=LETTERS)
    async with explorer(MEDIUM, model="motifs", sequences=str(tmp_path / "other.fa"), notifications=True) as shown:
        for nth, key in enumerate(KEYS):
            with subtests.test(key):
                file = fasta(tmp_path / f"mine{nth}.fa", long=LETTERS)
                shown.explorer.opener.open_sequences(
                    OpenRequest(file, model="motifs", filter="0", region="long:3001-3500")
                )
                await shown.settled()
                # Far from what has been read, so that letters are needed that are not in memory.
                before = shown.lines[:6]
                os.utime(file, ns=(1, 1))
                for _ in range(3):
                    await shown.press(key)
                assert shown.app.is_running
                assert shown.app.return_code is None
                said = f"mine{nth}.fa: the file has changed while"
                assert [each for each in shown.toasts if not each.startswith(said)] == []
                await shown.press("escape")
                if shown.toasts and isinstance(shown.app.screen, Explorer):
                    assert shown.lines[:6] == before
                while not isinstance(shown.app.screen, Explorer):
                    await shown.press("escape")
                if nth:
                    shown.explorer.opener.open_sequences(OpenRequest(str(tmp_path / "other.fa"), model="motifs"))
                    await shown.settled()
                else:
                    await shown.press("o", "ctrl+u")
                    await type_text(shown.pilot, str(tmp_path / "other.fa"))
                    await shown.press("enter")
                assert shown.reading.record.name == "other"
                shown.app.clear_notifications()


async def test_another_size_of_the_screen_is_no_end_either(tmp_path: Path) -> None:
    file = fasta(tmp_path / "mine.fa", long=LETTERS)
    async with explorer(MEDIUM, model="motifs", sequences=file, notifications=True) as shown:
        assert shown.lines
        os.utime(file, ns=(1, 1))
        await shown.resize(140, 44)
        assert shown.app.return_code is None
        assert {*shown.toasts} == {"mine.fa: the file has changed while it was open; open it again"}
