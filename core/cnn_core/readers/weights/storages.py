"""The rows of numbers behind a pickle's tensors: members of a zip archive, or, before PyTorch 1.6, one after another.

Source of the layouts: `torch/serialization.py`, `_save` and `_legacy_save`, and `writeFileRaw` in
`torch/csrc/serialization.cpp`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import numpy as np

from ...errors import ModelError, shorten
from ...layers import Array
from ..archive import Archive
from ..tensors import StoredTensor, decode_floats
from .pickled import read_pickle_at
from .pickled_objects import storages_in
from .pickled_tensors import PickledStorage, PickledTensor

__all__ = ["MAGIC", "ArchivedStorages", "Storages", "is_big_endian", "read_legacy", "stored_tensor"]

MAGIC: Final = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""The end of the first pickle of a file from before PyTorch 1.6."""

_PROTOCOL: Final = 1001
_COUNT: Final = 8
_AGAIN: Final = "save the model again: torch.save(model.state_dict(), 'weights.pt')"
_COPY: Final = "copy or download it again"


class Storages(ABC):
    """Where the numbers of a file's tensors are.

    Attributes:
        source: The file's name, for error texts.
        kind: What the file is called in them.
        big_endian: Whether each number begins with its most significant byte.
    """

    kind: ClassVar[str]

    def __init__(self, source: str, *, big_endian: bool = False) -> None:
        self.source = source
        self.big_endian = big_endian

    @abstractmethod
    def place(self, key: str) -> str:
        """Return what a storage is called in error texts."""

    @abstractmethod
    def size(self, key: str) -> int | None:
        """Return how many bytes a storage has, or None where there is none of that name."""

    @abstractmethod
    def read(self, key: str) -> memoryview:
        """Return a storage's bytes."""


class ArchivedStorages(Storages):
    """The storages of a zip archive, each a member `data/<key>`.

    Args:
        archive: The archive.
        prefix: The folder that contains everything in it, with its slash.
        folder: The folder of the storages in that.

    Raises:
        ModelError: The archive gives a byte order that there is not.
    """

    kind = "archive"

    def __init__(self, archive: Archive, prefix: str, folder: str = "data") -> None:
        super().__init__(archive.source, big_endian=is_big_endian(archive, prefix))
        self._archive = archive
        self._folder = f"{prefix}{folder}/"

    def place(self, key: str) -> str:
        """Return the member's name."""
        return self._folder + key

    def size(self, key: str) -> int | None:
        """Return how many bytes the member unpacks to, or None where there is none."""
        member = self.place(key)
        return self._archive.size(member) if member in self._archive else None

    def read(self, key: str) -> memoryview:
        """Return the member's bytes."""
        return memoryview(self._archive.read(self.place(key)))


class _ListedStorages(Storages):
    """The storages of a file from before PyTorch 1.6; their numbers are little-endian wherever they were written."""

    kind = "file"

    def __init__(self, source: str, rows: Mapping[str, memoryview]) -> None:
        super().__init__(source)
        self._rows = rows

    def place(self, key: str) -> str:
        return f"storage {shorten(key)}"

    def size(self, key: str) -> int | None:
        return len(self._rows[key]) if key in self._rows else None

    def read(self, key: str) -> memoryview:
        return self._rows[key]


def read_legacy(data: bytes, source: str) -> tuple[object, Storages]:
    """Read a file that `torch.save` wrote before PyTorch 1.6, or as it did then.

    Five pickles stand one after the other, then the numbers of each storage, in the order of the last pickle:

    ```
    0x1950a86a20f9469cfc6c   1001   {"little_endian": …, "type_sizes": …}   the object   ["key", …]
    count, 8 bytes   the numbers          for each key
    ```

    Args:
        data: The file's bytes.
        source: The file's name.

    Returns:
        What the pickle describes, and its storages.

    Raises:
        ModelError: The file is damaged, cut short or of another protocol, or its pickle is refused, see `read_pickle`.
    """
    at, pickles = 0, []
    for part in ("magic number", "protocol", "system", "object", "list of storages"):
        value, at = read_pickle_at(data, at, f"{source}, {part}", refuses=part == "object")
        pickles.append(value)
    _, protocol, system, value, keys = pickles
    if protocol != _PROTOCOL:
        raise ModelError(f"says protocol {str(protocol)[:20]}", where=source, remedy=f"there is {_PROTOCOL} alone")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or len({*keys}) < len(keys):
        raise ModelError("lists its storages as torch.save does not", where=source, remedy=_COPY)
    written_big = isinstance(system, dict) and system.get("little_endian") is False
    return value, _ListedStorages(source, dict(_rows(data, at, value, keys, source, written_big=written_big)))


def _rows(
    data: bytes, at: int, value: object, keys: list[str], source: str, *, written_big: bool
) -> Iterator[tuple[str, memoryview]]:
    """Yield the bytes of each storage, once its count and the file's length have been checked."""
    first: dict[str, PickledStorage] = {}
    for each in storages_in(value):
        known = first.setdefault(each.key, each)
        if (each.dtype, each.whole) != (known.dtype, known.whole):
            raise ModelError(f"describes storage {shorten(each.key)} in two ways", where=source, remedy=_AGAIN)
    whole = memoryview(data)
    for key in keys:
        storage = first.get(key)
        if storage is None:
            raise ModelError(f"lists storage {shorten(key)}, which no tensor uses", where=source, remedy=_COPY)
        counted = data[at : at + _COUNT]
        # The count is in the machine's own order where an old PyTorch ran on a big-endian one; the numbers never are.
        size = storage.whole_size
        at += _COUNT
        if len(counted) < _COUNT or at + size > len(data):
            raise ModelError(
                f"ends within storage {shorten(key)}, which has {size:,} bytes", where=source, remedy=_COPY
            )
        reversed_too = written_big and int.from_bytes(counted, "big") == storage.whole
        if int.from_bytes(counted, "little") != storage.whole and not reversed_too:
            raise ModelError(
                f"storage {shorten(key)} should hold {storage.whole:,} numbers, and another count stands before them",
                where=source,
                remedy=_COPY,
            )
        yield key, whole[at : at + size]
        at += size


def stored_tensor(name: str, tensor: PickledTensor, storages: Storages) -> StoredTensor:
    """Return a tensor whose numbers are decoded when they are needed.

    Args:
        name: Its name.
        tensor: What the pickle says of it.
        storages: Where its numbers are.

    Raises:
        ModelError: There is no such storage, or it is too short.
    """
    storage = tensor.storage

    def read() -> Array:
        part = storages.read(storage.key)[storage.first_byte : storage.first_byte + storage.size]
        numbers = decode_floats(part, storage.dtype, big_endian=storages.big_endian)
        strides = tuple(stride * numbers.itemsize for stride in tensor.strides)
        # Every index was checked against the storage when the pickle was read.
        view = np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)
        return np.ascontiguousarray(view)

    stored = StoredTensor(name, tensor.shape, storage.dtype, storages.source, read)
    place, size, needed = storages.place(storage.key), storages.size(storage.key), storage.first_byte + storage.size
    if size is None:
        raise stored.fault(f"lies in {place}, which is not in the {storages.kind}", _AGAIN)
    if size < needed:
        raise stored.fault(f"needs {needed:,} bytes, and {place} has {size:,}", _AGAIN)
    return stored


def is_big_endian(archive: Archive, prefix: str) -> bool:
    """Tell whether an archive's numbers begin with their most significant byte.

    Args:
        archive: The archive.
        prefix: The folder that contains everything in it, with its slash.

    Raises:
        ModelError: It gives a byte order that there is not.
    """
    name = f"{prefix}byteorder"
    order = archive.read(name, 64).strip() if name in archive else b"little"
    if order not in (b"little", b"big"):
        said = order.decode("ascii", "replace")
        raise archive.fault(f"says byte order {said!r}", "it is little or big", name)
    return order == b"big"
