"""`x`: what is on the screen, or all of it, as files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from explorers import SMALL, Shown, explorer, fasta
from textual.widgets import Static

from cnn_core.scan import whole_scan
from cnn_core.writers.values import BlockValues
from cnn_tui.output.exporting import Export, ExportedPart, values_of
from cnn_tui.output.whole_file import OutputFile
from cnn_tui.screens import saving
from cnn_tui.screens.dialogs.export import ExportScreen
from cnn_tui.screens.dialogs.picker import Picker


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def message(shown: Shown) -> str:
    return str(shown.app.screen.query_one("#message", Static).content)


def rows(name: str) -> list[dict[str, str]]:
    with Path(name).open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


async def test_the_cells_of_the_input_window_are_written_at_once() -> None:
    async with explorer(SMALL) as shown:
        await shown.press("x")
        assert isinstance(shown.app.screen, ExportScreen)
        assert message(shown) == "60 cells of 1 filter, as .npz .tsv .bedgraph .bw .bed"
        await shown.press("enter")
        assert shown.app.screen is shown.explorer
        assert shown.toasts == ["cells.tsv is written"]
        expected = shown.reading.run.values(0, 60)[:, 0]
    found = rows("cells.tsv")
    assert len(found) == 60
    np.testing.assert_array_equal(np.array([row["TBP"] for row in found], np.float32), expected)


async def test_the_arrow_keys_go_through_lines_and_choices() -> None:
    async with explorer(SMALL) as shown:
        await shown.press("x", "right", "right", "down", "left", "down", "right")
        assert message(shown).startswith("62 positions of 12 filters, as .npz .tsv .bedgraph .bw; {filter}")
        await shown.press("enter")
        assert shown.toasts == ["responses.tsv is written"]
        run = shown.reading.run
        expected = run.responses(0, 62)
    found = rows("responses.tsv")
    assert len(found) == 62
    names = run.conv.filter_names
    np.testing.assert_array_equal(np.array([[row[n] for n in names] for row in found], np.float32), expected)


async def test_what_is_visible_is_what_lies_over_the_visible_bases() -> None:
    async with explorer(SMALL, cell=59) as shown:
        offset, visible = shown.view.offset, shown.view.visible_bases
        await shown.press("x", "down", "left", "enter")
    found = rows("cells.tsv")
    first, last = int(found[0]["start"]), int(found[-1]["stop"])
    # The cell that begins before the left edge reaches over it.
    assert first <= offset < first + 8
    assert last == 480
    assert offset + visible >= 480


async def test_the_record_is_computed_beyond_what_the_network_reads_at_once() -> None:
    letters = "".join("ACGT"[code] for code in np.random.default_rng(1).integers(0, 4, 2000))
    file = fasta(Path("r.fa"), r1=letters)
    async with explorer(SMALL, sequences=file, model="seed", region="501-1000") as shown:
        await shown.press("right_curly_bracket", "x", "down", "right")
        # 1985 responses, 9 in a pool window, 8 apart.
        assert message(shown).startswith("248 cells of 1 filter")
        await shown.press("enter")
    found = rows("cells.tsv")
    assert (found[0]["start"], found[-1]["stop"]) == ("0", "1984")


async def test_a_core_is_left_to_whoever_presses_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_scan, "default_threads", lambda: 4)
    async with explorer() as shown:
        for part in ExportedPart:
            chosen = values_of(Export(part=part), shown.reading, shown.view)
            assert {chosen.threads, *(chosen.of_filters((index,)).threads for index in chosen.filters)} == {3}


async def test_the_mouse_chooses_too_and_a_name_of_one_s_own_stays_when_the_choice_changes() -> None:
    async with explorer(SMALL) as shown:
        await shown.press("x")
        picker = shown.app.screen.query(Picker).first()
        column = str(picker.render()).index("selections")
        await shown.pilot.click(picker, offset=(column + 1, 0))
        await shown.settled()
        assert message(shown) == "60 cells of 1 filter, as .npz .tsv .bed"
        await shown.press("escape", "x")
        await named(shown, "my.bed")
        await shown.press("left", "enter")
        assert shown.toasts == ["my.bed is written"]
    assert Path("my.bed").read_text().startswith("sim_01\t")


async def test_what_cannot_be_written_is_refused_in_the_dialog(subtests: pytest.Subtests) -> None:
    async with explorer(SMALL) as shown:
        for keys, name, words in (
            (("right",), "a.bed", "a.bed: the name does not end in .npz"),
            ((), "nowhere/a.tsv", "there is no such folder"),
            (("down", "down", "right"), "a.bedgraph", ".bedgraph holds one filter, and there are 12"),
            ((), "", "no name is given"),
        ):
            with subtests.test(name):
                await shown.press("x", *keys)
                await named(shown, name)
                await shown.press("enter")
                assert isinstance(shown.app.screen, ExportScreen)
                assert words in message(shown)
                await shown.press("escape")
    assert list(Path().iterdir()) == []


async def named(shown: Shown, name: str) -> None:
    from textual.widgets import Input

    shown.app.screen.query_one(Input).value = name
    await shown.settled()


async def test_an_average_chooses_nothing() -> None:
    from cnn_core.layers import AveragePooling1D, Conv1D, Input
    from cnn_core.network.model import Model
    from cnn_core.readers.npz import write_npz

    kernel = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(np.float32)
    write_npz(Model.sequential("m", [("i", Input(40)), ("c", Conv1D(kernel)), ("p", AveragePooling1D(4))]), "m.npz")
    async with explorer(SMALL, model="m.npz") as shown:
        await shown.press("x", "left")
        assert message(shown) == "p: the pool averages and chooses nothing; export its cells"


async def test_files_that_are_there_are_replaced_by_another_enter_alone() -> None:
    async with explorer(SMALL) as shown:
        await shown.press("x", "down", "down", "right")
        await named(shown, "{filter}.bedgraph")
        await shown.press("enter")
        assert shown.toasts[-1].endswith("and 11 more are written")
        Path("TBP.bedgraph").write_text("mine")
        await shown.press("x", "down", "down", "right")
        await named(shown, "{filter}.bedgraph")
        await shown.press("enter")
        assert "there are 12 such files; Enter once more replaces them" in message(shown)
        assert Path("TBP.bedgraph").read_text() == "mine"
        await shown.press("enter")
        assert Path("TBP.bedgraph").read_text() != "mine"


def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """Let a writer stop in the middle of its file; return what tells that it is there, and what lets it go on."""
    there, go_on = Event(), Event()

    def write(values: BlockValues, path: Path, *, force: bool, progress: Callable[[int, int], None]) -> tuple[Path]:
        with OutputFile(path, "x", (".tsv",), force).open() as file:
            file.write(b"half")
            progress(25, 100)
            there.set()
            go_on.wait(60)
            progress(50, 100)
        return (path,)

    monkeypatch.setattr(saving, "write_values", write)
    return there, go_on


async def test_it_says_how_far_it_is_and_does_not_block_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    there, go_on = held_up(monkeypatch)
    async with explorer(SMALL) as shown:
        await shown.pilot.press("x", "enter")
        await arrived(shown, there)
        assert "exporting cells.tsv … 25 %" in shown.status
        await shown.pilot.press("right")
        await shown.painted()
        assert shown.cursor == ("cell", 3)
        go_on.set()
        await shown.settled()
        assert shown.toasts == ["cells.tsv is written"]
        assert "exporting" not in shown.status
    assert Path("cells.tsv").read_text() == "half"


async def test_escape_stops_it_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    there, go_on = held_up(monkeypatch)
    async with explorer(SMALL) as shown:
        await shown.pilot.press("x", "enter")
        await arrived(shown, there)
        await shown.pilot.press("escape")
        await shown.painted()
        assert "exporting" not in shown.status
        go_on.set()
        await shown.settled()
        assert shown.toasts == []
    assert list(Path().iterdir()) == []


async def test_leaving_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    there, go_on = held_up(monkeypatch)
    async with explorer(SMALL) as shown:
        await shown.pilot.press("x", "enter")
        await arrived(shown, there)
        go_on.set()
        await shown.pilot.press("q")
    assert [path.name for path in Path().iterdir() if path.name != "cells.tsv"] == []


async def arrived(shown: Shown, there: Event) -> None:
    while not there.is_set():
        await shown.pilot.pause(0)
    await shown.painted()


async def test_a_disk_that_is_full_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "cells.tsv")

    monkeypatch.setattr(saving, "write_values", write)
    async with explorer(SMALL) as shown:
        await shown.press("x", "enter")
        assert shown.toasts == ["cells.tsv: no space left on device"]
