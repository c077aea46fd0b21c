"""What a value is computed from adds up to it, for every layer that can be looked into."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from each_case import each_case
from recomputed import recomputed

from cnn_core.errors import RegionError
from cnn_core.explain.walk_down import Descent
from cnn_core.layers import (
    LARGEST_SHOWN,
    Activation,
    Add,
    Average,
    AveragePooling1D,
    BatchNormalization,
    ComputedValue,
    Concatenate,
    Conv1D,
    Convolution1D,
    Cropping1D,
    Dense,
    DepthwiseConv1D,
    Dot,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    Layer,
    LayerNormalization,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    Permute,
    PReLU,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SimpleRNN,
    Softmax,
    Subtract,
    TimeDistributed,
    UpSampling1D,
    ZeroPadding1D,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model, Node

RANDOM = np.random.RandomState(7)


def draw(*shape: int) -> np.ndarray:
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def every_place(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [tuple(int(axis) for axis in place) for place in np.ndindex(*shape)]


SUMS = {
    "conv": Conv1D(draw(3, 4, 5), draw(5), activation="relu"),
    "conv same, stride, dilation": Conv1D(draw(3, 4, 5), None, stride=2, padding="same", dilation=2),
    "conv groups": Conv1D(draw(2, 2, 6), draw(6), groups=2, activation="tanh"),
    "depthwise": DepthwiseConv1D(draw(3, 4, 2), draw(8), padding="causal"),
    "separable": SeparableConv1D(draw(3, 4, 2), draw(1, 8, 5), draw(5), activation="sigmoid"),
    "dense at each position": Dense(draw(4, 3), draw(3), "relu"),
    "time distributed": TimeDistributed(Dense(draw(4, 3), draw(3), "tanh")),
    "batch norm": BatchNormalization(draw(4), np.abs(draw(4)) + 0.1, draw(4), draw(4)),
    "rnn": SimpleRNN(draw(4, 3), draw(3, 3), draw(3), return_sequences=True),
    "rnn backwards": SimpleRNN(draw(4, 3), draw(3, 3), None, return_sequences=True, go_backwards=True),
    "rnn, last state": SimpleRNN(draw(4, 3), draw(3, 3), draw(3)),
    "average pool, same": AveragePooling1D(3, 2, "same"),
    "global average": GlobalAveragePooling1D(),
}


@each_case("layer", SUMS.values())
def test_the_parts_of_a_sum_add_up_to_the_value(layer) -> None:
    x = draw(9, 4)
    output = layer.forward(x)
    for place in every_place(output.shape):
        composition = layer.compose(ComputedValue([x], output, place))
        assert recomputed(layer, [x], [None], output, place) == pytest.approx(output[place], abs=1e-5)
        assert len(composition.parts) == min(LARGEST_SHOWN, composition.count)
        for part in composition.parts:
            assert part.value == x[part.index]
            assert part.amount == pytest.approx(part.value * part.weight, rel=1e-5)
        amounts = [abs(part.amount) for part in composition.parts]
        assert amounts == sorted(amounts, reverse=True)


def test_padding_is_no_part_of_a_sum() -> None:
    layer, x = SUMS["conv same, stride, dilation"], draw(9, 4)
    assert layer.compose(ComputedValue([x], layer.forward(x), (0, 0))).count == 2 * 4
    assert layer.compose(ComputedValue([x], layer.forward(x), (2, 0))).count == 3 * 4


WINDOWS = {name: layer for name, layer in SUMS.items() if isinstance(layer, Convolution1D | AveragePooling1D)}


@each_case("layer", WINDOWS.values())
def test_the_taps_of_a_window_add_up_to_its_sum(layer) -> None:
    x = draw(9, 4)
    output = layer.forward(x)
    for place in every_place(output.shape):
        composition = layer.compose(ComputedValue([x], output, place))
        taps = composition.taps
        assert taps.window == layer.sliding.window(place[0], 9)
        assert taps.per_tap.sum() == pytest.approx(composition.products, rel=1e-12, abs=1e-12)
        assert taps.per_channel.sum() == pytest.approx(taps.total, rel=1e-12, abs=1e-12)
        outside = np.ones(taps.window.taps, np.bool_)
        outside[taps.inside] = False
        assert not taps.per_tap[outside].any()
        named = taps.largest(3)
        assert [part.amount for part in named] == [part.amount for part in composition.parts[:3]]
        assert sum(part.amount for part in named) + taps.rest(named) == pytest.approx(taps.total)
        for tap, position in zip(range(*taps.inside.indices(taps.window.taps)), taps.window.positions, strict=True):
            of_tap = taps.largest(2, tap)
            assert {part.index[0] for part in of_tap} == {position}
            assert sum(part.amount for part in of_tap) + taps.rest(of_tap, tap) == pytest.approx(taps.per_tap[tap])


def test_on_letters_every_tap_adds_the_weight_of_its_letter_to_the_last_bit() -> None:
    layer = Conv1D(draw(7, 4, 3), draw(3))
    letters = np.eye(4, dtype=np.float32)[[2, 0, 3, 1, 1, 0, 2, 3]]
    taps = layer.compose(ComputedValue([letters], layer.forward(letters), (1, 2))).taps
    assert taps.per_tap.tolist() == [
        float(layer.kernel[tap, channel, 2]) for tap, channel in enumerate([0, 3, 1, 1, 0, 2, 3])
    ]


@pytest.mark.parametrize("layer", [MaxPooling1D(4), GlobalMaxPooling1D()], ids=["pool", "global"])
@each_case(
    ("values", "floor", "ties", "silent"),
    [
        ([1, 3, 3, 0], 0.0, 2, False),
        ([1, 3, 2, 0], 0.0, 1, False),
        ([0, 0, 0, 0], 0.0, 4, True),
        ([0, 0, 0, 0], None, 4, False),
        ([-1, -1, -1, -1], -1.0, 4, True),
        ([0, 0, 0, 0], -1.0, 4, False),
    ],
)
def test_a_maximum_counts_ties_and_tells_silence(
    layer, values: list[float], floor: float | None, ties: int, silent: bool
) -> None:
    x = np.array(values, np.float32)[:, None]
    output = layer.forward(x)
    composition = layer.compose(ComputedValue([x], output, (0,) * output.ndim, floor=floor))
    assert (composition.ties, composition.all_zero) == (ties, silent)


def test_the_largest_of_inputs_counts_ties() -> None:
    inputs = [np.full((1, 1), value, np.float32) for value in (2, 5, 5)]
    assert Maximum().compose(ComputedValue(inputs, Maximum().forward(*inputs), (0, 0))).ties == 2


MERGES = {"add": Add(), "subtract": Subtract(), "average": Average()}


@each_case("layer", MERGES.values())
def test_the_parts_of_a_merge_add_up_to_the_value(layer) -> None:
    inputs = [draw(5, 3), draw(5, 3)]
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        composition = layer.compose(ComputedValue(inputs, output, place))
        assert sum(part.amount for part in composition.parts) == pytest.approx(output[place], rel=1e-5, abs=1e-6)


def test_a_merge_of_a_vector_with_a_map_reads_the_same_number_at_every_position() -> None:
    inputs = [draw(5, 3), draw(3)]
    layer = Multiply()
    output = layer.forward(*inputs)
    composition = layer.compose(ComputedValue(inputs, output, (4, 2)))
    assert [part.index for part in composition.parts] == [(4, 2), (2,)]
    assert composition.parts[0].value * composition.parts[1].value == pytest.approx(output[4, 2])


@pytest.mark.parametrize(("layer", "pick"), [(Maximum(), max), (Minimum(), min)], ids=["maximum", "minimum"])
def test_the_first_part_of_an_extreme_is_the_one_that_was_kept(layer, pick) -> None:
    inputs = [draw(5, 3), draw(5, 3), draw(5, 3)]
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        followed = layer.compose(ComputedValue(inputs, output, place)).followed
        assert followed is not None
        assert followed.value == output[place] == pick(x[place] for x in inputs)


@pytest.mark.parametrize("layer", [MaxPooling1D(3, 2, "same"), GlobalMaxPooling1D()], ids=["pool", "global"])
def test_the_followed_part_of_a_pool_is_the_first_maximum(layer) -> None:
    x = np.round(draw(9, 4), 1)
    output = layer.forward(x)
    selections = layer.selections(x)
    for place in every_place(output.shape):
        followed = layer.compose(ComputedValue([x], output, place)).followed
        assert followed is not None
        assert followed.index == (selections[place], place[-1])
        assert followed.value == output[place]


COPIES = {
    "flatten": Flatten(),
    "reshape": Reshape((3, 8)),
    "permute": Permute((2, 1)),
    "cropping": Cropping1D((1, 2)),
    "padding": ZeroPadding1D((2, 1)),
    "upsampling": UpSampling1D(2),
    "dropout": Dropout(0.3),
}


@each_case("layer", COPIES.values())
def test_a_layer_that_moves_values_names_where_each_comes_from(layer) -> None:
    x = draw(6, 4)
    output = layer.forward(x)
    for place in every_place(output.shape):
        followed = layer.compose(ComputedValue([x], output, place)).followed
        if followed is None:
            assert output[place] == 0
        else:
            assert x[followed.index] == output[place]


def test_a_repeated_vector_comes_from_its_unit() -> None:
    x = draw(4)
    layer = RepeatVector(3)
    followed = layer.compose(ComputedValue([x], layer.forward(x), (2, 1))).followed
    assert followed is not None
    assert followed.index == (1,)


def test_a_concatenation_names_the_input_that_a_value_is_of() -> None:
    inputs = [draw(5, 2), draw(5, 3)]
    layer = Concatenate(-1)
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        followed = layer.compose(ComputedValue(inputs, output, place)).followed
        assert followed is not None
        assert inputs[followed.input][followed.index] == output[place]


def test_a_product_of_many_inputs_has_a_rest() -> None:
    inputs = [draw(2, 2) for _ in range(LARGEST_SHOWN + 3)]
    output = Multiply().forward(*inputs)
    assert recomputed(Multiply(), inputs, [None] * len(inputs), output, (1, 0)) == pytest.approx(output[1, 0])


def test_a_product_of_vectors_names_both_values_of_every_product() -> None:
    inputs = [draw(7, 5), draw(3, 7)]
    layer = Dot((1, 2))
    composition = layer.compose(ComputedValue(inputs, layer.forward(*inputs), (4, 2)))
    for part in composition.parts:
        assert part.weight_of == (1, (2, part.index[0]))
        assert part.index[1] == 4
        assert inputs[1][part.weight_of[1]] == part.weight


@each_case(
    ("layer", "among"),
    [
        (Activation("tanh"), 1),
        (Activation("softmax"), 4),
        (Softmax(1), 9),
        (Softmax((1, 2)), 36),
        (LayerNormalization(draw(4), draw(4)), 4),
        (LayerNormalization(draw(9, 4), None, axis=(1, 2)), 36),
        (PReLU(draw(1, 4)), 1),
        (Dense(draw(4, 3), None, "softmax"), 3),
        (Conv1D(draw(2, 4, 6), None, activation="softmax"), 6),
    ],
)
def test_a_function_says_how_many_values_it_takes_together(layer: Layer, among: int) -> None:
    x = draw(9, 4)
    output = layer.forward(x)
    assert layer.compose(ComputedValue([x], output, (3, 2))).among == among
    assert recomputed(layer, [x], [None], output, (3, 2)) == pytest.approx(output[3, 2], abs=1e-5)


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError):
        Flatten().compose(ComputedValue([draw(2, 2)], draw(4), (4,)))


def branched() -> Model:
    return Model(
        "branched",
        (
            Node("input", Input(24)),
            Node("conv", Conv1D(draw(3, 4, 5), draw(5), activation="relu"), ("input",)),
            Node("pool", MaxPooling1D(2), ("conv",)),
            Node("left", Conv1D(draw(3, 5, 5), draw(5), padding="same"), ("pool",)),
            Node("sum", Add(), ("left", "pool")),
            Node("rnn", SimpleRNN(draw(5, 4), draw(4, 4), draw(4), return_sequences=True), ("sum",)),
            Node("flat", Flatten(), ("rnn",)),
            Node("dense", Dense(draw(44, 2), draw(2)), ("flat",)),
            Node("out", Activation("softmax"), ("dense",)),
        ),
    )


def test_the_way_down_leads_from_the_output_to_a_base() -> None:
    model = branched()
    values = model.run(encode("ACGTTGCATTAGGACCATTGACCA"))
    steps = Descent(model, values).from_value("out", (1,))
    assert [step.layer for step in steps][:4] == ["out", "dense", "flat", "rnn"]
    assert steps[-1].layer == "conv"
    below = steps[-1].below
    assert below is not None
    assert below[0] == "input"
    for step, following in pairwise(steps):
        assert step.below == (following.layer, following.index)
        assert step.composition.followed.value == values[following.layer][following.index]
    assert all(step.composition.value == values[step.layer][step.index] for step in steps)


def test_a_step_names_a_place_that_is_not_there() -> None:
    model = branched()
    values = model.run(encode("ACGTTGCATTAGGACCATTGACCA"))
    with pytest.raises(RegionError, match=r"layer rnn: there is no value at 11, 0; .* 0 to 10 and 0 to 3"):
        Descent(model, values).step("rnn", (11, 0))
