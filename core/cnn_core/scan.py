"""A convolution on letters, without multiplying: words of a few letters look up what they add to every filter.

One-hot rows are zero but for one channel, so a tap's product is a row of its kernel, and the sum of a few taps is a
row of a table: see `word_tables`. Adding in one fixed order also makes the numbers exact to repeat: equal windows
give equal responses to the last bit, at any position, in any stretch, for any number of threads and on any machine,
which no blocked matrix product promises.

Words are of A, C, G and T. A window that holds anything else (an ambiguous letter, padding) is added up by its
taps, piece by piece in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from threading import local

import numpy as np
from numpy.typing import NDArray

from .alphabet import BASES, PADDING, Ambiguity, check_ambiguity
from .compiled import FEWEST_FILTERS, largest_sums
from .layers import Array, Conv1D, Sliding, activation_function
from .word_tables import WordTables, aligned, tables_of

__all__ = ["LetterConvolution"]

_BASE_SET = 0x0F
_TILE_VALUES = 50 << 10
"""Sums that are added up at a time: two buffers of them stay in the cache of a core, and some of the tables too."""
_KEPT_VALUES = 1 << 18
"""Values of a buffer that is kept for the next time."""
_PART_VALUES = 3 << 13
"""Values whose activations are computed at a time."""
_STRETCH = 1 << 16
"""Bases whose words are worked out at a time."""
_THREAD_BASES = 1 << 13
"""Bases that are worth a thread."""

_NO_BIAS = np.zeros(0, dtype=np.float32)

_OTHER = 4
_DIGITS = bytes({1: 0, 2: 1, 4: 2, 8: 3}.get(code & _BASE_SET, _OTHER) for code in range(256))
"""The digit of every letter in the code of a word: A, C, G and T are 0 to 3."""

Words = dict[int, NDArray[np.intp]]
"""The code of the word that begins at every base, by the number of its letters."""


class LetterConvolution:
    """A `Conv1D` that reads letters, as tables of what letters and words add.

    Args:
        conv: The convolution.
        channels: The model's channel order.
        ambiguity: What an ambiguous letter adds.
    """

    def __init__(self, conv: Conv1D, channels: str = BASES, ambiguity: Ambiguity | str = Ambiguity.ZERO) -> None:
        self._channels = channels
        self._ambiguity = Ambiguity(ambiguity)
        self._sliding = conv.sliding
        self._bias = conv.bias
        self._activation = conv.activation
        self._words = tables_of(conv, channels, self._ambiguity)

    @property
    def tables(self) -> Array:
        """What a set of bases adds at each tap, shape (taps, 16, filters); nothing for padding."""
        return self._words.taps

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Between which responses each filter lies, whatever the letters, each of shape (filters,)."""
        lowest, highest = self._words.bounds
        return self._biased(lowest.copy()), self._biased(highest.copy())

    @cached_property
    def base_bounds(self) -> tuple[Array, Array]:
        """Between which responses each filter lies over A, C, G and T, each of shape (filters,); both are reached."""
        lowest, highest = self._words.base_bounds
        return self._biased(lowest.copy()), self._biased(highest.copy())

    def for_filter(self, filter_index: int) -> LetterConvolution:
        """Return one filter alone, whose responses are the same to the last bit.

        Args:
            filter_index: The filter, which becomes filter 0.
        """
        alone = object.__new__(LetterConvolution)
        alone.__dict__.update({name: value for name, value in self.__dict__.items() if not name.endswith("bounds")})
        alone._words = self._words.for_filter(filter_index)
        alone._bias = None if self._bias is None else self._bias[filter_index : filter_index + 1]
        return alone

    def products(self, codes: NDArray[np.uint8], filter_index: int) -> Array:
        """Return what every tap of one window adds to one filter's response.

        Args:
            codes: The letters under the taps, padding included, shape (taps,).
            filter_index: The filter.

        Returns:
            Products, shape (taps,).
        """
        products: Array = self.tables[np.arange(len(codes)), codes & _BASE_SET, filter_index]
        return products

    def responses(self, codes: NDArray[np.uint8], first_base: int = 0) -> Array:
        """Return every filter's response at every window of a stretch, bias included.

        Args:
            codes: From the first tap of the first window to the last tap of the last, padding included, shape
                (span + (windows − 1) × stride,).
            first_base: The base under the first tap, below 0 in the padding; only a message needs it.

        Returns:
            Responses, shape (windows, filters).

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous; the message names its base.
        """
        check_ambiguity(codes, self._channels, self._ambiguity, first_base)
        span, stride = self._sliding.span, self._sliding.stride
        windows = max(0, (len(codes) - span) // stride + 1)
        summed = np.empty((windows, self._words.filters), dtype=np.float32)
        at_once = max(1, _STRETCH // stride)
        for start in range(0, windows, at_once):
            part = summed[start : start + at_once]
            first = start * stride
            _Stretch(codes[first : first + (len(part) - 1) * stride + span], self._words, self._sliding).sums(part)
        return self._biased(summed)

    def pooled(
        self,
        codes: NDArray[np.uint8],
        size: int,
        step: int,
        function: Callable[[Array], Array] | None = None,
        first_base: int = 0,
        threads: int = 1,
    ) -> Array:
        """Return what a function makes of every filter's largest response under every pool window of a stretch.

        The responses are those of `responses` to the last bit, and are never all in memory. Of a function that
        never falls, this is the largest activation.

        Args:
            codes: From the first tap of the first pool window to the last tap of the last, padding included.
            size: Responses under a pool window.
            step: Responses from one pool window to the next.
            function: What is applied to the responses, bias included, elementwise; None is nothing.
            first_base: The base under the first tap, below 0 in the padding; only a message needs it.
            threads: How many threads may work at once; their number changes no bit.

        Returns:
            Values, shape (pool windows, filters).

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous; the message names its base.
        """
        check_ambiguity(codes, self._channels, self._ambiguity, first_base)
        span, stride = self._sliding.span, self._sliding.stride
        windows = max(0, (len(codes) - span) // stride + 1)
        cells = max(0, (windows - size) // step + 1)
        largest = aligned((cells, self._words.filters))
        threads = max(1, min(threads, cells * step * stride // _THREAD_BASES))
        stretches = max(1, -(-cells * step * stride // _STRETCH))
        at_once = max(1, -(-cells // (-(-stretches // threads) * threads)))

        def work(start: int) -> None:
            part = largest[start : start + at_once]
            first = start * step * stride
            reach = ((len(part) - 1) * step + size - 1) * stride + span
            stretch = _Stretch(codes[first : first + reach], self._words, self._sliding)
            # Threads that call numpy less often wait less often for each other.
            stretch.tile_values = _TILE_VALUES << (threads > 1)
            self._write_pooled(stretch, part, (size, step), function)

        starts = range(0, cells, at_once)
        if threads == 1:
            for start in starts:
                work(start)
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(threads) as workers:
                _ = [*workers.map(work, starts)]
        return largest

    def _write_pooled(
        self,
        stretch: _Stretch,
        out: Array,
        pool: tuple[int, int],
        function: Callable[[Array], Array] | None,
    ) -> None:
        rows = max(1, _PART_VALUES // self._words.filters)
        for tile in stretch.largest(out, *pool, self._bias):
            if function is not None:
                # While it is in the cache, and in parts for whose results no new pages are asked of the system.
                for row in range(0, len(tile), rows):
                    values = tile[row : row + rows]
                    values[:] = function(values)

    def forward(self, codes: NDArray[np.uint8]) -> Array:
        """Return every filter's activation at every window of a whole input.

        Args:
            codes: The letters of the input window, shape (length,).

        Returns:
            Activations, shape (windows, filters).
        """
        left, right = self._sliding.pads(len(codes))
        padded = np.pad(codes, (left, right), constant_values=PADDING)
        return activation_function(self._activation)(self.responses(padded, -left))

    def _biased(self, sums: Array) -> Array:
        if self._bias is not None:
            sums += self._bias
        return sums


class _Buffers(local):
    """Two buffers for every thread, as new ones would have to be asked of the system time and again."""

    def __init__(self) -> None:
        self._two = aligned((2, 0))

    def of(self, room: int) -> tuple[Array, Array]:
        """Return two buffers for so many values; unusually large ones are not kept."""
        if room <= self._two.shape[1]:
            return self._two[0], self._two[1]
        two = aligned((2, -(-room // 16) * 16))
        if room <= _KEPT_VALUES:
            self._two = two
        return two[0], two[1]


_BUFFERS = _Buffers()


class _Stretch:
    """The sums of a stretch of letters that is short enough to keep its words in memory.

    Args:
        codes: The letters, padding included.
        tables: What they add.
        sliding: The convolution's window.
    """

    def __init__(self, codes: NDArray[np.uint8], tables: WordTables, sliding: Sliding) -> None:
        self.tile_values = _TILE_VALUES
        self._codes = codes
        self._tables = tables
        self._sliding = sliding
        digits = codes.tobytes().translate(_DIGITS)
        self._rare_before: NDArray[np.int64] | None = None
        if _OTHER in digits:
            rare = np.frombuffer(digits, dtype=np.uint8) == _OTHER
            self._codes, self._rare = codes & np.uint8(_BASE_SET), rare
            self._rare_before = np.concatenate([[0], np.cumsum(rare)])
        self._words = self._word_codes(np.frombuffer(digits, dtype=np.uint8).astype(np.uint16))
        pieces = zip(tables.firsts, tables.sizes, strict=True)
        self._pieces = [self._words[size][first * sliding.dilation :] for first, size in pieces]

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

    def sums(self, out: Array) -> None:
        """Write the sums of all windows, shape (windows, filters)."""
        rows = max(1, self.tile_values // self._tables.filters)
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
        """Tell whether so many bases are A, C, G or T all."""
        before = self._rare_before
        return before is None or bool(before[first + bases] == before[first])

    def _is_monotonous(self, first: int, bases: int) -> bool:
        """Tell whether so many bases are all the same: a gap of a chromosome is a run of N, and says nothing new."""
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

    def largest(self, out: Array, size: int, step: int, bias: Array | None = None) -> Iterator[Array]:
        """Write the largest sums under all pool windows and the bias, and yield the part that was just written.

        Args:
            out: Room for them, shape (pool windows, filters).
            size: Windows under a pool window.
            step: Windows from one pool window to the next.
            bias: What is added to each filter's largest sum, shape (filters,).
        """
        filters = self._tables.filters
        stride, span = self._sliding.stride, self._sliding.span
        rows = max(1, self.tile_values // filters)
        apart = size <= step
        # Where pool windows share no response, tap after tap of the pool; else each sum would be added up twice.
        cells = max(1, min(len(out), rows // size if apart else (rows - size) // step + 1))
        cells = -(-len(out) // -(-len(out) // cells)) if len(out) else 1
        taps = max(1, min(size, rows // cells))
        room = max(taps * cells, min(rows, (cells - 1) * step + size), size) * filters
        sums, added = _BUFFERS.of(room)
        compiled = largest_sums() if filters >= FEWEST_FILTERS else None
        words = self._words[min(self._words)], self._words[max(self._words)]
        pieces = self._tables.pieces * (1, self._sliding.dilation, 1)
        for start in range(0, len(out), cells):
            part = out[start : start + cells]
            first = start * step * stride
            plain = apart and self._is_plain(first, ((len(part) - 1) * step + size - 1) * stride + span)
            if plain and compiled is not None:
                pool = first, size, stride, step * stride
                compiled(self._tables.table, *words, pieces, pool, _NO_BIAS if bias is None else bias, part)
                yield part
                continue
            if plain:
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
