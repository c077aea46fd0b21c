"""Keys that move: what the cursor stands on afterwards, at every level."""

from __future__ import annotations

import re

import numpy as np
import pytest
from explorers import MEDIUM, explorer

from cnn_tui.view.view_state import ZOOMS, Scale
from cnn_tui.widgets.heat_map import AllMaps

DOWN_TO = {"cell": (), "response": ("enter",), "base": ("enter", "enter")}
"""From the first cell that is not silent, pooled[2] = conv[21], to each level."""
START = {"cell": 2, "response": 21, "base": 21}

# 62 columns of tracks on 80 show 62 bases: 7 cells of 8.
STEPS = [
    ("cell", "left", 1),
    ("cell", "h", 1),
    ("cell", "right", 3),
    ("cell", "l", 3),
    ("cell", "shift+left", 0),
    ("cell", "shift+right", 9),
    ("cell", "home", 0),
    ("cell", "end", 59),
    ("cell", "2 0 right", 22),
    ("cell", "1 l", 3),
    ("cell", "5 left", 0),
    ("cell", "9 9 right", 59),
    ("cell", "2 shift+right", 16),
    ("response", "left", 20),
    ("response", "right", 22),
    ("response", "shift+left", 0),
    ("response", "shift+right", 83),
    ("response", "home", 0),
    ("response", "end", 484),
    ("response", "2 0 right", 41),
    ("response", "1 0 0 0 l", 484),
    ("base", "left", 20),
    ("base", "right", 22),
    ("base", "shift+left", 0),
    ("base", "shift+right", 83),
    ("base", "home", 0),
    ("base", "end", 499),
    ("base", "2 0 right", 41),
    ("base", "1 0 0 0 0 0 0 h", 0),
]


async def test_steps_are_places_of_the_level_of_the_cursor(subtests: pytest.Subtests) -> None:
    async with explorer() as shown:
        for level in DOWN_TO:
            await shown.press(*DOWN_TO[level][-1:])
            start = shown.view
            assert shown.cursor == (level, START[level])
            for _, keys, index in [step for step in STEPS if step[0] == level]:
                with subtests.test(level, keys=keys):
                    shown.explorer.show_view(start)
                    await shown.press(*keys.split())
                    assert shown.cursor == (level, index)
                    assert shown.view.count == ""
                    first, last = shown.view.cursor_span
                    assert first < shown.view.offset + shown.view.visible_bases
                    assert last > shown.view.offset
            shown.explorer.show_view(start)


async def test_a_step_is_as_wide_as_the_stride_of_its_level(subtests: pytest.Subtests) -> None:
    async with explorer() as shown:
        for level, bases in (("cell", 8), ("response", 1), ("base", 1)):
            with subtests.test(level):
                await shown.press("0", *DOWN_TO[level][-1:])
                before = shown.view.cursor_span[0]
                await shown.press("right")
                assert shown.view.cursor_span[0] - before == bases
                await shown.press("right_square_bracket")
                before = shown.view.cursor_span[0]
                await shown.press("right")
                assert shown.view.cursor_span[0] - before == (1 if level == "base" else 2 * bases)


async def test_filters_change_under_a_cursor_that_stays() -> None:
    async with explorer() as shown:
        for level in DOWN_TO:
            await shown.press(*DOWN_TO[level][-1:])
            start, reached = shown.view, []
            for key in (
                "down",
                "j",
                "up",
                "k",
                "up",
                "5 j",
                "pagedown",
                "pagedown",
                "pageup",
                "9 9 k",
                "2 pagedown",
            ):
                await shown.press(*key.split())
                reached.append(shown.view.filter)
                assert shown.cursor == (level, START[level])
                assert shown.view.offset == start.offset
            # Where no heat map is shown a page is ten filters.
            assert reached == [1, 2, 1, 0, 0, 5, 11, 11, 1, 0, 11]
            shown.explorer.show_view(start)


async def test_a_page_of_filters_is_as_many_as_the_heat_map_shows() -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        await shown.press("pagedown")
        named = re.findall(r"maps .?(\d+)", shown.text)
        assert shown.view.filter == 2 * shown.explorer.query_one(AllMaps).size.height
        assert named == ["4"]
        await shown.press("9", "9", "pagedown")
        assert shown.view.filter == 319


# Down and up


async def test_enter_goes_from_a_cell_to_its_selection_to_its_bases_and_backspace_goes_back() -> None:
    async with explorer() as shown:
        assert shown.cursor == ("cell", 2)
        assert "pooled[2] = max(conv[16…23]) = conv[21] = 9.500" in shown.text
        await shown.press("enter")
        assert shown.cursor == ("response", 21)
        assert shown.picture.pool_step.selection == 21
        await shown.press("enter")
        assert shown.cursor == ("base", 21)
        await shown.press("enter")
        assert shown.cursor == ("base", 21)
        await shown.press("backspace")
        assert shown.cursor == ("response", 21)
        await shown.press("backspace")
        assert shown.cursor == ("cell", 2)
        await shown.press("backspace")
        assert shown.cursor == ("cell", 2)
        # Of a silent cell it is the strongest response behind it.
        await shown.press("home")
        assert shown.picture.pool_step.composition.all_zero
        await shown.press("enter")
        responses = shown.reading.run.responses(0, 8)[:, 0]
        assert shown.cursor == ("response", int(np.argmax(responses)))


async def test_a_base_leads_back_to_its_response_or_the_nearest_and_a_response_of_the_tail_to_no_cell() -> None:
    async with explorer() as shown:
        await shown.press("enter", "enter", "3", "right")
        assert shown.cursor == ("base", 24)
        await shown.press("backspace")
        assert shown.cursor == ("response", 21)
        await shown.press("enter", "2", "0", "right", "backspace")
        # conv[26] … conv[41] read base 41.
        assert shown.cursor == ("response", 26)
        await shown.press("backspace")
        assert shown.cursor == ("cell", 3)
        await shown.press("enter", "end", "backspace")
        assert shown.cursor == ("response", 484)
        assert shown.status == "no cell reads conv[484]: ← leads to a response that one does"
        await shown.press("4", "left", "backspace")
        assert shown.cursor == ("response", 480)
        await shown.press("left", "backspace")
        assert shown.cursor == ("cell", 59)
        assert "no cell" not in shown.status


async def test_where_pool_windows_leave_gaps_a_response_between_them_has_no_cell() -> None:
    async with explorer() as shown:
        await shown.press("4", "right_parenthesis", "enter")
        position = 12 * 1 + 9
        shown.explorer.show_view(shown.view.at(position))
        await shown.press("backspace")
        assert shown.cursor == ("response", position)
        assert shown.status == f"no cell reads conv[{position}]: ← leads to a response that one does"


# Counts


async def test_digits_stand_in_the_status_line_until_they_are_used_or_forgotten() -> None:
    async with explorer() as shown:
        await shown.press("2", "0")
        assert shown.status.startswith("20…")
        assert shown.cursor == ("cell", 2)
        await shown.press("escape")
        assert shown.view.count == ""
        assert not shown.status.startswith("20")
        await shown.press("right")
        assert shown.cursor == ("cell", 3)
        await shown.press("3", "z", "right")
        assert shown.cursor == ("cell", 6)
        # They are shown over what was said before, and are nine at the most.
        await shown.press("a")
        assert shown.status == "ambiguous letters: uniform"
        await shown.press("7")
        assert shown.status.startswith("7…")
        await shown.press("escape", *"1234567890123")
        assert shown.view.count == "123456789"
        await shown.press("right")
        assert shown.cursor == ("cell", 59)
        # A zero alone resets, and within a count is a digit.
        await shown.press("right_curly_bracket")
        await shown.press("1", "0")
        assert shown.view.count == "10"
        assert shown.reading.settings.pool_size == 9
        await shown.press("escape", "0")
        assert shown.reading.settings == shown.explorer.own_settings
        assert shown.view.count == ""


# Zoom and colour scale


async def test_zoom_keeps_the_cursor_in_sight_and_in_place() -> None:
    async with explorer() as shown:
        for level in DOWN_TO:
            await shown.press(*DOWN_TO[level][-1:])
            assert ZOOMS[shown.view.zoom] == 1
            start, cursor = shown.view, shown.cursor
            for key, zoom in (("equals_sign", 2), ("plus", 4), ("equals_sign", 8), ("equals_sign", 8)):
                await shown.press(key)
                assert ZOOMS[shown.view.zoom] == zoom
                assert shown.cursor == cursor
                assert 0 <= shown.view.column_of(shown.view.cursor_span[0]) < shown.view.columns
            for zoom in (4, 2, 1, -2, -4, -8, -16, -32, -64, -64):
                await shown.press("minus")
                assert ZOOMS[shown.view.zoom] == zoom
                assert shown.cursor == cursor
            assert shown.view.offset == 0
            shown.explorer.show_view(start)


async def test_steps_go_on_at_every_zoom() -> None:
    async with explorer(model="seed") as shown:
        for _ in ZOOMS:
            await shown.press("end")
            assert shown.cursor == ("cell", 59)
            await shown.press("enter", "home", "backspace", "minus")
            assert shown.cursor == ("cell", 0)


async def test_products_are_numbers_where_a_base_is_eight_columns() -> None:
    async with explorer(MEDIUM) as shown:
        await shown.press("enter", "enter", "equals_sign", "equals_sign", "equals_sign")
        products = shown.picture.conv_step.products
        written = [f"{float(product):.3f}".replace("-", "−") for product in products[:4]]
        line = next(line for line in shown.lines if line.startswith("weights 16 of 64"))
        assert all(number in line for number in written)


async def test_the_colour_scale_is_the_filter_s_or_the_layer_s() -> None:
    async with explorer(MEDIUM) as shown:
        extremes = shown.reading.run.extremes
        await shown.press("down")
        assert shown.picture.scale(1) == (extremes.lowest[1], extremes.highest[1])
        await shown.press("c")
        assert shown.view.scale is Scale.LAYER
        assert shown.picture.scale(1) == (extremes.lowest.min(), extremes.highest.max())
        assert "strongest here of this layer" in shown.text
        await shown.press("c")
        assert shown.view.scale is Scale.FILTER
        assert "each filter its own" in shown.text
