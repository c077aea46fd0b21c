"""The inner loop of a scan, compiled: what `word_sums` does by numpy's calls, in one pass over the letters.

numpy adds table rows piece after piece, each time reading and writing a tile of sums. Compiled, the rows of a window
are added at once, a few filters at a time, and threads need not wait for Python between two calls. The rows are added
in the same order, so that the numbers are the same to the last bit: nothing but the time tells which of the two has
worked.

It takes numba, which the extra `fast` installs. Loading that takes longer than a screenful of letters is worth, so it
is loaded for long work only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..layers import Array
from ..work.compiling import compiled
from ..work.lazy_value import LazyValue

__all__ = ["LargestSums", "compile_for", "largest_sums"]

LargestSums = Callable[
    [
        Array,
        Array,
        NDArray[np.intp],
        NDArray[np.uint8],
        tuple[int, int],
        tuple[int, int],
        Array,
        np.float32,
        Array,
    ],
    None,
]
"""Writes the largest sums under pool windows, the bias added, and nothing below a floor.

It takes `words`, `taps` and `cut` of a `LineTables`; the letters from the first tap of the first window to the last of
the last; the convolution's stride and dilation; the size and the stride of the pool; the bias, shape
(filters,) or (0,) for none; the floor; and room for the values, shape (pool windows, filters).
"""

_WORTH_IT = 1 << 32
"""Sums that take numpy longer than it takes to compile the loop, which is once, and far longer than to load it."""
_EVERY_WINDOW = 6
"""What a window takes besides its sums, in sums."""

_LOOPS: dict[tuple[int, int], LazyValue[LargestSums | None]] = {}
"""By into how many pieces the kernel is cut, and how many filters are added up together."""


def largest_sums(pieces: int, lanes: int) -> LargestSums | None:
    """Return the compiled loop where it is loaded.

    Args:
        pieces: Into how many pieces the kernel is cut.
        lanes: How many filters a block of the tables has.
    """
    loop = _LOOPS.get((pieces, lanes))
    return loop.get(lambda: None) if loop is not None and loop.is_there else None


def compile_for(pieces: int, lanes: int, filters: int, windows: int) -> None:
    """Load the compiled loop where it is worth it and numba is installed.

    Args:
        pieces: Into how many pieces the kernel is cut.
        lanes: How many filters a block of the tables has.
        filters: How many filters are scanned together.
        windows: How many windows each of them has.
    """
    if (filters + _EVERY_WINDOW) * windows >= _WORTH_IT:
        _LOOPS.setdefault((pieces, lanes), LazyValue()).get(lambda: _compiled(pieces, lanes))


def _compiled(pieces: int, lanes: int) -> LargestSums | None:
    return compiled("sums over letters", "cnn_core.letter_sums.compiled_loop", pieces, lanes)
