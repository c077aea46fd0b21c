"""The skeleton of an HDF5 file: the superblock, and object headers with their messages.

Every address and every length comes from the file and is checked against it; nothing is followed twice. Only what
h5py writes is read, which is the first version of each structure unless one asks for others.

Source of the format: The HDF Group, HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from ...errors import ModelError

__all__ = [
    "MOST_PARTS",
    "SIGNATURE",
    "UNDEFINED",
    "Bytes",
    "Header",
    "Message",
    "read_header",
    "root_address",
]

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
UNDEFINED: Final = (1 << 64) - 1
"""The address of what is not stored."""
MOST_PARTS: Final = 1_000_000
"""Structures, and messages in them, that may be looked at in one file."""

LINK_INFO: Final = 0x02
LINK: Final = 0x06
GROUP_INFO: Final = 0x0A
CONTINUATION: Final = 0x10
SYMBOL_TABLE: Final = 0x11

_LEAST_READ: Final = 1 << 24
_OVER_AND_OVER: Final = 4
_STARTS: Final = (0, 512, 1024, 2048, 4096)
_MOST_MESSAGES: Final = 20_000
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
        self.spend(len(found))
        return bytes(found)

    def spend(self, size: int) -> None:
        """Pay for one more structure.

        Args:
            size: How many bytes of it have not been paid for.

        Raises:
            ModelError: Too much has been read already.
        """
        self._bytes_left -= size
        self._parts_left -= 1
        if self._bytes_left < 0 or self._parts_left < 0:
            raise ModelError("is too tangled to be read", where=self.source, remedy=_PLAIN)

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


class Message(NamedTuple):
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
        messages: What it says.
    """

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
            file.spend(0)
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
    return Header(tuple(messages))


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
