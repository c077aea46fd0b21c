"""Windows that are run together give what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from small_models import random_kernel

from cnn_core.errors import ShapeError
from cnn_core.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Flatten,
    Input,
    Layer,
    Masking,
    MaxPooling1D,
    SideInput,
    SimpleRNN,
)
from cnn_core.network.model import Model, Node
from cnn_core.network.running import run_together

_RNG = np.random.default_rng(3)


def _weights(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype(np.float32) * np.float32(0.5)


RECURRENT = {
    "simple": SimpleRNN(_weights(3, 4), _weights(4, 4), _weights(4), return_sequences=True),
    "simple, last": SimpleRNN(_weights(3, 4), _weights(4, 4)),
    "lstm, backwards": LSTM(
        _weights(3, 16), _weights(4, 16), _weights(16), return_sequences=True, go_backwards=True
    ),
    "lstm, last, backwards": LSTM(_weights(3, 16), _weights(4, 16), _weights(16), go_backwards=True),
    "bidirectional": Bidirectional(
        LSTM(_weights(3, 16), _weights(4, 16), _weights(16), return_sequences=True),
        LSTM(_weights(3, 16), _weights(4, 16), _weights(16), return_sequences=True, go_backwards=True),
    ),
    "bidirectional, last": Bidirectional(
        GRU(_weights(3, 12), _weights(4, 12), _weights(2, 12)),
        GRU(_weights(3, 12), _weights(4, 12), _weights(2, 12), go_backwards=True),
        "sum",
    ),
    "gru": GRU(_weights(3, 12), _weights(4, 12), _weights(2, 12), return_sequences=True),
    "gru, reset before": GRU(_weights(3, 12), _weights(4, 12), _weights(12), reset_after=False),
}


def _model(recurrent: Layer, *before: tuple[str, Layer]) -> Model:
    return Model.sequential(
        "small",
        [
            ("letters", Input(20)),
            ("conv", Conv1D(random_kernel(5, 3), activation="relu")),
            ("pool", MaxPooling1D(2)),
            *before,
            ("states", recurrent),
            ("flat", Flatten()),
        ],
    )


def _windows(count: int) -> list[np.ndarray]:
    return [(1 << _RNG.integers(0, 4, 20)).astype(np.uint8) for _ in range(count)]


@each_case("recurrent", RECURRENT.values())
def test_recurrent_layers_take_their_steps_for_all_windows(recurrent: Layer) -> None:
    model, windows = _model(recurrent), _windows(5)
    together = run_together(model, windows, kept=("states", "flat"))
    assert [[*each] for each in together] == [["states", "flat"]] * 5
    for codes, values in zip(windows, together, strict=True):
        alone = model.run(codes)
        np.testing.assert_allclose(values["states"], alone["states"], atol=1e-6)
        np.testing.assert_allclose(values["flat"], alone["flat"], atol=1e-6)


def test_each_window_has_its_own_mask() -> None:
    model, windows = _model(RECURRENT["simple"], ("mask", Masking(0.0))), _windows(4)
    windows[1][:] = 0
    for codes, values in zip(windows, run_together(model, windows, kept=("states",)), strict=True):
        np.testing.assert_array_equal(values["states"], model.run(codes)["states"])


def test_one_window_is_a_run_to_the_last_bit() -> None:
    model, (codes,) = _model(RECURRENT["gru"]), _windows(1)
    (values,) = run_together(model, [codes], kept=[node.name for node in model.nodes])
    for name, value in model.run(codes).items():
        np.testing.assert_array_equal(values[name], value)


def test_a_network_that_does_not_fit_is_refused() -> None:
    model = Model.sequential("free", [("letters", Input()), ("conv", Conv1D(random_kernel(5)))])
    with pytest.raises(ShapeError, match="conv"):
        run_together(model, [np.ones(3, np.uint8)], kept=("conv",))


_SCALED = BatchNormalization(
    gamma=np.array([1, 0.5, 2], np.float32),
    beta=_weights(3),
    mean=_weights(3),
    variance=np.ones(3, np.float32),
)
_TURNED = BatchNormalization(
    gamma=np.array([1, -0.5, 2], np.float32),
    beta=_weights(3),
    mean=_weights(3),
    variance=np.ones(3, np.float32),
)


@each_case(
    ("conv", "between", "pool"),
    [
        (Conv1D(random_kernel(5, 3), _weights(3), activation="relu"), [], MaxPooling1D(3)),
        (Conv1D(random_kernel(5, 3), padding="same", stride=2), [_SCALED, Activation("relu")], MaxPooling1D(2)),
        (Conv1D(random_kernel(5, 3), dilation=2), [_TURNED], MaxPooling1D(2)),
        (Conv1D(random_kernel(5, 3), activation="softmax"), [], MaxPooling1D(2)),
        (Conv1D(random_kernel(5, 3), activation="tanh"), [], MaxPooling1D(4, 1, padding="same")),
        (Conv1D(random_kernel(5, 3)), [], MaxPooling1D(3, 2)),
    ],
)
def test_pools_over_letters_are_the_same_to_the_last_bit(conv: Layer, between: list[Layer], pool: Layer) -> None:
    layers = [("letters", Input(20)), ("conv", conv), *((f"b{at}", each) for at, each in enumerate(between))]
    model = Model.sequential("pools", [*layers, ("pool", pool)])
    windows = _windows(3)
    windows[0][4] = 15
    windows[1][:3] = 0
    for codes, values in zip(windows, run_together(model, windows, kept=("pool",)), strict=True):
        np.testing.assert_array_equal(values["pool"], model.run(codes)["pool"])


def test_a_large_dense_layer_multiplies_all_windows_at_once() -> None:
    model = Model.sequential(
        "large",
        [
            ("letters", Input(20)),
            ("conv", Conv1D(random_kernel(5, 80))),
            ("flat", Flatten()),
            ("dense", Dense(_weights(16 * 80, 60), _weights(60), activation="sigmoid")),
        ],
    )
    windows = [*_windows(5), np.full(20, 15, np.uint8)]
    for codes, values in zip(windows, run_together(model, windows, kept=("dense",)), strict=True):
        np.testing.assert_allclose(values["dense"], model.run(codes)["dense"], atol=1e-5)


def test_each_window_has_its_own_numbers() -> None:
    model = Model(
        "two",
        (
            Node("letters", Input(20)),
            Node("numbers", SideInput((2,))),
            Node("conv", Conv1D(random_kernel(5, 3)), ("letters",)),
            Node("flat", Flatten(), ("conv",)),
            Node("both", Concatenate(), ("flat", "numbers")),
            Node("dense", Dense(_weights(50, 2), activation="sigmoid"), ("both",)),
        ),
    )
    windows, sides = _windows(3), [{"numbers": _weights(2)} for _ in range(3)]
    for codes, side, values in zip(
        windows, sides, run_together(model, windows, "zero", sides, kept=("dense",)), strict=True
    ):
        np.testing.assert_allclose(values["dense"], model.run(codes, side_inputs=side)["dense"], atol=1e-6)
