"""What a batch of edits makes of an array: nothing but a span of it changes, for every edit another.

The positions of an array come first and the edits second, `(positions, edits, channels)` or `(units, edits)`: a layer
then computes the spans of all edits as it computes one axis, in one matrix product.

A span may reach past the ends of its axis, so that the spans of edits near an end lie like all others. What stands
there is never read: `Edited.rows` gives the padding in its place, `Edited.differences` zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from .shapes import Array, Mask, product

__all__ = ["Edited", "EditedRow", "Rows", "Spans", "alike", "hull", "picked", "rows_of"]


_NEIGHBOURS: Final = 64
"""Edits near each other, which often change the same few channels."""


class Rows(Protocol):
    """An array of shape (positions, edits, values), or what is indexed like one: by a position, a slice, or both."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: Any, /) -> Any: ...


@dataclass(frozen=True, eq=False)
class Spans:
    """A span of an axis for every edit, all of one width.

    Attributes:
        first: The first position of each, shape (edits,); below 0 where it reaches past the beginning.
        width: How many positions each has; 0 where nothing changes.
        step: From one of its positions to the next; above 1 nothing in between belongs to it.
    """

    first: NDArray[np.int64]
    width: int
    step: int = 1

    @classmethod
    def whole(cls, edits: int, length: int) -> Spans:
        """Return all of an axis for every edit."""
        return cls(np.zeros(edits, dtype=np.int64), length)

    def __len__(self) -> int:
        """Return how many edits there are."""
        return len(self.first)

    @property
    def reach(self) -> int:
        """How many positions there are from the first to the last, both included."""
        return max(0, (self.width - 1) * self.step + 1)

    @property
    def stop(self) -> NDArray[np.int64]:
        """One past the last position of each, shape (edits,)."""
        return self.first + self.reach

    @property
    def positions(self) -> NDArray[np.int64]:
        """The positions, shape (width, edits)."""
        return self.first + self.step * np.arange(self.width)[:, None]

    @property
    def without_holes(self) -> Spans:
        """The spans with all that lies in between."""
        return self if self.step == 1 else Spans(self.first, self.reach)

    def of(self, edits: slice | NDArray[np.int64]) -> Spans:
        """Return the spans of some edits."""
        return Spans(self.first[edits], self.width, self.step)

    def moved(self, by: int) -> Spans:
        """Return the spans so many positions later."""
        return Spans(self.first + by, self.width, self.step)

    def within(self, start: int, stop: int, step: int = 1) -> Spans:
        """Return, of spans without holes, what any edit has of some positions.

        As much is cut off every span, so that all stay alike; where all of the positions are fewer, it is these.

        Args:
            start: The first position.
            stop: One past the last.
            step: From one position to the next.
        """
        first = self.first + (start - self.first) % step
        width, all_of_them = int((-((first - self.stop) // step)).max()), -(-(stop - start) // step)
        if width >= all_of_them:
            return Spans(np.full_like(first, start), all_of_them, step)
        left = max(0, (start - int(first.max())) // step)
        right = max(0, (int(first.min()) + (width - 1) * step - (stop - 1)) // step)
        return Spans(first + left * step, max(0, width - left - right), step)

    def grouped(self, size: int) -> Spans:
        """Return the spans of the axis of which every position stands for so many of this one."""
        first = self.first // size
        return Spans(first, int((-(-self.stop // size) - first).max()))

    def limited(self, length: int) -> Spans:
        """Return the spans, or all of the axis where they are as wide."""
        return Spans.whole(len(self), length) if self.width >= length else self


def alike(numbers: NDArray[np.int64]) -> Iterator[tuple[int, slice | NDArray[np.int64]]]:
    """Yield every number that edits have, and which edits have it."""
    if (numbers == numbers[0]).all():
        yield int(numbers[0]), slice(None)
        return
    for number in np.unique(numbers).tolist():
        yield number, np.flatnonzero(numbers == number)


def hull(several: Sequence[Spans]) -> Spans:
    """Return, edit by edit, from the first to the last position of several spans."""
    held = [each for each in several if each.width]
    if not held:
        return several[0]
    first = np.stack([each.first for each in held]).min(axis=0)
    stop = np.stack([each.stop for each in held]).max(axis=0)
    return Spans(first, int((stop - first).max()))


def rows_of(values: Array, spans: Spans) -> Array:
    """Return the positions of the spans of one array for all edits; at a position past an end, that of the end.

    Args:
        values: Shape (length, …).
        spans: The spans.

    Returns:
        Shape (width, edits, …).
    """
    first = int(spans.first[0])
    if (spans.first == first).all() and 0 <= first <= len(values) - spans.reach:
        return np.repeat(values[first : first + spans.reach : spans.step, None], len(spans), axis=1)
    return values.take(spans.positions, axis=0, mode="clip")


@dataclass(frozen=True, eq=False)
class Edited:
    """An array without any edit, and what each edit makes of its own span.

    Attributes:
        unedited: The array without an edit, shape (length, …).
        spans: Outside which nothing changes.
        values: What stands in the spans instead, shape (width, edits, …).
    """

    unedited: Array
    spans: Spans
    values: Array

    @classmethod
    def unchanged(cls, unedited: Array, edits: int) -> Edited:
        """Return an array that no edit changes."""
        return cls(unedited, Spans.whole(edits, 0), np.empty((0, edits, *unedited.shape[1:]), dtype=unedited.dtype))

    def rows(self, spans: Spans, fill: float = 0.0) -> Array:
        """Return any span of every edit's array.

        Args:
            spans: The spans.
            fill: What stands past the ends.

        Returns:
            Shape (width, edits, …).
        """
        pieces = self.pieces(spans, fill)
        if len(pieces) == 1:
            return pieces[0][1]
        rows = np.empty((spans.width, len(spans), *self.unedited.shape[1:]), dtype=self.values.dtype)
        for place, values in pieces:
            rows[place : place + len(values)] = values
        return rows

    def pieces(self, spans: Spans, fill: float = 0.0) -> list[tuple[int, Array]]:
        """Return any span of every edit's array in the pieces in which it lies there, so that little is copied.

        Args:
            spans: The spans.
            fill: What stands past the ends.

        Returns:
            Where each piece begins in the spans, and its rows, shape (rows, edits, …), which are not written to.
        """
        offset, width = self.spans.first - spans.first, self.spans.width
        first, steps = int(offset[0]), (self.spans.step, spans.step)
        same = (offset == first).all()
        if not width or not same or (max(steps) > 1 and (steps[0] != steps[1] or first or width != spans.width)):
            return [(0, _filled(self._picked(spans), spans, len(self.unedited), fill))]
        start, stop = (min(max(0, place), spans.width) for place in (first, first + width))
        found, length = [], len(self.unedited)
        past_ends = bool(spans.first.min() < 0 or spans.stop.max() > length)
        for begin, end, mine in ((0, start, False), (start, stop, True), (stop, spans.width, False)):
            if begin < end:
                part = Spans(spans.first + begin * spans.step, end - begin, spans.step)
                values = self.values[begin - first : end - first] if mine else rows_of(self.unedited, part)
                if past_ends:
                    values = _filled(values, part, length, fill, in_place=not mine)
                found.append((begin, values))
        return found

    def _picked(self, spans: Spans) -> Array:
        """Return the rows of spans that lie in any way to those of the edits."""
        if not self.spans.width:
            return rows_of(self.unedited, spans)
        positions = spans.positions
        place, beside = np.divmod(positions - self.spans.first, self.spans.step)
        outside = (beside != 0) | (place < 0) | (place >= self.spans.width)
        rows: Array = self.values[np.clip(place, 0, self.spans.width - 1), np.arange(len(spans))]
        rows[outside] = self.unedited.take(positions[outside], axis=0, mode="clip")
        return rows

    def without_holes(self) -> Edited:
        """Return the array with spans without holes: what lies in between is as without an edit."""
        spans = self.spans.without_holes
        return self if spans is self.spans else Edited(self.unedited, spans, self.rows(spans))

    def differences(self) -> Array:
        """Return what the edits add within their spans, 0 past the ends, shape (width, edits, …)."""
        first, reach = int(self.spans.first[0]), self.spans.reach
        if (self.spans.first == first).all() and 0 <= first <= len(self.unedited) - reach:
            return self.values - self.unedited[first : first + reach : self.spans.step, None]
        rows = rows_of(self.unedited, self.spans)
        return _filled(np.subtract(self.values, rows, out=rows), self.spans, len(self.unedited), 0)

    def differences_times(self, kernel: Array) -> tuple[Mask, Rows]:
        """Return which rows of the spans differ at all, and all their differences times a kernel.

        Args:
            kernel: Shape (channels, n).

        Returns:
            Shapes (width, edits) and (width, edits, n).
        """
        differences = self.differences()
        changed: Mask = np.logical_or.reduce(differences != 0, axis=2)
        products = np.empty((*changed.shape, kernel.shape[1]), dtype=np.float32)
        for first in range(0, len(self.spans), _NEIGHBOURS):
            mine = slice(first, first + _NEIGHBOURS)
            rows, weights = differences[:, mine], kernel
            channels = np.flatnonzero(rows.any(axis=(0, 1)))
            if 2 * len(channels) < len(kernel):
                rows, weights = rows[..., channels], kernel[channels]
            product(rows, weights, out=products[:, mine])
        return changed, products

    def units_times(self, kernel: Array) -> Array:
        """Return the differences of all units times a kernel, or of all positions as units of one row.

        Args:
            kernel: Shape (units, n), or (positions × channels, n).

        Returns:
            Shape (edits, n).
        """
        differences, firsts = self.differences(), self.spans.first
        if differences.ndim > 2:
            differences, firsts = _in_one_row(differences), firsts * differences.shape[2]
        products = np.zeros((len(firsts), kernel.shape[1]), dtype=np.float32)
        for first, mine in alike(firsts):
            start, stop = max(0, first), first + len(differences)
            inside = differences[start - first :, mine][: len(kernel) - start]
            products[mine] = product(inside.T, kernel[start:stop])
        return products

    def added(self) -> Edited:
        """Return what the edits add to an array of zeros."""
        return Edited(np.zeros_like(self.unedited), self.spans, self.differences())

    def whole(self) -> Array:
        """Return every edit's array, shape (length, edits, …)."""
        return self.rows(Spans.whole(len(self.spans), len(self.unedited)))

    def some(self, edits: slice | NDArray[np.int64]) -> Edited:
        """Return what some of the edits make of the array."""
        return Edited(self.unedited, self.spans.of(edits), self.values[:, edits])

    def of(self, edit: int) -> Array:
        """Return the array of one edit, shape (length, …)."""
        changed: Array = self.unedited.copy()
        first, step = int(self.spans.first[edit]), self.spans.step
        # The rows from the first inside the axis to the last.
        begin, end = max(0, -(first // step)), max(0, min(self.spans.width, -((first - len(changed)) // step)))
        rows = self.values[begin:end, edit]
        changed[first + begin * step :: step][: len(rows)] = rows
        return changed


class EditedRow(Edited):
    """An array of (positions, channels) as units of one row, position by position, laid out where it is asked for.

    Args:
        of: The array.
    """

    positions: Edited

    def __init__(self, of: Edited) -> None:
        # The fields of a frozen class.
        channels = of.unedited.shape[1]
        spans = Spans(of.spans.first * channels, of.spans.width * channels)
        self.__dict__.update(unedited=of.unedited.reshape(-1), spans=spans, positions=of)

    @cached_property
    def values(self) -> Array:
        """What stands in the spans, shape (width, edits)."""
        return _in_one_row(self.positions.values)

    def units_times(self, kernel: Array) -> Array:
        """Return the differences of all units times a kernel, see `Edited`."""
        return self.positions.units_times(kernel)


def _in_one_row(values: Array) -> Array:
    # Every edit's row lies together, for those who multiply it.
    return values.transpose(1, 0, 2).reshape(values.shape[1], -1).T


def picked(values: Array, offset: NDArray[np.int64], width: int) -> Array:
    """Return a part of every edit's rows.

    Args:
        values: Shape (rows, edits, …).
        offset: The first row of the part, for every edit.
        width: How many rows the part has.

    Returns:
        Shape (width, edits, …).
    """
    if (offset == offset[0]).all():
        return values[int(offset[0]) : int(offset[0]) + width]
    rows = np.clip(offset + np.arange(width)[:, None], 0, len(values) - 1)
    found: Array = values[rows, np.arange(len(offset))]
    return found


def _filled(rows: Array, spans: Spans, length: int, fill: float, *, in_place: bool = True) -> Array:
    """Return rows with a number in all positions past the ends."""
    if not spans.width or (spans.first.min() >= 0 and spans.stop.max() <= length):
        return rows
    positions = spans.positions
    rows = rows if in_place else rows.copy()
    rows[(positions < 0) | (positions >= length)] = fill
    return rows
