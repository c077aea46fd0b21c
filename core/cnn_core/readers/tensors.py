"""Named tensors whose numbers are decoded only when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, shorten
from ..layers import Array
from .report import TensorEntry

__all__ = ["FLOATS", "StoredTensor", "decode_floats", "item_size", "listed"]

FLOATS: Final = ("float64", "float32", "float16", "bfloat16")
"""The kinds of numbers that weights are read from."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredTensor:
    """A tensor in a file.

    Attributes:
        name: Its name in the file.
        shape: Its shape.
        dtype: The kind of its numbers, in numpy's words where it has any, otherwise in the file's own.
        source: The file's name, for error texts.
        read: Decodes it as float32; see `values`.
        stored_shape: Its shape in the file, where that has its axes in another order.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    source: str
    read: Callable[[], Array]
    stored_shape: tuple[int, ...] | None = None

    @property
    def own_shape(self) -> tuple[int, ...]:
        """Its shape as the file has it."""
        return self.shape if self.stored_shape is None else self.stored_shape

    @property
    def entry(self) -> TensorEntry:
        """The tensor as reports list it."""
        return TensorEntry(self.name, self.shape, self.dtype)

    @property
    def where(self) -> str:
        """The file and the tensor, for error texts."""
        return f"{self.source}, tensor {shorten(self.name)}"

    def fault(self, what: str, remedy: str) -> ModelError:
        """Return an error about this tensor.

        Args:
            what: See `CnnError`.
            remedy: See `CnnError`.
        """
        return ModelError(what, where=self.where, remedy=remedy)

    def values(self) -> Array:
        """Return the numbers as float32, of the tensor's shape.

        Raises:
            ModelError: They are not floating-point numbers, or NaN or infinity is among them.
        """
        if self.dtype not in FLOATS:
            raise self.fault(
                f"holds {self.dtype}, which cannot be used as weights",
                f"save the model with {', '.join(FLOATS[:-1])} or {FLOATS[-1]} weights",
            )
        numbers = self.read()
        if not np.isfinite(numbers).all():
            raise self.fault("holds NaN or infinity", "train or save the model again")
        return numbers


def item_size(kind: str) -> int:
    """Return how many bytes a number of some kind takes.

    Args:
        kind: The name of one of numpy's kinds, or bfloat16.
    """
    return 2 if kind == "bfloat16" else np.dtype(kind).itemsize


def decode_floats(raw: bytes | memoryview, dtype: str, *, big_endian: bool = False) -> Array:
    """Return floating-point numbers as float32.

    Half precision widens exactly; float64 is rounded to the nearest float32, beyond whose range it is infinite.

    Args:
        raw: The numbers, one after the other.
        dtype: One of `FLOATS`.
        big_endian: Whether each begins with its most significant byte.

    Returns:
        The numbers, shape (count,).
    """
    order = ">" if big_endian else "<"
    if dtype == "bfloat16":
        # The upper half of a float32.
        halves: NDArray[np.uint32] = np.frombuffer(raw, dtype=f"{order}u2").astype(np.uint32)
        return (halves << np.uint32(16)).view(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.frombuffer(raw, dtype=f"{order}f{item_size(dtype)}").astype(np.float32)


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return names as a sentence lists them: the first few, and how many more there are.

    Args:
        names: The names.
        most: How many are spelled out.
    """
    more = len(names) - most
    return ", ".join(map(shorten, names[:most])) + (f" and {more:,} more" if more > 0 else "")
