"""What happens while something goes on in the background: nothing late is shown, nothing done meanwhile is lost."""

from __future__ import annotations

import gc
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from explorers import MEDIUM, Shown, explorer, fasta
from held import Held
from small_networks import without_block

from cnn_core import letters
from cnn_core.blocks import feature_map_block
from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input, MaxPooling1D
from cnn_core.letters import sliced_letters
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_core.scan import whole_scan
from cnn_core.scan.overview import Overview
from cnn_tui import view_file
from cnn_tui.background import strongest_cells
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens import scan_follower
from cnn_tui.screens.network import Network
from cnn_tui.snapshot import take
from cnn_tui.view.view_state import Axes
from cnn_tui.view_file.first_look import open_request
from cnn_tui.view_file.opened import Opened

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(17).integers(0, 4, 20_003))


@pytest.fixture
def record(tmp_path: Path) -> str:
    return fasta(tmp_path / "long.fa", long=LETTERS, after=LETTERS[:3_000])


@pytest.fixture
def any_length(tmp_path: Path) -> str:
    """A network that takes any length: an input window is as long as its record."""
    random = np.random.default_rng(3)
    layers = [
        ("letters", Input(None)),
        ("conv", Conv1D(random.standard_normal((8, 4, 6)).astype(np.float32), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("conv2", Conv1D(random.standard_normal((3, 6, 5)).astype(np.float32), activation="relu")),
        ("pool2", MaxPooling1D(2)),
        ("largest", GlobalMaxPooling1D()),
        ("dense", Dense(random.standard_normal((5, 1)).astype(np.float32))),
    ]
    write_npz(Model.sequential("any", layers), tmp_path / "any.npz")  # type: ignore[arg-type]
    return str(tmp_path / "any.npz")


class TestSearch:
    async def test_steps_taken_during_a_search_stay_where_it_finds_nothing(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = Held.before(monkeypatch, letters, "find")
        async with explorer(sequences=record) as shown:
            shown.explorer.places.search("G" * 40)
            await held.entered()
            for key in ("down", "right", "right", "c"):
                await shown.pilot.press(key)
            held.let_go()
            await shown.settled()
            assert shown.status.startswith("GGGG")
            assert "stands nowhere" in shown.status
            assert (shown.view.filter, str(shown.view.scale)) == (1, "this layer")
            assert shown.view.pattern == "G" * 40

    @pytest.mark.parametrize("pattern", ["G" * 40, LETTERS[15_000:15_030]], ids=["nowhere", "found"])
    async def test_settings_changed_during_a_search_stay(
        self, pattern: str, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = Held.before(monkeypatch, letters, "find")
        async with explorer(sequences=record) as shown:
            await shown.press("end")
            shown.explorer.places.search(pattern)
            await held.entered()
            for _ in range(4):
                await shown.pilot.press("right_curly_bracket")
            pool_size = shown.reading.settings.pool_size
            held.let_go()
            await shown.settled()
            assert shown.reading.settings.pool_size == pool_size
            assert shown.view.axes == Axes.of(shown.reading.run)
            assert shown.text
            if pattern in LETTERS:
                assert shown.cursor == ("base", 15_000)


class TestNetwork:
    async def test_a_network_computed_for_an_input_window_that_was_left_is_not_shown(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # However little time it takes, it is computed in the background.
        monkeypatch.setattr(scan_follower, "_QUICK", 0.0)
        async with explorer(sequences=record, model="seed") as shown:
            await shown.press("full_stop")
            # What the output has computed is forgotten, so that the whole network takes time.
            await shown.press("v")
            held = Held.before(monkeypatch, Reading, "activations")
            await shown.pilot.press("v")
            await held.entered()
            await shown.pilot.press("tab")
            await shown.painted()
            await shown.pilot.press("full_stop")
            await shown.painted()
            there = shown.reading.window
            held.let_go()
            await shown.settled()
            assert shown.app.screen is shown.explorer
            assert shown.reading.window == there == (100, 600)
            assert shown.status.startswith("←→ cell")

    async def test_a_held_key_moves_the_window_by_every_press_and_computes_one_at_a_time(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with explorer(sequences=record, model="seed") as shown:
            await shown.press("tab")
            screen = shown.app.screen
            assert isinstance(screen, Network)
            held = Held.before(monkeypatch, Reading, "activations")
            for _ in range(12):
                await shown.pilot.press("2", "full_stop")
                await shown.painted()
            await held.entered()
            held.let_go()
            await shown.settled()
            assert screen.picture is not None
            assert screen.picture.reading.window == (24, 524)
            assert held.most_at_once == 1
            assert len(held.calls) <= 3

    async def test_a_turn_of_the_strand_counts_from_what_was_asked_last(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with explorer(sequences=record, model="seed") as shown:
            await shown.press("tab")
            held = Held.before(monkeypatch, Reading, "activations")
            for key in ("full_stop", "v", "full_stop"):
                await shown.pilot.press(key)
            held.let_go()
            await shown.settled()
            screen = shown.app.screen
            assert isinstance(screen, Network)
            assert screen.picture is not None
            assert screen.picture.reading.window == (100, 600)
            assert screen.picture.reading.reverse


class TestDeepBlocks:
    async def test_a_held_key_changes_a_deep_block_by_every_press(
        self, record: str, any_length: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feature_map_block, "_QUICK", 0)
        async with explorer(sequences=record, model=any_length, region="long:1-4000", block="conv2") as shown:
            before = shown.reading.settings.pool_size
            held = Held.before(monkeypatch, feature_map_block.FeatureMapRun, "compute")
            for _ in range(6):
                await shown.pilot.press("right_curly_bracket")
                await shown.painted()
            await held.entered()
            held.let_go()
            await shown.settled()
            assert shown.reading.settings.pool_size == before + 6
            assert held.most_at_once == 1

    async def test_steps_taken_while_a_deep_block_is_computed_stay(
        self, record: str, any_length: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feature_map_block, "_QUICK", 0)
        async with explorer(sequences=record, model=any_length, region="long:1-4000") as shown:
            held = Held.before(monkeypatch, feature_map_block.FeatureMapRun, "compute")
            await shown.pilot.press("b")
            await held.entered()
            for key in ("down", "down", "c"):
                await shown.pilot.press(key)
            held.let_go()
            await shown.settled()
            assert shown.reading.block.conv == "conv2"
            assert (shown.view.filter, str(shown.view.scale)) == (2, "this layer")


class TestRanking:
    async def test_a_ranking_of_settings_that_are_gone_is_not_gone_through(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = Held.before(monkeypatch, strongest_cells, "strongest")
        async with explorer(sequences=record) as shown:
            await shown.pilot.press("t")
            await held.entered()
            await shown.pilot.press("right_curly_bracket")
            await shown.painted()
            before = shown.cursor
            held.let_go()
            await shown.settled()
            assert shown.cursor == before
            assert shown.status.startswith("conv stride 1 · pool size 9")
            assert "strongest of" not in shown.status


class TestOverview:
    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(whole_scan, "chunk_cells", lambda *_: 500)

    async def test_a_scan_that_is_left_and_returned_to_counts_every_cell_once(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with explorer(MEDIUM, sequences=record) as shown:
            held = Held.before(monkeypatch, Overview, "add", first=2)
            await shown.pilot.press("down")
            await held.entered()
            for key in ("up", "down"):
                await shown.pilot.press(key)
                await shown.painted()
            held.let_go()
            await shown.settled()
            overview = shown.explorer.overview
            assert overview is not None
            run = shown.reading.run
            assert overview.filter == 1
            assert overview.state.cells_done == overview.state.cells_total == run.cells
            assert overview.state.values.max() == run.values(0, run.cells)[:, 1].max()
            assert "stopped" not in shown.text

    async def test_what_is_left_of_a_scan_that_was_given_up_is_never_shown_as_more_than_all(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with explorer(MEDIUM, sequences=record) as shown:
            held = Held.before(monkeypatch, Overview, "add", first=5)
            for key in ("down", "up", "down", "up", "down"):
                await shown.pilot.press(key)
                await shown.painted()
            held.let_go()
            await shown.pilot.press("escape")
            await shown.settled()
            overview = shown.explorer.overview
            assert overview is not None
            assert 0 <= overview.share <= 1


class TestAnotherFile:
    async def test_no_scan_of_a_file_that_is_left_says_that_it_is_closed(
        self, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = fasta(tmp_path / "other.fa", chr9=LETTERS[5_000:9_000])
        monkeypatch.setattr(whole_scan, "chunk_cells", lambda *_: 500)
        async with explorer(MEDIUM, sequences=record, model="seed", notifications=True) as shown:
            held = Held.before(monkeypatch, Overview, "add")
            await shown.pilot.press("down")
            await held.entered()
            shown.explorer.opener.open_sequences(OpenRequest(other, model="seed", filter="0"))
            while shown.explorer.source != "other.fa":
                await shown.painted()
            held.let_go()
            await shown.settled()
            assert shown.reading.record.name == "chr9"
            assert shown.toasts == []

    async def test_an_output_of_a_file_that_is_left_is_not_refused(
        self, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = fasta(tmp_path / "other.fa", chr9=LETTERS[5_000:9_000])
        # However little time it takes, it is computed in the background.
        monkeypatch.setattr(scan_follower, "_QUICK", 0.0)
        async with explorer(sequences=record, model="seed", notifications=True) as shown:
            held = Held.before(monkeypatch, Reading, "activations")
            await shown.pilot.press("full_stop")
            await held.entered()
            shown.explorer.opener.open_sequences(OpenRequest(other, model="seed", filter="0"))
            while shown.explorer.source != "other.fa":
                await shown.painted()
            held.let_go()
            await shown.settled()
            assert shown.toasts == []
            assert shown.reading.output.values is not None


class TestRefusals:
    async def test_what_cannot_be_read_ends_no_session_without_a_block(self, record: str, tmp_path: Path) -> None:
        (tmp_path / "bad.fa").write_text("this is no FASTA\n")
        plain = without_block(tmp_path / "plain.npz")
        async with explorer(MEDIUM, sequences=record, model=plain, notifications=True) as shown:
            shown.explorer.opener.open_sequences(OpenRequest(str(tmp_path / "bad.fa")))
            await shown.settled()
            assert shown.app.is_running
            assert not shown.app._exit
            assert "bad.fa" in shown.toasts[0]
            assert isinstance(shown.app.screen, Network)

    async def test_an_opening_that_is_given_up_leads_back_to_the_network(
        self, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain = without_block(tmp_path / "plain.npz")
        other = fasta(tmp_path / "other.fa", chr9=LETTERS[:3_000])
        async with explorer(MEDIUM, sequences=record, model=plain) as shown:
            held = Held.before(monkeypatch, view_file, "open_request")
            await shown.press("o", "ctrl+u")
            await shown.type(other)
            await shown.pilot.press("enter")
            await held.entered()
            await shown.painted()
            assert shown.app.screen is shown.explorer
            await shown.pilot.press("escape")
            held.let_go()
            await shown.settled()
            assert not shown.app._exit
            assert isinstance(shown.app.screen, Network)
            assert "20 of 20,003 bp" in shown.text

    async def test_a_record_that_cannot_be_read_leaves_the_network_of_the_one_before(self, tmp_path: Path) -> None:
        plain = without_block(tmp_path / "plain.npz")
        path = fasta(tmp_path / "two.fa", good=LETTERS[:100], worse="ACGTN" * 20)
        async with explorer(MEDIUM, sequences=path, model=plain, ambiguity="error", notifications=True) as shown:
            await shown.press("r")
            await shown.type("worse")
            await shown.press("enter")
            assert not shown.app._exit
            assert "ambiguous" in shown.toasts[0]
            assert isinstance(shown.app.screen, Network)
            assert "good:1-20, 20 of 100 bp" in shown.text

    async def test_too_little_memory_is_one_calm_sentence(
        self, record: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: Reading) -> None:
            raise MemoryError

        async with explorer(sequences=record, model="seed", notifications=True) as shown:
            monkeypatch.setattr(Reading, "activations", fail)
            await shown.press("full_stop")
            assert shown.toasts == ["there is not enough memory; give a shorter --region"]
            # It is said once, not at every step.
            await shown.press("right", "down", "tab")
            assert shown.app.screen is shown.explorer
            assert shown.toasts == ["there is not enough memory; give a shorter --region"] * 2


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def _fresh_heap() -> None:
    """What is there already is left out of every look for garbage."""
    gc.freeze()


@pytest.mark.usefixtures("_fresh_heap")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what Linux lists")
class TestFilesAreClosed:
    @pytest.mark.parametrize(
        "wrong", [{"record": "nobody"}, {"model": "nobody"}, {"region": "9-3"}, {"settings": ("pool_size=0",)}]
    )
    def test_what_was_opened_before_a_refusal_is_closed(self, wrong: dict[str, object], record: str) -> None:
        with patch.object(sliced_letters.SlicedLetters, "close", autospec=True) as closed:
            with pytest.raises(Exception, match=r".+"):
                open_request(OpenRequest(record, **wrong))  # type: ignore[arg-type]
            assert closed.called or "model" in wrong

    def test_a_snapshot_leaves_no_descriptor_open(self, record: str) -> None:
        take(record, "motifs")
        before = descriptors()
        take(record, "motifs")
        assert descriptors() <= before

    async def test_a_result_that_nobody_takes_is_closed(
        self, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = fasta(tmp_path / "other.fa", chr9=LETTERS[:3_000])
        async with explorer(sequences=record) as shown:
            opened: list[Opened] = []
            original, held = view_file.open_request, Held(lambda: None)

            def open_and_wait(*given: object) -> Opened:
                opened.append(original(*given))  # type: ignore[arg-type]
                held.call()
                return opened[-1]

            monkeypatch.setattr(view_file, "open_request", open_and_wait)
            shown.explorer.opener.open_sequences(OpenRequest(other, model="motifs"))
            await held.entered()
            await shown.pilot.press("escape")
            held.let_go()
            await shown.settled()
            assert shown.reading.record.name == "long"
            with pytest.raises(Exception, match="has been closed"):
                opened[0].sequences["chr9"].codes(0, 10)


def computed_readings(shown: Shown) -> int:
    # The messages that the tests note hold the screens that sent them.
    shown.messages.clear()
    gc.collect()
    return sum(isinstance(each, Reading) and each.is_computed for each in gc.get_objects())


@pytest.mark.usefixtures("every_frame", "_fresh_heap")
class TestMemory:
    async def test_live_settings_leave_no_computed_network_behind(self, record: str, any_length: str) -> None:
        async with explorer(sequences=record, model=any_length) as shown:
            await shown.press("t", "z")
            before = computed_readings(shown)
            for _ in range(3):
                await shown.press("right_curly_bracket", "t", "s", "escape")
            assert shown.reading.is_computed
            assert computed_readings(shown) <= before + 1

    async def test_neither_do_moves_of_the_window_of_a_deep_block(self, record: str, any_length: str) -> None:
        async with explorer(sequences=record, model=any_length, region="long:1-4000", block="conv2") as shown:
            await shown.press("t")
            before = computed_readings(shown)
            for _ in range(3):
                await shown.press("full_stop", "t")
            assert computed_readings(shown) <= before + 1
