"""Readings that can be worked by hand: a filter that counts A, C, G in a row, and the 500 bases of the question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_models import Letters

from cnn_core.blocks.reading import Reading
from cnn_core.layers import AveragePooling1D, Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.presets import preset

FINDS_ACG = np.zeros((3, 4, 1), dtype=np.float32)
FINDS_ACG[0, 0, 0] = FINDS_ACG[1, 1, 0] = FINDS_ACG[2, 2, 0] = 1.0


def reading(
    letters: str = "ACGTACGTAA",
    *,
    conv: Conv1D | None = None,
    pool: MaxPooling1D | AveragePooling1D | None = None,
    length: int | None = None,
    channels: str = "ACGT",
    name: str = "rec",
    interval: tuple[int, int] | None = None,
    reverse: bool = False,
    ambiguity: str = "zero",
) -> Reading:
    """Return a reading of a filter that adds one for each of A, C, G in a row, less a bias of one."""
    conv = conv or Conv1D(FINDS_ACG, np.array([-1.0], dtype=np.float32), activation="relu")
    model = Model.sequential(
        "hand", [("input", Input(length, channels)), ("conv", conv), ("pool", pool or MaxPooling1D(2))]
    )
    return Reading.of(model, Letters(letters, name), interval, reverse=reverse, ambiguity=ambiguity).into()


def finds_acg(**settings: object) -> Conv1D:
    plain = Conv1D(FINDS_ACG, np.array([-1.0], dtype=np.float32), activation="relu")
    return replace(plain, **settings)  # type: ignore[arg-type]


def of_500(**settings: object) -> Reading:
    """Return a reading of 500 bases by a kernel of 16 and a pool of 8, with other settings where given."""
    plain = Reading.of(preset("motifs"), Letters("ACGTT" * 100)).into()
    return plain.with_settings(replace(plain.settings, **settings))  # type: ignore[arg-type]
