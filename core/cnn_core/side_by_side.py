"""Pieces of one work done by several threads, of which the caller's is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["side_by_side"]


def side_by_side(work: Callable[[int], None], pieces: Sequence[int], threads: int) -> None:
    """Do every piece of a work, and return when all are done.

    Args:
        work: Does a piece.
        pieces: What it is called with, each once.
        threads: How many threads may work at once.

    Raises:
        Exception: Whatever a piece raised; other pieces may have been done.
    """
    threads = min(threads, len(pieces))

    def work_on(these: Sequence[int]) -> None:
        for piece in these:
            work(piece)

    if threads <= 1:
        work_on(pieces)
        return
    from concurrent.futures import ThreadPoolExecutor

    # New threads each time: a system gives them a core that is idle, where it may wake one that slept on its waker's.
    with ThreadPoolExecutor(threads - 1) as others:
        shares = [others.submit(work_on, pieces[first::threads]) for first in range(1, threads)]
        work_on(pieces[::threads])
    for share in shares:
        share.result()
