"""From match to match: every one is visited once, in order, on both strands, whatever the cursor stood on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_tui.app import CnnApp
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.explorer import Explorer
from cnn_tui.view.view_state import Level

LETTERS = "C" * 40 + "GATAAC" + "C" * 7 + "GATAAC" + "C" * 3 + "GTTATC" + "C" * 80
PLACES = [40, 53, 62]


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    path = tmp_path / "matches.fa"
    path.write_text(f">matches\n{LETTERS}\n")
    return path


@pytest.mark.parametrize("start", [None, 43])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("direction", [1, -1])
async def test_every_match_is_visited_in_order(
    fasta: Path, start: int | None, reverse: bool, direction: int
) -> None:
    app = CnnApp(OpenRequest(str(fasta), reverse=reverse, position=start))
    async with app.run_test(size=(100, 30)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        explorer = app.screen
        assert isinstance(explorer, Explorer)
        visited = []
        for _ in range(4):
            explorer.places.search("GATAAC", direction)
            await app.workers.wait_for_complete()
            await pilot.pause()
            picture = explorer.picture
            assert picture is not None
            assert picture.view.level is Level.BASE
            visited.append(picture.reading.record_position(picture.view.base) - (5 if reverse else 0))
    first = PLACES.index(visited[0])
    onwards = direction * (-1 if reverse else 1)
    assert visited == [PLACES[(first + onwards * step) % 3] for step in range(4)]
