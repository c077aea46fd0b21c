"""Store what Keras computes on the grid of layers, as `layer_grid.npz`.

Run where Keras and torch are installed, from the repository:

    pip install keras torch
    KERAS_BACKEND=torch PYTHONPATH=tests/core python -m oracle.make_layer_fixtures
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from .layer_frameworks import VERSIONS, keras_answers
from .layer_grid import LAYER_CASES
from .stored_layers import STORED


def main() -> None:
    """Compute and write the file: all numbers in two rows, and a table of contents that says which are whose."""
    contents: list[tuple[str, list[int]]] = []
    numbers: list[NDArray[np.float32]] = []
    for case in LAYER_CASES:
        weights, answers = keras_answers(case)
        named = {f"weight {index} {step}": array for step, of in weights.items() for index, array in enumerate(of)}
        named |= {f"answer {step}": answer for step, answer in answers.items()}
        for what, array in named.items():
            assert np.isfinite(array).all(), f"{case.name}: {what}"
            contents.append((f"{case.name}: {what}", list(array.shape)))
            numbers.append(array.astype(np.float32).ravel())
    np.savez_compressed(
        STORED,
        versions=np.array(json.dumps(VERSIONS)),
        contents=np.array(json.dumps(contents)),
        numbers=np.concatenate(numbers),
    )
    print(f"{len(LAYER_CASES)} cases, {STORED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
