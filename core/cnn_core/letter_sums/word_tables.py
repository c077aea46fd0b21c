"""What every word of a few letters adds to every filter: a kernel cut into pieces, each piece a table.

A kernel of 16 columns is cut into pieces of 5, 5 and 6. A piece of 6 columns reads one of 4⁶ words of A, C, G and
T, and a table of 4⁶ rows says what it adds to each filter, so that a response is three rows added up. How a kernel is
cut rules in which order its weights are added: within a piece tap after tap, then piece after piece. Whatever
computes a response adds in that order, by words or by taps, so that its bits never depend on how it was computed.

The tables are kept as long as the kernel is, so a live setting or a moved input window builds nothing again.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Conv1D
from ..letters.alphabet import Ambiguity, one_hot_table
from ..work.lazy_value import LazyValue

__all__ = ["LineTables", "WordTables", "aligned", "piece_sizes", "tables_of"]

_LARGEST_TABLE = 6 << 20
"""Bytes of one piece's table: larger ones leave the cache, and then a longer word costs more than it saves."""
_ALL_TABLES = 64 << 20
"""Bytes of all pieces together, for kernels of hundreds of columns."""
_LONGEST_WORD = 8
"""Letters, of which the codes of all words fit 16 bits."""
_LANES = (4, 8, 16, 32)
"""Filters in a block, as many as fill the registers without wasting them on few: 32 are two lines of the cache."""
_FAR_FROM_INFINITY = 1e38
_CACHE_LINE = 64
_BASES = (1, 2, 4, 8)
"""The codes of A, C, G and T."""


def piece_sizes(kernel_size: int, filters: int) -> tuple[int, ...]:
    """Return into pieces of how many taps a kernel is cut, as few as the memory for their tables allows.

    Args:
        kernel_size: Taps of the kernel.
        filters: How many filters it has.

    Returns:
        Sizes that add up to the kernel's, no two further apart than 1, the shorter pieces first.
    """
    for pieces in range(-(-kernel_size // _LONGEST_WORD), kernel_size + 1):
        size, longer = divmod(kernel_size, pieces)
        sizes = (size,) * (pieces - longer) + (size + 1,) * longer
        tables = [4**taps * filters * 4 for taps in sizes]
        if max(tables) <= _LARGEST_TABLE and sum(tables) <= _ALL_TABLES:
            return sizes
    return (1,) * kernel_size


def aligned(shape: tuple[int, ...]) -> Array:
    """Return room for float32 values that begins where a line of the cache does: to add there takes a third less.

    Args:
        shape: The shape of the values, which are any.
    """
    size = 4 * prod(shape)
    room = np.empty(size + _CACHE_LINE, dtype=np.uint8)
    first = -room.ctypes.data % _CACHE_LINE
    return room[first : first + size].view(np.float32).reshape(shape)


@dataclass(frozen=True, eq=False)
class LineTables:
    """What words and letters add to a few filters at a time: all that a block of filters reads is close together.

    Attributes:
        words: What every word of every piece adds, one piece's words after the other's, shape (blocks, words, lanes);
            lanes without a filter add nothing.
        taps: What every set of bases adds at each tap, shape (blocks, taps × 16, lanes).
        cut: Of each piece its first row in `words`, its first tap and its taps, shape (pieces, 3).
    """

    words: Array
    taps: Array
    cut: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class WordTables:
    """What letters add to responses, tap by tap and word by word.

    Attributes:
        taps: What a set of bases adds at each tap, shape (taps, 16, filters); nothing for padding.
        sizes: Taps of each piece of the kernel, in order.
    """

    taps: Array
    sizes: tuple[int, ...]
    _table: LazyValue[Array] = field(default_factory=LazyValue, init=False, repr=False)
    _lines: LazyValue[LineTables] = field(default_factory=LazyValue, init=False, repr=False)
    _alone: dict[int, WordTables] = field(default_factory=dict, init=False, repr=False)

    @property
    def filters(self) -> int:
        """How many filters there are."""
        return int(self.taps.shape[2])

    @cached_property
    def firsts(self) -> tuple[int, ...]:
        """The first tap of each piece."""
        return (0, *accumulate(self.sizes))[:-1]

    @property
    def table(self) -> Array:
        """What every word of every piece adds, one piece's words after the other's, shape (words, filters).

        Words are in the order of the alphabet, ACGT, the first letter counting most.
        """
        return self._table.get(self._build)

    def _build(self) -> Array:
        table = aligned((self._rows[-1].stop, self.filters))
        self._write_words(self.taps, table)
        return table

    def _write_words(self, taps: Array, out: Array) -> None:
        for first, size, rows in zip(self.firsts, self.sizes, self._rows, strict=True):
            plain = taps[first : first + size, _BASES]
            words = plain[0]
            for tap in plain[1:]:
                words = (words[:, None] + tap[None]).reshape(-1, out.shape[1])
            out[rows] = words

    @property
    def lines(self) -> LineTables:
        """The same for a few filters at a time, as the compiled loop reads them."""
        return self._lines.get(self._build_lines)

    def _build_lines(self) -> LineTables:
        taps, sets, filters = self.taps.shape
        lanes = self.lanes
        blocks = -(-filters // lanes)
        tap_lines = aligned((blocks, taps, sets, lanes))
        padded = np.zeros((taps, sets, blocks * lanes), dtype=np.float32)
        padded[:, :, :filters] = self.taps
        tap_lines[:] = padded.reshape(taps, sets, blocks, lanes).transpose(2, 0, 1, 3)
        words = aligned((blocks, self._rows[-1].stop, lanes))
        for block in range(blocks):
            self._write_words(tap_lines[block], words[block])
        cut = zip(self._rows, self.firsts, self.sizes, strict=True)
        return LineTables(
            words,
            tap_lines.reshape(blocks, taps * sets, lanes),
            np.array([(rows.start, first, size) for rows, first, size in cut], dtype=np.intp),
        )

    @property
    def lanes(self) -> int:
        """How many filters are in a block of `lines`."""
        return next((lanes for lanes in _LANES if lanes >= self.filters), _LANES[-1])

    @cached_property
    def is_finite(self) -> bool:
        """Whether no sum can leave the numbers, so that the largest of some is one of them."""
        return bool(np.abs(self.taps).max(axis=1).sum(axis=0, dtype=np.float64).max() < _FAR_FROM_INFINITY)

    @cached_property
    def words(self) -> tuple[Array, ...]:
        """The rows of the table that are each piece's, shape (4 ** taps, filters)."""
        return tuple(self.table[rows] for rows in self._rows)

    @cached_property
    def _rows(self) -> tuple[slice, ...]:
        ends = (0, *accumulate(4**size for size in self.sizes))
        return tuple(slice(*each) for each in pairwise(ends))

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """The least and the most that any letters can add up to, each of shape (filters,).

        They are added as responses are, so that rounding cannot lift a response above its bound.
        """
        return self._between(self.taps)

    @cached_property
    def base_bounds(self) -> tuple[Array, Array]:
        """The least and the most that only A, C, G and T can add up to, each of shape (filters,)."""
        return self._between(self.taps[:, _BASES])

    def _between(self, taps: Array) -> tuple[Array, Array]:
        ends = np.stack([taps.min(axis=1), taps.max(axis=1)], axis=1)
        pieces = [
            list(accumulate(ends[first : first + size]))[-1]
            for first, size in zip(self.firsts, self.sizes, strict=True)
        ]
        lowest, highest = list(accumulate(pieces))[-1]
        return lowest, highest

    def for_filter(self, filter_index: int) -> WordTables:
        """Return the tables of one filter, cut as those of all are, which makes its sums the same to the last bit.

        They are kept with these: each of many short records asks for them again.
        """
        if filter_index not in self._alone:
            mine = slice(filter_index, filter_index + 1)
            alone = WordTables(np.ascontiguousarray(self.taps[:, :, mine]), self.sizes)
            if self._table.is_there:
                alone._table.put(np.ascontiguousarray(self.table[:, mine]))
            self._alone.setdefault(filter_index, alone)
        return self._alone[filter_index]


_Key = tuple[int, int, str, Ambiguity]
_KEPT: dict[_Key, WordTables] = {}
_LOCK = Lock()


def tables_of(conv: Conv1D, channels: str, ambiguity: Ambiguity) -> WordTables:
    """Return the tables of a convolution: those built before for the same kernel, if there are any.

    Args:
        conv: The convolution.
        channels: The model's channel order.
        ambiguity: What an ambiguous letter adds; nothing under `error`, which refuses it beforehand.
    """
    policy = Ambiguity.ZERO if ambiguity is Ambiguity.ERROR else ambiguity
    key = (id(conv.kernel), conv.groups, channels, policy)
    with _LOCK:
        if key in _KEPT:
            return _KEPT[key]
    rows = one_hot_table(channels, policy)
    kernel = conv.full_kernel()
    taps = np.zeros((conv.kernel_size, len(rows), conv.filters), dtype=np.float32)
    for channel in range(rows.shape[1]):
        taps += rows[None, :, channel, None] * kernel[:, None, channel, :]
    tables = WordTables(taps, piece_sizes(conv.kernel_size, conv.filters))
    with _LOCK:
        if key not in _KEPT:
            _KEPT[key] = tables
            weakref.finalize(conv.kernel, _KEPT.pop, key, None).atexit = False
        return _KEPT[key]
