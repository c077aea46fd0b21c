"""Small networks as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers import Conv1D, Dense, Flatten, Input, Layer, MaxPooling1D, SimpleRNN
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_tui import opening


def without_block(path: Path) -> str:
    """Write a network of 20 letters whose convolution feeds a dense layer, and return the file's name."""
    random = np.random.default_rng(4)
    layers: list[tuple[str, Layer]] = [
        ("letters", Input(20)),
        ("conv", Conv1D(random.standard_normal((5, 4, 3)).astype(np.float32), activation="relu")),
        ("flat", Flatten()),
        ("out", Dense(random.standard_normal((48, 2)).astype(np.float32))),
    ]
    write_npz(Model.sequential("no pool", layers), path)
    return str(path)


def deep_model(path: Path) -> str:
    """Write a model of two blocks, the second on feature maps, and return the file's name."""
    chance = np.random.default_rng(3)
    first = Conv1D(chance.normal(size=(5, 4, 6)).astype(np.float32), activation="relu")
    second = Conv1D(chance.normal(size=(3, 6, 4)).astype(np.float32), activation="relu")
    layers = [("letters", Input()), ("first", first), ("halves", MaxPooling1D(2))]
    write_npz(Model.sequential("deep", [*layers, ("second", second), ("last", MaxPooling1D(2))]), path)
    return str(path)


def narrow(network: str, path: Path, filters: range = range(16)) -> str:
    """Write `seed` or `trained` with some of its 320 filters alone, and return the file's name."""
    whole = opening.open_model(network).model
    assert isinstance(whole, Model)
    chosen = slice(filters.start, filters.stop)
    nodes = []
    for node in whole.nodes:
        layer = node.layer
        if isinstance(layer, Conv1D):
            layer = replace(layer, kernel=layer.kernel[:, :, chosen], bias=layer.bias[chosen])
        elif isinstance(layer, SimpleRNN):
            layer = replace(layer, kernel=layer.kernel[chosen])
        nodes.append(replace(node, layer=layer))
    write_npz(replace(whole, nodes=tuple(nodes)), path)
    return str(path)


EXPLAINED_LENGTH = 42
"""Bases of `explained`, of which the last two are under no cell."""


def explained(outputs: int = 1) -> Model:
    """Return a network of 42 letters that ends with a sigmoid, or with a softmax over several outputs."""
    random = np.random.default_rng(15)

    def weights(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape).astype(np.float32)

    layers: list[tuple[str, Layer]] = [
        ("letters", Input(EXPLAINED_LENGTH)),
        ("conv", Conv1D(weights(5, 4, 6), weights(6), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("flat", Flatten()),
        ("out", Dense(weights(54, outputs), activation="sigmoid" if outputs == 1 else "softmax")),
    ]
    return Model.sequential("explained", layers)
