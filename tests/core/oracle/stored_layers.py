"""What `make_layer_fixtures` and `make_gradient_fixtures` stored, and how: all numbers in one row, with a contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .layer_case import Array

STORED = Path(__file__).with_name("layer_grid.npz")


def write_numbers(
    path: Path, versions: Mapping[str, str], named: Mapping[str, NDArray[np.generic]], *, finite: bool = True
) -> None:
    """Write arrays by name, and the versions of what computed them."""
    for name, array in named.items():
        assert not finite or np.isfinite(array).all(), name
    np.savez_compressed(
        path,
        versions=np.array(json.dumps(versions)),
        contents=np.array(json.dumps([(name, list(array.shape)) for name, array in named.items()])),
        numbers=np.concatenate([array.astype(np.float32).ravel() for array in named.values()]),
    )
    print(f"{len(named)} arrays, {path.stat().st_size:,} bytes")


def read_numbers(path: Path) -> dict[str, Array]:
    """Return the arrays by name."""
    with np.load(path) as found:
        contents, numbers = json.loads(str(found["contents"])), found["numbers"]
    ends = np.cumsum([int(np.prod(shape)) for _, shape in contents])
    assert ends[-1] == len(numbers)
    parts = np.split(numbers, ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(contents, parts, strict=True)}


def stored() -> dict[str, tuple[dict[str, list[Array]], dict[str, Array]]]:
    """Return every case's weights by step, in Keras's order, and its answers by step."""
    cases: dict[str, tuple[dict[str, list[Array]], dict[str, Array]]] = {}
    for label, array in read_numbers(STORED).items():
        name, what = label.rsplit(": ", 1)
        weights, answers = cases.setdefault(name, ({}, {}))
        if what.startswith("weight "):
            weights.setdefault(what.split(" ", 2)[2], []).append(array)
        else:
            answer = what.removeprefix("answer ")
            weights.setdefault(answer, [])
            answers[answer] = array
    return cases
