"""Lines of the screen: old ones are gone once others are painted, and those kept are as they would be drawn anew."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawings import random_kernel
from explorers import MEDIUM, SMALL, WIDE, explorer
from rich.segment import Segment
from textual._compositor import Compositor
from textual.strip import Strip
from textual.widget import Widget

from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_tui.widgets.lines import KeptLines
from cnn_tui.widgets.track import Track

KEYS = (
    ("right", "right", "down", "shift+right", "left", "up", "end", "home"),
    ("enter", "right", "right", "enter", "right", "right", "backspace", "down", "backspace", "left"),
    ("plus", "right", "minus", "minus", "minus", "right", "right", "t", "right", "shift+left", "plus"),
    ("c", "right", "right_curly_bracket", "right", "d", "p", "right", "0", "v", "right", "a", "ctrl+t", "right"),
    ("z", "right", "shift+right", "z", "right", "down", "z", "right", "f", "right", "i", "right", "i"),
    ("space", "space", "right", "right", "right", "escape", "right", "5", "right"),
)
"""Steps at every level, zooms, settings, the strand, the overview and the demonstration."""


@pytest.fixture
def kept_garbage() -> Iterator[list[object]]:
    """What nothing but the collector would do away with, from now on."""
    gc.freeze()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.usefixtures("every_frame")
async def test_no_line_outlives_its_frame(request: pytest.FixtureRequest, subtests: pytest.Subtests) -> None:
    async with explorer(MEDIUM) as shown:
        keys = ("right", "shift+right", "down", "plus")
        await shown.press(*keys)
        garbage = request.getfixturevalue("kept_garbage")
        for key in keys:
            with subtests.test(key):
                garbage.clear()
                await shown.press(key, key, key)
                gc.collect()
                assert not [each for each in garbage if isinstance(each, Strip)]


async def test_a_text_is_written_as_textual_writes_it() -> None:
    async with explorer(WIDE) as shown:
        written = 0
        for widget in shown.explorer.query(KeptLines):
            if type(widget).render_line is not KeptLines.render_line or not widget.size.height:
                continue
            lines = [widget.render_line(y) for y in range(widget.size.height)]
            written += widget._written is not None
            assert list(map(looks, lines)) == [
                looks(Widget.render_line(widget, y)) for y in range(widget.size.height)
            ]
        assert written >= 3


def looks(line: Strip) -> list[Segment]:
    """Return a line as it looks, without the places by which a pointer selects."""
    looks = [Segment(text, style and style.clear_meta_and_links()) for text, style, _ in line]
    return [*Strip(looks).simplify()]


async def test_what_a_key_changes_is_painted_in_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[int] = []
    render = Compositor.render_update

    def counted(compositor: Compositor, *whole: Any, **how: Any) -> Any:
        frames.append(len(compositor._dirty_regions))
        return render(compositor, *whole, **how)

    # Sooner than a terminal is given frames, so that none can come too early by luck.
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1e-6)
    async with explorer(WIDE) as shown:
        monkeypatch.setattr(Compositor, "render_update", counted)
        for key in ("right", "shift+right"):
            frames.clear()
            await shown.press(key)
            assert len([regions for regions in frames if regions]) == 1, key


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


@pytest.mark.parametrize(
    ("size", "model", "walks"),
    [(MEDIUM, "motifs", KEYS), (WIDE, "seed", (KEYS[1], KEYS[4]))],
    ids=["motifs", "seed"],
)
async def test_what_is_not_painted_again_would_look_the_same(
    walks: tuple[tuple[str, ...], ...], model: str, size: tuple[int, int], subtests: pytest.Subtests
) -> None:
    async with explorer(size, model=model) as shown:
        for keys in walks:
            with subtests.test(" ".join(keys)):
                for key in keys:
                    await shown.press(key)
                    for widget in shown.explorer.query(KeptLines):
                        if widget.display and widget.outer_size.height:
                            kept = widget.render_lines(widget.outer_size.region)
                            widget.refresh()
                            fresh = widget.render_lines(widget.outer_size.region)
                            assert [[*line] for line in kept] == [[*line] for line in fresh], (key, widget)


@pytest.mark.usefixtures("every_frame")
async def test_a_short_kernel_is_stepped_through_at_every_size(tmp_path: Path) -> None:
    conv = Conv1D(random_kernel(5), activation="linear")
    path = tmp_path / "short.npz"
    with path.open("wb") as file:
        write_npz(
            Model.sequential("short", [("letters", Input()), ("conv", conv), ("pool", MaxPooling1D(4))]), file
        )
    async with explorer(SMALL, model=str(path)) as shown:
        start = shown.view
        for size in (SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            shown.explorer.show_view(start.resized(shown.view.columns))
            await shown.press("right", "enter", "right", "f", "right", "f", "right")
            assert shown.cursor[0] == "response"


async def test_lines_are_divided_where_widgets_end() -> None:
    async with explorer(MEDIUM) as shown:
        track = shown.explorer.query(Track).first()
        (line,) = track.render_lines(track.size.region)[:1]
        width = line.cell_length
        assert [part.cell_length for part in line.divide([10, width])] == [10, width - 10]
        assert [*line.divide([width])] == [line]
