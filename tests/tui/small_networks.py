"""Small networks as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnn_core.layers import Conv1D, Dense, Flatten, Input, Layer
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz


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
