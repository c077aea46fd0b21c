"""The layers as a table: shapes, weights, and what each makes of its input."""

from __future__ import annotations

import numpy as np
from hand_worked import reading
from operator_models import operators, with_constants
from small_models import Letters

from cnn_core.blocks.reading import Reading
from cnn_core.layers import (
    Activation,
    Attention,
    AveragePooling1D,
    Conv1D,
    Input,
    Layer,
    LayerNormalization,
    MaxPooling1D,
    Reshape,
    Reverse,
    Select,
    Slice,
    Softmax,
)
from cnn_core.network.model import Model, Node
from cnn_core.presets import preset
from cnn_tui.words.layer_table import filter_arithmetic, layer_rows


def test_the_questions_network_adds_up_to_85_953() -> None:
    model = preset("seed")
    rows = layer_rows(Reading.of(model, Letters("ACGTT" * 100)))
    assert [(row.name, row.out, row.weights) for row in rows[:4]] == [
        ("letters", "500 × 4", 0),
        ("conv1d", "485 × 320", 20_800),
        ("max_pooling1d", "60 × 320", 0),
        ("simple_rnn", "60 × 128", 57_472),
    ]
    assert sum(row.weights for row in rows) == model.parameter_count == 85_953
    assert [row.makes for row in rows[1:]] == [
        "16 positions → 1 number a filter",
        "the largest of 8, stride 8",
        "320 numbers and what it remembers",
        "the same numbers in one row",
        "Σ of 7,680 numbers × weights",
        "sigmoid of each number",
    ]
    assert filter_arithmetic(model) == "one filter: 16 × 4 + 1 = 65; 320 × 65 = 20,800"


def test_a_filter_without_a_bias_has_none_to_add() -> None:
    whole = reading(conv=Conv1D(np.ones((3, 4, 2), dtype=np.float32)), pool=AveragePooling1D(2))
    assert filter_arithmetic(whole.model) == "one filter: 3 × 4 = 12; 2 × 12 = 24"
    assert layer_rows(whole)[-1].makes == "the mean of 2, stride 2"


def test_a_layer_that_the_input_is_too_short_for_has_no_shape() -> None:
    model = Model.sequential(
        "short",
        [("input", Input()), ("conv", Conv1D(np.ones((3, 4, 2), dtype=np.float32))), ("pool", MaxPooling1D(50))],
    )
    assert [row.out for row in layer_rows(Reading.of(model, Letters("ACGTACGT")))] == ["8 × 4", "6 × 2", ""]


def test_operators_say_what_they_make() -> None:
    makes = {row.name: row.makes for row in layer_rows(Reading.of(operators(), Letters("ACGTTA" * 10)))}
    assert makes["mean"] == "the mean of 2 numbers"
    assert makes["most"] == "the largest of 2 numbers"
    assert makes["sum"] == "the sum of 40 numbers"
    assert makes["summed"] == "the sum from each place on"
    assert makes["opened"] == "one half times the sigmoid of the other"
    constants = layer_rows(Reading.of(with_constants(), Letters("ACGTTA" * 10)))
    assert [row.makes for row in constants if row.name == "table"] == ["the same for every input"]


def test_layers_that_take_a_position_together_are_not_told_number_by_number() -> None:
    named: list[tuple[str, Layer]] = [
        ("input", Input(8)),
        ("norm", LayerNormalization(epsilon=1e-3)),
        ("softmax", Softmax()),
        ("part", Slice(1, 2, -1)),
        ("pairs", Reshape((-1, 2, 2))),
        ("second", Select(2, -1)),
        ("turned", Reverse(1)),
        ("log", Activation("log_softmax")),
    ]
    rows = layer_rows(Reading.of(Model.sequential("net", named), Letters("ACGTACGT")))
    assert [row.makes for row in rows[1:]] == [
        "each position to mean 0 and spread 1",
        "shares that add up to 1",
        "positions 2 to 6",
        "the same numbers in another shape",
        "row 1",
        "the same numbers, the last first",
        "log_softmax over each position",
    ]


def test_attention_is_told_as_a_mean() -> None:
    query = [Node("input", Input(8)), Node("attention", Attention(), ("input", "input"))]
    assert layer_rows(Reading.of(Model("net", tuple(query)), Letters("ACGTACGT")))[-1].makes == (
        "a weighted mean of all positions"
    )
