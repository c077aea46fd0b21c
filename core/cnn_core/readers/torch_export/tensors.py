"""Tensors in an archive: views of rows of numbers, every place of them inside its row.

Several tensors may be views of one row, sliced, with their axes exchanged or stretched by a stride of 0.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...layers import Array
from ..operators.constants import DTYPES
from ..tensors import FLOATS, StoredTensor, decode_floats, item_size
from ..weights.pickled_tensors import PickledTensor
from ..weights.storages import Storages, stored_tensor
from .archive_parts import Json, ints_of

__all__ = ["ArchivedTensor", "described", "of_pickle", "viewed"]

_MOST_VALUES: Final = 1 << 28
_MOST_AXES: Final = 32
_AGAIN: Final = "save the program again: torch.export.save(program, 'model.pt2')"


@dataclass(frozen=True, slots=True, eq=False)
class ArchivedTensor:
    """A tensor whose numbers are decoded when they are needed.

    Attributes:
        stored: The tensor as every format has it, whose values are float32.
        kind: The kind of its numbers in numpy's words, or bfloat16.
        read: Its numbers as they are stored, of its shape.
    """

    stored: StoredTensor
    kind: str
    read: Callable[[], NDArray[np.generic]]

    def constant(self) -> NDArray[np.generic]:
        """Return its numbers: floating-point ones as float32, others as they are.

        Raises:
            ModelError: They are damaged, or NaN is among them.
        """
        if self.kind not in FLOATS:
            return self.read()
        numbers = self.stored.read()
        if np.isnan(numbers).any():
            raise self.stored.fault("holds NaN", "train or save the model again")
        return numbers


def described(
    name: str, meta: Json, source: str, payload: Callable[[], memoryview], size: int, big_endian: bool
) -> ArchivedTensor:
    """Return a tensor of its description.

    Args:
        name: Its name.
        meta: The description: `dtype`, `sizes`, `strides` and `storage_offset`, counted in numbers.
        source: The file's name, for error texts.
        payload: Returns the bytes of its row.
        size: How many bytes that has.
        big_endian: Whether each number begins with its most significant byte.

    Raises:
        ModelError: It is described otherwise, or reads beyond its row.
    """
    code = meta.get("dtype")
    kind = DTYPES.get(code, "") if isinstance(code, int) else ""
    shape, strides = ints_of(meta.get("sizes")), ints_of(meta.get("strides"))
    offset = ints_of([meta.get("storage_offset")])
    stored = StoredTensor(name, tuple(shape or ()), kind or f"kind {code}", source, lambda: _no_numbers())
    if shape is None or strides is None or offset is None or len(shape) != len(strides) or len(shape) > _MOST_AXES:
        raise stored.fault("is described as torch.export does not", _AGAIN)
    if not kind:
        return ArchivedTensor(stored, kind, lambda: _refused(stored))
    return viewed(stored, kind, payload, size, big_endian, offset[0], tuple(strides))


def of_pickle(name: str, tensor: PickledTensor, storages: Storages) -> ArchivedTensor:
    """Return a tensor of a file of `torch.save`'s, whose numbers can also be had as they are stored.

    Args:
        name: Its name.
        tensor: What the pickle says of it.
        storages: Where its numbers are.

    Raises:
        ModelError: See `stored_tensor`, `viewed`.
    """
    stored, storage = stored_tensor(name, tensor, storages), tensor.storage

    def payload() -> memoryview:
        return storages.read(storage.key)[storage.first_byte : storage.first_byte + storage.size]

    return viewed(stored, storage.dtype, payload, storage.size, storages.big_endian, tensor.offset, tensor.strides)


def viewed(
    stored: StoredTensor,
    kind: str,
    payload: Callable[[], memoryview],
    size: int,
    big_endian: bool,
    offset: int,
    strides: tuple[int, ...],
) -> ArchivedTensor:
    """Return a tensor as a view of a row of numbers.

    Args:
        stored: Its name and shape.
        kind: The kind of its numbers.
        payload: Returns the bytes of the row.
        size: How many bytes that has.
        big_endian: Whether each number begins with its most significant byte.
        offset: The index of its first number in the row.
        strides: Numbers from one index to the next, for each axis.

    Raises:
        ModelError: It reads beyond its row, or has too many numbers.
    """
    shape, held = stored.shape, size // item_size(kind)
    count = math.prod(shape)
    last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides, strict=True))
    if count and last >= held:
        raise stored.fault(f"of shape {shape} reads beyond the {held:,} numbers of its row", _AGAIN)
    if count > _MOST_VALUES:
        raise stored.fault(f"has {count:,} numbers", f"the most is {_MOST_VALUES:,}")
    used = held * item_size(kind)
    plain = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))] == [*strides]

    def cut(numbers: NDArray[np.generic]) -> NDArray[np.generic]:
        if plain or not count:
            return numbers[offset : offset + count].reshape(shape)
        steps = tuple(stride * numbers.itemsize for stride in strides)
        # Every index was checked against the row above.
        view = np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps, writeable=False)
        return np.ascontiguousarray(view)

    def floats() -> Array:
        return cut(decode_floats(payload()[:used], kind, big_endian=big_endian)).astype(np.float32, copy=False)

    def native() -> NDArray[np.generic]:
        numbers = np.frombuffer(payload()[:used], dtype=kind)
        swapped = numbers if big_endian == (sys.byteorder == "big") else numbers.byteswap()
        return cut(swapped)

    whole = StoredTensor(stored.name, shape, kind, stored.source, floats)
    return ArchivedTensor(whole, kind, floats if kind in FLOATS else native)


def _no_numbers() -> Array:
    raise AssertionError("its values are never asked for")


def _refused(stored: StoredTensor) -> NDArray[np.generic]:
    raise stored.fault(f"holds numbers of {stored.dtype}, which are not read", "save it as float32")
