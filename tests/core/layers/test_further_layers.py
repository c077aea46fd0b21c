"""The layers of trained models by hand: what they promise, what they read, and what they refuse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from dependence import read_by
from each_case import each_case
from seeded import seeded
from small_models import random_kernel

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError, ShapeError
from cnn_core.layers import (
    ELU,
    GRU,
    LSTM,
    ActivityRegularization,
    Add,
    Alignment,
    AlphaDropout,
    Average,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Masking,
    Maximum,
    Merge,
    Minimum,
    Multiply,
    Permute,
    PReLU,
    ReLU,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SideInput,
    SimpleRNN,
    Softmax,
    SpatialDropout1D,
    Subtract,
    TimeDistributed,
    Unknown,
    UpSampling1D,
    ZeroPadding1D,
)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return seeded(seed).randn(*shape).astype(np.float32)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, dtype=np.float32)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)[:, None]


RNN = SimpleRNN(normal(4, 3), normal(3, 3), return_sequences=True)
BACKWARDS = SimpleRNN(normal(4, 3), normal(3, 3), return_sequences=True, go_backwards=True)

LAYERS: list[Layer] = [
    DepthwiseConv1D(normal(3, 4, 2), ones(8)),
    SeparableConv1D(normal(3, 4, 2), normal(1, 8, 5), ones(5)),
    BatchNormalization(ones(4), ones(4)),
    BatchNormalization(ones(9), ones(9), axis=1),
    LayerNormalization(),
    LayerNormalization(axis=1),
    LayerNormalization(axis=(1, 2)),
    ReLU(6.0, 0.1, 0.2),
    LeakyReLU(),
    PReLU(ones(1, 4)),
    ELU(),
    Softmax(),
    Softmax(axis=1),
    Add(),
    Concatenate(),
    Cropping1D((2, 1)),
    ZeroPadding1D((0, 2)),
    UpSampling1D(3),
    Reshape((4, 9)),
    Reshape((-1,)),
    Permute((2, 1)),
    Permute((1, 2)),
    SpatialDropout1D(),
    GaussianNoise(),
    GaussianDropout(),
    AlphaDropout(),
    ActivityRegularization(),
    Identity(),
    LSTM(normal(4, 12), normal(3, 12), ones(12)),
    GRU(normal(4, 9), normal(3, 9), ones(2, 9), return_sequences=True, go_backwards=True),
    Bidirectional(RNN, BACKWARDS),
    TimeDistributed(Dense(normal(4, 2))),
    TimeDistributed(RepeatVector(2)),
    Masking(),
    GlobalMaxPooling1D(keepdims=True),
    GlobalAveragePooling1D(keepdims=True),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.type)
class TestEveryLayer:
    def test_gives_the_shape_that_it_promises_in_float32(self, layer: Layer) -> None:
        x = normal(9, 4)
        given = x.copy()
        output = layer.forward(x)
        assert output.shape == layer.output_shape(x.shape)
        assert output.dtype == np.float32
        np.testing.assert_array_equal(x, given, err_msg="the input was written to")

    def test_leaves_the_length_open_where_it_is(self, layer: Layer) -> None:
        fixed = isinstance(layer, Reshape) or getattr(layer, "axis", None) == 1
        if fixed and not isinstance(layer, Softmax | LayerNormalization):
            return
        opened = layer.output_shape((None, 4))
        closed = layer.output_shape((9, 4))
        assert len(opened) == len(closed)
        assert all(axis in (None, known) for axis, known in zip(opened, closed, strict=True))

    def test_is_immutable(self, layer: Layer) -> None:
        with pytest.raises(AttributeError):
            layer.type = "other"

    def test_reads_positions_of_its_input_alone(self, layer: Layer) -> None:
        for position in range(layer.output_shape((9, 4))[0]):
            (read,) = read_by(layer, position, (9, 4))
            assert set(read) <= set(range(9))

    def test_needs_a_known_length_to_say_what_it_reads(self, layer: Layer) -> None:
        with pytest.raises(CnnError, match=r"length of the input is not known"):
            layer.positions_read(np.ones(1, np.bool_), (None, 4))


class TestSeparable:
    @pytest.mark.parametrize("padding", ["valid", "same", "causal"])
    @pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 3), (2, 2)])
    def test_answers_as_the_ordinary_convolution_of_its_full_kernel(
        self, padding: str, stride: int, dilation: int
    ) -> None:
        moves = {"stride": stride, "padding": padding, "dilation": dilation}
        layer = SeparableConv1D(normal(3, 4, 2), normal(1, 8, 5), normal(5), **moves, activation="tanh")
        plain = Conv1D(
            layer.full_kernel(), layer.bias, stride=stride, padding=padding, dilation=dilation, activation="tanh"
        )
        np.testing.assert_allclose(layer.forward(normal(17, 4)), plain.forward(normal(17, 4)), atol=1e-5)
        assert layer.filters == 5
        assert layer.parameter_count == 3 * 4 * 2 + 8 * 5 + 5

    @pytest.mark.parametrize("padding", ["valid", "same", "causal"])
    def test_depthwise_answers_as_one_convolution_a_channel(self, padding: str) -> None:
        kernel = normal(4, 3, 2)
        layer = DepthwiseConv1D(kernel, normal(6), padding=padding, dilation=2)
        x = normal(15, 3)
        for channel in range(3):
            mine = slice(2 * channel, 2 * channel + 2)
            alone = Conv1D(kernel[:, channel : channel + 1], normal(6)[mine], padding=padding, dilation=2)
            np.testing.assert_allclose(
                layer.forward(x)[:, mine], alone.forward(x[:, channel : channel + 1]), atol=1e-6
            )

    def test_refuses_what_does_not_fit(self) -> None:
        with pytest.raises(ModelError, match=r"do not fit; their shapes are \(kernel size, input channels, n\)"):
            SeparableConv1D(normal(3, 4, 2), normal(1, 7, 5))
        with pytest.raises(ModelError, match="is not a DepthwiseConv1D kernel"):
            DepthwiseConv1D(normal(3, 4))
        for layer in (DepthwiseConv1D(normal(3, 4, 1)), SeparableConv1D(normal(3, 4, 1), normal(1, 4, 4))):
            with pytest.raises(ShapeError, match=f"{layer.type} reads 4 channels, not 3"):
                layer.output_shape((9, 3))
            with pytest.raises(ShapeError, match="the shortest length that works is 3"):
                layer.output_shape((2, 4))
        with pytest.raises(ModelError, match=r"bias of shape \(3,\) does not fit 4 filters"):
            DepthwiseConv1D(normal(3, 4, 1), ones(3))
        with pytest.raises(ModelError, match=r"bias of shape \(3,\) does not fit 5 filters"):
            SeparableConv1D(normal(3, 4, 1), normal(1, 4, 5), ones(3))
        with pytest.raises(NotFoundError):
            DepthwiseConv1D(normal(3, 4, 1), activation="no such")
        with pytest.raises(SettingError):
            SeparableConv1D(normal(3, 4, 1), normal(1, 4, 5), stride=0)


class TestNormalization:
    def test_of_a_batch_is_worked_by_hand(self) -> None:
        layer = BatchNormalization(
            np.array([10, 0], dtype=np.float32),
            np.array([3, 0.25], dtype=np.float32),
            np.array([4, -1], dtype=np.float32),
            np.array([0.5, 0], dtype=np.float32),
            epsilon=1.0,
        )
        # (12 − 10) · 4 / √4 + 0.5 and (1 − 0) · −1 / √1.25.
        expected = [[4.5, -(1.25**-0.5)]]
        np.testing.assert_allclose(layer.forward(np.array([[12, 1]], dtype=np.float32)), expected, rtol=1e-6)
        assert layer.parameter_count == 8

    def test_keeps_its_digits_where_the_mean_is_far_from_0(self) -> None:
        layer = BatchNormalization(np.array([4096], dtype=np.float32), np.array([0.01], dtype=np.float32))
        x = column(4096.125)
        np.testing.assert_allclose(layer.forward(x), column(0.125 / np.sqrt(0.011)), rtol=1e-6)

    @pytest.mark.parametrize(("axis", "turned"), [(1, True), (2, False)])
    def test_of_a_layer_along_one_axis_is_the_last_of_the_turned(self, axis: int, turned: bool) -> None:
        x = normal(6, 4)
        gamma = normal(x.shape[axis - 1])
        last = LayerNormalization(gamma)
        expected = last.forward(np.ascontiguousarray(x.T)).T if turned else last.forward(x)
        np.testing.assert_allclose(LayerNormalization(gamma, axis=axis).forward(x), expected, rtol=1e-5, atol=1e-6)

    def test_refuses_what_does_not_fit(self) -> None:
        with pytest.raises(ModelError, match=r"gamma of shape \(3,\) does not fit a mean of shape \(4,\)"):
            BatchNormalization(ones(4), ones(4), ones(3))
        with pytest.raises(ModelError, match="variance is below 0"):
            BatchNormalization(ones(4), -ones(4))
        with pytest.raises(ShapeError, match="BatchNormalization reads 4 channels, not 3"):
            BatchNormalization(ones(4), ones(4)).output_shape((9, 3))
        with pytest.raises(ShapeError, match=r"LayerNormalization normalises axes of \(4,\), not \(3,\)"):
            LayerNormalization(ones(4)).output_shape((9, 3))
        with pytest.raises(ShapeError, match="works on axis 3, and its input has 2 axes"):
            LayerNormalization(axis=3).output_shape((9, 3))
        with pytest.raises(ShapeError, match="works on axis 0"):
            BatchNormalization(ones(4), ones(4), axis=0).output_shape((9, 4))


class TestActivationLayers:
    def test_relu_up_to_its_threshold_and_its_maximum(self) -> None:
        x = column(-2, 0, 0.5, 1, 3, 9)
        assert ReLU().forward(x).ravel().tolist() == [0, 0, 0.5, 1, 3, 9]
        assert ReLU(6.0).forward(x).ravel().tolist() == [0, 0, 0.5, 1, 3, 6]
        assert ReLU(6.0, 0.5, 1.0).forward(x).ravel().tolist() == [-1.5, -0.5, -0.25, 0, 3, 6]

    def test_prelu_has_slopes_of_its_own(self) -> None:
        layer = PReLU(np.array([[0.5, -1]], dtype=np.float32))
        assert layer.forward(np.array([[-2, -2], [2, 2]], dtype=np.float32)).tolist() == [[-1, 2], [2, 2]]
        assert layer.parameter_count == 2
        with pytest.raises(ShapeError, match=r"PReLU has slopes of shape \(1, 2\) for an input of \(9, 3\)"):
            layer.output_shape((9, 3))

    @pytest.mark.parametrize("wrong", [{"max_value": -1.0}, {"negative_slope": -0.1}, {"threshold": -0.1}])
    def test_relu_refuses_what_keras_refuses(self, wrong: dict[str, float]) -> None:
        with pytest.raises(SettingError, match="is below 0"):
            ReLU(**wrong)

    @each_case(
        ("layer", "floor"),
        [
            (ReLU(), 0),
            (ReLU(6.0, 0.0, 1.0), 0),
            (ReLU(negative_slope=0.1), None),
            (LeakyReLU(), None),
            (ELU(0.5), -0.5),
            (PReLU(ones(1, 4)), None),
            (Softmax(), 0),
            (Identity(), None),
        ],
    )
    def test_know_their_floor(self, layer: ReLU, floor: float | None) -> None:
        function = layer.function()
        assert function is not None
        assert function.floor == floor

    @pytest.mark.parametrize(
        "layer",
        [Softmax(1), PReLU(ones(9, 4)), BatchNormalization(ones(9), ones(9), axis=1), LayerNormalization(axis=1)],
        ids=lambda layer: layer.type,
    )
    def test_that_know_their_position_are_no_function_of_a_stretch(self, layer: Softmax) -> None:
        assert layer.function() is None

    @each_case(
        "layer",
        [
            ReLU(2.0, 0.25, 0.5),
            LeakyReLU(-0.2),
            ELU(-0.7),
            PReLU(np.array([[-0.5, 0.5, 0, 2]], dtype=np.float32)),
            BatchNormalization(normal(4), ones(4), normal(4), normal(4)),
        ],
    )
    def test_bound_what_they_give(self, layer: ReLU) -> None:
        function = layer.function()
        assert function is not None
        x = np.linspace(-3, 3, 601, dtype=np.float32)[:, None] * ones(1, 4)
        below, above = function.bounds(x[:1], x[-1:])
        assert (below <= layer.forward(x)).all()
        assert (layer.forward(x) <= above).all()
        for channel in range(4):
            alone = layer.function(channel)
            assert alone is not None
            np.testing.assert_array_equal(
                alone(x[:, channel : channel + 1]), layer.forward(x)[:, channel : channel + 1]
            )


ELEMENTWISE: list[Merge] = [Add(), Subtract(), Multiply(), Maximum(), Minimum(), Average()]


class TestMerging:
    @each_case("layer", ELEMENTWISE)
    def test_is_worked_by_hand(self, layer: Merge) -> None:
        expected = {"Add": [5, 7], "Subtract": [-3, -3], "Multiply": [4, 10], "Maximum": [4, 5], "Minimum": [1, 2]}
        one, other = np.array([[1, 2]], dtype=np.float32), np.array([[4, 5]], dtype=np.float32)
        merged = layer.forward(one, other)
        assert merged.ravel().tolist() == expected.get(layer.type, [2.5, 3.5])
        assert merged.dtype == np.float32

    @each_case("layer", ELEMENTWISE)
    def test_reads_the_same_position_of_all_that_have_one(self, layer: Merge) -> None:
        assert layer.output_shape((9, 4), (4,)) == (9, 4)
        assert read_by(layer, 3, (9, 4), (9, 1)) == [[3], [3]]
        assert read_by(layer, 3, (9, 4), (4,)) == [[3], [0, 1, 2, 3]]
        assert read_by(layer, 3, (9, 4), (1, 4)) == [[3], [0]]

    def test_leaves_an_axis_open_where_it_is_open_in_any_input(self) -> None:
        assert Add().output_shape((None, 4), (9, 4)) == (None, 4)
        assert Add().output_shape((None, 4), (None, 1)) == (None, 4)
        assert Concatenate().output_shape((None, 4), (9, 2)) == (9, 6)
        assert Concatenate(axis=1).output_shape((None, 4), (9, 4)) == (None, 4)

    def test_refuses_shapes_that_do_not_fit(self) -> None:
        with pytest.raises(ShapeError, match=r"Add reads inputs of one shape, not \(9, 4\) and \(8, 4\)"):
            Add().output_shape((9, 4), (8, 4))
        with pytest.raises(ShapeError, match=r"Concatenate reads inputs that differ in axis -1 alone"):
            Concatenate().output_shape((9, 4), (8, 4))
        with pytest.raises(ShapeError, match="alone"):
            Concatenate().output_shape((9, 4), (4,))
        with pytest.raises(ShapeError, match="Subtract reads two inputs, not 3"):
            Subtract().output_shape((9, 4), (9, 4), (9, 4))
        with pytest.raises(ShapeError, match="Dot reads two inputs, not 1"):
            Dot().output_shape((9, 4))
        with pytest.raises(ShapeError, match="Dot sums over axes of one length, not 4 and 3"):
            Dot().output_shape((9, 4), (9, 3))

    def test_concatenate_along_the_length_shifts_what_is_read(self) -> None:
        shapes = (3, 4), (2, 4)
        assert read_by(Concatenate(axis=1), 2, *shapes) == [[2], []]
        assert read_by(Concatenate(axis=1), 3, *shapes) == [[], [0]]
        assert read_by(Concatenate(), 1, (3, 4), (3, 2)) == [[1], [1]]

    def test_dot_keeps_the_first_inputs_axis(self) -> None:
        assert Dot(2).output_shape((9, 4), (7, 4)) == (9, 7)
        assert read_by(Dot(2), 3, (9, 4), (7, 4)) == [[3], [*range(7)]]
        assert read_by(Dot(1), 3, (9, 4), (9, 2)) == [[*range(9)], [*range(9)]]
        assert read_by(Dot((1, 2)), 3, (4,), (9, 4)) == [[*range(4)], [3]]
        assert Dot(2).aligned([Alignment(5), None], (9, 4), (7, 4)) == Alignment(5)
        assert Dot(1).output_shape((4,), (4,)) == (1,)

    def test_of_one_input_is_that_input(self) -> None:
        x = normal(3, 2)
        assert Add().forward(x) is x


class TestReshaping:
    def test_moves_positions_as_worked_by_hand(self) -> None:
        x = column(1, 2, 3, 4)
        assert Cropping1D((1, 2)).forward(x).ravel().tolist() == [2]
        assert ZeroPadding1D((1, 2)).forward(x).ravel().tolist() == [0, 1, 2, 3, 4, 0, 0]
        assert UpSampling1D(2).forward(x).ravel().tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
        assert Reshape((2, 2)).forward(x).tolist() == [[1, 2], [3, 4]]
        assert Permute((2, 1)).forward(Reshape((2, 2)).forward(x)).tolist() == [[1, 3], [2, 4]]
        assert RepeatVector(2).forward(x.ravel()).tolist() == [[1, 2, 3, 4]] * 2

    def test_knows_where_they_stood(self) -> None:
        assert read_by(Cropping1D((2, 1)), 0, (9, 4)) == [[2]]
        assert read_by(ZeroPadding1D((2, 1)), 0, (9, 4)) == [[]]
        assert read_by(ZeroPadding1D((2, 1)), 2, (9, 4)) == [[0]]
        assert read_by(UpSampling1D(3), 5, (9, 4)) == [[1]]
        assert read_by(Reshape((6, 6)), 1, (9, 4)) == [[1, 2]]
        assert read_by(RepeatVector(5), 3, (9,)) == [[*range(9)]]

    def test_works_out_what_is_left(self) -> None:
        assert Reshape((-1, 6)).output_shape((9, 4)) == (6, 6)
        assert Reshape((-1, 4)).output_shape((None, 4)) == (None, 4)
        assert RepeatVector(3).output_shape((None,)) == (3, None)

    @each_case(
        ("layer", "shape", "message"),
        [
            (Cropping1D((4, 5)), (9, 4), "length 9 is too short to lose 9 positions; the shortest .* is 10"),
            (Reshape((5, 5)), (9, 4), r"36 values cannot be laid out as \(5, 5\); give it 25"),
            (Reshape((5, -1)), (9, 4), "give it a multiple of 5"),
            (Permute((2, 1)), (9,), "Permute reads 2 axes, not 1"),
            (RepeatVector(2), (9, 4), "RepeatVector reads one axis, not 2"),
            (TimeDistributed(Dense(ones(4, 1))), (4,), "TimeDistributed reads positions, not 1 axes"),
        ],
    )
    def test_refuses_shapes_that_do_not_fit(self, layer: Layer, shape: tuple[int, ...], message: str) -> None:
        with pytest.raises(ShapeError, match=message):
            layer.output_shape(shape)

    def test_refuses_settings_that_cannot_be(self) -> None:
        for build in (
            lambda: Cropping1D((-1, 0)),
            lambda: ZeroPadding1D((0, -1)),
            lambda: UpSampling1D(0),
            lambda: RepeatVector(0),
            lambda: Permute((1, 3)),
            lambda: Reshape((-1, -1)),
            lambda: Reshape((0, 4)),
        ):
            with pytest.raises(SettingError):
                build()


class TestRecurrent:
    @pytest.mark.parametrize(
        ("layer", "expected"),
        [
            (LSTM, [-0.06966712325811386, -0.0027255758177489042]),
            (GRU, [0.1964428871870041, -0.3499811589717865]),
            (partial(GRU, reset_after=False), [0.210144504904747, -0.34556400775909424]),
        ],
        ids=["LSTM", "GRU", "GRU, reset before"],
    )
    def test_a_gate_that_weighs_units_against_each_other_weighs_its_own(self, layer, expected) -> None:
        # What Keras 3 gives for these weights.
        wide = 8 if layer is LSTM else 6
        kernel = np.linspace(-1, 1, wide, dtype=np.float32)[None]
        recurrent = np.linspace(1, -1, 2 * wide, dtype=np.float32).reshape(2, wide)
        x = np.array([[1], [2], [-1]], np.float32)
        made = layer(kernel, recurrent, recurrent_activation="softmax").forward(x)
        np.testing.assert_allclose(made, expected, rtol=1e-5)

    def test_kernels_and_biases_have_their_shapes(self) -> None:
        assert LSTM(normal(4, 12), normal(3, 12), ones(12)).parameter_count == 48 + 36 + 12
        assert GRU(normal(4, 9), normal(3, 9), ones(2, 9)).parameter_count == 36 + 27 + 18
        with pytest.raises(
            ModelError, match=r"do not fit; .* \(input channels, 4 × units\) and \(units, 4 × units\)"
        ):
            LSTM(normal(4, 9), normal(3, 9))
        with pytest.raises(ModelError, match=r"bias of shape \(9,\) does not fit 3 units; its shape is \(2, 9\)"):
            GRU(normal(4, 9), normal(3, 9), ones(9))
        with pytest.raises(ModelError, match=r"its shape is \(9,\)"):
            GRU(normal(4, 9), normal(3, 9), ones(2, 9), reset_after=False)
        with pytest.raises(NotFoundError):
            GRU(normal(4, 9), normal(3, 9), recurrent_activation="no such")
        with pytest.raises(NotFoundError):
            LSTM(normal(4, 12), normal(3, 12), recurrent_activation="no such")
        with pytest.raises(ShapeError, match="LSTM reads 4 channels, not 3"):
            LSTM(normal(4, 12), normal(3, 12)).output_shape((9, 3))

    def test_state_is_carried_over_positions_without_data(self) -> None:
        # One unit: state ← x + 10 · state, so that digits tell what was read.
        rnn = SimpleRNN(ones(1, 1), 10 * ones(1, 1), activation="linear", return_sequences=True)
        mask = np.array([True, False, True, False])
        x = column(1, 2, 3, 4)
        assert rnn.forward(x, mask).ravel().tolist() == [1, 1, 13, 13]
        zeros = SimpleRNN(ones(1, 1), 10 * ones(1, 1), None, "linear", True, zero_output_for_mask=True)
        assert zeros.forward(x, mask).ravel().tolist() == [1, 0, 13, 0]
        backwards = SimpleRNN(ones(1, 1), 10 * ones(1, 1), None, "linear", True, go_backwards=True)
        assert backwards.forward(x, mask).ravel().tolist() == [0, 3, 3, 31]

    def test_both_directions_stand_at_one_position(self) -> None:
        def direction(backwards: bool) -> SimpleRNN:
            return SimpleRNN(ones(1, 1), 10 * ones(1, 1), None, "linear", True, go_backwards=backwards)

        both = Bidirectional(direction(False), direction(True))
        assert both.forward(column(1, 2, 3)).tolist() == [[1, 321], [12, 32], [123, 3]]
        assert [*both.weights()] == [
            "forward_layer/kernel",
            "forward_layer/recurrent_kernel",
            "backward_layer/kernel",
            "backward_layer/recurrent_kernel",
        ]
        summed = Bidirectional(direction(False), direction(True), "sum").forward(column(1, 2, 3))
        assert summed.ravel().tolist() == [322, 44, 126]

    def test_bidirectional_refuses_what_is_no_pair(self) -> None:
        with pytest.raises(ModelError, match="without a merge mode gives two outputs; a merge mode is concat, sum"):
            Bidirectional(RNN, BACKWARDS, None)
        with pytest.raises(ModelError, match="there is no merge mode 'max'"):
            Bidirectional(RNN, BACKWARDS, "max")
        with pytest.raises(ModelError, match="read in one direction"):
            Bidirectional(RNN, RNN)
        with pytest.raises(ModelError, match="gives sequences and the other does not"):
            Bidirectional(RNN, SimpleRNN(normal(4, 3), normal(3, 3), go_backwards=True))
        wide = SimpleRNN(normal(4, 5), normal(5, 5), return_sequences=True, go_backwards=True)
        assert Bidirectional(RNN, wide).output_shape((9, 4)) == (9, 8)
        with pytest.raises(ShapeError, match="have 3 and 5 units; to merge by sum they have the same number"):
            Bidirectional(RNN, wide, "sum").output_shape((9, 4))


class TestMasks:
    def test_mark_positions_whose_channels_all_have_one_value(self) -> None:
        x = np.array([[7, 7], [7, 1], [0, 0]], dtype=np.float32)
        layer = Masking(7.0)
        assert layer.forward(x).tolist() == [[0, 0], [7, 1], [0, 0]]
        mask = layer.output_mask([None], x)
        assert mask is not None
        assert mask.tolist() == [False, True, True]

    def test_of_an_average_leave_what_is_marked_out(self) -> None:
        pool, x = GlobalAveragePooling1D(), column(1, 3, 100)
        assert pool.forward_masked([np.array([True, True, False])], x).tolist() == [2]
        assert pool.forward_masked([None], x).tolist() == pool.forward(x).tolist()
        assert np.isnan(pool.forward_masked([np.zeros(3, dtype=np.bool_)], x)).all()
        kept = GlobalAveragePooling1D(keepdims=True)
        assert kept.forward_masked([np.array([True, True, False])], x).tolist() == [[2]]

    def test_end_where_keras_ends_them(self) -> None:
        mask, x = np.array([True, False, True]), normal(3, 4)
        ended = [Conv1D(random_kernel(1)), Flatten(), GlobalMaxPooling1D(), Cropping1D(), Reshape((-1,))]
        for layer in ended:
            assert layer.output_mask([mask], x) is None
        assert RNN.output_mask([mask], x) is mask
        assert Dense(normal(4, 2)).output_mask([mask], x) is mask
        assert Add().output_mask([mask, None], x, x) is None

    def test_of_two_inputs_come_together(self) -> None:
        left, right, x = np.array([True, False, False]), np.array([False, False, True]), normal(3, 4)
        either = Add().output_mask([left, right], x, x)
        assert either is not None
        assert either.tolist() == [True, False, True]
        side = Concatenate().output_mask([left, right], x, x)
        assert side is not None
        assert side.tolist() == [True, False, True]
        behind = Concatenate(axis=1).output_mask([left, None], x, x)
        assert behind is not None
        assert behind.tolist() == [True, False, False, True, True, True]

    def test_of_an_embedding_are_where_the_index_is_0(self) -> None:
        indices = np.array([2, 0, 1], dtype=np.float32)
        mask = Embedding(normal(3, 2), mask_zero=True).output_mask([None], indices)
        assert mask is not None
        assert mask.tolist() == [True, False, True]
        assert Embedding(normal(3, 2)).output_mask([None], indices) is None


class TestEmbedding:
    def test_looks_rows_up(self) -> None:
        table = normal(5, 2)
        np.testing.assert_array_equal(Embedding(table).forward(np.array([4, 0, 4], np.float32)), table[[4, 0, 4]])
        assert Embedding(table).output_shape((None,)) == (None, 2)
        assert [*Embedding(table).weights()] == ["embeddings"]

    @pytest.mark.parametrize("index", [-1, 5])
    def test_refuses_an_index_without_a_row(self, index: int) -> None:
        with pytest.raises(
            ModelError, match=f"index {index} has no row in an Embedding of 5; its indices are 0 to 4"
        ):
            Embedding(normal(5, 2)).forward(np.array([0, index], dtype=np.float32))

    def test_refuses_a_table_that_is_none(self) -> None:
        with pytest.raises(ModelError, match="is not an Embedding's"):
            Embedding(normal(5))


class TestUnknown:
    def test_refuses_everything_with_its_reason(self) -> None:
        layer = Unknown("Custom", "its class is not one of Keras's", {"w": ones(2, 3)})
        for ask in (
            lambda: layer.output_shape((9, 4)),
            lambda: layer.forward(ones(9, 4)),
            lambda: layer.positions_read(np.ones(9, np.bool_), (9, 4)),
        ):
            with pytest.raises(ShapeError, match=r"^Custom: its class is not one of Keras's$"):
                ask()
        assert layer.parameter_count == 6
        assert Unknown("Custom", "why").weights() == {}


def test_a_side_input_is_as_long_as_the_letters_where_it_is_open() -> None:
    assert SideInput((None, 3)).sized(9) == (9, 3)
    assert SideInput((None, 3)).sized(None) == (None, 3)
    assert SideInput((5, 3)).sized(9) == (5, 3)
    assert read_by(SideInput((5, 3)), 2, (5, 3)) == [[2]]
