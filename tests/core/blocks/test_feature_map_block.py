"""Blocks that read feature maps, worked by hand and against the whole network."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeded import seeded
from small_models import Letters, random_kernel, random_letters

from cnn_core.blocks.conv_step import ConvStep
from cnn_core.blocks.feature_map_block import FeatureMapRun
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.offered_blocks import (
    LONGEST_WHOLE_INPUT,
    block_obstacle,
    find_block,
    first_block,
    offered_blocks,
    part_up_to,
)
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell, trace_response
from cnn_core.errors import ModelError, NotFoundError, RegionError, SettingError, ShapeError
from cnn_core.layers import (
    LSTM,
    Array,
    AveragePooling1D,
    BatchNormalization,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    Flatten,
    Input,
    Layer,
    MaxPooling1D,
    Padding,
    ReLU,
    SeparableConv1D,
)
from cnn_core.network.model import Model
from cnn_core.scan.strongest import strongest

HAND = "AACGCATCAC"
"""Its pooled maps are (A, 2·C) of each two letters: (1,0) (0,2) (1,2) (0,2) (1,2)."""


def normal(*shape: int, seed: int = 0) -> Array:
    return seeded(seed).randn(*shape).astype(np.float32)


def hand_worked(pool: MaxPooling1D | AveragePooling1D | None = None) -> Model:
    """Two blocks of whole numbers: A and C are marked and pooled by two, then 3a − c + a' + 2c' − 1 of neighbours."""
    marks = np.zeros((1, 4, 2), dtype=np.float32)
    marks[0, 0, 0], marks[0, 1, 1] = 1, 2
    kernel = np.array([[[3], [-1]], [[1], [2]]], dtype=np.float32)
    return Model.sequential(
        "hand",
        [
            ("letters", Input()),
            ("first", Conv1D(marks, activation="relu")),
            ("halves", MaxPooling1D(2)),
            ("second", Conv1D(kernel, np.array([-1], dtype=np.float32), activation="relu")),
            ("last", pool or MaxPooling1D(2)),
        ],
    )


def into(model: Model, name: str, letters: str = HAND) -> Reading:
    return Reading.of(model, Letters(letters)).into(find_block(model, name))


def deep_run(model: Model, name: str, letters: str = HAND) -> FeatureMapRun:
    run = into(model, name, letters).run
    assert isinstance(run, FeatureMapRun)
    return run


def stacked(
    conv: Layer, pool: Layer | None = None, *between: tuple[str, Layer], length: int | None = None
) -> Model:
    """A block on the letters, then any convolution over its four maps and a pool."""
    return Model.sequential(
        "stacked",
        [
            ("letters", Input(length)),
            ("conv", Conv1D(random_kernel(5, 4), normal(4), activation="relu")),
            ("pool", MaxPooling1D(3)),
            ("deep", conv),
            *between,
            ("cells", pool or MaxPooling1D(4)),
        ],
    )


class TestByHand:
    def test_the_responses_are_worked_out_on_the_cells_of_the_block_before(self) -> None:
        run = deep_run(hand_worked(), "second")
        assert run.input_values.tolist() == [[1, 0], [0, 2], [1, 2], [0, 2], [1, 2]]
        assert run.responses(0, 4)[:, 0].tolist() == [6, 2, 4, 2]
        assert run.values(0, 2)[:, 0].tolist() == [6, 4]
        chosen = run.selections(0, 2)
        assert chosen is not None
        assert chosen[:, 0].tolist() == [0, 2]
        assert not run.all_zero(0, 2).any()

    def test_a_response_is_taken_apart_into_positions_and_channels(self) -> None:
        step = deep_run(hand_worked(), "second").step(2, 0)
        assert (step.source, step.window.interval, list(step.channels)) == ("halves", (2, 4), [0, 1])
        assert step.products.tolist() == [[3, -2], [0, 4]]
        assert step.per_tap.tolist() == [1, 4]
        assert step.per_channel.tolist() == [3, 2]
        assert (step.count, step.product_sum, step.bias, step.response, step.value) == (4, 5, -1, 4, 4)
        named = [(*each.index, each.amount) for each in step.largest(9)]
        assert named == [(3, 1, 4), (2, 0, 3), (2, 1, -2)]
        assert [each.index[1] for each in step.largest(1, tap=0)] == [0]

    def test_which_bases_could_influence_a_value_is_known_through_all_layers(self) -> None:
        run = deep_run(hand_worked(), "second")
        assert run.step(2, 0).receptive_field == (4, 8)
        assert run.receptive_field(1) == (4, 10)
        assert run.input_field(3) == (6, 8)
        assert (run.alignment.first_base, run.alignment.stride) == (0, 2)

    def test_the_tail_costs_the_bases_that_no_cell_reads_through_any_layer(self) -> None:
        run = deep_run(hand_worked(MaxPooling1D(3)), "second")
        assert (run.cells, run.left_over, run.left_over_bases) == (1, (3, 4), (8, 10))

    def test_an_average_chooses_nothing(self) -> None:
        run = deep_run(hand_worked(AveragePooling1D(2)), "second")
        assert run.values(0, 2)[:, 0].tolist() == [4, 3]
        assert run.selections(0, 2) is None
        assert not run.all_zero(0, 2).any()

    def test_a_silent_cell_is_one_of_floors_alone(self) -> None:
        model = hand_worked()
        quiet = replace(model["second"].layer, bias=np.array([-5], dtype=np.float32))
        nodes = tuple(replace(node, layer=quiet) if node.name == "second" else node for node in model.nodes)
        reading = into(replace(model, nodes=nodes), "second")
        assert reading.run.values(0, 2)[:, 0].tolist() == [2, 0]
        assert reading.run.all_zero(0, 2)[:, 0].tolist() == [False, True]
        pooled = trace_cell(reading, 1, 0).steps[0]
        assert isinstance(pooled, PoolStep)
        assert pooled.strongest is not None
        assert (pooled.strongest.position, pooled.strongest.response) == (2, 0)

    def test_the_trace_as_json(self) -> None:
        found = json.loads(json.dumps(trace_cell(into(hand_worked(), "second"), 1, 0).as_json()))
        pooled, summed = found["steps"]
        assert (pooled["layer"], pooled["window"], pooled["selection"], pooled["value"]) == ("last", [2, 4], 2, 4)
        assert summed == {
            "layer": "second",
            "type": "Conv1D",
            "position": 2,
            "filter": 0,
            "value": 4,
            "response": 4,
            "bias": -1,
            "reads": "halves",
            "channels": [0, 2],
            "window": [2, 4],
            "padding": [0, 0],
            "dilation": 1,
            "receptive_field": [4, 8],
            "per_position": [1, 4],
            "largest": [
                {"position": 3, "channel": 1, "value": 2, "weight": 2, "product": 4},
                {"position": 2, "channel": 0, "value": 1, "weight": 3, "product": 3},
                {"position": 2, "channel": 1, "value": 2, "weight": -1, "product": -2},
            ],
            "count": 4,
            "rest": 0,
        }
        assert found["receptive_field"] == [4, 10]
        assert found["tail"] == {"positions": [4, 4], "bases": [10, 10]}

    def test_the_trace_of_a_response(self) -> None:
        trace = trace_response(into(hand_worked(), "second"), 1, 0)
        (step,) = trace.steps
        assert isinstance(step, ConvStep)
        assert (step.value, trace.receptive_field) == (2, (2, 6))
        with pytest.raises(RegionError, match="second: there is no position 4; its positions are 0 to 3"):
            trace_response(into(hand_worked(), "second"), 4, 0)

    def test_the_strongest_cells_come_first(self) -> None:
        hits = strongest(into(hand_worked(MaxPooling1D(1)), "second"), [0], top=9, both_strands=False)
        assert hits is not None
        assert [hit.cell for hit in hits] == [0, 2, 1, 3]


CONVOLUTIONS = {
    "plain": Conv1D(random_kernel(3, 6, channels=4), normal(6), activation="relu"),
    "strided": Conv1D(random_kernel(3, 6, channels=4), stride=2, padding="same", activation="elu"),
    "dilated": Conv1D(random_kernel(3, 6, channels=4), normal(6), dilation=2, padding="causal"),
    "grouped": Conv1D(random_kernel(3, 6, channels=2), normal(6), groups=2, activation="tanh"),
    "depthwise": DepthwiseConv1D(normal(3, 4, 2), normal(8), activation="relu"),
    "separable": SeparableConv1D(normal(3, 4, 2), normal(1, 8, 5), normal(5), padding="same", activation="relu"),
}
any_convolution = pytest.mark.parametrize("conv", CONVOLUTIONS.values(), ids=CONVOLUTIONS)


class TestAgainstTheWholeNetwork:
    @any_convolution
    @pytest.mark.parametrize("pool", [MaxPooling1D(4), MaxPooling1D(4, 2, "same"), AveragePooling1D(3, 3, "same")])
    def test_every_value_is_the_networks_own(self, conv: Layer, pool: Layer) -> None:
        reading = into(stacked(conv, pool, ("relu", ReLU())), "deep", random_letters(90))
        run, values = reading.run, reading.activations()
        np.testing.assert_array_equal(run.activations(0, run.positions), values["relu"])
        np.testing.assert_array_equal(run.values(0, run.cells), values["cells"])
        np.testing.assert_array_equal(run.values(1, 3), values["cells"][1:3])

    @any_convolution
    def test_every_response_is_the_sum_of_its_products_and_its_bias(self, conv: Layer) -> None:
        run = deep_run(stacked(conv), "deep", random_letters(90))
        for position in range(run.positions):
            for filter_index in range(run.filters):
                step = run.step(position, filter_index)
                assert step.product_sum + step.bias == pytest.approx(step.response, abs=1e-5)

    @any_convolution
    def test_the_weights_are_those_of_the_full_kernel(self, conv: Conv1D) -> None:
        full = conv.full_kernel()
        for filter_index in range(conv.filters):
            channels, weights = conv.weights_of(filter_index)
            np.testing.assert_allclose(full[:, list(channels), filter_index], weights, atol=1e-6)
            others = [channel for channel in range(4) if channel not in channels]
            assert not full[:, others, filter_index].any()

    def test_a_normalisation_between_is_the_networks_own(self) -> None:
        norm = BatchNormalization(normal(6), 1 + np.abs(normal(6)), normal(6, seed=1), normal(6, seed=2))
        reading = into(stacked(CONVOLUTIONS["dilated"], None, ("norm", norm), ("relu", ReLU())), "deep", HAND * 9)
        run, values = reading.run, reading.activations()
        np.testing.assert_array_equal(run.activations(0, run.positions), values["relu"])
        assert run.floors is not None

    @given(st.integers(1, 3), st.sampled_from(Padding), st.integers(1, 3), st.integers(1, 5), st.integers(1, 5))
    @settings(max_examples=40)
    def test_the_bases_of_the_tail_are_those_that_no_cell_reads(
        self, stride: int, padding: Padding, dilation: int, size: int, pool_stride: int
    ) -> None:
        conv = Conv1D(random_kernel(3, 2, channels=4), None, stride=stride, padding=padding, dilation=dilation)
        model = stacked(conv, MaxPooling1D(size, pool_stride))
        run = deep_run(model, "deep", random_letters(97))
        fields = [model.receptive_field("cells", cell, 97) for cell in range(run.cells)]
        assert run.left_over_bases == (max(stop for _, stop in fields), 97)
        assert [run.receptive_field(cell) for cell in range(run.cells)] == fields


class TestLiveSettings:
    def test_those_of_the_block_before_change_what_is_read(self) -> None:
        model = stacked(CONVOLUTIONS["plain"])
        first = Reading.of(model, Letters(random_letters(90))).into()
        changed = first.with_settings(replace(first.settings, conv_stride=2))
        deep = changed.into(find_block(model, "deep"))
        np.testing.assert_array_equal(deep.run.values(0, deep.run.cells), changed.activations()["cells"])
        assert deep.run.length == len(changed.activations()["pool"])

    def test_its_own_leave_what_is_read_as_it_is(self) -> None:
        deep = into(stacked(CONVOLUTIONS["plain"]), "deep", random_letters(90))
        before = deep.run
        assert isinstance(before, FeatureMapRun)
        before.compute()
        after = deep.with_settings(replace(deep.settings, pool_size=2, pool_stride=1)).run
        assert isinstance(after, FeatureMapRun)
        assert after.input_values is before.input_values
        assert after.cells == before.positions - 1

    def test_a_layer_that_is_called_before_too_is_set_there_as_well(self) -> None:
        shared = Conv1D(random_kernel(3, 4), activation="relu", padding="same")
        model = Model.sequential(
            "twice",
            [
                ("letters", Input()),
                ("a", shared),
                ("halves", MaxPooling1D(2)),
                ("b", shared),
                ("c", MaxPooling1D(2)),
            ],
        )
        deep = into(model, "b", random_letters(60))
        _ = deep.run.values(0, deep.run.cells)
        changed = deep.with_settings(replace(deep.settings, conv_stride=2))
        np.testing.assert_array_equal(changed.run.values(0, changed.run.cells), changed.activations()["c"])

    def test_it_is_computed_though_the_layers_behind_it_no_longer_fit(self) -> None:
        layers = [*stacked(CONVOLUTIONS["plain"], length=90).nodes]
        model = Model.sequential(
            "fixed",
            [*((node.name, node.layer) for node in layers), ("flat", Flatten()), ("dense", Dense(normal(36, 1)))],
        )
        deep = into(model, "deep", random_letters(90))
        expected = deep.activations()["cells"]
        broken = deep.with_settings(replace(deep.settings, pool_stride=3))
        assert broken.obstacle
        back = broken.with_settings(deep.settings)
        np.testing.assert_array_equal(back.run.values(0, back.run.cells), expected)
        assert broken.run.values(0, broken.run.cells).shape == (8, 6)

    def test_a_setting_that_cannot_be_is_refused(self) -> None:
        deep = into(stacked(CONVOLUTIONS["plain"]), "deep", random_letters(90))
        with pytest.raises(SettingError, match="size 0 is below 1"):
            deep.with_settings(replace(deep.settings, pool_size=0))
        with pytest.raises(ShapeError, match="layer cells: length 26 is too short for a window of 40"):
            deep.with_settings(replace(deep.settings, pool_size=40))


class TestOffer:
    def test_every_block_that_can_be_computed_is_offered(self) -> None:
        model = stacked(CONVOLUTIONS["separable"])
        assert [block.conv for block in offered_blocks(model, 90)] == ["conv", "deep"]
        assert first_block(model, 90) == model.blocks[0]
        assert isinstance(Reading.of(model, Letters(random_letters(90))).into().run, LetterRun)

    def test_without_a_block_on_the_letters_the_first_is_taken(self) -> None:
        model = Model.sequential(
            "separable",
            [
                ("letters", Input()),
                ("conv", SeparableConv1D(normal(3, 4, 1), normal(1, 4, 5))),
                ("p", MaxPooling1D(4)),
            ],
        )
        reading = Reading.of(model, Letters(random_letters(30))).into()
        assert isinstance(reading.run, FeatureMapRun)
        np.testing.assert_array_equal(reading.run.values(0, 7), reading.activations()["p"])

    def test_any_layer_of_a_block_names_it(self) -> None:
        model = stacked(CONVOLUTIONS["plain"], None, ("relu", ReLU()))
        assert {find_block(model, name).conv for name in ("deep", "relu", "cells")} == {"deep"}
        with pytest.raises(
            NotFoundError, match=r"no conv → pool block with a layer 'x'; its blocks begin with conv, deep"
        ):
            find_block(model, "x")

    def test_positions_that_run_backwards_are_refused_with_a_sentence(self) -> None:
        backwards = LSTM(normal(4, 16), normal(4, 16), normal(16), return_sequences=True, go_backwards=True)
        model = Model.sequential(
            "back",
            [
                ("letters", Input()),
                ("lstm", backwards),
                ("deep", Conv1D(random_kernel(3, 2, channels=4))),
                ("cells", MaxPooling1D(2)),
            ],
        )
        assert offered_blocks(model, 30) == ()
        with pytest.raises(ModelError, match="layer deep: reads lstm, which runs from the last base to the first"):
            into(model, "deep", random_letters(30))

    def test_an_input_window_beyond_what_is_computed_at_once_is_refused(self) -> None:
        model = stacked(CONVOLUTIONS["plain"])
        obstacle = block_obstacle(model, model.blocks[1], LONGEST_WHOLE_INPUT + 1)
        assert (
            str(obstacle)
            == "layer deep: reads pool, which is computed for up to 200,000 bases; open a shorter region"
        )
        assert offered_blocks(model, LONGEST_WHOLE_INPUT + 1) == model.blocks[:1]

    def test_a_window_that_is_too_short_is_refused(self) -> None:
        model = stacked(CONVOLUTIONS["plain"])
        with pytest.raises(ShapeError, match="layer deep: cannot be computed: length 2 is too short"):
            into(model, "deep", random_letters(10))
        with pytest.raises(
            ShapeError, match="layer cells: length 3 is too short for a window of 4; deep has 3 positions"
        ):
            into(model, "deep", random_letters(19))

    def test_the_part_up_to_a_layer_computes_the_same(self) -> None:
        model = stacked(CONVOLUTIONS["plain"])
        part = part_up_to(model, "pool")
        assert [node.name for node in part.nodes] == ["letters", "conv", "pool"]
        assert part.outputs == ("pool",)
