"""The network: a graph of named layers, its summary, its blocks, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from each_case import each_case
from small_models import block_model, random_kernel, random_letters

from cnn_core.errors import ModelError, NotFoundError, SequenceError, SettingError, ShapeError
from cnn_core.layers import (
    Activation,
    AdaptiveMaxPooling1D,
    AveragePooling1D,
    Conv1D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    Layer,
    MaxPooling1D,
    Padding,
    ReLU,
    SimpleRNN,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.block import Block, BlockSettings
from cnn_core.network.model import Model, Node


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.float32)


def issue_model() -> Model:
    return Model.sequential(
        "issue",
        [
            ("letters", Input(500)),
            ("conv", Conv1D(zeros(16, 4, 320), zeros(320), activation="relu")),
            ("pool", MaxPooling1D(8, 8)),
            ("rnn", SimpleRNN(zeros(320, 128), zeros(128, 128), zeros(128), return_sequences=True)),
            ("flatten", Flatten()),
            ("dense", Dense(zeros(7_680, 1), zeros(1))),
            ("sigmoid", Activation("sigmoid")),
        ],
    )


def small_model(length: int | None = 30) -> Model:
    return block_model(
        Conv1D(random_kernel(3), activation="relu"),
        MaxPooling1D(4),
        head=[("flatten", Flatten()), ("dense", Dense(random_kernel(14, 1)[:, 0]))] if length else [],
        length=length,
    )


class TestSummary:
    def test_of_the_issue_is_the_one_that_keras_prints(self) -> None:
        rows = [(row.name, row.type, row.output_shape, row.params) for row in issue_model().summary()]
        assert rows == [
            ("letters", "InputLayer", (None, 500, 4), 0),
            ("conv", "Conv1D", (None, 485, 320), 20_800),
            ("pool", "MaxPooling1D", (None, 60, 320), 0),
            ("rnn", "SimpleRNN", (None, 60, 128), 57_472),
            ("flatten", "Flatten", (None, 7_680), 0),
            ("dense", "Dense", (None, 1), 7_681),
            ("sigmoid", "Activation", (None, 1), 0),
        ]
        assert issue_model().parameter_count == 85_953

    def test_leaves_the_length_open_where_the_model_does(self) -> None:
        model = small_model(None)
        assert [row.output_shape for row in model.summary()] == [(None, None, 4), (None, None, 2), (None, None, 2)]
        assert [row.output_shape for row in model.summary(20)] == [(None, 20, 4), (None, 18, 2), (None, 4, 2)]

    def test_misses_the_dense_layer_by_one_cell_under_same_pooling(self) -> None:
        model = issue_model()
        same = BlockSettings(1, Padding.VALID, 1, 8, 8, Padding.SAME)
        misfit = model.with_settings(model.blocks[0], same).misfit(500)
        assert str(misfit) == "layer dense: Dense reads 7,680 inputs, not 7,808; give it 7,680"


class TestRun:
    def test_gives_every_layers_activations_by_name_in_order(self) -> None:
        values = small_model().run(encode(random_letters(30)))
        assert [*values] == ["letters", "conv", "pool", "flatten", "dense"]
        assert [array.shape for array in values.values()] == [(30, 4), (28, 2), (7, 2), (14,), (1,)]
        assert {array.dtype for array in values.values()} == {np.dtype(np.float32)}

    def test_has_the_shapes_that_it_promises(self) -> None:
        model = issue_model()
        values = model.run(encode(random_letters(500)))
        assert {name: array.shape for name, array in values.items()} == model.shapes(500)
        assert values["sigmoid"].tolist() == [0.5]

    def test_of_a_graph_follows_its_edges(self) -> None:
        left, right = random_kernel(3, seed=1), random_kernel(5, seed=2)
        model = Model(
            "two branches",
            (
                Node("letters", Input()),
                Node("left", Conv1D(left), ("letters",)),
                Node("right", Conv1D(right), ("letters",)),
                Node("top left", GlobalMaxPooling1D(), ("left",)),
                Node("top right", GlobalMaxPooling1D(), ("right",)),
            ),
        )
        values = model.run(encode(random_letters(20)))
        np.testing.assert_array_equal(values["top left"], values["left"].max(axis=0))
        np.testing.assert_array_equal(values["top right"], values["right"].max(axis=0))
        assert values["left"].shape == (18, 2)
        assert values["right"].shape == (16, 2)

    def test_a_deeper_convolution_reads_feature_maps(self) -> None:
        deep = Conv1D(random_kernel(2, channels=2))
        model = Model.sequential("deep", [("letters", Input()), ("a", Conv1D(random_kernel(3))), ("b", deep)])
        values = model.run(encode(random_letters(20)))
        np.testing.assert_array_equal(values["b"], deep.forward(values["a"]))
        assert [model.letters_of(node) is not None for node in model.nodes] == [False, True, False]

    def test_refuses_another_length_than_its_own(self) -> None:
        with pytest.raises(ShapeError, match="layer letters: small reads 30 bases, not 29; give it 30"):
            small_model().run(encode(random_letters(29)))

    def test_too_short_an_input_names_the_layer_and_the_shortest_that_works(self) -> None:
        with pytest.raises(ShapeError, match=r"^layer conv: length 2 is too short .* that works is 3$"):
            small_model(None).run(encode("AC"))
        with pytest.raises(ShapeError, match=r"^layer pool: length 3 is too short .* that works is 4$"):
            small_model(None).run(encode("ACGTA"))

    @each_case("padding", Padding)
    def test_refuses_an_ambiguous_letter_by_its_position_in_the_input_window(self, padding: Padding) -> None:
        model = block_model(Conv1D(random_kernel(16), padding=padding), MaxPooling1D(2))
        with pytest.raises(SequenceError, match="'N' at position 41 is ambiguous"):
            model.run(encode("A" * 41 + "N" + "A" * 20), "error")

    @pytest.mark.parametrize("channels", ["ATGC", "ACGTN"])
    def test_lays_the_letters_out_in_the_models_own_channel_order(self, channels: str) -> None:
        kernel = random_kernel(3, channels=len(channels))
        values = block_model(Conv1D(kernel), MaxPooling1D(2), channels=channels).run(encode("ACGTN"))
        rows = np.array([[letter == channel for channel in channels] for letter in "ACGTN"], dtype=np.float32)
        np.testing.assert_array_equal(values["letters"], rows)
        np.testing.assert_array_equal(values["conv"], Conv1D(kernel).forward(rows))


class TestRefusals:
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    @pytest.mark.parametrize("tensor", ["conv/kernel", "conv/bias", "rnn/recurrent_kernel", "dense/bias"])
    def test_a_weight_that_is_no_number_is_named(self, tensor: str, bad: float) -> None:
        arrays = {
            "conv/kernel": random_kernel(3),
            "conv/bias": zeros(2),
            "rnn/recurrent_kernel": zeros(2, 2),
            "dense/bias": zeros(1),
        }
        arrays[tensor].flat[-1] = bad
        layers: list[tuple[str, Layer]] = [
            ("letters", Input()),
            ("conv", Conv1D(arrays["conv/kernel"], arrays["conv/bias"])),
            ("rnn", SimpleRNN(zeros(2, 2), arrays["rnn/recurrent_kernel"])),
            ("dense", Dense(zeros(2, 1), arrays["dense/bias"])),
        ]
        with pytest.raises(ModelError, match=f"^net, {tensor}: holds NaN or infinity; train or save"):
            Model.sequential("net", layers)

    def test_a_name_that_stands_twice(self) -> None:
        with pytest.raises(ModelError, match="net: two layers are called a; rename one"):
            Model("net", (Node("a", Input()), Node("a", Flatten(), ("a",))))

    def test_a_layer_that_reads_one_not_before_it(self) -> None:
        with pytest.raises(ModelError, match="layer b reads c, which does not come before it"):
            Model("net", (Node("a", Input()), Node("b", Flatten(), ("c",)), Node("c", Flatten(), ("a",))))

    def test_a_layer_that_reads_nothing(self) -> None:
        with pytest.raises(ModelError, match="net: layer pool reads nothing"):
            Model("net", (Node("a", Input()), Node("pool", MaxPooling1D())))

    @pytest.mark.parametrize("nodes", [(), (Node("a", Flatten(), ()),)])
    def test_a_network_without_an_input(self, nodes: tuple[Node, ...]) -> None:
        with pytest.raises(ModelError, match=r"^net: "):
            Model("net", nodes)

    def test_layers_that_do_not_fit_when_they_are_put_together(self) -> None:
        with pytest.raises(ShapeError, match="layer dense: Dense reads 3 inputs, not 2"):
            block_model(Conv1D(random_kernel(3)), MaxPooling1D(4), head=[("dense", Dense(zeros(3, 1)))])

    def test_a_name_that_no_layer_has_with_the_nearest_or_all(self) -> None:
        with pytest.raises(NotFoundError, match="small has no layer 'pol'; did you mean pool"):
            _ = small_model()["pol"]
        with pytest.raises(NotFoundError, match="its layers are letters, conv, pool"):
            _ = small_model()["xyz"]


class TestBlocks:
    def test_are_convolutions_whose_feature_maps_a_pool_reads(self) -> None:
        assert issue_model().blocks == (Block("conv", (), "pool"),)

    def test_reach_through_elementwise_layers(self) -> None:
        between = [("relu", Activation("relu")), ("drop", Dropout())]
        model = block_model(Conv1D(random_kernel(3)), AveragePooling1D(4), between)
        assert model.blocks == (Block("conv", ("relu", "drop"), "pool"),)

    @pytest.mark.parametrize(
        "pool",
        [
            GlobalMaxPooling1D(),
            GlobalMaxPooling1D(keepdims=True),
            GlobalAveragePooling1D(),
            AdaptiveMaxPooling1D(1),
        ],
    )
    def test_may_pool_all_positions_at_once(self, pool: Layer) -> None:
        layers: list[tuple[str, Layer]] = [("conv", Conv1D(random_kernel(3))), ("relu", ReLU()), ("top", pool)]
        model = Model.sequential("net", [("in", Input()), *layers])
        assert model.blocks == (Block("conv", ("relu",), "top"),)
        own = model.settings(model.blocks[0])
        assert (own.pool_size, own.pool_stride) == (None, None)
        strided = model.with_settings(model.blocks[0], replace(own, conv_stride=2))
        assert strided.settings(model.blocks[0]).conv_stride == 2
        with pytest.raises(SettingError, match="reads all positions at once, so it has no size, stride or padding"):
            model.with_settings(model.blocks[0], replace(own, pool_size=4))

    def test_of_two_convolutions_in_a_row_are_the_second_s(self) -> None:
        layers = [
            ("a", Conv1D(random_kernel(3))),
            ("b", Conv1D(random_kernel(3, channels=2))),
            ("p", MaxPooling1D(2)),
        ]
        model = Model.sequential("net", [("in", Input()), *layers])
        assert model.blocks == (Block("b", (), "p"),)
        assert model.letter_blocks == ()

    def test_are_none_without_a_pool_behind_a_convolution(self) -> None:
        conv = ("conv", Conv1D(random_kernel(3)))
        assert Model.sequential("net", [("in", Input()), ("pool", MaxPooling1D(2)), conv]).blocks == ()

    def test_are_all_of_them_in_order(self) -> None:
        model = Model.sequential(
            "net",
            [
                ("in", Input()),
                ("a", Conv1D(random_kernel(3))),
                ("pa", MaxPooling1D(2)),
                ("b", Conv1D(random_kernel(3, channels=2))),
                ("pb", AveragePooling1D(2)),
            ],
        )
        assert model.blocks == (Block("a", (), "pa"), Block("b", (), "pb"))


class TestSettings:
    def test_are_those_of_the_layers(self) -> None:
        model = issue_model()
        assert model.settings(model.blocks[0]) == BlockSettings(1, Padding.VALID, 1, 8, 8, Padding.VALID)

    def test_change_both_layers_and_leave_weights_and_the_model_itself_alone(self) -> None:
        model = issue_model()
        block = model.blocks[0]
        wanted = BlockSettings(2, Padding.SAME, 3, 5, 4, Padding.SAME)
        changed = model.with_settings(block, wanted)
        assert changed.settings(block) == wanted
        assert model.settings(block) == BlockSettings(1, Padding.VALID, 1, 8, 8, Padding.VALID)
        assert changed["conv"].layer.weights()["kernel"] is model["conv"].layer.weights()["kernel"]
        assert changed.parameter_count == 85_953
        assert changed.with_settings(block, model.settings(block)).summary() == model.summary()

    def test_that_the_head_still_fits_are_no_misfit(self) -> None:
        model = issue_model()
        assert model.misfit(500) is None
        assert model.with_settings(model.blocks[0], model.settings(model.blocks[0])).misfit(500) is None

    @each_case(
        ("wrong", "message"),
        [
            (BlockSettings(0, Padding.VALID, 1, 8, 8, Padding.VALID), "stride 0 is below 1"),
            (BlockSettings(1, Padding.VALID, 0, 8, 8, Padding.VALID), "dilation 0 is below 1"),
            (BlockSettings(1, Padding.VALID, 1, 0, 8, Padding.VALID), "size 0 is below 1"),
            (BlockSettings(1, Padding.VALID, 1, 8, 0, Padding.VALID), "stride 0 is below 1"),
            (BlockSettings(1, Padding.VALID, 1, 8, 8, Padding.CAUSAL), "a pool cannot be causal"),
        ],
    )
    def test_that_cannot_be_are_refused(self, wrong: BlockSettings, message: str) -> None:
        model = issue_model()
        with pytest.raises(SettingError, match=message):
            model.with_settings(model.blocks[0], wrong)
