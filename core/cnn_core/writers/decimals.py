"""Numbers as text: the fewest digits that read back as the same float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["decimals", "shortest"]


def shortest(value: float | np.floating) -> str:
    """Return a float32 as a plain decimal, without exponent.

    Args:
        value: A number; taken as float32.
    """
    return np.format_float_positional(np.float32(value), unique=True, trim="-")


def decimals(values: NDArray[np.generic]) -> list[str]:
    """Return many numbers as text, see `shortest`; whole numbers of an integer array as they are.

    Args:
        values: Numbers, shape (count,).
    """
    if values.dtype.kind in "iu":
        return [str(value) for value in values.tolist()]
    # Behind a ReLU most are 0, and log-odds come in steps: each distinct number is converted once.
    different, where = np.unique(
        np.ascontiguousarray(values, dtype=np.float32).view(np.uint32), return_inverse=True
    )
    numbers = different.view(np.float32)
    words = zip(numbers.astype("U32").tolist(), numbers, strict=True)
    spelled = np.array([_plain(word, number) for word, number in words], dtype=object)
    found: list[str] = spelled[where.reshape(-1)].tolist()
    return found


def _plain(word: str, number: np.float32) -> str:
    """Return numpy's own text for a number, which has the fewest digits, if it is a plain decimal."""
    return shortest(number) if "e" in word else word.removesuffix(".0")
