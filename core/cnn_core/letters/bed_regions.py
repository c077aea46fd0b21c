"""Regions of records from a BED file: the first three columns of every line.

Source of the format: UCSC Genome Browser, https://genome.ucsc.edu/FAQ/FAQformat.html#format1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from ..errors import RegionError, printable, shorten
from .text_source import TextSource

__all__ = ["BedRegion", "read_bed_regions"]

_IGNORED: Final = ("#", "track", "browser")
_LONGEST_LINE: Final = 1 << 20


class BedRegion(NamedTuple):
    """A region of a record, half-open and 0-based as in BED."""

    record: str
    start: int
    stop: int


class _BedSource(TextSource):
    example: ClassVar[tuple[str, str]] = ("regions.bed", "cat regions.bed")


def read_bed_regions(path: str | os.PathLike[str]) -> list[BedRegion]:
    """Return the regions of a BED file, plain or gzipped, in order.

    Columns are separated by tabs, or by blanks where a line has no tab. Lines that are empty, or that begin with
    `#`, `track` or `browser`, are passed over, and so is everything behind the third column.

    Args:
        path: The file, or `-` for standard input.

    Raises:
        SequenceError: The file cannot be read.
        RegionError: A line is not a region, or the file has no regions.
    """
    with _BedSource(path) as source:
        found = [
            _region(line, f"{source.source}, line {number}")
            for number, line in enumerate(_lines(source), 1)
            if line.strip() and not line.startswith(_IGNORED)
        ]
        if not found:
            raise RegionError(
                "holds no region", where=source.source, remedy="give a file of record, start and stop"
            )
    return found


def _lines(source: TextSource) -> Iterator[str]:
    for line, length in source.lines(_LONGEST_LINE):
        if length > _LONGEST_LINE:
            raise RegionError("a line is too long to be a region", where=source.source, remedy="give a BED file")
        yield line.decode("utf-8", "replace").rstrip("\r")


def _region(line: str, where: str) -> BedRegion:
    fields = line.split("\t") if "\t" in line else line.split()
    places = [int(field) for field in fields[1:3] if field.isascii() and field.isdigit() and len(field) < 16]
    if len(places) < 2 or not fields[0]:
        raise RegionError(
            f"'{shorten(printable(line))}' is no region",
            where=where,
            remedy="a line of BED has a record, its first base (from 0) and one past its last",
        )
    start, stop = places
    if start >= stop:
        raise RegionError(
            f"the region ends at {stop} before it begins at {start}", where=where, remedy="turn it round"
        )
    return BedRegion(fields[0], start, stop)
