"""What is remembered, and over which positions: recurrent layers, both directions, masks."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from each_case import each_case
from recomputed import of, recomputed

from cnn_core.explain.walk_down import Descent
from cnn_core.layers import (
    GRU,
    LSTM,
    MERGE_MODES,
    Bidirectional,
    ComputedValue,
    GlobalAveragePooling1D,
    Input,
    Layer,
    Masking,
    Recurrent,
    SimpleRNN,
    TimeDistributed,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model, Node

RANDOM = np.random.RandomState(7)


def draw(*shape: int) -> np.ndarray:
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def every_place(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [tuple(int(axis) for axis in place) for place in np.ndindex(*shape)]


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
@pytest.mark.parametrize("kind", RECURRENT)
def test_a_state_adds_up_over_positions_with_and_without_data(
    kind: str, mask: np.ndarray | None, subtests: pytest.Subtests
) -> None:
    for sequences, backwards, zeros, bias in product((False, True), repeat=4):
        layer = recurrent(
            kind, bias=bias, return_sequences=sequences, go_backwards=backwards, zero_output_for_mask=zeros
        )
        with subtests.test(sequences=sequences, backwards=backwards, zeros=zeros, bias=bias):
            check_every_place(layer, draw(6, 4), mask)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("kind", RECURRENT)
def test_both_directions_add_up_however_they_are_merged(
    kind: str, mask: np.ndarray | None, subtests: pytest.Subtests
) -> None:
    for sequences, merge_mode in product((False, True), MERGE_MODES):
        pair = [recurrent(kind, return_sequences=sequences, go_backwards=backwards) for backwards in (False, True)]
        with subtests.test(merge_mode, sequences=sequences):
            check_every_place(Bidirectional(*pair, merge_mode), draw(6, 4), mask)
            check_every_place(Bidirectional(*reversed(pair), merge_mode), draw(6, 4), mask)


def test_gates_that_weigh_units_against_each_other_add_up_too() -> None:
    layer = recurrent("LSTM", recurrent_activation="softmax", return_sequences=True)
    check_every_place(layer, draw(6, 4), None)


@each_case("kind", RECURRENT)
def test_a_state_names_the_channels_of_its_position(kind: str) -> None:
    layer, x = recurrent(kind, return_sequences=True, go_backwards=True), draw(6, 4)
    composition = layer.compose(ComputedValue([x], layer.forward(x), (2, 1)))
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
        composition = layer.compose(ComputedValue([x], layer.forward(x), (1, 0)))
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
    found = [layer.compose(ComputedValue([x], layer.forward(x), (2, unit))).direction for unit in range(6)]
    assert found == ["forward"] * 3 + ["backward"] * 3


def test_a_layer_within_time_distributed_has_its_position_in_every_place() -> None:
    pair = [recurrent("GRU", return_sequences=True, go_backwards=backwards) for backwards in (False, True)]
    layer, x = TimeDistributed(Bidirectional(*pair, "sum")), draw(3, 6, 4)
    composition = layer.compose(ComputedValue([x], layer.forward(x), (2, 4, 1)))
    assert {part.index[:2] for each in composition.directions for part in each.parts} == {(2, 4)}
    assert recomputed(layer, [x], [None], layer.forward(x), (2, 4, 1)) == pytest.approx(composition.value, abs=1e-5)


def test_an_average_over_the_whole_axis_leaves_out_positions_without_data() -> None:
    x, mask = draw(6, 4), MASKS["some"]
    layer = GlobalAveragePooling1D()
    output = layer.forward_masked([mask], x)
    assert layer.compose(ComputedValue([x], output, (1,), [mask])).count == 4
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
            composition = Descent(model, values).step(layer, place).composition
            assert of(composition) == pytest.approx(values[layer][place], abs=1e-5)
    assert Descent(model, values).step("rnn", (2, 0)).composition.how == "carried"
    assert Descent(model, values).step("rnn", (3, 0)).composition.remembered != 0
    below = Descent(model, values).from_value("last", (0,))[0].below
    assert below is not None
    assert (below[0], below[1][0]) == ("rnn", 4)


def test_hidden_states_are_made_once_for_all_values_of_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    last = recurrent("LSTM")
    model = Model("last", (Node("input", Input(6)), Node("lstm", last, ("input",))))
    descent = Descent(model, model.run(encode("ACGTTG")))
    passes = []
    forward = LSTM.forward
    monkeypatch.setattr(LSTM, "forward", lambda *given, **named: passes.append(1) or forward(*given, **named))
    for unit in range(last.units):
        assert of(descent.step("lstm", (unit,)).composition) == pytest.approx(
            descent.values["lstm"][unit], abs=1e-5
        )
    assert len(passes) == 1


@pytest.mark.parametrize("kind", RECURRENT)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("mask", ["all", "some"])
def test_what_is_recalled_is_a_state_of_the_step_before(kind: str, backwards: bool, mask: str) -> None:
    layer, x = recurrent(kind, return_sequences=True, go_backwards=backwards), draw(6, 4)
    marked = MASKS[mask]
    states = layer.forward_masked([marked], x)
    for step, unit in every_place(states.shape):
        composed = layer.compose(ComputedValue((x,), states, (step, unit), (marked,)))
        part, gates = composed.recalled, composed.gates
        if composed.how == "carried" or not step or (marked is not None and not marked[:step].any()):
            assert part is None
        elif gates is not None:
            stays, enters = gates.staying * gates.before, gates.entering * gates.candidate
            assert (part is not None) == (abs(stays) > abs(enters))
            if part is not None:
                assert (part.index[1], part.amount) == (unit, pytest.approx(stays))
        else:
            assert part is not None
            before, channel = part.index
            amounts = states[before].astype(np.float64) * layer.recurrent_kernel[:, unit]
            assert part.value == states[before, channel]
            assert part.amount == pytest.approx(amounts[np.abs(amounts).argmax()])
        assert part is None or 0 <= part.index[0] < step
    last = recurrent(kind, go_backwards=backwards)
    assert last.compose(ComputedValue((x,), last.forward(x), (0,))).recalled is None
