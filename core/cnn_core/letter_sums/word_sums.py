"""The sums of a convolution on letters: every window's words look up rows of tables, and the rows are added.

A tile of windows at a time, numpy gathers the rows of one piece after the other and adds them, in buffers that stay in
the cache. For long work, and where numba is installed, a compiled loop does the same: see `compiled`. Windows that
hold anything but A, C, G and T are added up by their taps, piece by piece in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import local

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Sliding
from ..letters.alphabet import BASE_SET
from .word_tables import WordTables, aligned

__all__ = ["WordSums"]

_TILE_VALUES = 200 << 10
"""Sums that are added up at a time: as few calls of numpy as go with buffers that stay near a core, since threads
wait for each other at every call."""
_KEPT_VALUES = 1 << 18
"""Values of a buffer that is kept for the next time."""

_OTHER = 4
_DIGITS = bytes({1: 0, 2: 1, 4: 2, 8: 3}.get(code & BASE_SET, _OTHER) for code in range(256))
"""The digit of every letter in the code of a word: A, C, G and T are 0 to 3."""

Words = dict[int, NDArray[np.intp]]
"""The code of the word that begins at every base, by the number of its letters."""


class _Buffers(local):
    """Two buffers for every thread, as new ones would have to be asked of the system time and again."""

    def __init__(self) -> None:
        self._two = aligned((2, 0))

    def of(self, room: int) -> tuple[Array, Array]:
        """Return two buffers with room for that many values; unusually large ones are not kept."""
        if room <= self._two.shape[1]:
            return self._two[0], self._two[1]
        two = aligned((2, -(-room // 16) * 16))
        if room <= _KEPT_VALUES:
            self._two = two
        return two[0], two[1]


_BUFFERS = _Buffers()


class WordSums:
    """The sums of a stretch of letters that is short enough to keep its words in memory.

    Args:
        codes: The letters, padding included.
        tables: What they add.
        sliding: The convolution's window.
    """

    def __init__(self, codes: NDArray[np.uint8], tables: WordTables, sliding: Sliding) -> None:
        self._codes = codes
        self._tables = tables
        self._sliding = sliding
        digits = codes.tobytes().translate(_DIGITS)
        self._rare_before: NDArray[np.int64] | None = None
        if _OTHER in digits:
            rare = np.frombuffer(digits, dtype=np.uint8) == _OTHER
            self._codes, self._rare = codes & np.uint8(BASE_SET), rare
            self._rare_before = np.concatenate([[0], np.cumsum(rare)])
        words = self._word_codes(np.frombuffer(digits, dtype=np.uint8).astype(np.uint16))
        pieces = zip(tables.firsts, tables.sizes, strict=True)
        self._pieces = [words[size][first * sliding.dilation :] for first, size in pieces]

    def _word_codes(self, digits: NDArray[np.uint16]) -> Words:
        """Return the code of the word that begins at every base, for each length that a piece has."""
        dilation, wanted = self._sliding.dilation, set(self._tables.sizes)
        words: Words = {}
        code = digits
        for letters in range(1, max(wanted) + 1):
            if letters > 1:
                code = code[: max(0, len(code) - dilation)] << np.uint16(2)
                code |= digits[(letters - 1) * dilation :]
            if letters in wanted:
                words[letters] = code.astype(np.intp)
        return words

    def write(self, out: Array) -> None:
        """Write the sums of all windows, shape (windows, filters)."""
        rows = max(1, _TILE_VALUES // self._tables.filters)
        added = np.empty((min(rows, len(out)), self._tables.filters), dtype=np.float32)
        for start in range(0, len(out), rows):
            part = out[start : start + rows]
            self._sums_from(start, part, added[: len(part)])

    def _sums_from(self, window: int, out: Array, added: Array) -> None:
        """Write the sums of as many windows as there is room for; `added` is of that shape too."""
        stride, span = self._sliding.stride, self._sliding.span
        first, reach = window * stride, (len(out) - 1) * stride + 1
        plain = self._is_plain(first, reach - 1 + span)
        if not plain and self._is_monotonous(first, reach - 1 + span):
            out[:] = self._by_taps(first, np.zeros(1, dtype=np.intp))
            return
        for table, codes, sums in self._onto(out, added):
            table.take(codes[first : first + reach : stride], 0, sums, "clip")
            if sums is added:
                np.add(out, added, out=out)
        if not plain:
            windows = self._touched(first, len(out))
            out[windows] = self._by_taps(first, windows)

    def _onto(self, out: Array, added: Array) -> list[tuple[Array, NDArray[np.intp], Array]]:
        """Return each piece's table, word codes, and where its rows go: the first is where the sum grows."""
        places = (out, *(added,) * (len(self._pieces) - 1))
        return list(zip(self._tables.words, self._pieces, places, strict=True))

    def _is_plain(self, first: int, bases: int) -> bool:
        """Tell whether all these bases are A, C, G or T."""
        before = self._rare_before
        return before is None or bool(before[first + bases] == before[first])

    def _is_monotonous(self, first: int, bases: int) -> bool:
        """Tell whether all these bases are the same: a gap of a chromosome is a run of N, and says nothing new."""
        codes = self._codes[first : first + bases]
        return bool((codes == codes[0]).all())

    def _touched(self, first: int, count: int) -> NDArray[np.intp]:
        """Return which windows read something else than A, C, G and T, counted from the one at a base."""
        stride, dilation = self._sliding.stride, self._sliding.dilation
        touched = np.zeros(count, dtype=np.bool_)
        for begin in range(first, first + self._sliding.span, dilation):
            touched |= self._rare[begin : begin + (count - 1) * stride + 1 : stride]
        return np.flatnonzero(touched)

    def _by_taps(self, first: int, windows: NDArray[np.intp]) -> Array:
        """Return the sums of some windows, counted from the one at a base, tap after tap within each piece."""
        tables, dilation = self._tables, self._sliding.dilation
        bases = first + windows * self._sliding.stride
        total: Array | None = None
        for begin, size in zip(tables.firsts, tables.sizes, strict=True):
            piece = tables.taps[begin].take(self._codes[bases + begin * dilation], 0)
            for tap in range(begin + 1, begin + size):
                piece += tables.taps[tap].take(self._codes[bases + tap * dilation], 0)
            total = piece if total is None else np.add(total, piece, out=total)
        assert total is not None
        return total

    def write_largest(self, out: Array, size: int, step: int, bias: Array | None = None) -> Iterator[Array]:
        """Write the largest sums under all pool windows and the bias, and yield the part that was just written.

        Args:
            out: Room for them, shape (pool windows, filters).
            size: Windows under a pool window.
            step: Windows from one pool window to the next.
            bias: What is added to each filter's largest sum, shape (filters,).
        """
        filters = self._tables.filters
        stride, span = self._sliding.stride, self._sliding.span
        rows = max(1, _TILE_VALUES // filters)
        apart = size <= step
        # Where pool windows share no response, tap after tap of the pool; else each sum would be added up twice.
        cells = max(1, min(len(out), rows // size if apart else (rows - size) // step + 1))
        cells = -(-len(out) // -(-len(out) // cells)) if len(out) else 1
        taps = max(1, min(size, rows // cells))
        room = max(taps * cells, min(rows, (cells - 1) * step + size), size) * filters
        sums, added = _BUFFERS.of(room)
        for start in range(0, len(out), cells):
            first = start * step * stride
            part = out[start : start + cells]
            if apart and self._is_plain(first, ((len(part) - 1) * step + size - 1) * stride + span):
                self._largest_by_taps(first, part, (size, step, taps), sums, added)
            else:
                few = max(1, (rows - size) // step + 1)
                for again in range(0, len(part), few):
                    these = part[again : again + few]
                    self._largest_of_all((start + again) * step, these, (size, step), sums, added)
            if bias is not None:
                part += bias
            yield part

    def _largest_by_taps(
        self, first: int, out: Array, pool: tuple[int, int, int], sums: Array, added: Array
    ) -> None:
        """Write the largest sums, adding up what lies under the same taps of all pool windows at once."""
        size, step, offsets = pool
        cells, filters = out.shape
        stride = self._sliding.stride
        codes = [
            np.ndarray(
                (size, cells),
                np.intp,
                piece,
                first * piece.itemsize,
                (stride * piece.itemsize, step * stride * piece.itemsize),
            )
            for piece in self._pieces
        ]
        for offset in range(0, size, offsets):
            count = min(offsets, size - offset)
            grown = sums[: count * cells * filters].reshape(count, cells, filters)
            onto = added[: count * cells * filters].reshape(count, cells, filters)
            direct = count == 1 and offset == 0
            grown = out[None] if direct else grown
            for index, table in enumerate(self._tables.words):
                table.take(codes[index][offset : offset + count], 0, onto if index else grown, "clip")
                if index:
                    np.add(grown, onto, out=grown)
            if offset == 0 and not direct:
                np.maximum.reduce(grown, axis=0, out=out)
            elif offset:
                for values in grown:
                    np.maximum(out, values, out=out)

    def _largest_of_all(self, window: int, out: Array, pool: tuple[int, int], sums: Array, added: Array) -> None:
        """Write the largest sums, adding up every window once."""
        size, step = pool
        cells, filters = out.shape
        windows = (cells - 1) * step + size
        grown = sums[: windows * filters].reshape(windows, filters)
        self._sums_from(window, grown, added[: grown.size].reshape(grown.shape))
        reach = (cells - 1) * step + 1
        out[:] = grown[:reach:step]
        for tap in range(1, size):
            np.maximum(out, grown[tap : tap + reach : step], out=out)
