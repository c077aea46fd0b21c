"""JSON in an archive, bounded before it is parsed, and the small questions that are asked of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from ..archive import Archive
from ..json_numbers import whole_number

__all__ = ["LONGEST_JSON", "MOST_PARTS", "Json", "inside", "ints_of", "items", "read_json", "text"]

Json = dict[str, Any]
"""A JSON object."""
LONGEST_JSON: Final = 1 << 25
"""Bytes that a part of the archive may have which is JSON."""
MOST_PARTS: Final = 600_000
"""Lists and objects that it may hold."""
_LARGEST: Final = 1 << 63
_AGAIN: Final = "save the program again: torch.export.save(program, 'model.pt2')"


def read_json(archive: Archive, name: str) -> Json:
    """Return a member of an archive that is a JSON object.

    Args:
        archive: The archive.
        name: The member.

    Raises:
        ModelError: It is not a JSON object, or is too long or too deep.
    """
    data = archive.read(name, LONGEST_JSON)
    if data.count(b"{") + data.count(b"[") > MOST_PARTS:
        raise archive.fault(f"holds more than {MOST_PARTS:,} lists and objects", "give a smaller model", name)
    try:
        found = json.loads(data, parse_int=whole_number)
    except (ValueError, RecursionError):
        raise archive.fault("is damaged", "copy or download it again", name) from None
    if not isinstance(found, dict):
        raise archive.fault("is not what torch.export writes", _AGAIN, name)
    return found


def ints_of(value: object) -> list[int] | None:
    """Return whole numbers from 0 as the schema writes them, `{"as_int": 3}`; None where they are something else."""
    if not isinstance(value, list):
        return None
    found = [each.get("as_int") if isinstance(each, dict) else each for each in value]
    if not all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < _LARGEST for each in found):
        return None
    return [int(each) for each in found if each is not None]


def items(part: object, key: str) -> Sequence[Any]:
    """Return the list under a key of a JSON object, or an empty one where no list stands there."""
    found = part.get(key) if isinstance(part, dict) else None
    return found if isinstance(found, list) else ()


def inside(part: object, *keys: str) -> Json:
    """Return the object that nested keys lead to, or an empty one where they lead to no object."""
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    return part if isinstance(part, dict) else {}


def text(part: object, key: str) -> str:
    """Return the text under a key of a JSON object, or an empty one where no text stands there."""
    found = part.get(key) if isinstance(part, dict) else None
    return found if isinstance(found, str) else ""
