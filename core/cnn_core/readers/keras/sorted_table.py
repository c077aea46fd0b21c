"""The sorted table of keys and values in which TensorFlow keeps the index of a checkpoint, after LevelDB's.

    block …, block, the block of the properties, the block that lists the blocks, 48 bytes of footer

A block holds entries (shared, unshared, value's length: varints; the key without what it shares with the one before;
the value), a list of places to begin at, a byte that says how it is compressed, and a checksum.

Source: `tensorflow/core/lib/io/format.cc`, `block.cc`, `table_builder.cc`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from ...errors import ModelError
from ..wire import Wire
from .crc32c import crc32c, masked

__all__ = ["LARGEST_TABLE", "has_footer", "table_entries"]

LARGEST_TABLE: Final = 1 << 26
"""Bytes that a table may have: an entry takes about a hundred."""

_MAGIC: Final = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
_FOOTER: Final = 48
_TRAILER: Final = 5
_MOST_ENTRIES: Final = 1_000_000
_LONGEST_KEY: Final = 4096
_AGAIN: Final = "copy or download it again"
_KIND: Final = "TensorFlow checkpoint"


def has_footer(data: bytes) -> bool:
    """Tell whether some bytes end as a table does.

    Args:
        data: A file.
    """
    if not _FOOTER < len(data) <= LARGEST_TABLE or not data.endswith(_MAGIC):
        return False
    try:
        _, (at, size) = _handles(data, "")
    except ModelError:
        return False
    return size > 4 and at + size + _TRAILER <= len(data) - _FOOTER


def table_entries(data: bytes, source: str) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the keys and values of a table, in order.

    Args:
        data: The table.
        source: The file's name, for error texts.

    Raises:
        ModelError: It is damaged, compressed or too large.
    """
    if len(data) > LARGEST_TABLE:
        raise ModelError(f"an index of {len(data):,} bytes", where=source, remedy=f"the most is {LARGEST_TABLE:,}")
    if not has_footer(data):
        raise _fault(source)
    wire, left, before = Wire(source, _KIND), _MOST_ENTRIES, b""
    _, index = _handles(data, source)
    for _, handle in _entries(_block(data, index, source), wire):
        at, end = wire.varint(handle, 0)
        size, _ = wire.varint(handle, end)
        for key, value in _entries(_block(data, (at, size), source), wire):
            left -= 1
            # Sorted keys stand once each; so a list of blocks cannot lead to one block again and again.
            if left < 0 or (key <= before and left < _MOST_ENTRIES - 1):
                raise _fault(source)
            before = key
            yield key, value


def _handles(data: bytes, source: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where the block of the properties and that of the blocks lie: at, size."""
    footer, wire = memoryview(data)[-_FOOTER:-8], Wire(source, _KIND)
    numbers, at = [], 0
    for _ in range(4):
        number, at = wire.varint(footer, at)
        numbers.append(number)
    return (numbers[0], numbers[1]), (numbers[2], numbers[3])


def _block(data: bytes, handle: tuple[int, int], source: str) -> memoryview:
    """Return a block without its trailer and its list of places."""
    at, size = handle
    if size < 4 or at + size + _TRAILER > len(data):
        raise _fault(source)
    block = memoryview(data)[at : at + size]
    kind, checksum = struct.unpack("<BI", data[at + size : at + size + _TRAILER])
    if masked(crc32c(data[at : at + size + 1])) != checksum:
        raise ModelError("its checksum is not that of its content", where=source, remedy=_AGAIN)
    if kind:
        raise ModelError(
            "is compressed, as TensorFlow does not write it", where=source, remedy="save the model again"
        )
    restarts = struct.unpack("<I", block[-4:])[0]
    end = size - 4 * (restarts + 1)
    if end < 0:
        raise _fault(source)
    return block[:end]


def _entries(block: memoryview, wire: Wire) -> Iterator[tuple[bytes, memoryview]]:
    key, at = b"", 0
    while at < len(block):
        shared, at = wire.varint(block, at)
        own, at = wire.varint(block, at)
        size, at = wire.varint(block, at)
        if shared > len(key) or shared + own > _LONGEST_KEY or at + own + size > len(block):
            raise _fault(wire.source)
        key = key[:shared] + bytes(block[at : at + own])
        yield key, block[at + own : at + own + size]
        at += own + size


def _fault(source: str) -> ModelError:
    return ModelError(f"is cut short or damaged, or is no {_KIND}", where=source, remedy=_AGAIN)
