"""The table of the strongest cells: it opens at once, sorts, and leads to each of them."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta
from held import Held
from small_networks import narrow
from textual.widgets import DataTable, Static

from cnn_core.layers import Conv1D, Input, Layer, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_core.scan.strongest import strongest
from cnn_core.scan.whole_record import whole_reading
from cnn_tui.background import pacing, strongest_cells
from cnn_tui.background.strongest_cells import StrongestCells
from cnn_tui.screens.dialogs.strongest import Strongest
from cnn_tui.snapshot import take
from cnn_tui.words.numbers import number


@pytest.fixture
def record(tmp_path: Path) -> str:
    letters = "".join("ACGT"[code] for code in np.random.default_rng(12).integers(0, 4, 5_001))
    return fasta(tmp_path / "long.fa", long=letters)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The network of the preset `seed` with 16 of its filters."""
    return narrow("seed", tmp_path_factory.mktemp("networks") / "narrow.npz")


def table(shown: Shown) -> DataTable[object]:
    return shown.app.screen.query_one(DataTable)


def rows(shown: Shown) -> list[list[str]]:
    found = table(shown)
    return [[str(cell) for cell in found.get_row_at(index)] for index in range(found.row_count)]


def column(shown: Shown, index: int) -> list[str]:
    return [row[index] for row in rows(shown)]


def said(shown: Shown) -> str:
    return str(shown.app.screen.query_one("#message", Static).content)


async def test_it_lists_the_hundred_strongest_cells_of_the_filter(record: str, model: str) -> None:
    async with explorer(SMALL, model=model, sequences=record, filter="9") as shown:
        hits = strongest(whole_reading(shown.reading), [9], top=100)
        assert hits is not None
        await shown.press("s")
        assert said(shown).startswith("filter 9 in long, 5,001 bases: the strongest 100 cells, on both strands")
        assert said(shown).endswith("computed as if the input were as long as the record")
        listed = rows(shown)
        assert [row[0] for row in listed] == [str(rank) for rank in range(1, 101)]
        for row, hit in zip(listed, hits, strict=True):
            assert row[1:3] == [number(hit.value), "9"]
            assert row[3].removeprefix("long:") == f"{hit.start + 1}-{hit.stop}"
            assert row[4] == hit.strand
            assert row[6] == hit.letters
        for size in (SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            assert hits[0].letters in shown.text


@pytest.mark.parametrize("model", ["seed", "motifs"])
async def test_nothing_is_cut_on_the_smallest_screen(model: str, record: str) -> None:
    async with explorer((60, 18), model=model, sequences=record) as shown:
        await shown.press("s", "a")
        found = table(shown)
        assert found.virtual_size.width <= found.size.width
        for row in rows(shown)[:5]:
            assert all(cell in shown.text for cell in row)


async def test_a_picture_taken_at_once_has_columns_as_wide_as_what_is_in_them(record: str, model: str) -> None:
    before = take(record, model, filter="9", size=MEDIUM, keys="s").text
    whole = [line for line in before.splitlines() if line.startswith("│") and " long:" in line]
    assert len(whole) > 20
    assert all(re.search(r"long:\d+-\d+ +[+-] +[\d–]+ +[ACGT]{16} ", line) for line in whole)


async def test_a_row_leads_to_its_cell_wherever_it_is(record: str, model: str) -> None:
    async with explorer(MEDIUM, model=model, sequences=record, filter="9") as shown:
        await shown.press("s")
        strands = set()
        for rank in (0, 2, 40, 99):
            await shown.press("s")
            assert isinstance(shown.app.screen, Strongest)
            table(shown).move_cursor(row=rank)
            row = rows(shown)[rank]
            await shown.press("enter")
            assert shown.app.screen is shown.explorer
            assert shown.cursor[0] == "cell"
            assert shown.reading.reverse == (row[4] == "-")
            strands.add(row[4])
            value = float(shown.reading.run.values(shown.view.cell, shown.view.cell + 1)[0, 9])
            assert number(value) == row[1]
            assert f"{row[4].replace('-', '−')}, {rank + 1} of the 100 strongest of this filter" in shown.status
            assert row[6] in shown.text
        assert strands == {"+", "-"}


async def test_a_shows_all_filters_together_and_a_row_chooses_its_filter(record: str, model: str) -> None:
    async with explorer(MEDIUM, model=model, sequences=record, filter="9") as shown:
        hits = strongest(whole_reading(shown.reading), top=100, together=True)
        assert hits is not None
        await shown.press("s", "a")
        assert said(shown).startswith("all filters in long")
        assert column(shown, 2) == [str(hit.filter) for hit in hits]
        await shown.press("tab")
        assert set(column(shown, 2)) == {"9"}
        await shown.press("a", "j", "down", "k", "enter")
        assert shown.view.filter == hits[1].filter
        assert shown.status.endswith(f"2 of the 100 strongest of all filters, filter {hits[1].filter}")


async def test_it_is_sorted_by_keys_and_by_its_header_and_the_cursor_stays_on_its_cell(
    record: str, model: str
) -> None:
    async with explorer(SMALL, model=model, sequences=record, filter="9") as shown:
        await shown.press("s", "a", "down", "down")

        def starts() -> list[int]:
            return [int(region.split(":")[-1].split("-")[0]) for region in column(shown, 3)]

        await shown.press("p")
        assert starts() == sorted(starts())
        assert rows(shown)[table(shown).cursor_row][0] == "3"
        await shown.press("p")
        assert starts() == sorted(starts(), reverse=True)
        await shown.press("f")
        filters = [int(name) for name in column(shown, 2)]
        assert filters == sorted(filters)
        await shown.press("v")
        assert column(shown, 0) == [str(rank) for rank in range(1, 101)]
        await shown.press("v")
        assert column(shown, 0) == [str(rank) for rank in range(100, 0, -1)]
        assert rows(shown)[table(shown).cursor_row][0] == "3"
        letters = table(shown).ordered_columns[6]
        table(shown).post_message(DataTable.HeaderSelected(table(shown), letters.key, 6, letters.label))
        await shown.settled()
        assert column(shown, 6) == sorted(column(shown, 6))
        await shown.press("enter")
        assert "3 of the 100 strongest" in shown.status


async def test_it_opens_at_once_and_escape_ends_the_search(
    record: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told, opened, ended = threading.Event(), threading.Event(), threading.Event(), []
    original = strongest

    def slow(
        *args: object, should_continue: Callable[[], bool], progress: Callable[[int, int], None], **rest: object
    ) -> object:
        assert begun.wait(10)
        progress(50, 100)
        told.set()
        assert opened.wait(10)
        found = original(*args, should_continue=should_continue, progress=progress, **rest)  # type: ignore[arg-type]
        ended.append(found)
        return found

    monkeypatch.setattr(pacing, "_EVERY", 0.0)

    monkeypatch.setattr(strongest_cells, "strongest", slow)
    async with explorer(MEDIUM, model=model, sequences=record, filter="9") as shown:
        await shown.pilot.press("s")
        await shown.painted()
        assert said(shown) == "filter 9 in long, 5,001 bases: looking through both strands … 0 %  Esc stops it"
        assert rows(shown) == []
        begun.set()
        assert await asyncio.to_thread(told.wait, 10)
        await shown.painted()
        assert "50 % of 10.0 kb" in said(shown)
        await shown.pilot.press("enter", "v", "escape")
        await shown.painted()
        assert shown.app.screen is shown.explorer
        opened.set()
        await shown.settled()
        assert ended in ([None], [])
        await shown.press("s")
        assert len(rows(shown)) == 100


async def test_names_from_files_are_shown_as_they_are(tmp_path: Path) -> None:
    name = "[bold]x[/][@click=app.quit]\x1b[31m"
    path = tmp_path / "hostile.fa"
    path.write_text(f">{name}\n{'GTATAAAAGGCGGGGC' * 5}\n")
    async with explorer(WIDE, sequences=str(path)) as shown:
        await shown.press("s")
        assert "\x1b" not in shown.text
        assert any("[bold]" in region for region in column(shown, 3))
        await shown.press("enter")
        assert shown.reading.record.name == name


async def test_a_filter_that_is_silent_everywhere_says_so(tmp_path: Path) -> None:
    path = fasta(tmp_path / "silent.fa", ones="A" * 60)
    async with explorer(sequences=path) as shown:
        await shown.press("s")
        assert said(shown) == "filter 0 TBP in ones, 60 bases: every cell is all 0, on both strands"
        await shown.press("enter", "v", "p")
        assert isinstance(shown.app.screen, Strongest)


async def test_a_letter_that_is_refused_is_said_in_the_table(tmp_path: Path, model: str) -> None:
    path = fasta(tmp_path / "n.fa", far="ACGT" * 200 + "N" + "ACGT" * 200)
    async with explorer(model=model, sequences=path, ambiguity="error") as shown:
        await shown.press("s")
        assert "record far:801, letter N: is ambiguous" in said(shown)
        assert rows(shown) == []


async def test_a_block_that_reads_feature_maps_is_ranked_in_its_input_window_and_says_so(
    tmp_path: Path, record: str
) -> None:
    random = np.random.default_rng(1)
    layers: list[tuple[str, Layer]] = [
        ("letters", Input()),
        ("first", Conv1D(random.standard_normal((8, 4, 6)).astype(np.float32), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("second", Conv1D(random.standard_normal((5, 6, 2)).astype(np.float32), activation="relu")),
        ("last", MaxPooling1D(2)),
    ]
    write_npz(Model.sequential("deep", layers), tmp_path / "deep.npz")
    opened = {
        "model": str(tmp_path / "deep.npz"),
        "block": "second",
        "sequences": record,
        "region": "long:101-1100",
    }
    async with explorer(SMALL, **opened) as shown:
        hits = strongest(shown.reading, [0], top=100)
        assert hits is not None
        await shown.press("s")
        where = "of the input long:101-1100 only, since the block reads feature maps"
        assert said(shown).endswith(where)
        assert column(shown, 1) == [number(hit.value) for hit in hits]
        assert column(shown, 5) == [str(hit.position) for hit in hits]
        await shown.press("enter")
        assert shown.cursor == ("cell", hits[0].cell)
        assert shown.reading.reverse == (hits[0].strand == "-")
        assert shown.reading.window == (100, 1_100)


async def test_a_fixed_network_tells_positions_in_its_input_window_alone(record: str, model: str) -> None:
    async with explorer(SMALL, model=model, sequences=record, filter="9") as shown:
        await shown.press("t", "s")
        assert table(shown).cursor_row == 0
        first, *others = column(shown, 5)
        await shown.press("escape", "enter")
        assert first == str(shown.view.position)
        assert "–" in others


async def press_all_over(shown: Shown) -> None:
    """Press on the header, on the first, a middle and the last line of the table, at both ends, once and twice."""
    found = table(shown)
    height, width = found.size.height, found.size.width
    for times in (1, 2):
        for y in {0, 1, height // 2, height - 1}:
            for x in (0, 1, width - 1):
                await shown.pilot.click(found, offset=(x, y), times=times)
                await shown.painted()


async def test_a_press_on_a_table_without_a_cell_does_nothing(tmp_path: Path) -> None:
    layers: list[tuple[str, Layer]] = [
        ("letters", Input()),
        ("conv", Conv1D(np.zeros((4, 4, 2), np.float32), activation="relu")),
        ("pool", MaxPooling1D(4)),
    ]
    write_npz(Model.sequential("silent", layers), tmp_path / "silent.npz")
    async with explorer(SMALL, model=str(tmp_path / "silent.npz")) as shown:
        await shown.press("s")
        assert "every cell is all 0" in said(shown)
        await press_all_over(shown)
        await shown.press("enter", "down", "pagedown", "end", "v", "p", "f", "j", "k")
        assert isinstance(shown.app.screen, Strongest)
        assert shown.app.is_running


async def test_a_press_while_the_search_runs_does_nothing(
    record: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with explorer(SMALL, model=model, sequences=record, filter="9") as shown:
        held = Held.before(monkeypatch, StrongestCells, "find")
        try:
            await shown.pilot.press("s")
            await held.entered()
            await shown.painted()
            await press_all_over(shown)
            assert isinstance(shown.app.screen, Strongest)
            assert rows(shown) == []
        finally:
            held.let_go()
        await shown.settled()
        assert len(rows(shown)) == 100


async def test_keys_that_close_it_twice_close_it_once(record: str, model: str) -> None:
    async with explorer(SMALL, model=model, sequences=record, filter="9") as shown:
        for keys in (("enter", "enter"), ("enter", "escape"), ("escape", "escape")):
            await shown.press("s")
            screen = shown.app.screen
            assert isinstance(screen, Strongest)
            actions = {"enter": screen.action_choose, "escape": screen.action_close}
            for key in keys:
                # Both before the screen is gone, as where keys come faster than frames.
                actions[key]()
            await shown.settled()
            assert shown.app.screen is shown.explorer
