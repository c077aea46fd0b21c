"""Store what PyTorch and Keras compute on the cases of attention and the like, as `attention_layers.npz`.

Run where Keras and torch are installed, from the repository:

    pip install keras torch
    KERAS_BACKEND=torch PYTHONPATH=tests/core python -m oracle.make_attention_layer_fixtures
"""

from __future__ import annotations

from pathlib import Path

import torch

from .attention_cases import ATTENTION_CASES
from .attention_frameworks import answers
from .layer_case import Array
from .layer_frameworks import VERSIONS
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("attention_layers.npz")


def main() -> None:
    """Compute and write the file."""
    named: dict[str, Array] = {}
    for case in ATTENTION_CASES:
        output, gradients = answers(case)
        named[f"{case.name}: output"] = output
        named |= {f"{case.name}: gradient {number}": each for number, each in enumerate(gradients)}
    write_numbers(STORED, {**VERSIONS, "torch": torch.__version__}, named)


if __name__ == "__main__":
    main()
