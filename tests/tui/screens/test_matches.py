"""From match to match: every one is visited once, in order, on both strands, whatever the cursor stood on."""

from __future__ import annotations

from pathlib import Path

import pytest
from explorers import explorer, fasta

from cnn_tui.view.view_state import Level

LETTERS = "C" * 40 + "GATAAC" + "C" * 7 + "GATAAC" + "C" * 3 + "GTTATC" + "C" * 80
PLACES = [40, 53, 62]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return fasta(tmp_path / "matches.fa", matches=LETTERS)


@pytest.mark.parametrize("reverse", [False, True])
async def test_every_match_is_visited_in_order(file: str, reverse: bool, subtests: pytest.Subtests) -> None:
    async with explorer(sequences=file, model=None, filter=None, reverse=reverse) as shown:
        first = shown.picture
        for start in (None, 43):
            for direction in (1, -1):
                with subtests.test(start=start, direction=direction):
                    shown.explorer.picture = first
                    if start is not None:
                        shown.explorer.show_view(shown.view.on(Level.RESPONSE, start))
                    visited = []
                    for _ in range(4):
                        shown.explorer.places.search("GATAAC", direction)
                        await shown.settled()
                        assert shown.view.level is Level.BASE
                        visited.append(shown.reading.record_position(shown.view.base) - (5 if reverse else 0))
                    at = PLACES.index(visited[0])
                    onwards = direction * (-1 if reverse else 1)
                    assert visited == [PLACES[(at + onwards * step) % 3] for step in range(4)]
