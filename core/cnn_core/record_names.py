"""A name of its own for every record: one that has an earlier record's is called by it and a number, as `chr1#2`.

The rule needs no look ahead, so that a stream gives the same names as a file that is read by slice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import printable, shorten

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["RecordNames"]

_LISTED: Final = 3


class RecordNames:
    """The names that were given to records because an earlier record has theirs.

    Args:
        source: The file's name for people.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._numbers: dict[str, int] = {}
        self._first: list[str] = []
        self._given = 0

    def instead_of(self, name: str, taken: Container[str]) -> str:
        """Return what a record is called: by its name, or, where an earlier one is called so, also by a number.

        Args:
            name: The name in its header.
            taken: What the earlier records are called.
        """
        if name not in taken:
            return name
        number = self._numbers.get(name, 2)
        while (own := f"{name}#{number}") in taken:
            number += 1
        self._numbers[name] = number + 1
        self._given += 1
        if len(self._first) < _LISTED:
            self._first.append(printable(shorten(own)))
        return own

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must be said of it, in full sentences."""
        if not self._given:
            return ()
        listed = ", ".join(self._first)
        if self._given == 1:
            return (f"{self.source}: 1 record has the name of an earlier one and is called {listed}",)
        more = ", …" if self._given > _LISTED else ""
        return (
            f"{self.source}: {self._given:,} records have the name of an earlier one and are called {listed}{more}",
        )
