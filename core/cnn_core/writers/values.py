"""Which values of a block are written, and over which bases of the record each of them lies.

Every value lies over as many bases as its neighbour is away, from the first base that its first tap reads: a
response or an activation over conv stride bases, a cell over pool stride × conv stride bases (in a block that reads
feature maps, times the bases between two of their positions). So the values of one filter stand side by side as
they are drawn, without overlap and without gap, whatever the sizes and strides are.
What would stand outside the input window's letters, in the padding or beyond the end, is cut off there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.block_reading import BlockReading
from ..blocks.feature_map_block import AnyBlockRun
from ..blocks.letter_block import BlockRun
from ..errors import NotFoundError, RegionError, SettingError, printable
from ..layers import Alignment, Array, Conv1D, MaxPooling1D
from ..scan.whole_scan import default_threads
from ..work.prefetch import prefetch
from ..work.progress import Progress

__all__ = ["BlockValues", "Chunk", "Quantity", "filter_label", "filter_names"]

_VALUES_AT_ONCE: Final = 1 << 18
_NAMES: Final = {"cells": "cell", "activations": "position", "responses": "position", "selections": "cell"}


class Quantity(StrEnum):
    """What is written of a block."""

    CELLS = "cells"
    """The pooled values."""
    ACTIVATIONS = "activations"
    """What the pool reads: responses after the activation function and all layers before the pool."""
    RESPONSES = "responses"
    """The convolution's sums, before the activation function."""
    SELECTIONS = "selections"
    """Which position of the convolution each cell chose."""

    @property
    def counted_by(self) -> str:
        """What its values are counted by: `cell` or `position`."""
        return _NAMES[self]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some neighbouring values, in the order of the record.

    Attributes:
        indices: The cell or the position of each row, shape (rows,); descending where the other strand is read.
        starts: The first base of each row in the record, 0-based, ascending, shape (rows,).
        stops: One past the last; no more than the first where a row lies all in the padding, shape (rows,).
        values: One column a filter, shape (rows, filters).
    """

    indices: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    values: NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class BlockValues:
    """The values of a stretch of a block.

    Attributes:
        reading: The block on its input window.
        quantity: What of it.
        filters: The filters, by number.
        start: The first cell or position.
        stop: One past the last.
        threads: How many threads compute cells; None is `default_threads`. Their number changes no bit.

    Raises:
        SettingError: The selections of a pool that averages, or no filter.
        NotFoundError: There is no such filter.
        RegionError: There is no such cell or position, or the stretch is empty.
    """

    reading: BlockReading
    quantity: Quantity
    filters: tuple[int, ...]
    start: int
    stop: int
    threads: int | None = None

    @classmethod
    def of(
        cls,
        reading: BlockReading,
        quantity: Quantity | str,
        filters: tuple[int, ...] | None = None,
        bounds: tuple[int, int] | None = None,
    ) -> BlockValues:
        """Return some values of a block.

        Args:
            reading: The block on its input window.
            quantity: What of it.
            filters: The filters, by number; None is all.
            bounds: Half-open cells or positions; None is all of the input window.
        """
        run, quantity = reading.run, Quantity(quantity)
        start, stop = bounds or (0, run.cells if quantity.counted_by == "cell" else run.positions)
        return cls(reading, quantity, tuple(range(run.filters)) if filters is None else filters, start, stop)

    def __post_init__(self) -> None:
        run = self.reading.run
        there = run.cells if self.quantity.counted_by == "cell" else run.positions
        if not 0 <= self.start < self.stop <= there:
            raise RegionError(
                f"there are no {self.quantity.counted_by}s {self.start} to {self.stop - 1}",
                where=run.block.pool if self.quantity.counted_by == "cell" else run.block.conv,
                remedy=f"there are 0 to {there - 1}",
            )
        wrong = [index for index in self.filters if not 0 <= index < run.filters]
        if wrong or not self.filters:
            raise NotFoundError(
                f"{run.block.conv} has no filter {wrong[0]}" if wrong else "no filter is asked for",
                remedy=f"its filters are 0 to {run.filters - 1}",
            )
        if self.quantity is Quantity.SELECTIONS and not isinstance(run.pool, MaxPooling1D):
            raise SettingError(
                "the pool averages and chooses nothing", where=run.block.pool, remedy="export its cells"
            )

    @property
    def count(self) -> int:
        """How many values each filter has."""
        return self.stop - self.start

    @cached_property
    def windows(self) -> Alignment:
        """How the windows of the responses lie over the bases."""
        run = self.reading.run
        read = Alignment(0) if isinstance(run, BlockRun) else run.alignment
        return read.through(run.conv.sliding, run.length)

    @cached_property
    def _alignment(self) -> Alignment:
        run = self.reading.run
        if self.quantity.counted_by == "position":
            return self.windows
        return self.windows.through(run.pool.sliding, run.positions)

    @property
    def step(self) -> int:
        """How many bases lie from one value to the next, which is how many each lies over."""
        return self._alignment.stride

    @property
    def first_base(self) -> int:
        """The first base of the value `start`, counted from the input window's first; below 0 in the padding."""
        return self._alignment.bases(self.start)[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """What each filter is called in a file, see `filter_label`."""
        return tuple(filter_label(self.reading.run, index) for index in self.filters)

    @property
    def strand(self) -> str:
        """`+`, or `-` where the other strand is read."""
        return "-" if self.reading.reverse else "+"

    @cached_property
    def run(self) -> AnyBlockRun:
        """The block that is computed: of one filter alone where one alone is written."""
        run = self.reading.run
        return run.for_filter(self.filters[0]) if len(self.filters) == 1 else run

    @cached_property
    def columns(self) -> list[int] | slice:
        """Which columns of what `run` computes are the filters'."""
        if self.run.filters == 1 or self.filters == tuple(range(self.run.filters)):
            return slice(None)
        return list(self.filters)

    @cached_property
    def best(self) -> Array:
        """The most that each filter's activation is measured by, shape (filters,): what BED calls full score.

        It is what the filter's best match would have; of a block that reads feature maps, whose best match nobody
        knows, the largest activation of the input window.
        """
        return self.run.best_match[self.columns]

    def one_by_one(self) -> Iterator[BlockValues]:
        """Yield the values of each filter for itself."""
        for index in self.filters:
            yield replace(self, filters=(index,))

    def stretches(self, *, backwards: bool = False) -> Iterator[tuple[int, int]]:
        """Yield half-open stretches of cells or positions, together all of them, each small enough to compute."""
        starts = range(self.start, self.stop, self._at_once)
        for start in reversed(starts) if backwards else starts:
            yield start, min(start + self._at_once, self.stop)

    @cached_property
    def _at_once(self) -> int:
        """How many values of each filter are computed at a time."""
        responses_each = self.run.pool.sliding.stride if self.quantity.counted_by == "cell" else 1
        return max(1, _VALUES_AT_ONCE // (self.run.filters * responses_each))

    def between(self, start: int, stop: int) -> NDArray[np.generic]:
        """Return the values of half-open cells or positions, in reading order, shape (stop − start, filters)."""
        run = self.run
        values: NDArray[np.generic] | None
        if self.quantity is Quantity.CELLS:
            # What is written is looked at once, so that nothing of it is kept.
            values = run.values(start, stop, keep=False) if isinstance(run, BlockRun) else run.values(start, stop)
        elif self.quantity is Quantity.SELECTIONS:
            values = (
                run.selections(start, stop, keep=False)
                if isinstance(run, BlockRun)
                else run.selections(start, stop)
            )
        elif self.quantity is Quantity.ACTIVATIONS:
            values = run.activations(start, stop)
        else:
            values = run.responses(start, stop)
        assert values is not None
        return values[:, self.columns]

    def chunks(self, progress: Progress | None = None) -> Iterator[Chunk]:
        """Yield all values in the order of the record.

        Args:
            progress: Called after each chunk with the values that are there, counted for one filter.
        """
        reverse, done = self.reading.reverse, 0
        # Of all but cells some are kept, by the thread that asks for them.
        threads = default_threads() if self.threads is None else self.threads
        threads = threads if self.quantity is Quantity.CELLS and self.count > self._at_once else 1

        def compute(stretch: tuple[int, int]) -> tuple[int, int, NDArray[np.generic]]:
            return *stretch, self.between(*stretch)

        for start, stop, values in prefetch(compute, self.stretches(backwards=reverse), threads):
            indices = np.arange(start, stop, dtype=np.int64)
            first = self.first_base + (indices - self.start) * self.step
            if reverse:
                indices, values, first = indices[::-1], values[::-1], first[::-1]
            yield Chunk(indices, *self.in_record(first, self.step), values)
            done += stop - start
            if progress:
                progress(done, self.count)

    def in_record(self, first: NDArray[np.int64], width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where stretches of the input window lie in the record, cut off at the window's letters.

        Args:
            first: The first base of each, counted from the input window's first.
            width: How many bases each has.

        Returns:
            The first base of each in the record, and one past its last.
        """
        start, stop = self.reading.start, self.reading.stop
        starts = stop - first - width if self.reading.reverse else start + first
        return np.clip(starts, start, stop), np.clip(starts + width, start, stop)


def filter_label(run: AnyBlockRun, index: int) -> str:
    """Return what a filter is called in a file: its name, or `filter17`; without blanks, which end a field.

    Args:
        run: The block.
        index: The filter.
    """
    names = filter_names(run)
    return "_".join(printable(names[index]).split()) if names and names[index].strip() else f"filter{index}"


def filter_names(run: AnyBlockRun) -> tuple[str, ...]:
    """Return what the filters of a block are called, or nothing where they have no names."""
    return run.conv.filter_names if isinstance(run.conv, Conv1D) else ()
