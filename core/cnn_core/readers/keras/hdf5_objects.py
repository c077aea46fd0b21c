"""The skeleton of an HDF5 file: the superblock, object headers and their messages, and the members of groups.

Every address and every length comes from the file and is checked against it; nothing is followed twice. Only what
h5py writes is read, which is the first version of each structure unless one asks for others: a group is a B-tree of
symbol nodes with a heap of names, or a few link messages in its header.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError

__all__ = [
    "MOST_PARTS",
    "SIGNATURE",
    "UNDEFINED",
    "Bytes",
    "Header",
    "Message",
    "read_header",
    "read_links",
    "root_address",
]

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
UNDEFINED: Final = (1 << 64) - 1
"""The address of what is not stored."""
MOST_PARTS: Final = 2_000_000
"""Structures that may be looked at in one file."""

LINK_INFO: Final = 0x02
LINK: Final = 0x06
GROUP_INFO: Final = 0x0A
CONTINUATION: Final = 0x10
SYMBOL_TABLE: Final = 0x11

_LEAST_READ: Final = 1 << 24
_OVER_AND_OVER: Final = 4
_STARTS: Final = (0, 512, 1024, 2048, 4096)
_MOST_MESSAGES: Final = 100_000
_MOST_NODES: Final = 100_000
_SYMBOL_SIZE: Final = 40
_SOFT_LINK: Final = 2
_HARD: Final = 0
_AGAIN: Final = "copy or download it again"
_PLAIN: Final = "save the model again with Keras"


class Bytes:
    """A file in memory, of which no byte is read that is not there, and none over and over.

    Args:
        data: The file.
        source: Its name, for error texts.
        base: Where addresses count from.

    Attributes:
        data: As given.
        source: As given.
        base: As given.
    """

    def __init__(self, data: bytes, source: str, base: int = 0) -> None:
        self.data = data
        self.source = source
        self.base = base
        # Structures that share their parts could be walked for hours: reading is paid for.
        self._bytes_left = max(_LEAST_READ, _OVER_AND_OVER * len(data))
        self._parts_left = MOST_PARTS

    def damaged(self, what: str) -> ModelError:
        """Return the error of a damaged file.

        Args:
            what: What is damaged.
        """
        return ModelError(f"is a damaged HDF5 file: {what}", where=self.source, remedy=_AGAIN)

    def part(self, address: int, size: int) -> bytes:
        """Return a stretch of the file that says how it is made.

        Args:
            address: Where it begins.
            size: How many bytes it has.

        Raises:
            ModelError: It reaches beyond the file, or too much has been read already.
        """
        found = self.numbers(address, size)
        self._bytes_left -= len(found)
        self._parts_left -= 1
        if self._bytes_left < 0 or self._parts_left < 0:
            raise ModelError("is too tangled to be read", where=self.source, remedy=_PLAIN)
        return bytes(found)

    def numbers(self, address: int, size: int) -> memoryview:
        """Return a stretch of the file that holds numbers, without copying it.

        Args:
            address: Where it begins.
            size: How many bytes it has.

        Raises:
            ModelError: It reaches beyond the file.
        """
        start = self.base + address
        if address >= UNDEFINED or size < 0 or start + size > len(self.data):
            raise self.damaged(f"{size:,} bytes at {address:,} reach beyond its end")
        return memoryview(self.data)[start : start + size]

    def marked(self, address: int, mark: bytes, size: int) -> bytes:
        """Return a stretch of the file that begins with a mark.

        Args:
            address: Where it begins.
            mark: Its first bytes.
            size: How many bytes it has.

        Raises:
            ModelError: It does not begin so, or reaches beyond the file.
        """
        found = self.part(address, size)
        if not found.startswith(mark):
            raise self.damaged(f"no {mark.decode()} at {address:,}")
        return found


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an object header.

    Attributes:
        kind: Its number.
        data: What it says.
        is_shared: Whether it only says where it stands.
    """

    kind: int
    data: bytes
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a group or a dataset.

    Attributes:
        address: Where it stands.
        messages: What it says.
    """

    address: int
    messages: tuple[Message, ...]

    def of(self, kind: int) -> Message | None:
        """Return the first message of a kind, or None.

        Args:
            kind: The message's number.
        """
        return next((message for message in self.messages if message.kind == kind), None)

    @property
    def is_group(self) -> bool:
        """Whether it is the header of a group."""
        return any(message.kind in (SYMBOL_TABLE, LINK_INFO, LINK, GROUP_INFO) for message in self.messages)


def root_address(data: bytes, source: str) -> tuple[Bytes, int]:
    """Return the file, and the address of its root group's header.

    Args:
        data: The file.
        source: Its name, for error texts.

    Raises:
        ModelError: It is no HDF5 file, or one of a kind that is not read.
    """
    start = next((start for start in _STARTS if data.startswith(SIGNATURE, start)), None)
    if start is None:
        raise ModelError("is no HDF5 file", where=source, remedy="give a file that Keras wrote")
    file = Bytes(data, source)
    version = file.part(start + 8, 1)[0]
    if version in (0, 1):
        head = file.part(start, 24)
        offset_size, length_size = head[13], head[14]
        rest = start + (24 if version == 0 else 28)
        base, _, _, _, _, root = struct.unpack("<6Q", file.part(rest, 48))
    elif version in (2, 3):
        head = file.part(start, 48)
        offset_size, length_size = head[9], head[10]
        base, _, _, root = struct.unpack_from("<4Q", head, 12)
    else:
        raise file.damaged(f"its superblock has version {version}")
    if (offset_size, length_size) != (8, 8):
        raise ModelError(
            f"has addresses of {offset_size} bytes, not 8", where=source, remedy="give a file that Keras wrote"
        )
    return Bytes(data, source, base), root


def read_header(file: Bytes, address: int) -> Header:
    """Return an object header with all its messages.

    Args:
        file: The file.
        address: Where the header stands.

    Raises:
        ModelError: It is damaged.
    """
    is_second = file.part(address, 4) == b"OHDR"
    blocks = [_second_block(file, address) if is_second else _first_block(file, address)]
    flags = file.part(address, 6)[5] if is_second else 0
    seen = {address}
    messages: list[Message] = []
    while blocks:
        start, size = blocks.pop(0)
        for message in _messages(file, start, size, flags if is_second else None):
            messages.append(message)
            if len(messages) > _MOST_MESSAGES:
                raise file.damaged(f"more than {_MOST_MESSAGES:,} messages at {address:,}")
            if message.kind != CONTINUATION or len(message.data) < 16:
                continue
            where, length = struct.unpack_from("<2Q", message.data)
            if where in seen:
                raise file.damaged(f"a header goes round in circles at {where:,}")
            seen.add(where)
            if is_second:
                file.marked(where, b"OCHK", 8)
                where, length = where + 4, length - 8
            blocks.append((where, length))
    return Header(address, tuple(messages))


def _first_block(file: Bytes, address: int) -> tuple[int, int]:
    """Return where the messages of a header of version 1 stand, and how many bytes they take."""
    version, _, _, _, size = struct.unpack("<BBHII", file.part(address, 12))
    if version != 1:
        raise file.damaged(f"no object header at {address:,}")
    return address + 16, size


def _second_block(file: Bytes, address: int) -> tuple[int, int]:
    """Return where the messages of a header of version 2 stand, and how many bytes they take."""
    flags = file.part(address, 6)[5]
    start = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    return start + width, int.from_bytes(file.part(start, width), "little")


def _messages(file: Bytes, start: int, size: int, flags: int | None) -> Iterator[Message]:
    """Yield the messages of a block; `flags` are those of a header of version 2."""
    block = file.part(start, size)
    head = 8 if flags is None else 4 + (2 if flags & 4 else 0)
    place = 0
    while place + head <= len(block):
        if flags is None:
            kind, length, marks = struct.unpack_from("<HHB", block, place)
        else:
            kind, length, marks = struct.unpack_from("<BHB", block, place)
        place += head
        if place + length > len(block):
            raise file.damaged(f"a message at {start + place:,} reaches beyond its block")
        yield Message(kind, block[place : place + length], bool(marks & 2))
        place += length


def read_links(file: Bytes, header: Header) -> Iterator[tuple[str, int | None]]:
    """Yield the name of every member of a group and where its header stands.

    Args:
        file: The file.
        header: The group's header.

    Yields:
        None for a link to another place or file.

    Raises:
        ModelError: The group is damaged, or of a kind that is not read.
    """
    table = header.of(SYMBOL_TABLE)
    if table is not None:
        yield from _symbols(file, table)
    info = header.of(LINK_INFO)
    if info is not None:
        # Where the order of making is kept, the last of it stands first.
        start = 10 if len(info.data) > 1 and info.data[1] & 1 else 2
        if info.data[start : start + 8] != UNDEFINED.to_bytes(8, "little"):
            raise ModelError(
                "holds a group in HDF5's newer layout", where=file.source, remedy="save it with libver='earliest'"
            )
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
