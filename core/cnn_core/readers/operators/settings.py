"""The settings of operators: numbers that stand for each dimension, and such that are not known before the input is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from .assembly import Unsupported

__all__ = ["Ends", "Ints", "each_of", "whole"]

Ints: TypeAlias = int | Sequence[int | None] | None
"""A whole number, or one for each dimension; None for one that depends on the input's length."""
Ends: TypeAlias = Ints | str | tuple[tuple[int, ...], tuple[int, ...]]
"""Padding: positions on either side, `valid`, `same`, or a pair of tuples, those before and those behind."""


def whole(value: object, what: str) -> int:
    """Return a setting that is a whole number.

    Args:
        value: The setting.
        what: What it is called.

    Raises:
        Unsupported: It is none, or depends on the input.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unsupported(f"its {what} depends on the input" if value is None else f"its {what} is no whole number")
    return value


def each_of(value: Ints, count: int, what: str) -> tuple[int, ...]:
    """Return a setting that is one whole number for each dimension, or one for all.

    Args:
        value: The setting.
        count: How many dimensions there are.
        what: What it is called.

    Raises:
        Unsupported: It has another length, or a number depends on the input.
    """
    given = [*value] if isinstance(value, Sequence) else [value]
    found = given * count if len(given) == 1 else given
    if len(found) != count:
        raise Unsupported(f"its {what} has {len(found)} numbers for {count} dimensions")
    return tuple(whole(each, what) for each in found)
