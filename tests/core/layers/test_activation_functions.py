"""The activation functions that were added for trained models: each by its definition, and how far it can fall."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from each_case import each_case

from cnn_core.layers import ACTIVATIONS, activation_function


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _softplus(x: float) -> float:
    return math.log1p(math.exp(-abs(x))) + max(x, 0.0)


def _clipped(x: float, lowest: float, highest: float) -> float:
    return min(max(x, lowest), highest)


FURTHER_DEFINITIONS: dict[str, Callable[[float], float]] = {
    "celu": lambda x: x if x > 0 else math.expm1(x),
    "gelu_approximate": lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "hard_shrink": lambda x: x if abs(x) > 0.5 else 0.0,
    "hard_sigmoid_keras2": lambda x: _clipped(0.2 * x + 0.5, 0, 1),
    "hard_silu": lambda x: x * _clipped(x + 3, 0, 6) / 6,
    "hard_tanh": lambda x: _clipped(x, -1, 1),
    "log_sigmoid": lambda x: min(x, 0.0) - math.log1p(math.exp(-abs(x))),
    "mish": lambda x: x * math.tanh(_softplus(x)),
    "quick_gelu": lambda x: x * _sigmoid(1.702 * x),
    "relu6": lambda x: _clipped(x, 0, 6),
    "silu": lambda x: x * _sigmoid(x),
    "soft_shrink": lambda x: x - _clipped(x, -0.5, 0.5),
    "softsign": lambda x: x / (1 + abs(x)),
    "sparse_plus": lambda x: 0.0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
    "sparse_sigmoid": lambda x: _clipped((x + 1) / 2, 0, 1),
    "squareplus": lambda x: (x + math.sqrt(x * x + 4)) / 2,
    "tanh_shrink": lambda x: x - math.tanh(x),
}


@each_case("name", FURTHER_DEFINITIONS)
def test_a_function_keeps_to_its_definition_in_double_precision(name: str) -> None:
    responses = np.linspace(-15, 15, 481, dtype=np.float32)
    exact = [FURTHER_DEFINITIONS[name](float(x)) for x in responses]
    np.testing.assert_allclose(activation_function(name)(responses), exact, rtol=1e-6, atol=2e-7)


@pytest.mark.parametrize(("alias", "name"), [("swish", "silu"), ("hard_swish", "hard_silu")])
def test_another_name_of_a_function_gives_the_function(alias: str, name: str) -> None:
    assert activation_function(alias) is ACTIVATIONS[name]


@each_case("name", [name for name, each in ACTIVATIONS.items() if each.elementwise])
def test_bounds_hold_every_activation_between_two_responses(name: str) -> None:
    function = activation_function(name)
    for lowest, highest in [(-9, 9), (-2, -0.5), (-1.3, -1.2), (0.1, 4), (-9, -8)]:
        responses = np.linspace(lowest, highest, 997, dtype=np.float32)
        below, above = function.bounds(responses[:1], responses[-1:])
        activations = function(responses)
        assert (below <= activations).all()
        assert (activations <= above).all()


@each_case("name", [name for name, each in ACTIVATIONS.items() if each.dip is not None])
def test_a_dip_is_hardly_deeper_than_the_function(name: str) -> None:
    function = activation_function(name)
    deepest = float(function(np.linspace(-9, 9, 100_001, dtype=np.float32)).min())
    assert function.dip is not None
    assert function.dip <= deepest <= function.dip + 2e-4


def test_log_softmax_is_the_logarithm_of_softmax() -> None:
    responses = np.random.RandomState(0).randn(7, 5).astype(np.float32)
    shared = activation_function("softmax")(responses)
    np.testing.assert_allclose(activation_function("log_softmax")(responses), np.log(shared), rtol=1e-5, atol=1e-6)
