"""How one state of a file differs from another: while it is open, and when an index of it is used again."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import BinaryIO, Final, NamedTuple

from ..errors import SequenceError

__all__ = ["FileState", "changed", "closed", "identity", "unreadable"]

_STRETCH: Final = 1 << 14
_STRETCHES: Final = 32
"""How many are read of a file, evenly spread from its first byte to its last; a smaller one is read whole."""


class FileState(NamedTuple):
    """What must not change in a file while it is open."""

    size: int
    """In bytes."""
    mtime_ns: int
    """When it was last written."""
    inode: int
    """Which file it is: another one may have come to its name."""
    device: int
    """Where that file is."""

    @classmethod
    def of(cls, file: BinaryIO) -> FileState:
        """Return the state of an open file."""
        status = os.fstat(file.fileno())
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)


def identity(file: BinaryIO) -> str:
    """Return one word for a file and its content, by which another process recognises it.

    Another content can have the same size and time of writing: tools that copy or unpack set the time. Nothing sets the
    time of the last change of any kind, and a file that is replaced has another inode; where neither says enough, as
    on a file system of coarse times, the bytes themselves are compared.

    Args:
        file: The file; its position does not change.
    """
    status = os.fstat(file.fileno())
    position = file.tell()
    digest = blake2b(digest_size=16)
    last = max(0, status.st_size - _STRETCH)
    for start in sorted({last * nth // (_STRETCHES - 1) for nth in range(_STRETCHES)}):
        file.seek(start)
        digest.update(file.read(_STRETCH))
    file.seek(position)
    parts = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, digest.hexdigest()
    return ":".join(map(str, parts))


def changed(source: str) -> SequenceError:
    """Return the error of a file that has changed."""
    return SequenceError("the file has changed while it was open", where=source, remedy="open it again")


def unreadable(source: str, error: OSError) -> SequenceError:
    """Return the error of a read that the system refuses."""
    return SequenceError(f"it cannot be read ({error.strerror or error})", where=source)


def closed(source: str) -> SequenceError:
    """Return the error of a read after `close`."""
    return SequenceError("it has been closed", where=source, remedy="open it again")
