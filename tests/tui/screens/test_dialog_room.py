"""Every dialog on a small screen, with long names: its line of keys is there, and what has no room scrolls."""

from __future__ import annotations

from pathlib import Path

import pytest
from dialog_host import type_text
from explorers import Shown, explorer, fasta

SMALL_SCREEN = (60, 18)
LONG = "a" * 300
DIALOGS = {
    "g": "Go to",
    "slash": "Search letters",
    "o": "Open sequences",
    "m": "Open a model",
    "r": "Choose a record",
    "s": "Strongest cells",
    "x": "Export",
    "y": "The code for",
    "S": "Save this view, or a picture",
    "question_mark": "Help",
}


def assert_whole(shown: Shown) -> None:
    """Check that a dialog stands within the screen, with its line of keys."""
    lines = shown.lines
    (top,) = (number for number, line in enumerate(lines) if "╭─" in line)
    (bottom,) = (number for number, line in enumerate(lines) if "╰─" in line)
    keys = " ".join(line.split("│")[1].strip() for line in lines[top + 1 : bottom] if "│" in line)
    assert keys.rstrip().endswith("close"), shown.text
    assert "Esc close" in keys


async def test_a_dialog_keeps_its_line_of_keys_on_a_small_screen(subtests: pytest.Subtests) -> None:
    async with explorer(SMALL_SCREEN, model="trained") as shown:
        for key, title in DIALOGS.items():
            with subtests.test(key):
                await shown.press(key)
                assert title in shown.text
                assert_whole(shown)
                await shown.press("escape")
                assert shown.app.screen is shown.explorer


async def test_a_long_text_does_not_push_the_line_of_keys_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "long_" + LONG
    path = fasta(tmp_path / "long.fa", **{name: "GTATAAAAGGCGGGGC" * 10})
    async with explorer(SMALL_SCREEN, sequences=path) as shown:
        for key in ("g", "o", "m", "r", "x", "S"):
            with subtests.test(key):
                await shown.press(key)
                assert_whole(shown)
                await type_text(shown.pilot, LONG)
                assert_whole(shown)
                if key not in "rx":
                    await shown.press("enter")
                    assert_whole(shown)
                while shown.app.screen is not shown.explorer:
                    await shown.press("escape")


async def test_what_has_no_room_scrolls_and_says_so() -> None:
    async with explorer(SMALL_SCREEN) as shown:
        await shown.press("g")
        assert "letters of a record" not in shown.text
        assert "PgUp PgDn scroll" in shown.text
        await shown.press("pagedown")
        assert "letters of a record" in shown.text
        await shown.type("46-61")
        assert "│  46-61   " in shown.text
        await shown.resize(80, 30)
        assert "letters of a record" in shown.text
        assert "scroll" not in shown.text
