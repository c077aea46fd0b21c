"""The inner loop of a scan for numba to compile: a line of filters is added up at a time, in the processor's registers.

The tables are laid out by blocks of a few filters, see `word_tables`. A row of a block is a line or two of the cache,
and all its rows together stay in the cache of one core while thousands of windows look them up. numpy, which calls
once for each piece of a kernel, reads and writes every sum in between.

This module needs numba and is imported by `work.compiling` alone. All that is compiled stands in this one file, since
numba looks at a function's own file when it decides whether the machine code that it has kept still holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.errors import NumbaError
from numba.extending import intrinsic, models, register_model

from ..letters.alphabet import BASE_SET

__all__ = ["compile_loop"]

_CHUNK = 1 << 14
"""Bases whose words are worked out at a time: they stay in the cache beside a block of the tables."""
_LETTER_SETS = BASE_SET + 1
_OTHER = np.uint32(0xFFFFFFFF)
"""Stands for the row of a window that holds anything but A, C, G and T."""


class _Line(types.Type):
    """The sums of a few neighbouring filters, as one value.

    Args:
        lanes: How many filters.
    """

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.vector = ir.VectorType(ir.FloatType(), lanes)
        super().__init__(name=f"Line({lanes})")


@register_model(_Line)
class _LineModel(models.PrimitiveModel):
    def __init__(self, manager: Any, line: _Line) -> None:
        super().__init__(manager, line, line.vector)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any, line: _Line) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), line.vector.as_pointer())


@intrinsic(prefer_literal=True)
def _line_at(typing: Any, table: Any, row: Any, lanes: Any) -> Any:
    """Return a row of a table of lines, which is as long as a line is and begins where the cache's lines do."""
    line = _Line(lanes.literal_value)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        size = ir.Constant(ir.IntType(64), line.lanes)
        loaded = builder.load(
            _pointer(context, builder, signature.args[0], values[0], builder.mul(values[1], size), line)
        )
        loaded.align = 4 * line.lanes
        return loaded

    return line(table, types.uint64, lanes), generate


@intrinsic
def _put(typing: Any, values: Any, first: Any, line: Any) -> Any:
    """Write a line's sums into an array, from its value of that index on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array, index, sums = given
        stored = builder.store(sums, _pointer(context, builder, signature.args[0], array, index, line))
        stored.align = 4
        return context.get_dummy_value()

    return types.void(values, types.uint64, line), generate


@intrinsic(prefer_literal=True)
def _line_from(typing: Any, values: Any, first: Any, lanes: Any) -> Any:
    """Return a line's worth of an array's values, from that index on."""
    line = _Line(lanes.literal_value)

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        loaded = builder.load(_pointer(context, builder, signature.args[0], given[0], given[1], line))
        loaded.align = 4
        return loaded

    return line(values, types.uint64, lanes), generate


@intrinsic
def _plus(typing: Any, one: Any, other: Any) -> Any:
    """Return the sums of two lines."""

    def generate(context: Any, builder: Any, signature: Any, lines: Any) -> Any:
        return builder.fadd(*lines)

    return one(one, one), generate


@intrinsic
def _larger(typing: Any, one: Any, other: Any) -> Any:
    """Return the larger of two lines, filter by filter; neither holds what is not a number."""

    def generate(context: Any, builder: Any, signature: Any, lines: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", lines[1], lines[0]), lines[1], lines[0])

    return one(one, one), generate


@intrinsic
def _raised(typing: Any, line: Any, floor: Any) -> Any:
    """Return a line with nothing below a floor; what is not a number stays."""

    def generate(context: Any, builder: Any, signature: Any, lines: Any) -> Any:
        return builder.select(builder.fcmp_unordered(">", lines[0], lines[1]), lines[0], lines[1])

    return line(line, line), generate


@intrinsic(prefer_literal=True)
def _all_of(typing: Any, value: Any, lanes: Any) -> Any:
    """Return a line that is the same for every filter."""
    line = _Line(lanes.literal_value)

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        nothing = ir.Constant(line.vector, ir.Undefined)
        one = builder.insert_element(nothing, given[0], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), line.lanes), None)
        return builder.shuffle_vector(one, nothing, zeros)

    return line(types.float32, lanes), generate


# Without `fastmath` no addition is moved or fused, so that each rounds as numpy's does.
_SETTINGS = {"nogil": True, "boundscheck": False, "error_model": "numpy"}


@njit(**_SETTINGS)
def _write_rows(codes: Any, cut: Any, dilation: Any, digits: Any, words: Any, rows: Any) -> Any:
    """Write in which row each piece of the window at each base finds what it adds, and tell if other letters do."""
    pieces, reach = rows.shape
    taps = cut[-1, 1] + cut[-1, 2]
    length = reach + (taps - 1) * dilation
    # In bytes, of which the processor takes many at a time: A, C, G and T are 0 to 3, all else is seen by its bits.
    other = np.uint8(0)
    for base in range(length):
        letters = np.uint8(codes[base] & np.uint8(BASE_SET))
        digits[base] = np.uint8(np.uint8(letters >> np.uint8(1)) - np.uint8(letters >> np.uint8(3)))
        one_less = np.uint8(letters - np.uint8(1))
        other |= np.uint8(np.uint8(letters & one_less) | np.uint8(one_less >> np.uint8(4)))
    read = reach + cut[-1, 1] * dilation
    for base in range(read):
        words[base] = digits[base]
    for letter in range(1, cut[-1, 2] + 1):
        for piece in range(pieces):
            if cut[piece, 2] == letter:
                first, found, mine = np.uint32(cut[piece, 0]), words[cut[piece, 1] * dilation :], rows[piece]
                for base in range(reach):
                    mine[base] = first + found[base]
        if letter < cut[-1, 2]:
            following = digits[letter * dilation :]
            for base in range(read):
                words[base] = (words[base] << np.uint16(2)) | following[base]
    if other:
        for base in range(length):
            letters = codes[base] & BASE_SET
            if letters == 0 or letters & (letters - 1):
                for tap in range(taps):
                    window = base - tap * dilation
                    if 0 <= window < reach:
                        rows[0, window] = _OTHER
    return other != 0


def compile_loop(pieces: int, lanes: int, *, keep: bool) -> Any:
    """Return the loop for kernels cut into so many pieces.

    Args:
        pieces: Into how many pieces the kernel is cut.
        lanes: How many filters a block of the tables has.
        keep: Whether the machine code is to be kept in a file for the next process.

    Returns:
        `compiled.LargestSums`.

    Raises:
        RuntimeError: The machine code is to be kept and there is no folder for it, or there can be none.
        OSError: The machine code cannot be written or read.
    """

    # Only numbers may come from around it: numba tells by their values which of its machine code to take.
    def write_largest_sums(
        words: Any,
        taps: Any,
        cut: Any,
        codes: Any,
        sliding: Any,
        pool: Any,
        bias: Any,
        floor: Any,
        out: Any,
    ) -> None:
        stride, dilation = sliding
        size, step = pool
        cells, filters = out.shape
        apart = step * stride
        at_once = min(cells, max(1, _CHUNK // apart))
        room = (at_once - 1) * apart + (size - 1) * stride + 1
        span = (cut[-1, 1] + cut[-1, 2] - 1) * dilation
        rows = np.empty((pieces, room), np.uint32)
        word_codes = np.empty(room + span, np.uint16)
        digits = np.empty(room + span, np.uint8)
        spare = np.empty(lanes, np.float32)
        # Nothing but −0 leaves the sign of every zero as it is.
        added_last = np.full(len(words) * lanes, np.float32(-0.0))
        added_last[: len(bias)] = bias
        lowest = _all_of(floor, lanes)
        for start in range(0, cells, at_once):
            few = min(at_once, cells - start)
            reach = (few - 1) * apart + (size - 1) * stride + 1
            here = codes[start * apart : start * apart + reach + span]
            others = _write_rows(here, cut, dilation, digits, word_codes, rows[:, :reach])
            different = few
            if others and (here == here[0]).all():
                # A gap of a chromosome is a run of N, and says nothing new.
                different = 1
            for block in range(len(words)):
                word_lines, tap_lines = words[block], taps[block]
                first_filter = block * lanes
                added_to_all = _line_from(added_last, np.uint64(first_filter), lanes)
                filled = min(lanes, filters - first_filter)
                for cell in range(different):
                    base = np.uint64(cell * apart)
                    largest = lowest
                    for tap in range(size):
                        row = rows[np.uint64(0), base]
                        if row != _OTHER:
                            total = _line_at(word_lines, np.uint64(row), lanes)
                            for piece in range(1, pieces):
                                row = rows[np.uint64(piece), base]
                                total = _plus(total, _line_at(word_lines, np.uint64(row), lanes))
                        else:
                            total = lowest
                            for piece in range(pieces):
                                added = lowest
                                for each in range(cut[piece, 1], cut[piece, 1] + cut[piece, 2]):
                                    letters = here[base + np.uint64(each * dilation)] & BASE_SET
                                    row = np.uint64(each * _LETTER_SETS + letters)
                                    line = _line_at(tap_lines, row, lanes)
                                    added = _plus(added, line) if each > cut[piece, 1] else line
                                total = _plus(total, added) if piece else added
                        largest = _larger(largest, total) if tap else total
                        base += np.uint64(stride)
                    largest = _raised(_plus(largest, added_to_all), lowest)
                    if filled == lanes:
                        _put(out, np.uint64((start + cell) * filters + first_filter), largest)
                    else:
                        _put(spare, np.uint64(0), largest)
                        for lane in range(filled):
                            out[start + cell, first_filter + lane] = spare[lane]
            for cell in range(different, few):
                out[start + cell] = out[start]

    # Now, so that whoever asks first waits here, and letters that may be changed are taken too.
    lines, codes = types.float32[:, :, ::1], types.Array(types.uint8, 1, "C", readonly=True)
    pair, cut = types.UniTuple(types.intp, 2), types.intp[:, ::1]
    given = lines, lines, cut, codes, pair, pair, types.float32[::1], types.float32, types.float32[:, ::1]
    try:
        return njit(types.void(*given), cache=keep, **_SETTINGS)(write_largest_sums)
    except NumbaError as error:
        raise RuntimeError(str(error)) from error
