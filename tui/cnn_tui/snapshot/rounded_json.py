"""Values as JSON that is read by people and compared line by line.

Short lists stay on one line, and numbers are rounded, so that the last bit of a sum is not taken for a change.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Final

__all__ = ["DIGITS", "FINEST", "json_of", "rounded", "same_number"]

_WIDTH: Final = 100
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


def json_of(value: object) -> str:
    """Return plain JSON types as text, in the order they are in, with a line end behind the last line.

    Args:
        value: Dictionaries, lists, text, finite numbers, truth values and None.
    """
    return "".join(_pieces(value, "")) + "\n"


def _pieces(value: object, indent: str) -> Iterator[str]:
    deeper = f"{indent}  "
    if isinstance(value, dict) and value:
        yield "{\n"
        for nth, (name, item) in enumerate(value.items()):
            yield f"{',' * bool(nth)}{chr(10) * bool(nth)}{deeper}{_plain(name)}: "
            yield from _pieces(item, deeper)
        yield f"\n{indent}}}"
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield "[\n"
        for nth, item in enumerate(value):
            yield f"{',' * bool(nth)}{chr(10) * bool(nth)}{deeper}"
            yield from _pieces(item, deeper)
        yield f"\n{indent}]"
    elif isinstance(value, list):
        yield _row([_plain(item) for item in value], indent)
    else:
        yield _plain(value)


def _row(items: list[str], indent: str) -> str:
    """Return a list of plain values, on one line or filling several."""
    whole = f"[{', '.join(items)}]"
    if len(whole) + len(indent) <= _WIDTH:
        return whole
    deeper = f"{indent}  "
    lines = [""]
    for item in items:
        if lines[-1] and len(deeper) + len(lines[-1]) + len(item) > _WIDTH:
            lines.append("")
        lines[-1] += f"{item}, "
    return "[\n" + "\n".join(f"{deeper}{line.rstrip()}" for line in lines).rstrip(",") + f"\n{indent}]"


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
