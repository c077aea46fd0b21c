"""The activations of a convolution on letters at every window of many records, in bounded memory.

Short stretches are laid side by side, so that one call of numpy serves them all; a long one is gone through in chunks.
A response depends on nothing but the letters under its window, so that no number depends on what is computed together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, TooShortError
from ..layers import Array, Conv1D
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import BASE_CODES, BASE_SET, PADDING, Ambiguity, complement
from ..letters.readable_record import check_record_letters
from ..letters.record_batches import Batch, RecordSlice, batches_of
from ..letters.strand_choice import Strands
from ..network.block import Block
from ..network.block_functions import composed, floors_of, functions_of
from ..network.model import Model
from ..work.progress import Progress, no_progress

__all__ = ["FilterWindows", "Windows", "convolution_on_letters"]

_VALUES_AT_ONCE: Final = 1 << 20
_LETTERS_AT_ONCE: Final = 1 << 18
_ALONE_FOR: Final = 16
"""Up to one in so many filters, each is computed by itself."""
# From a set of bases to the column of its one base; -1 for any other set.
_COLUMN: Final = np.full(16, -1, dtype=np.int8)
_COLUMN[BASE_CODES] = range(4)


@dataclass(frozen=True, eq=False)
class Windows:
    """Neighbouring windows of one strand.

    Attributes:
        activations: Of every filter that is asked for, shape (windows, filters).
        firsts: Where each window begins among the letters, shape (windows,).
        letters: 0 to 3 for A, C, G and T, −1 for all else, shape (letters,).
        stretches: Which stretch each window is of, shape (windows,); it never falls.
        span: How many letters a window covers.
        reverse: Whether the other strand is read.
        ends: Whether the stretches end with these windows, both strands having been read where both are.
    """

    activations: Array
    firsts: NDArray[np.int64]
    letters: NDArray[np.int8]
    stretches: NDArray[np.int64]
    span: int
    reverse: bool
    ends: bool

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Which windows hold nothing but A, C, G and T and lie inside their stretch, shape (windows,)."""
        bases = np.concatenate([[0], np.cumsum(self.letters >= 0)])
        whole: NDArray[np.bool_] = bases[self.firsts + self.span] - bases[self.firsts] == self.span
        return whole

    def letters_of(self, windows: NDArray[np.intp]) -> NDArray[np.int8]:
        """Return the letters of some windows, shape (…, span)."""
        letters: NDArray[np.int8] = self.letters[self.firsts[windows][..., None] + np.arange(self.span)]
        return letters


class FilterWindows:
    """A convolution on letters with the functions behind it, and the stretches of records that it is looked at on.

    Args:
        model: The model.
        block: One of its `letter_blocks`.
        stretches: The stretches; gone through more than once.
        filters: The filters that are asked for, by number; None is all.
        strands: `+`, `-` or `both`.
        ambiguity: What an ambiguous letter becomes.

    Raises:
        SettingError: The block's convolution does not read the letters, or is no `Conv1D`.
    """

    def __init__(
        self,
        model: Model,
        block: Block,
        stretches: Sequence[RecordSlice],
        filters: Sequence[int] | None = None,
        *,
        strands: str = "+",
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
    ) -> None:
        self.conv, self.channels = convolution_on_letters(model, block)
        self.filters = tuple(range(self.conv.filters)) if filters is None else tuple(filters)
        self.strands = Strands(strands).reversed
        self._stretches = stretches
        self._ambiguity = Ambiguity(ambiguity)
        self._letters = LetterConvolution(self.conv, self.channels, self._ambiguity)
        self._functions = functions_of(model, block)
        function = composed(self._functions, self.conv.filters)
        if function.elementwise and len(self.filters) * _ALONE_FOR <= max(self.conv.filters, _ALONE_FOR):
            self._parts = [
                (self._letters.for_filter(index), composed(functions_of(model, block, index), 1))
                for index in self.filters
            ]
            self._columns: list[int] | None = None
        else:
            self._parts = [(self._letters, function)]
            self._columns = None if self.filters == tuple(range(self.conv.filters)) else [*self.filters]
        self._extent = cache(self._extent_of)

    @property
    def floors(self) -> Array | None:
        """What the lowest responses of each filter become, shape (filters,), or None where they have no floor."""
        floors = floors_of(self._functions, self.conv.filters)
        return None if floors is None else floors[[*self.filters]]

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Between which activations each filter lies, whatever the letters, each of shape (filters,); ±∞ if unknown."""
        low, high = (responses[None] for responses in self._letters.bounds)
        lowest, highest = composed(self._functions, self.conv.filters).bounds(low, high)
        return lowest[0, [*self.filters]], highest[0, [*self.filters]]

    def pieces(self, progress: Progress = no_progress) -> Iterator[Windows]:
        """Yield all windows of all stretches, padded ones included.

        Stretches come in order, and of each strand its windows in reading order; stretches without one are left out.

        Args:
            progress: Told how many letters have been gone through, and of how many; it may raise to stop.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        computed = self.conv.filters if self._columns is not None else len(self.filters)
        rows = max(1, _VALUES_AT_ONCE // computed)
        letters = max(1, min(_LETTERS_AT_ONCE, rows * self.conv.sliding.stride))
        total, done = sum(stop - start for _, start, stop in self._stretches), 0
        for piece in batches_of(self._stretches, letters):
            if isinstance(piece, Batch):
                yield from self._side_by_side(piece)
                done += len(piece.codes)
                progress(done, total)
                continue
            for share, windows in self._along(piece, rows):
                yield windows
                progress(done + int(share * (piece[2] - piece[1])), total)
            done += piece[2] - piece[1]
        progress(total, total)

    def _side_by_side(self, batch: Batch) -> Iterator[Windows]:
        """Yield the windows of short stretches, strand by strand."""
        self._check(batch)
        extents = np.array([self._extent(length) for length in batch.lengths.tolist()], dtype=np.int64)
        kept = np.flatnonzero(extents[:, 0])
        if not kept.size:
            return
        positions, lefts = extents[kept].T
        stride, span = self.conv.sliding.stride, self.conv.sliding.span
        reach = (positions - 1) * stride + span
        slots = -(-reach // stride)
        first_slots = np.cumsum(slots) - slots
        lengths, sources = batch.lengths[kept], (np.cumsum(batch.lengths) - batch.lengths)[kept]
        counts = np.minimum(lengths, reach - lefts)
        nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(first_slots * stride + lefts, counts) + nth
        owners = np.repeat(np.arange(len(kept)), positions)
        own = np.arange(len(owners)) + (first_slots - (np.cumsum(positions) - positions))[owners]
        for reverse in self.strands:
            codes = np.full(int(slots.sum()) * stride, PADDING, dtype=np.uint8)
            if reverse:
                codes[places] = complement(batch.codes[np.repeat(sources + lengths - 1, counts) - nth])
            else:
                codes[places] = batch.codes[np.repeat(sources, counts) + nth]
            rows = None if (len(codes) - span) // stride + 1 == len(own) else own
            yield self._windows(codes, rows, own * stride, owners, reverse, ends=reverse is self.strands[-1])

    def _along(self, stretch: RecordSlice, rows: int) -> Iterator[tuple[float, Windows]]:
        """Yield the windows of one stretch in chunks, strand by strand, each with how far they have come."""
        record, start, stop = stretch
        length, stride, span = stop - start, self.conv.sliding.stride, self.conv.sliding.span
        positions, left = self._extent(length)
        for nth, reverse in enumerate(self.strands):
            for begin in range(0, positions, rows):
                end = min(begin + rows, positions)
                first, last = begin * stride - left, (end - 1) * stride - left + span
                inside = max(0, first), min(length, last)
                codes = np.full(last - first, PADDING, dtype=np.uint8)
                if inside[0] < inside[1]:
                    low, high = (length - inside[1], length - inside[0]) if reverse else inside
                    read = record.codes(start + low, start + high)
                    check_record_letters(record, start + low, read, self.channels, self._ambiguity)
                    codes[inside[0] - first : inside[1] - first] = complement(read[::-1]) if reverse else read
                firsts = np.arange(end - begin, dtype=np.int64) * stride
                ends = end == positions and reverse is self.strands[-1]
                owners = np.zeros(end - begin, dtype=np.int64)
                share = (nth + end / positions) / len(self.strands)
                yield share, self._windows(codes, None, firsts, owners, reverse, ends=ends)

    def _windows(
        self,
        codes: NDArray[np.uint8],
        rows: NDArray[np.int64] | None,
        firsts: NDArray[np.int64],
        owners: NDArray[np.int64],
        reverse: bool,
        *,
        ends: bool,
    ) -> Windows:
        found = []
        for convolution, function in self._parts:
            responses = convolution.responses(codes)
            found.append(function(responses if rows is None else responses[rows]))
        activations = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
        activations = activations if self._columns is None else activations[:, self._columns]
        letters = _COLUMN[codes & BASE_SET]
        return Windows(activations, firsts, letters, owners, self.conv.sliding.span, reverse, ends)

    def _extent_of(self, length: int) -> tuple[int, int]:
        """Return how many windows a stretch of a length has, and how much padding stands before it."""
        try:
            return (
                (self.conv.sliding.output_length(length), self.conv.sliding.pads(length)[0]) if length else (0, 0)
            )
        except TooShortError:
            return 0, 0

    def _check(self, batch: Batch) -> None:
        if self._ambiguity is not Ambiguity.ERROR:
            return
        ends = np.cumsum(batch.lengths).tolist()
        for place, (end, length) in enumerate(zip(ends, batch.lengths.tolist(), strict=True)):
            record, start, _ = batch.stretch(place)
            check_record_letters(record, start, batch.codes[end - length : end], self.channels, self._ambiguity)


def convolution_on_letters(model: Model, block: Block) -> tuple[Conv1D, str]:
    """Return the convolution of a block that reads letters, and the order of the channels that it reads.

    Args:
        model: The model.
        block: The block.

    Raises:
        SettingError: It reads feature maps, or is no `Conv1D`.
    """
    conv, letters = model[block.conv].layer, model.letters_of(model[block.conv])
    if letters is None or not isinstance(conv, Conv1D):
        raise SettingError(
            "its kernels read feature maps and no letters" if letters is None else f"a {conv.type} has no motifs",
            where=f"layer {block.conv}",
            remedy="choose a block on the letters that begins with a Conv1D",
        )
    return conv, letters.channels
