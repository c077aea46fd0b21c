"""How much may be made while a model is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Final, TypeAlias

from ..operators.assembly import Unsupported
from .call import FREE, Call, Numbers, unknown_size

__all__ = ["MOST_FOLDED", "Fold", "MemoryLimit", "numeric"]

MOST_FOLDED: Final = 1 << 23
"""Numbers that may be made while a model is read, on top of what it stores."""


class MemoryLimit:
    """How many numbers may still be made.

    Args:
        stored: How many numbers the file stores.
    """

    def __init__(self, stored: int) -> None:
        self._left = MOST_FOLDED + 4 * stored

    def take(self, *shape: int) -> None:
        """Make sure that an array may be made.

        Args:
            shape: Its shape.

        Raises:
            Unsupported: It would be too large, with all that was made before.
        """
        count = prod(shape)
        if any(size < 0 for size in shape) or count > self._left:
            raise Unsupported(f"it would make an array of shape {shape}, which is too large")
        self._left -= count


Fold: TypeAlias = Callable[[MemoryLimit, Call], Sequence[Numbers]]
"""Computes what a node gives of inputs that are known."""


def numeric(values: Numbers) -> Numbers:
    """Return numbers of which none depends on a free length.

    Raises:
        Unsupported: One does.
    """
    if unknown_size(values):
        raise Unsupported(FREE)
    return values
