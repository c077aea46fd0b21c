"""Digests of what is computed from: stored, never computed, so that they are the same on every machine."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.letters.alphabet import decode

__all__ = ["digests_of"]

_LETTERS_AT_ONCE: Final = 1 << 20
_DIGITS: Final = 16


def digests_of(reading: Reading) -> dict[str, object]:
    """Return SHA-256 digests, the first digits of each.

    Args:
        reading: What is read.

    Returns:
        `letters`: of the input window, in the record's own direction. `weights`: of each layer that has any, by its
        name. `inputs`: of the numbers of each input that is not letters.
    """
    return {
        "letters": _letters(reading),
        "weights": {
            node.name: _arrays(node.layer.weights()) for node in reading.model.nodes if node.layer.weights()
        },
        "inputs": {name: _arrays({name: numbers}) for name, numbers in reading.side_inputs.items()},
    }


def _letters(reading: Reading) -> str:
    digest = hashlib.sha256()
    for start in range(reading.start, reading.stop, _LETTERS_AT_ONCE):
        stop = min(start + _LETTERS_AT_ONCE, reading.stop)
        digest.update(decode(reading.record.codes(start, stop)).encode())
    return digest.hexdigest()[:_DIGITS]


def _arrays(named: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    for name, values in sorted(named.items()):
        array: NDArray[Any] = np.ascontiguousarray(values)
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:_DIGITS]
