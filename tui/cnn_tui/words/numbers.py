"""How numbers are written on screen: never cut, with a true minus sign, and never zero unless they are."""

from __future__ import annotations

import math

__all__ = ["fitted", "interval", "number", "signed"]

_SMALLEST_PLAIN = 0.001


def number(value: float) -> str:
    """Return a value with two significant digits at least and mostly four: `215.3`, `1.024`, `−0.900`, `0.0412`.

    Args:
        value: Any float; zero is `0`, and what lies below 0.001 or reaches a million is written with an exponent.
    """
    if not math.isfinite(value):
        return str(value).replace("-", "−").replace("inf", "∞")
    size = abs(value)
    if not size:
        return "0"
    if size < _SMALLEST_PLAIN or size >= 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    decimals = 4 if size < 0.1 else 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
    return _plain(value, decimals)


def signed(value: float) -> str:
    """Return a value with its sign in front, such as `+1.024` or `−0.900`."""
    text = number(value)
    return text if text.startswith("−") else f"+{text}"


def fitted(value: float, width: int) -> str | None:
    """Return a value as `number` writes it where it fits, without zeros at its end if need be, and otherwise None.

    It is never rounded further: 9.512 in a narrow place would read as 10.

    Args:
        value: Any float.
        width: Columns.
    """
    text = number(value)
    if len(text) > width and "." in text:
        mantissa, e, exponent = text.partition("e")
        spare = len(mantissa) - len(mantissa.rstrip("0"))
        text = mantissa[: len(mantissa) - min(spare, len(text) - width)].removesuffix(".") + e + exponent
    return text if len(text) <= width else None


def interval(start: int, stop: int) -> str:
    """Return a half-open interval as its first and last position, both included: `4–19`, or `7` for one.

    Args:
        start: The first position.
        stop: One past the last.
    """
    if stop - start < 1:
        return "none"
    return f"{start}" if stop - start == 1 else f"{start}–{stop - 1}"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")
