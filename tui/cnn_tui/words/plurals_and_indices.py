"""Numbers and indices within a sentence: plurals, ordinals, and `conv[0…7]`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

__all__ = ["counted", "index_range", "index_ranges", "ordinal", "verb"]


def index_range(start: int, stop: int) -> str:
    """Return a half-open interval as an index: `0…7`, or `7` for one."""
    return f"{start}" if stop - start == 1 else f"{start}…{stop - 1}"


def index_ranges(indices: Sequence[int]) -> str:
    """Return ascending indices as an index: `4…19`, or `0, 2 … 30` where they lie apart."""
    steps = {after - before for before, after in pairwise(indices)}
    if steps <= {1}:
        return index_range(indices[0], indices[-1] + 1)
    if len(indices) > 3 and len(steps) == 1:
        return f"{indices[0]}, {indices[1]} … {indices[-1]}"
    return ", ".join(_runs(indices))


def _runs(indices: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][1] == index:
            runs[-1][1] = index + 1
        else:
            runs.append([index, index + 1])
    return [index_range(start, stop) for start, stop in runs]


def counted(count: int, noun: str) -> str:
    """Return a number of things: `1 base`, `48,502 bases`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def verb(count: int, singular: str, plural: str) -> str:
    """Return the form of a word that goes with a number of things."""
    return singular if count == 1 else plural


def ordinal(place: int) -> str:
    """Return a place in a row, counted from 1: `1st`, `12th`, `22nd`."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
