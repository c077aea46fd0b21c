"""Old lines of the screen are gone once others are painted: no frame waits for the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from explorers import MEDIUM, WIDE, explorer
from textual.strip import Strip

from cnn_tui.widgets.track import Track


@pytest.fixture
def kept_garbage() -> Iterator[list[object]]:
    """What nothing but the collector would do away with."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("key", ["right", "shift+right", "down", "plus"])
async def test_no_line_outlives_its_frame(key: str, request: pytest.FixtureRequest) -> None:
    async with explorer(WIDE) as shown:
        await shown.press(key)
        garbage = request.getfixturevalue("kept_garbage")
        await shown.press(key, key, key)
        gc.collect()
        assert not [each for each in garbage if isinstance(each, Strip)]


async def test_a_line_that_stays_is_the_same_and_one_that_changes_another() -> None:
    async with explorer(MEDIUM) as shown:
        track = shown.explorer.query(Track).first()
        region = track.size.region
        before = track.render_lines(region)
        assert all(one is other for one, other in zip(before, track.render_lines(region), strict=True))
        track.refresh()
        after = track.render_lines(region)
        assert all(one is not other for one, other in zip(before, after, strict=True))
        assert [line.text for line in before] == [line.text for line in after]


async def test_lines_are_divided_where_widgets_end() -> None:
    async with explorer(MEDIUM) as shown:
        track = shown.explorer.query(Track).first()
        (line,) = track.render_lines(track.size.region)[:1]
        width = line.cell_length
        assert [part.cell_length for part in line.divide([10, width])] == [10, width - 10]
        assert [*line.divide([width])] == [line]
