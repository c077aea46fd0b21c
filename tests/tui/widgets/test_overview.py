"""The whole record on one track: exact, in the background, and a place to jump from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, Shown, explorer, fasta
from hand_worked import Letters
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core import scan as scanning
from cnn_core.blocks.reading import Reading
from cnn_core.presets import preset
from cnn_core.scan import whole_scan
from cnn_core.scan.overview import Overview
from cnn_core.scan.whole_scan import Cells, scan_cells
from cnn_tui.background import pacing
from cnn_tui.pictures.overview_picture import OverviewPicture
from cnn_tui.view.view_state import Level, Subject
from cnn_tui.view_file.first_look import first_view
from cnn_tui.widgets.overview import OverviewTrack
from cnn_tui.words import progress_text


@pytest.fixture
def record(tmp_path: Path) -> str:
    return fasta(tmp_path / "long.fa", long=random_text(20_003, 11))


def random_text(length: int, seed: int) -> str:
    codes = np.random.default_rng(seed).integers(0, 4, length)
    return np.frombuffer(b"ACGT", dtype=np.uint8)[codes].tobytes().decode()


def picture_of(letters: str, columns: int, *, kept: int = 4096, reverse: bool = False) -> OverviewPicture:
    reading = Reading.of(preset("motifs"), Letters(letters), reverse=reverse).into()
    run = reading.run
    overview = Overview(run.cells, min(run.cells, kept))
    for chunk in scan_cells(run, filters=[3]):
        overview.add(chunk)
    return OverviewPicture(first_view(reading, 3).resized(columns), reading, reading, overview.state(), 3)


class TestPicture:
    @pytest.mark.parametrize("length", [24, 90, 500, 3001])
    def test_every_column_shows_the_strongest_cell_that_begins_in_it_or_lies_over_it(self, length: int) -> None:
        letters = random_text(length, length)
        for columns in (1, 7, 40, 123, 400):
            picture = picture_of(letters, columns)
            run = picture.reading.run
            cells = run.values(0, run.cells)[:, 3]
            for column in range(columns):
                first, last = column * length // columns // 8, (column + 1) * length // columns // 8
                over = cells[first : max(last, first + 1)]
                if over.size:
                    assert picture.values[column] == over.max(), (columns, column)
                else:
                    assert np.isnan(picture.values[column])

    def test_what_is_on_screen_is_marked_from_its_first_column_where_a_base_has_several(self) -> None:
        assert picture_of(random_text(40, 1), 103).visible == (0, 103)

    @given(
        length=st.integers(60, 6000),
        columns=st.integers(1, 250),
        kept=st.integers(500, 900),
        stride=st.integers(1, 11),
        seed=st.integers(0, 99),
    )
    @settings(deadline=None, print_blob=True, max_examples=40)
    def test_a_column_is_the_maximum_of_all_cells_that_begin_between_its_edges(
        self, length: int, columns: int, kept: int, stride: int, seed: int
    ) -> None:
        random = np.random.default_rng(seed)
        reading = Reading.of(preset("motifs"), Letters(random_text(length, seed))).into()
        size = int(random.integers(1, 12))
        reading = reading.with_settings(replace(reading.settings, pool_size=size, pool_stride=stride))
        cells = reading.run.cells
        values = random.integers(0, 9, (cells, 1)).astype(np.float32)
        overview = Overview(cells, min(cells, kept))
        overview.add(Cells(0, cells, values))
        view = first_view(reading, 3).resized(columns)
        picture = OverviewPicture(view, reading, reading, overview.state(), 3)
        begins = np.arange(cells) * stride
        edges = picture.edges
        assert (edges[0], edges[-1]) == (0, length)
        assert (np.diff(edges) >= 0).all()
        bin_bases = -(-cells // min(cells, kept)) * stride
        assert (np.abs(edges - np.arange(columns + 1) * length / columns) < bin_bases + 1).all()
        for column, (first, stop) in enumerate(pairwise(edges)):
            under = values[(begins >= first) & (begins < stop), 0]
            if columns * bin_bases > length:
                # Narrower than what is kept: the cell that lies over the first base.
                under = values[first // stride : first // stride + 1, 0]
            expected = under.max() if under.size else np.nan
            np.testing.assert_equal(picture.values[column], expected)

    def test_the_mark_and_the_strongest_cell_stand_in_one_column(self) -> None:
        wide = picture_of(random_text(60_000, 2), 200, kept=1000)
        for columns in (60, 80, 120, 160, 190, 200):
            picture = replace(wide, view=wide.view.resized(columns))
            for nth in range(0, 1000, 7):
                at = picture.axes.base_of_cell(int(picture.state.cells[nth]))
                there = replace(picture, view=replace(picture.view, offset=at))
                (column,) = np.flatnonzero((picture.edges[:-1] <= at) & (at < picture.edges[1:]))
                first, last = there.visible
                assert first <= column < last, columns

    def test_many_cells_are_reduced_to_the_same_maximum(self) -> None:
        letters = "".join("ACGT"[code] for code in np.random.default_rng(1).integers(0, 4, 5000))
        whole, reduced = picture_of(letters, 50), picture_of(letters, 50, kept=50)
        assert np.nanmax(whole.values) == np.nanmax(reduced.values)
        assert whole.best is not None
        assert reduced.best is not None
        assert whole.hit(whole.best) == reduced.hit(reduced.best)

    def test_the_mark_is_where_the_tracks_stand(self) -> None:
        picture = picture_of("ACGT" * 100, 40)
        first, last = picture.visible
        assert (first, last) == (0, 4)

    def test_on_the_other_strand_it_runs_as_the_tracks_do(self) -> None:
        letters = "A" * 200 + "GATAAGATAA" + "A" * 30
        plus, minus = picture_of(letters, 24), picture_of(letters, 24, reverse=True)
        for picture in (plus, minus):
            assert picture.best is not None
            hit = picture.hit(picture.best)
            assert 0 <= hit.start < hit.stop <= len(letters)
            assert hit.strand == ("-" if picture.whole.reverse else "+")
        assert plus.axes.bases == minus.axes.bases == len(letters)


@pytest.mark.parametrize("pace", ["", "scanning …", "2.00 Mb/s, 30 s left"])
@pytest.mark.parametrize("share", [0.93, 1.0])
def test_what_is_said_has_shorter_ways_of_saying_it(share: float, pace: str) -> None:
    picture = picture_of("ACGT" * 40 + "GATAAGATAAGATA" * 9, 160)
    total = picture.state.cells_total
    picture = replace(picture, pace=pace, state=replace(picture.state, cells_done=int(share * total)))
    words = OverviewTrack()._words(picture)
    assert [len(each) for each in words] == sorted((len(each) for each in words), reverse=True)
    assert words[0] == f"on screen · {words[1]}"
    assert len(words[-1]) < 16
    if pace:
        assert all(pace[-9:] in each for each in words)
    elif share < 1:
        assert all(f"stopped at {int(share * total) / total:.0%}" in each for each in words)
    else:
        assert all("strongest" in each or "all 0" in each for each in words)


async def test_where_the_line_is_short_it_still_says_that_the_scan_was_stopped(record: str) -> None:
    async with explorer(MEDIUM, sequences=record) as shown:
        whole = overview_of(shown)
        stopped = replace(whole.state, cells_done=whole.state.cells_total // 2)
        for columns in (18, 30, 45, 60, 100):
            picture = replace(whole, state=stopped, view=whole.view.resized(columns))
            line = track_of(shown).line(1, picture).text
            assert "stopped at 50%" in line
            assert len(line) == columns


def track_of(shown: Shown) -> OverviewTrack:
    return shown.explorer.query_one(OverviewTrack)


def overview_of(shown: Shown) -> OverviewPicture:
    assert shown.explorer.overview is not None
    return shown.explorer.overview


class TestTrack:
    async def test_it_is_there_where_there_is_room_and_where_it_is_asked_for(self, record: str) -> None:
        async with explorer(MEDIUM, sequences=record) as shown:
            assert track_of(shown).display
            assert shown.lines[2].startswith("record")
            assert overview_of(shown).state.complete
        async with explorer(SMALL, sequences=record) as shown:
            assert not track_of(shown).display
            assert shown.explorer.overview is None
            await shown.press("z")
            assert track_of(shown).display
            assert overview_of(shown).filter == 0

    async def test_it_goes_along_with_the_filter_and_the_settings_and_z_from_this_filter_to_all_to_nothing(
        self, record: str
    ) -> None:
        async with explorer(MEDIUM, sequences=record) as shown:
            for keys in (["down"], ["]"], ["v"]):
                await shown.press(*keys)
                picture, run = overview_of(shown), shown.reading.run
                assert picture.filter == shown.view.filter
                assert picture.state.values.max() == run.values(0, run.cells)[:, shown.view.filter].max()
                assert picture.state.complete
            await shown.press("z")
            assert overview_of(shown).filter is None
            assert shown.lines[3].startswith("all filters")
            assert overview_of(shown).state.values.max() == run.values(0, run.cells).max()
            await shown.press("z")
            assert not track_of(shown).display
            assert shown.explorer.subject is Subject.NOTHING
            await shown.press("z")
            assert overview_of(shown).filter == 1

    async def test_a_network_of_a_fixed_length_is_looked_over_along_the_whole_record(self, record: str) -> None:
        async with explorer(MEDIUM, sequences=record, model="seed") as shown:
            whole = overview_of(shown).whole
            assert whole.window == (0, 20_003)
            model = shown.reading.model.of_any_length()
            run = Reading.of(model, shown.reading.record).into().run
            assert overview_of(shown).state.values.max() == run.values(0, run.cells)[:, 0].max()
            before = overview_of(shown).visible
            await shown.press("9", "0", "0", "0", ".")
            assert overview_of(shown).visible[0] > before[0]
            assert overview_of(shown).whole is whole

    async def test_what_has_been_looked_through_is_kept(self, record: str, monkeypatch: pytest.MonkeyPatch) -> None:
        scans: list[object] = []

        def counting(*given: object, **options: object) -> Iterator[whole_scan.Cells]:
            scans.append(given)
            return scan_cells(*given, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(scanning, "scan_cells", counting)
        async with explorer(MEDIUM, sequences=record) as shown:
            await shown.press("down", "up", "down", "z", "z", "z", "right", "minus")
            assert len(scans) == 3

    async def test_a_press_goes_to_the_strongest_cell_there_and_a_pointer_reads_its_value(
        self, record: str
    ) -> None:
        async with explorer(MEDIUM, sequences=record) as shown:
            best = overview_of(shown).best
            assert best is not None
            column = int(np.flatnonzero(overview_of(shown).at == best)[0])
            await shown.click(OverviewTrack, column)
            run = shown.reading.run
            cells = run.values(0, run.cells)[:, 0]
            assert shown.cursor == ("cell", int(cells.argmax()))
            assert shown.view.level is Level.CELL
            await shown.hover(OverviewTrack, 50)
            assert shown.status.startswith("strongest here: ")

    async def test_among_all_filters_a_press_chooses_the_filter_too(self, record: str) -> None:
        async with explorer(MEDIUM, sequences=record, model="seed") as shown:
            await shown.press("z")
            best = overview_of(shown).best
            assert best is not None
            column = int(np.flatnonzero(overview_of(shown).at == best)[0])
            await shown.click(OverviewTrack, column)
            assert shown.view.filter == overview_of(shown).state.filters[best]
            hit = overview_of(shown).hit(best)
            assert shown.reading.start <= hit.start < hit.stop <= shown.reading.stop
            # The cell of the input window is the very one, though windows begin where they like.
            assert shown.picture.pool_step.value == hit.value

    async def test_a_scan_shows_how_far_it_is_and_keeps_what_it_has_when_it_is_stopped(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held, told = threading.Event(), threading.Event()

        def in_pieces(run: object, **options: object) -> Iterator[whole_scan.Cells]:
            should_continue = options["should_continue"]
            for nth, chunk in enumerate(scan_cells(run, **options)):  # type: ignore[arg-type]
                yield chunk
                if nth == 1:
                    told.set()
                    held.wait(10)
                assert callable(should_continue)
                if not should_continue():
                    return

        monkeypatch.setattr(scanning, "scan_cells", in_pieces)
        monkeypatch.setattr(pacing, "_EVERY", 0.0)
        monkeypatch.setattr(progress_text, "_AT_FIRST", 0.0)
        monkeypatch.setattr(whole_scan, "chunk_cells", lambda *_: 500)
        held.set()
        async with explorer(MEDIUM, sequences=record) as shown:
            held.clear()
            told.clear()
            await shown.pilot.press("down")
            while not told.is_set():
                await shown.painted()
            await shown.painted()
            assert overview_of(shown).pace
            assert "left, Esc stops it" in shown.text
            assert "%" in shown.lines[3]
            await shown.pilot.press("escape")
            held.set()
            await shown.settled()
            state = overview_of(shown).state
            assert 0 < state.cells_done < state.cells_total
            assert "stopped at" in shown.text

    async def test_the_shortest_record_has_an_overview_of_one_cell(self, tmp_path: Path) -> None:
        async with explorer(MEDIUM, sequences=fasta(tmp_path / "s.fa", short="ACGTACGTACGTACGTACGT")) as shown:
            assert shown.explorer.overview is not None
            assert shown.explorer.overview.state.cells_total == 1
