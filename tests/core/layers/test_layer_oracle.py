"""Every layer against Keras: stored answers (see `oracle.make_layer_fixtures`) and, where installed, live ones."""

from __future__ import annotations

import json
import os
import warnings
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle.attention_cases import ATTENTION_CASES
from oracle.layer_case import Array, Case
from oracle.layer_grid import LAYER_CASES
from oracle.operator_grid import OPERATORS
from oracle.our_layers import our_model, stored_cases
from oracle.stored_layers import STORED

from cnn_core import layers
from cnn_core.layers import Layer
from cnn_core.letters.alphabet import encode

TOLERANCE = 1e-5
"""Of an array's largest value."""

Answers = dict[str, NDArray[np.generic]]


def relative_error(ours: NDArray[np.generic], theirs: NDArray[np.generic]) -> float:
    """Return the largest difference, as a share of the largest value."""
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    scale = float(np.abs(theirs).max())
    difference = float(np.abs(ours - theirs).max())
    return difference / scale if scale else difference


def check(case: Case, weights: dict[str, list[Array]], theirs: Answers) -> None:
    """Compare every step."""
    model = our_model(case, weights)
    values = model.run(encode("ACGT"), side_inputs=case.drawn)
    shapes = model.shapes(4)
    for step in case.steps:
        assert shapes[step.name] == theirs[step.name].shape
        error = relative_error(values[step.name], theirs[step.name])
        assert error <= TOLERANCE, f"{step.name} ({step.kind})"


class TestStoredAnswers:
    def test_are_of_this_grid_and_small(self) -> None:
        assert [*stored_cases()] == [case.name for case in LAYER_CASES]
        assert STORED.stat().st_size < 1_000_000
        with np.load(STORED) as found:
            assert json.loads(str(found["versions"]))["keras"].endswith(" on torch")

    def test_agree(self, subtests: pytest.Subtests) -> None:
        for case in LAYER_CASES:
            with subtests.test(case.name):
                weights, answers = stored_cases()[case.name]
                check(case, weights, answers)
                count = sum(array.size for of_step in weights.values() for array in of_step)
                assert our_model(case, weights).parameter_count == count

    def test_hold_every_layer_that_has_an_answer_in_keras(self) -> None:
        compared = {step.kind for case in LAYER_CASES for step in case.steps}
        compared |= {case.kind for case in ATTENTION_CASES}
        offered = {
            name
            for name in vars(layers)
            if isinstance(found := getattr(layers, name), type) and issubclass(found, Layer)
        }
        ours_alone = {"Input", "IndexInput", "SideInput", "Unknown"}
        shared = {
            "Attending",
            "Convolution1D",
            "GatedRecurrent",
            "Layer",
            "Merge",
            "MovingLayer",
            "Pointwise",
            "Pooling1D",
            "PoolingLayer",
            "PositionwiseLayer",
            "Recurrent",
            "SlidingLayer",
        }
        in_pytorch = {"AdaptiveAveragePooling1D", "AdaptiveMaxPooling1D"}
        """See `test_windows_oracle`."""
        assert offered - compared == ours_alone | shared | in_pytorch | set(OPERATORS)


@pytest.fixture(scope="module")
def keras_layers() -> ModuleType:
    """The installed Keras. Its own warnings are its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("torch")
        pytest.importorskip("keras")
        from oracle import layer_frameworks
    return layer_frameworks


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_keras_still_says_what_is_stored_and_what_we_say(
    keras_layers: ModuleType, subtests: pytest.Subtests
) -> None:
    for case in LAYER_CASES:
        with subtests.test(case.name):
            weights, answers = keras_layers.keras_answers(case)
            check(case, weights, answers)
            for name, answer in answers.items():
                assert relative_error(answer, stored_cases()[case.name][1][name]) <= TOLERANCE
