"""Zip archives, read with caution: nothing is unpacked to disk, and no size that an archive declares is trusted.

Members are unpacked piece by piece, no further than their declared size, and only where a model's weights could be
packed so well: see `unpacking`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, Final

from ..errors import ModelError
from .unpacking import most_unpacked

__all__ = ["LARGEST_MEMBER", "MOST_MEMBERS", "Archive"]

LARGEST_MEMBER: Final = 1 << 30
"""Bytes that one member may unpack to."""
MOST_MEMBERS: Final = 20_000
"""Members that an archive may list."""

_LISTED: Final = b"PK\x01\x02"
_COMPRESSIONS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1
_PIECE: Final = 1 << 20
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_AGAIN: Final = "copy or download it again"


class Archive:
    """The members of a zip archive that is held in memory.

    Args:
        data: The archive.
        source: The file's name, for error texts.

    Attributes:
        source: As given.
        names: The members' names, in the archive's order.

    Raises:
        ModelError: It is damaged, lists too many members, or lists one twice.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self._size = len(data)
        self._unpacked: dict[str, int] = {}
        # Counted before the list is built: each entry costs twenty times its bytes in memory.
        if data.count(_LISTED) > MOST_MEMBERS:
            raise self.fault(f"lists more than {MOST_MEMBERS:,} members", "give a model file of fewer")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE:
            raise self.fault("is a damaged zip archive", _AGAIN) from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in self._zip.infolist():
            if member.filename in self._members:
                raise self.fault(f"lists its member {member.filename} twice", "write the file again")
            self._members[member.filename] = member

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the archive's order."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a member of a name."""
        return name in self._members

    def size(self, name: str) -> int:
        """Return how many bytes a member unpacks to, as the archive declares.

        Args:
            name: One of `names`.
        """
        return self._members[name].file_size

    def read(self, name: str, largest: int = LARGEST_MEMBER) -> bytes:
        """Return a member's bytes, whose checksum was right.

        Args:
            name: A member's name.
            largest: Bytes that it may unpack to.

        Raises:
            ModelError: There is no such member; or it is too large, encrypted, packed in a way that we do not
                read or better than weights can be, or damaged. The message names it.
        """
        member = self._members.get(name)
        if member is None:
            raise self.fault("is not in the archive", _AGAIN, name)
        if member.file_size > largest:
            raise self.fault(f"would unpack to {member.file_size:,} bytes", f"the most is {largest:,}", name)
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _COMPRESSIONS:
            raise self.fault("is encrypted or packed in an unusual way", "members are stored or deflated", name)
        stored = member.compress_type == zipfile.ZIP_STORED
        if not stored:
            self._unpacked[name] = member.file_size
        most = member.compress_size if stored else most_unpacked(member.compress_size)
        if member.file_size > most or (stored and member.file_size < most):
            sizes = f"{member.file_size:,} bytes, which do not go with the {member.compress_size:,} that are stored"
            raise self.fault(f"declares {sizes}", _AGAIN, name)
        if sum(self._unpacked.values()) > most_unpacked(self._size):
            raise self.fault(f"its {self._size:,} bytes unpack to far more than a model's would", _AGAIN)
        try:
            with self._zip.open(member) as stream:
                data = stream.read() if stored else _unpacked(stream)
        except _DAMAGE:
            data = b""
        if len(data) != member.file_size:
            raise self.fault("is damaged", _AGAIN, name)
        return data

    def fault(self, what: str, remedy: str, name: str = "") -> ModelError:
        """Return an error about the archive, or about a member.

        Args:
            what: See `CnnError`.
            remedy: See `CnnError`.
            name: The member's name; empty for the archive.
        """
        return ModelError(what, where=f"{self.source}, member {name}" if name else self.source, remedy=remedy)


def _unpacked(stream: IO[bytes]) -> bytes:
    """Return the content of a stream, read piece by piece so that it is held only once."""
    whole = io.BytesIO()
    while piece := stream.read(_PIECE):
        whole.write(piece)
    return whole.getvalue()
