"""What is said of hits along the letters: how many there are, how many chance gives, and what one is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from cnn_core.errors import printable

from .numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnn_core.scan.hits import Hit

__all__ = ["by_chance", "count_of_hits", "explain_hit", "no_hit_here"]

_KEY: Final = "▶ on the strand that is read, ◀ on the other"
_ONE_STRAND: Final = "on the strand that is read"
_WITH_P: Final = 9
"""Columns of a count beside which there is room for the largest p."""


def count_of_hits(count: int, *, by_p: bool) -> str:
    """Return how many hits there are, and by which p, for the gutter.

    Args:
        count: How many.
        by_p: Whether they are those of p ≤ 1e−4.
    """
    words = f"{count:,} hit{'' if count == 1 else 's'}"
    return f"{words} p≤1e−4" if by_p and len(words) < _WITH_P else words


def by_chance(expected: float) -> str:
    """Return how many hits chance gives at most, rounded up.

    Args:
        expected: How many windows of random letters would be hits.
    """
    if not expected:
        return "by chance 0"
    decimals = 2 if expected < 1 else 1 if expected < 10 else 0
    return f"by chance ≤{math.ceil(expected * 10**decimals) / 10**decimals:.{decimals}f}"


def explain_hit(hit: Hit, name: str, p: float | None) -> str:
    """Return the filter of a hit, its strand, its p-value or its value, and its place.

    Args:
        hit: The hit.
        name: What its filter is called, or nothing.
        p: Its p-value, or None where there is none.
    """
    called = f"filter {hit.filter}" + (f" {name}" if name else "")
    amount = f"p = {number(p)}" if p is not None else f"value {number(hit.value)}"
    return f"{called}, strand {hit.strand}, {amount} at {printable(hit.region)}"


def no_hit_here(count: int, *, by_p: bool, both_strands: bool) -> Sequence[str]:
    """Return what is said where no hit is under the cursor, the longest first.

    Args:
        count: How many hits there are elsewhere.
        by_p: Whether they are those of p ≤ 1e−4.
        both_strands: Whether they are of both strands.
    """
    key = _KEY if both_strands else _ONE_STRAND
    if not by_p:
        least = "cells above half of their filter's best match: no p-values"
        return [f"{least}; {key}", least, key]
    if not count:
        return ["no filter has a hit here"]
    return [f"no hit under the cursor; {key}; a colour a filter", f"no hit under the cursor; {key}", key]
