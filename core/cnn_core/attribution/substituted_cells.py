"""Max pools over a convolution of the letters behind substitutions, computed where these can change a cell at all.

Most responses of trained filters lie too low for any letter to lift them past what the cell holds anyway.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..layers import Array, Edited, Spans, activation_function
from ..layers.edited import rows_of
from ..letters.alphabet import BASE_SET
from ..network.letter_pools import LetterPool

__all__ = ["substituted_cells"]

_TIMES_AS_LONG: Final = 10
"""How many times as long a response behind one letter takes here as where all of them are computed."""
_PER_PART: Final = 1 << 18
"""As many responses as are computed in the time that it takes to begin with edits that lie alike in their windows."""


def substituted_cells(
    pool: LetterPool,
    cells: Array,
    responses: Array,
    codes: NDArray[np.uint8],
    spans: Spans,
    bases: NDArray[np.int64],
    letters: NDArray[np.uint8],
) -> Edited | None:
    """Return what substitutions make of a pool's cells.

    Args:
        pool: The pool and what it reads.
        cells: Its cells without them, shape (cells, filters).
        responses: The convolution's without them, shape (windows, filters).
        codes: The letters without them, shape (length,).
        spans: The cells that are asked for.
        bases: The base that each substitutes, shape (edits,).
        letters: The letters that come there, shape (edits,).

    Returns:
        None where one is given twice, where responses are not to be corrected, see `LetterConvolution.cancels`, or
            where so much can change that all is computed sooner.
    """
    conv, sliding, tables = pool.conv, pool.pool, pool.letters.tables
    function, filters = pool.function or activation_function("linear"), tables.shape[2]
    start, stop = max(0, int(spans.first.min())), min(len(cells), int(spans.stop.max()))
    room = len(spans) * spans.width
    if spans.step > 1 or not 0 < stop - start <= room or pool.letters.cancels:
        return None
    kinds, kind = np.unique(letters, return_inverse=True)
    edit_at = np.full((int(bases.max() - bases.min()) + 1, len(kinds)), -1)
    edit_at[bases - bases.min(), kind] = np.arange(len(bases))
    if np.count_nonzero(edit_at >= 0) < len(bases):
        return None

    def under(values: Array) -> Array:
        """Return what lies under each tap of the pool windows, shape (taps, cells, filters)."""
        return sliding_window_view(values, sliding.size, axis=0)[:: sliding.stride].transpose(2, 0, 1)

    read = responses[start * sliding.stride : (stop - 1) * sliding.stride + sliding.size]
    swing = (tables.max(axis=1) - tables.min(axis=1)).max(axis=0)
    # No substitution brings a cell below the least, and no response that stays at or below it matters.
    least = under(function(read - swing)).max(axis=0)
    matters = np.greater(under(function(read + swing)), least, order="C")
    tap, cell, filter_index = np.unravel_index(np.flatnonzero(matters), matters.shape)
    reach = (sliding.size - 1) * conv.stride + conv.span
    all_of_them = room * sliding.size * filters + _PER_PART * sliding.stride * conv.stride
    if len(cell) * reach * len(kinds) * _TIMES_AS_LONG > all_of_them:
        return None
    first_base = np.arange(start, stop) * sliding.stride * conv.stride - conv.pads(len(codes))[0]
    unedited = read[cell * sliding.stride + tap, filter_index]
    behind = _behind(pool, unedited, tap, filter_index, first_base[cell], codes, kinds)
    largest, mine = _largest(behind, cell * filters + filter_index)
    cell, filter_index = cell[mine], filter_index[mine]
    # The largest that is known to give no more than the least: what stays below changes nothing.
    silent = np.where(under(function(read)) <= least, under(read), -np.inf)
    silent = np.maximum(silent, np.where(matters, -np.inf, under(read + swing))).max(axis=0)
    floor, selected = silent[cell, filter_index], under(read).max(axis=0)
    np.maximum(largest, floor[:, None, None], out=largest)
    before = np.maximum(selected[cell, filter_index], floor)
    # Where each edit's stand among the values, or −1.
    base = first_base[:, None] + np.arange(reach) - bases.min()
    edit = np.where(((base < 0) | (base >= len(edit_at)))[..., None], -1, edit_at.take(base, axis=0, mode="clip"))
    row = np.arange(start, stop)[:, None, None] - spans.first[edit]
    asked = (edit >= 0) & (row >= 0) & (row < spans.width)
    place = np.where(asked, row * len(spans) + edit, -1)[cell]
    changed = np.flatnonzero((largest != before[:, None, None]) & (place >= 0))
    values = rows_of(selected, spans.moved(-start)).reshape(-1, filters)
    its_filter = filter_index[changed // (reach * len(kinds))]
    values[place.reshape(-1)[changed], its_filter] = largest.reshape(-1)[changed]
    return Edited(cells, spans, function(values).reshape(spans.width, len(spans), filters))


def _behind(
    pool: LetterPool,
    unedited: Array,
    tap: NDArray[np.int64],
    filter_index: NDArray[np.int64],
    first_base: NDArray[np.int64],
    codes: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
) -> Array:
    """Return what responses become wherever one letter comes.

    Args:
        pool: The pool.
        unedited: The responses without it, shape (responses,).
        tap: Under which tap of the pool window each lies, ascending.
        filter_index: Of which filter each is.
        first_base: The first base under the pool window of each.
        codes: The letters without it.
        kinds: Which letters come.

    Returns:
        By how far behind the first base which letter comes, shape (responses, bases, letters).
    """
    conv, sliding, tables = pool.conv, pool.pool, pool.letters.tables
    along = np.arange(len(tables))
    read = (first_base + tap * conv.stride)[:, None] + along * conv.dilation
    # In the padding no letter comes.
    own = codes.take(read, mode="clip") & BASE_SET
    added = np.ascontiguousarray(tables[:, kinds & BASE_SET].transpose(2, 0, 1))[filter_index]
    added += (unedited[:, None] - tables[along, own, filter_index[:, None]])[..., None]
    reach = (sliding.size - 1) * conv.stride + conv.span
    behind = np.repeat(unedited, reach * len(kinds)).reshape(-1, reach, len(kinds))
    ends = np.searchsorted(tap, np.arange(sliding.size + 1)).tolist()
    for offset, (begin, end) in enumerate(pairwise(ends)):
        first = offset * conv.stride
        behind[begin:end, first : first + conv.span : conv.dilation] = added[begin:end]
    return behind


def _largest(values: Array, groups: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Return the largest values of each group, and one of its members."""
    order = np.argsort(groups, kind="stable")
    begins = np.flatnonzero(np.diff(groups[order], prepend=-1))
    members, first = np.diff(begins, append=len(order)), order[begins]
    largest = values[first]
    for further in range(1, int(members.max(initial=1))):
        several = np.flatnonzero(members > further)
        largest[several] = np.maximum(largest[several], values[order[begins[several] + further]])
    return largest, first
