"""HDF5 files, read warily: what a file holds is listed from its headers first, and nothing outside it is opened.

A file may point at other files (external links, external storage, virtual datasets), at itself in circles (hard
links), and may declare terabytes in a kilobyte. All of that is refused before a number is read. Compressed chunks
are unpacked here rather than by the library, whose buffers would follow the stream instead of the declared size.

Source of the format: The HDF Group, https://support.hdfgroup.org/documentation/hdf5/latest/.
"""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ...layers import Array
from ..report import TensorEntry
from ..tensors import FLOATS, StoredTensor, decode_floats

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["LARGEST_TENSOR", "MOST_OBJECTS", "SIGNATURE", "Attribute", "Hdf5File"]

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
LARGEST_TENSOR: Final = 1 << 30
"""Bytes that the numbers of one tensor may take."""
MOST_OBJECTS: Final = 50_000
"""Groups and tensors that a file may hold."""

Attribute = str | int | float | tuple[str, ...]
"""What stands beside a group: text, a number, or a list of texts."""

_LARGEST_ATTRIBUTE: Final = 1 << 26
_LARGEST_TEXTS: Final = 1 << 32
_MOST_ATTRIBUTES: Final = 100_000
_DEEPEST: Final = 64
_LARGEST_CHUNK: Final = 1 << 26
# Deflate cannot do better, and small tensors have headers to pay for.
_STRONGEST_DEFLATE: Final = 1032
# What the library raises when a file is damaged. It documents none of it.
_DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SystemError,
    TypeError,
    ValueError,
)
_AGAIN: Final = "copy or download it again"
_PLAIN: Final = "save the model again with Keras"


def _h5py() -> ModuleType:
    """Return h5py, which is imported when the first HDF5 file is opened."""
    try:
        import h5py
    except ImportError:
        raise ModelError(
            "reading Keras files needs h5py, which is not installed", remedy="pip install h5py"
        ) from None
    module: ModuleType = h5py
    return module


class Hdf5File:
    """The groups, tensors and attributes of an HDF5 file that is held in memory.

    Paths are written without a slash in front; the root is the empty path.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Attributes:
        source: As given.
        tensors: Every tensor by its path, in the file's order; numbers are decoded where they are wanted.

    Raises:
        ModelError: h5py is not installed, or the file is damaged, or holds a link or a tensor that is refused.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self.tensors: dict[str, StoredTensor] = {}
        self._size = len(data)
        self._stored = 0
        self._unpacked = 0
        self._members: dict[str, tuple[str, ...]] = {}
        self._attributes: dict[str, dict[str, Attribute]] = {}
        self._groups: dict[str, Any] = {}
        self._h5 = _h5py()
        with self._guarded():
            self._file = self._h5.File(io.BytesIO(data), "r")
            self._walk()

    @contextmanager
    def _guarded(self, what: str = "is a damaged HDF5 file", where: str = "") -> Iterator[None]:
        """Turn whatever the library raises into one sentence."""
        try:
            yield
        except _DAMAGE:
            raise ModelError(what, where=where or self.source, remedy=_AGAIN) from None

    def __contains__(self, path: str) -> bool:
        """Tell whether there is a group of a path."""
        return path in self._groups

    def members(self, path: str) -> tuple[str, ...]:
        """Return the names of what a group holds, or nothing where there is no such group.

        Args:
            path: The group's path.
        """
        return self._members.get(path, ())

    def attributes(self, path: str) -> dict[str, Attribute]:
        """Return the attributes of a group; those that are neither text nor one number are left out.

        Args:
            path: The group's path.

        Raises:
            ModelError: One is damaged or too large.
        """
        if path not in self._attributes:
            where = f"{self.source}, group /{path}"
            with self._guarded("holds a damaged attribute", where):
                self._attributes[path] = self._read_attributes(self._groups[path], where)
        return self._attributes[path]

    def _walk(self) -> None:
        """List every object, following hard links alone and none of them twice."""
        root = self._file.id
        seen = {self._h5.h5o.get_info(root).addr}
        waiting: list[tuple[str, Any]] = [("", root)]
        while waiting:
            path, group = waiting.pop(0)
            where = f"{self.source}, group /{path}"
            if path.count("/") > _DEEPEST:
                raise ModelError(f"holds groups more than {_DEEPEST} deep", where=where, remedy=_PLAIN)
            self._groups[path] = group
            names = []
            for raw, is_hard, address in self._links(group):
                name = raw.decode("utf-8", "backslashreplace")
                inner = f"{path}/{name}" if path else name
                if not is_hard:
                    raise ModelError(
                        f"{name} is a link to another place or file, which is not followed",
                        where=where,
                        remedy=_PLAIN,
                    )
                if address in seen:
                    raise ModelError(f"{name} stands in the file twice", where=where, remedy=_PLAIN)
                seen.add(address)
                if len(seen) > MOST_OBJECTS:
                    raise ModelError(
                        f"holds more than {MOST_OBJECTS:,} groups and tensors", where=self.source, remedy=_PLAIN
                    )
                names.append(name)
                opened = self._h5.h5o.open(group, raw)
                if isinstance(opened, self._h5.h5g.GroupID):
                    waiting.append((inner, opened))
                elif isinstance(opened, self._h5.h5d.DatasetID):
                    self.tensors[inner] = self._tensor(inner, opened)
            self._members[path] = tuple(names)

    def _links(self, group: Any) -> list[tuple[bytes, bool, int]]:
        """Return the name of every link in a group, whether it is a hard one, and where that leads."""
        found: list[tuple[bytes, bool, int]] = []

        def note(name: bytes, info: Any) -> bool | None:
            found.append((name, info.type == self._h5.h5l.TYPE_HARD, int(info.u)))
            return True if len(found) > MOST_OBJECTS else None

        group.links.iterate(note, info=True)
        return found

    def _tensor(self, path: str, dataset: Any) -> StoredTensor:
        """Check a tensor's declaration and return it, its numbers not read yet."""
        where = f"{self.source}, tensor /{path}"
        settings = dataset.get_create_plist()
        layout = settings.get_layout()
        plain = layout in (self._h5.h5d.CONTIGUOUS, self._h5.h5d.COMPACT)
        if (not plain and layout != self._h5.h5d.CHUNKED) or settings.get_external_count():
            raise ModelError("lies in another file or dataset, which is not opened", where=where, remedy=_PLAIN)
        filters = tuple(settings.get_filter(index)[0] for index in range(settings.get_nfilters()))
        if filters not in ((), (1,), (2, 1), (2,)):
            raise ModelError(
                "is packed with a filter that is not read here", where=where, remedy="save it with gzip or without"
            )
        shape = tuple(int(axis) for axis in dataset.shape or ())
        dtype = _dtype(dataset)
        kind = _kind(dtype)
        size = math.prod(shape) * (dtype.itemsize if dtype is not None else 1)
        stored = int(dataset.get_storage_size())
        self._stored += stored
        self._unpacked += size
        most = stored * _STRONGEST_DEFLATE if 1 in filters else stored
        if kind in FLOATS and (size > max(most, 0) or self._stored > self._size):
            raise ModelError(
                f"declares {size:,} bytes of numbers and stores {min(stored, self._size):,}",
                where=where,
                remedy=_AGAIN,
            )
        if max(size, self._unpacked // 4) > LARGEST_TENSOR:
            raise ModelError(
                f"declares {size:,} bytes of numbers",
                where=where,
                remedy=f"the most is {LARGEST_TENSOR:,} a tensor, and four times that a file",
            )
        chunk = None if plain else tuple(int(axis) for axis in settings.get_chunk())
        if chunk is not None and dtype is not None and math.prod(chunk) * dtype.itemsize > max(size, 1 << 20):
            raise ModelError("is stored in pieces larger than itself", where=where, remedy=_PLAIN)

        def read() -> Array:
            if dtype is None or kind not in FLOATS:
                return np.zeros(shape, dtype=np.float32)
            with self._guarded("is damaged", where):
                if chunk is None:
                    numbers = np.empty(shape, dtype=dtype)
                    dataset.read(self._h5.h5s.ALL, self._h5.h5s.ALL, numbers)
                else:
                    numbers = self._unpack(dataset, dtype, shape, chunk, filters)
            big_endian = dtype.str.startswith(">")
            return decode_floats(numbers.tobytes(), kind, big_endian=big_endian).reshape(shape)

        return StoredTensor(path, shape, kind, self.source, read)

    def _unpack(
        self,
        dataset: Any,
        dtype: np.dtype[Any],
        shape: tuple[int, ...],
        chunk: tuple[int, ...],
        filters: tuple[int, ...],
    ) -> NDArray[Any]:
        """Return the numbers of a tensor that is stored in pieces."""
        numbers = np.zeros(shape, dtype=dtype)
        expected = math.prod(-(-axis // step) for axis, step in zip(shape, chunk, strict=True))
        if dataset.get_num_chunks() != expected:
            raise ValueError("a piece is missing")
        size = math.prod(chunk) * dtype.itemsize
        for index in range(expected):
            info = dataset.get_chunk_info(index)
            if info.size > self._size:
                raise ValueError("a piece is larger than the file")
            raw = dataset.read_direct_chunk(info.chunk_offset)[1]
            # The filters run in order when written: backwards here. A set bit says that one was left out.
            for place, filter_code in reversed([*enumerate(filters)]):
                if info.filter_mask >> place & 1:
                    continue
                raw = _inflated(raw, size) if filter_code == 1 else _unshuffled(raw, dtype.itemsize)
            if len(raw) != size:
                raise ValueError("a piece is of another size")
            piece = np.frombuffer(raw, dtype=dtype).reshape(chunk)
            inside = tuple(
                slice(start, min(start + step, axis))
                for start, step, axis in zip(info.chunk_offset, chunk, shape, strict=True)
            )
            numbers[inside] = piece[tuple(slice(0, each.stop - each.start) for each in inside)]
        return numbers

    def _read_attributes(self, group: Any, where: str) -> dict[str, Attribute]:
        names: list[bytes] = []

        def note(name: bytes) -> bool | None:
            names.append(name)
            return True if len(names) > _MOST_ATTRIBUTES else None

        self._h5.h5a.iterate(group, note)
        values = self._h5.Group(group).attrs
        found: dict[str, Attribute] = {}
        for name in names:
            attribute = self._h5.h5a.open(group, name)
            dtype = _dtype(attribute)
            text = None if dtype is None else self._h5.check_string_dtype(dtype)
            if dtype is None or attribute.shape is None or not (text or dtype.kind in "iufb"):
                continue
            count = math.prod(attribute.shape)
            # Each text of open length may lead to the same stretch of the file, over and over.
            open_length = text is not None and text.length is None
            if count * dtype.itemsize > _LARGEST_ATTRIBUTE or (
                open_length and count > 1 and count * self._size > _LARGEST_TEXTS
            ):
                raise ModelError(
                    f"holds an attribute of {count:,} values", where=where, remedy="its attributes hold names"
                )
            value = _attribute(values[name.decode("utf-8")]) if count else ()
            if value is not None:
                found[name.decode("utf-8", "backslashreplace")] = value
        return found

    def entries(self) -> tuple[TensorEntry, ...]:
        """Return what a report says of every tensor."""
        return tuple(tensor.entry for tensor in self.tensors.values())


def _dtype(stored: Any) -> np.dtype[Any] | None:
    """Return numpy's word for what is stored, or None where it has none."""
    try:
        found = stored.dtype
    except _DAMAGE:
        return None
    return found if isinstance(found, np.dtype) else None


def _kind(dtype: np.dtype[Any] | None) -> str:
    """Return what numbers are, in the words of `tensors`."""
    if dtype is None or dtype.kind in "OSU":
        return "no numbers"
    # numpy has no bfloat16, so that Keras's arrives as two bytes without a meaning.
    return "bfloat16" if dtype.str[1:] == "V2" else dtype.newbyteorder("=").name


def _attribute(value: object) -> Attribute | None:
    """Return an attribute's value as plain Python, or None where it is of no use here."""
    if isinstance(value, np.ndarray) and value.ndim:
        texts = [_text(each) for each in value.reshape(-1).tolist()]
        return None if None in texts else tuple(text for text in texts if text is not None)
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, bool | int | float):
        return value
    return _text(value)


def _text(value: object) -> str | None:
    # h5py keeps bytes that are no UTF-8 as lone surrogates, which nothing else can encode.
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else None


def _inflated(raw: bytes, size: int) -> bytes:
    """Return what deflated bytes unpack to, reading no further than the size they should have."""
    stream = zlib.decompressobj()
    unpacked = stream.decompress(raw, size + 1)
    if len(unpacked) > size or not stream.eof:
        raise ValueError("a piece unpacks to another size")
    return unpacked


def _unshuffled(raw: bytes, itemsize: int) -> bytes:
    """Return numbers whose first bytes, second bytes and so on were stored together."""
    return np.frombuffer(raw, dtype=np.uint8).reshape(itemsize, -1).T.tobytes()
