"""Nodes that read nothing: numbers of the network's own, in the graph and in all that goes through it."""

from __future__ import annotations

import numpy as np
import pytest
from operator_models import both_strands, with_constants

from cnn_core.attribution import Target, gradients_of
from cnn_core.errors import ModelError
from cnn_core.explain.walk_down import Descent
from cnn_core.layers import Add, Alignment, Constant, Conv1D, Input
from cnn_core.letters.alphabet import encode
from cnn_core.network.alignment import positions_read
from cnn_core.network.model import Model, Node
from cnn_core.network.running import run_together
from cnn_core.readers.npz import write_npz
from cnn_core.readers.opening import open_model_file

LETTERS = encode("ACGTTGCAAC" * 6)


def test_runs_alone_and_with_others() -> None:
    model = with_constants()
    values = model.run(LETTERS)
    table = model["table"].layer
    assert isinstance(table, Constant)
    np.testing.assert_array_equal(values["table"], table.values)
    np.testing.assert_allclose(values["placed"], values["pool"] * values["factors"] + table.values, rtol=1e-6)
    assert np.isneginf(values["masked"][:3]).all()
    np.testing.assert_array_equal(values["most"], values["placed"][3:].max(axis=0))
    together = run_together(model, [LETTERS, LETTERS[::-1].copy()], kept=["dense", "table"])
    for found, codes in zip(together, (LETTERS, LETTERS[::-1].copy()), strict=True):
        np.testing.assert_allclose(found["dense"], model.run(codes)["dense"], rtol=1e-5)
        np.testing.assert_array_equal(found["table"], table.values)


def test_is_no_input_and_its_numbers_count() -> None:
    model = with_constants()
    assert [node.name for node in model.inputs] == ["letters"]
    rows = {row.name: row for row in model.summary(60)}
    assert rows["table"].params == 108
    assert rows["table"].inputs == ()
    assert rows["table"].output_shape == (None, 18, 6)


def test_depends_on_no_base() -> None:
    model = with_constants()
    assert model.receptive_field("table", 3, 60) == (0, 0)
    assert model.receptive_field("placed", 3, 60) == model.receptive_field("pool", 3, 60)
    assert model.alignment("table", 60) is None
    assert model.alignment("placed", 60) == model.alignment("pool", 60)
    assert positions_read(model, "placed", (3,), 60)["table"].nonzero()[0].tolist() == [3]


def test_gradients_pass_beside_it() -> None:
    model = with_constants()
    found = gradients_of(model, Target.parse("placed:3:1", model, 60), LETTERS)
    factors = model["factors"].layer
    assert isinstance(factors, Constant)
    assert found.at["pool"][3, 1] == factors.values[1]
    assert np.count_nonzero(found.at["pool"]) == 1


def test_a_trace_ends_there() -> None:
    model = with_constants()
    descent = Descent(model, model.run(LETTERS))
    (step,) = descent.from_value("factors", (2,))
    assert step.composition.how == "constant"
    assert step.below is None
    assert step.as_json()["parts"] == []


def test_comes_back_from_a_file(tmp_path) -> None:
    model = with_constants()
    write_npz(model, tmp_path / "constants.npz")
    again = open_model_file(tmp_path / "constants.npz").model
    for name, value in model.run(LETTERS).items():
        np.testing.assert_array_equal(again.run(LETTERS)[name], value)


def test_reads_nothing() -> None:
    one = Constant(np.ones(4, dtype=np.float32))
    with pytest.raises(ModelError, match="layer one is a constant and reads letters"):
        Model("m", (Node("letters", Input(5)), Node("one", one, ("letters",))))
    with pytest.raises(ModelError, match="layer add reads nothing"):
        Model("m", (Node("letters", Input(5)), Node("add", Add())))
    with pytest.raises(ModelError, match="conv/kernel: holds NaN or infinity"):
        Model(
            "m",
            (
                Node("letters", Input(5)),
                Node("conv", Conv1D(np.full((1, 4, 1), np.inf, dtype=np.float32)), ("letters",)),
            ),
        )


def test_a_network_that_turns_its_letters_round_sees_both_strands_alike() -> None:
    model = both_strands()
    one = model.run(LETTERS)
    other = model.run(encode("GTTGCAACGT" * 6))
    # The letters of the other strand are those turned round on both axes: A stands for T, C for G.
    np.testing.assert_array_equal(other["letters"], one["letters"][::-1, ::-1])
    np.testing.assert_allclose(other["mean"], one["mean"][::-1], rtol=1e-6)
    assert model.alignment("other", 60) == Alignment(59, -1)
    assert model.alignment("conv#2", 60) == Alignment(55, -1, 5)
    assert model.alignment("back", 60) == model.alignment("conv", 60) == Alignment(0, 1, 5)
    assert model.alignment("mean", 60) == Alignment(0, 1, 5)
    assert model.receptive_field("mean", 7, 60) == (7, 12)
