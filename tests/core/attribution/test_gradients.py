"""The gradient of a value at every layer and at the letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from worked import CASES, TARGET, acgt, network

from cnn_core.attribution import Target, gradients_of
from cnn_core.errors import CnnError
from cnn_core.layers import (
    Add,
    Array,
    Conv1D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    IndexInput,
    Input,
    MaxPooling1D,
    Pointwise,
    SideInput,
)
from cnn_core.letters.alphabet import encode, one_hot
from cnn_core.network.model import Model, Node

LETTERS = encode("ACGTACGATTGC")


def kernel(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_of_the_worked_cases(subtests: pytest.Subtests) -> None:
    for case in CASES:
        with subtests.test(case["name"]):
            found = gradients_of(network(case), TARGET, encode(case["sequence"]))
            assert found.value == pytest.approx(case["y"][0], abs=1e-5)
            np.testing.assert_allclose(found.letters, acgt(case["gradient"]), atol=2e-6)
            given = one_hot(encode(case["sequence"]), "ACGT")
            np.testing.assert_allclose(found.letters * given, acgt(case["gradient_x_input"]), atol=2e-6)


def test_a_layer_called_twice_and_a_branch_add_up() -> None:
    conv = Conv1D(kernel(3, 4, 4), padding="same", activation="tanh")
    nodes = (
        Node("letters", Input(12)),
        Node("conv", conv, ("letters",)),
        Node("conv#2", conv, ("conv",)),
        Node("sum", Add(), ("conv", "conv#2", "letters")),
        Node("mean", GlobalAveragePooling1D(), ("sum",)),
        Node("out", Dense(kernel(4, 1)), ("mean",)),
    )
    model, target = Model("shared", nodes), Target("out", (0,))
    found = gradients_of(model, target, LETTERS)
    rows = one_hot(LETTERS, "ACGT")
    step = 1e-2
    for position in (0, 4, 5, 11):
        for base in range(4):
            ends = []
            for sign in (1, -1):
                changed = rows.copy()
                changed[position, base] += sign * step
                ends.append(gradients_of(model, target, changed).value)
            slope = (ends[0] - ends[1]) / (2 * step)
            assert found.letters[position, base] == pytest.approx(slope, abs=2e-3)


def test_stands_at_every_layer_that_is_read_and_at_no_other() -> None:
    nodes = (
        Node("letters", Input(12)),
        Node("side", SideInput((12,))),
        Node("conv", Conv1D(kernel(3, 4, 2)), ("letters",)),
        Node("pool", MaxPooling1D(5), ("conv",)),
        Node("aside", GlobalMaxPooling1D(), ("conv",)),
    )
    found = gradients_of(Model("branches", nodes), Target("pool", (1, 0)), LETTERS)
    assert [*found.at] == ["pool", "conv", "letters"]
    assert found.at["pool"].tolist() == [[0, 0], [1, 0]]
    assert np.count_nonzero(found.at["conv"]) == 1
    read = np.flatnonzero(found.at["letters"].any(axis=1))
    assert len(read) == 3


def test_letters_are_in_the_order_acgt_whatever_the_networks_order() -> None:
    for channels in ("TGCA", "ACGTN", "-CGTA"):
        of_channels = kernel(3, len(channels), 2)
        model = Model.sequential("other", [("letters", Input(12, channels)), ("conv", Conv1D(of_channels))])
        found = gradients_of(model, Target("conv", (2, 1)), LETTERS)
        expected = [[of_channels[tap, channels.index(base), 1] for base in "ACGT"] for tap in range(3)]
        np.testing.assert_array_equal(found.letters[2:5], expected)
        assert not found.letters[5:].any()


def test_an_ambiguous_letter_is_no_obstacle() -> None:
    model = Model.sequential("plain", [("letters", Input(4)), ("flat", Flatten()), ("out", Dense(kernel(16, 1)))])
    for ambiguity in ("zero", "uniform"):
        found = gradients_of(model, Target("out", (0,)), encode("ANGT"), ambiguity=ambiguity)
        np.testing.assert_array_equal(found.letters.ravel(), kernel(16, 1).ravel())


def test_a_logit_is_explained_before_its_function() -> None:
    layers = [("letters", Input(4)), ("flat", Flatten())]
    weights = kernel(16, 2)
    model = Model.sequential("squashed", [*layers, ("out", Dense(weights, activation="softmax"))])
    found = gradients_of(model, Target("out", (1,), logit=True), encode("ACGT"))
    np.testing.assert_array_equal(found.letters.ravel(), weights[:, 1])
    after = gradients_of(model, Target("out", (1,)), encode("ACGT"))
    share = after.value * (1 - after.value)
    np.testing.assert_allclose(after.letters.ravel(), share * (weights[:, 1] - weights[:, 0]), rtol=1e-5)


def test_indices_have_no_gradient_and_what_is_behind_them_has() -> None:
    model = Model.sequential(
        "indices",
        [("letters", IndexInput(4)), ("rows", Embedding(kernel(5, 3))), ("most", GlobalMaxPooling1D())],
    )
    found = gradients_of(model, Target("most", (2,)), encode("ACGT"))
    assert found.letters is None
    assert found.at["rows"].sum() == 1
    with pytest.raises(CnnError, match=r"indices of an Embedding, and between two indices there is no gradient"):
        gradients_of(model, Target("most", (2,)), np.zeros((4, 4), np.float32))


@dataclass(frozen=True, eq=False)
class Rounding(Pointwise):
    """A layer that says nothing of its gradient."""

    def forward(self, x: Array, /) -> Array:
        return np.round(x)


def test_a_layer_without_a_gradient_is_named() -> None:
    model = Model.sequential(
        "odd", [("letters", Input(4)), ("conv", Conv1D(kernel(2, 4, 1))), ("steps", Rounding())]
    )
    with pytest.raises(CnnError, match="steps: a Rounding has no gradient; explain a value before it"):
        gradients_of(model, Target("steps", (0, 0)), encode("ACGT"))
