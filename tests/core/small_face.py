"""A network small enough to be worked by hand, as the public face has it."""

from __future__ import annotations

import numpy as np

from cnn_core.layers import Activation, Conv1D, Dense, Flatten, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.public import OpenedModel

LETTERS = "ACGTTGCANACGTA"


def network(length: int | None = None) -> OpenedModel:
    """Return a network small enough to be worked by hand: two filters of width 2, a pool of 3, one unit."""
    kernel = np.zeros((2, 4, 2), dtype=np.float32)
    kernel[0, 0, 0], kernel[1, 1, 0] = 2, 3  # A then C
    kernel[0, 3, 1], kernel[1, 3, 1] = 1, -4  # T then T
    layers: list[tuple[str, object]] = [
        ("input", Input(length)),
        ("conv", Conv1D(kernel, np.array([-1, 0.5], np.float32), activation="relu")),
        ("pool", MaxPooling1D(3)),
    ]
    if length is not None:
        layers += [("flat", Flatten()), ("unit", Dense(np.full((8, 1), 0.25, np.float32), None))]
        layers += [("out", Activation("sigmoid"))]
    return OpenedModel(Model.sequential("small", layers))  # type: ignore[arg-type]
