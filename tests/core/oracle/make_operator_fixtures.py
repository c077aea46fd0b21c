"""Store what PyTorch computes on the grid of operators, as `operators.npz`.

Run where torch is installed, from the repository:

    PYTHONPATH=tests/core python -m oracle.make_operator_fixtures
"""

from __future__ import annotations

from .operator_frameworks import VERSIONS, torch_answers
from .operator_grid import OPERATOR_CASES
from .stored_layers import STORED, write_numbers


def main() -> None:
    """Compute and write the file."""
    named = {
        f"{case.name}: {what}": array for case in OPERATOR_CASES for what, array in torch_answers(case).items()
    }
    write_numbers(STORED.with_name("operators.npz"), VERSIONS, named, finite=False)


if __name__ == "__main__":
    main()
