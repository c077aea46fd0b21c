"""What comes near to a path at which there is nothing."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

__all__ = ["nearest_file"]


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
