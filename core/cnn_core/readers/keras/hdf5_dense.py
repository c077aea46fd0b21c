"""The members of a group of HDF5's newer layout: a heap of blocks that holds links, and a tree that says which.

A group gets it when it holds a name beyond ASCII and more than eight members. As everywhere, each address is checked
against the file and followed once.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0, "Fractal Heap" and "Version 2
B-trees"; the widths of the numbers that it leaves to be worked out, `H5HF` and `H5B2` of the library.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError
from .hdf5_objects import UNDEFINED, Bytes

__all__ = ["dense_links"]

_HEAP_HEAD: Final = 142
_TREE_HEAD: Final = 34
_NODE_OVERHEAD: Final = 10
_BY_NAME: Final = 5
_HASH: Final = 4
_DEEPEST: Final = 8
_MOST_BLOCKS: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of a heap: where it begins among the heap's bytes, how long it is, and where it stands in the file."""

    start: int
    size: int
    address: int


def dense_links(file: Bytes, heap: int, tree: int) -> Iterator[bytes]:
    """Yield the link messages of a group.

    Args:
        file: The file.
        heap: Where the heap that holds them stands.
        tree: Where the tree of their names stands.

    Raises:
        ModelError: The group is damaged.
    """
    stored = _Heap(file, heap)
    for identity in _records(file, tree):
        yield stored.value(identity)


class _Heap:
    """The blocks of a fractal heap."""

    def __init__(self, file: Bytes, address: int) -> None:
        self._file = file
        head = file.marked(address, b"FRHP", _HEAP_HEAD)
        filters, largest = struct.unpack_from("<HxI", head, 7)
        width, first, most, bits, _, root, rows = struct.unpack_from("<HQQHHQH", head, 110)
        powers = all(size and not size & (size - 1) for size in (width, first, most))
        if head[4] or filters or not powers or not 0 < bits <= 64 or first > most:
            raise self._damaged(address)
        self._width, self._first, self._most = width, first, most
        self._offset_size = (bits + 7) // 8
        self._length_size = min((most.bit_length() + 6) // 8, _bytes_for(largest))
        self._direct_rows = (most // first).bit_length() + 1
        self._seen: set[int] = set()
        blocks = [_Block(0, first, root)] if not rows else self._children(root, rows)
        self._blocks = sorted(blocks, key=lambda block: block.start)
        self._starts = [block.start for block in self._blocks]

    def _damaged(self, address: int) -> ModelError:
        return self._file.damaged(f"no heap of links at {address:,}")

    def _children(self, root: int, rows: int) -> Iterator[_Block]:
        """Yield the blocks below an indirect one."""
        waiting = [(root, rows, 0)]
        while waiting:
            address, rows, start = waiting.pop()
            if address in self._seen or len(self._seen) > _MOST_BLOCKS or rows > _MOST_BLOCKS // self._width:
                raise self._damaged(address)
            self._seen.add(address)
            head = 13 + self._offset_size
            block = self._file.marked(address, b"FHIB", head + 8 * rows * self._width)
            children = struct.unpack_from(f"<{rows * self._width}Q", block, head)
            for place, child in enumerate(children):
                row = place // self._width
                size = self._first << max(0, row - 1)
                if row >= 64:
                    raise self._damaged(address)
                if child != UNDEFINED and row < self._direct_rows:
                    yield _Block(start, size, child)
                elif child != UNDEFINED:
                    inner = (size // (self._first * self._width)).bit_length()
                    waiting.append((child, inner, start))
                start += size

    def value(self, identity: bytes) -> bytes:
        """Return the bytes that an identifier stands for."""
        offset = int.from_bytes(identity[1 : 1 + self._offset_size], "little")
        length = int.from_bytes(identity[1 + self._offset_size :][: self._length_size], "little")
        place = bisect_right(self._starts, offset) - 1
        # Objects too large or too small for a block have other identifiers; a link is neither.
        if identity[0] or place < 0:
            raise self._file.damaged("a link outside its heap")
        block = self._blocks[place]
        if offset + length > block.start + block.size:
            raise self._file.damaged("a link outside its heap")
        return self._file.part(block.address + offset - block.start, length)


def _records(file: Bytes, address: int) -> Iterator[bytes]:
    """Yield the identifier of every record of a tree of names."""
    head = file.marked(address, b"BTHD", _TREE_HEAD)
    kind, node_size, record_size, depth = struct.unpack_from("<BIHH", head, 5)
    root, count = struct.unpack_from("<QH", head, 16)
    if kind != _BY_NAME or record_size <= _HASH or depth > _DEEPEST or node_size < _NODE_OVERHEAD + record_size:
        raise file.damaged(f"no tree of names at {address:,}")
    most = (node_size - _NODE_OVERHEAD) // record_size
    count_size = _bytes_for(most)
    # How wide a pointer is, and how wide the count of all that stands below it, for each level from the leaves up.
    pointers, below, below_size = [0], most, 0
    for _ in range(depth):
        pointers.append(8 + count_size + below_size)
        inner = (node_size - _NODE_OVERHEAD - pointers[-1]) // (record_size + pointers[-1])
        below = (inner + 1) * below + inner
        below_size = _bytes_for(below)
    waiting, seen = [(root, count, depth)] if count else [], {root}
    while waiting:
        where, count, level = waiting.pop()
        mark, size = (b"BTIN", pointers[level]) if level else (b"BTLF", 0)
        node = file.marked(where, mark, 6 + count * record_size + (count + 1) * size)
        for place in range(6, 6 + count * record_size, record_size):
            yield node[place + _HASH : place + record_size]
        for place in range(6 + count * record_size, len(node), size) if level else ():
            child = int.from_bytes(node[place : place + 8], "little")
            if child in seen or len(seen) > _MOST_BLOCKS:
                raise file.damaged(f"a group goes round in circles at {child:,}")
            seen.add(child)
            waiting.append((child, int.from_bytes(node[place + 8 : place + 8 + count_size], "little"), level - 1))


def _bytes_for(number: int) -> int:
    """Return how many bytes the library takes for numbers up to one."""
    return max(0, number.bit_length() - 1) // 8 + 1
