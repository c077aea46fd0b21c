"""Values as JSON that is read by people and compared line by line: short lists stay on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

__all__ = ["json_of"]

_WIDTH: Final = 100


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
