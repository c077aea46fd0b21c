"""The output along a record, against the network run on every input window by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import SequenceError, SettingError
from cnn_core.layers import Array, Conv1D, Dense, Flatten, GlobalMaxPooling1D, Input, MaxPooling1D, SideInput
from cnn_core.layers.merging import Concatenate
from cnn_core.letters.alphabet import encode, reverse_complement
from cnn_core.network.model import Model, Node
from cnn_core.scan import output_scan
from cnn_core.scan.output_scan import OutputScan, check_scan, scan_output, units_of, window_starts

WINDOW, UNITS = 40, 3
LETTERS = random_letters(403, seed=9)


def network() -> Model:
    conv = Conv1D(random_kernel(5), activation="relu")
    weights = np.random.RandomState(2).randn(18, UNITS).astype(np.float32)
    return block_model(conv, MaxPooling1D(4), head=[("flat", Flatten()), ("dense", Dense(weights))], length=WINDOW)


def network_of_any_length() -> Model:
    head = [("largest", GlobalMaxPooling1D()), ("dense", Dense(np.ones((2, 1), dtype=np.float32)))]
    return block_model(Conv1D(random_kernel(5)), MaxPooling1D(4), head=head)


def reading_of(model: Model | None = None, letters: str = LETTERS, **rest: object) -> Reading:
    return Reading.of(model or network(), Letters(letters, "chr"), (100, 140), **rest)  # type: ignore[arg-type]


def by_hand(model: Model, letters: str, start: int, *, reverse: bool = False) -> Array:
    codes = encode(letters[start : start + WINDOW])
    return model.run(reverse_complement(codes) if reverse else codes)["dense"]


class TestScanning:
    @pytest.mark.parametrize("step", [1, 7, 20, 40, 1000])
    @pytest.mark.parametrize("reverse", [False, True])
    def test_every_window_is_what_the_network_says_of_its_letters(self, step: int, reverse: bool) -> None:
        reading = reading_of(reverse=reverse)
        starts = window_starts(reading, step)
        found = dict(scan_output(reading, starts))
        assert [*found] == [*range(len(starts))]
        for window, values in found.items():
            expected = by_hand(reading.model, LETTERS, int(starts[window]), reverse=reverse)
            np.testing.assert_array_equal(values, expected)

    def test_the_windows_are_those_that_are_asked_for_in_that_order(self) -> None:
        reading = reading_of()
        starts = window_starts(reading, 10)
        assert [window for window, _ in scan_output(reading, starts, [5, 0, 7])] == [5, 0, 7]

    def test_it_ends_before_the_next_window_when_nobody_waits(self) -> None:
        left = iter([True, True, False])
        reading = reading_of()
        found = list(scan_output(reading, window_starts(reading, 10), should_continue=lambda: next(left)))
        assert [window for window, _ in found] == [0, 1]

    def test_an_output_with_positions_comes_row_by_row(self) -> None:
        model = block_model(Conv1D(random_kernel(5), activation="relu"), MaxPooling1D(4), length=WINDOW)
        reading = reading_of(model)
        ((_, values),) = scan_output(reading, np.array([12]))
        np.testing.assert_array_equal(values, model.run(encode(LETTERS[12:52]))["pool"].ravel())
        assert units_of(reading) == values.size == 9 * 2

    def test_an_ambiguous_letter_is_refused_where_it_stands(self) -> None:
        letters = LETTERS[:200] + "N" + LETTERS[201:]
        reading = reading_of(letters=letters, ambiguity="error")
        windows = scan_output(reading, window_starts(reading, 40))
        assert next(windows)[0] == 0
        with pytest.raises(SequenceError, match="record chr:201, letter N: is ambiguous"):
            list(windows)

    def test_a_model_of_any_length_is_scanned_with_windows_of_the_present_size(self) -> None:
        reading = reading_of(network_of_any_length())
        assert reading.length == WINDOW
        ((_, values),) = scan_output(reading, np.array([33]))
        np.testing.assert_array_equal(values, by_hand(reading.model, LETTERS, 33))

    def test_numbers_beside_the_letters_are_those_of_each_window(self) -> None:
        weights = np.random.RandomState(4).randn(5 * WINDOW, 1).astype(np.float32)
        model = Model(
            "sided",
            (
                Node("letters", Input(WINDOW), ()),
                Node("scores", SideInput((WINDOW, 1)), ()),
                Node("both", Concatenate(), ("letters", "scores")),
                Node("flat", Flatten(), ("both",)),
                Node("dense", Dense(weights), ("flat",)),
            ),
        )
        scores = np.random.RandomState(5).randn(len(LETTERS), 1).astype(np.float32)
        reading = reading_of(model, side_inputs={"scores": scores})
        ((_, values),) = scan_output(reading, np.array([77]))
        expected = model.run(encode(LETTERS[77:117]), side_inputs={"scores": scores[77:117]})["dense"]
        np.testing.assert_array_equal(values, expected)


class TestStarts:
    @pytest.mark.parametrize(
        ("step", "expected"),
        [(100, [0, 100, 200, 300, 363]), (363, [0, 363]), (121, [0, 121, 242, 363]), (999, [0, 363])],
    )
    def test_the_last_window_ends_with_the_record(self, step: int, expected: list[int]) -> None:
        assert window_starts(reading_of(), step).tolist() == expected


class TestRefusals:
    @pytest.mark.parametrize(
        ("step", "unit", "said"),
        [
            (0, 0, "a step of 0 is too small; give 1 base or more"),
            (10, 3, "small: dense has no unit 3; its units are 0 to 2"),
            (10, -1, "small: dense has no unit -1; its units are 0 to 2"),
        ],
    )
    def test_no_such_step_or_unit(self, step: int, unit: int, said: str) -> None:
        with pytest.raises(SettingError) as refused:
            check_scan(reading_of(), step, unit)
        assert str(refused.value) == said

    def test_what_would_not_fit_into_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output_scan, "MOST_WINDOWS", 11)
        check_scan(reading_of(), 41)
        assert len(window_starts(reading_of(), 41)) <= 11
        with pytest.raises(SettingError, match="a step of 40 makes more than 11 input windows; give 41 or more"):
            check_scan(reading_of(), 40)

    def test_a_window_that_is_the_whole_record_has_one_output(self) -> None:
        with pytest.raises(SettingError, match="the input is the whole record"):
            check_scan(Reading.of(network(), Letters(LETTERS[:40], "chr")), 10)

    def test_a_network_that_gives_no_output_says_why(self) -> None:
        model = network()
        changed = replace(model.settings(model.blocks[0]), pool_size=2, pool_stride=2)
        with pytest.raises(SettingError, match="gives no output to scan with: layer dense"):
            check_scan(reading_of(model.with_settings(model.blocks[0], changed)), 10)


def filled(scan: OutputScan, values: Iterator[tuple[int, float]]) -> OutputScan:
    for window, value in values:
        scan.add(window, value)
    return scan


class TestFilling:
    def test_the_windows_left_are_those_nearest_to_a_base_first(self) -> None:
        scan = OutputScan(np.array([0, 10, 20, 30, 40]), 10, 50)
        assert scan.unknown(22).tolist() == [2, 3, 1, 4, 0]
        scan.add(3, 0.5)
        scan.add(3, 0.5)
        assert (scan.done, scan.complete) == (1, False)
        assert scan.unknown(22).tolist() == [2, 1, 4, 0]

    def test_a_value_that_is_no_number_is_known_and_not_drawn(self) -> None:
        scan = filled(OutputScan(np.array([0, 10]), 10, 20), iter([(0, float("nan")), (1, 1.0)]))
        assert scan.complete
        columns = scan.columns(2)
        assert np.isnan(columns.values[0])
        assert columns.starts.tolist() == [-1, 10]

    @given(
        length=st.integers(30, 400),
        size=st.integers(1, 30),
        step=st.integers(1, 50),
        count=st.integers(1, 120),
        seed=st.integers(0, 100),
    )
    def test_a_column_is_the_highest_of_the_windows_whose_middle_lies_in_it(
        self, length: int, size: int, step: int, count: int, seed: int
    ) -> None:
        starts = np.arange(0, length - size + 1, step)
        random = np.random.RandomState(seed)
        values = random.randint(0, 4, len(starts)) / np.float32(2)
        known = random.rand(len(starts)) < 0.7
        scan = filled(
            OutputScan(starts, size, length), ((int(at), float(values[at])) for at in np.flatnonzero(known))
        )
        found = scan.columns(count)
        for column in range(count):
            mine = [
                (-values[at], starts[at])
                for at in np.flatnonzero(known)
                if (starts[at] + size // 2) * count // length == column
            ]
            if mine:
                assert (-found.values[column], found.starts[column]) == min(mine)
            else:
                assert np.isnan(found.values[column])
                assert found.starts[column] == -1
