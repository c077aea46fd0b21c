"""The comparison of a query with a set of motifs, for numba to compile: what `comparison` and `span_scores` do.

Scores, their medians, rounding and best offsets are the same to the last bit. Chances are added up in another order
than numpy's, and are the same but for rounding.

This module needs numba, and is imported by `work.compiling` alone. All that is compiled stands in this one file, since
numba looks at a function's own file when it decides whether the machine code that it has kept still holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.core.errors import NumbaError

__all__ = ["compile_loop"]

_BINS = 4096
_FEW = 24
_RANGE = 256
"""More steps than a column's scores have: 100 over the range of the score, on either side of the median."""
_SETTINGS = {"nogil": True, "boundscheck": False, "error_model": "numpy"}
"""Without `fastmath` no addition is moved or fused, so that each rounds as numpy's does."""


@njit(**_SETTINGS)
def _median(row: Any, spare: Any, counts: Any) -> Any:
    """Return the median of an even number of values, by ever narrower bins."""
    size, wanted = len(row), len(row) // 2
    for index in range(size):
        spare[index] = row[index]
    while True:
        low = high = spare[0]
        for index in range(size):
            low, high = min(low, spare[index]), max(high, spare[index])
        if low == high or size <= _FEW:
            break
        scale = (_BINS - 1) / (high - low)
        for index in range(_BINS):
            counts[index] = 0
        for index in range(size):
            counts[int((spare[index] - low) * scale)] += 1
        chosen = 0
        while wanted >= counts[chosen]:
            wanted -= counts[chosen]
            chosen += 1
        kept = 0
        for index in range(size):
            if int((spare[index] - low) * scale) == chosen:
                spare[kept] = spare[index]
                kept += 1
        size = kept
    for index in range(1, size):
        each, place = spare[index], index
        while place and spare[place - 1] > each:
            spare[place] = spare[place - 1]
            place -= 1
        spare[place] = each
    upper = spare[wanted]
    # The one before it: an equal one, or the largest of those that are less.
    less, below = 0, -np.inf
    for each in row:
        if each < upper:
            less += 1
            below = max(below, each)
    return ((below if less == len(row) // 2 else upper) + upper) / 2


@njit(**_SETTINGS)
def _square(each: Any) -> Any:
    return each * each


@njit(**_SETTINGS)
def _write_scores(columns: Any, query: Any, is_pearson: Any, scores: Any) -> Any:
    """Write the score of each query column with each of the set, less its median."""
    size = columns.shape[1]
    spare, counts = np.empty(size), np.empty(_BINS, np.int64)
    for column in range(len(query)):
        row = scores[column, :size]
        one, two, three, four = query[column, 0], query[column, 1], query[column, 2], query[column, 3]
        if is_pearson:
            for each in range(size):
                total = columns[0, each] * one + columns[1, each] * two
                row[each] = total + columns[2, each] * three + columns[3, each] * four
        else:
            for each in range(size):
                total = _square(columns[0, each] - one) + _square(columns[1, each] - two)
                row[each] = -np.sqrt(total + _square(columns[2, each] - three) + _square(columns[3, each] - four))
        median = _median(row, spare, counts)
        for each in range(size):
            row[each] -= median


@njit(**_SETTINGS)
def _write_best(steps: Any, lengths: Any, best: Any, places: Any) -> Any:
    """Write the best score of each target on each strand, and its place among all offsets, see `comparison`."""
    width = len(steps)
    count, first, before = len(lengths), 0, 0
    longest = 0
    for length in lengths:
        longest = max(longest, length)
    sums = np.empty(width + longest, np.int32)
    for target in range(2 * count):
        length = lengths[target % count]
        for index in range(length + width - 1):
            sums[index] = 0
        # A column of the target at `place` lies under the query's at `column` for the offset `place - column`.
        for column in range(width):
            row, moved = steps[column, first : first + length], sums[width - 1 - column :]
            for place in range(length):
                moved[place] += row[place]
        highest, widest, chosen = sums[0], -1, 0
        for index in range(length + width - 1):
            offset = index - (width - 1)
            overlap = min(offset + width, length) - max(offset, 0)
            if sums[index] > highest or (sums[index] == highest and overlap > widest):
                highest, widest, chosen = sums[index], overlap, index
        best[target], places[target] = highest, before + chosen
        first += length
        before += length + width - 1


@njit(**_SETTINGS)
def _write_sum(one: Any, size: Any, other: Any, few: Any, padded: Any) -> Any:
    """Write the distribution of the sum of two scores, given their chances, over that of the first."""
    total = size + few - 1
    for index in range(few - 1):
        padded[index] = padded[total + index] = 0
    for index in range(size):
        padded[few - 1 + index] = one[index]
    for index in range(total):
        one[index] = 0
    index = 0
    while index + 4 <= few:
        a, b, c, d = other[index], other[index + 1], other[index + 2], other[index + 3]
        moved = padded[few - 4 - index :]
        for place in range(total):
            one[place] += a * moved[place + 3] + b * moved[place + 2] + c * moved[place + 1] + d * moved[place]
        index += 4
    while index < few:
        moved = padded[few - 1 - index :]
        for place in range(total):
            one[place] += other[index] * moved[place]
        index += 1
    return total


@njit(**_SETTINGS)
def _add_reached(chances: Any, size: Any, lowest: Any, first: Any, either: Any) -> Any:
    """Let chances to reach numbers from `first` up be those to reach them by this score too."""
    reached, top = 0.0, len(either)
    for index in range(size - 1, -1, -1):
        place = lowest + index - first
        reached += chances[index]
        if place < 0:
            return
        if place < top:
            either[place] += min(reached, 1.0) * (1 - either[place])
    for place in range(min(lowest - first, top)):
        either[place] = 1


@njit(**_SETTINGS)
def _write_chances(steps: Any, lengths: Any, scores: Any, out: Any) -> Any:
    """Write the chance that the best offset on a random target reaches a score, see `span_scores`."""
    width, size = steps.shape
    first = last = scores[0]
    for score in scores:
        first, last = min(first, score), max(last, score)
    count = last + 1 - first
    is_there = np.zeros(width, np.uint8)
    for length in lengths:
        if length < width:
            is_there[length] = 1
    lowest, sizes = np.empty(width, np.int64), np.empty(width, np.int64)
    columns, room, widest = np.zeros((width, _RANGE)), 0, 0
    for column in range(width):
        row, mine = steps[column], columns[column]
        low = high = np.int64(row[0])
        for each in row:
            low, high = min(low, np.int64(each)), max(high, np.int64(each))
        lowest[column], sizes[column] = low, high - low + 1
        room, widest = room + sizes[column], max(widest, sizes[column])
        for each in row:
            mine[each - low] += 1
        for index in range(sizes[column]):
            mine[index] /= size
    chances, padded = np.empty(room), np.empty(room + 2 * widest)
    edges, inner, whole = np.zeros((width, count)), np.zeros((width, count)), np.zeros(count)
    for start in range(width):
        # All of them from the first column on are prefixes or the whole, and those up to the last one are suffixes.
        most = width - start
        filled, low = sizes[start], lowest[start]
        for index in range(filled):
            chances[index] = columns[start, index]
        for length in range(1, most + 1):
            if length > 1:
                column = start + length - 1
                filled = _write_sum(chances, filled, columns[column], sizes[column], padded)
                low += lowest[column]
            if length == width:
                _add_reached(chances, filled, low, first, whole)
                continue
            if start == 0:
                _add_reached(chances, filled, low, first, edges[length])
            if start + length == width:
                _add_reached(chances, filled, low, first, edges[length])
            if is_there[length]:
                _add_reached(chances, filled, low, first, inner[length])
    for length in range(1, width):
        for place in range(count):
            edges[length, place] += edges[length - 1, place] * (1 - edges[length, place])
    for target in range(len(lengths)):
        length, place = lengths[target], scores[target] - first
        rest = inner[length, place] if length < width else -np.expm1((length - width + 1) * np.log1p(-whole[place]))
        edge = edges[min(length, width) - 1, place]
        out[target] = edge + rest * (1 - edge)


def compile_loop(*, keep: bool) -> Any:
    """Return the comparison of a query with a set of motifs.

    Args:
        keep: Whether the machine code is to be kept in a file for the next process.

    Returns:
        `comparison.CompiledComparison`.

    Raises:
        RuntimeError: The machine code is to be kept and there is no folder for it, or there can be none.
        OSError: The machine code cannot be written or read.
    """

    def compare(
        columns: Any,
        query: Any,
        is_pearson: Any,
        per_score: Any,
        lengths: Any,
        scores: Any,
        best: Any,
        places: Any,
        chances: Any,
    ) -> None:
        size, count = columns.shape[1], len(lengths)
        _write_scores(columns, query, is_pearson, scores)
        steps = np.empty((len(query), size), np.int16)
        for column in range(len(query)):
            for each in range(size):
                steps[column, each] = np.int16(np.rint(scores[column, each] * per_score))
        _write_best(steps, lengths, best, places)
        highest = np.empty(count, np.int64)
        for target in range(count):
            highest[target] = max(best[target], best[count + target])
        _write_chances(steps, lengths, highest, chances)

    numbers, whole = types.float64[:, ::1], types.int64[::1]
    given = numbers, numbers, types.boolean, types.float64, whole, numbers, whole, whole, types.float64[::1]
    try:
        return njit(types.void(*given), cache=keep, **_SETTINGS)(compare)
    except NumbaError as error:
        raise RuntimeError(str(error)) from error
