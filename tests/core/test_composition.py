"""What a value is computed from adds up to it, for every layer that can be looked into."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from recomputed import of, recomputed

from cnn_core.alphabet import encode
from cnn_core.composition import LARGEST_SHOWN, compose
from cnn_core.descent import descend, layer_step
from cnn_core.errors import RegionError
from cnn_core.layers import (
    GRU,
    LSTM,
    MERGE_MODES,
    Activation,
    Add,
    Average,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
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
    Masking,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    Permute,
    PReLU,
    Recurrent,
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
from cnn_core.model import Model, Node

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


@pytest.mark.parametrize("layer", SUMS.values(), ids=SUMS)
def test_the_parts_of_a_sum_add_up_to_the_value(layer) -> None:
    x = draw(9, 4)
    output = layer.forward(x)
    for place in every_place(output.shape):
        composition = compose(layer, [x], output, place)
        assert recomputed(layer, [x], [None], output, place) == pytest.approx(output[place], abs=1e-5)
        assert len(composition.parts) == min(LARGEST_SHOWN, composition.count)
        for part in composition.parts:
            assert part.value == x[part.index]
            assert part.amount == pytest.approx(part.value * part.weight, rel=1e-5)
        amounts = [abs(part.amount) for part in composition.parts]
        assert amounts == sorted(amounts, reverse=True)


def test_padding_is_no_part_of_a_sum() -> None:
    layer, x = SUMS["conv same, stride, dilation"], draw(9, 4)
    assert compose(layer, [x], layer.forward(x), (0, 0)).count == 2 * 4
    assert compose(layer, [x], layer.forward(x), (2, 0)).count == 3 * 4


MERGES = {"add": Add(), "subtract": Subtract(), "average": Average()}


@pytest.mark.parametrize("layer", MERGES.values(), ids=MERGES)
def test_the_parts_of_a_merge_add_up_to_the_value(layer) -> None:
    inputs = [draw(5, 3), draw(5, 3)]
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        composition = compose(layer, inputs, output, place)
        assert sum(part.amount for part in composition.parts) == pytest.approx(output[place], rel=1e-5, abs=1e-6)


def test_a_merge_of_a_vector_with_a_map_reads_the_same_number_at_every_position() -> None:
    inputs = [draw(5, 3), draw(3)]
    layer = Multiply()
    output = layer.forward(*inputs)
    composition = compose(layer, inputs, output, (4, 2))
    assert [part.index for part in composition.parts] == [(4, 2), (2,)]
    assert composition.parts[0].value * composition.parts[1].value == pytest.approx(output[4, 2])


@pytest.mark.parametrize(("layer", "pick"), [(Maximum(), max), (Minimum(), min)], ids=["maximum", "minimum"])
def test_the_first_part_of_an_extreme_is_the_one_that_was_kept(layer, pick) -> None:
    inputs = [draw(5, 3), draw(5, 3), draw(5, 3)]
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        followed = compose(layer, inputs, output, place).followed
        assert followed is not None
        assert followed.value == output[place] == pick(x[place] for x in inputs)


@pytest.mark.parametrize("layer", [MaxPooling1D(3, 2, "same"), GlobalMaxPooling1D()], ids=["pool", "global"])
def test_the_followed_part_of_a_pool_is_the_first_maximum(layer) -> None:
    x = np.round(draw(9, 4), 1)
    output = layer.forward(x)
    selections = layer.selections(x)
    for place in every_place(output.shape):
        followed = compose(layer, [x], output, place).followed
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


@pytest.mark.parametrize("layer", COPIES.values(), ids=COPIES)
def test_a_layer_that_moves_values_names_where_each_comes_from(layer) -> None:
    x = draw(6, 4)
    output = layer.forward(x)
    for place in every_place(output.shape):
        followed = compose(layer, [x], output, place).followed
        if followed is None:
            assert output[place] == 0
        else:
            assert x[followed.index] == output[place]


def test_a_repeated_vector_comes_from_its_unit() -> None:
    x = draw(4)
    layer = RepeatVector(3)
    followed = compose(layer, [x], layer.forward(x), (2, 1)).followed
    assert followed is not None
    assert followed.index == (1,)


def test_a_concatenation_names_the_input_that_a_value_is_of() -> None:
    inputs = [draw(5, 2), draw(5, 3)]
    layer = Concatenate(-1)
    output = layer.forward(*inputs)
    for place in every_place(output.shape):
        followed = compose(layer, inputs, output, place).followed
        assert followed is not None
        assert inputs[followed.input][followed.index] == output[place]


RECURRENT = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU, "GRU, reset before": GRU}
MASKS = {
    "all": None,
    "some": np.array([True, False, True, True, False, True]),
    "no last": np.array([False, True, True, True, False, False]),
    "none": np.zeros(6, np.bool_),
}


def recurrent(kind: str, *, bias: bool = True, **settings: object) -> Recurrent:
    """Return a layer that reads 4 channels into 3 units."""
    made, wide = RECURRENT[kind], 3 * RECURRENT[kind].gates
    if made is GRU:
        settings["reset_after"] = kind == "GRU"
    shape = (2, wide) if kind == "GRU" else (wide,)
    return made(draw(4, wide), draw(3, wide), draw(*shape) if bias else None, **settings)


def check_every_place(layer: Layer, x: np.ndarray, mask: np.ndarray | None) -> None:
    output = layer.forward_masked([mask], x)
    for place in every_place(output.shape):
        assert recomputed(layer, [x], [mask], output, place) == pytest.approx(output[place], abs=1e-5)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("backwards", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("sequences", [False, True], ids=["last", "sequences"])
@pytest.mark.parametrize("kind", RECURRENT)
def test_a_state_adds_up_over_positions_with_and_without_data(
    kind: str, sequences: bool, backwards: bool, mask: np.ndarray | None
) -> None:
    for zeros, bias in product((False, True), repeat=2):
        layer = recurrent(
            kind, bias=bias, return_sequences=sequences, go_backwards=backwards, zero_output_for_mask=zeros
        )
        check_every_place(layer, draw(6, 4), mask)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("merge_mode", MERGE_MODES)
@pytest.mark.parametrize("sequences", [False, True], ids=["last", "sequences"])
@pytest.mark.parametrize("kind", RECURRENT)
def test_both_directions_add_up_however_they_are_merged(
    kind: str, sequences: bool, merge_mode: str, mask: np.ndarray | None
) -> None:
    pair = [recurrent(kind, return_sequences=sequences, go_backwards=backwards) for backwards in (False, True)]
    check_every_place(Bidirectional(*pair, merge_mode), draw(6, 4), mask)
    check_every_place(Bidirectional(*reversed(pair), merge_mode), draw(6, 4), mask)


def test_gates_that_weigh_units_against_each_other_add_up_too() -> None:
    layer = recurrent("LSTM", recurrent_activation="softmax", return_sequences=True)
    check_every_place(layer, draw(6, 4), None)


@pytest.mark.parametrize("kind", RECURRENT)
def test_a_state_names_the_channels_of_its_position(kind: str) -> None:
    layer, x = recurrent(kind, return_sequences=True, go_backwards=True), draw(6, 4)
    composition = compose(layer, [x], layer.forward(x), (2, 1))
    assert composition.how == ("state" if kind == "SimpleRNN" else "gated")
    assert {part.index[0] for part in composition.parts} == {3}
    assert composition.count == 4


def test_the_directions_of_a_bidirectional_layer_by_hand() -> None:
    one = np.ones((1, 1), np.float32)
    forward = SimpleRNN(one, 2 * one, one[0], "linear", return_sequences=True)
    backward = SimpleRNN(3 * one, one, -one[0], "linear", return_sequences=True, go_backwards=True)
    x = np.array([[1], [2], [3]], np.float32)
    # Forward: 1 + 1 = 2, then 2 + 1 + 2·2 = 7. From the end: 3·3 − 1 = 8, then 3·2 − 1 + 8 = 13.
    for merge_mode, how, value in [("sum", "sum", 20.0), ("ave", "mean", 10.0), ("mul", "product", 91.0)]:
        layer = Bidirectional(forward, backward, merge_mode)
        composition = compose(layer, [x], layer.forward(x), (1, 0))
        assert (composition.how, composition.value, composition.count) == (how, value, 2)
        ahead, back = composition.directions
        assert (ahead.direction, ahead.value, ahead.products, ahead.bias, ahead.remembered) == (
            "forward",
            7,
            2,
            1,
            4,
        )
        assert (back.direction, back.value, back.products, back.bias, back.remembered) == ("backward", 13, 6, -1, 8)
        followed = composition.followed
        assert followed is not None
        assert (followed.index, followed.amount) == ((1, 0), 6)


def test_directions_side_by_side_say_which_one_a_unit_is_of() -> None:
    pair = [recurrent("SimpleRNN", return_sequences=True, go_backwards=backwards) for backwards in (False, True)]
    layer, x = Bidirectional(*pair), draw(6, 4)
    found = [compose(layer, [x], layer.forward(x), (2, unit)).direction for unit in range(6)]
    assert found == ["forward"] * 3 + ["backward"] * 3


def test_a_layer_within_time_distributed_has_its_position_in_every_place() -> None:
    pair = [recurrent("GRU", return_sequences=True, go_backwards=backwards) for backwards in (False, True)]
    layer, x = TimeDistributed(Bidirectional(*pair, "sum")), draw(3, 6, 4)
    composition = compose(layer, [x], layer.forward(x), (2, 4, 1))
    assert {part.index[:2] for each in composition.directions for part in each.parts} == {(2, 4)}
    assert recomputed(layer, [x], [None], layer.forward(x), (2, 4, 1)) == pytest.approx(composition.value, abs=1e-5)


def test_a_product_of_many_inputs_has_a_rest() -> None:
    inputs = [draw(2, 2) for _ in range(LARGEST_SHOWN + 3)]
    output = Multiply().forward(*inputs)
    assert recomputed(Multiply(), inputs, [None] * len(inputs), output, (1, 0)) == pytest.approx(output[1, 0])


def test_a_product_of_vectors_names_both_values_of_every_product() -> None:
    inputs = [draw(7, 5), draw(3, 7)]
    layer = Dot((1, 2))
    composition = compose(layer, inputs, layer.forward(*inputs), (4, 2))
    for part in composition.parts:
        assert part.weight_of == (1, (2, part.index[0]))
        assert part.index[1] == 4
        assert inputs[1][part.weight_of[1]] == part.weight


@pytest.mark.parametrize(
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
    assert compose(layer, [x], output, (3, 2)).among == among
    assert recomputed(layer, [x], [None], output, (3, 2)) == pytest.approx(output[3, 2], abs=1e-5)


def test_an_average_over_the_whole_axis_leaves_out_positions_without_data() -> None:
    x, mask = draw(6, 4), MASKS["some"]
    layer = GlobalAveragePooling1D()
    output = layer.forward_masked([mask], x)
    assert compose(layer, [x], output, (1,), [mask]).count == 4
    check_every_place(layer, x, mask)


def test_a_way_down_through_a_mask_leaves_out_positions_without_data() -> None:
    model = Model(
        "masked",
        (
            Node("input", Input(6)),
            Node("marked", Masking(0.0), ("input",)),
            Node("rnn", recurrent("SimpleRNN", return_sequences=True), ("marked",)),
            Node("last", SimpleRNN(draw(3, 2), draw(2, 2), draw(2)), ("rnn",)),
        ),
    )
    values = model.run(encode("ACNGTN"))
    for layer, shape in (("rnn", (6, 3)), ("last", (2,))):
        for place in every_place(shape):
            composition = layer_step(model, values, layer, place).composition
            assert of(composition) == pytest.approx(values[layer][place], abs=1e-5)
    assert layer_step(model, values, "rnn", (2, 0)).composition.how == "carried"
    assert layer_step(model, values, "rnn", (3, 0)).composition.remembered != 0
    below = descend(model, values, "last", (0,))[0].below
    assert below is not None
    assert (below[0], below[1][0]) == ("rnn", 4)


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError):
        compose(Flatten(), [draw(2, 2)], draw(4), (4,))


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


def test_the_way_down_leads_from_the_prediction_to_a_base() -> None:
    model = branched()
    values = model.run(encode("ACGTTGCATTAGGACCATTGACCA"))
    steps = descend(model, values, "out", (1,))
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
        layer_step(model, values, "rnn", (11, 0))
