"""Which values of a block are written, and over which bases of the record each of them lies.

Every value covers as many bases as there are from one value to the next, beginning with the first base that its first
tap reads: a response or an activation covers conv stride bases, a cell pool stride × conv stride bases (in a block
that reads feature maps, times the bases between two of their positions). So the values of one filter lie side by side
as they are drawn, without overlap or gap, for any sizes and strides.
Anything outside the input window's letters, in the padding or beyond the end, is cut off.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..blocks.block_run import BlockRun
from ..blocks.filter_labels import filter_label
from ..blocks.reading import Reading
from ..errors import NotFoundError, RegionError, SettingError, printable
from ..layers import Alignment, Array, MaxPooling1D
from ..scan.whole_scan import default_threads
from ..work.prefetch import prefetch
from ..work.progress import Progress, no_progress

__all__ = ["BlockValues", "Quantity", "Rows", "Values"]

_VALUES_AT_ONCE: Final = 1 << 18
_NAMES: Final = {"cells": "cell", "activations": "position", "responses": "position", "selections": "cell"}


class Quantity(StrEnum):
    """What of a block is written."""

    CELLS = "cells"
    """The pooled values."""
    ACTIVATIONS = "activations"
    """What the pool reads: responses after the activation function and all layers before the pool."""
    RESPONSES = "responses"
    """The convolution's sums, before the activation function."""
    SELECTIONS = "selections"
    """The position of the convolution that each cell selected."""

    @property
    def counted_by(self) -> str:
        """The unit in which its values are counted: `cell` or `position`."""
        return _NAMES[self]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some neighbouring values, record after record.

    Attributes:
        records: The index of each row's record among those that are written, ascending, shape (rows,).
        indices: The cell or the position of each row, shape (rows,); descending on the other strand.
        starts: The first base of each row in the record, 0-based, ascending, shape (rows,).
        stops: One past the last, shape (rows,); equal to the first where a row is entirely in the padding.
        values: One column a filter, shape (rows, filters).
    """

    records: NDArray[np.int64]
    indices: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    values: NDArray[np.generic]


class Values(ABC):
    """What a format writes: the values of a block over the bases, along one record or along all of a file."""

    @property
    @abstractmethod
    def one(self) -> BlockValues:
        """The values along one of the records, which say what of which block is written, and how it is read."""

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of values of each filter, along all records."""

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The records' names in a file, all different."""

    @property
    @abstractmethod
    def lengths(self) -> NDArray[np.int64]:
        """The lengths of the records in letters, shape (records,)."""

    @property
    @abstractmethod
    def placement(self) -> dict[str, NDArray[Any]]:
        """Which rows of all values belong to which record, and `origin`, where each record's first value lies in it."""

    @abstractmethod
    def name(self, place: int) -> str:
        """Return a record's name in a file, by its index."""

    @abstractmethod
    def rows(self, progress: Progress = no_progress, *, as_read: bool = False) -> Iterator[Rows]:
        """Yield all values, record after record.

        Args:
            progress: Called now and then with what is done and the total; it may raise to stop.
            as_read: Whether the values of a record come in reading order instead of along the + strand.
        """

    @abstractmethod
    def by_record(self, progress: Progress = no_progress) -> Iterator[tuple[BlockValues, Progress]]:
        """Yield the values along each record, and the callback for progress along that record.

        Args:
            progress: See `rows`.
        """

    @abstractmethod
    def of_filters(self, filters: tuple[int, ...]) -> Values:
        """Return the values of some filters."""

    def names_of(self, records: NDArray[np.int64]) -> list[str]:
        """Return the name of each row's record, given the records' indices, equal ones side by side."""
        firsts = np.flatnonzero(np.diff(records, prepend=-1))
        counts = np.diff(firsts, append=len(records))
        names = [self.name(place) for place in records[firsts].tolist()]
        return [name for name, count in zip(names, counts.tolist(), strict=True) for _ in range(count)]


@dataclass(frozen=True, eq=False)
class BlockValues(Values):
    """The values of a block along some of its cells or positions.

    Attributes:
        reading: The block on its input window.
        quantity: What of it.
        filters: The filters, by number.
        start: The first cell or position.
        stop: One past the last.
        threads: How many threads compute cells; None is `default_threads`. The values do not depend on it.

    Raises:
        SettingError: The selections of a pool that averages, or no filter.
        NotFoundError: There is no such filter.
        RegionError: There is no such cell or position, or there are none.
    """

    reading: Reading
    quantity: Quantity
    filters: tuple[int, ...]
    start: int
    stop: int
    threads: int | None = None

    @classmethod
    def of(
        cls,
        reading: Reading,
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
    def one(self) -> BlockValues:
        """These values."""
        return self

    @property
    def count(self) -> int:
        """The number of values of each filter."""
        return self.stop - self.start

    @property
    def names(self) -> list[str]:
        """The record's name."""
        return [self.name(0)]

    def name(self, place: int) -> str:
        """Return the record's name."""
        return printable(self.reading.record.name)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of the record in letters."""
        return np.array([len(self.reading.record)])

    @property
    def placement(self) -> dict[str, NDArray[Any]]:
        """The first cell or position, the record, the half-open window of it, and where the first value lies."""
        reading = self.reading
        return {
            "first": np.array(self.start, dtype=np.int64),
            "record": np.array(reading.record.name),
            "window": np.array(reading.window, dtype=np.int64),
            "origin": np.array(self.origin, dtype=np.int64),
        }

    @property
    def origin(self) -> int:
        """The base of the record where the first value begins; on the other strand, one past the last it covers."""
        reading = self.reading
        return reading.origin - self.first_base if reading.reverse else reading.origin + self.first_base

    @cached_property
    def windows(self) -> Alignment:
        """How the windows of the responses lie over the bases."""
        run = self.reading.run
        return run.alignment.through(run.conv.sliding, run.length)

    @cached_property
    def _alignment(self) -> Alignment:
        run = self.reading.run
        if self.quantity.counted_by == "position":
            return self.windows
        return self.windows.through(run.pool.sliding, run.positions)

    @property
    def step(self) -> int:
        """The number of bases from one value to the next, which is how many each covers."""
        return self._alignment.stride

    @property
    def first_base(self) -> int:
        """The first base of the value `start`, counted from the input window's first; below 0 in the padding."""
        return self._alignment.bases(self.start)[0]

    def first_base_of(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first base of some values, see `first_base`."""
        return self.first_base + (indices - self.start) * self.step

    @property
    def labels(self) -> tuple[str, ...]:
        """Each filter's name in a file, see `filter_label`."""
        return tuple(filter_label(self.reading.run.conv, index) for index in self.filters)

    @property
    def strand(self) -> str:
        """`+`, or `-` where the other strand is read."""
        return "-" if self.reading.reverse else "+"

    @cached_property
    def run(self) -> BlockRun:
        """The block that is computed, with a single filter if only one is written."""
        run = self.reading.run
        return run.for_filter(self.filters[0]) if len(self.filters) == 1 else run

    @cached_property
    def columns(self) -> list[int] | slice:
        """The columns of the filters in what `run` computes."""
        if self.run.filters == 1 or self.filters == tuple(range(self.run.filters)):
            return slice(None)
        return list(self.filters)

    @cached_property
    def best(self) -> Array:
        """The activation of each filter that gets the full score in BED, shape (filters,).

        It is that of the filter's best match; in a block that reads feature maps, where the best match is unknown,
        the largest in the input window.
        """
        return self.run.best_match[self.columns]

    def of_filters(self, filters: tuple[int, ...]) -> BlockValues:
        """Return the values of some filters."""
        return replace(self, filters=filters)

    def by_record(self, progress: Progress = no_progress) -> Iterator[tuple[BlockValues, Progress]]:
        """Yield these values."""
        yield self, progress

    def chunks(self, *, backwards: bool = False) -> Iterator[tuple[int, int]]:
        """Yield all cells or positions in half-open chunks, each small enough to compute at once."""
        starts = range(self.start, self.stop, self._at_once)
        for start in reversed(starts) if backwards else starts:
            yield start, min(start + self._at_once, self.stop)

    @cached_property
    def _at_once(self) -> int:
        """The number of values of each filter that are computed at a time."""
        responses_each = self.run.pool.sliding.stride if self.quantity.counted_by == "cell" else 1
        return max(1, _VALUES_AT_ONCE // (self.run.filters * responses_each))

    def between(self, start: int, stop: int) -> NDArray[np.generic]:
        """Return the values of half-open cells or positions, in reading order, shape (stop − start, filters)."""
        run = self.run
        values: NDArray[np.generic] | None
        if self.quantity is Quantity.CELLS:
            # Each value is written once, so nothing is cached.
            values = run.values(start, stop, keep=False)
        elif self.quantity is Quantity.SELECTIONS:
            values = run.selections(start, stop, keep=False)
        elif self.quantity is Quantity.ACTIVATIONS:
            values = run.activations(start, stop)
        else:
            values = run.responses(start, stop)
        assert values is not None
        return values[:, self.columns]

    def rows(self, progress: Progress = no_progress, *, as_read: bool = False) -> Iterator[Rows]:
        """Yield all values, see `Values.rows`; the progress counts values of one filter."""
        reverse, done = self.reading.reverse and not as_read, 0
        # Values other than cells are cached by the thread that computes them.
        threads = default_threads() if self.threads is None else self.threads
        threads = threads if self.quantity is Quantity.CELLS and self.count > self._at_once else 1

        def compute(chunk: tuple[int, int]) -> tuple[int, int, NDArray[np.generic]]:
            return *chunk, self.between(*chunk)

        for start, stop, values in prefetch(compute, self.chunks(backwards=reverse), threads):
            indices = np.arange(start, stop, dtype=np.int64)
            first = self.first_base_of(indices)
            if reverse:
                indices, values, first = indices[::-1], values[::-1], first[::-1]
            yield Rows(np.zeros_like(indices), indices, *self.in_record(first, self.step), values)
            done += stop - start
            progress(done, self.count)

    def in_record(self, first: NDArray[np.int64], width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where intervals of the input window lie in the record, cut off at the window's letters.

        Args:
            first: The first base of each, counted from the input window's first.
            width: The number of bases of each.

        Returns:
            The first base of each in the record, and one past its last.
        """
        start, stop, origin = self.reading.start, self.reading.stop, self.reading.origin
        starts = origin - first - width if self.reading.reverse else origin + first
        return np.clip(starts, start, stop), np.clip(starts + width, start, stop)
