"""Numbers in files that are compared: rounded, so that the last bit of a sum is not taken for a change."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["DIGITS", "FINEST", "rounded", "same_number"]

DIGITS: Final = 5
"""Significant digits that are kept."""
FINEST: Final = 6
"""Decimals that are kept at most: what is nearer to zero than that is what a sum leaves over."""


def rounded(value: object) -> object:
    """Return plain JSON types with every float rounded; NaN and the infinities, which JSON has not, become words.

    Args:
        value: Anything that `json` could write, tuples included.
    """
    if isinstance(value, dict):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> float | str:
    if not math.isfinite(value):
        return str(value)
    short = round(float(f"{value:.{DIGITS}g}"), FINEST)
    # No sum is worth telling −0.0 from 0.0.
    return short or 0.0


def same_number(before: float, after: float) -> bool:
    """Tell whether two rounded numbers are the same but for the last digit, which may fall on either side.

    Args:
        before: A number of a baseline.
        after: The number now.
    """
    if before == after:
        return True
    size = max(abs(before), abs(after))
    unit = 10.0 ** (math.floor(math.log10(size)) - DIGITS + 1)
    return abs(before - after) <= 1.001 * max(unit, 10.0**-FINEST)
