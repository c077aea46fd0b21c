"""Texts in a few columns: what is left out is marked, and numbers are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from explorers import explorer, fasta
from rich.cells import cell_len

from cnn_tui.widgets.rail import Rail
from cnn_tui.words.shortening import shortened


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("of 12,345 bases", 15, "of 12,345 bases"),
        ("of 12,345 bases", 12, "of 12,345 b…"),
        ("of 12,345 bases", 10, "of…"),
        ("of 12,345 bases", 7, "of…"),
        ("12345", 4, "…"),
        ("漢字漢字", 5, "漢字…"),
        ("anything", 0, ""),
    ],
)
def test_a_text_loses_its_end_and_never_half_a_number(text: str, width: int, expected: str) -> None:
    assert shortened(text, width) == expected
    assert cell_len(expected) <= max(width, 0)


async def test_a_sentence_that_is_too_long_for_the_last_line_says_so() -> None:
    async with explorer((60, 18)) as shown:
        shown.explorer.say("a long sentence, " * 3 + "of 123456789 bases")
        await shown.settled()
        assert shown.lines[-1].strip() == "a long sentence, a long sentence, a long sentence, of…"


async def test_the_rail_shows_whole_shapes_the_cursor_s_first(tmp_path: Path) -> None:
    path = fasta(tmp_path / "long.fa", **{"name" * 30: "ACGT" * 300_000})
    async with explorer((60, 18), sequences=path) as shown:
        for keys, shape in ((), "max_pooling1d 149998×12"), (("enter",), "conv1d 1199985×12"):
            await shown.press(*keys)
            assert shape in shown.lines[1]
            assert not re.search(r"\d…", shown.lines[1])
            rail = shown.explorer.query_one(Rail)
            assert all(cell_len(line) <= rail.content_size.width for line in str(rail.render()).split("\n"))
            assert "name  model motifs" in shown.lines[0]
