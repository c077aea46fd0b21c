"""The files beside some weights that may be their architecture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from .matching_architecture import Candidate, nearness

__all__ = ["MOST_TRIED", "architectures_beside"]

MOST_TRIED: Final = 32
"""Architectures that are tried, those of the nearest names."""

_ENDINGS: Final = (".json", ".yaml", ".yml")
_MOST_ENTRIES: Final = 20_000
_MOST_READ: Final = 200
_MOST_BYTES: Final = 1 << 24
# Each way of writing a model down has one of these words.
_MARKS: Final = (b"class_name", b"layers", b"input_config")


def architectures_beside(path: Path) -> list[Candidate]:
    """Return the configurations in a file's folder that may describe a model, the nearest names first.

    What cannot be read is passed over.

    Args:
        path: The file of weights.
    """
    found: list[Candidate] = []
    left = _MOST_BYTES
    for name in _names(path)[:_MOST_READ]:
        try:
            # A pipe or a device could be waited for without an end.
            if not path.with_name(name).is_file() or path.with_name(name).stat().st_size > left:
                continue
            data = path.with_name(name).read_bytes()
        except OSError:
            continue
        left -= len(data)
        if any(mark in data for mark in _MARKS):
            found.append(Candidate(name, data))
        if len(found) == MOST_TRIED:
            break
    return found


def _names(path: Path) -> list[str]:
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(_MOST_ENTRIES), strict=False)]
    except OSError:
        return []
    endings = [name for name in names if name.lower().endswith(_ENDINGS)]
    return sorted(endings, key=lambda name: (nearness(path.name, name), not name.lower().endswith(".json"), name))
