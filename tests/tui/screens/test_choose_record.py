"""Choosing one of many records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialog_host import OPEN, highlighted, opened, records, refused, said, shown, type_text
from explorers import press, resize, settled
from textual.widgets import Input

from cnn_tui.screens.dialogs.choices import Choices
from cnn_tui.screens.dialogs.choose_record import ChooseRecord
from cnn_tui.words.shortening import squeezed


@dataclass(frozen=True)
class Made:
    """A record without letters."""

    name: str
    description: str
    length: int


class Many:
    """A hundred thousand records, made when asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __len__(self) -> int:
        return 100_000

    def __getitem__(self, index: int) -> Made:
        self.asked += 1
        return Made(f"contig_{index}", f"assembled; cover {index % 97}", 1_000 + index)


class Hostile:
    """Records with names from a bad dream."""

    ALL = (
        Made("[bold]evil[/]", "[@click=app.quit]press[/] \x1b[31mred", 1),
        Made("\x1b]0;title\x07", "", 0),
        Made("x" * 3_000 + "_end", "d" * 100_000, 12_345_678),
        Made("漢字" * 40, "wide", 5),
    )

    def __len__(self) -> int:
        return len(self.ALL)

    def __getitem__(self, index: int) -> Made:
        return self.ALL[index]


async def test_the_open_record_is_highlighted_first() -> None:
    async with opened(lambda: ChooseRecord(records(), 6)) as (app, pilot):
        assert said(app) == "12 records"
        assert highlighted(app).startswith("sim_07")
        assert re.search(r"sim_01 +500 bp  simulated; planted TBP@21\+", shown(app))
        await press(pilot, "down", "enter")
        assert app.result == "sim_08"


async def test_words_of_name_and_description_narrow_the_records() -> None:
    async with opened(lambda: ChooseRecord(records(), 6)) as (app, pilot):
        await press(pilot, *"ctcf sim_0")
        assert highlighted(app).startswith("sim_01")
        assert re.fullmatch(r"\d of 12 records", said(app))
        await type_text(pilot, "no such thing")
        assert said(app) == "none of 12 records has this in its name or description"
        await press(pilot, "enter")
        assert refused(app) == "no record is left to choose; type less of its name"
        await type_text(pilot, "")
        assert highlighted(app).startswith("sim_07")


async def test_a_press_chooses_a_record_and_one_below_the_last_does_nothing() -> None:
    async with opened(lambda: ChooseRecord(Hostile())) as (app, pilot):
        await pilot.click(Choices, offset=(3, 6))
        await settled(pilot)
        assert app.result is OPEN
        app.push_screen(ChooseRecord(records()), app.keep)
        await settled(pilot)
        assert highlighted(app).startswith("sim_01")
        await pilot.click(Choices, offset=(3, 4))
        await settled(pilot)
        assert app.result == "sim_05"


async def test_a_press_on_a_list_that_is_gone_chooses_nothing() -> None:
    async with opened(lambda: ChooseRecord(records())) as (app, pilot):
        choices = app.screen.query_one(Choices)
        pressed = Choices.Pressed(choices, 7)
        assert pressed.holds
        await type_text(pilot, "sim_01")
        assert not pressed.holds
        choices.post_message(pressed)
        await settled(pilot)
        assert app.result is OPEN
        choices.post_message(Choices.Pressed(choices, 0))
        await settled(pilot)
        assert app.result == "sim_01"


async def test_a_description_is_not_cut_within_a_number() -> None:
    async with opened(lambda: ChooseRecord(records())) as (app, pilot):
        for width in range(60, 90):
            await resize(pilot, width, 24)
            assert re.search(r"planted .*…", shown(app))
            assert not re.search(r"\d…", shown(app)), width


async def test_a_hundred_thousand_records_are_asked_for_as_needed() -> None:
    many = Many()
    async with opened(lambda: ChooseRecord(many, 54_321)) as (app, pilot):
        assert highlighted(app).startswith("contig_54321")
        assert many.asked < 2_000
        await press(pilot, "ctrl+end")
        assert highlighted(app).startswith("contig_99999")
        before = many.asked
        await press(pilot, "ctrl+home", "pagedown", "pagedown", "up")
        assert many.asked - before < 1_000
        await type_text(pilot, "contig_77")
        assert highlighted(app).startswith("contig_77 ")
        assert said(app) == "1,111 of 100,000 records"
        await press(pilot, "enter")
        assert app.result == "contig_77"


async def test_enter_waits_for_the_search() -> None:
    async with opened(lambda: ChooseRecord(Many())) as (app, pilot):
        app.screen.query_one(Input).value = "contig_99998"
        await press(pilot, "enter")
        assert app.result == "contig_99998"


async def test_keys_go_before_a_search_that_runs() -> None:
    async with opened(lambda: ChooseRecord(Many())) as (app, pilot):
        app.screen.query_one(Input).value = "contig_1"
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert app.result == "contig_11"


async def test_hostile_records_are_shown_as_they_are() -> None:
    async with opened(lambda: ChooseRecord(Hostile()), size=(120, 40)) as (app, pilot):
        lines = shown(app)
        assert "[bold]evil[/]" in lines
        assert "\\x1b]0;title\\x07" in lines
        assert "\x1b" not in app.export_screenshot()
        assert "x…xxx" in lines
        assert "_end" in lines
        assert "12,345,678 bp" in lines
        assert "漢字" in lines
        await press(pilot, "down", "enter")
        assert app.result == "\x1b]0;title\x07"


def test_a_name_too_long_loses_its_middle() -> None:
    for text, width, expected in (
        ("short", 5, "short"),
        ("NODE_1_length_9000_cov_12.5", 16, "NODE_1_len…_12.5"),
        ("abcdef", 3, "a…f"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("漢字漢字", 5, "漢…字"),
    ):
        assert squeezed(text, width) == expected
