"""The beginning of a file, in the forms in which formats look at it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from ..errors import ModelError
from .archive import Archive

__all__ = ["Head"]

_TEXT: Final = 1 << 16
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")


class Head:
    """The parts of a file's content that identify its format, each computed when a format first asks for it.

    Attributes:
        data: The file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        """Take a file's bytes."""
        self.data = data

    @property
    def is_zip(self) -> bool:
        """Whether it begins as a zip archive does."""
        return self.data.startswith(_ZIPS)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The names in a zip archive; empty if it is damaged, or not an archive."""
        if not self.is_zip:
            return ()
        try:
            return tuple(Archive(self.data, "").names)
        except ModelError:
            return ()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The first lines of a text, without the blanks around them; empty if it is not text."""
        start = self.data[:_TEXT]
        if self.is_zip or _BINARY.search(start):
            return ()
        return tuple(line.strip() for line in start.decode("utf-8-sig", "replace").splitlines())

    @cached_property
    def first_lines(self) -> tuple[str, str, str]:
        """The first three lines that are neither empty nor comments; empty where there are fewer."""
        first, second, third, *_ = [
            *(line for line in self.lines if line and not line.startswith("#")),
            *("", "", ""),
        ]
        return first, second, third

    @property
    def is_markup(self) -> bool:
        """Whether it is HTML or XML; pages of MEME Suite contain motifs as text."""
        return self.first_lines[0].startswith("<")
