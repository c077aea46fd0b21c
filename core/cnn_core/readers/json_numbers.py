"""Numbers in JSON: whole ones beyond 64 bits, which no format has, are floating-point ones, so that none overflows."""

from __future__ import annotations

from typing import Final

__all__ = ["whole_number"]

_BITS: Final = 64


def whole_number(text: str) -> int | float:
    """Return a whole number of JSON, for `json.loads(parse_int=…)`.

    Args:
        text: Its digits, and its sign.

    Raises:
        ValueError: It has many thousand digits.
    """
    found = int(text)
    return found if found.bit_length() <= _BITS else float(text)
