"""What the explorer opens, at its start and later, and what it says of what it cannot read or had to adapt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from explorers import MEDIUM, WIDE, Shown, explorer, fasta
from textual.widgets import Input, Static

from cnn_core.errors import CnnError, NotFoundError, RegionError, SequenceError, ShapeError
from cnn_tui.app import CnnApp
from cnn_tui.background.job import Activity
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.dialogs.choose_record import ChooseRecord
from cnn_tui.view_file.first_look import open_request
from cnn_tui.widgets.explorer_status import Status

MALFORMED = ">good\nACGT\n>bad\nACGT-XYZ!\nACGT\n"


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def refused(**request: object) -> CnnError:
    """Return the error that opening ends with."""
    with pytest.raises(CnnError) as found:
        open_request(OpenRequest(**{"model": "motifs", **request}))  # type: ignore[arg-type]
    return found.value


# At the start


async def test_what_cannot_be_opened_ends_the_app_with_its_error() -> None:
    app = CnnApp(OpenRequest(model="motifs", record="nobody"))
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.return_code == 1
    assert isinstance(app.return_value, NotFoundError)
    assert "nobody" in str(app.return_value)


@pytest.mark.parametrize(
    ("request_", "kind", "said"),
    [
        ({"record": "nobody"}, NotFoundError, "nobody"),
        ({"region": "sim_01:501-600"}, RegionError, "sim_01"),
        ({"filter": "TBB"}, NotFoundError, "TBP"),
        ({"cell": 60}, RegionError, "cells are 0 to 59"),
        ({"position": 485}, RegionError, "positions are 0 to 484"),
        ({"sequences": "@planted", "region": "1-10"}, ShapeError, "short"),
    ],
)
def test_what_is_not_there_cannot_be_opened(request_: dict[str, object], kind: type[CnnError], said: str) -> None:
    error = refused(**request_)
    assert isinstance(error, kind)
    assert said in str(error)


def test_a_malformed_file_is_refused_with_file_record_and_line(tmp_path: Path) -> None:
    path = written(tmp_path / "bad.fa", MALFORMED)
    error = refused(sequences=path, record="bad")
    assert isinstance(error, SequenceError)
    assert "bad.fa" in str(error)
    assert "4" in str(error)
    assert "\n" not in str(error)


def test_a_file_that_is_no_fasta_is_refused(tmp_path: Path) -> None:
    error = refused(sequences=written(tmp_path / "no.fa", "ACGT\nACGT\n"))
    assert isinstance(error, SequenceError)
    assert "no.fa" in str(error)


async def test_a_request_says_where_to_look_first() -> None:
    async with explorer(record="sim_03", filter="NFYA", cell=37) as shown:
        assert shown.reading.record.name == "sim_03"
        assert shown.cursor == ("cell", 37)
        assert shown.picture.filter_name(shown.view.filter) == "NFYA"
    async with explorer(region="sim_02:101-300", position=9, reverse=True) as shown:
        assert shown.reading.window == (100, 300)
        assert shown.cursor == ("response", 9)
        assert "reverse complement" in shown.lines[0]


# Later


async def opened_with_o(shown: Shown, text: str) -> None:
    await shown.press("o", "ctrl+u")
    await shown.type(text)
    await shown.press("enter")


async def test_o_opens_another_file_or_a_sample_and_keeps_filter_strand_and_policy(tmp_path: Path) -> None:
    path = fasta(tmp_path / "mine.fa", mine="ACGTTGCAAC" * 30)
    async with explorer(model="seed") as shown:
        await shown.press("5", "down", "v", "a")
        await opened_with_o(shown, path)
        assert len(shown.app.screen_stack) == 1
        assert shown.lines[0].startswith(" mine.fa › mine, 300 bp · ")
        assert shown.view.filter == 5
        assert shown.reading.reverse
        assert str(shown.reading.ambiguity) == "uniform"
        assert shown.reading.padded == 200
        await opened_with_o(shown, "@iupac")
        assert shown.reading.record.name == "iupac_01"
        assert shown.lines[0].startswith(" iupac.fa › iupac_01, 500 bp")


async def test_a_malformed_file_opened_later_says_so_and_what_was_shown_stays(tmp_path: Path) -> None:
    path = written(tmp_path / "bad.fa", ">bad\nACGT-XYZ!\nACGT\n")
    async with explorer(MEDIUM, notifications=True) as shown:
        await shown.press("3", "right", "down")
        before = shown.picture, shown.explorer.source
        await opened_with_o(shown, path)
        # The dialog is there again, with what was typed and what is wrong with it.
        message = str(shown.app.screen.query_one("#message", Static).content)
        assert message.startswith("bad.fa, record bad, line 2: ")
        assert shown.app.screen.query_one("#path", Input).value == path
        assert not shown.toasts
        await shown.press("escape")
        assert "Traceback" not in shown.text
        assert (shown.picture, shown.explorer.source) == before
        # Its records can still be read.
        await shown.press("r")
        await shown.type("sim_12")
        await shown.press("enter")
        assert shown.reading.record.name == "sim_12"


async def test_another_record_keeps_settings_and_filter_and_is_highlighted_in_the_chooser() -> None:
    async with explorer() as shown:
        await shown.press("down", "2", "right_square_bracket")
        await shown.press("r", "down", "down", "enter")
        assert shown.reading.record.name == "sim_03"
        assert shown.reading.settings.conv_stride == 3
        assert shown.view.filter == 1
        await shown.press("0")
        assert shown.reading.settings.conv_stride == 1
        assert shown.reading.record.name == "sim_03"
        await shown.press("r")
        assert isinstance(shown.app.screen, ChooseRecord)
        assert "▸ sim_03" in shown.text


async def test_escape_closes_every_dialog_and_nothing_changes() -> None:
    async with explorer() as shown:
        before, text = shown.picture, shown.text
        for key in ("g", "slash", "r", "o", "question_mark"):
            await shown.press(key)
            assert len(shown.app.screen_stack) == 2
            if key == "g":
                # The explorer stays in sight around a dialog.
                assert "Go to" in shown.text
                assert shown.lines[0].startswith(" planted.fa › sim_01, 500 bp")
            await shown.press("escape")
            assert len(shown.app.screen_stack) == 1
            assert shown.picture is before
            assert shown.text == text


async def test_q_leaves_with_0() -> None:
    app = CnnApp(OpenRequest())
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("q")
    assert (app.return_code, app.return_value) == (0, None)


# Short records


async def test_a_record_with_fewer_responses_than_the_pool_holds_gets_a_smaller_pool() -> None:
    async with explorer(sequences="@seed_20mer") as shown:
        assert (shown.reading.run.positions, shown.reading.run.cells) == (5, 1)
        assert shown.status == "only 5 positions: the pool, 8 wide, is shrunk to 5 here"
        assert shown.lines[1].startswith(" letters 20×4 ▸ conv1d 5×12 ▸ max_pooling1d 1×12")
        assert shown.cursor == ("cell", 0)
        await shown.press("enter", "end", "enter", "end", "minus", "0")
        assert shown.reading.settings.pool_size == 5


async def test_a_record_shorter_than_a_fixed_network_is_padded_and_the_screen_says_so() -> None:
    async with explorer(WIDE, sequences="@seed_20mer", model="seed") as shown:
        assert shown.reading.padded == 480
        assert "480 zero rows right" in shown.lines[0]
        assert shown.reading.output.values is not None
        await shown.press("enter", "enter", "end")
        assert shown.cursor == ("base", 499)
        assert "base 499 is an all-zero row right of the letters" in shown.text
        assert (shown.reading.codes(20, 500) == shown.reading.codes(499, 500)).all()


def test_a_record_shorter_than_a_kernel_is_refused(tmp_path: Path) -> None:
    error = refused(sequences=fasta(tmp_path / "short.fa", short="ACGTACGTACGTACG"))
    assert "length 15 is too short for a window of 16" in str(error)


async def test_a_record_of_one_window_opens(tmp_path: Path) -> None:
    async with explorer(sequences=fasta(tmp_path / "one.fa", one="ACGTACGTACGTACGT")) as shown:
        assert (shown.reading.run.positions, shown.reading.run.cells) == (1, 1)
        for key in (
            "right",
            "end",
            "enter",
            "enter",
            "right",
            "backspace",
            "backspace",
            "t",
            "space",
            "minus",
            "v",
        ):
            await shown.press(key)
        assert shown.view.cell == 0


# Hostile text

HOSTILE = "[bold]x\x1b[31m"
PLAIN = r"[bold]x\x1b[31m"


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    return written(
        tmp_path / "[red]h\x1b[2J.fa",
        f">{HOSTILE} [link=http://x]desc\x07\x1b]0;title\x07\n{'ACGTTGCAAC' * 130}\n>plain\n{'ACGT' * 200}\n",
    )


def assert_plain(shown: Shown) -> None:
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for line in shown.lines for letter in line)


async def test_a_hostile_record_name_is_plain_characters_everywhere(hostile: str) -> None:
    async with explorer(MEDIUM, notifications=True, sequences=hostile) as shown:
        assert shown.lines[0].startswith(rf" [red]h\x1b[2J.fa › {PLAIN}, 1,300 bp")
        assert_plain(shown)
        await shown.press("r")
        assert f"{PLAIN}  1,300 bp  [link=http://x]desc" in shown.text
        assert_plain(shown)
        await shown.type("[bold]")
        await shown.press("enter")
        assert shown.reading.record.name == HOSTILE
        await shown.press("g")
        assert f"46-61  {PLAIN}:46-61" in shown.text
        await shown.type("1301-1400")
        await shown.press("enter")
        assert PLAIN in " ".join(shown.text.split())
        assert_plain(shown)
        await shown.press("ctrl+u")
        await shown.type("46-61")
        await shown.press("enter")
        assert shown.status == f"{PLAIN}:46-61"
        assert_plain(shown)
        await shown.press("slash")
        await shown.type("TTGCAACACG")
        await shown.press("enter")
        assert re.match(rf"\d+ of 129: {re.escape(PLAIN)}:", shown.status)
        assert_plain(shown)


async def test_what_is_being_read_is_named_in_plain_characters(hostile: str) -> None:
    async with explorer(sequences=hostile) as shown:
        shown.explorer.query_one(Status).activity = Activity(f"reading {HOSTILE} …")
        await shown.painted()
        assert shown.status == f"reading {PLAIN} …  Esc stops it"


async def test_a_hostile_name_in_a_refusal_is_plain_characters(tmp_path: Path) -> None:
    path = written(tmp_path / "short.fa", f">ok\n{'ACGT' * 100}\n>{HOSTILE}\nACGT\n")
    async with explorer(MEDIUM, notifications=True, sequences=path) as shown:
        await shown.press("r", "down", "enter")
        (sentence,) = shown.toasts
        assert "\x1b" not in sentence
        assert shown.reading.record.name == "ok"
        assert_plain(shown)
