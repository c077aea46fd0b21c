"""HDF5 files, read warily and without a library: what a file holds is listed first, and no other file is opened.

A file may point at other files (external links, external storage, virtual datasets), at itself in circles (hard
links), and may declare terabytes in a kilobyte. All of that is refused before a number is read. The reference library
follows some damaged files without an end, which nothing in its process can stop; this reader knows only what Keras
writes, and checks every step.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...errors import ModelError
from ...layers import Array
from ..report import TensorEntry
from ..tensors import FLOATS, StoredTensor, decode_floats
from ..unpacking import most_unpacked
from .hdf5_links import read_links
from .hdf5_objects import UNDEFINED, Bytes, Header, read_header, root_address
from .hdf5_values import Attribute, Heaps, Kind, read_attributes, read_kind, read_shape

__all__ = ["LARGEST_FILE", "LARGEST_TENSOR", "MOST_OBJECTS", "Hdf5File"]

LARGEST_TENSOR: Final = 1 << 30
"""Bytes that the numbers of one tensor may take."""
LARGEST_FILE: Final = 1 << 31
"""Bytes that the numbers of all tensors together may take."""
MOST_OBJECTS: Final = 50_000
"""Groups and tensors that a file may hold."""

_DATASPACE, _DATATYPE, _EXTERNAL, _LAYOUT, _FILTERS = 0x01, 0x03, 0x07, 0x08, 0x0B
_COMPACT, _CONTIGUOUS, _CHUNKED = 0, 1, 2
_DEFLATE, _SHUFFLE = 1, 2
_DEEPEST: Final = 64
_MOST_AXES: Final = 32
_MOST_NODES: Final = 100_000
_LARGEST_PIECE: Final = 1 << 20
_AGAIN: Final = "copy or download it again"
_PLAIN: Final = "save the model again with Keras"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stored stretch of a tensor.

    Attributes:
        address: Where it stands.
        size: Bytes that it takes there.
        start: Where it belongs, along every axis.
        skipped: A bit for every filter that was left out.
    """

    address: int
    size: int
    start: tuple[int, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Storage:
    """How a tensor's numbers are stored.

    Attributes:
        pieces: Where.
        shape: The shape of a piece; nothing where all is in one.
        filters: What was done to each piece, in order.
        inline: The numbers themselves, where they stand in the header.
    """

    pieces: tuple[_Piece, ...] = ()
    shape: tuple[int, ...] = ()
    filters: tuple[int, ...] = ()
    inline: bytes = b""

    @property
    def size(self) -> int:
        """Bytes that are stored."""
        return len(self.inline) + sum(piece.size for piece in self.pieces)


class Hdf5File:
    """The groups, tensors and attributes of an HDF5 file that is held in memory.

    Paths are written without a slash in front; the root is the empty path.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Attributes:
        source: As given.
        tensors: Every tensor by its path; numbers are decoded where they are wanted.

    Raises:
        ModelError: The file is damaged, or holds a link or a tensor that is refused.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self.tensors: dict[str, StoredTensor] = {}
        self._file, root = root_address(data, source)
        self._heaps = Heaps(self._file)
        self._stored = 0
        self._unpacked = 0
        self._inflated = 0
        self._members: dict[str, tuple[str, ...]] = {}
        self._attributes: dict[str, dict[str, Attribute]] = {}
        self._groups: dict[str, Header] = {}
        self._walk(root)

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
            self._attributes[path] = read_attributes(self._file, self._groups[path], self._heaps)
        return self._attributes[path]

    def entries(self) -> tuple[TensorEntry, ...]:
        """Return what a report says of every tensor."""
        return tuple(tensor.entry for tensor in self.tensors.values())

    def _walk(self, root: int) -> None:
        """List every object, following hard links alone and none of them twice."""
        seen = {root}
        waiting = [("", read_header(self._file, root))]
        while waiting:
            path, header = waiting.pop(0)
            where = f"{self.source}, group /{path}"
            if path.count("/") > _DEEPEST:
                raise ModelError(f"holds groups more than {_DEEPEST} deep", where=where, remedy=_PLAIN)
            self._groups[path] = header
            names = []
            for name, address in read_links(self._file, header):
                if address is None:
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
                inner = f"{path}/{name}" if path else name
                names.append(name)
                found = read_header(self._file, address)
                if found.is_group:
                    waiting.append((inner, found))
                elif found.of(_LAYOUT) is not None:
                    self.tensors[inner] = self._tensor(inner, found)
            self._members[path] = tuple(names)

    def _tensor(self, path: str, header: Header) -> StoredTensor:
        """Check a tensor's declaration and return it, its numbers not read yet."""
        where = f"{self.source}, tensor /{path}"
        kind, shape = self._declared(header, where)
        size = math.prod(shape) * kind.size
        storage = self._storage(header, shape, kind, where)
        readable = kind.name in FLOATS
        if readable:
            self._stored += storage.size
            self._unpacked += size
            deflated = _DEFLATE in storage.filters
            self._inflated += size if deflated else 0
            most = most_unpacked(storage.size) if deflated else storage.size
            most_of_all = most_unpacked(len(self._file.data))
            if size > most or self._stored > len(self._file.data) or self._inflated > most_of_all:
                raise ModelError(
                    f"declares {size:,} bytes of numbers and stores {min(storage.size, len(self._file.data)):,}",
                    where=where,
                    remedy=_AGAIN,
                )
            if size > LARGEST_TENSOR or self._unpacked > LARGEST_FILE:
                raise ModelError(
                    f"declares {size:,} bytes of numbers",
                    where=where,
                    remedy=f"the most is {LARGEST_TENSOR:,} a tensor and {LARGEST_FILE:,} a file",
                )

        def read() -> Array:
            numbers = self._numbers(storage, shape, kind, where) if readable else memoryview(b"")
            return decode_floats(numbers[:size], kind.name, big_endian=kind.big_endian).reshape(shape)

        return StoredTensor(path, shape, kind.name if kind.name != "other" else "no numbers", self.source, read)

    def _declared(self, header: Header, where: str) -> tuple[Kind, tuple[int, ...]]:
        """Return what a dataset says it holds."""
        if header.of(_EXTERNAL) is not None:
            raise ModelError("lies in another file, which is not opened", where=where, remedy=_PLAIN)
        space, kind = header.of(_DATASPACE), header.of(_DATATYPE)
        if space is None or kind is None:
            raise ModelError("does not say what it holds", where=where, remedy=_AGAIN)
        shape = read_shape(space.data) or ()
        if len(shape) > _MOST_AXES:
            raise ModelError(f"has {len(shape)} axes", where=where, remedy=f"the most is {_MOST_AXES}")
        # A shared message only says where the kind is described.
        return (Kind("other", 0) if kind.is_shared else read_kind(kind.data)), shape

    def _storage(self, header: Header, shape: tuple[int, ...], kind: Kind, where: str) -> _Storage:
        message = header.of(_LAYOUT)
        assert message is not None, "a dataset is known by its layout"
        data = message.data
        filters = self._filters(header, where)
        try:
            version, class_ = data[0], data[1]
            if version not in (3, 4) or class_ > _CHUNKED or (version == 4 and class_ == _CHUNKED):
                raise ModelError("lies in other datasets or in a newer layout", where=where, remedy=_PLAIN)
            if class_ == _COMPACT:
                length = struct.unpack_from("<H", data, 2)[0]
                return _Storage(inline=data[4 : 4 + length])
            if class_ == _CONTIGUOUS:
                address, length = struct.unpack_from("<2Q", data, 2)
                pieces = () if address == UNDEFINED else (_Piece(address, length, ()),)
                return _Storage(pieces)
            rank = data[2] - 1
            address, *sizes = struct.unpack_from(f"<Q{rank + 1}I", data, 3)
        except (IndexError, struct.error):
            raise ModelError("is damaged", where=where, remedy=_AGAIN) from None
        piece = tuple(sizes[:-1])
        if rank != len(shape) or 0 in piece or sizes[-1] != kind.size:
            raise ModelError("is stored in pieces that do not fit", where=where, remedy=_AGAIN)
        if math.prod(sizes) > max(math.prod(shape) * kind.size, _LARGEST_PIECE):
            raise ModelError("is stored in pieces larger than itself", where=where, remedy=_PLAIN)
        found = () if address == UNDEFINED else tuple(_pieces(self._file, address, rank))
        return _Storage(found, piece, filters)

    def _filters(self, header: Header, where: str) -> tuple[int, ...]:
        """Return the numbers of the filters of a dataset, in the order in which they were run."""
        message = header.of(_FILTERS)
        if message is None:
            return ()
        data = message.data
        found: list[int] = []
        try:
            version, count = data[0], data[1]
            place = 8 if version == 1 else 2
            for _ in range(count):
                number = struct.unpack_from("<H", data, place)[0]
                if version == 1:
                    name, _, values = struct.unpack_from("<3H", data, place + 2)
                    place += 8 + -(-name // 8) * 8 + 4 * (values + values % 2)
                else:
                    values = struct.unpack_from("<H", data, place + 4)[0]
                    place += 6 + 4 * values
                found.append(number)
        except (IndexError, struct.error):
            raise ModelError("is damaged", where=where, remedy=_AGAIN) from None
        if tuple(found) not in ((), (_DEFLATE,), (_SHUFFLE,), (_SHUFFLE, _DEFLATE)):
            raise ModelError(
                "is packed with a filter that is not read", where=where, remedy="save it with gzip, or without"
            )
        return tuple(found)

    def _numbers(self, storage: _Storage, shape: tuple[int, ...], kind: Kind, where: str) -> memoryview:
        """Return the bytes of a tensor, one number behind the other."""
        if not storage.shape:
            if not storage.pieces:
                return memoryview(storage.inline)
            return self._file.numbers(storage.pieces[0].address, storage.pieces[0].size)
        numbers = np.zeros((*shape, kind.size), dtype=np.uint8)
        expected = math.prod(-(-axis // step) for axis, step in zip(shape, storage.shape, strict=True))
        starts = {piece.start for piece in storage.pieces}
        fits = all(
            start % step == 0 and start < axis
            for piece in storage.pieces
            for start, step, axis in zip(piece.start, storage.shape, shape, strict=True)
        )
        if not fits or len(starts) != expected or len(storage.pieces) != expected:
            raise ModelError("lacks a piece", where=where, remedy=_AGAIN)
        size = math.prod(storage.shape) * kind.size
        for piece in storage.pieces:
            raw: bytes | memoryview = self._file.numbers(piece.address, piece.size)
            # The filters ran in order when it was written: backwards here.
            for place, number in reversed([*enumerate(storage.filters)]):
                if not piece.skipped >> place & 1:
                    raw = _inflated(raw, size, where) if number == _DEFLATE else _unshuffled(raw, kind.size)
            if len(raw) != size:
                raise ModelError("has a piece of another size", where=where, remedy=_AGAIN)
            inside = tuple(
                slice(start, min(start + step, axis))
                for start, step, axis in zip(piece.start, storage.shape, shape, strict=True)
            )
            whole = np.frombuffer(raw, dtype=np.uint8).reshape(*storage.shape, kind.size)
            numbers[inside] = whole[tuple(slice(0, each.stop - each.start) for each in inside)]
        return numbers.reshape(-1).data


def _pieces(file: Bytes, root: int, rank: int) -> Iterator[_Piece]:
    """Yield the stored pieces of a tensor, from their B-tree."""
    key_size = 8 + 8 * (rank + 1)
    waiting, seen = [root], {root}
    while waiting:
        address = waiting.pop(0)
        node = file.marked(address, b"TREE", 24)
        kind, level, count = node[4], node[5], int.from_bytes(node[6:8], "little")
        if kind != 1:
            raise file.damaged(f"no pieces at {address:,}")
        entries = file.part(address + 24, count * (key_size + 8))
        for place in range(0, len(entries), key_size + 8):
            size, skipped, *start = struct.unpack_from(f"<2I{rank}Q", entries, place)
            child = struct.unpack_from("<Q", entries, place + key_size)[0]
            if level == 0:
                yield _Piece(child, size, tuple(start), skipped)
                continue
            if child in seen or len(seen) > _MOST_NODES:
                raise file.damaged(f"the pieces go round in circles at {child:,}")
            seen.add(child)
            waiting.append(child)


def _inflated(raw: bytes | memoryview, size: int, where: str) -> bytes:
    """Return what deflated bytes unpack to, reading no further than the size they should have."""
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(raw, size + 1)
    except zlib.error:
        raise ModelError("is damaged", where=where, remedy=_AGAIN) from None
    if len(unpacked) != size or not stream.eof:
        raise ModelError("has a piece that unpacks to another size", where=where, remedy=_AGAIN)
    return unpacked


def _unshuffled(raw: bytes | memoryview, itemsize: int) -> bytes:
    """Return numbers whose first bytes, second bytes and so on were stored together."""
    whole = len(raw) // itemsize * itemsize
    return np.frombuffer(raw[:whole], dtype=np.uint8).reshape(itemsize, -1).T.tobytes()
