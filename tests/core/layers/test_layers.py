"""Every layer by hand: its shape, its numbers, its weights, what it reads, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from dependence import read_by
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small_models import random_kernel
from test_activation_functions import FURTHER_DEFINITIONS

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError, ShapeError
from cnn_core.layers import (
    ACTIVATIONS,
    Activation,
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
    Pooling1D,
    SimpleRNN,
    activation_function,
)

POOLS = [MaxPooling1D, AveragePooling1D]


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)[:, None]


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, dtype=np.float32)


class TestConv1D:
    def test_does_not_flip_the_kernel(self) -> None:
        conv = Conv1D(np.array([1, 10, 100], dtype=np.float32)[:, None, None])
        assert conv.forward(column(1, 2, 3, 4)).ravel().tolist() == [321, 432]

    def test_same_pads_the_odd_zero_on_the_right(self) -> None:
        conv = Conv1D(np.array([1, 10], dtype=np.float32)[:, None, None], padding="same")
        assert conv.forward(column(1, 2, 3)).ravel().tolist() == [21, 32, 3]

    def test_causal_never_reads_what_comes_later(self) -> None:
        conv = Conv1D(np.array([1, 10], dtype=np.float32)[:, None, None], padding="causal", dilation=2)
        assert conv.forward(column(1, 2, 3, 4)).ravel().tolist() == [10, 20, 31, 42]

    def test_stride_and_dilation_work_together(self) -> None:
        conv = Conv1D(np.array([1, 10], dtype=np.float32)[:, None, None], stride=3, dilation=2)
        assert conv.forward(column(*range(1, 10))).ravel().tolist() == [31, 64, 97]

    def test_adds_the_bias_before_the_activation_function(self) -> None:
        conv = Conv1D(ones(1, 1, 2), np.array([-2, 1], dtype=np.float32), activation="relu")
        assert conv.responses(column(1, 3)).tolist() == [[-1, 2], [1, 4]]
        assert conv.forward(column(1, 3)).tolist() == [[0, 2], [1, 4]]

    def test_sums_over_channels_and_not_over_filters(self) -> None:
        kernel = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
        assert Conv1D(kernel).forward(np.array([[1, 10]], dtype=np.float32)).tolist() == [[30, 41, 52]]

    def test_groups_read_their_own_channels_alone(self) -> None:
        conv = Conv1D(np.array([[[1, 2, 3, 4]]], dtype=np.float32), groups=2)
        assert conv.input_channels == 2
        assert conv.forward(np.array([[1, 10]], dtype=np.float32)).tolist() == [[1, 2, 30, 40]]
        assert conv.full_kernel().tolist() == [[[1, 2, 0, 0], [0, 0, 3, 4]]]
        ungrouped = Conv1D(conv.full_kernel())
        assert ungrouped.forward(np.array([[1, 10]], dtype=np.float32)).tolist() == [[1, 2, 30, 40]]

    def test_of_the_issue_has_20800_parameters_and_485_windows(self) -> None:
        conv = Conv1D(random_kernel(16, 320), np.zeros(320, dtype=np.float32))
        assert conv.parameter_count == 16 * 4 * 320 + 320 == 20_800
        assert conv.output_shape((500, 4)) == (485, 320)
        assert conv.output_shape((None, 4)) == (None, 320)
        assert [*conv.weights()] == ["kernel", "bias"]
        assert [*Conv1D(conv.kernel).weights()] == ["kernel"]

    def test_too_short_an_input_states_the_shortest_that_works(self) -> None:
        with pytest.raises(ShapeError, match=r"length 30 is too short .* the shortest length that works is 31"):
            Conv1D(random_kernel(16), dilation=2).output_shape((30, 4))

    def test_refuses_other_channels_than_its_kernels(self) -> None:
        with pytest.raises(ShapeError, match=r"^Conv1D reads 4 channels, not 5; give it an input of 4 channels$"):
            Conv1D(random_kernel(3)).output_shape((10, 5))

    @pytest.mark.parametrize("shape", [(), (10,), (2, 10, 4), (10, None)])
    def test_refuses_other_axes_than_length_and_channels(self, shape: tuple[int | None, ...]) -> None:
        with pytest.raises(ShapeError, match=r"reads \(length, channels\)"):
            Conv1D(random_kernel(3)).output_shape(shape)

    @each_case("shape", [(3, 4), (0, 4, 2), (3, 0, 2), (3, 4, 0), (1, 3, 4, 2)])
    def test_refuses_a_kernel_that_is_none(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ModelError, match="is not a Conv1D kernel; its shape is"):
            Conv1D(ones(*shape))

    def test_refuses_a_bias_that_does_not_fit(self) -> None:
        with pytest.raises(ModelError, match=r"bias of shape \(3,\) does not fit 2 filters; its shape is \(2,\)"):
            Conv1D(random_kernel(3, 2), np.zeros(3, dtype=np.float32))

    @pytest.mark.parametrize("groups", [0, -1, 3])
    def test_refuses_groups_that_do_not_divide_its_filters(self, groups: int) -> None:
        with pytest.raises(ModelError, match=f"4 filters cannot be split into {groups} groups"):
            Conv1D(random_kernel(3, 4), groups=groups)

    def test_refuses_names_that_are_not_one_a_filter(self) -> None:
        with pytest.raises(ModelError, match="1 names for 2 filters; give one a filter"):
            Conv1D(random_kernel(3, 2), filter_names=("one",))

    @pytest.mark.parametrize("setting", [{"stride": 0}, {"dilation": 0}, {"padding": "full"}])
    def test_refuses_settings_that_cannot_be(self, setting: dict[str, object]) -> None:
        with pytest.raises(SettingError):
            Conv1D(random_kernel(3), **setting)

    def test_refuses_an_activation_function_that_is_none(self) -> None:
        with pytest.raises(NotFoundError, match="did you mean relu"):
            Conv1D(random_kernel(3), activation="rellu")

    def test_reads_the_window_of_a_position(self) -> None:
        assert read_by(Conv1D(random_kernel(16)), 480, (500, 4)) == [[*range(480, 496)]]
        with pytest.raises(ShapeError, match="the length of the input is not known; give a sequence first"):
            Conv1D(random_kernel(16)).positions_read(np.ones(1, np.bool_), (None, 4))


class TestMaxPooling1D:
    def test_keeps_the_largest_of_every_window_a_channel_for_itself(self) -> None:
        x = np.array([[1, -5], [3, -4], [2, -3], [0, -9]], dtype=np.float32)
        assert MaxPooling1D(2).forward(x).tolist() == [[3, -4], [2, -3]]
        assert MaxPooling1D(2).selections(x).tolist() == [[1, 1], [2, 2]]

    def test_same_of_negative_values_never_takes_the_padding(self) -> None:
        # 3 positions, size 2, stride 2: 2 cells, nothing padded left and 1 right.
        pool = MaxPooling1D(2, 2, "same")
        assert pool.forward(column(-5, -4, -3)).ravel().tolist() == [-4, -3]
        assert pool.selections(column(-5, -4, -3)).ravel().tolist() == [1, 2]

    def test_same_at_stride_1_keeps_the_length(self) -> None:
        # 3 cells over [−5, −4], [−4, −3], [−3, padding].
        pool = MaxPooling1D(2, 1, "same")
        assert pool.forward(column(-5, -4, -3)).ravel().tolist() == [-4, -3, -3]
        assert pool.selections(column(-5, -4, -3)).ravel().tolist() == [1, 2, 2]

    def test_same_of_485_gives_61_cells_with_1_padded_left_and_2_right(self) -> None:
        pool = MaxPooling1D(8, 8, "same")
        rising = column(*range(-485, 0))
        assert pool.output_shape((485, 1)) == (61, 1)
        assert pool.sliding.pads(485) == (1, 2)
        assert pool.selections(rising).ravel().tolist() == [*range(6, 485, 8), 484]
        assert pool.forward(-rising[::-1]).ravel()[:3].tolist() == [7, 15, 23]

    def test_same_pads_485_on_the_left_too(self) -> None:
        falling = column(*range(485, 0, -1))
        selections = MaxPooling1D(8, 8, "same").selections(falling).ravel().tolist()
        assert selections == [0, *range(7, 485, 8)]

    def test_stride_defaults_to_the_size(self) -> None:
        assert MaxPooling1D(8).sliding.stride == 8
        assert MaxPooling1D(8).output_shape((485, 320)) == (60, 320)

    def test_stride_1_of_size_8_on_485_gives_478_cells(self) -> None:
        assert MaxPooling1D(8, 1).output_shape((485, 320)) == (478, 320)

    def test_overlapping_windows_may_choose_the_same_position(self) -> None:
        assert MaxPooling1D(3, 1).selections(column(0, 1, 9, 1, 0)).ravel().tolist() == [2, 2, 2]

    def test_gaps_are_never_chosen(self) -> None:
        pool = MaxPooling1D(2, 4)
        x = column(1, 2, 99, 99, 4, 3, 99, 99, 5)
        assert pool.forward(x).ravel().tolist() == [2, 4]
        assert pool.selections(x).ravel().tolist() == [1, 4]

    def test_chooses_the_first_of_equal_maxima(self) -> None:
        assert MaxPooling1D(4).selections(column(1, 7, 7, 7)).ravel().tolist() == [1]
        assert MaxPooling1D(4).selections(column(0, 0, 0, 0)).ravel().tolist() == [0]
        assert MaxPooling1D(4, 4, "same").selections(column(2, 2, 2, 2, 2)).ravel().tolist() == [0, 3]

    def test_chooses_a_position_that_exists_even_where_all_is_minus_infinity(self) -> None:
        selections = MaxPooling1D(4, 4, "same").selections(np.full((5, 1), -np.inf, dtype=np.float32))
        assert selections.ravel().tolist() == [0, 3]

    def test_of_one_hot_letters_only_says_which_letters_occur(self) -> None:
        letters = np.eye(4, dtype=np.float32)[[0, 2, 2, 0]]
        assert MaxPooling1D(4).forward(letters).tolist() == [[1, 0, 1, 0]]

    @given(
        hnp.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 3)), elements=st.integers(-3, 3)),
        st.integers(1, 6),
        st.integers(1, 6),
        st.sampled_from(["valid", "same"]),
    )
    @settings(max_examples=150)
    def test_value_is_the_value_at_the_selection_and_no_earlier_one_is_as_large(
        self, x: np.ndarray, size: int, stride: int, padding: str
    ) -> None:
        pool = MaxPooling1D(size, stride, padding)
        if padding == "valid" and len(x) < size:
            with pytest.raises(ShapeError):
                pool.output_shape(x.shape)
            return
        cells, selections = pool.forward(x), pool.selections(x)
        np.testing.assert_array_equal(cells, np.take_along_axis(x, selections, axis=0))
        for cell, channel in np.ndindex(cells.shape):
            (read,) = read_by(pool, cell, x.shape)
            values = x[read, channel]
            assert selections[cell, channel] == read[values.tolist().index(values.max())]


class TestAveragePooling1D:
    def test_averages_every_window(self) -> None:
        assert AveragePooling1D(2).forward(column(1, 3, 5, 9, 100)).ravel().tolist() == [2, 7]

    def test_never_counts_the_padding(self) -> None:
        # 5 positions, size 4, stride 4: 1 padded left and 2 right, so the cells hold 3 and 2 values.
        assert AveragePooling1D(4, 4, "same").forward(column(1, 2, 3, 4, 5)).ravel().tolist() == [2, 4.5]

    def test_chooses_nothing(self) -> None:
        assert not hasattr(AveragePooling1D(2), "selections")

    def test_does_not_depend_on_the_cells_beside(self) -> None:
        # A one-column array must not be added in another order than a wide one.
        x = np.random.RandomState(0).rand(640, 3).astype(np.float32)
        wide = AveragePooling1D(64).forward(x)
        for cell in range(10):
            alone = AveragePooling1D(64).forward(x[cell * 64 : cell * 64 + 64, 1:2])
            assert alone[0, 0] == wide[cell, 1]


@pytest.mark.parametrize("pool", POOLS)
class TestPooling1D:
    def test_has_no_parameters(self, pool: type[Pooling1D]) -> None:
        assert pool(8).parameter_count == 0

    def test_takes_any_length_where_the_length_is_open(self, pool: type[Pooling1D]) -> None:
        assert pool(8).output_shape((None, 320)) == (None, 320)

    def test_too_short_an_input_states_the_shortest_that_works(self, pool: type[Pooling1D]) -> None:
        with pytest.raises(ShapeError, match=r"length 7 is too short .* the shortest length that works is 8"):
            pool(8).output_shape((7, 320))

    def test_cannot_be_causal(self, pool: type[Pooling1D]) -> None:
        with pytest.raises(SettingError, match="a pool cannot be causal; its padding is valid or same"):
            pool(8, padding="causal")

    @pytest.mark.parametrize("wrong", [{"size": 0}, {"stride": 0}, {"padding": "full"}])
    def test_refuses_settings_that_cannot_be(self, pool: type[Pooling1D], wrong: dict[str, object]) -> None:
        with pytest.raises(SettingError):
            pool(**wrong)

    def test_takes_a_padding_as_a_word_or_as_a_member(self, pool: type[Pooling1D]) -> None:
        x = np.random.RandomState(0).randn(11, 2).astype(np.float32)
        np.testing.assert_array_equal(pool(4, padding="same").forward(x), pool(4, padding=Padding.SAME).forward(x))

    def test_reads_the_pool_window_of_a_cell(self, pool: type[Pooling1D]) -> None:
        assert read_by(pool(8), 59, (485, 320)) == [[*range(472, 480)]]


class TestGlobalPools:
    def test_leave_the_channels_alone(self) -> None:
        x = np.array([[1, -4], [5, -2], [3, -9]], dtype=np.float32)
        assert GlobalMaxPooling1D().forward(x).tolist() == [5, -2]
        assert GlobalMaxPooling1D().selections(x).tolist() == [1, 1]
        assert GlobalAveragePooling1D().forward(x).tolist() == [3, -5]
        for pool in (GlobalMaxPooling1D(), GlobalAveragePooling1D()):
            assert pool.output_shape((None, 2)) == (2,)
            assert read_by(pool, 1, (3, 2)) == [[0, 1, 2]]

    def test_select_the_first_of_equal_maxima(self) -> None:
        assert GlobalMaxPooling1D().selections(column(0, 7, 7)).tolist() == [1]

    def test_average_of_a_long_axis_keeps_its_digits(self) -> None:
        tenth = np.full((200_000, 3), 0.1, dtype=np.float32)
        assert GlobalAveragePooling1D().forward(tenth).tolist() == [np.float32(0.1)] * 3
        assert GlobalAveragePooling1D().forward(tenth).dtype == np.float32


class TestSimpleRNN:
    # One unit: state ← 2·x + 10·state, so that digits tell the order of reading.
    KERNEL, RECURRENT = np.array([[2]], dtype=np.float32), np.array([[10]], dtype=np.float32)

    @pytest.mark.parametrize(
        ("sequences", "backwards", "states"),
        [
            (False, False, [246]),
            (True, False, [[2], [24], [246]]),
            (False, True, [642]),
            (True, True, [[6], [64], [642]]),
        ],
    )
    def test_remembers_what_came_before(self, sequences: bool, backwards: bool, states: list[object]) -> None:
        rnn = SimpleRNN(
            self.KERNEL,
            self.RECURRENT,
            activation="linear",
            return_sequences=sequences,
            go_backwards=backwards,
        )
        assert rnn.forward(column(1, 2, 3)).tolist() == states
        assert rnn.output_shape((3, 1)) == np.shape(states)

    def test_adds_its_bias_at_every_step_and_is_a_tanh_unless_told(self) -> None:
        rnn = SimpleRNN(self.KERNEL, self.RECURRENT, np.array([0.5], dtype=np.float32), return_sequences=True)
        first = math.tanh(2 * 0.1 + 0.5)
        second = math.tanh(2 * -0.4 + 0.5 + 10 * first)
        np.testing.assert_allclose(rnn.forward(column(0.1, -0.4)).ravel(), [first, second], rtol=1e-6)

    def test_of_the_issue_has_57472_parameters(self) -> None:
        rnn = SimpleRNN(ones(320, 128), ones(128, 128), ones(128), return_sequences=True)
        assert rnn.parameter_count == 320 * 128 + 128 * 128 + 128 == 57_472
        assert rnn.output_shape((60, 320)) == (60, 128)
        assert rnn.output_shape((None, 320)) == (None, 128)
        assert [*rnn.weights()] == ["kernel", "recurrent_kernel", "bias"]

    def test_reads_its_whole_past(self) -> None:
        def reads(position: int, **flags: bool) -> list[list[int]]:
            return read_by(SimpleRNN(ones(1, 1), ones(1, 1), **flags), position, (9, 1))

        assert reads(3, return_sequences=True) == [[*range(4)]]
        assert reads(3, return_sequences=True, go_backwards=True) == [[*range(5, 9)]]
        assert reads(0) == [[*range(9)]]

    def test_refuses_weights_that_do_not_fit(self) -> None:
        with pytest.raises(ModelError, match="do not fit; their shapes are"):
            SimpleRNN(ones(3, 2), ones(3, 3))
        with pytest.raises(ModelError, match="does not fit 2 units"):
            SimpleRNN(ones(3, 2), ones(2, 2), ones(3))
        with pytest.raises(ShapeError, match="SimpleRNN reads 3 channels, not 4"):
            SimpleRNN(ones(3, 2), ones(2, 2)).output_shape((9, 4))


class TestDenseAndFlatten:
    def test_flatten_lays_positions_one_behind_the_other(self) -> None:
        x = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
        assert Flatten().forward(x).tolist() == [1, 2, 3, 4, 5, 6]
        assert Flatten().output_shape((60, 128)) == (7_680,)
        assert Flatten().output_shape((None, 128)) == (None,)

    def test_flatten_knows_the_position_of_every_unit(self) -> None:
        assert [read_by(Flatten(), unit, (2, 3)) for unit in range(6)] == [[[0]]] * 3 + [[[1]]] * 3

    def test_dense_sums_all_inputs(self) -> None:
        dense = Dense(
            np.array([[1, 2], [10, 20]], dtype=np.float32), np.array([0.5, -100], dtype=np.float32), "relu"
        )
        assert dense.forward(np.array([3, 4], dtype=np.float32)).tolist() == [43.5, 0]
        assert dense.output_shape((2,)) == (2,)
        assert dense.parameter_count == 6
        assert read_by(dense, 1, (2,)) == [[0, 1]]

    def test_dense_on_a_length_axis_is_each_position_for_itself(self) -> None:
        dense = Dense(np.array([[1], [10]], dtype=np.float32))
        assert dense.forward(np.array([[1, 2], [3, 4]], dtype=np.float32)).tolist() == [[21], [43]]
        assert dense.output_shape((None, 2)) == (None, 1)
        assert read_by(dense, 1, (2, 2)) == [[1]]

    def test_dense_refuses_what_does_not_fit_with_both_numbers(self) -> None:
        dense = Dense(ones(7_680, 1))
        with pytest.raises(ShapeError, match=r"^Dense reads 7,680 inputs, not 7,808; give it 7,680$"):
            dense.output_shape((7_808,))
        with pytest.raises(ShapeError, match="not an unknown number"):
            dense.output_shape((None,))
        with pytest.raises(ModelError, match="is not a Dense kernel"):
            Dense(ones(3))
        with pytest.raises(ModelError, match="does not fit 2 units"):
            Dense(ones(3, 2), ones(3))

    def test_dropout_passes_everything_on(self) -> None:
        x = column(1, 2, 3)
        assert Dropout(0.9).forward(x) is x
        assert Dropout().output_shape((3, 1)) == (3, 1)
        assert read_by(Dropout(), 2, (3, 1)) == [[2]]

    def test_input_is_the_letters(self) -> None:
        assert Input().output_shape() == (None, 4)
        assert Input(500, "ACGTN").output_shape() == (500, 5)
        assert read_by(Input(500), 17, (500, 4)) == [[17]]

    @each_case("channels", ["ACG", "ACGU", "AACGT", "acgt", "ACGTNN", ""])
    def test_input_refuses_a_channel_order_that_is_none(self, channels: str) -> None:
        with pytest.raises(ModelError, match="is not one of A, C, G and T"):
            Input(500, channels)

    def test_input_refuses_a_length_that_holds_nothing(self) -> None:
        with pytest.raises(ModelError, match="the shortest is 1"):
            Input(0)


def _gelu(x: float) -> float:
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


DEFINITIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "softplus": lambda x: math.log1p(math.exp(-abs(x))) + max(x, 0.0),
    "exponential": math.exp,
    "gelu": _gelu,
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "hard_sigmoid": lambda x: min(max(x + 3, 0.0), 6.0) / 6,
}


class TestActivationFunctions:
    @each_case("name", DEFINITIONS)
    def test_keep_all_digits_of_their_definition_in_double_precision(self, name: str) -> None:
        responses = np.linspace(-30, 30, 241, dtype=np.float32)
        exact = [DEFINITIONS[name](float(x)) for x in responses]
        np.testing.assert_allclose(activation_function(name)(responses), exact, rtol=1e-6, atol=1e-37)

    def test_all_have_a_definition_here_or_with_the_further_layers_but_softmax(self) -> None:
        assert {*ACTIVATIONS} == {*DEFINITIONS, *FURTHER_DEFINITIONS, "softmax", "log_softmax"}

    @each_case("name", ACTIVATIONS)
    def test_stay_float32_silent_and_in_shape_at_any_response(self, name: str) -> None:
        far = np.array([[0, -0.0, 1e-30, -1e-30, 87, -87, 200, -200, 1e30, -1e30]], dtype=np.float32)
        activations = activation_function(name)(far)
        assert activations.dtype == np.float32
        assert activations.shape == far.shape
        assert not np.isnan(activations).any()

    @each_case("name", [name for name, each in ACTIVATIONS.items() if each.floor is not None])
    def test_reach_their_floor_and_never_go_below(self, name: str) -> None:
        function = activation_function(name)
        low = np.array([[-1e30, -200, -5, 0, 5, 1e30]], dtype=np.float32)
        assert function(low)[0, 0] == np.float32(function.floor)
        assert (function(low) >= np.float32(function.floor)).all()

    @pytest.mark.parametrize("name", ["linear", "leaky_relu", "gelu"])
    def test_without_a_floor_say_so(self, name: str) -> None:
        assert activation_function(name).floor is None

    def test_softmax_is_over_the_channels_of_each_position(self) -> None:
        shared = activation_function("softmax")(np.array([[0, 0], [0, math.log(3)], [1e4, -1e4]], dtype=np.float32))
        np.testing.assert_allclose(shared, [[0.5, 0.5], [0.25, 0.75], [1, 0]], rtol=1e-6)
        assert not ACTIVATIONS["softmax"].elementwise

    def test_exponential_overflows_to_infinity_without_a_warning(self) -> None:
        assert activation_function("exponential")(np.array([89], dtype=np.float32)).tolist() == [math.inf]

    def test_one_that_is_none_is_not_found_with_the_nearest_or_all(self) -> None:
        with pytest.raises(
            NotFoundError, match=r"^there is no activation function 'sigmoit'; did you mean sigmoid"
        ):
            activation_function("sigmoit")
        with pytest.raises(NotFoundError, match="there are linear, relu"):
            activation_function("?")

    def test_as_a_layer_are_applied_value_by_value(self) -> None:
        layer = Activation("relu")
        assert layer.forward(column(-1, 2)).ravel().tolist() == [0, 2]
        assert layer.output_shape((None, 3)) == (None, 3)
        assert layer.parameter_count == 0
        assert read_by(layer, 4, (9, 3)) == [[4]]
        with pytest.raises(NotFoundError):
            Activation("no such")


LAYERS: list[Layer] = [
    Input(9),
    Conv1D(random_kernel(3)),
    MaxPooling1D(2),
    AveragePooling1D(2),
    GlobalMaxPooling1D(),
    GlobalAveragePooling1D(),
    SimpleRNN(ones(4, 2), ones(2, 2)),
    Flatten(),
    Dense(ones(4, 2)),
    Dropout(),
    Activation("relu"),
]


@pytest.mark.parametrize("padding", ["same", "causal"])
@pytest.mark.parametrize(("size", "dilation", "stride"), [(7, 40, 1), (8, 40, 3), (5, 9, 2), (8, 1000, 1)])
def test_taps_that_only_read_padding_add_nothing(size: int, dilation: int, stride: int, padding: str) -> None:
    kernel = random_kernel(size)
    x = np.random.RandomState(0).randn(30, 4).astype(np.float32)
    conv = Conv1D(kernel, stride=stride, padding=padding, dilation=dilation)
    left, right = conv.sliding.pads(30)
    padded = np.pad(x, ((left, right), (0, 0)))
    starts = range(0, len(padded) - conv.sliding.span + 1, stride)
    expected = [np.einsum("tc,tcf->f", padded[at : at + conv.sliding.span : dilation], kernel) for at in starts]
    np.testing.assert_allclose(conv.responses(x), expected, rtol=0, atol=1e-5)


@each_case("pool", POOLS)
def test_a_pool_wider_than_the_axis_costs_what_the_axis_costs(pool: type[Pooling1D]) -> None:
    x = np.random.RandomState(0).randn(30, 4).astype(np.float32)
    wide = pool(size=1_000_001, stride=7, padding=Padding.SAME)
    whole = x.max(axis=0) if pool is MaxPooling1D else x.mean(axis=0)
    np.testing.assert_allclose(wide.forward(x), np.tile(whole, (5, 1)), rtol=1e-5)
    if isinstance(wide, MaxPooling1D):
        assert wide.selections(x).tolist() == [x.argmax(axis=0).tolist()] * 5


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.type)
class TestEveryLayer:
    def test_gives_the_shape_that_it_promises_in_float32(self, layer: Layer) -> None:
        x = np.random.RandomState(0).randn(9, 4).astype(np.float32)
        given = x.copy()
        output = layer.forward(x)
        assert output.shape == layer.output_shape(x.shape)
        assert output.dtype == np.float32
        np.testing.assert_array_equal(x, given, err_msg="the input was written to")

    def test_is_immutable(self, layer: Layer) -> None:
        with pytest.raises(AttributeError):
            layer.type = "other"

    def test_reads_positions_of_its_input_alone(self, layer: Layer) -> None:
        (read,) = read_by(layer, 0, (9, 4))
        assert len(read) > 0
        assert 0 <= read[0] <= read[-1] < 9

    def test_needs_a_known_length_to_say_what_it_reads(self, layer: Layer) -> None:
        with pytest.raises(CnnError, match=r"length of the input is not known"):
            layer.positions_read(np.ones(1, np.bool_), (None, 4))
