"""What goes on in the background: late results, what is given up, and records as long as a megabase."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import explorer, fasta

from cnn_core.errors import RegionError
from cnn_core.letter_sums.convolution import LetterConvolution
from cnn_tui.background.cancellable_task import CancellableTask
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.explorer_status import Status

# Jobs


class Gate:
    """Work that goes on until it is let through, and notes when it is no longer wanted."""

    def __init__(self) -> None:
        self.opened, self.entered = threading.Event(), threading.Event()
        self.wanted: list[bool] = []

    def work(self, task: CancellableTask[Any]) -> str:
        self.entered.set()
        self.opened.wait(10)
        self.wanted.append(task.wanted())
        return "result"


async def test_a_job_says_what_it_does_and_its_result_is_taken_and_keys_go_on() -> None:
    async with explorer() as shown:
        gate, taken = Gate(), []
        shown.explorer.background_work.job.begin("counting …", gate.work, taken.append)
        await shown.painted()
        assert shown.status == "counting …  Esc stops it"
        assert taken == []
        for key in ("right", "down"):
            await shown.pilot.press(key)
            await shown.painted()
        assert shown.cursor == ("cell", 3)
        assert shown.view.filter == 1
        assert taken == []
        gate.opened.set()
        await shown.settled()
        assert taken == ["result"]
        assert gate.wanted == [True]
        assert shown.status.startswith("←→ cell")


async def test_escape_gives_a_job_up_and_its_late_result_is_dropped() -> None:
    async with explorer() as shown:
        gate, taken = Gate(), []
        await shown.press("4")
        shown.explorer.background_work.job.begin("counting …", gate.work, taken.append)
        await shown.pilot.press("escape")
        await shown.painted()
        assert shown.status.startswith("4…")
        gate.opened.set()
        await shown.settled()
        assert gate.wanted == [False]
        assert taken == []
        # Escape stopped the job and nothing else.
        assert shown.view.count == "4"


async def test_a_job_takes_the_place_of_the_one_before() -> None:
    async with explorer() as shown:
        first, second, taken = Gate(), Gate(), []
        shown.explorer.background_work.job.begin("the first …", first.work, lambda _: taken.append("first"))
        assert await asyncio.to_thread(first.entered.wait, 10)
        shown.explorer.background_work.job.begin("the second …", second.work, lambda _: taken.append("second"))
        second.opened.set()
        first.opened.set()
        await shown.settled()
        assert taken == ["second"]
        assert first.wanted == [False]
        assert second.wanted == [True]


async def test_what_a_job_is_refused_is_one_sentence(subtests: pytest.Subtests) -> None:
    async with explorer(notifications=True) as shown:
        before = shown.picture
        for error, said in (
            (
                RegionError("there is no such place", where="chr1", remedy="give another"),
                "chr1: there is no such place",
            ),
            (PermissionError(13, "Permission denied", "/some/file.fa"), "/some/file.fa: permission denied"),
            (MemoryError(), "there is not enough memory; give a shorter --region"),
        ):
            with subtests.test(said):

                def fail(_: object, error: Exception = error) -> None:
                    raise error

                shown.app.clear_notifications()
                shown.explorer.background_work.job.begin("trying …", fail, lambda _: None)
                await shown.settled()
                (sentence,) = shown.toasts
                assert said in sentence
                assert shown.explorer.query_one(Status).activity is None
                assert shown.picture is before


# A megabase

MEGABASE = 1_000_000
NO_OVERVIEW = 120, 29
"""A screen without lines for the overview, which looks through the whole record unasked."""
TILE = 1 << 15
"""More positions than a tile of 12 filters has."""


@pytest.fixture(scope="module")
def megabase(tmp_path_factory: pytest.TempPathFactory) -> str:
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[np.random.default_rng(7).integers(0, 4, MEGABASE)]
    text = letters.tobytes().decode()
    rows = [text[start : start + 80] for start in range(0, MEGABASE, 80)]
    path = tmp_path_factory.mktemp("megabase") / "mega.fa"
    path.write_text(">mega\n" + "\n".join(rows) + "\n>after\n" + "ACGT" * 100 + "\n")
    return str(path)


class Computed:
    """How many bases the convolution has read since it was last asked."""

    def __init__(self) -> None:
        self.bases = 0

    def taken(self) -> int:
        bases, self.bases = self.bases, 0
        return bases


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Computed]:
    computed = Computed()

    def count(name: str) -> None:
        original = getattr(LetterConvolution, name)

        def counting(self: LetterConvolution, codes: np.ndarray, *rest: object) -> np.ndarray:
            computed.bases += len(codes)
            found: np.ndarray = original(self, codes, *rest)
            return found

        monkeypatch.setattr(LetterConvolution, name, counting)

    count("responses")
    count("pooled")
    return computed


async def test_no_key_on_a_megabase_computes_more_than_is_visible(megabase: str, computed: Computed) -> None:
    async with explorer(NO_OVERVIEW, sequences=megabase) as shown:
        assert shown.reading.length == MEGABASE
        assert computed.taken() <= 2 * TILE
        assert not shown.reading.run.extremes.measured
        last = (MEGABASE - 16) // 8
        for keys, cursor in [
            (["end"], ("cell", last - 1)),
            (["left"] * 3, ("cell", last - 4)),
            (["down", "pagedown", "home"], ("cell", 0)),
            (["shift+right"], ("cell", 12)),
            (["9", "9", "9", "9", "9", "shift+right"], ("cell", last - 1)),
            (["5", "0", "0", "0", "0", "left", "enter", "enter"], None),
            (["minus"] * 7, None),
            (["shift+right", "shift+left", "home"], ("base", 0)),
            (["equals_sign"] * 9, ("base", 0)),
            (["right_curly_bracket", "right_square_bracket", "p", "0"], ("base", 0)),
            (["v"], None),
            (["v", "c", "i", "i"], None),
        ]:
            for key in keys:
                await shown.press(key)
                assert computed.taken() <= 3 * TILE, key
            assert cursor is None or shown.cursor == cursor
        # What has been computed is kept.
        await shown.press("home", "right")
        computed.taken()
        await shown.press("left", "right", "down", "up")
        assert computed.taken() == 0


async def test_going_anywhere_in_a_megabase_computes_only_what_is_there(megabase: str, computed: Computed) -> None:
    async with explorer(NO_OVERVIEW, sequences=megabase) as shown:
        for typed, cursor in [
            ("base 654321", ("base", 654_321)),
            ("mega:700,001-700,100", ("base", 700_000)),
            ("pooled[100]", ("cell", 100)),
        ]:
            computed.taken()
            await shown.press("g")
            await shown.type(typed)
            await shown.press("enter")
            assert shown.cursor == cursor
            assert computed.taken() <= 3 * TILE


async def test_the_strongest_cells_of_a_megabase_are_ranked_once_for_one_filter(
    megabase: str, computed: Computed
) -> None:
    async with explorer(sequences=megabase, position=0) as shown:
        computed.taken()
        await shown.press("t")
        # Each base once on each strand, what neighbouring stretches share, and a look at every hit's selection.
        assert 2 * MEGABASE <= computed.taken() < 2.5 * MEGABASE
        strongest = shown.cursor, shown.reading.reverse
        highest = []
        for reverse in (False, True):
            run = replace(shown.reading, reverse=reverse).run.for_filter(0)
            cells = run.values(0, run.cells, keep=False)[:, 0]
            highest.append((float(cells.max()), (("cell", int(np.argmax(cells))), reverse)))
        assert strongest == max(highest)[1]
        for _ in range(3):
            computed.taken()
            await shown.press("t")
            assert computed.taken() <= 3 * TILE
        computed.taken()
        await shown.press("T", "T", "T")
        assert (shown.cursor, shown.reading.reverse) == strongest
        # Neither the table nor another way to the same filter looks through the record again.
        computed.taken()
        await shown.press("s", "escape", "down", "up", "t")
        assert computed.taken() <= 12 * TILE


async def test_a_search_over_a_megabase_computes_only_where_it_ends(megabase: str, computed: Computed) -> None:
    letters = "".join(Path(megabase).read_text().split(">after")[0].split("\n")[1:])
    word = letters[987_654:987_670]
    assert letters.count(word) == 1
    async with explorer(NO_OVERVIEW, sequences=megabase, position=0) as shown:
        shown.explorer.show_view(shown.view.on(Level.BASE, 0))
        computed.taken()
        await shown.press("slash")
        await shown.type(word)
        await shown.press("enter")
        assert shown.cursor == ("base", 987_654)
        assert computed.taken() <= 3 * TILE
        await shown.press("n")
        assert shown.cursor == ("base", 987_654)


async def test_a_fixed_network_reads_one_input_window_of_a_megabase(megabase: str, computed: Computed) -> None:
    async with explorer(sequences=megabase, model="seed") as shown:
        for keys, start in (("9 9 9 9 9 9 9 full_stop", MEGABASE - 500), ("comma", MEGABASE - 550)):
            computed.taken()
            await shown.press(*keys.split())
            assert shown.reading.window == (start, start + 500)
            # For the responses of the tracks, for their cells, and for the output.
            assert computed.taken() <= 3 * 500
            assert shown.reading.output.values is not None


async def test_records_of_a_file_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = fasta(tmp_path / "three.fa", one="ACGT" * 100, two="TTTT" * 200, three="GGCC" * 50)
    async with explorer(sequences=path) as shown:
        for name, length in (("two", 800), ("three", 200), ("one", 400)):
            await shown.press("r")
            await shown.type(name)
            await shown.press("enter")
            assert shown.reading.record.name == name
            assert shown.reading.length == length
            assert f"three.fa › {name}, {length} bp" in shown.lines[0]
