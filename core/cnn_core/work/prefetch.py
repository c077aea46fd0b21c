"""Long work in pieces, which may be cancelled: threads compute the next ones while those before are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from .progress import ShouldContinue, always_continue

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["prefetch"]

_LARGEST_KEPT = (32 << 20) - (8 << 10)
"""Bytes, with some left for what the C library adds."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def prefetch(
    compute: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    threads: int = 1,
    *,
    should_continue: ShouldContinue = always_continue,
) -> Iterator[Result]:
    """Yield the result of each piece, in order.

    The threads live as long as the work: the system gives each a core, as it does not give threads that live for one
    piece.

    Args:
        compute: Computes a piece; several threads may call it at once.
        pieces: The pieces; at most two per thread are taken before their results are.
        threads: How many threads compute; 1 is the caller's own, which computes a result when it is asked for.
        should_continue: Asked before each piece; the first no ends the work, once what has begun is done.

    Raises:
        Exception: Whatever the first piece that failed has raised.
    """
    _keep_memory()
    pieces = takewhile(lambda _: should_continue(), pieces)
    if threads <= 1:
        yield from map(compute, pieces)
        return
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as others:
        try:
            for piece in pieces:
                waiting.append(others.submit(compute, piece))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()


@cache
def _keep_memory() -> None:
    """Have the C library keep freed memory; otherwise every result would be written to pages yet to be cleared.

    glibc keeps blocks up to the size of the largest one that was freed, and at most of 32 MiB (mallopt(3),
    M_MMAP_THRESHOLD); other libraries do as they do. No page of this block is touched.
    """
    np.empty(_LARGEST_KEPT, dtype=np.uint8)
