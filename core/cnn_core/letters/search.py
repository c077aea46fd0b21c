"""Where letters occur: IUPAC patterns on one strand or both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..errors import SequenceError
from ..work.prefetch import prefetch
from ..work.progress import ShouldContinue, always_continue
from .alphabet import BASE_SET, encode, reverse_complement

__all__ = ["count_matches", "find", "matches", "strands"]

_NO_BASE = 0x10
"""What padding becomes, which no letter of a pattern allows."""
_CHUNK = 1 << 18
"""Places that are searched together: intermediate results stay in the cache."""
_FIRST_LOOK = 8
_LOOK_EVERY = 4
"""After how many letters it is first checked whether any place is left, and then after how many more."""


def matches(codes: NDArray[np.uint8], pattern: str) -> NDArray[np.bool_]:
    """Return where a pattern occurs, on either strand.

    Args:
        codes: Codes, shape (length,).
        pattern: IUPAC letters; a letter of the sequence matches where the pattern allows all that it may be.

    Returns:
        One boolean for each place the pattern could begin at, shape (length − letters + 1,), or empty.

    Raises:
        SequenceError: The pattern holds another letter.
    """
    wanted = encode(pattern) & np.uint8(BASE_SET)
    mirrored = reverse_complement(wanted)
    sets = _base_sets(codes)
    found = _matches(sets, wanted)
    if not (mirrored == wanted).all():
        found |= _matches(sets, mirrored)
    return found


def strands(codes: NDArray[np.uint8], pattern: str) -> str:
    """Return on which strands a pattern occurs at a place: `+`, `−`, `+ and −`, or nothing.

    Args:
        codes: The codes there, as many as the pattern has letters.
        pattern: IUPAC letters.

    Raises:
        SequenceError: The pattern holds another letter.
    """
    wanted = encode(pattern) & np.uint8(BASE_SET)
    ways = {"+": wanted, "−": reverse_complement(wanted)}
    sets = _base_sets(codes)
    return " and ".join(strand for strand, letters in ways.items() if _matches(sets, letters).any())


def _base_sets(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return which bases each letter may be, and `_NO_BASE` for padding."""
    sets = codes & np.uint8(BASE_SET)
    if len(sets) and not sets.min():
        sets[sets == 0] = _NO_BASE
    return sets


def _matches(sets: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where every letter is allowed, collecting letter by letter what a place has that is not."""
    count = len(sets) - len(wanted) + 1
    if count <= 0 or not len(wanted):
        return np.zeros(0, dtype=np.bool_)
    amiss = np.zeros(count, dtype=np.uint8)
    here = np.empty_like(amiss)
    # The least permissive come first, so that soon no place is left.
    allowed = np.unpackbits(wanted[:, None], axis=1).sum(axis=1)
    for nth, place in enumerate(np.argsort(allowed, kind="stable").tolist(), 1):
        np.bitwise_and(sets[place : place + count], ~wanted[place], out=here)
        np.bitwise_or(amiss, here, out=amiss)
        if nth >= _FIRST_LOOK and nth % _LOOK_EVERY == 0 and amiss.min():
            break
    found: NDArray[np.bool_] = amiss == 0
    return found


def find(
    read: Callable[[int, int], NDArray[np.uint8]],
    length: int,
    pattern: str,
    start: int,
    *,
    backwards: bool = False,
    should_continue: ShouldContinue = always_continue,
) -> int | None:
    """Return the next place where a pattern occurs, on either strand, wrapping round at the end.

    Args:
        read: Half-open positions → codes.
        length: How many positions there are.
        pattern: IUPAC letters.
        start: The first place that counts, or the last where the search goes backwards; beyond the ends it wraps round.
        backwards: Whether to search towards the beginning.
        should_continue: Asked between chunks; the first no ends the search.

    Returns:
        The position of its first letter, or None where it occurs nowhere.

    Raises:
        SequenceError: The pattern is empty or holds another letter.
    """
    if not pattern:
        raise SequenceError("there is nothing to search for", remedy="give letters such as TATAWA")
    width = len(pattern)
    places = length - width + 1
    if places <= 0:
        return None
    if not 0 <= start < places:
        start = places - 1 if backwards else 0
    from_start = [(low, min(low + _CHUNK, places)) for low in range(start, places, _CHUNK)]
    round_again = [(low, min(low + _CHUNK, start)) for low in range(0, start, _CHUNK)]
    stretches = from_start + round_again
    if backwards:
        before = [(max(0, high - _CHUNK), high) for high in range(start + 1, 0, -_CHUNK)]
        after = [(max(start + 1, high - _CHUNK), high) for high in range(places, start + 1, -_CHUNK)]
        stretches = before + after

    def look(stretch: tuple[int, int]) -> int | None:
        low, high = stretch
        found = matches(read(low, high + width - 1), pattern)
        if not found.any():
            return None
        return high - 1 - int(found[::-1].argmax()) if backwards else low + int(found.argmax())

    looks = prefetch(look, stretches, should_continue=should_continue)
    return next((place for place in looks if place is not None), None)


def count_matches(
    read: Callable[[int, int], NDArray[np.uint8]],
    length: int,
    pattern: str,
    place: int,
    *,
    should_continue: ShouldContinue = always_continue,
) -> tuple[int, int] | None:
    """Return how often a pattern occurs, on either strand, and which of these occurrences begins at a place.

    Args:
        read: Half-open positions → codes.
        length: How many positions there are.
        pattern: IUPAC letters, at least one.
        place: Where an occurrence begins.
        should_continue: Asked between chunks; the first no ends the count.

    Returns:
        The occurrences, and the number of that one among them, from 1; None where it was ended.

    Raises:
        SequenceError: The pattern holds another letter.
    """
    width, places = len(pattern), length - len(pattern) + 1
    stretches = [(low, min(low + _CHUNK, places)) for low in range(0, places, _CHUNK)]

    def look(stretch: tuple[int, int]) -> tuple[int, int]:
        low, high = stretch
        found = matches(read(low, high + width - 1), pattern)
        return int(found.sum()), int(found[: max(0, place + 1 - low)].sum())

    counted = [*prefetch(look, stretches, should_continue=should_continue)]
    if len(counted) < len(stretches):
        return None
    return sum(whole for whole, _ in counted), sum(before for _, before in counted)
