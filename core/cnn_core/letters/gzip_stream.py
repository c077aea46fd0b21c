"""gzip, unpacked to its end or refused: half a file is never taken for a whole one.

A `.gz` may have several members, one after the other, and zero bytes as padding after the last. BGZF, the
blocked form that `bgzip` writes, is such a file, and it says where it ends: with one empty block of 28 bytes.

Sources: RFC 1952; the SAM/BAM format specification, section 4.1, for BGZF.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from ..errors import SequenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["BGZF_END", "GZIP_MEMBER", "GZIP_START", "HEADER_BYTES", "block_size", "damaged", "unpack"]

GZIP_START: Final = b"\x1f\x8b"
BGZF_END: Final = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block at the end of every whole BGZF file."""

HEADER_BYTES: Final = 18
"""Bytes that tell BGZF from other gzip, and how long a block is; every whole gzip file has more."""
GZIP_MEMBER: Final = 31
"""zlib's word for gzip with its header and its check sums."""
_LONGEST_PIECE: Final = 1 << 20


def unpack(blocks: Iterable[bytes], source: str) -> Iterator[bytes]:
    """Unpack gzip of one or more members.

    Args:
        blocks: The compressed data in pieces, at best of some 64 KiB: what follows a member is copied.
        source: The file's name, for error texts.

    Yields:
        The unpacked data in pieces of at most 1 MiB.

    Raises:
        SequenceError: The data is cut short, damaged, or followed by something else.
    """
    data, end = b"", b""
    member = None
    size, rest = 0, 0  # of the block: what its header says, and what is still to come
    blocked: bool | None = None
    for block in blocks:
        end = (end + block)[-len(BGZF_END) :]
        data += block
        while data:
            if member is None:
                data = data if blocked is None else data.lstrip(b"\0")
                if not data.startswith(GZIP_START[: len(data)]):
                    raise SequenceError(
                        "something else follows the compressed data", where=source, remedy="compress the file anew"
                    )
                if len(data) < HEADER_BYTES:
                    break
                size = rest = block_size(data)
                if blocked is None:
                    blocked = bool(size)
                if blocked and not size:
                    raise damaged(source)
                member = zlib.decompressobj(GZIP_MEMBER)
            before = len(data)
            try:
                piece = member.decompress(data, _LONGEST_PIECE)
            except zlib.error:
                raise damaged(source) from None
            data = member.unused_data if member.eof else member.unconsumed_tail
            rest -= before - len(data)
            if member.eof:
                # Nothing else tells a damaged header, which may hide whole blocks in an endless extra field.
                if size and rest:
                    raise damaged(source)
                member = None
            if piece:
                yield piece
    if member is not None or data or (blocked and end != BGZF_END):
        raise SequenceError(
            "the compressed data is cut short", where=source, remedy="copy or download the file again"
        )


def damaged(source: str) -> SequenceError:
    """Return the error of compressed data that cannot be unpacked."""
    return SequenceError("the compressed data is damaged", where=source, remedy="copy or download the file again")


def block_size(header: bytes) -> int:
    """Return the bytes of a BGZF block, as its extra field of one subfield BC says, or 0 for other gzip.

    Args:
        header: The first 18 bytes of a gzip member.
    """
    if not header.startswith(GZIP_START) or not header[3] & 4 or header[10:16] != b"\x06\x00BC\x02\x00":
        return 0
    return int.from_bytes(header[16:18], "little") + 1
