"""The members of HDF5's groups, in each of the three ways in which a group keeps them.

A group is a B-tree of symbol nodes with a heap of names; a few link messages in its header; or, with a name beyond
ASCII among more than eight, the links of `hdf5_dense`.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from .hdf5_dense import dense_links
from .hdf5_objects import LINK, LINK_INFO, SYMBOL_TABLE, UNDEFINED, Bytes, Header, Message

__all__ = ["read_links"]

_MOST_NODES: Final = 100_000
_SYMBOL_SIZE: Final = 40
_SOFT_LINK: Final = 2
_HARD: Final = 0


def read_links(file: Bytes, header: Header) -> Iterator[tuple[str, int | None]]:
    """Yield the name of every member of a group and where its header stands.

    Args:
        file: The file.
        header: The group's header.

    Yields:
        None for a link to another place or file.

    Raises:
        ModelError: The group is damaged.
    """
    table = header.of(SYMBOL_TABLE)
    if table is not None:
        yield from _symbols(file, table)
    info = header.of(LINK_INFO)
    if info is not None:
        # Where the order of making is kept, the last of it stands first.
        start = 10 if len(info.data) > 1 and info.data[1] & 1 else 2
        if len(info.data) < start + 16:
            raise file.damaged("a group without its members")
        heap, tree = struct.unpack_from("<2Q", info.data, start)
        if heap != UNDEFINED:
            yield from (_link(file, each) for each in dense_links(file, heap, tree))
    for message in header.messages:
        if message.kind == LINK:
            yield _link(file, message.data)


def _symbols(file: Bytes, table: Message) -> Iterator[tuple[str, int | None]]:
    """Yield the members of a group that is a B-tree."""
    if len(table.data) < 16:
        raise file.damaged("a group without its members")
    tree, heap = struct.unpack_from("<2Q", table.data)
    head = file.marked(heap, b"HEAP", 32)
    size, _, names = struct.unpack_from("<3Q", head, 8)
    texts = file.part(names, size)
    waiting, seen = [tree], {tree}
    while waiting:
        address = waiting.pop(0)
        if file.part(address, 4) == b"SNOD":
            yield from _symbol_node(file, address, texts)
            continue
        node = file.marked(address, b"TREE", 24)
        kind, count = node[4], int.from_bytes(node[6:8], "little")
        if kind != 0:
            raise file.damaged(f"no group at {address:,}")
        # Keys and children take turns; a key only says which names stand below.
        entries = struct.unpack(f"<{2 * count}Q", file.part(address + 24, 16 * count))
        for child in entries[1::2]:
            if child in seen or len(seen) > _MOST_NODES:
                raise file.damaged(f"a group goes round in circles at {child:,}")
            seen.add(child)
            waiting.append(child)


def _symbol_node(file: Bytes, address: int, texts: bytes) -> Iterator[tuple[str, int | None]]:
    count = int.from_bytes(file.marked(address, b"SNOD", 8)[6:8], "little")
    entries = file.part(address + 8, _SYMBOL_SIZE * count)
    for place in range(0, len(entries), _SYMBOL_SIZE):
        offset, target, cached = struct.unpack_from("<QQI", entries, place)
        end = texts.find(b"\0", offset) if offset < len(texts) else -1
        if end < 0:
            raise file.damaged(f"a name beyond its heap at {address:,}")
        name = texts[offset:end].decode("utf-8", "backslashreplace")
        yield name, None if cached == _SOFT_LINK else target


def _link(file: Bytes, data: bytes) -> tuple[str, int | None]:
    """Return the name of a link message and where it leads."""
    try:
        version, flags = data[0], data[1]
        place = 2
        kind = _HARD
        if flags & 0x08:
            kind, place = data[place], place + 1
        place += (8 if flags & 0x04 else 0) + (1 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(data[place : place + width], "little")
        place += width
        name = data[place : place + length]
        target = None if kind != _HARD else struct.unpack_from("<Q", data, place + length)[0]
    except (IndexError, struct.error):
        raise file.damaged("a link that is cut short") from None
    if version != 1 or len(name) != length:
        raise file.damaged("a link that is cut short")
    return name.decode("utf-8", "backslashreplace"), target
