"""A name of its own for every record: one with the name of an earlier record also gets a number, as `chr1#2`.

The rule never looks ahead, so that a stream gives the same names as a file that is read by slice.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from ..errors import SequenceError, printable, shorten

if TYPE_CHECKING:
    from collections.abc import Container

    from .record_table import RecordTable

__all__ = ["MOST_REPEATED", "GivenNames", "RecordNames"]

MOST_REPEATED: Final = 100_000
"""The most records that are renamed: a file of a few kilobytes can unpack to millions of the same name."""
_LISTED: Final = 3


class RecordNames:
    """The names given to records whose own name an earlier record has.

    Args:
        source: The file's name for people.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._numbers: dict[str, int] = {}
        self._first: list[str] = []
        self._given = 0

    def instead_of(self, name: str, taken: Container[str]) -> str:
        """Return what a record is called: its name, with a number where an earlier record has that name.

        Args:
            name: The name in its header.
            taken: The names of the earlier records.

        Raises:
            SequenceError: Too many records have the name of an earlier one.
        """
        if name not in self._numbers and name not in taken:
            return name
        if self._given == MOST_REPEATED:
            raise SequenceError(
                f"more than {MOST_REPEATED:,} records have the name of an earlier one",
                where=self.source,
                remedy="give every record a name of its own",
            )
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
        """What must be said about it, in full sentences."""
        if not self._given:
            return ()
        listed = ", ".join(self._first)
        if self._given == 1:
            return (f"{self.source}: 1 record has the name of an earlier one and is called {listed}",)
        more = ", …" if self._given > _LISTED else ""
        return (
            f"{self.source}: {self._given:,} records have the name of an earlier one and are called {listed}{more}",
        )


class GivenNames(RecordNames):
    """The names of the records of a table: those in their headers, with a number where they repeat.

    Args:
        source: The file's name for people.
        records: The records.

    Raises:
        SequenceError: Too many have the name of an earlier one.
    """

    def __init__(self, source: str, records: RecordTable) -> None:
        super().__init__(source)
        self._records = records
        self._own: dict[int, str] = {}
        self._own_numbers: dict[str, int] = {}
        # A later record may have such a name in its header, and then needs a number itself.
        waiting = records.repeated()
        while waiting:
            number = heappop(waiting)
            if number in self._own:
                continue
            own = self.instead_of(records.name(number), _Earlier(records, number, self._own_numbers))
            self._own[number] = own
            self._own_numbers[own] = number
            later = records.first_named(own)
            if later is not None and later > number:
                heappush(waiting, later)

    def get(self, number: int, name: str) -> str:
        """Return what a record is called.

        Args:
            number: The record, 0-based.
            name: The name in its header.
        """
        return self._own.get(number, name)

    def number_of(self, name: str) -> int | None:
        """Return the record of a name, or None."""
        number = self._own_numbers.get(name)
        return self._records.first_named(name) if number is None else number


class _Earlier:
    """The names of the records before one."""

    def __init__(self, records: RecordTable, number: int, own: dict[str, int]) -> None:
        self._records = records
        self._number = number
        self._own = own

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if name in self._own:
            return True
        first = self._records.first_named(name)
        return first is not None and first < self._number
