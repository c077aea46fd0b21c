"""The dialogs: their keys, their results, their refusals."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from dialog_host import OPEN, Host, hosted, opened, records, refused, said, shown, type_text
from explorers import lines_of, press, resize, settled
from textual.pilot import Pilot
from textual.widgets import Input, Markdown

from cnn_core.errors import RegionError
from cnn_tui.commands import COMMANDS
from cnn_tui.docs import TOPICS, glossary
from cnn_tui.docs import page as documented
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.screens.dialogs.choose_record import ChooseRecord
from cnn_tui.screens.dialogs.dialog import Dialog
from cnn_tui.screens.dialogs.documentation import Documentation
from cnn_tui.screens.dialogs.goto import GotoScreen
from cnn_tui.screens.dialogs.goto_parser import Axis, Bounds, Goto, GotoIndex, GotoRegion
from cnn_tui.screens.dialogs.help import GROUPS, TRACKS, Help
from cnn_tui.screens.dialogs.open_sequences import OpenSequences
from cnn_tui.screens.dialogs.search import Search
from cnn_tui.view.view_state import Level

SIZES = [(80, 24), (120, 40), (200, 60)]
BOUNDS = Bounds(60, 485, 500, 3, ("TBP", "GATA1", "[bold]CTCF"), Level.CELL, "sim_01", ("sim_01", "sim_02"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the program is started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


DIALOGS: dict[str, Callable[[], Dialog[object]]] = {
    "open": OpenSequences,
    "record": lambda: ChooseRecord(records(), 1),
    "goto": lambda: GotoScreen(BOUNDS),
    "search": lambda: Search("TATAWA"),
    "help": Help,
}


# All of them


async def each_dialog(app: Host, pilot: Pilot[None], subtests: pytest.Subtests) -> AsyncIterator[str]:
    """Open one dialog after the other over an app that shows none."""
    for name, make in DIALOGS.items():
        with subtests.test(name):
            await over(app, pilot, make)
            yield name
            while isinstance(app.screen, Dialog):
                app.screen.dismiss(None)
                await settled(pilot)


async def over(app: Host, pilot: Pilot[None], make: Callable[[], Dialog[object]]) -> None:
    """Open a dialog, of which nothing is known yet."""
    app.result = OPEN
    app.push_screen(make(), app.keep)
    await settled(pilot)


@pytest.mark.parametrize(("size", "theme"), [*zip(SIZES, PALETTES, strict=True)])
async def test_a_dialog_leaves_the_explorer_visible_around_it(
    size: tuple[int, int], theme: str, folder: Path, subtests: pytest.Subtests
) -> None:
    async with hosted(size=size, theme=theme) as (app, pilot):
        async for name in each_dialog(app, pilot, subtests):
            frame = app.screen.query_one("#frame").region
            assert frame.x >= 1
            assert frame.right <= size[0] - 1
            assert abs(frame.x - (size[0] - frame.right)) <= 1
            assert abs(frame.y - (size[1] - frame.bottom)) <= 1
            lines = lines_of(app)
            assert "explorer" in lines[0]
            assert "explorer" in lines[-1]
            hint = app.screen.query_one("#hint").region
            assert frame.contains_region(hint)
            assert "Esc close" in lines[hint.bottom - 1]
            if name != "help":
                assert frame.width <= 90
                # The cursor stands still where nothing moves.
                assert app.focused is app.screen.query_one(Input)
                assert not app.screen.query_one(Input).cursor_blink


@pytest.mark.parametrize("way", ["escape", "beside", "word"])
async def test_escape_and_a_press_beside_the_frame_or_on_its_word_close_without_a_result(
    way: str, folder: Path, subtests: pytest.Subtests
) -> None:
    async with hosted() as (app, pilot):
        async for _ in each_dialog(app, pilot, subtests):
            if way == "escape":
                await press(pilot, "escape")
            elif way == "beside":
                await pilot.click(offset=(0, 0))
            else:
                hint = app.screen.query_one("#hint")
                text = lines_of(app)[hint.region.bottom - 1]
                await pilot.click(offset=(text.index("Esc close") + 1, hint.region.bottom - 1))
            await settled(pilot)
            assert app.result is None
            assert not isinstance(app.screen, Dialog)


@pytest.mark.usefixtures("every_frame")
async def test_any_size_is_survived(folder: Path, subtests: pytest.Subtests) -> None:
    async with hosted(size=(20, 5)) as (app, pilot):
        async for _ in each_dialog(app, pilot, subtests):
            for sizes in (((80, 24),), ((1, 1), (220, 70), (80, 24))):
                for size in sizes:
                    await resize(pilot, *size)
                assert "Esc close" in shown(app)
            # The next one is opened where there is no room for it.
            await resize(pilot, 20, 5)
            await press(pilot, "escape")
            assert app.result is None


async def test_what_is_pasted_is_spelled_out(folder: Path) -> None:
    async with opened(DIALOGS["goto"]) as (app, pilot):
        await type_text(pilot, "\x1b[2Jcell\t3")
        assert app.screen.query_one(Input).value == "\\x1b[2Jcell\\t3"


# Go to


async def test_a_place_is_the_result(subtests: pytest.Subtests) -> None:
    async with opened(lambda: GotoScreen(BOUNDS)) as (app, pilot):
        for typed, expected in (
            ("c59", GotoIndex(Axis.CELL, 59)),
            ("base 3", GotoIndex(Axis.BASE, 3)),
            ("gata1", GotoIndex(Axis.FILTER, 1)),
            ("46-61", GotoRegion("46-61", "sim_01")),
        ):
            with subtests.test(typed):
                if not isinstance(app.screen, GotoScreen):
                    await over(app, pilot, lambda: GotoScreen(BOUNDS))
                await press(pilot, *typed, "enter")
                assert app.result == expected


async def test_what_is_no_place_is_refused_and_can_be_put_right() -> None:
    async with opened(lambda: GotoScreen(BOUNDS)) as (app, pilot):
        await press(pilot, *"cell 60", "enter")
        assert refused(app) == "there is no cell 60; the cells are pooled[0] to pooled[59]"
        await press(pilot, "backspace", "backspace")
        assert said(app) == ""
        await press(pilot, "9", "enter")
        assert app.result == GotoIndex(Axis.CELL, 9)


async def test_the_examples_are_places_that_there_are() -> None:
    async with opened(lambda: GotoScreen(BOUNDS)) as (app, _):
        text = shown(app)
        for words in ("cell 3", "pooled[0] to pooled[59]", "conv[0] to conv[484]", "0 to 499", "sim_01:46-61"):
            assert words in text
        assert "filter 2  f2  [bold]CTCF" in text
    small = Bounds(1, 2, 17, 1, (), Level.RESPONSE, "r\x1b[2J" + "x" * 100)
    async with opened(lambda: GotoScreen(small)) as (app, _):
        text = shown(app)
        for words in ("cell 0", "conv 1", "base 16", "filter 0  f0", "17-17", "an activation", "r\\x1b[2Jxxx"):
            assert words in text


async def test_what_the_record_does_not_have_is_refused() -> None:
    def check(place: Goto) -> None:
        if isinstance(place, GotoRegion):
            raise RegionError(
                f"'{place.here}:{place.text}' is not in the record", remedy="the record is sim_01:1-500"
            )

    async with opened(lambda: GotoScreen(BOUNDS, check)) as (app, pilot):
        await press(pilot, *"900-990", "enter")
        assert refused(app) == "'sim_01:900-990' is not in the record; the record is sim_01:1-500"
        await type_text(pilot, "c1")
        await press(pilot, "enter")
        assert app.result == GotoIndex(Axis.CELL, 1)


# Search


async def test_letters_are_the_result_in_capitals_and_what_stands_there_is_typed_over() -> None:
    async with opened(Search) as (app, pilot):
        await press(pilot, *"tat awu")
        assert said(app) == "6 letters"
        await press(pilot, "enter")
        assert app.result == "TATAWU"
        for typed, result in (((), "TATAWA"), (("c",), "C")):
            await over(app, pilot, lambda: Search("TATAWA"))
            await press(pilot, *typed, "enter")
            assert app.result == result


async def test_other_letters_are_refused_at_once_and_so_is_nothing(subtests: pytest.Subtests) -> None:
    async with opened(Search) as (app, pilot):
        for typed, sentence in (
            ("TAZ", "'Z' at position 2 is not a nucleotide letter; the letters are A C G T U and"),
            ("TÄ", "'Ä' at position 1 is not a nucleotide letter; the letters are A C G T U and"),
            ("\x1b", "'\\' at position 0 is not a nucleotide letter"),
        ):
            with subtests.test(typed):
                await type_text(pilot, typed)
                assert refused(app).startswith(sentence)
                await press(pilot, "enter")
                assert refused(app).startswith(sentence)
        await type_text(pilot, "A")
        await press(pilot, "backspace", "enter")
        assert refused(app) == "there is nothing to search for; give letters such as TATAWA"


# Help


async def test_every_command_and_every_track_is_on_the_page() -> None:
    async with opened(Help, size=(80, 24)) as (app, pilot):
        for size in SIZES:
            await resize(pilot, *size)
            await press(pilot, "home")
            seen: list[str] = []
            while seen[-size[1] :] != (lines := lines_of(app)):
                seen += lines
                await press(pilot, "pagedown")
            text = "\n".join(seen)
            for command in COMMANDS:
                # A long title goes on in another line.
                beginning = " ".join(command.title.split()[:2])
                assert re.search(rf"{re.escape(command.shown)} +{re.escape(beginning)}", text), command.title
            for group in GROUPS:
                assert group in text
            for name, words in TRACKS:
                assert re.search(rf"{re.escape(name)} +{re.escape(words)}", text), name
            for word, meaning in glossary().items():
                assert re.search(rf"{word} +{re.escape(meaning[:20])}", text), word


async def test_the_first_screen_holds_looking_saving_and_opening_under_the_word_that_is_asked_about() -> None:
    async with opened(lambda: Help(word="cell"), size=(80, 24)) as (app, pilot):
        for size in SIZES:
            await resize(pilot, *size)
            text = shown(app)
            assert re.search(r"cell +One pooled value", text)
            for command in COMMANDS:
                is_first = command.group in ("Look", "Save and export") or command.name in (
                    "open-sequences",
                    "lesson",
                )
                assert not is_first or re.search(rf"{re.escape(command.shown)} +{command.title.split()[0]}", text)


async def test_where_there_is_room_every_command_has_its_sentence() -> None:
    async with opened(Help, size=(200, 80)) as (app, pilot):
        text = re.sub(r"\s+", " ", shown(app))
        assert "Leaves the terminal as it was." in text
        await resize(pilot, 120, 40)
        assert "Leaves the terminal as it was." not in shown(app)


async def test_the_page_scrolls_by_keys() -> None:
    async with opened(Help) as (app, pilot):
        assert "Look" in shown(app)
        for there, back in (("end", "home"), ("pagedown", "pageup"), ("down", "up"), ("j", "k")):
            await press(pilot, there)
            assert "Look" not in shown(app)
            assert ("The chain from one value" in shown(app)) is (there == "end")
            await press(pilot, back)
            assert "Look" in shown(app)


async def test_three_keys_close_the_help() -> None:
    async with opened(Help) as (app, pilot):
        for key in ("question_mark", "q", "escape"):
            if not isinstance(app.screen, Help):
                await over(app, pilot, Help)
            await press(pilot, key)
            assert app.result is None


async def test_the_help_leads_to_every_page_of_the_documentation() -> None:
    topics = [*TOPICS]
    async with opened(Help) as (app, pilot):
        await press(pilot, "d")
        for key, topic in (("tab", topics[1]), ("left", topics[0]), ("shift+tab", topics[-1])):
            await press(pilot, key)
            (title,) = re.findall(r"\A# (.+)", documented(topic))
            assert title in shown(app)
            assert re.findall(r"\b(?:" + "|".join(topics) + r")\b", shown(app))[: len(topics)] == topics
        await press(pilot, "escape", "escape")
        assert app.result is None


async def test_a_link_to_another_page_opens_it_and_no_address_opens_a_browser() -> None:
    async with opened(lambda: Documentation("why")) as (app, pilot):
        for address, title in (("https://example.org/words.md", "What if"), ("keys.md#edits", "Keys and mouse")):
            markdown = app.screen.query_one(Markdown)
            markdown.post_message(Markdown.LinkClicked(markdown, address))
            await settled(pilot)
            assert title in shown(app)
