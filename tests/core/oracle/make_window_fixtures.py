"""Store what PyTorch computes on the grid of windows, as `windows.npz`.

Run where torch is installed, from the repository:

    pip install torch
    PYTHONPATH=tests/core python -m oracle.make_window_fixtures
"""

from __future__ import annotations

from pathlib import Path

import torch

from .stored_layers import write_numbers
from .window_cases import WINDOW_CASES
from .window_frameworks import torch_answers

STORED = Path(__file__).with_name("windows.npz")


def main() -> None:
    """Compute and write the file."""
    named = {f"{case.name}: {what}": found for case in WINDOW_CASES for what, found in torch_answers(case).items()}
    assert len(named) == sum(2 + ("max" in case.kind) for case in WINDOW_CASES), "two cases have one name"
    write_numbers(STORED, {"torch": torch.__version__}, named)


if __name__ == "__main__":
    main()
