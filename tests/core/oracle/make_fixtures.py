"""Store what PyTorch and Keras compute on the grid, as `convolutions.npz` and `layers.npz`.

Run where both are installed, from the repository:

    pip install torch keras jax
    KERAS_BACKEND=jax PYTHONPATH=tests/core python -m oracle.make_fixtures

JAX, because Keras on PyTorch would be PyTorch's word twice; see `frameworks` for where that backend deviates.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import frameworks
from .grid import CASES, EXACT, FLATTENED, FUNCTIONS, RECURRENCES, SUMS, Case

HERE = Path(__file__).parent
_CLEAR = 2e-5
NO_AXIS = -1
"""Stands for the second axis of a shape that has one."""


def check_maxima(case: Case, activations: NDArray[np.generic]) -> None:
    """Refuse a case in which rounding could decide a selection: maxima are clear, or ties to the last bit."""
    left = frameworks.same_pads(len(activations), case.pool_size, case.pool_stride)[0]
    left = left if case.pool_padding == "same" else 0
    for first in range(-left, len(activations), case.pool_stride):
        ranked = np.sort(activations[max(first, 0) : first + case.pool_size], axis=0)
        behind = ranked[-1] - ranked
        close = (behind > 0) & (behind < _CLEAR * np.abs(activations).max())
        repeated = (behind[:-1] == 0) & (ranked[-1] != 0)
        if close.any() or (repeated.any() and not (case.dyadic and case.activation in EXACT)):
            raise SystemExit(f"{case.name}: two activations are too close; give it a salt")


def main() -> None:
    """Compute and write both files."""
    versions = np.array(json.dumps(frameworks.VERSIONS))
    convolutions: dict[str, list[NDArray[np.generic]]] = {}
    shapes: dict[str, list[tuple[int, int]]] = {}
    for case in CASES:
        by_torch = frameworks.torch_case(case)
        check_maxima(case, by_torch["activations"])
        for framework, answers in (("torch", by_torch), ("keras", frameworks.keras_case(case))):
            for kind in by_torch:
                answer = answers.get(kind, np.zeros((0, 0), dtype=np.float32))
                convolutions.setdefault(f"{framework}/{kind}", []).append(answer.ravel())
                shapes.setdefault(f"{framework}/{kind}", []).append((*answer.shape, NO_AXIS)[:2])
    np.savez_compressed(
        HERE / "convolutions.npz",
        versions=versions,
        names=np.array([case.name for case in CASES]),
        **{kind: np.concatenate(answers) for kind, answers in convolutions.items() if kind != "keras/selections"},
        **{f"{kind}/shapes": np.array(each, dtype=np.int16) for kind, each in shapes.items()},
    )

    layers: dict[str, NDArray[np.generic]] = {}
    for case in RECURRENCES:
        layers[f"SimpleRNN/{case.name}/keras"] = frameworks.keras_recurrence(case)
        states = frameworks.torch_recurrence(case)
        if states is not None:
            layers[f"SimpleRNN/{case.name}/torch"] = states
    for case in SUMS:
        layers[f"Dense/{case.name}/keras"] = frameworks.keras_sum(case)
        layers[f"Dense/{case.name}/torch"] = frameworks.torch_sum(case)
    for name in FUNCTIONS:
        layers[f"function/{name}/keras"] = frameworks.keras_function(name)
        layers[f"function/{name}/torch"] = frameworks.torch_function(name)
    layers["Flatten/keras"] = frameworks.keras_flatten(FLATTENED)
    for name, answer in frameworks.keras_network().items():
        layers[f"network/{name}"] = answer
    np.savez_compressed(HERE / "layers.npz", versions=versions, **layers)


if __name__ == "__main__":
    main()
