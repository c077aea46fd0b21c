"""The inner loop of a scan, compiled: what `scan` does by numpy's calls, in one pass over the letters.

numpy adds table rows piece after piece, each time reading and writing a tile of sums. Compiled, the rows of a window
are added at once, and threads need not wait for Python between two calls. The rows are added in the same order, so
that the numbers are the same to the last bit: nothing but the time tells which of the two has worked.

It takes numba, which the extra `fast` installs. Loading that takes longer than a screenful of letters is worth, so it
is loaded for long work alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .layers import Array
from .once import Once

__all__ = ["FEWEST_FILTERS", "LargestSums", "compile_for", "largest_sums"]

Positions = NDArray[np.intp]

LargestSums = Callable[[Array, Positions, Positions, Positions, tuple[int, int, int, int], Array, Array], None]
"""`_write_largest_sums`, compiled."""

FEWEST_FILTERS = 64
"""Rows of fewer filters are sooner added by numpy."""
_WORTH_IT = 1 << 32
"""Sums that take numpy longer than it takes to compile the loop, which is once, and far longer than to load it."""

_LOOP: Once[LargestSums | None] = Once()


def largest_sums() -> LargestSums | None:
    """Return the compiled loop where it is loaded."""
    return _LOOP.get(_compiled) if _LOOP.is_there else None


def compile_for(filters: int, windows: int) -> None:
    """Load the compiled loop where it is worth it and numba is installed.

    Args:
        filters: How many filters are scanned together.
        windows: How many windows each of them has.
    """
    if filters < FEWEST_FILTERS or filters * windows < _WORTH_IT:
        return
    _LOOP.get(_compiled)


def _compiled() -> LargestSums | None:
    """Return the compiled loop, or None where numba is not installed or does not go with this numpy."""
    try:
        from numba import njit
    except ImportError:
        return None
    # Without `fastmath` no addition is moved or fused, so that each rounds as numpy's does.
    settings = {"nogil": True, "boundscheck": False, "error_model": "numpy"}
    try:
        loop: LargestSums = njit(cache=True, **settings)(_write_largest_sums)
    except RuntimeError:
        # There is no folder that the machine code could be kept in.
        loop = njit(**settings)(_write_largest_sums)
    return loop


def _write_largest_sums(
    table: Array,
    shorter: Positions,
    longer: Positions,
    pieces: Positions,
    pool: tuple[int, int, int, int],
    bias: Array,
    out: Array,
) -> None:
    """Write the largest sums under pool windows and the bias, as far as there is room for them.

    Args:
        table: What every word of every piece adds, one piece's words after the other's, shape (words, filters).
        shorter: The code of the shorter word that begins at each base.
        longer: The same of the longer word.
        pieces: Of each piece its first row in the table, its distance in bases from the window's first, and whether
            it reads the longer word, shape (pieces, 3).
        pool: The first base, the windows under a pool window, the bases from one of those windows to the next, and
            from one pool window to the next.
        bias: What is added to each filter's largest sum, shape (filters,), or nothing, shape (0,).
        out: Room for the sums, shape (pool windows, filters).
    """
    first, size, stride, step = pool
    cells, filters = out.shape
    count = len(pieces)
    rows = np.empty(count, dtype=np.intp)
    sums = np.empty(filters, dtype=np.float32)
    for cell in range(cells):
        largest = out[cell]
        for tap in range(size):
            base = first + cell * step + tap * stride
            for piece in range(count):
                words = longer if pieces[piece, 2] else shorter
                rows[piece] = pieces[piece, 0] + words[base + pieces[piece, 1]]
            added = sums if tap else largest
            if count == 1:
                added[:] = table[rows[0]]
            elif count == 2:
                one, two = table[rows[0]], table[rows[1]]
                for index in range(filters):
                    added[index] = one[index] + two[index]
            else:
                one, two, three = table[rows[0]], table[rows[1]], table[rows[2]]
                for index in range(filters):
                    added[index] = (one[index] + two[index]) + three[index]
                for piece in range(3, count):
                    one = table[rows[piece]]
                    for index in range(filters):
                        added[index] += one[index]
            if tap:
                for index in range(filters):
                    value = sums[index]
                    # As numpy does: what is not a number stays in sight.
                    if value > largest[index] or value != value:
                        largest[index] = value
        for index in range(len(bias)):
            largest[index] += bias[index]
