"""What depends on no input, computed while a model is read: chains of shapes, and weights that are laid out anew.

Exporters leave `Shape → Gather → Concat → Reshape` chains of whole numbers in a graph, and weights that are cut,
joined and transposed by nodes. A size that is free is None in them and is passed on, so that a Reshape can tell which
axis it is. 66 bytes can ask for terabytes here, so every size is known before anything is allocated.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..operators.assembly import Tensor, Unsupported
from .call import Call, Numbers, unknown_size
from .folded_layouts import LAYOUTS, OF_SHAPES
from .folded_values import VALUES
from .memory_limit import Fold, MemoryLimit

__all__ = ["Folding"]

_FOLDS: Final[dict[str, Fold]] = {**LAYOUTS, **VALUES}


class Folding:
    """Computes nodes that depend on no input.

    Args:
        stored: How many numbers the file stores.
    """

    def __init__(self, stored: int) -> None:
        self._room = MemoryLimit(stored)

    def computes(self, call: Call) -> bool:
        """Tell whether a node's outputs are known already.

        Args:
            call: The node.
        """
        if call.node.operator in OF_SHAPES:
            return call.given(0) is not None
        return call.node.operator in _FOLDS and not any(isinstance(each, Tensor) for each in call.inputs)

    @staticmethod
    def knows(operator: str) -> bool:
        """Tell whether an operator can be computed where it depends on no input.

        Args:
            operator: Its name.
        """
        return operator in _FOLDS or operator in OF_SHAPES

    def fold(self, call: Call) -> tuple[Numbers, ...]:
        """Return what a node gives.

        Args:
            call: A node that `computes` tells of.

        Raises:
            Unsupported: It would give too many numbers, depends on a free length, or reads what it cannot read.
        """
        found = _FOLDS.get(call.node.operator) or OF_SHAPES[call.node.operator]
        try:
            with np.errstate(all="ignore"):
                return tuple(map(_kept, found(self._room, call)))
        except (IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError):
            # What numpy raises of shapes, axes and numbers that do not go together, which only the file decides.
            raise Unsupported("it cannot compute what it is given") from None

    def keep(self, *values: object) -> None:
        """Count what was made of constants elsewhere.

        Args:
            values: What came of it.

        Raises:
            Unsupported: It is too much, with all that was made before.
        """
        for each in values:
            if isinstance(each, np.ndarray):
                self._room.take(*each.shape)


def _kept(values: Numbers) -> Numbers:
    """Return an array as constants are kept: float32, int64, bool, or whole numbers and None."""
    values = np.asarray(values)
    if values.dtype == object:
        return values if unknown_size(values) else values.astype(np.int64)
    match values.dtype.kind:
        case "f":
            return values.astype(np.float32, copy=False)
        case "i" | "u":
            return values.astype(np.int64, copy=False)
        case _:
            return values
