"""What `make_layer_fixtures` stored, taken apart again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .layer_case import Array

STORED = Path(__file__).with_name("layer_grid.npz")


def stored() -> dict[str, tuple[dict[str, list[Array]], dict[str, Array]]]:
    """Return every case's weights by step, in Keras's order, and its answers by step."""
    cases: dict[str, tuple[dict[str, list[Array]], dict[str, Array]]] = {}
    with np.load(STORED) as found:
        contents, numbers = json.loads(str(found["contents"])), found["numbers"]
    first = 0
    for label, shape in contents:
        size = int(np.prod(shape))
        array = numbers[first : first + size].reshape(shape)
        first += size
        name, what = label.rsplit(": ", 1)
        weights, answers = cases.setdefault(name, ({}, {}))
        if what.startswith("weight "):
            weights.setdefault(what.split(" ", 2)[2], []).append(array)
        else:
            answer = what.removeprefix("answer ")
            weights.setdefault(answer, [])
            answers[answer] = array
    assert first == len(numbers)
    return cases
