"""The output along the record: scanned in the background, drawn under the overview, and a place to jump from."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta
from hand_worked import Letters
from textual.widgets import Static

from cnn_core import scan as scanning
from cnn_core.blocks.reading import Reading
from cnn_core.errors import SequenceError
from cnn_core.layers import Array, Conv1D, Dense, GlobalMaxPooling1D, Input, Layer, MaxPooling1D
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_core.scan.output_scan import ColumnOutputs
from cnn_tui.pictures.output_scan_picture import OutputScanPicture
from cnn_tui.screens.dialogs import ask_output_scan
from cnn_tui.screens.dialogs.ask_output_scan import AskOutputScan
from cnn_tui.view.view_state import Axes, ViewState
from cnn_tui.widgets.output_track import OutputTrack
from cnn_tui.words.numbers import number

LENGTH = 2_503
LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(13).integers(0, 4, LENGTH))


@pytest.fixture
def record(tmp_path: Path) -> str:
    return fasta(tmp_path / "long.fa", long=LETTERS)


def said(shown: Shown) -> str:
    return str(shown.app.screen.query_one("#message", Static).content)


def drawn(shown: Shown) -> OutputScanPicture:
    assert shown.explorer.scanned is not None
    return shown.explorer.scanned


async def scan(shown: Shown, step: str) -> None:
    await shown.press("P", "ctrl+u")
    await shown.type(step)
    await shown.press("enter")


def picture_of(values: list[float], *, window: int = 0, reverse: bool = False, pace: str = "") -> OutputScanPicture:
    """Return a picture of 500 letters and windows of 100, a column for each value."""
    reading = Reading(preset("motifs"), Letters("ACGTT" * 100), window, window + 100, reverse)
    starts = np.array([-1 if np.isnan(value) else 4 * at for at, value in enumerate(values)])
    columns = ColumnOutputs(np.array(values, dtype=np.float32), starts)
    axes = Axes(500, None, 0, None, 0, 0)  # type: ignore[arg-type]
    view = ViewState(axes=axes, columns=len(values))
    return OutputScanPicture(view, reading, columns, 100, 3, 5, None, pace)


class TestPicture:
    def test_bars_go_from_the_lowest_to_the_highest_and_each_shows(self) -> None:
        picture = picture_of([0.25, float("nan"), 0.5, 0.75])
        assert picture.bounds == (0.25, 0.75)
        assert [*picture.shares] == [0.125, 0.0, 0.5625, 1.0]
        assert picture.best == 3

    def test_equal_outputs_are_full_bars(self) -> None:
        picture = picture_of([0.5, 0.5])
        assert [*picture.shares][:2] == [1.0, 1.0]
        assert picture.best == 0

    def test_before_anything_is_known_there_is_nothing_to_draw(self) -> None:
        picture = picture_of([float("nan")] * 4)
        assert (picture.bounds, picture.best, picture.shares[2]) == (None, None, 0.0)

    def test_on_the_other_strand_it_runs_as_the_tracks_do(self) -> None:
        plus = picture_of([1, 2, 3, 4, 5], window=100)
        minus = picture_of([1, 2, 3, 4, 5], window=100, reverse=True)
        assert plus.values.tolist() == minus.values.tolist()[::-1]
        assert plus.starts.tolist() == minus.starts.tolist()[::-1]
        assert plus.window == (1, 2)
        assert minus.window == (3, 4)

    @pytest.mark.parametrize(
        ("columns", "expected"), [(1, (0, 1)), (3, (0, 2)), (50, (10, 20)), (1000, (200, 400))]
    )
    def test_the_mark_covers_the_input_window(self, columns: int, expected: tuple[int, int]) -> None:
        assert picture_of([0.0] * columns, window=100).window == expected


def by_hand(shown: Shown, step: int, *, reverse: bool = False) -> dict[int, float]:
    """Return the network's own output at every window, run by itself."""
    starts = [*range(0, LENGTH - 500, step), LENGTH - 500]
    codes = encode(LETTERS)
    complement = encode(LETTERS.translate(str.maketrans("ACGT", "TGCA"))[::-1])
    found = {}
    for start in starts:
        read = complement[LENGTH - start - 500 : LENGTH - start] if reverse else codes[start : start + 500]
        found[start] = float(shown.reading.model.run(read)[shown.reading.model.outputs[0]][0])
    return found


async def test_the_track_shows_the_highest_output_under_each_column(record: str) -> None:
    async with explorer(SMALL, model="seed", sequences=record) as shown:
        assert shown.explorer.scanned is None
        assert not shown.explorer.query_one(OutputTrack).display
        await scan(shown, "100")
        expected = by_hand(shown, 100)
        best = max(expected, key=lambda start: (expected[start], -start))
        for size in (SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            picture = drawn(shown)
            columns = picture.view.columns
            assert (picture.done, picture.total) == (len(expected), len(expected))
            for column in range(columns):
                mine = [value for start, value in expected.items() if (start + 250) * columns // LENGTH == column]
                if mine:
                    assert picture.values[column] == pytest.approx(max(mine))
                else:
                    assert np.isnan(picture.values[column])
            assert f"highest {number(expected[best])} at long:{best + 1}-{best + 500}" in shown.text
            label = f"{number(min(expected.values()))} to {number(max(expected.values()))}"
            assert any(line.startswith(label) for line in shown.lines)
            assert len(shown.lines) == size[1]


async def test_a_press_moves_the_input_window_to_the_highest_output_there(record: str) -> None:
    async with explorer(MEDIUM, model="seed", sequences=record) as shown:
        await scan(shown, "100")
        picture = drawn(shown)
        column = int(np.flatnonzero(picture.starts >= 1_500)[0])
        start, value = int(picture.starts[column]), float(picture.values[column])
        await shown.hover(OutputTrack, column)
        assert shown.status == f"highest output here: {number(value)} at long:{start + 1}-{start + 500}"
        await shown.click(OutputTrack, column)
        assert shown.reading.window == (start, start + 500)
        assert shown.reading.output.values is not None
        assert float(shown.reading.output.values[0]) == value
        first, last = drawn(shown).window
        assert shown.line_of(OutputTrack, 1)[first:last] == "▔" * (last - first)


async def test_the_other_strand_is_scanned_by_itself_and_settings_that_leave_no_output_take_the_track(
    record: str,
) -> None:
    async with explorer(MEDIUM, model="seed", sequences=record) as shown:
        await scan(shown, "500")
        plus = drawn(shown)
        await shown.press("v")
        minus = drawn(shown)
        expected = by_hand(shown, 500, reverse=True)
        for column in np.flatnonzero(minus.starts >= 0).tolist():
            assert minus.values[column] == pytest.approx(expected[int(minus.starts[column])])
        # Both are kept.
        await shown.press("v")
        assert drawn(shown).done == plus.done
        np.testing.assert_array_equal(drawn(shown).values, plus.values)
        await shown.press("right_square_bracket")
        assert shown.explorer.scanned is None
        # And a reset brings it back.
        await shown.press("0")
        np.testing.assert_array_equal(drawn(shown).values, plus.values)


async def test_the_dialog_says_what_a_step_makes_and_an_empty_one_takes_the_track_away(
    record: str, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(ask_output_scan, "seconds_for_a_window", lambda _: 0.5)
    async with explorer(SMALL, model="seed", sequences=record) as shown:
        await shown.press("P")
        for typed, words in (
            ("0", "a step of 0 is too small; give 1 base or more"),
            ("many", "'many' is no step; give a whole number"),
            ("-3", "'-3' is no step; give a whole number"),
            ("²", "'²' is no step; give a whole number"),
            ("250", "10 inputs of 500 bases, the nearest first: about 5 s"),
        ):
            with subtests.test(typed):
                await shown.press("ctrl+u")
                await shown.type(typed)
                assert said(shown) == words
                await shown.press("enter")
                assert isinstance(shown.app.screen, AskOutputScan) == (typed != "250")
        assert shown.explorer.query_one(OutputTrack).display
        await shown.press("P", "ctrl+u")
        assert said(shown) == "no step: no output is scanned, and the track goes"
        await shown.press("enter")
        assert shown.explorer.scanned is None
        assert not shown.explorer.query_one(OutputTrack).display


async def test_a_window_that_cannot_be_predicted_leaves_the_time_unsaid(
    record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(reading: Reading) -> float:
        raise SequenceError("is ambiguous")

    monkeypatch.setattr(ask_output_scan, "seconds_for_a_window", refusing)
    async with explorer(SMALL, model="seed", sequences=record) as shown:
        await shown.press("P", "ctrl+u")
        await shown.type("250")
        assert said(shown) == "10 inputs of 500 bases, the nearest first"


def test_the_time_of_a_window_is_that_of_its_output() -> None:
    reading = Reading.of(preset("seed"), Letters(LETTERS))
    began = monotonic()
    seconds = ask_output_scan.seconds_for_a_window(reading)
    assert 0 < seconds <= monotonic() - began
    assert not reading.is_computed


def test_what_is_made_once_is_not_taken_for_the_time_of_every_window(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, clock, computed = Reading.of(preset("seed"), Letters(LETTERS)), [0.0], []
    monkeypatch.setattr(ask_output_scan, "monotonic", lambda: clock[0])

    def compute(*_: object) -> list[None]:
        clock[0] += costs[len(computed)]
        computed.append(None)
        return []

    monkeypatch.setattr(ask_output_scan, "scan_output", compute)
    costs = [0.125, 0.25, 0.0625, 0.125]
    assert ask_output_scan.seconds_for_a_window(reading) == 0.0625
    # A network that takes long is not computed again.
    computed.clear()
    costs = [2.0]
    assert ask_output_scan.seconds_for_a_window(reading) == 2.0


async def test_of_several_units_one_is_chosen(tmp_path: Path, record: str) -> None:
    random = np.random.default_rng(1)
    layers: list[tuple[str, Layer]] = [
        ("letters", Input(100)),
        ("conv", Conv1D(random.standard_normal((8, 4, 6)).astype(np.float32), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("largest", GlobalMaxPooling1D()),
        ("dense", Dense(random.standard_normal((6, 3)).astype(np.float32))),
    ]
    model = Model.sequential("several", layers)
    write_npz(model, tmp_path / "several.npz")
    async with explorer(MEDIUM, model=str(tmp_path / "several.npz"), sequences=record) as shown:
        await shown.press("P", "down", "ctrl+u")
        await shown.type("3")
        assert said(shown) == "several: dense has no unit 3; its units are 0 to 2"
        await shown.press("ctrl+u")
        await shown.type("2")
        assert said(shown).startswith("50 inputs of 100 bases, the nearest first: about ")
        await shown.press("enter")
        picture = drawn(shown)
        assert (picture.unit, picture.done) == (2, 50)
        for column in np.flatnonzero(picture.starts >= 0).tolist():
            start = int(picture.starts[column])
            expected = model.run(encode(LETTERS[start : start + 100]))["dense"][2]
            assert picture.values[column] == expected
        assert any(line.startswith("output[2]") for line in shown.lines)


async def test_a_model_without_an_output_says_why_there_is_none_to_scan(record: str) -> None:
    async with explorer(MEDIUM, sequences=record, notifications=True) as shown:
        await shown.press("P")
        assert shown.app.screen is shown.explorer
        assert "gives no output to scan with: the model ends with the pool" in shown.toasts[0]


class Gated:
    """Lets a scan through up to so many windows, then waits until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, windows: int) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.orders: list[list[int]] = []
        original = scanning.scan_output

        def gated(reading: Reading, starts: Array, order: Array, **rest: object) -> Iterator[tuple[int, Array]]:
            self.orders.append(order.tolist())
            for done, found in enumerate(original(reading, starts, order, **rest)):  # type: ignore[arg-type]
                if done == windows:
                    self.reached.set()
                    self.opened.wait(10)
                yield found

        monkeypatch.setattr(scanning, "scan_output", gated)


async def test_escape_keeps_what_is_there_and_another_p_goes_on(
    record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gated(monkeypatch, 5)
    async with explorer(MEDIUM, model="seed", sequences=record) as shown:
        await shown.press("1", "0", "0", "0", "full_stop")
        assert shown.reading.start == 1_000
        await shown.press("P", "ctrl+u")
        await shown.type("100")
        await shown.pilot.press("enter")
        await asyncio.to_thread(gate.reached.wait, 10)
        assert [100 * window for window in gate.orders[0][:5]] == [1000, 900, 1100, 800, 1200]
        await shown.painted()
        assert "Esc stops it" in shown.line_of(OutputTrack, 1)
        await shown.pilot.press("escape")
        gate.opened.set()
        await shown.settled()
        picture = drawn(shown)
        assert picture.done == 5
        assert f"stopped at {picture.done} of {picture.total}" in shown.line_of(OutputTrack, 1)
        known = picture.done
        # It does not begin again by itself.
        await shown.press("right", "down")
        assert drawn(shown).done == known
        await shown.press("P", "enter")
        assert len(gate.orders[1]) == picture.total - known
        assert not set(gate.orders[1]) & set(gate.orders[0][:5])
        assert drawn(shown).done == picture.total


async def test_where_there_is_one_input_it_is_said_what_else_there_is() -> None:
    async with explorer(MEDIUM, model="seed") as shown:
        await shown.press("P")
        assert "the input is the whole record, so there is one output" in shown.toasts[0]
        assert shown.status.startswith("z draws its strongest cells along it; Tab, then W: ")
