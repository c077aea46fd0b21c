"""The visible bases, and values of any layer laid over their columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array
from cnn_core.letters.edits import EditedRecord

from ..view.frame import Frame

__all__ = ["LaidValues", "VisibleBases", "edited_places", "marked_bases"]


@dataclass(frozen=True, eq=False)
class LaidValues:
    """Values laid over the columns of the tracks.

    Attributes:
        values: One row a column, shape (columns, channels); 0 where there is nothing.
        index: The position or cell that a column shows, the first where it shows several; −1 for none.
        stop: One past the last that it shows.
        starts: Whether that position or cell begins in the column.
    """

    values: Array
    index: NDArray[np.int64]
    stop: NDArray[np.int64]
    starts: NDArray[np.bool_]

    def begin_at(self, places: range) -> NDArray[np.bool_]:
        """Return which columns show one of some positions or cells, as the first of theirs, shape (columns,)."""
        if not places:
            return np.zeros(len(self.index), dtype=np.bool_)
        inside = (self.index >= places[0]) & (self.index <= places[-1])
        return inside if places.step == 1 else inside & ((self.index - places[0]) % places.step == 0)

    def strongest(self, column: int, channel: int, values: Callable[[int, int], Array]) -> tuple[int, float]:
        """Return the position or cell whose value a column shows, and that value.

        Args:
            column: A column whose index is not −1.
            channel: The filter, or another layer's channel.
            values: Gives the values of half-open positions or cells.
        """
        first = int(self.index[column])
        shown = values(first, int(self.stop[column]))[:, channel]
        nth = int(shown.argmax())
        return first + nth, float(shown[nth])


def largest(values: Array) -> Array:
    """Return the largest value of each channel."""
    found: Array = values.max(axis=0)
    return found


def edited_places(reading: Reading) -> NDArray[np.int64]:
    """Return the positions of the edited record that are edited, or stand right of letters taken out."""
    record = reading.record
    if not isinstance(record, EditedRecord):
        return np.empty(0, np.int64)
    taken_out = [record.edited_position(edit.start) for edit in record.edits if not edit.letters]
    return np.concatenate([record.is_changed, np.array(taken_out, dtype=np.int64)])


def marked_bases(reading: Reading, frame: Frame, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the visible bases are some positions of the record, shape (visible bases,)."""
    marked = np.zeros(frame.visible_bases, dtype=np.bool_)
    bases = (reading.origin - 1 - places if reading.reverse else places - reading.origin) - frame.offset
    inside = (bases >= 0) & (bases < len(marked)) & (bases + frame.offset < reading.length)
    marked[bases[inside]] = True
    return marked


@dataclass(frozen=True, eq=False)
class VisibleBases:
    """What does not change while a cursor moves within the visible stretch.

    Attributes:
        reading: The model on the input window.
        frame: The offset, the zoom and the width that it is.
    """

    reading: Reading
    frame: Frame

    def same_frame(self, reading: Reading, frame: Frame) -> bool:
        """Tell whether another picture shows the same bases of the same reading."""
        mine = self.frame
        return reading is self.reading and (mine.offset, mine.zoom, mine.columns) == (
            frame.offset,
            frame.zoom,
            frame.columns,
        )

    @cached_property
    def bases(self) -> NDArray[np.int64]:
        """The first base of every column, shape (columns,)."""
        frame = self.frame
        columns = np.arange(frame.columns, dtype=np.int64)
        return frame.offset + columns * frame.bases_per_column // frame.columns_per_base

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """The codes of the visible bases, shape (visible bases,)."""
        return self.reading.codes(self.frame.offset, self.frame.offset + self.frame.visible_bases)

    @cached_property
    def edited(self) -> NDArray[np.bool_]:
        """Which of the visible bases are edited, or stand right of letters taken out, shape (visible bases,)."""
        return marked_bases(self.reading, self.frame, edited_places(self.reading))

    def laid(
        self,
        values: Callable[[int, int], Array],
        channels: int,
        count: int,
        first_base: int,
        width: int,
        reduced: Callable[[Array], Array] = largest,
    ) -> LaidValues:
        """Lay items of equal width, each beginning a width after the one before, over the columns.

        Args:
            values: Gives the values of half-open items, shape (items, channels).
            channels: How many channels they have.
            count: How many items there are.
            first_base: The base over which item 0 begins.
            width: Bases from one item to the next, above 0.
            reduced: Makes one value a channel of several items, shape (items, channels), that share a column.
        """
        frame = self.frame
        covering = (self.bases - first_base) // width
        if frame.bases_per_column > 1:
            # A column shows the items that begin in it; where none does, the one that covers it.
            edges = np.append(self.bases, frame.base_at(frame.columns))
            begins = np.clip(-(-(edges - first_base) // width), 0, count)
            starts = begins[:-1] < begins[1:]
            index = np.where(starts, begins[:-1], covering)
            stop = np.where(starts, begins[1:], covering + 1)
        else:
            starts = (self.bases - first_base) % width == 0
            starts[1:] &= self.bases[1:] != self.bases[:-1]
            index, stop = covering, covering + 1
        shown = (index >= 0) & (index < count)
        laid = np.zeros((frame.columns, channels), dtype=np.float32)
        if shown.any():
            first = int(index[shown][0])
            stretch = values(first, int(stop[shown][-1]))
            laid[shown] = stretch[index[shown] - first]
            # Reduced, never sampled.
            for column in np.flatnonzero(shown & (stop - index > 1)):
                laid[column] = reduced(stretch[index[column] - first : stop[column] - first])
        return LaidValues(laid, np.where(shown, index, -1), np.where(shown, stop, -1), starts & shown)
