"""The gradient of every layer against PyTorch's autograd: stored answers (see `oracle.make_gradient_fixtures`) and,
where installed, live ones."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Final

import numpy as np
import pytest
from oracle.gradient_cases import KINKS, POOLS, TIES, conv_upstream
from oracle.grid import CASES
from oracle.grid import Case as Convolution
from oracle.layer_case import Array, Case, upstream_of
from oracle.layer_grid import FUNCTIONS, LAYER_CASES
from oracle.our_layers import our_layer, our_model, stored_cases
from oracle.stored_layers import STORED, read_numbers

from cnn_core import layers
from cnn_core.attribution.gradients import Through, backward
from cnn_core.errors import ModelError
from cnn_core.layers import ACTIVATIONS, LayerRun, activation_function
from cnn_core.layers.shapes import PerInput
from cnn_core.letters.alphabet import encode
from cnn_core.network.graph import Node
from cnn_core.network.model import Model
from cnn_core.network.running import masks_of

TOLERANCE: Final = 1e-5
"""Of an array's largest value."""
GRADIENTS: Final = STORED.with_name("gradients.npz")


@pytest.fixture(scope="module")
def stored() -> dict[str, Array]:
    return read_numbers(GRADIENTS)


def check(ours: Array, theirs: Array) -> None:
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE * max(np.abs(theirs).max(), 1e-30)


def gradients(case: Case) -> dict[str, Array]:
    """Return our gradients of a case at all its layers and inputs."""
    model = our_model(case, stored_cases()[case.name][0])
    values = model.run(encode("ACGT"), side_inputs=case.drawn)
    last = case.steps[-1].name
    return backward(model, values, last, upstream_of(case, values[last].shape))


def conv_gradient(case: Convolution) -> Array:
    conv = layers.Conv1D(
        case.kernel,
        case.bias,
        stride=case.stride,
        padding=case.padding,
        dilation=case.dilation,
        activation=case.activation,
        groups=case.groups,
    )
    settings = case.pool_size, case.pool_stride, case.pool_padding
    pools = {
        "max": layers.MaxPooling1D(*settings),
        "average": layers.AveragePooling1D(*settings),
        "global_max": layers.GlobalMaxPooling1D(),
        "global_average": layers.GlobalAveragePooling1D(),
    }
    activations = conv.forward(case.x)
    at = np.zeros_like(activations)
    for name in POOLS:
        pooled = pools[name].forward(activations)
        upstream = conv_upstream(case, name, pooled.shape)
        at += pools[name].gradient(upstream, LayerRun([activations], pooled, [None]))[0]
    return conv.gradient(at, LayerRun([case.x], activations, [None]))[0]


def tie_gradients(name: str) -> tuple[Array, ...]:
    kind, settings, inputs = TIES[name]
    layer = our_layer(kind, settings, [])
    output = layer.forward(*inputs)
    upstream = np.arange(1, output.size + 1, dtype=np.float32).reshape(output.shape)
    return layer.gradient(upstream, LayerRun(inputs, output, [None] * len(inputs)))


def test_of_the_grid_of_layers(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    for case in LAYER_CASES:
        with subtests.test(case.name):
            at = gradients(case)
            names = [*case.given] if case.steps[0].kind != "Embedding" else [case.steps[0].name]
            for name in names:
                check(at[name], stored[f"layers: {case.name}: {name}"])


def test_of_convolutions_and_their_pools(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    for case in CASES:
        with subtests.test(case.name):
            check(conv_gradient(case), stored[f"convolution: {case.name}"])


def test_of_activation_functions_at_their_kinks(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    elementwise = [name for name in FUNCTIONS if "softmax" not in name]
    for name in elementwise:
        with subtests.test(name):
            ours = activation_function(name).gradient(np.ones_like(KINKS), KINKS)
            np.testing.assert_allclose(ours, stored[f"function: {name}"], rtol=2e-5, atol=1e-7)


def test_where_values_tie(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    for name in TIES:
        with subtests.test(name):
            for number, ours in enumerate(tie_gradients(name)):
                check(ours, stored[f"tie: {name}: {number}"])


def test_functions_that_the_grid_lacks_have_the_slope_of_their_differences() -> None:
    """Those that Keras 3 does not have, and every other, beside the kinks."""
    beside = np.array([-6.4, -2.2, -0.8, -0.2, 0.3, 0.9, 2.7, 6.4], dtype=np.float32)
    step = np.float32(1 / 64)
    for name, function in ACTIVATIONS.items():
        if function.slope is not None:
            difference = (function(beside + step) - function(beside - step)) / (2 * step)
            np.testing.assert_allclose(function.slope(beside), difference, rtol=2e-3, atol=2e-4, err_msg=name)


def test_a_slope_follows_from_the_activation_where_a_function_says_so() -> None:
    for function in ACTIVATIONS.values():
        if function.idempotent:
            assert function.slope is not None
            np.testing.assert_array_equal(function.slope(KINKS), function.slope(function(KINKS)))


def by_rules(graph: Model, reference: dict[str, Array], without: set[str]) -> Through:
    """Return what takes multipliers back through a node; the types of layers without a rule are noted."""
    masks = masks_of(graph, reference)

    def through(node: Node, upstream: Array, run: LayerRun) -> PerInput:
        inputs, marked = ([held[name] for name in node.inputs] for held in (reference, masks))
        found = node.layer.multipliers(upstream, run, LayerRun(inputs, reference[node.name], marked))
        if found is None:
            without.add(node.layer.type)
            return node.layer.gradient(upstream, run)
        return found

    return through


def test_multipliers_sum_to_the_change(subtests: pytest.Subtests) -> None:
    """DeepLIFT's rules, layer by layer: multipliers times the changes of the inputs are those of the outputs."""
    # Every fourth of the convolutions is enough, whose rule is that of what they share.
    cases = [*LAYER_CASES[:104:4], *LAYER_CASES[104:]]
    without_rule: set[str] = set()
    for case in (case for case in cases if all(each.of != "indices" for each in case.given.values())):
        with subtests.test(case.name):
            model = our_model(case, stored_cases()[case.name][0])
            given = case.drawn, {name: each.drawn(f"{case.name}/reference") for name, each in case.given.items()}
            values, others = (model.run(encode("ACGT"), side_inputs=inputs) for inputs in given)
            last, without = case.steps[-1].name, set[str]()
            upstream = upstream_of(case, values[last].shape)
            at = backward(model, values, last, upstream, by_rules(model, others, without))
            without_rule |= without
            if not without:
                change = (upstream * (values[last] - others[last]).astype(np.float64)).sum()
                parts = [at[name] * (values[name] - others[name]).astype(np.float64) for name in case.given]
                size = sum(np.abs(part).sum() for part in parts) + np.abs(upstream * values[last]).sum()
                assert sum(part.sum() for part in parts) == pytest.approx(change, abs=1e-5 * size)
    assert without_rule == {"Dot"}


class TestConventions:
    def test_windows_that_are_all_0_send_it_to_the_first_position_and_relu_ends_it(self) -> None:
        responses = np.array([[-1], [-2], [-3], [-1], [2], [2]], dtype=np.float32)
        relu, pool = layers.Activation("relu"), layers.MaxPooling1D(3)
        activations = relu.forward(responses)
        cells = pool.forward(activations)
        (at_pool,) = pool.gradient(np.ones_like(cells), LayerRun([activations], cells, [None]))
        assert at_pool[:, 0].tolist() == [1, 0, 0, 0, 1, 0]
        (at_relu,) = relu.gradient(at_pool, LayerRun([responses], activations, [None]))
        assert at_relu[:, 0].tolist() == [0, 0, 0, 0, 1, 0]

    def test_an_average_pool_sends_equal_shares_and_padding_receives_none(self) -> None:
        x = np.arange(5, dtype=np.float32)[:, None]
        pool = layers.AveragePooling1D(4, 4, "same")
        cells = pool.forward(x)
        (at,) = pool.gradient(np.array([[3], [4]], np.float32), LayerRun([x], cells, [None]))
        assert at[:, 0].tolist() == [1, 1, 1, 2, 2]

    def test_prelu_at_0_has_the_slope_of_the_left(self) -> None:
        x = np.zeros((1, 2), dtype=np.float32)
        layer = layers.PReLU(np.array([[0.25, 0.5]], dtype=np.float32))
        assert layer.gradient(np.ones_like(x), LayerRun([x], x, [None]))[0].tolist() == [[0.25, 0.5]]

    def test_indices_have_none(self) -> None:
        x = np.array([1, 2], dtype=np.float32)
        layer = layers.Embedding(np.eye(4, dtype=np.float32))
        rows = layer.forward(x)
        assert layer.gradient(np.ones_like(rows), LayerRun([x], rows, [None])) == (None,)

    def test_a_layer_without_one_says_so(self) -> None:
        layer = layers.Unknown("Lambda", "it is code of the author's own")
        x = np.zeros((1, 1), dtype=np.float32)
        with pytest.raises(ModelError, match="a Lambda has no gradient"):
            layer.gradient(x, LayerRun([x], x, [None]))


@pytest.fixture(scope="module")
def oracle() -> ModuleType:
    """The installed frameworks. Their own warnings are their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("torch")
        pytest.importorskip("keras")
        from oracle import layer_gradients
    return layer_gradients


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_pytorch_still_says_what_is_stored(
    oracle: ModuleType, stored: dict[str, Array], subtests: pytest.Subtests
) -> None:
    for case in LAYER_CASES:
        with subtests.test(case.name):
            for name, found in oracle.keras_gradients(case).items():
                check(found.astype(np.float32), stored[f"layers: {case.name}: {name}"])
