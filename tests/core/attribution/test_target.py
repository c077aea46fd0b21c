"""A target names one value, before or after a last sigmoid or softmax."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case

from cnn_core.attribution.target import Target
from cnn_core.errors import CnnError
from cnn_core.layers import Activation, Conv1D, Dense, Flatten, Input, MaxPooling1D, Softmax
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model

_LETTERS = encode("ACGTACGA")


def _model(activation: str = "sigmoid", units: int = 1) -> Model:
    rng = np.random.default_rng(1)
    kernel = rng.normal(size=(3, 4, 2)).astype(np.float32)
    dense = rng.normal(size=(6, units)).astype(np.float32)
    return Model.sequential(
        "small",
        [
            ("letters", Input(8)),
            ("conv", Conv1D(kernel, activation="relu")),
            ("pool", MaxPooling1D(2)),
            ("flat", Flatten()),
            ("last", Dense(dense, None, activation)),
        ],
    )


def test_the_output_of_one_unit_needs_no_number() -> None:
    assert Target.parse("output", _model(), 8) == Target("last", (0,), True)


def test_one_of_several_outputs_is_named_by_its_number() -> None:
    assert Target.parse("output:2", _model(units=3), 8).index == (2,)
    with pytest.raises(CnnError, match="names none"):
        Target.parse("output", _model(units=3), 8)


def test_a_value_of_a_layer_is_named_by_its_place() -> None:
    found = Target.parse("pool:2:1", _model(), 8)
    assert (found.layer, found.index, found.logit) == ("pool", (2, 1), False)
    assert found.name == "pool:2:1"


@each_case("text", ["pool", "pool:3:0", "pool:1", "flat:1:1", "nothing:0", "output:1", ":3", "pool:x"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(CnnError):
        Target.parse(text, _model(), 8)


def test_a_logit_is_what_the_sigmoid_is_applied_to() -> None:
    model = _model()
    logit, after = (Target.parse("output", model, 8, logit=each) for each in (True, False))
    before = logit.of(logit.applied(model).run(_LETTERS))
    assert after.applied(model) is model
    assert after.of(model.run(_LETTERS)) == pytest.approx(1 / (1 + np.exp(-before)), abs=1e-6)


@pytest.mark.parametrize("last", [Activation("softmax"), Softmax()])
def test_a_function_of_its_own_layer_is_taken_off_too(last: Activation | Softmax) -> None:
    model = _model("linear", 3)
    whole = Model.sequential("whole", [*((node.name, node.layer) for node in model.nodes), ("shares", last)])
    target = Target.parse("output:1", whole, 8)
    assert target.logit
    assert target.of(target.applied(whole).run(_LETTERS)) == model.run(_LETTERS)["last"][1]


def test_no_logit_is_made_up_where_there_is_none() -> None:
    assert not Target.parse("output", _model("linear"), 8).logit
    with pytest.raises(CnnError, match="no sigmoid"):
        Target.parse("output", _model("linear"), 8, logit=True)
