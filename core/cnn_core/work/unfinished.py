"""Files that are on disk only while something is being done, and are removed where the program has to end at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

__all__ = ["remove_unfinished", "unfinished"]

_UNFINISHED: Final[set[Path]] = set()


@contextmanager
def unfinished(path: Path) -> Iterator[None]:
    """Note a file as unfinished until the block ends, by which time it has been moved or removed.

    Args:
        path: Where it is, or will be.
    """
    _UNFINISHED.add(path)
    try:
        yield
    finally:
        _UNFINISHED.discard(path)


def remove_unfinished() -> None:
    """Remove all unfinished files, which no thread may need any more."""
    for path in tuple(_UNFINISHED):
        with suppress(OSError):
            path.unlink(missing_ok=True)
