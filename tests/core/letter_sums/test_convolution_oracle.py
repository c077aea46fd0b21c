"""The engine against PyTorch and Keras: what they computed once (fixtures) and, where installed, compute now."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray
from oracle.grid import (
    CASES,
    EXACT,
    FLATTENED,
    FUNCTIONS,
    NETWORK,
    RECURRENCES,
    RESPONSES,
    SOFTMAX_CHANNELS,
    SUMS,
    Case,
    Recurrence,
    Sum,
)
from small_models import block_model, block_run

from cnn_core.layers import (
    Activation,
    AveragePooling1D,
    Conv1D,
    Dense,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    SimpleRNN,
    activation_function,
)
from cnn_core.letter_sums.convolution import LetterConvolution
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model

TOLERANCE = 1e-5
"""Of an array's largest value."""

HERE = Path(__file__).parents[1] / "oracle"
FRAMEWORKS = ("torch", "keras")
Answers = dict[str, NDArray[np.generic]]

OF_LETTERS = [case for case in CASES if case.of_letters]
by_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@cache
def stored_layers() -> Answers:
    with np.load(HERE / "layers.npz") as stored:
        return dict(stored)


@cache
def stored_cases(framework: str) -> dict[str, Answers]:
    """Return every case's stored answers by its name; a kind that the framework refuses is left out."""
    with np.load(HERE / "convolutions.npz") as stored:
        names = stored["names"].tolist()
        answers: dict[str, Answers] = {name: {} for name in names}
        for kind in ("activations", "max", "selections", "average", "global_max", "global_average"):
            if f"{framework}/{kind}" not in stored:
                continue
            values, first = stored[f"{framework}/{kind}"], 0
            for name, (length, channels) in zip(names, stored[f"{framework}/{kind}/shapes"].tolist(), strict=True):
                shape = (length,) if channels < 0 else (length, channels)
                if length:
                    answers[name][kind] = values[first : first + np.prod(shape)].reshape(shape)
                    first += np.prod(shape)
            assert first == len(values)
    return answers


def assert_agrees(ours: NDArray[np.generic], theirs: NDArray[np.generic]) -> None:
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def convolution(case: Case) -> Conv1D:
    return Conv1D(
        case.kernel,
        case.bias,
        stride=case.stride,
        padding=case.padding,
        dilation=case.dilation,
        groups=case.groups,
        activation=case.activation,
    )


def max_pool(case: Case) -> MaxPooling1D:
    return MaxPooling1D(case.pool_size, case.pool_stride, case.pool_padding)


def average_pool(case: Case) -> AveragePooling1D:
    return AveragePooling1D(case.pool_size, case.pool_stride, case.pool_padding)


def check_arrays(case: Case, theirs: Answers) -> None:
    """Compare the layers on the input as an array."""
    conv = convolution(case)
    activations = conv.forward(case.x)
    assert conv.output_shape(case.x.shape) == theirs["activations"].shape
    assert_agrees(activations, theirs["activations"])
    for kind, pool in (("max", max_pool(case)), ("average", average_pool(case))):
        if kind in theirs:
            assert pool.output_shape(activations.shape) == theirs[kind].shape
            assert_agrees(pool.forward(activations), theirs[kind])
    if "selections" in theirs:
        np.testing.assert_array_equal(max_pool(case).selections(activations), theirs["selections"])
    for kind, whole in (("global_max", GlobalMaxPooling1D()), ("global_average", GlobalAveragePooling1D())):
        assert whole.output_shape(activations.shape) == theirs[kind].shape
        assert_agrees(whole.forward(activations), theirs[kind])


def check_letters(case: Case, theirs: Answers) -> None:
    """Compare the layers on the input as letters: the whole input window at once."""
    codes = encode(case.letters)
    conv = convolution(case)
    assert_agrees(LetterConvolution(conv).forward(codes), theirs["activations"])
    for kind, pool in (("max", max_pool(case)), ("average", average_pool(case))):
        if kind in theirs:
            values = block_model(conv, pool).run(codes)
            assert_agrees(values["conv"], theirs["activations"])
            assert_agrees(values["pool"], theirs[kind])


def check_stretches(case: Case, theirs: Answers) -> None:
    """Compare a block that is computed where asked: in small tiles, in stretches that begin and end anywhere."""
    positions, cells = len(theirs["activations"]), len(theirs["max"])
    for kind, pool in (("max", max_pool(case)), ("average", average_pool(case))):
        run = block_run(block_model(convolution(case), pool), case.letters, tile=5)
        assert (run.positions, run.cells, run.filters) == (positions, cells, case.filters)
        for start, stop in stretches(positions):
            assert_agrees(run.activations(start, stop), theirs["activations"][start:stop])
        for start, stop in stretches(cells):
            if kind in theirs:
                assert_agrees(run.values(start, stop), theirs[kind][start:stop])
            if kind == "max" and "selections" in theirs:
                np.testing.assert_array_equal(run.selections(start, stop), theirs["selections"][start:stop])


def stretches(count: int) -> Iterator[tuple[int, int]]:
    yield 0, count
    yield count - 1, count
    yield 0, 1
    for start in range(1, count - 1, max(1, count // 4)):
        yield start, min(count, start + 1 + start * 3 % 7)


def our_recurrence(case: Recurrence) -> NDArray[np.generic]:
    x, kernel, recurrent_kernel, bias = case.drawn
    rnn = SimpleRNN(
        kernel,
        recurrent_kernel,
        bias if case.bias else None,
        case.activation,
        case.return_sequences,
        case.go_backwards,
    )
    states = rnn.forward(x)
    assert rnn.output_shape(x.shape) == states.shape
    return states


def our_sum(case: Sum) -> NDArray[np.generic]:
    x, kernel, bias = case.drawn
    dense = Dense(kernel, bias if case.bias else None, case.activation)
    units = dense.forward(x)
    assert dense.output_shape(x.shape) == units.shape
    return units


def check_function(name: str, theirs: NDArray[np.generic]) -> None:
    given = RESPONSES.reshape(-1, SOFTMAX_CHANNELS) if name == "softmax" else RESPONSES
    ours = activation_function(name)(given)
    assert ours.dtype == np.float32
    # Value by value: an exponential spans 70 orders of magnitude, so that no scale fits all of it.
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=1e-6)


class TestStoredAnswers:
    def test_the_fixtures_are_of_this_grid_and_say_which_versions_made_them(self) -> None:
        for name in ("convolutions.npz", "layers.npz"):
            with np.load(HERE / name) as stored:
                versions = json.loads(str(stored["versions"]))
            assert versions.keys() == {"torch", "keras", "numpy"}
            assert versions["keras"].endswith(" on jax")
        for framework in FRAMEWORKS:
            assert [*stored_cases(framework)] == [case.name for case in CASES]
        assert sum((HERE / name).stat().st_size for name in ("convolutions.npz", "layers.npz")) < 1_000_000

    def test_keras_answers_every_case_but_stride_and_dilation_above_1_together(self) -> None:
        by_keras = stored_cases("keras")
        for case in CASES:
            refused = case.stride > 1 and case.dilation > 1
            assert len(by_keras[case.name]) == (0 if refused else 5)
            assert len(stored_cases("torch")[case.name]) == 6

    @by_framework
    def test_layers_on_arrays_agree(self, framework: str, subtests: pytest.Subtests) -> None:
        for case in CASES:
            with subtests.test(case.name):
                theirs = stored_cases(framework)[case.name]
                if not theirs:
                    assert framework == "keras"
                    theirs = stored_cases("torch")[case.name]
                check_arrays(case, theirs)

    @pytest.mark.parametrize("check", [check_letters, check_stretches])
    def test_letters_agree_whole_and_in_stretches(
        self, check: Callable[[Case, Answers], None], subtests: pytest.Subtests
    ) -> None:
        for case in OF_LETTERS:
            with subtests.test(case.name):
                for framework in FRAMEWORKS:
                    if theirs := stored_cases(framework)[case.name]:
                        check(case, theirs)

    def test_letters_and_one_hot_arrays_give_the_same_responses(self, subtests: pytest.Subtests) -> None:
        # A wide kernel's sums are added word by word on letters, and tap by tap on arrays.
        for case in OF_LETTERS:
            with subtests.test(case.name):
                conv = convolution(case)
                letters = LetterConvolution(conv).forward(encode(case.letters))
                assert_agrees(letters, conv.forward(case.x))

    @each_case("case", RECURRENCES)
    def test_recurrent_layers_agree(self, case: Recurrence) -> None:
        found = [name for name in stored_layers() if name.startswith(f"SimpleRNN/{case.name}/")]
        assert len(found) == (2 if case.activation in ("tanh", "relu") else 1)
        for name in found:
            assert_agrees(our_recurrence(case), stored_layers()[name])

    @pytest.mark.parametrize("case", SUMS, ids=lambda case: case.name)
    @by_framework
    def test_dense_layers_agree(self, case: Sum, framework: str) -> None:
        assert_agrees(our_sum(case), stored_layers()[f"Dense/{case.name}/{framework}"])

    @pytest.mark.parametrize("name", FUNCTIONS)
    @by_framework
    def test_activation_functions_agree(self, name: str, framework: str) -> None:
        check_function(name, stored_layers()[f"function/{name}/{framework}"])

    def test_flatten_agrees(self) -> None:
        np.testing.assert_array_equal(Flatten().forward(FLATTENED), stored_layers()["Flatten/keras"])

    def test_the_network_of_the_issue_agrees_layer_by_layer(self) -> None:
        check_network(stored_layers(), "network/")


def check_network(theirs: Answers, prefix: str = "") -> None:
    (kernel, bias), rnn, dense = (NETWORK.weights[layer] for layer in ("conv", "rnn", "dense"))
    network = Model.sequential(
        "issue",
        [
            ("letters", Input(NETWORK.length)),
            ("conv", Conv1D(kernel, bias, activation="relu")),
            ("pool", MaxPooling1D(8, 8)),
            ("rnn", SimpleRNN(*rnn, return_sequences=True)),
            ("flatten", Flatten()),
            ("dense", Dense(*dense)),
            ("sigmoid", Activation("sigmoid")),
        ],
    )
    values = network.run(encode(NETWORK.letters))
    assert network.parameter_count == theirs[f"{prefix}params"] == 85_953
    for row in network.summary()[1:]:
        assert row.output_shape == (None, *theirs[f"{prefix}{row.name}/shape"])
        assert row.params == theirs[f"{prefix}{row.name}/params"]
        assert_agrees(values[row.name][..., ::100], theirs[f"{prefix}{row.name}/values"])


@pytest.fixture(scope="module")
def frameworks() -> ModuleType:
    """The installed frameworks. Their own warnings are theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("torch")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("keras")
        from oracle import frameworks
    return frameworks


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
class TestLiveAnswers:
    @by_framework
    def test_convolutions_and_pools_agree(
        self, frameworks: ModuleType, framework: str, subtests: pytest.Subtests
    ) -> None:
        answer: Callable[[Case], Answers] = getattr(frameworks, f"{framework}_case")
        for case in CASES:
            with subtests.test(case.name):
                theirs = answer(case)
                assert theirs or (case.stride > 1 and case.dilation > 1)
                if theirs:
                    check_arrays(case, theirs)
                if theirs and case.of_letters:
                    check_letters(case, theirs)
                    check_stretches(case, theirs)

    def test_pytorch_still_says_what_is_stored(self, frameworks: ModuleType, subtests: pytest.Subtests) -> None:
        for case in CASES:
            with subtests.test(case.name):
                for kind, answer in frameworks.torch_case(case).items():
                    stored = stored_cases("torch")[case.name][kind]
                    if kind == "selections":
                        np.testing.assert_array_equal(answer, stored)
                    else:
                        assert_agrees(answer, stored)

    def test_recurrent_layers_agree(self, frameworks: ModuleType, subtests: pytest.Subtests) -> None:
        for case in RECURRENCES:
            with subtests.test(case.name):
                assert_agrees(our_recurrence(case), frameworks.keras_recurrence(case))
                states = frameworks.torch_recurrence(case)
                assert (states is None) == (case.activation in ("sigmoid", "linear"))
                if states is not None:
                    assert_agrees(our_recurrence(case), states)

    def test_dense_layers_agree(self, frameworks: ModuleType, subtests: pytest.Subtests) -> None:
        for case in SUMS:
            with subtests.test(case.name):
                assert_agrees(our_sum(case), frameworks.keras_sum(case))
                assert_agrees(our_sum(case), frameworks.torch_sum(case))

    def test_activation_functions_agree(self, frameworks: ModuleType, subtests: pytest.Subtests) -> None:
        for name in FUNCTIONS:
            with subtests.test(name):
                check_function(name, frameworks.keras_function(name))
                check_function(name, frameworks.torch_function(name))

    def test_flatten_agrees(self, frameworks: ModuleType) -> None:
        np.testing.assert_array_equal(Flatten().forward(FLATTENED), frameworks.keras_flatten(FLATTENED))

    def test_the_network_of_the_issue_agrees_layer_by_layer(self, frameworks: ModuleType) -> None:
        check_network(frameworks.keras_network())


def test_the_grid_ties_only_where_rounding_cannot_decide() -> None:
    assert any(case.dyadic for case in CASES)
    for case in CASES:
        if case.dyadic:
            assert case.activation in EXACT
            sums = np.abs(case.kernel).sum() * 64
            assert sums < 2**24
            np.testing.assert_array_equal(case.kernel * 64, np.rint(case.kernel * 64))
