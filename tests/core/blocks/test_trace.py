"""From a value back to the bases: cell → selection → window → products."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st
from small_models import Letters, block_model, block_run, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.conv_step import ConvStep
from cnn_core.blocks.pool_step import PoolStep, Strongest
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace, find_filter, trace_cell, trace_response
from cnn_core.errors import NotFoundError, RegionError
from cnn_core.layers import (
    ACTIVATIONS,
    Activation,
    AveragePooling1D,
    BatchNormalization,
    Conv1D,
    Flatten,
    MaxPooling1D,
    Pooling1D,
)


def of_word(word: str, pool: Pooling1D, letters: str, bias: float = 0, **conv_settings: object) -> Reading:
    """A filter that counts how many letters of a word fit."""
    conv = Conv1D(one_letter_kernel(word, size=len(word)), np.array([bias], dtype=np.float32), **conv_settings)
    return Reading.of(block_model(conv, pool), Letters(letters)).into()


def pool_step(trace: Trace) -> PoolStep:
    step = trace.steps[0]
    assert isinstance(step, PoolStep)
    return step


def conv_step(trace: Trace) -> ConvStep:
    step = trace.steps[-1]
    assert isinstance(step, ConvStep)
    return step


class TestChain:
    # GAT stands whole at base 2 and again at base 9.
    LETTERS = "CCGATCCCCGATCC"

    def test_goes_from_the_cell_to_the_selection_to_the_products(self) -> None:
        trace = trace_cell(of_word("GAT", MaxPooling1D(4), self.LETTERS, -2, activation="relu"), 0, 0)
        pooled, conv = pool_step(trace), conv_step(trace)
        assert (pooled.layer, pooled.type, pooled.position, pooled.filter) == ("pool", "MaxPooling1D", 0, 0)
        assert pooled.values.tolist() == [0, 0, 1, 0]
        assert (pooled.value, pooled.selection, pooled.composition.ties, pooled.composition.all_zero) == (
            1,
            2,
            1,
            False,
        )
        assert (pooled.strongest, pooled.followed) == (None, 2)
        assert (conv.layer, conv.type, conv.position, conv.filter) == ("conv", "Conv1D", 2, 0)
        assert (conv.value, conv.response, conv.bias, conv.product_sum) == (1, 1, -2, 3)
        assert (conv.bases, conv.products.tolist()) == ("GAT", [1, 1, 1])
        assert (conv.window.interval, conv.activation) == ((2, 5), "relu")
        assert trace.receptive_field == (0, 6)

    def test_of_a_response_is_its_window_alone(self) -> None:
        trace = trace_response(of_word("GAT", MaxPooling1D(4), self.LETTERS), 9, 0)
        assert len(trace.steps) == 1
        assert (conv_step(trace).bases, conv_step(trace).value) == ("GAT", 3)
        assert trace.receptive_field == (9, 12)

    def test_says_where_the_input_window_lies_and_what_is_left_out(self) -> None:
        reading = of_word("GAT", MaxPooling1D(5), self.LETTERS)
        moved = replace(reading, start=1, stop=14)
        trace = trace_cell(moved, 1, 0)
        assert (trace.record, trace.input_window) == ("record", (1, 14))
        assert conv_step(trace).position == 8
        assert (trace.left_over, trace.left_over_bases) == ((10, 11), (12, 13))

    def test_of_the_issue_leaves_out_conv_480_to_484_and_bases_495_to_499(self) -> None:
        model = block_model(Conv1D(random_kernel(16), activation="relu"), MaxPooling1D(8, 8))
        trace = trace_cell(Reading.of(model, Letters(random_letters(500))).into(), 59, 1)
        assert (trace.left_over, trace.left_over_bases) == ((480, 485), (495, 500))
        assert trace.receptive_field == (472, 495)

    def test_through_layers_between_gives_the_activation_that_the_pool_reads(self) -> None:
        conv = Conv1D(one_letter_kernel("GAT", size=3), np.array([-1], dtype=np.float32))
        between = [("relu", Activation("relu")), ("tanh", Activation("tanh"))]
        reading = Reading.of(block_model(conv, MaxPooling1D(4), between), Letters(self.LETTERS)).into()
        step = conv_step(trace_cell(reading, 0, 0))
        assert (step.response, step.activation) == (2, "relu → tanh")
        assert step.value == pytest.approx(np.tanh(2), rel=1e-6)

    def test_reads_the_other_strand_where_the_reading_does(self) -> None:
        model = block_model(Conv1D(one_letter_kernel("GAT", size=3)), MaxPooling1D(4))
        reading = Reading.of(model, Letters("ATCCCCCCC"), (0, 8), reverse=True).into()
        trace = trace_cell(reading, 0, 0)
        # GGGGGGAT: GGG at conv[0] fits once, and so do the next three; GAT itself is conv[5], in no cell.
        assert (reading.run.positions, reading.run.cells) == (6, 1)
        assert (pool_step(trace).selection, pool_step(trace).composition.ties) == (0, 4)
        assert conv_step(trace).bases == "GGG"
        assert trace.input_window == (0, 8)
        assert conv_step(trace_response(reading, 5, 0)).bases == "GAT"


class TestTies:
    def test_the_first_of_equal_maxima_is_chosen_and_how_many_share_it_is_said(self) -> None:
        # CAC CAC CAC: A stands at 1, 4, 7.
        step = pool_step(trace_cell(of_word("A", MaxPooling1D(9), "CACCACCAC"), 0, 0))
        assert (step.selection, step.composition.ties, step.composition.all_zero, step.followed) == (1, 3, False, 1)

    def test_without_a_tie_one_has_the_maximum(self) -> None:
        assert pool_step(trace_cell(of_word("A", MaxPooling1D(3), "CAC"), 0, 0)).composition.ties == 1

    def test_of_equal_windows_are_ties_to_the_last_bit(self) -> None:
        word = random_letters(11)
        conv = Conv1D(random_kernel(11, 1), activation="sigmoid")
        letters = f"{word}T{word}G{word}"
        run = block_run(block_model(conv, MaxPooling1D(25)), letters)
        activations = run.activations(0, 25)[:, 0]
        assert activations[0] == activations[12] == activations[24]


class TestSilence:
    def test_names_the_strongest_response_and_follows_it(self) -> None:
        reading = of_word("GAT", MaxPooling1D(4), "CCCCGACC", -3, activation="relu")
        trace = trace_cell(reading, 0, 0)
        step = pool_step(trace)
        # CCC, CCC, CCG and CGA fit nowhere: −3 each. GAC fits twice, but is in the tail.
        assert step.values.tolist() == [0, 0, 0, 0]
        assert (step.composition.all_zero, step.selection, step.composition.ties) == (True, 0, 4)
        assert (step.strongest, step.followed) == (Strongest(0, -3), 0)

    def test_follows_the_strongest_and_not_the_selection_that_means_nothing(self) -> None:
        reading = of_word("GAT", MaxPooling1D(6), "CCCCGACC", -3, activation="relu")
        trace = trace_cell(reading, 0, 0)
        step, conv = pool_step(trace), conv_step(trace)
        assert (step.selection, step.strongest, step.followed) == (0, Strongest(4, -1), 4)
        assert (conv.position, conv.bases, conv.value, conv.response) == (4, "GAC", 0, -1)

    def test_a_batch_norm_that_turns_a_filters_sign_makes_the_weakest_response_the_nearest(self) -> None:
        conv = Conv1D(one_letter_kernel("A", "A"), np.array([1, 1], dtype=np.float32))
        zeros, ones = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
        norm = BatchNormalization(zeros, ones, np.array([-1, 1], dtype=np.float32), ones * -5, epsilon=0)
        between = [("norm", norm), ("relu", Activation("relu"))]
        reading = Reading.of(block_model(conv, MaxPooling1D(4), between), Letters("ACAA")).into()
        # A gives 2, C gives 1; behind the batch norm −7 and −6 in the one filter, −3 and −4 in the other.
        assert [pool_step(trace_cell(reading, 0, each)).strongest for each in (0, 1)] == [
            Strongest(1, 1),
            Strongest(0, 2),
        ]

    def test_names_each_filters_own_strongest_response(self) -> None:
        conv = Conv1D(one_letter_kernel("A", "G"), np.array([-2, -2], dtype=np.float32), activation="relu")
        reading = Reading.of(block_model(conv, MaxPooling1D(4)), Letters("CACG")).into()
        assert [pool_step(trace_cell(reading, 0, each)).strongest for each in (0, 1)] == [
            Strongest(1, -1),
            Strongest(3, -1),
        ]

    def test_is_not_claimed_where_one_value_is_above_the_floor(self) -> None:
        step = pool_step(trace_cell(of_word("GAT", MaxPooling1D(4), "CCGATCC", -2, activation="relu"), 0, 0))
        assert (step.composition.all_zero, step.strongest) == (False, None)

    def test_is_not_claimed_where_the_activation_has_no_floor(self) -> None:
        step = pool_step(trace_cell(of_word("GAT", MaxPooling1D(4), "CCCCCCCC"), 0, 0))
        assert step.values.tolist() == [0, 0, 0, 0]
        assert (step.composition.all_zero, step.composition.ties, step.followed) == (False, 4, 0)

    @each_case("name", [name for name, each in ACTIVATIONS.items() if each.floor is not None])
    def test_is_seen_at_the_floor_of_every_activation_function_that_has_one(self, name: str) -> None:
        # Two filters, so that softmax has a loser: the first one's responses are far below the other's.
        conv = Conv1D(random_kernel(3), np.array([-1e4, 1e4], dtype=np.float32), activation=name)
        reading = Reading.of(block_model(conv, MaxPooling1D(4)), Letters(random_letters(20))).into()
        assert pool_step(trace_cell(reading, 0, 0)).composition.all_zero
        assert not pool_step(trace_cell(reading, 0, 1)).composition.all_zero

    def test_is_never_claimed_of_an_average(self) -> None:
        reading = of_word("GAT", AveragePooling1D(4), "CCCCGACC", -3, activation="relu")
        assert not pool_step(trace_cell(reading, 0, 0)).composition.all_zero


class TestAverage:
    def test_chooses_nothing_and_so_leads_to_no_single_response(self) -> None:
        trace = trace_cell(of_word("A", AveragePooling1D(4), "ACCAACCC"), 0, 0)
        step = pool_step(trace)
        assert len(trace.steps) == 1
        assert (step.type, step.value, step.selection, step.composition.ties, step.followed) == (
            "AveragePooling1D",
            0.5,
            None,
            0,
            None,
        )
        assert trace.receptive_field == (0, 4)

    def test_under_same_padding_counts_what_is_there(self) -> None:
        trace = trace_cell(of_word("A", AveragePooling1D(4, 4, "same"), "AAAAA"), 0, 0)
        assert pool_step(trace).values.tolist() == [1, 1, 1]
        assert pool_step(trace).window.padding == (1, 0)
        assert pool_step(trace).value == 1


class TestPadding:
    def test_same_is_marked_at_both_ends_and_adds_nothing(self) -> None:
        conv = Conv1D(np.ones((16, 4, 1), dtype=np.float32), padding="same")
        reading = Reading.of(block_model(conv, MaxPooling1D(1)), Letters(random_letters(500))).into()
        first, last = (conv_step(trace_response(reading, at, 0)) for at in (0, 499))
        letters = reading.record.letters
        assert first.bases == "·" * 7 + letters[:9]
        assert first.products.tolist() == [0] * 7 + [1] * 9
        assert (first.window.padding, first.window.interval, first.value) == ((7, 0), (0, 9), 9)
        assert last.bases == letters[492:] + "·" * 8
        assert last.products.tolist() == [1] * 8 + [0] * 8
        assert (last.window.padding, last.window.interval, last.value) == ((0, 8), (492, 500), 8)

    def test_causal_is_marked_on_the_left(self) -> None:
        reading = of_word("AAA", MaxPooling1D(1), "AAAAA", padding="causal", dilation=2)
        assert [conv_step(trace_response(reading, at, 0)).bases for at in range(5)] == [
            "··A",
            "··A",
            "·AA",
            "·AA",
            "AAA",
        ]

    def test_of_a_short_record_is_marked_and_adds_nothing(self) -> None:
        conv = Conv1D(np.ones((4, 4, 1), dtype=np.float32), np.array([0.5], dtype=np.float32))
        model = block_model(conv, MaxPooling1D(3), head=[("flatten", Flatten())], length=12)
        trace = trace_response(Reading.of(model, Letters("ACGTA")).into(), 3, 0)
        assert conv_step(trace).bases == "TA··"
        assert conv_step(trace).products.tolist() == [1, 1, 0, 0]
        assert conv_step(trace).value == 2.5

    def test_of_the_input_window_never_shows_the_record_beyond_it(self) -> None:
        model = block_model(Conv1D(one_letter_kernel("AAA", size=3), padding="same"), MaxPooling1D(1))
        reading = Reading.of(model, Letters("AAAAAAAA"), (2, 6)).into()
        assert conv_step(trace_response(reading, 0, 0)).bases == "·AA"
        assert conv_step(trace_response(reading, 3, 0)).bases == "AA·"

    def test_of_the_pool_is_never_chosen(self) -> None:
        reading = of_word("A", MaxPooling1D(8, 8, "same"), "C" * 485, -5)
        first, last = (pool_step(trace_cell(reading, cell, 0)) for cell in (0, 60))
        assert (first.value, first.selection, first.window.padding) == (-5, 0, (1, 0))
        assert (last.value, last.selection, last.window.padding) == (-5, 479, (0, 2))
        assert (len(first.values), len(last.values)) == (7, 6)


class TestWindows:
    def test_dilation_shows_the_letters_under_the_taps_alone(self) -> None:
        step = conv_step(trace_response(of_word("AAA", MaxPooling1D(1), "ACGTACGTA", dilation=4), 0, 0))
        assert (step.bases, step.window.step, step.window.interval) == ("AAA", 4, (0, 9))

    def test_conv_stride_steps_over_bases(self) -> None:
        reading = of_word("AC", MaxPooling1D(2), "AAACAAACAAAC", stride=4)
        step = conv_step(trace_cell(reading, 0, 0))
        assert (step.position, step.window.interval, step.value) == (0, (0, 2), 1)
        assert trace_cell(reading, 0, 0).receptive_field == (0, 6)

    def test_overlapping_pool_windows_lead_to_the_same_response(self) -> None:
        reading = of_word("GAT", MaxPooling1D(3, 1), "CCGATCC")
        assert [conv_step(trace_cell(reading, cell, 0)).position for cell in range(3)] == [2, 2, 2]

    def test_a_response_in_a_gap_leads_nowhere(self) -> None:
        reading = of_word("GAT", MaxPooling1D(2, 5), "CCGATCCCCC")
        steps = [pool_step(trace_cell(reading, cell, 0)) for cell in range(reading.run.cells)]
        assert [step.window.interval for step in steps] == [(0, 2), (5, 7)]
        assert all(step.value < 3 for step in steps)
        assert conv_step(trace_response(reading, 2, 0)).value == 3

    def test_soft_masked_letters_stay_lowercase_and_ambiguous_ones_themselves(self) -> None:
        assert conv_step(trace_response(of_word("ACGT", MaxPooling1D(1), "acNT"), 0, 0)).bases == "acNT"


class TestJson:
    def test_of_a_cell_has_the_documented_keys(self) -> None:
        # Activations 0 0 1 0 0 1, the last of them in the tail.
        reading = of_word("GA", MaxPooling1D(5, 5), "CCGACGA", -1, activation="relu")
        assert trace_cell(reading, 0, 0).as_json() == {
            "record": "record",
            "input_window": [0, 7],
            "steps": [
                {
                    "layer": "pool",
                    "type": "MaxPooling1D",
                    "position": 0,
                    "filter": 0,
                    "value": 1.0,
                    "window": [0, 5],
                    "padding": [0, 0],
                    "selection": 2,
                    "ties": 1,
                    "silent": False,
                    "strongest": None,
                },
                {
                    "layer": "conv",
                    "type": "Conv1D",
                    "position": 2,
                    "filter": 0,
                    "value": 1.0,
                    "response": 1.0,
                    "bias": -1.0,
                    "window": [2, 4],
                    "padding": [0, 0],
                    "dilation": 1,
                    "bases": "GA",
                    "products": [1.0, 1.0],
                },
            ],
            "receptive_field": [0, 6],
            "tail": {"positions": [5, 6], "bases": [6, 7]},
        }

    def test_of_a_silent_cell_holds_the_strongest_response(self) -> None:
        reading = of_word("GAT", MaxPooling1D(6), "CCCCGACC", -3, activation="relu")
        step = json.loads(json.dumps(trace_cell(reading, 0, 0).as_json()))["steps"][0]
        assert (step["silent"], step["strongest"]) == (True, {"position": 4, "response": -1.0})

    def test_of_an_average_selects_null(self) -> None:
        steps = json.loads(json.dumps(trace_cell(of_word("A", AveragePooling1D(4), "ACCA"), 0, 0).as_json()))[
            "steps"
        ]
        assert [(step["type"], step["selection"], step["ties"]) for step in steps] == [
            ("AveragePooling1D", None, 0)
        ]

    @pytest.mark.parametrize("padding", ["valid", "same", "causal"])
    @pytest.mark.parametrize("pool", [MaxPooling1D(3, 2, "same"), AveragePooling1D(3, 2, "same")])
    def test_is_plain_and_survives_the_round_trip(self, padding: str, pool: Pooling1D) -> None:
        conv = Conv1D(random_kernel(4), padding=padding, dilation=2, activation="relu")
        reading = Reading.of(block_model(conv, pool), Letters(random_letters(30))).into()
        for cell in range(reading.run.cells):
            plain = trace_cell(reading, cell, 1).as_json()
            assert json.loads(json.dumps(plain, allow_nan=False)) == plain
            assert plain.keys() == {"record", "input_window", "steps", "receptive_field", "tail"}


class TestFilters:
    NAMED = Conv1D(random_kernel(3, 3), filter_names=("TATA box", "GATA1", "2"))

    @each_case(("text", "index"), [("0", 0), ("1", 1), ("TATA box", 0), ("gata1", 1), ("GATA1", 1), ("2", 2)])
    def test_are_found_by_number_or_by_name_in_any_case(self, text: str, index: int) -> None:
        run = block_run(block_model(self.NAMED, MaxPooling1D(2)), random_letters(20))
        assert find_filter(run, text) == index

    @each_case("text", ["3", "-1", "CTCF", "", "1.0", "²"])
    def test_that_are_none_are_not_found_with_those_that_are(self, text: str) -> None:
        run = block_run(block_model(self.NAMED, MaxPooling1D(2)), random_letters(20))
        with pytest.raises(NotFoundError) as caught:
            find_filter(run, text)
        assert str(caught.value) == (f"conv has no filter '{text}'; its filters are 0 to 2 or TATA box, GATA1, 2")

    def test_without_names_go_by_number(self) -> None:
        run = block_run(block_model(Conv1D(random_kernel(3, 3)), MaxPooling1D(2)), random_letters(20))
        with pytest.raises(NotFoundError, match=r"conv has no filter 'GATA1'; its filters are 0 to 2$"):
            find_filter(run, "GATA1")


class TestRefusals:
    READING = Reading.of(block_model(Conv1D(random_kernel(5)), MaxPooling1D(4)), Letters(random_letters(20))).into()

    @pytest.mark.parametrize("cell", [-1, 4])
    def test_a_cell_that_is_not_there(self, cell: int) -> None:
        with pytest.raises(RegionError, match=f"pool: there is no cell {cell}; its cells are 0 to 3"):
            trace_cell(self.READING, cell, 0)

    @pytest.mark.parametrize("position", [-1, 16])
    def test_a_position_that_is_not_there(self, position: int) -> None:
        with pytest.raises(RegionError, match=f"conv: there is no position {position}; its positions are 0 to 15"):
            trace_response(self.READING, position, 0)

    @pytest.mark.parametrize("filter_index", [-1, 2])
    def test_a_filter_that_is_not_there(self, filter_index: int) -> None:
        for trace in (trace_cell, trace_response):
            with pytest.raises(NotFoundError, match=f"no filter '{filter_index}'; its filters are 0 to 1"):
                trace(self.READING, 0, filter_index)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    seed = draw(st.integers(0, 99))
    conv = Conv1D(
        random_kernel(draw(st.integers(1, 6)), 2, seed),
        draw(st.sampled_from([None, np.array([-1, 0.3], dtype=np.float32), np.full(2, -30, dtype=np.float32)])),
        stride=draw(st.integers(1, 3)),
        padding=draw(st.sampled_from(["valid", "same", "causal"])),
        dilation=draw(st.integers(1, 3)),
        activation=draw(st.sampled_from([*ACTIVATIONS])),
    )
    pool = draw(st.sampled_from([MaxPooling1D, AveragePooling1D]))(
        draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.sampled_from(["valid", "same"]))
    )
    shortest = conv.sliding.shortest(pool.sliding.shortest(1))
    letters = random_letters(draw(st.integers(shortest, shortest + 30)), seed, "ACGTNacgtnR")
    policy = draw(st.sampled_from(["zero", "uniform"]))
    return Reading.of(
        block_model(conv, pool), Letters(letters), reverse=draw(st.booleans()), ambiguity=policy
    ).into()


@given(readings(), st.integers(0, 1))
def test_every_trace_says_what_the_run_says_to_the_last_bit(reading: Reading, filter_index: int) -> None:
    run, whole = reading.run, reading.activations()
    values, activations = run.values(0, run.cells), run.activations(0, run.positions)
    responses, selections = run.responses(0, run.positions), run.selections(0, run.cells)
    for cell in range(run.cells):
        trace = trace_cell(reading, cell, filter_index)
        pooled = pool_step(trace)
        assert pooled.value == values[cell, filter_index] == whole["pool"][cell, filter_index]
        read = [*pooled.window.positions]
        np.testing.assert_array_equal(pooled.values, activations[read, filter_index])
        assert pooled.selection == (None if selections is None else selections[cell, filter_index])
        if pooled.selection is None:
            continue
        assert pooled.value == activations[pooled.selection, filter_index]
        assert pooled.composition.ties == (pooled.values == pooled.value).sum()
        conv = conv_step(trace)
        assert conv.position == pooled.followed
        assert conv.position in read
        assert conv.value == pooled.value
        if pooled.strongest is not None:
            behind = responses[read, filter_index]
            assert pooled.strongest == Strongest(read[int(np.argmax(behind))], float(behind.max()))
            assert conv.response == behind.max()


@given(readings(), st.integers(0, 1))
def test_products_and_bias_add_up_to_the_response_to_the_last_bit(reading: Reading, filter_index: int) -> None:
    run = reading.run
    responses, activations = run.responses(0, run.positions), run.activations(0, run.positions)
    for position in range(run.positions):
        trace = trace_response(reading, position, filter_index)
        step = conv_step(trace)
        total = np.float32(0)
        for product in step.products:
            total = np.float32(total + product)
        assert step.product_sum == total
        assert np.float32(total + np.float32(step.bias)) == np.float32(step.response)
        assert step.response == responses[position, filter_index]
        assert step.value == activations[position, filter_index]
        assert len(step.bases) == len(step.products) == run.conv.kernel_size
        padded = [letter == "·" for letter in step.bases]
        assert sum(padded) == sum(step.window.padding)
        assert not step.products[padded].any()
        assert trace.receptive_field == step.window.interval
