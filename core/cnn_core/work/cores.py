"""Work shared among the cores, as far as numpy computes without Python's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["cores", "share"]

Piece = TypeVar("Piece")

_MOST = 4
_LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def cores() -> int:
    """Return on how many cores work is shared: as many as numpy's products are allowed, and at most 4."""
    for name in _LIMITS:
        allowed = os.environ.get(name, "")
        if allowed.isdecimal() and int(allowed):
            return min(int(allowed), _MOST)
    return min(os.cpu_count() or 1, _MOST)


def share(compute: Callable[[Piece], None], pieces: Sequence[Piece]) -> None:
    """Have every piece computed, by the caller and by threads beside it; each takes the next one that is left.

    Where no other core is free, the caller computes them all. Once a piece has failed, no further one is begun, and
    nothing is computed any more when the error is raised.

    Args:
        compute: Computes a piece; several threads call it at once.
        pieces: The pieces.

    Raises:
        BaseException: Whatever a piece has raised; of several, the caller's own.
    """
    left = iter(pieces)

    def take() -> None:
        try:
            for piece in left:
                compute(piece)
        except BaseException:
            for _ in left:
                pass
            raise

    beside = min(cores(), len(pieces)) - 1
    others = [_threads(os.getpid()).submit(take) for _ in range(beside)]
    try:
        take()
    finally:
        failed = [other.exception() for other in others if not other.cancel()]
    for error in failed:
        if error is not None:
            raise error


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Return the threads of a process; one that was forked has none of its parent's."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_MOST - 1, thread_name_prefix="share")
