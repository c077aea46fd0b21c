"""What gradients are compared on beside the grid of layers: convolutions and their pools, kinks, and ties.

Knows neither a framework nor the engine.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from seeded import seeded

from .grid import Case
from .layer_case import Array, Settings

POOLS: Final = ("max", "average", "global_max", "global_average")

KINKS: Final = np.array(
    [-7, -6, -3, -2.5, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2.5, 3, 6, 7, -0.7, 0.7, 30, -30], dtype=np.float32
)
"""Responses at which an activation function bends, and some beside them."""

_ROWS: Final = np.array(
    [[1, -2, 0], [1, 3, 0], [0, 3, 0], [1, 3, -1], [-1, 0, 0], [2, 3, 0], [2, -5, 0]], dtype=np.float32
)

TIES: Final[dict[str, tuple[str, Settings, tuple[Array, ...]]]] = {
    **{
        f"{kind} of {' and '.join(str(len(x)) for x in inputs)} rows": (kind, {}, inputs)
        for kind in ("Maximum", "Minimum")
        for inputs in (
            (_ROWS, _ROWS[::-1].copy()),
            (_ROWS, _ROWS[::-1].copy(), np.roll(_ROWS, 1, axis=0)),
            (_ROWS, _ROWS[:1]),
        )
    },
    "max pool": ("MaxPooling1D", {"pool_size": 3, "strides": 2}, (_ROWS,)),
    "max pool, same": ("MaxPooling1D", {"pool_size": 4, "strides": 3, "padding": "same"}, (_ROWS,)),
    "global max": ("GlobalMaxPooling1D", {}, (_ROWS,)),
    "global max, kept": ("GlobalMaxPooling1D", {"keepdims": True}, (_ROWS,)),
    **{
        f"ReLU {settings}": ("ReLU", settings, (KINKS[:, None],))
        for settings in (
            {"max_value": 6.0},
            {"max_value": 2.5},
            {"negative_slope": 0.25},
            {"threshold": 0.5},
            {"threshold": 0.5, "negative_slope": 0.25},
            {"max_value": 2.5, "negative_slope": 0.25},
            {"max_value": 3.0, "negative_slope": 0.25, "threshold": 0.5},
        )
    },
    "LeakyReLU": ("LeakyReLU", {}, (KINKS[:, None],)),
    "ELU": ("ELU", {"alpha": 0.3}, (KINKS[:, None],)),
}
"""A layer, its settings and inputs that tie or lie at its kinks."""


def conv_upstream(case: Case, pool: str, shape: tuple[int, ...]) -> Array:
    """Return what the cells of a pool are weighted by."""
    random = seeded(zlib.crc32(f"{case.name}/{pool}".encode()))
    return random.randn(*shape).astype(np.float32)
