"""A conv → pool block, computed where asked: the same numbers in any stretch, and which bases a cell depends on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from each_case import each_case
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_models import block_model, block_run, one_letter_kernel, random_kernel, random_letters, reads

from cnn_core.blocks import letter_block as block
from cnn_core.blocks import letter_block as block_module
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.errors import SequenceError, SettingError, ShapeError
from cnn_core.layers import (
    ACTIVATIONS,
    Activation,
    AveragePooling1D,
    BatchNormalization,
    Conv1D,
    Dropout,
    Input,
    Layer,
    LayerNormalization,
    Masking,
    MaxPooling1D,
    Padding,
    Pooling1D,
    Power,
    RMSNormalization,
    Softmax,
    UnitNormalization,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.block import BlockSettings
from cnn_core.network.model import Model

PAD_OF_CONV = ["valid", "same", "causal"]
PAD_OF_POOL = ["valid", "same"]


@st.composite
def blocks(
    draw: st.DrawFn,
    pools: tuple[type[Pooling1D], ...] = (MaxPooling1D, AveragePooling1D),
    activations: tuple[str, ...] = tuple(ACTIVATIONS),
) -> tuple[Model, str]:
    """A model of one block and letters that are long enough for it."""
    seed = draw(st.integers(0, 99))
    conv = Conv1D(
        random_kernel(draw(st.integers(1, 5)), draw(st.integers(1, 3)), seed),
        stride=draw(st.integers(1, 3)),
        padding=draw(st.sampled_from(PAD_OF_CONV)),
        dilation=draw(st.integers(1, 4)),
        activation=draw(st.sampled_from(activations)),
    )
    pool = draw(st.sampled_from(pools))(
        draw(st.integers(1, 9)), draw(st.integers(1, 6)), draw(st.sampled_from(PAD_OF_POOL))
    )
    shortest = conv.sliding.shortest(pool.sliding.shortest(1))
    length = draw(st.integers(shortest, shortest + 40))
    return block_model(conv, pool), random_letters(length, seed, draw(st.sampled_from(["ACGT", "ACGTN", "AC"])))


def issue_run(pool: Pooling1D | None = None, **conv_settings: object) -> LetterRun:
    conv = Conv1D(random_kernel(16, 3), activation="relu", **conv_settings)
    return block_run(block_model(conv, pool or MaxPooling1D(8, 8)), random_letters(500))


def bases_read(run: LetterRun, cell: int) -> set[int]:
    """Every base under a tap of a window under the pool window, and no other."""
    positions = run.pool.sliding.window(cell, run.positions).positions
    return {base for at in positions for base in run.conv.sliding.window(at, run.length).positions}


TOGETHER = (
    Masking(1.0),
    Softmax(),
    Activation("log_softmax"),
    LayerNormalization(),
    LayerNormalization(None, np.array([-2, 3, 1], dtype=np.float32)),
    RMSNormalization(np.array([-2, 3, 1], dtype=np.float32)),
    UnitNormalization(),
)
"""Layers that take what all filters give at a position together."""


class TestCounts:
    @each_case(
        ("conv", "pool", "positions", "cells"),
        [
            ({}, MaxPooling1D(8, 8), 485, 60),
            ({}, MaxPooling1D(8, 8, "same"), 485, 61),
            ({}, MaxPooling1D(8, 1), 485, 478),
            ({}, MaxPooling1D(4, 8), 485, 61),
            ({"padding": "same"}, MaxPooling1D(8, 8), 500, 62),
            ({"padding": "causal"}, MaxPooling1D(8, 8), 500, 62),
            ({"padding": "same", "stride": 4}, MaxPooling1D(8, 8), 125, 15),
            ({"dilation": 2}, MaxPooling1D(8, 8), 470, 58),
        ],
    )
    def test_of_500_bases_are_as_worked_by_hand(
        self, conv: dict[str, object], pool: MaxPooling1D, positions: int, cells: int
    ) -> None:
        run = issue_run(pool, **conv)
        assert (run.positions, run.cells, run.filters) == (positions, cells, 3)

    def test_too_short_an_input_names_the_layer_and_the_shortest_input_that_works(self) -> None:
        model = block_model(Conv1D(random_kernel(16)), MaxPooling1D(8, 8))
        with pytest.raises(ShapeError, match=r"^layer conv: .* the shortest input that works is 23 bases$"):
            block_run(model, "A" * 15)
        with pytest.raises(ShapeError, match=r"^layer pool: length 7 is too short for a window of 8; .* 23 bases$"):
            block_run(model, "A" * 22)
        assert block_run(model, "A" * 23).cells == 1

    def test_shortest_input_counts_strides_and_padding(self) -> None:
        conv = Conv1D(random_kernel(3), stride=4, padding="same", dilation=5)
        with pytest.raises(ShapeError, match="the shortest input that works is 29 bases"):
            block_run(block_model(conv, MaxPooling1D(8)), "A" * 28)
        assert block_run(block_model(conv, MaxPooling1D(8)), "A" * 29).cells == 1

    def test_a_block_behind_another_is_refused(self) -> None:
        deep = ("deep", Conv1D(random_kernel(2, channels=2)))
        model = block_model(Conv1D(random_kernel(3)), MaxPooling1D(2), head=[deep, ("pool 2", MaxPooling1D(2))])
        with pytest.raises(SettingError, match="deep does not read the letters; choose a block that does"):
            LetterRun(model, model.blocks[1], 30, reads(encode(random_letters(30))))


class TestStretches:
    @given(blocks(), st.integers(1, 12), st.data())
    @settings(max_examples=120)
    def test_of_any_cut_equal_the_whole_network_to_the_last_bit(
        self, model_and_letters: tuple[Model, str], tile: int, data: st.DataObject
    ) -> None:
        model, letters = model_and_letters
        whole = model.run(encode(letters))
        run = block_run(model, letters, tile=tile)
        assert (run.positions, run.cells) == (len(whole["conv"]), len(whole["pool"]))
        for _ in range(3):
            start, stop = sorted(data.draw(st.tuples(*[st.integers(0, run.positions)] * 2)))
            np.testing.assert_array_equal(run.activations(start, stop), whole["conv"][start:stop])
            start, stop = sorted(data.draw(st.tuples(*[st.integers(0, run.cells)] * 2)))
            np.testing.assert_array_equal(run.values(start, stop), whole["pool"][start:stop])
            selections = run.selections(start, stop)
            if isinstance(run.pool, MaxPooling1D):
                expected = run.pool.selections(whole["conv"])[start:stop]
                np.testing.assert_array_equal(selections, expected)
            else:
                assert selections is None

    def test_are_read_once_however_often_they_are_looked_at(self) -> None:
        asked = []
        codes = encode(random_letters(200))

        def read(start: int, stop: int) -> np.ndarray:
            asked.append((start, stop))
            return codes[start:stop]

        model = block_model(Conv1D(random_kernel(5)), MaxPooling1D(4))
        run = LetterRun(model, model.blocks[0], 200, read)
        run._tile = 50
        for start in (0, 3, 20, 0, 49, 12):
            run.responses(start, start + 1)
        assert asked == [(0, 54)]
        run.responses(49, 51)
        assert asked == [(0, 54), (50, 104)]

    def test_stay_the_same_after_their_tile_was_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(block, "_TILES_KEPT", 2)
        run = block_run(block_model(Conv1D(random_kernel(5)), MaxPooling1D(4)), random_letters(100), tile=10)
        before = run.responses(0, 10).copy()
        run.responses(0, run.positions)
        assert len(run._tiles) == 2
        np.testing.assert_array_equal(run.responses(0, 10), before)

    def test_are_empty_where_nothing_is_asked(self) -> None:
        run = issue_run()
        assert run.responses(7, 7).shape == run.activations(485, 485).shape == run.values(60, 60).shape == (0, 3)
        selections = run.selections(0, 0)
        assert selections is not None
        assert selections.shape == (0, 3)

    @pytest.mark.parametrize("stretch", [(-1, 3), (0, 486), (5, 4)])
    def test_outside_the_feature_map_are_an_index_error(self, stretch: tuple[int, int]) -> None:
        with pytest.raises(IndexError, match="of 485"):
            issue_run().responses(*stretch)

    @pytest.mark.parametrize("stretch", [(-1, 3), (0, 61), (5, 4)])
    def test_outside_the_cells_are_an_index_error(self, stretch: tuple[int, int]) -> None:
        for look in (issue_run().values, issue_run().selections):
            with pytest.raises(IndexError, match="of 60"):
                look(*stretch)

    @pytest.mark.parametrize("padding", PAD_OF_CONV)
    @pytest.mark.parametrize("at", [0, 41, 63])
    def test_with_an_ambiguous_letter_are_refused_by_its_position_in_the_input_window(
        self, padding: str, at: int
    ) -> None:
        letters = "A" * at + "N" + "A" * (99 - at)
        model = block_model(Conv1D(random_kernel(16), padding=padding), MaxPooling1D(8))
        run = block_run(model, letters, "error", tile=7)
        window_over_it = run.conv.sliding.readers(at, 100)[0]
        for look in (run.responses, run.activations):
            with pytest.raises(SequenceError, match=rf"^'N' at position {at} is ambiguous"):
                look(window_over_it, window_over_it + 1)
        with pytest.raises(SequenceError, match=rf"^'N' at position {at} is ambiguous"):
            run.values(0, run.cells)


class TestTail:
    def test_of_the_issue_is_conv_480_to_484_and_costs_bases_495_to_499(self) -> None:
        run = issue_run()
        assert run.left_over == (480, 485)
        assert run.left_over_bases == (495, 500)

    def test_is_empty_under_same_pooling(self) -> None:
        run = issue_run(MaxPooling1D(8, 8, "same"))
        assert run.left_over == (485, 485)
        assert run.left_over_bases == (500, 500)

    def test_of_a_same_convolution_may_cost_no_base(self) -> None:
        run = issue_run(padding="same")
        assert run.left_over == (496, 500)
        # conv[495] reads from base 488 on, beyond the end: 4 responses are left out, but no base is.
        assert run.left_over_bases == (500, 500)

    def test_of_one_cell_shorter_than_the_end_of_its_windows(self) -> None:
        run = block_run(block_model(Conv1D(random_kernel(2), stride=3), MaxPooling1D(2)), random_letters(18))
        assert (run.positions, run.cells) == (6, 3)
        assert run.left_over == (6, 6)
        assert run.left_over_bases == (17, 18)

    def test_bases_are_those_that_no_cell_reads_even_where_the_last_one_reads_less_far(self) -> None:
        # conv[12] reads base 10 alone, and conv[10] bases 8 and 12.
        conv = Conv1D(random_kernel(2), padding="same", dilation=4)
        run = block_run(block_model(conv, MaxPooling1D(1)), random_letters(13))
        assert [run.receptive_field(cell) for cell in (10, 12)] == [(8, 13), (10, 11)]
        assert run.left_over_bases == (13, 13)


class TestReceptiveField:
    def test_of_the_first_cell_of_the_issue_is_bases_0_to_22(self) -> None:
        assert issue_run().receptive_field(0) == (0, 23)
        assert issue_run().receptive_field(59) == (472, 495)

    def test_of_a_dilated_same_convolution_reaches_as_far_as_any_of_its_windows(self) -> None:
        # Taps 4 apart, 4 padded left and right.
        conv = Conv1D(random_kernel(3), padding="same", dilation=4)
        run = block_run(block_model(conv, MaxPooling1D(3)), random_letters(9))
        # conv[0…2] read {0, 4}, {1, 5}, {2, 6}.
        assert run.receptive_field(0) == (0, 7)
        # conv[3…5] read {3, 7}, {0, 4, 8}, {1, 5}: the middle one reaches furthest, to both sides.
        assert run.receptive_field(1) == (0, 9)
        # conv[6…8] read {2, 6}, {3, 7}, {4, 8}.
        assert run.receptive_field(2) == (2, 9)

    def test_leaves_out_windows_that_read_no_base_at_all(self) -> None:
        # Taps 4 apart on 3 bases: conv[0] reads base 2, conv[1] nothing, conv[2] base 0.
        conv = Conv1D(random_kernel(2), padding="same", dilation=4)
        run = block_run(block_model(conv, MaxPooling1D(2, 1)), "ACG")
        assert [run.receptive_field(cell) for cell in (0, 1)] == [(2, 3), (0, 1)]
        beside = Conv1D(random_kernel(2), padding="same", dilation=5)
        assert block_run(block_model(beside, MaxPooling1D(2)), "AC").receptive_field(0) == (0, 0)

    @given(blocks(activations=("linear",)))
    @settings(max_examples=120)
    def test_is_from_the_first_to_the_last_base_that_is_read(self, model_and_letters: tuple[Model, str]) -> None:
        run = block_run(*model_and_letters)
        furthest = 0
        for cell in range(run.cells):
            read = bases_read(run, cell)
            furthest = max([furthest, *(base + 1 for base in read)])
            if read:
                assert run.receptive_field(cell) == (min(read), max(read) + 1)
            else:
                assert run.receptive_field(cell) == (0, 0)
        assert run.left_over_bases == (furthest, run.length)

    @given(blocks(), st.data())
    def test_holds_every_base_that_could_change_a_cell(
        self, model_and_letters: tuple[Model, str], data: st.DataObject
    ) -> None:
        model, letters = model_and_letters
        base = data.draw(st.integers(0, len(letters) - 1))
        other = data.draw(st.sampled_from([letter for letter in "ACGT" if letter != letters[base]]))
        before = block_run(model, letters)
        after = block_run(model, letters[:base] + other + letters[base + 1 :])
        changed = (before.values(0, before.cells) != after.values(0, after.cells)).any(axis=1)
        for cell in np.flatnonzero(changed):
            assert base in bases_read(before, int(cell))
            first, stop = before.receptive_field(int(cell))
            assert first <= base < stop

    @given(blocks(pools=(AveragePooling1D,), activations=("linear",)), st.data())
    def test_is_tight_an_average_of_responses_changes_with_every_base_that_it_reads(
        self, model_and_letters: tuple[Model, str], data: st.DataObject
    ) -> None:
        model, letters = model_and_letters
        base = data.draw(st.integers(0, len(letters) - 1))
        other = data.draw(st.sampled_from([letter for letter in "ACGT" if letter != letters[base]]))
        before = block_run(model, letters)
        after = block_run(model, letters[:base] + other + letters[base + 1 :])
        changed = (before.values(0, before.cells) != after.values(0, after.cells)).any(axis=1)
        assert changed.tolist() == [base in bases_read(before, cell) for cell in range(before.cells)]

    @given(blocks(activations=("linear", "relu", "tanh")), st.data())
    @settings(max_examples=60)
    def test_of_a_response_is_its_window(self, model_and_letters: tuple[Model, str], data: st.DataObject) -> None:
        model, letters = model_and_letters
        base = data.draw(st.integers(0, len(letters) - 1))
        other = data.draw(st.sampled_from([letter for letter in "ACGT" if letter != letters[base]]))
        before = block_run(model, letters)
        after = block_run(model, letters[:base] + other + letters[base + 1 :])
        changed = (before.responses(0, before.positions) != after.responses(0, after.positions)).any(axis=1)
        assert [*np.flatnonzero(changed)] == [*before.conv.sliding.readers(base, before.length)]


class TestEqualWindows:
    @given(
        blocks(activations=tuple(name for name, each in ACTIVATIONS.items() if each.elementwise)),
        st.integers(1, 12),
    )
    def test_give_equal_bits_at_any_position_and_in_any_tile(
        self, model_and_letters: tuple[Model, str], tile: int
    ) -> None:
        model, letters = model_and_letters
        run = block_run(model, letters * 2, tile=tile)
        seen: dict[bytes, bytes] = {}
        for position in range(run.positions):
            first = run.conv.sliding.window(position, run.length).first
            letters_under = run.codes(first, first + run.conv.sliding.span)[:: run.conv.dilation].tobytes()
            bits = run.activations(position, position + 1).tobytes()
            assert seen.setdefault(letters_under, bits) == bits


class TestOneFilterAlone:
    @given(blocks(), st.sampled_from([None, -1.0]), st.data())
    @settings(max_examples=60)
    def test_gives_the_same_bits_as_among_the_others(
        self, model_and_letters: tuple[Model, str], bias: float | None, data: st.DataObject
    ) -> None:
        model, letters = model_and_letters
        conv = model["conv"].layer
        assert isinstance(conv, Conv1D)
        conv = replace(conv, bias=None if bias is None else np.full(conv.filters, bias, dtype=np.float32))
        pool = model["pool"].layer
        assert isinstance(pool, Pooling1D)
        run = block_run(block_model(conv, pool), letters)
        index = data.draw(st.integers(0, run.filters - 1))
        alone = run.for_filter(index)
        if not run.activation.elementwise:
            assert alone is run
            return
        mine = slice(index, index + 1)
        assert alone.filters == 1
        np.testing.assert_array_equal(alone.responses(0, run.positions), run.responses(0, run.positions)[:, mine])
        np.testing.assert_array_equal(alone.values(0, run.cells), run.values(0, run.cells)[:, mine])
        selections, expected = alone.selections(0, run.cells), run.selections(0, run.cells)
        if expected is None:
            assert selections is None
        else:
            np.testing.assert_array_equal(selections, expected[:, mine])

    def test_of_a_group_still_reads_its_own_channels(self) -> None:
        conv = Conv1D(random_kernel(3, 4, channels=2), groups=2)
        run = block_run(block_model(conv, MaxPooling1D(2)), random_letters(30))
        for index in range(4):
            alone = run.for_filter(index).responses(0, run.positions)[:, 0]
            np.testing.assert_array_equal(alone, run.responses(0, run.positions)[:, index])


class TestThreads:
    def test_that_look_at_once_see_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(block, "_TILES_KEPT", 3)
        model, letters = block_model(Conv1D(random_kernel(5)), MaxPooling1D(4)), random_letters(600)
        whole = model.run(encode(letters))
        run = block_run(model, letters, tile=20)

        def look(seed: int) -> None:
            random = np.random.RandomState(seed)
            for _ in range(200):
                start, stop = np.sort(random.randint(0, run.positions + 1, 2)).tolist()
                np.testing.assert_array_equal(run.responses(start, stop), whole["conv"][start:stop])

        with ThreadPoolExecutor(4) as threads:
            assert [*threads.map(look, range(4))] == [None] * 4


class TestLayersBetween:
    def test_are_applied_before_the_pool_reads(self) -> None:
        conv = Conv1D(random_kernel(3))
        between = [("relu", Activation("relu")), ("drop", Dropout()), ("tanh", Activation("tanh"))]
        model = block_model(conv, MaxPooling1D(4), between)
        letters = random_letters(40)
        run, whole = block_run(model, letters, tile=7), model.run(encode(letters))
        assert run.activation.name == "relu → tanh"
        np.testing.assert_array_equal(run.responses(0, run.positions), whole["conv"])
        np.testing.assert_array_equal(run.activations(3, 20), whole["tanh"][3:20])
        np.testing.assert_array_equal(run.values(0, run.cells), whole["pool"])

    @each_case(
        ("of_conv", "between", "floor"),
        [
            ("linear", [], None),
            ("relu", [], 0),
            ("linear", ["relu"], 0),
            ("relu", ["sigmoid"], 0.5),
            ("sigmoid", ["relu"], 0),
            ("tanh", ["relu"], 0),
            ("leaky_relu", ["relu"], 0),
            ("leaky_relu", ["linear"], None),
            ("relu", ["softmax"], 0),
            ("relu", ["leaky_relu", "tanh"], 0),
        ],
    )
    def test_move_the_floor(self, of_conv: str, between: list[str], floor: float | None) -> None:
        layers = [(name, Activation(name)) for name in between]
        model = block_model(Conv1D(random_kernel(3), activation=of_conv), MaxPooling1D(4), layers)
        assert block_run(model, random_letters(20)).activation.floor == floor

    @pytest.mark.parametrize(
        ("layer", "floor"),
        [(Masking(0.0), 0), (Masking(1.0), 0), (LayerNormalization(), None), (Activation("log_softmax"), None)],
    )
    def test_that_take_filters_together_keep_the_floor_or_have_none(
        self, layer: Layer, floor: float | None
    ) -> None:
        model = block_model(Conv1D(random_kernel(3), activation="relu"), MaxPooling1D(4), [("layer", layer)])
        assert block_run(model, random_letters(20)).activation.floor == floor

    @each_case("layer", TOGETHER)
    def test_that_take_filters_together_give_one_filter_what_they_give_all(self, layer: Layer) -> None:
        conv = Conv1D(one_letter_kernel("A", "C", "G"), activation="relu")
        model = block_model(conv, MaxPooling1D(2), [("layer", layer)])
        letters = random_letters(60)
        run, whole = block_run(model, letters), model.run(encode(letters))
        np.testing.assert_array_equal(run.values(0, run.cells), whole["pool"])
        assert run.for_filter(1) is run

    @each_case("layer", TOGETHER)
    def test_that_take_filters_together_stay_between_the_bounds(self, layer: Layer) -> None:
        model = block_model(Conv1D(random_kernel(4, 3)), MaxPooling1D(2), [("layer", layer)])
        run = block_run(model, random_letters(300))
        lowest, highest = run._between(run.letters.bounds)
        activations = run.activations(0, run.positions)
        assert (activations >= lowest - 1e-5).all()
        assert (activations <= highest + 1e-5).all()


class TestScale:
    @pytest.mark.parametrize("below", [0, 2])
    def test_the_best_match_is_the_window_that_gives_most(self, below: float) -> None:
        kernel = random_kernel(6, 1)
        assert (kernel.max(axis=1) > 0).all()
        kernel[2] -= np.float32(below)
        best = "".join("ACGT"[letter] for letter in kernel[:, :, 0].argmax(axis=1))
        run = block_run(block_model(Conv1D(kernel), MaxPooling1D(1)), best)
        assert run.activations(0, 1)[0, 0] == run.best_match[0]

    def test_extremes_are_those_of_the_input_and_hold_0(self) -> None:
        kernel = one_letter_kernel("A", "C") * np.array([2, -3], dtype=np.float32)
        extremes = block_run(block_model(Conv1D(kernel), MaxPooling1D(1)), "ACGT").extremes
        assert extremes.lowest.tolist() == [0, -3]
        assert extremes.highest.tolist() == [2, 0]
        assert extremes.measured

    def test_where_no_bound_is_known_it_is_the_largest_that_some_responses_give(self) -> None:
        # A square is largest at either end. An infinite scale would leave all colours pale, and all scores 0.
        kernel = one_letter_kernel("A", "CG", size=2) * np.array([-3, 2], dtype=np.float32)
        run = block_run(block_model(Conv1D(kernel), MaxPooling1D(1), [("square", Power(2.0))]), "ACGT")
        assert run.best_match.tolist() == [9, 16]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(block_module, "_LONGEST_MEASURED", 0)
            assert run.extremes.highest.tolist() == [9, 16]
        # A power of 0 that is infinite, and one of what lies below it that is no number, are passed over.
        root = block_run(block_model(Conv1D(kernel), MaxPooling1D(1), [("root", Power(-0.5))]), "ACGT")
        assert np.isfinite(root.best_match[1])
        assert root.best_match[1] > 1

    # Rounding takes log_softmax past its bounds: see what takes filters together, above.
    @given(
        blocks(activations=tuple(name for name in ACTIVATIONS if name != "log_softmax")),
        st.sampled_from([None, -3.0, 3.0]),
    )
    def test_extremes_of_an_input_too_long_to_measure_hold_every_activation(
        self, model_and_letters: tuple[Model, str], bias: float | None
    ) -> None:
        model, letters = model_and_letters
        conv, pool = model["conv"].layer, model["pool"].layer
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, Pooling1D)
        biases = None if bias is None else np.full(conv.filters, bias, dtype=np.float32)
        run = block_run(block_model(replace(conv, bias=biases), pool), letters)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(block_module, "_LONGEST_MEASURED", 0)
            extremes = run.extremes
        assert not extremes.measured
        activations = run.activations(0, run.positions)
        assert (extremes.lowest <= np.minimum(activations, 0)).all()
        assert (extremes.highest >= np.maximum(activations, 0)).all()


class TestSettings:
    def test_of_two_layers_say_the_stride_that_a_pool_defaults_to(self) -> None:
        settings_of = BlockSettings.of(Conv1D(random_kernel(3), stride=2, dilation=3), MaxPooling1D(8))
        assert settings_of == BlockSettings(2, Padding.VALID, 3, 8, 8, Padding.VALID)

    def test_leave_other_layers_as_they_are(self) -> None:
        layer = Input(500)
        assert BlockSettings(2, Padding.SAME, 1, 8, 8, Padding.SAME).applied(layer) is layer

    @given(blocks(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))
    def test_applied_give_what_a_model_built_with_them_gives(
        self, model_and_letters: tuple[Model, str], stride: int, dilation: int, size: int, pool_stride: int
    ) -> None:
        model, letters = model_and_letters
        conv, pool = model["conv"].layer, model["pool"].layer
        assert isinstance(conv, Conv1D)
        wanted = BlockSettings(stride, Padding.SAME, dilation, size, pool_stride, Padding.SAME)
        changed = block_run(model.with_settings(model.blocks[0], wanted), letters)
        built: Callable[..., Pooling1D] = type(pool)
        fresh = block_model(
            Conv1D(conv.kernel, stride=stride, padding="same", dilation=dilation, activation=conv.activation),
            built(size, pool_stride, "same"),
        )
        assume(len(letters) > 0)
        np.testing.assert_array_equal(changed.values(0, changed.cells), fresh.run(encode(letters))["pool"])


class TestSilence:
    @pytest.mark.parametrize("gamma", [1.0, -1.0])
    def test_behind_a_batch_norm_is_what_each_filter_makes_of_zero_and_nothing_else(self, gamma: float) -> None:
        kernel = np.zeros((1, 4, 1), np.float32)
        kernel[0, 0, 0] = 1
        one = np.ones(1, np.float32)
        model = Model.sequential(
            "normed",
            [
                ("input", Input(8)),
                ("conv", Conv1D(kernel, None, activation="relu")),
                ("norm", BatchNormalization(0 * one, one, gamma * one, 3 * one, epsilon=0.0)),
                ("pool", MaxPooling1D(2)),
            ],
        )
        letters = encode("CCACAACC")
        run = LetterRun(model, model.blocks[0], 8, lambda start, stop: letters[start:stop])
        # A adds 1 and everything else 0: only the windows CC hold nothing but what 0 becomes, which is 3.
        assert run.all_zero(0, 4)[:, 0].tolist() == [True, False, False, True]
        assert run.values(0, 4)[:, 0].tolist() == ([3, 4, 4, 3] if gamma > 0 else [3, 3, 2, 3])
