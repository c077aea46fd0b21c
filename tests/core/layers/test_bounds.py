"""No activation lies beyond the bounds that its function states, whatever the layer, its settings and its input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import isabstract

import numpy as np
import pytest
from each_case import each_case

from cnn_core import layers
from cnn_core.layers import ACTIVATIONS, ActivationFunction, Array, Pointwise
from cnn_core.layers.activation_functions import ELEMENTWISE
from cnn_core.network.block_functions import composed

CHANNELS = 5
Random = np.random.Generator


def drawn(of: Random) -> Array:
    """Return a number a channel, of either sign."""
    return of.normal(size=CHANNELS).astype(np.float32)


def positive(of: Random) -> Array:
    """Return a number above 0 for every channel."""
    return of.uniform(0.1, 3, size=CHANNELS).astype(np.float32)


def sized(of: Random) -> float:
    """Return a number above 0."""
    return float(of.uniform(0.1, 3))


# What a layer is made with that has settings; all others are made without any.
SETTINGS: dict[str, Callable[[Random], Pointwise]] = {
    "Activation": lambda of: layers.Activation(str(of.choice([*ACTIVATIONS, *ELEMENTWISE]))),
    "AddConstant": lambda of: layers.AddConstant(offset=drawn(of)),
    "BatchNormalization": lambda of: layers.BatchNormalization(drawn(of), positive(of), drawn(of), drawn(of)),
    "CELU": lambda of: layers.CELU(sized(of)),
    "Clip": lambda of: layers.Clip(*of.normal(size=2).tolist()),
    "ELU": lambda of: layers.ELU(float(of.normal())),
    "GroupNormalization": lambda _: layers.GroupNormalization(1),
    "HardShrink": lambda of: layers.HardShrink(sized(of)),
    "LayerNormalization": lambda of: layers.LayerNormalization(drawn(of), drawn(of), epsilon=1e-9),
    "LeakyReLU": lambda of: layers.LeakyReLU(float(of.normal())),
    "Masking": lambda _: layers.Masking(0.0),
    "Normalization": lambda of: layers.Normalization(drawn(of), positive(of)),
    "PReLU": lambda of: layers.PReLU(drawn(of)[None]),
    "Power": lambda of: layers.Power(float(of.choice([-1, 0, 0.5, 2, 3]))),
    "RMSNormalization": lambda of: layers.RMSNormalization(drawn(of), epsilon=1e-9),
    "ReLU": lambda of: layers.ReLU(sized(of), *of.uniform(0, 1, size=2).tolist()),
    "Rescaling": lambda of: layers.Rescaling(drawn(of), drawn(of)),
    "SoftShrink": lambda of: layers.SoftShrink(sized(of)),
    "Threshold": lambda of: layers.Threshold(*of.normal(size=2).tolist()),
}


def pointwise_layers() -> list[type[Pointwise]]:
    """Return every layer of the engine that changes each position for itself."""
    listed = (getattr(layers, name) for name in dir(layers))
    found = [each for each in listed if isinstance(each, type) and issubclass(each, Pointwise)]
    return [each for each in found if not isabstract(each)]


def responses(of: Random) -> Iterator[tuple[Array, Array, Array]]:
    """Yield responses, and the lowest and the highest of each channel."""
    for size in (0.01, 1, 30):
        ends = np.sort(of.normal(size=(2, CHANNELS)) * size, axis=0).astype(np.float32)
        x = of.uniform(*ends, size=(300, CHANNELS)).astype(np.float32)
        # All at an end at once, and each alone far from the others.
        x[: CHANNELS + 2] = np.concatenate([ends, np.where(np.eye(CHANNELS) > 0, ends[1], ends[0])])
        x = np.clip(x, *ends)
        yield x, x.min(axis=0, keepdims=True), x.max(axis=0, keepdims=True)


def check(function: ActivationFunction, of: Random) -> None:
    """Check that nothing lies beyond the bounds, but for what rounding does to an exponential."""
    for x, lowest, highest in responses(of):
        below, above = function.bounds(lowest, highest)
        with np.errstate(all="ignore"):
            activations = function(x)
        assert below.shape == above.shape == lowest.shape
        slack = 1e-6 * np.abs(activations) + 1e-7
        assert not (activations < below - slack).any()
        assert not (activations > above + slack).any()


@each_case("name", [*ACTIVATIONS, *ELEMENTWISE])
def test_no_activation_of_a_name_lies_beyond_its_bounds(name: str) -> None:
    of = np.random.default_rng(3)
    function = layers.activation_function(name)
    for _ in range(5):
        check(function, of)


@each_case("kind", pointwise_layers())
def test_no_activation_of_a_layer_lies_beyond_its_bounds(kind: type[Pointwise]) -> None:
    of = np.random.default_rng(5)
    for _ in range(8):
        layer = SETTINGS[kind.__name__](of) if kind.__name__ in SETTINGS else kind()
        if (function := layer.function()) is None:
            assert kind is layers.GroupNormalization
            continue
        check(function, of)
        x, lowest, highest = next(responses(of))
        for channel in range(CHANNELS if function.elementwise else 0):
            # One channel alone is given the same, within bounds of its own.
            mine, alone = slice(channel, channel + 1), layer.function(channel)
            assert alone is not None
            below, above = alone.bounds(lowest[:, mine], highest[:, mine])
            with np.errstate(all="ignore"):
                activations = function(x)[:, mine]
                np.testing.assert_array_equal(alone(x[:, mine]), activations)
            assert not (activations < below - 1e-6).any()
            assert not (activations > above + 1e-6).any()


def test_no_activation_of_several_functions_in_a_row_lies_beyond_their_bounds() -> None:
    of = np.random.default_rng(7)
    known = [layers.activation_function(name) for name in (*ACTIVATIONS, *ELEMENTWISE)]
    known += [function for make in SETTINGS.values() if (function := make(of).function()) is not None]
    for _ in range(200):
        several = composed(
            tuple(known[int(nth)] for nth in of.integers(len(known), size=of.integers(2, 4))), CHANNELS
        )
        x, lowest, highest = next(responses(of))
        below, above = several.bounds(lowest, highest)
        with np.errstate(all="ignore"):
            activations = several(x)
            assert not (activations < below - 1e-5 * np.abs(below) - 1e-6).any(), several.name
            assert not (activations > above + 1e-5 * np.abs(above) + 1e-6).any(), several.name


@pytest.mark.parametrize("name", ["silu", "softsign", "hard_silu", "mish", "gelu", "linear"])
def test_a_bound_on_responses_that_are_unknown_is_a_number_or_infinite(name: str) -> None:
    unknown = np.full((1, 2), -np.inf, np.float32), np.full((1, 2), np.inf, np.float32)
    below, above = layers.activation_function(name).bounds(*unknown)
    assert not np.isnan([below, above]).any()
    assert (below <= -1 if name in ("linear", "softsign") else below >= -0.4).all()
    assert (above == (1 if name == "softsign" else np.inf)).all()


class Square(Pointwise):
    """A layer as a stranger would add it, which says nothing of its function."""

    def forward(self, x: Array, /) -> Array:
        """Return the squares."""
        return x * x


def test_of_a_layer_that_says_nothing_no_bound_is_known() -> None:
    function = Square().function()
    assert function is not None
    below, above = function.bounds(np.float32([[-2]]), np.float32([[3]]))
    assert below == -np.inf
    assert above == np.inf
    assert not function.goes_one_way
    assert not function.rising


def test_a_layer_whose_weights_may_go_by_channel_is_no_part_of_a_block_unless_it_says_how() -> None:
    class Weighted(Square):
        def weights(self) -> dict[str, Array]:
            return {"scale": np.ones(3, np.float32)}

    assert Weighted().function() is None
    assert Weighted().function(1) is None
