"""What stands in an HDF5 file: the kinds of its numbers, their shapes, and the attributes beside groups.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0, IV.A.2.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Final

from .hdf5_objects import Bytes, Header

__all__ = ["Attribute", "Heaps", "Kind", "read_attributes", "read_kind", "read_shape"]

Attribute = str | int | float | tuple[str, ...]
"""What stands beside a group: text, a number, or a list of texts."""

_ATTRIBUTE: Final = 0x0C
_ATTRIBUTE_INFO: Final = 0x15
_FIXED_POINT, _FLOAT, _STRING, _OPAQUE, _ENUM, _OPEN_LENGTH = 0, 1, 3, 5, 8, 9
# Exponent and mantissa of each kind of float: their places, sizes, and the bias.
_FLOATS: Final = {
    (10, 5, 0, 10, 15): "float16",
    (7, 8, 0, 7, 127): "bfloat16",
    (23, 8, 0, 23, 127): "float32",
    (52, 11, 0, 52, 1023): "float64",
}
_SIZES: Final = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
_LARGEST_TEXTS: Final = 1 << 26
_HEAP_OBJECT: Final = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """What one value is.

    Attributes:
        name: In numpy's words where it has any (float32, int64), `text`, `texts` of open length, or `other`.
        size: Bytes that it takes.
        big_endian: Whether it begins with its most significant byte.
    """

    name: str
    size: int
    big_endian: bool = False


def read_kind(data: bytes) -> Kind:
    """Return what a datatype message says.

    Args:
        data: The message.
    """
    if len(data) < 8:
        return Kind("other", 0)
    class_, size = data[0] & 0x0F, struct.unpack_from("<I", data, 4)[0]
    big_endian = bool(data[1] & 1)
    if class_ == _FIXED_POINT and size in (1, 2, 4, 8):
        return Kind(f"{'int' if data[1] & 8 else 'uint'}{8 * size}", size, big_endian)
    if class_ == _FLOAT and len(data) >= 20:
        _, _, exponent, exponent_size, mantissa, mantissa_size, bias = struct.unpack_from("<HHBBBBI", data, 8)
        name = _FLOATS.get((exponent, exponent_size, mantissa, mantissa_size, bias), "other")
        if name != "other" and _SIZES[name] == size and not data[1] & 0x40:
            return Kind(name, size, big_endian)
    if class_ == _STRING:
        return Kind("text", size)
    if class_ == _OPAQUE and size == _SIZES["bfloat16"]:
        # numpy has no bfloat16, so that Keras's is stored as two bytes without a meaning.
        return Kind("bfloat16", size)
    if class_ == _ENUM and size == 1:
        return Kind("bool", size)
    if class_ == _OPEN_LENGTH and data[1] & 0x0F == 1:
        return Kind("texts", size)
    return Kind("other", size)


def read_shape(data: bytes) -> tuple[int, ...] | None:
    """Return what a dataspace message says; None where nothing is stored, or it cannot be told.

    Args:
        data: The message.
    """
    if len(data) < 4 or data[0] not in (1, 2):
        return None
    start = 8 if data[0] == 1 else 4
    rank = data[1]
    if (data[0] == 2 and data[3] == 2) or len(data) < start + 8 * rank:
        return None
    return struct.unpack_from(f"<{rank}Q", data, start)


class Heaps:
    """The heaps of a file, in which texts of open length stand.

    Args:
        file: The file.
    """

    def __init__(self, file: Bytes) -> None:
        self._file = file
        self._found: dict[int, dict[int, tuple[int, int]]] = {}

    def text(self, reference: bytes) -> bytes:
        """Return the text that a reference leads to.

        Args:
            reference: Its length, its heap's address and its number there.

        Raises:
            ModelError: It is not there.
        """
        length, address, wanted = struct.unpack("<IQI", reference)
        if not length:
            return b""
        if address not in self._found:
            self._found[address] = self._listed(address)
        place, stored = self._found[address].get(wanted, (0, -1))
        if length > stored:
            raise self._file.damaged("a text that is not in its heap")
        return self._file.part(place, length)

    def _listed(self, address: int) -> dict[int, tuple[int, int]]:
        """Return where everything in a heap stands, and how many bytes it has."""
        size = struct.unpack_from("<Q", self._file.marked(address, b"GCOL", 16), 8)[0]
        place, end = address + 16, address + size
        found: dict[int, tuple[int, int]] = {}
        while place + _HEAP_OBJECT <= end:
            number, _, _, stored = struct.unpack("<HHIQ", self._file.part(place, _HEAP_OBJECT))
            if number == 0:
                break
            found[number] = (place + _HEAP_OBJECT, stored)
            # What is stored is padded to eight bytes; the head alone makes every step a step forward.
            place += _HEAP_OBJECT + -(-stored // 8) * 8
        return found


def read_attributes(file: Bytes, header: Header, heaps: Heaps) -> dict[str, Attribute]:
    """Return the attributes in a header; those that are neither text nor one number are left out.

    Args:
        file: The file.
        header: The header of a group.
        heaps: The heaps of the file.

    Raises:
        ModelError: One is damaged or too large.
    """
    info = header.of(_ATTRIBUTE_INFO)
    if info is not None and len(info.data) > 1:
        start = 4 if info.data[1] & 1 else 2
        if info.data[start : start + 8] != b"\xff" * 8:
            raise file.damaged("its attributes are in HDF5's newer layout")
    found: dict[str, Attribute] = {}
    for message in header.messages:
        if message.kind != _ATTRIBUTE or message.is_shared:
            continue
        try:
            named = _attribute(file, message.data, heaps)
        except (IndexError, struct.error, OverflowError):
            raise file.damaged("an attribute that is cut short") from None
        if named is not None:
            found[named[0]] = named[1]
    return found


def _attribute(file: Bytes, data: bytes, heaps: Heaps) -> tuple[str, Attribute] | None:
    """Return an attribute's name and value, or None where it is of no use here."""
    version, flags = data[0], data[1]
    sizes = struct.unpack_from("<3H", data, 2)
    place = 8
    if version == 3:
        place += 1
    elif version not in (1, 2):
        return None
    if version > 1 and flags & 3:
        # Its kind or shape stands elsewhere.
        return None
    parts = []
    for size in sizes:
        parts.append(data[place : place + size])
        place += -(-size // 8) * 8 if version == 1 else size
    name, kind, shape = parts[0].rstrip(b"\0"), read_kind(parts[1]), read_shape(parts[2])
    if shape is None:
        return None
    value = _value(file, data[place:], kind, shape, heaps)
    return None if value is None else (name.decode("utf-8", "backslashreplace"), value)


def _value(file: Bytes, data: bytes, kind: Kind, shape: tuple[int, ...], heaps: Heaps) -> Attribute | None:
    count = math.prod(shape)
    if kind.name not in ("text", "texts"):
        return _number(data, kind) if count == 1 else (() if not count else None)
    if count * kind.size > len(data):
        raise file.damaged("an attribute that is cut short")
    texts: list[str] = []
    left = _LARGEST_TEXTS
    for index in range(count):
        raw = data[index * kind.size : (index + 1) * kind.size]
        if kind.name == "texts":
            raw = heaps.text(raw)
        left -= len(raw)
        # Many may lead to one stretch of the file, over and over.
        if left < 0:
            raise file.damaged(f"its attributes have more than {_LARGEST_TEXTS:,} bytes")
        texts.append(raw.rstrip(b"\0").decode("utf-8", "backslashreplace"))
    return texts[0] if shape == () else tuple(texts)


def _number(data: bytes, kind: Kind) -> int | float | None:
    order = ">" if kind.big_endian else "<"
    raw = data[: kind.size]
    if kind.name in ("float16", "float32", "float64"):
        number: float = struct.unpack(order + {2: "e", 4: "f", 8: "d"}[kind.size], raw)[0]
        return number
    if kind.name == "bool" or kind.name.lstrip("u").startswith("int"):
        return int.from_bytes(raw, "big" if kind.big_endian else "little", signed=kind.name.startswith("int"))
    return None
