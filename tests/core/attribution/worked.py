"""The worked cases of `worked_cases.json`: small PyTorch networks, conv → relu → max pool → dense, as our models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.attribution import Target
from cnn_core.layers import Conv1D, Dense, Flatten, Input, MaxPooling1D
from cnn_core.network.model import Model

__all__ = ["CASES", "TARGET", "acgt", "network"]

CASES: Final[list[dict[str, Any]]] = json.loads(Path(__file__).with_name("worked_cases.json").read_text())["cases"]
TARGET: Final = Target("dense", (0,))


def network(case: dict[str, Any]) -> Model:
    """Return a case's network with its weights in our order."""
    given = case["model"]
    conv = np.array(given["conv"], np.float32).transpose(2, 1, 0)
    filters = conv.shape[2]
    dense = np.array(given["dense"], np.float32).T
    # PyTorch flattens filter by filter, and we position by position.
    dense = dense.reshape(filters, -1, dense.shape[1]).transpose(1, 0, 2).reshape(dense.shape)
    return Model.sequential(
        case["name"],
        [
            ("letters", Input(len(case["sequence"]))),
            ("conv", Conv1D(conv, np.array(given["conv_bias"], np.float32), activation="relu")),
            ("pool", MaxPooling1D(given["pool_size"], given["pool_stride"])),
            ("flat", Flatten()),
            ("dense", Dense(dense, np.array(given["dense_bias"], np.float32))),
        ],
    )


def acgt(numbers: object) -> NDArray[np.float64]:
    """Return stored numbers, whose last two axes are (4, length), as (…, length, 4)."""
    return np.swapaxes(np.array(numbers, dtype=np.float64), -1, -2)
