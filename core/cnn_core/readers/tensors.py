"""Named tensors whose numbers are decoded only where they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, shorten
from ..layers import Array
from .report import TensorEntry

__all__ = ["FLOATS", "ITEM_SIZES", "StoredTensor", "decode_floats", "listed"]

FLOATS: Final = ("float64", "float32", "float16", "bfloat16")
"""The kinds of numbers that weights are read from."""
ITEM_SIZES: Final = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "complex128": 16,
    "complex64": 8,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint64": 8,
    "uint32": 4,
    "uint16": 2,
    "uint8": 1,
    "bool": 1,
    "float8_e4m3": 1,
    "float8_e5m2": 1,
}
"""Bytes of one number, by kind."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredTensor:
    """A tensor in a file.

    Attributes:
        name: Its name in the file.
        shape: Its shape.
        dtype: What its numbers are; one of `ITEM_SIZES`, or the file's own word for anything else.
        source: The file's name, for error texts.
        read: Decodes it as float32; see `values`.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    source: str
    read: Callable[[], Array]

    @property
    def entry(self) -> TensorEntry:
        """What a report says of it."""
        return TensorEntry(self.name, self.shape, self.dtype)

    @property
    def where(self) -> str:
        """The file and the tensor, for error texts."""
        return f"{self.source}, tensor {shorten(self.name)}"

    def values(self) -> Array:
        """Return the numbers as float32, of the tensor's shape.

        Raises:
            ModelError: They are not floating-point numbers, or NaN or infinity is among them.
        """
        if self.dtype not in FLOATS:
            raise ModelError(
                f"holds {self.dtype}, which are no weights to compute with",
                where=self.where,
                remedy=f"save the model with {', '.join(FLOATS[:-1])} or {FLOATS[-1]} weights",
            )
        numbers = self.read()
        if not np.isfinite(numbers).all():
            raise ModelError("holds NaN or infinity", where=self.where, remedy="train or save the model again")
        return numbers


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
        return np.frombuffer(raw, dtype=f"{order}f{ITEM_SIZES[dtype]}").astype(np.float32)


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return names as a sentence lists them: the first few, and how many more there are.

    Args:
        names: The names.
        most: How many are spelled out.
    """
    more = len(names) - most
    return ", ".join(map(shorten, names[:most])) + (f" and {more:,} more" if more > 0 else "")
