"""The pointer: a click selects what is under it, a hover says its value, a wheel moves the tracks."""

from __future__ import annotations

from typing import Any

import pytest
from dialog_host import type_text
from explorers import MEDIUM, WIDE, Shown, explorer
from textual.command import CommandList
from textual.geometry import Offset
from textual.screen import Screen
from textual.widgets import Static

from cnn_tui.docs import glossary
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.feature_map import FeatureMap, Selected
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.heat_map import AllCells, AllMaps
from cnn_tui.widgets.output_track import OutputTrack
from cnn_tui.widgets.overview import OverviewTrack
from cnn_tui.widgets.pointer_target import Pointed
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.products import Products
from cnn_tui.widgets.ruler import Ruler
from cnn_tui.widgets.track import Track
from cnn_tui.widgets.window_track import ConvWindow
from cnn_tui.words.numbers import number, signed

TALL = (120, 60)
# On the sample at 120×60, filter 0 and a cursor on pooled[2] = conv[21]: what each track answers at a column.
PRESSES = [
    (Ruler, 40, 0, ("base", 40, 0)),
    (Bases, 40, 0, ("base", 40, 0)),
    (Bases, 0, 0, ("base", 0, 0)),
    (ConvWindow, 30, 0, ("response", 30, 0)),
    (Products, 25, 0, ("base", 25, 0)),
    (Products, 36, 1, ("base", 36, 0)),
    (Products, 60, 0, None),
    (FeatureMap, 50, 3, ("response", 50, 0)),
    (Selected, 50, 0, ("cell", 6, 0)),
    (Pooled, 47, 0, ("cell", 5, 0)),
    (Pooled, 48, 0, ("cell", 6, 0)),
    (AllMaps, 57, 0, ("response", 57, 0)),
    (AllMaps, 57, 3, ("response", 57, 3)),
    (AllCells, 63, 4, ("cell", 7, 4)),
    (AllCells, 0, 5, ("cell", 0, 5)),
]


async def test_a_click_on_a_track_selects_what_the_track_says_is_there(subtests: pytest.Subtests) -> None:
    async with explorer(TALL) as shown:
        # From a cell, from a response and from a base; what is selected does not depend on what was.
        starts = []
        for _ in range(3):
            starts.append(shown.view)
            await shown.press("enter")
        for nth, (track, column, y, expected) in enumerate(PRESSES):
            with subtests.test(track.__name__, column=column, y=y):
                shown.explorer.show_view(starts[nth % 3])
                await shown.settled()
                shown.messages.clear()
                place = shown.place(track, column, y)
                before = shown.view
                await shown.click(track, column, y)
                pressed = [message.place for message in shown.posted(Track.Pressed)]  # type: ignore[attr-defined]
                if expected is None:
                    assert place is None
                    assert pressed == []
                    assert shown.view == before
                    continue
                assert pressed == [place]
                assert place is not None
                assert (*shown.cursor, shown.view.filter) == expected
                assert (place.level, place.index) == (shown.view.level, shown.view.index)


async def test_a_click_beside_the_columns_selects_nothing_and_one_on_the_tail_a_response_without_a_cell() -> None:
    async with explorer(TALL) as shown:
        before = shown.view
        for column in (-1, -GUTTER):
            await shown.click(Pooled, column)
        await shown.pilot.click(Pooled, offset=(119, 0))
        await shown.settled()
        assert shown.view == before
        assert shown.posted(Track.Pressed) == []
        await shown.press("end")
        column = shown.view.column_of(482)
        assert shown.place(Pooled, column) is None
        assert shown.place(AllCells, column) is None
        await shown.click(Selected, column)
        assert shown.cursor == ("response", 482)
        await shown.press("backspace")
        assert shown.status == "no cell reads conv[482]: ← leads to a response that one does"


async def test_a_click_is_right_after_scrolling_and_zooming() -> None:
    async with explorer(TALL) as shown:
        for keys in (("end",), ("minus", "minus"), ("home", *["equals_sign"] * 4)):
            await shown.press(*keys)
            for track in (FeatureMap, Pooled, AllCells):
                place = shown.place(track, 33)
                assert place is not None
                start = shown.view
                await shown.click(track, 33)
                assert shown.cursor == (str(place.level), place.index)
                shown.explorer.show_view(start)
                await shown.settled()


async def test_a_click_ends_the_demonstration_and_a_count() -> None:
    async with explorer() as shown:
        await shown.press("space", "space", "4")
        await shown.click(Pooled, 40)
        assert shown.view.play is None
        assert shown.view.count == ""
        assert shown.cursor == ("cell", 5)


# Hover


async def test_a_hover_says_the_value_in_the_status_line() -> None:
    async with explorer(TALL) as shown:
        run, name = shown.reading.run, shown.picture.filter_name(4)
        expected = {
            (Ruler, 40, 0): "base 40",
            (Bases, 22, 0): "base 22 is T",
            (ConvWindow, 30, 0): "conv[30] reads bases 30–45",
            (Products, 25, 0): f"base 25: A adds {number(float(shown.picture.conv_step.products[4]))}",
            (FeatureMap, 21, 0): "filter 0: conv[21] = 9.500",
            (Selected, 20, 0): "pooled[2] selected conv[21]",
            (Pooled, 20, 0): "filter 0: pooled[2] = 9.500",
            (AllMaps, 57, 0): f"filter 0 TBP: conv[57] = {number(float(run.activations(57, 58)[0, 0]))}",
            (AllCells, 63, 4): f"filter 4 {name}: pooled[7] = {number(float(run.values(7, 8)[0, 4]))}",
        }
        for (track, column, y), words in expected.items():
            await shown.hover(track, column, y)
            assert shown.status == words
            assert shown.lines[-1].strip() == words
        await shown.hover(Products, 60)
        assert shown.status.startswith("←→ cell")


async def test_a_hover_is_told_once_a_place_and_a_key_takes_it_back() -> None:
    async with explorer() as shown:
        for column in (16, 17, 20, 23, 24):
            await shown.hover(Pooled, column)
        told = [message.words for message in shown.posted(Track.Hovered)]  # type: ignore[attr-defined]
        assert told == ["filter 0: pooled[2] = 9.500", "filter 0: pooled[3] = 0"]
        await shown.hover(FeatureMap, 21)
        assert shown.status == "filter 0: conv[21] = 9.500"
        await shown.press("down")
        assert shown.status.startswith("←→ cell")
        await shown.hover(FeatureMap, 21)
        assert shown.status == "filter 1: conv[21] = 0"
        await shown.press("2")
        assert shown.status.startswith("2…")
        # What lies there is the same as before, and is said again all the same.
        await shown.hover(FeatureMap, 21)
        assert shown.status == "filter 1: conv[21] = 0"


async def test_a_hover_over_the_filter_card_says_the_weight() -> None:
    async with explorer(WIDE) as shown:
        card = shown.explorer.query_one(FilterCard)
        weights = shown.reading.run.conv.full_kernel()[:, :, 0]
        top = next(y for y, line in enumerate(shown.lines) if line[card.region.x :].startswith(" A "))
        for tap, channel in ((0, 0), (7, 2), (14, 3)):
            # Three columns a tap behind a margin and the channel's name.
            offset = (1 + 6 + tap * 3, top + channel - card.region.y)
            await shown.pilot.hover(FilterCard, offset=offset)
            await shown.settled()
            assert shown.status == f"tap {tap}, {'ACGT'[channel]}: weight {signed(float(weights[tap, channel]))}"
        # The last of these stands over base 14 of the window; a press leads there.
        window = shown.picture.conv_step.window
        await shown.pilot.click(FilterCard, offset=offset)
        await shown.settled()
        assert shown.cursor == ("base", window.first + 14)


# The wheel


async def test_a_wheel_moves_the_tracks_under_a_cursor_that_stays_by_columns_at_every_zoom() -> None:
    async with explorer(MEDIUM, cell=30) as shown:
        start = shown.view
        for direction, moved in (("down", 8), ("right", 8), ("up", -8), ("left", -8)):
            shown.explorer.show_view(start)
            shown.messages.clear()
            await shown.wheel(direction, Bases)
            assert shown.view.offset == start.offset + moved
            assert shown.cursor == ("cell", 30)
            (message,) = shown.posted(Track.Wheeled)
            assert message.columns == moved  # type: ignore[attr-defined]
        await shown.press("equals_sign", "equals_sign", "equals_sign")
        offset = shown.view.offset
        await shown.wheel("down", Bases)
        assert shown.view.offset == offset + 1
        await shown.press("minus", "minus", "minus", "minus")
        offset = shown.view.offset
        await shown.wheel("down", Bases)
        assert shown.view.offset == offset + 16


async def test_a_wheel_stops_at_both_ends_and_the_next_step_shows_the_cursor() -> None:
    async with explorer(MEDIUM, cell=50) as shown:
        for _ in range(12):
            await shown.wheel("down", AllCells)
        assert shown.view.offset == 500 - shown.view.visible_bases
        await shown.press("home")
        for _ in range(2):
            await shown.wheel("up", FeatureMap)
        assert shown.view.offset == 0
        for _ in range(3):
            await shown.wheel("down", FeatureMap)
        assert shown.cursor == ("cell", 0)
        assert not in_sight(shown)
        await shown.press("right")
        assert in_sight(shown)


def in_sight(shown: Shown) -> bool:
    first, last = shown.view.cursor_span
    return shown.view.offset <= first and last <= shown.view.offset + shown.view.visible_bases


async def test_every_track_answers_everywhere_with_something_that_is_there() -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        await shown.press("asterisk", "down", "down", "enter")
        for keys in ((), ("end",), ("minus",), ("home", "minus"), ("4", "right_parenthesis"), ("p",), ("w", "end")):
            await shown.press(*keys)
            axes = shown.view.axes
            extents = {Level.CELL: axes.cells, Level.RESPONSE: axes.positions, Level.BASE: axes.length}
            for track in shown.explorer.query(Track):
                # The whole record has axes of its own.
                for column in range(0 if isinstance(track, OverviewTrack | OutputTrack) else shown.view.columns):
                    place = None if track.picture is None else track.place(column, 0, track.picture)
                    assert place is None or 0 <= place.index < extents[place.level], (track, column)
                    assert place is None or place.filter is None or 0 <= place.filter < 320


async def test_a_press_on_what_has_just_gone_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with explorer(model="motifs") as shown:
        gone = Static("gone")
        monkeypatch.setattr(Screen, "get_widget_and_offset_at", lambda *_: (gone, Offset(0, 0)))
        await shown.pilot.mouse_down(offset=(30, 5))
        await shown.pilot.mouse_up(offset=(30, 5))
        await shown.press("right")
        assert shown.app.is_running


# What help begins with


def first_of_help(shown: Shown) -> str:
    """The word that the help begins with, in its third line."""
    return shown.lines[2].split("│")[1].strip().partition("  ")[0]


async def test_help_begins_with_what_the_cursor_or_the_pointer_is_on() -> None:
    async with explorer() as shown:
        for key, word in (("", "cell"), ("enter", "activation"), ("enter", "base")):
            await shown.press(*filter(None, [key]), "question_mark")
            assert first_of_help(shown) == word
            await shown.press("escape")
        await shown.hover(Pooled, 20)
        await shown.press("question_mark")
        assert first_of_help(shown) == "cell"
        await shown.press("escape", "tab", "question_mark")
        assert first_of_help(shown) == "layer"


async def test_the_palette_finds_commands_by_other_words_too_and_explains_a_word(
    subtests: pytest.Subtests,
) -> None:
    async with explorer() as shown:
        await shown.press("colon")
        for typed, title in (
            ("glossary", "Help"),
            ("mouse", "Help"),
            ("parameters", "The whole network"),
            ("picture", "Save this view, or a picture …"),
            ("copy", "Copy the equation"),
            ("theme", "Theme"),
            ("keras", "Show me the code"),
        ):
            with subtests.test(typed):
                await type_text(shown.pilot, typed)
                options = [str(option.prompt) for option in shown.app.screen.query_one(CommandList)._options]
                assert any(title in option for option in options)
        await type_text(shown.pilot, "")
        await shown.type("receptive")
        await shown.press("enter")
        await shown.settled()
        assert first_of_help(shown) == "receptive field"


def test_every_widget_names_a_word_of_the_glossary() -> None:
    def all_below(owner: type[Pointed[Any]]) -> list[type[Pointed[Any]]]:
        return [owner, *(each for below in owner.__subclasses__() for each in all_below(below))]

    words = {each.term for each in all_below(Pointed) if each.term}
    assert {"cell", "base", "window", "kernel"} <= words <= {*glossary()}
