"""Store the gradients that PyTorch computes on the grids, as `gradients.npz`.

Run where Keras and torch are installed, from the repository:

    pip install keras torch
    KERAS_BACKEND=torch PYTHONPATH=tests/core python -m oracle.make_gradient_fixtures
"""

from __future__ import annotations

from pathlib import Path

import torch

from .gradient_cases import TIES
from .grid import CASES
from .layer_case import Array
from .layer_frameworks import VERSIONS
from .layer_gradients import function_slopes, keras_gradients, tie_gradients, torch_conv_gradient
from .layer_grid import FUNCTIONS, LAYER_CASES
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("gradients.npz")


def main() -> None:
    """Compute and write the file."""
    named: dict[str, Array] = {}
    for case in LAYER_CASES:
        named |= {f"layers: {case.name}: {name}": found for name, found in keras_gradients(case).items()}
    named |= {f"convolution: {case.name}": torch_conv_gradient(case) for case in CASES}
    named |= {f"function: {name}": function_slopes(name) for name in FUNCTIONS if "softmax" not in name}
    for name in TIES:
        named |= {f"tie: {name}: {number}": found for number, found in enumerate(tie_gradients(name))}
    write_numbers(STORED, {**VERSIONS, "torch": torch.__version__}, named)


if __name__ == "__main__":
    main()
