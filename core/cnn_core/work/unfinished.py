"""What lies on the disk only until something is done, and goes too where the program has to end at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

__all__ = ["remove_unfinished", "unfinished"]

_UNFINISHED: Final[set[Path]] = set()


@contextmanager
def unfinished(path: Path) -> Iterator[None]:
    """Note a file as unfinished, as long as what runs within has not moved or removed it.

    Args:
        path: Where it lies, or will lie.
    """
    _UNFINISHED.add(path)
    try:
        yield
    finally:
        _UNFINISHED.discard(path)


def remove_unfinished() -> None:
    """Remove all that is unfinished now, which no thread may need any more."""
    for path in tuple(_UNFINISHED):
        with suppress(OSError):
            path.unlink(missing_ok=True)
