"""Store what Keras computes on the grid of layers, as `layer_grid.npz`.

Run where Keras and torch are installed, from the repository:

    pip install keras torch
    KERAS_BACKEND=torch PYTHONPATH=tests/core python -m oracle.make_layer_fixtures
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .layer_frameworks import VERSIONS, keras_answers
from .layer_grid import LAYER_CASES
from .stored_layers import STORED, write_numbers


def main() -> None:
    """Compute and write the file."""
    named: dict[str, NDArray[np.generic]] = {}
    for case in LAYER_CASES:
        weights, answers = keras_answers(case)
        for step, arrays in weights.items():
            named |= {f"{case.name}: weight {index} {step}": array for index, array in enumerate(arrays)}
        named |= {f"{case.name}: answer {step}": answer for step, answer in answers.items()}
    write_numbers(STORED, VERSIONS, named)


if __name__ == "__main__":
    main()
