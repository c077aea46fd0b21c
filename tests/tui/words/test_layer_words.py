"""What is said of a value of any layer reads as it was computed, and adds up as it is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.explain.walk_down import LayerStep
from cnn_core.layers import (
    GRU,
    LSTM,
    Activation,
    Array,
    Attention,
    Bidirectional,
    Composition,
    ComputedValue,
    Dot,
    Layer,
    LayerNormalization,
    Mask,
    Multiply,
    SimpleRNN,
    UnitNormalization,
)
from cnn_tui.words.equation_text import added_up
from cnn_tui.words.layer_words import explain_step, place_words
from cnn_tui.words.numbers import number

ONE = np.ones((1, 1), np.float32)
X = np.array([[1], [2], [3]], np.float32)


def words(
    layer: Layer, inputs: Sequence[Array], index: tuple[int, ...], mask: Mask | None = None
) -> tuple[str, ...]:
    """Return what is said of a value of a layer called `y` that reads `a`, `b` and so on."""
    masks = [mask] * len(inputs)
    composition = layer.compose(ComputedValue(inputs, layer.forward_masked(masks, *inputs), index, masks))
    return explain_step(step_of(composition, layer.type, index, tuple("abcdefghijk"[: len(inputs)])))


def step_of(composition: Composition, kind: str, index: tuple[int, ...], inputs: tuple[str, ...]) -> LayerStep:
    return LayerStep("y", kind, index, inputs, composition)


def directions(merge_mode: str) -> Bidirectional:
    """Return two linear layers: 2, 7, 18 … forward, and 8, 13, 15 … from the end."""
    forward = SimpleRNN(ONE, 2 * ONE, ONE[0], "linear", return_sequences=True)
    backward = SimpleRNN(3 * ONE, ONE, -ONE[0], "linear", return_sequences=True, go_backwards=True)
    return Bidirectional(forward, backward, merge_mode)


FORWARD = (
    "forward = Σ 1 product + bias + what is remembered = 2.000 + 1.000 + 4.000 = 7.000",
    "+2.000 = a[1] channel 0: 2.000 × 1.000",
)
BACKWARD = (
    "backward = Σ 1 product + bias + what is remembered = 6.000 − 1.000 + 8.000 = 13.00",
    "+6.000 = a[1] channel 0: 2.000 × 3.000",
)


@pytest.mark.parametrize(
    ("merge_mode", "equation"),
    [
        ("sum", "y[1] channel 0 = forward + backward = 7.000 + 13.00 = 20.00"),
        ("ave", "y[1] channel 0 = (forward + backward) / 2 = (7.000 + 13.00) / 2 = 10.00"),
        ("mul", "y[1] channel 0 = forward × backward = 7.000 × 13.00 = 91.00"),
    ],
)
def test_merged_directions_are_written_one_after_the_other(merge_mode: str, equation: str) -> None:
    assert words(directions(merge_mode), [X], (1, 0)) == (equation, *FORWARD, *BACKWARD)


def test_directions_side_by_side_are_named() -> None:
    assert words(directions("concat"), [X], (1, 1)) == (
        "y[1] channel 1 (backward) = Σ 1 product + bias + what is remembered = 6.000 − 1.000 + 8.000 = 13.00",
        BACKWARD[1],
    )


def test_a_position_without_data_keeps_the_state_before() -> None:
    layer = SimpleRNN(ONE, 2 * ONE, None, "linear", return_sequences=True)
    mask = np.array([True, False, True])
    assert words(layer, [X], (1, 0), mask) == (
        "y[1] channel 0 = 1.000",
        "its position holds no data: the state before stays",
    )
    assert words(layer, [X], (2, 0), mask)[0] == (
        "y[2] channel 0 = Σ 1 product + what is remembered = 3.000 + 2.000 = 5.000"
    )


def test_the_gates_of_an_lstm_are_numbers() -> None:
    kernel = np.array([[0.0, 0.0, 1.0, 0.0]], np.float32)
    layer = LSTM(kernel, np.zeros((1, 4), np.float32), None, "linear", return_sequences=True)
    # Every gate is half open: the cell holds 1 / 2, then 1 / 4 + 2 / 2.
    assert words(layer, [X], (1, 0)) == (
        "y[1] channel 0 = output gate × cell = 0.500 × 1.250 = 0.625",
        "cell = what stays + what enters = 0.250 + 1.000 = 1.250",
        "+0.250 stays: forget gate 0.500 × 0.500 before",
        "+1.000 enters: input gate 0.500 × candidate 2.000",
        "candidate = Σ 1 product = 2.000",
        "+2.000 = a[1] channel 0: 2.000 × 1.000",
    )


def test_the_gates_of_a_gru_are_numbers() -> None:
    kernel = np.array([[0.0, 0.0, 1.0]], np.float32)
    layer = GRU(kernel, np.zeros((1, 3), np.float32), None, "linear", return_sequences=True)
    assert words(layer, [X], (1, 0)) == (
        "y[1] channel 0 = what stays + what enters = 0.250 + 1.000 = 1.250",
        "+0.250 stays: update gate 0.500 × 0.500 before",
        "+1.000 enters: the rest to 1, 0.500 × candidate 2.000",
        "candidate = Σ 1 product = 2.000",
        "+2.000 = a[1] channel 0: 2.000 × 1.000",
    )


def test_a_function_of_several_values_says_of_how_many() -> None:
    x = np.array([[1.0, 2.0, 4.0]], np.float32)
    assert words(Activation("softmax"), [x], (0, 1))[1] == "softmax weighs 3 values against each other"
    assert words(LayerNormalization(), [x], (0, 1))[1] == (
        "weight and bias follow from the mean and the variance of 3 values"
    )


def test_a_size_that_values_are_divided_by_says_of_how_many() -> None:
    x = np.array([[3.0, 4.0]], np.float32)
    assert words(UnitNormalization(), [x], (0, 1)) == (
        "y[0] channel 1 = Σ 1 product = 0.800",
        "the weight follows from the size of 2 values",
        "+0.800 = a[0] channel 1: 4.000 × 0.200",
    )


def test_attention_is_a_mean_of_values_with_their_shares() -> None:
    queries, keys = np.array([[0.0]], np.float32), np.array([[1.0], [2.0]], np.float32)
    assert words(Attention(), [queries, np.array([[2.0], [6.0]], np.float32), keys], (0, 0)) == (
        "y[0] channel 0 = mean of 2 = 4.000",
        "+3.000 = b[1] channel 0: 6.000 × 0.500",
        "+1.000 = b[0] channel 0: 2.000 × 0.500",
    )


def test_a_product_of_vectors_names_both_values() -> None:
    left, right = np.array([2.0, 3.0], np.float32), np.array([5.0, 7.0], np.float32)
    assert words(Dot(1), [left, right], (0,)) == (
        "y unit 0 = Σ 2 products = 31.00",
        "+21.00 = a unit 1: 3.000 × 7.000 of b unit 1",
        "+10.00 = a unit 0: 2.000 × 5.000 of b unit 0",
    )


def test_a_product_of_many_inputs_says_what_the_others_make() -> None:
    inputs = [np.array([value], np.float32) for value in (1, 2, 1, 1, 1, 1, 3, 1, 2, 2)]
    lines = words(Multiply(), inputs, (0,))
    assert lines[0] == "y unit 0 = product of 10 = 24.00"
    assert lines[-1] == "× 12.00 from the other 4"


def test_a_place_of_three_axes_has_two_positions() -> None:
    assert place_words("y", (4, 2, 1)) == "y[4, 2] channel 1"


def test_terms_that_nearly_cancel_get_the_digits_of_what_is_left() -> None:
    assert added_up((14.7512, -14.7439), 0.0073)[0] == "14.7512 − 14.7439"
    assert added_up((14.75, -5.25), 9.5) == ("14.75 − 5.250", "=", "9.500")


TERMS = st.floats(-20, 20, width=32).filter(lambda each: abs(each) > 1e-3)


@settings(deadline=None, print_blob=True)
@given(st.lists(TERMS, min_size=1, max_size=4))
def test_a_sum_adds_up_as_printed_or_says_that_it_is_rounded(terms: list[float]) -> None:
    sums, relation, total = added_up(terms, sum(terms))
    printed = sum(
        float(each.replace("−", "-").replace(" ", "")) for each in re.findall(r"(?:[+−] )?−?[\d.]+", sums)
    )
    right = abs(printed - float(total.replace("−", "-")))
    coarsest = max(10.0 ** -len(each.partition(".")[2]) for each in re.findall(r"[\d.]+", f"{sums} {total}"))
    assert relation == "≈" or right <= min(0.5001 * coarsest, 0.02001 * abs(sum(terms)) + 1e-5)


@settings(deadline=None, print_blob=True)
@given(st.lists(st.floats(-2, 2, width=32), min_size=2, max_size=2), st.floats(-2, 2, width=32))
def test_a_state_within_its_function_adds_up(weights: list[float], bias: float) -> None:
    kernel, recurrent = (np.array([[each]], np.float32) for each in weights)
    layer = SimpleRNN(kernel, recurrent, np.array([bias], np.float32), "tanh", return_sequences=True)
    equation = words(layer, [X / 7], (2, 0))[0]
    found = re.search(r"tanh\(([^Σ]*)\) ([=≈]) (\S+)$", equation)
    assert found is not None
    inner = sum(
        float(each.replace("−", "-").replace(" ", ""))
        for each in re.findall(r"(?:[+−] )?−?[\d.]+(?:e−?\d+)?", found[1])
    )
    assert np.tanh(inner) == pytest.approx(float(found[3].replace("−", "-")), abs=2e-3)
    assert number(float(found[3].replace("−", "-")))
