"""Every layer against Keras: stored answers (see `oracle.make_layer_fixtures`) and, where installed, live ones."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from functools import cache
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle.layer_case import Array, Case, Settings
from oracle.layer_grid import LAYER_CASES
from oracle.stored_layers import STORED, stored

from cnn_core import layers
from cnn_core.alphabet import encode
from cnn_core.layers import Input, Layer, Recurrent, SideInput
from cnn_core.model import Model, Node

TOLERANCE = 1e-5
"""Of an array's largest value."""

Answers = dict[str, NDArray[np.generic]]

of_any = pytest.mark.parametrize("case", LAYER_CASES, ids=lambda case: case.name)


def our_layer(kind: str, settings: Settings, weights: list[Array]) -> Layer:
    """Return our layer for Keras's settings, and its weights in Keras's order."""
    return BUILDERS.get(kind, _by_class(kind))(settings, weights)


def _by_class(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    """Return what builds a layer whose settings have Keras's names; those of the training are left out."""

    def built(settings: Settings, weights: list[Array]) -> Layer:
        mine = {name: value for name, value in settings.items() if name != "l1"}
        return getattr(layers, kind)(*weights, **mine)

    return built


def _convolution(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        kernels = 2 if kind == "SeparableConv1D" else 1
        return getattr(layers, kind)(
            *weights[:kernels],
            bias=weights[kernels] if settings.get("use_bias", True) else None,
            stride=settings.get("strides", 1),
            padding=settings.get("padding", "valid"),
            dilation=settings.get("dilation_rate", 1),
            activation=settings.get("activation", "linear"),
        )

    return built


def _pool(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        size, stride, padding = (settings.get(name) for name in ("pool_size", "strides", "padding"))
        return getattr(layers, kind)(size, stride, padding or "valid")

    return built


def _dense(settings: Settings, weights: list[Array]) -> Layer:
    return layers.Dense(*weights, activation=settings.get("activation", "linear"))


def _batch_normalization(settings: Settings, weights: list[Array]) -> Layer:
    *learned, mean, variance = weights
    gamma = learned.pop(0) if settings.get("scale", True) else None
    beta = learned.pop(0) if settings.get("center", True) else None
    epsilon, axis = settings.get("epsilon", 1e-3), settings.get("axis", -1)
    return layers.BatchNormalization(mean, variance, gamma, beta, epsilon, axis)


def _layer_normalization(settings: Settings, weights: list[Array]) -> Layer:
    learned = [*weights]
    gamma = learned.pop(0) if settings.get("scale", True) else None
    beta = learned.pop(0) if settings.get("center", True) else None
    return layers.LayerNormalization(gamma, beta, settings.get("epsilon", 1e-3), settings.get("axis", -1))


def _prelu(settings: Settings, weights: list[Array]) -> Layer:
    return layers.PReLU(weights[0])


def _embedding(settings: Settings, weights: list[Array]) -> Layer:
    return layers.Embedding(weights[0], mask_zero=settings.get("mask_zero", False))


def _recurrent(kind: str) -> Callable[[Settings, list[Array]], Layer]:
    def built(settings: Settings, weights: list[Array]) -> Layer:
        left_out = ("units", "use_bias", "unit_forget_bias")
        mine = {name: value for name, value in settings.items() if name not in left_out}
        return getattr(layers, kind)(*weights, **mine)

    return built


def _bidirectional(settings: Settings, weights: list[Array]) -> Layer:
    half = len(weights) // 2
    kind, inner = settings["layer"]
    forward = our_layer(kind, inner, weights[:half])
    kind, inner = settings.get("backward_layer", (kind, {**inner, "go_backwards": True}))
    backward = our_layer(kind, inner, weights[half:])
    assert isinstance(forward, Recurrent)
    assert isinstance(backward, Recurrent)
    return layers.Bidirectional(forward, backward, settings.get("merge_mode", "concat"))


def _time_distributed(settings: Settings, weights: list[Array]) -> Layer:
    kind, inner = settings["layer"]
    return layers.TimeDistributed(our_layer(kind, inner, weights))


BUILDERS: dict[str, Callable[[Settings, list[Array]], Layer]] = {
    **{kind: _convolution(kind) for kind in ("Conv1D", "DepthwiseConv1D", "SeparableConv1D")},
    **{kind: _pool(kind) for kind in ("MaxPooling1D", "AveragePooling1D")},
    **{kind: _recurrent(kind) for kind in ("SimpleRNN", "LSTM", "GRU")},
    "BatchNormalization": _batch_normalization,
    "Bidirectional": _bidirectional,
    "Dense": _dense,
    "Embedding": _embedding,
    "LayerNormalization": _layer_normalization,
    "PReLU": _prelu,
    "TimeDistributed": _time_distributed,
}


def our_model(case: Case, weights: dict[str, list[Array]]) -> Model:
    """Return the case as a model; letters enter it too, and nothing reads them."""
    built: dict[str, Layer] = {}
    nodes = [Node("letters", Input()), *(Node(name, SideInput(each.shape)) for name, each in case.given.items())]
    for step in case.steps:
        layer = built[step.shared] if step.shared else our_layer(step.kind, step.settings, weights[step.name])
        built[step.name] = layer
        nodes.append(Node(step.name, layer, step.inputs))
    return Model(case.name, tuple(nodes))


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


@cache
def stored_cases() -> dict[str, tuple[dict[str, list[Array]], Answers]]:
    return stored()


class TestStoredAnswers:
    def test_are_of_this_grid_and_small(self) -> None:
        assert [*stored_cases()] == [case.name for case in LAYER_CASES]
        assert STORED.stat().st_size < 1_000_000
        with np.load(STORED) as found:
            assert json.loads(str(found["versions"]))["keras"].endswith(" on torch")

    @of_any
    def test_agree(self, case: Case) -> None:
        check(case, *stored_cases()[case.name])

    @of_any
    def test_have_as_many_parameters(self, case: Case) -> None:
        weights, _ = stored_cases()[case.name]
        count = sum(array.size for of_step in weights.values() for array in of_step)
        assert our_model(case, weights).parameter_count == count

    def test_hold_every_layer_that_has_an_answer_in_keras(self) -> None:
        compared = {step.kind for case in LAYER_CASES for step in case.steps}
        offered = {
            name
            for name in layers.__all__
            if isinstance(found := getattr(layers, name), type) and issubclass(found, Layer)
        }
        ours_alone = {"Input", "IndexInput", "SideInput", "Unknown"}
        shared = {"Layer", "Merge", "Pointwise", "Pooling1D", "Recurrent", "SlidingLayer"}
        assert offered - compared == ours_alone | shared


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
