"""What comes near to a name or a path of which there is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from cnn_core.errors import NotFoundError

__all__ = ["nearest_file", "nearest_name", "no_such_file"]

_NEAR: Final = 0.7
"""How alike names are that are not files, from 0 to 1: there are few, and most are no other one mistyped."""


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None.

    Args:
        name: What was given.
        names: What there is, such as options; hyphens before them do not count.
    """
    bare = {each.lstrip("-"): each for each in names}
    given = name.lstrip("-")
    begun = [each for each in bare if len(given) > 1 and each.startswith(given)]
    close = begun if len(begun) == 1 else get_close_matches(given, bare, n=1, cutoff=_NEAR)
    return bare[close[0]] if close else None


def nearest_file(path: Path, otherwise: str) -> str:
    """Return what would be right instead of a path at which there is nothing.

    Args:
        path: The path.
        otherwise: What is said where no name in its folder comes near.
    """
    try:
        names = [entry.name for entry in path.parent.iterdir()] if path.name else []
    except OSError:
        return otherwise
    close = get_close_matches(path.name, names, n=1)
    return f"did you mean {path.with_name(close[0])}?" if close else otherwise


def no_such_file(name: str, otherwise: str, *, of: str = "") -> NotFoundError:
    """Return the error of a path at which there is nothing.

    Args:
        name: The path, as typed.
        otherwise: What would be right where no name in its folder comes near.
        of: What it would be a file of, such as ` of motifs`.
    """
    remedy = nearest_file(Path(name), otherwise)
    return NotFoundError(f"there is no such file{of}", where=name or "''", remedy=remedy)
