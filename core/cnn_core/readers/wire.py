"""Protobuf as bytes: a message's fields by their numbers, read without a schema.

A message is looked at one level at a time: what a field holds is parsed where somebody asks for it, so that nesting
costs nothing, and all messages of a file share one bound of fields.

Source of the encoding: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError

__all__ = ["MOST_FIELDS", "Message", "Wire", "signed"]

MOST_FIELDS: Final = 1_000_000
"""Fields that all messages of a file may have together."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT: Final = 10
_MOST: Final = 1 << 64

Value = int | memoryview
"""A whole number, unsigned, or the bytes of anything else."""


def signed(value: int) -> int:
    """Return the signed number of 64 bits that a varint stands for."""
    return value - _MOST if value >= _MOST >> 1 else value


class Wire:
    """A file of protobuf, and how many fields of it were read.

    Args:
        source: The file's name, for error texts.
        kind: What it is, for error texts.
    """

    def __init__(self, source: str, kind: str = "ONNX model") -> None:
        self.source = source
        self.kind = kind
        self._left = MOST_FIELDS

    def message(self, data: memoryview) -> Message:
        """Return the fields of a message.

        Args:
            data: The message.

        Raises:
            ModelError: It is damaged, or the file has more fields than `MOST_FIELDS`.
        """
        fields: dict[int, list[Value]] = {}
        at, end = 0, len(data)
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise ModelError(
                    f"has more than {MOST_FIELDS:,} fields", where=self.source, remedy="give a smaller model"
                )
            key, at = self.varint(data, at)
            number, kind = key >> 3, key & 7
            value: Value
            if kind == _VARINT:
                value, at = self.varint(data, at)
            elif kind == _BYTES:
                size, at = self.varint(data, at)
                value, at = data[at : at + size], at + size
            elif kind in (_FIXED32, _FIXED64):
                size = 4 if kind == _FIXED32 else 8
                value, at = data[at : at + size], at + size
            else:
                raise self.fault()
            if at > end or not number:
                raise self.fault()
            fields.setdefault(number, []).append(value)
        return Message(self, fields)

    def varint(self, data: memoryview, at: int) -> tuple[int, int]:
        """Return an unsigned number of at most 64 bits, and where the next field begins.

        Args:
            data: A message.
            at: Where the number begins.

        Raises:
            ModelError: It has no end, or more than 64 bits.
        """
        if at < len(data) and data[at] < 0x80:
            return data[at], at + 1
        value = 0
        for place, byte in enumerate(data[at : at + _LONGEST_VARINT]):
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if value >= _MOST:
                    break
                return value, at + place + 1
        raise self.fault()

    def fault(self) -> ModelError:
        """Return the error of bytes that are no protobuf."""
        return ModelError(
            f"is cut short or damaged, or is no {self.kind}", where=self.source, remedy="copy or download it again"
        )


class Message:
    """A message: its fields by number, each a list since any may be repeated.

    A field that is asked for as something that it is not is damage; one that nobody asks for is passed over.

    Args:
        wire: The file that it belongs to.
        fields: The values of its fields, in order, by number.
    """

    def __init__(self, wire: Wire, fields: dict[int, list[Value]]) -> None:
        self._wire = wire
        self._fields = fields

    def __contains__(self, number: int) -> bool:
        """Tell whether a field is there."""
        return number in self._fields

    def count(self, number: int) -> int:
        """Return how many times a field is there."""
        return len(self._fields.get(number, ()))

    def blocks(self, number: int) -> list[memoryview]:
        """Return the bytes of a repeated field, in order.

        Args:
            number: The field.
        """
        found = []
        for value in self._fields.get(number, ()):
            if isinstance(value, int):
                raise self._wire.fault()
            found.append(value)
        return found

    def block(self, number: int) -> memoryview | None:
        """Return the bytes of a field, or None where it is missing; of several the last, as protobuf says."""
        found = self.blocks(number)
        return found[-1] if found else None

    def messages(self, number: int) -> list[Message]:
        """Return the messages in a repeated field, in order."""
        return [self._wire.message(block) for block in self.blocks(number)]

    def message(self, number: int) -> Message | None:
        """Return the message in a field, or None where it is missing."""
        block = self.block(number)
        return None if block is None else self._wire.message(block)

    def texts(self, number: int) -> list[str]:
        """Return the texts in a repeated field, in order.

        Raises:
            ModelError: One is not UTF-8.
        """
        try:
            return [bytes(block).decode("utf-8") for block in self.blocks(number)]
        except UnicodeDecodeError:
            raise self._wire.fault() from None

    def text(self, number: int) -> str:
        """Return the text in a field; empty where it is missing."""
        found = self.texts(number)
        return found[-1] if found else ""

    def whole(self, number: int, default: int = 0) -> int:
        """Return the signed number in a field.

        Args:
            number: The field.
            default: What it is where it is missing.
        """
        found = self._fields.get(number)
        if not found:
            return default
        if not isinstance(found[-1], int):
            raise self._wire.fault()
        return signed(found[-1])

    def real(self, number: int) -> float:
        """Return the float32 in a field; 0 where it is missing."""
        block = self.block(number)
        if block is None:
            return 0.0
        if len(block) != 4:
            raise self._wire.fault()
        return float(struct.unpack("<f", block)[0])

    def wholes(self, number: int) -> NDArray[np.uint64]:
        """Return the numbers of a repeated field, packed or not, as unsigned ones of 64 bits."""
        found = self._fields.get(number, ())
        single = [value for value in found if isinstance(value, int)]
        if len(single) == len(found):
            return np.array(single, dtype=np.uint64)
        parts = [
            np.array([value], dtype=np.uint64) if isinstance(value, int) else _unpacked(value, self._wire.fault)
            for value in found
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def numbers(self, number: int, kind: str) -> bytes | memoryview:
        """Return the bytes of the numbers of fixed size in a repeated field, packed or not.

        Args:
            number: The field.
            kind: What they are, in numpy's words: `f4`, `f8`.
        """
        blocks = self.blocks(number)
        size = np.dtype(kind).itemsize
        if any(len(block) % size for block in blocks):
            raise self._wire.fault()
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _unpacked(block: memoryview, fault: Callable[[], ModelError]) -> NDArray[np.uint64]:
    """Return the varints that stand one after the other in a block."""
    raw = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(raw < 0x80)
    if raw.size and (not ends.size or ends[-1] != raw.size - 1):
        raise fault()
    starts = np.concatenate([[0], ends[:-1] + 1]) if ends.size else ends
    lengths = ends - starts + 1
    if ends.size and lengths.max() > _LONGEST_VARINT:
        raise fault()
    values = np.zeros(ends.size, dtype=np.uint64)
    for place in range(int(lengths.max()) if ends.size else 0):
        longer = lengths > place
        values[longer] |= (raw[starts[longer] + place] & np.uint64(0x7F)).astype(np.uint64) << np.uint64(7 * place)
    return values
