"""Regions as people write them: `chr1:46-61`, 1-based and with both ends, as in samtools.

In the program a region is 0-based and half-open, as every slice is; only its text counts from 1.

Source: the region syntax of `samtools faidx`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import RegionError

if TYPE_CHECKING:
    from .sequences import Record, Sequences

__all__ = ["Region", "parse_region", "resolve_region", "what_was_cut"]

_NUMBER: Final = r"[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5}"
_RANGE: Final = re.compile(rf"({_NUMBER})(?:\s*[-–]\s*({_NUMBER})?)?")
_LIKE_RANGE: Final = re.compile(r"[0-9,.\s–-]+")


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a record; `str()` of it is the samtools form.

    Raises:
        RegionError: It starts before the record or ends before it starts.
    """

    name: str
    """The record's name."""
    start: int = 0
    """The first letter, 0-based."""
    stop: int | None = None
    """One past the last letter; None for the record's end."""

    def __post_init__(self) -> None:
        if self.start < 0:
            raise RegionError(
                f"'{self}' starts before the record", remedy=f"positions count from 1, such as {self.name}:1-60"
            )
        if self.stop is not None and self.stop <= self.start:
            raise RegionError(
                f"'{self}' ends before it starts",
                remedy=f"write the smaller number first, such as {self.name}:1-60",
            )

    def __str__(self) -> str:
        if self.stop is not None:
            return f"{self.name}:{self.start + 1}-{self.stop}"
        return f"{self.name}:{self.start + 1}" if self.start else self.name


def parse_region(text: str) -> Region:
    """Read a region's text: `chr1`, `chr1:46` (from there to the end), `chr1:46-61`, `chr1:1,000-2,000`.

    What follows the last colon is taken for the range if it is one; where a record's name has colons itself,
    `resolve_region` knows better.

    Args:
        text: The region in samtools form, 1-based, both ends included.

    Returns:
        The region, 0-based and half-open.

    Raises:
        RegionError: There is no name, or the range is none.
    """
    text = text.strip()
    name, colon, tail = text.rpartition(":")
    if not colon or not _LIKE_RANGE.fullmatch(tail):
        name, tail = text, ""
    if not name:
        raise RegionError(f"'{text}' names no record", remedy="write a region such as chr1:46-61")
    if not tail:
        return Region(name)
    found = _RANGE.fullmatch(tail)
    if not found:
        raise RegionError(f"'{tail}' is not a range", remedy=f"write a region such as {name}:46-61")
    first, last = (int(number.replace(",", "")) if number else None for number in found.groups())
    return Region(name, (first or 0) - 1, last)


def resolve_region(text: str, sequences: Sequences) -> tuple[Record, int, int]:
    """Find a region's record and its letters.

    The whole text is taken for a record's name first, so that a name with colons in it is found. A region that reaches
    past the record's end is cut off there, as samtools does; `what_was_cut` says so.

    Args:
        text: The region in samtools form, see `parse_region`.
        sequences: The records to choose from.

    Returns:
        The record, the first letter (0-based) and one past the last.

    Raises:
        NotFoundError: No record has this name; the message names those most like it.
        RegionError: The range is none, or begins past the record's end; the message says what the record has.
    """
    whole = text.strip()
    if whole in sequences:
        return sequences[whole], 0, sequences[whole].length
    region = parse_region(whole)
    record = sequences[region.name]
    if (region.start or region.stop is not None) and region.start >= record.length:
        has = f"the record is {Region(record.name, 0, record.length)}" if record.length else "it has no letters"
        raise RegionError(f"'{region}' is not in the record", where=sequences.source, remedy=has)
    return record, region.start, record.length if region.stop is None else min(region.stop, record.length)


def what_was_cut(text: str, sequences: Sequences) -> str:
    """Return what must be said of a region that reaches past its record's end, in one sentence, or nothing.

    Args:
        text: The region in samtools form, one that `resolve_region` finds.
        sequences: The records to choose from.
    """
    record, start, stop = resolve_region(text, sequences)
    asked = None if text.strip() in sequences else parse_region(text).stop
    if asked is None or asked <= stop:
        return ""
    return f"{Region(record.name, start, asked)} reaches past the record's end and is cut off at {stop}"
