"""What the tracks draw: a view of a reading, the values of its visible stretch computed once for all tracks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.conv_step import ConvStep
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace, trace_cell, trace_response
from cnn_core.errors import printable
from cnn_core.layers import Array

from ..view.view_state import Level, Scale, ViewState
from ..words.block_words import BlockWords, words_of
from .visible import LaidValues, VisibleBases

__all__ = ["Picture", "VisibleBlock"]


@dataclass(frozen=True, eq=False)
class VisibleBlock(VisibleBases):
    """The visible stretch of one block: what does not change while the cursor moves within it.

    Attributes:
        frame: The view whose offset, zoom and width it is.
    """

    reading: Reading
    frame: ViewState

    @property
    def view(self) -> ViewState:
        """The view whose offset, zoom and width it is."""
        return self.frame

    def serves(self, reading: Reading, view: ViewState) -> bool:
        """Tell whether another picture shows the same stretch of the same reading."""
        return self.same_frame(reading, view) and self.view.axes == view.axes

    @cached_property
    def maps(self) -> LaidValues:
        """Every filter's activations, over the columns of their windows' first bases."""
        axes = self.view.axes
        run = self.reading.run
        return self.laid(
            run.activations, axes.filters, axes.positions, axes.base_of_position(0), axes.position_width
        )

    @cached_property
    def read(self) -> NDArray[np.bool_]:
        """Which columns show a position that a cell reads, shape (columns,)."""
        index, axes = self.maps.index, self.view.axes
        return (index >= 0) & axes.pool.reads(index, axes.positions)

    @cached_property
    def cells(self) -> LaidValues:
        """Every filter's cells, over the columns of the positions that only they begin at."""
        axes = self.view.axes
        return self.laid(self.reading.run.values, axes.filters, axes.cells, axes.base_of_cell(0), axes.cell_width)

    @cached_property
    def selections(self) -> NDArray[np.int64] | None:
        """The selections of the visible cells, shape (cells, filters), or None where the pool averages."""
        first, last = self.visible_cells
        return self.reading.run.selections(first, last)

    @cached_property
    def all_zero(self) -> NDArray[np.bool_]:
        """Which of the visible cells are all 0, shape (cells, filters)."""
        return self.reading.run.all_zero(*self.visible_cells)

    @cached_property
    def visible_cells(self) -> tuple[int, int]:
        """The cells that could have chosen a visible response, half-open."""
        view = self.view
        sliding = view.axes.pool
        first = view.axes.cell_at(view.offset) - sliding.size // sliding.stride - 1
        last = view.axes.cell_at(view.offset + view.visible_bases) + 1
        return max(0, first), last


@dataclass(frozen=True, eq=False)
class Picture:
    """A view of a reading.

    Attributes:
        view: What is looked at.
        visible: The visible stretch.
    """

    view: ViewState
    visible: VisibleBlock

    @classmethod
    def of(cls, reading: Reading, view: ViewState, before: Picture | None = None) -> Picture:
        """Return the picture of a view, keeping what is visible of the picture before where it is the same.

        Args:
            reading: The model on the input window.
            view: What is looked at; its axes are the reading's.
            before: The picture shown so far.
        """
        if before is not None and before.visible.serves(reading, view):
            return cls(view, before.visible)
        return cls(view, VisibleBlock(reading, view))

    def read(self) -> None:
        """Read the letters that it is drawn from.

        Raises:
            SequenceError: They can no longer be read, such as those of a file that has changed.
        """
        _ = self.visible.codes, self.trace

    @property
    def reading(self) -> Reading:
        """The model on the input window."""
        return self.visible.reading

    @property
    def run(self) -> BlockRun:
        """The block's values."""
        return self.reading.run

    @cached_property
    def cell_trace(self) -> Trace:
        """The trace of the cell under the cursor, or of the one that its response belongs to."""
        return trace_cell(self.reading, self.view.cell, self.view.filter)

    @cached_property
    def pool_step(self) -> PoolStep:
        """How that cell came to its value."""
        step = self.cell_trace.steps[0]
        assert isinstance(step, PoolStep)
        return step

    @cached_property
    def trace(self) -> Trace:
        """The trace of what the cursor stands on: a cell, or a response and what it reads."""
        return self.cell_trace if self.view.level is Level.CELL else self.response_trace

    @cached_property
    def position(self) -> int:
        """The response whose window is shown."""
        if self.view.level is Level.CELL and self.view.play is None and self.pool_step.followed is not None:
            return self.pool_step.followed
        if self.view.level is Level.CELL and self.view.play is None:
            return self.pool_step.window.positions[0]
        return self.view.position

    @property
    def pool_positions(self) -> range:
        """The pool window to show: the named cell's, or nothing for a response that no cell reads."""
        if self.view.level is not Level.CELL and self.view.axes.cell_of(self.view.position) is None:
            return range(0)
        return self.pool_step.window.positions

    @property
    def marked(self) -> int | None:
        """The response to mark: none where the cursor stands on an average, which chooses nothing."""
        averages = self.view.level is Level.CELL and self.view.play is None and self.pool_step.followed is None
        return None if averages else self.position

    @cached_property
    def response_trace(self) -> Trace:
        """The trace of the response whose window is shown."""
        return trace_response(self.reading, self.position, self.view.filter)

    @cached_property
    def conv_step(self) -> ConvStep:
        """How that response came to its value."""
        step = self.response_trace.steps[0]
        assert not isinstance(step, PoolStep)
        return step

    @property
    def deep_step(self) -> ConvStep | None:
        """The same where it is computed from feature maps; None where from letters."""
        return self.conv_step if self.conv_step.source else None

    @property
    def followed_down(self) -> tuple[str, tuple[int, int]]:
        """The layer that a deep block reads, and the position there under the cursor with what adds most there."""
        step = self.deep_step
        assert step is not None
        tap, between = divmod(self.view.base - step.window.first, step.window.step)
        largest = step.largest(1, tap) if not between and 0 <= tap < step.window.taps else ()
        return step.source, (self.view.base, largest[0].index[1] if largest else step.channels.start)

    @cached_property
    def words(self) -> BlockWords:
        """What the parts of the block are called."""
        return words_of(self.run)

    @cached_property
    def scales(self) -> tuple[Array, Array]:
        """The lowest and the highest value that each filter's colours reach, shape (filters,) each."""
        extremes = self.run.extremes
        if self.view.scale is Scale.FILTER:
            return extremes.lowest, extremes.highest
        shape = extremes.highest.shape
        return np.full(shape, extremes.lowest.min()), np.full(shape, extremes.highest.max())

    def scale(self, filter_index: int) -> tuple[float, float]:
        """Return the lowest and the highest value that a filter's colours reach."""
        lowest, highest = self.scales
        return float(lowest[filter_index]), float(highest[filter_index])

    @property
    def channels(self) -> int:
        """How many filters there are."""
        return self.run.filters

    @property
    def chosen(self) -> int:
        """The chosen filter."""
        return self.view.filter

    def channel_name(self, channel: int) -> str:
        """Return a filter's name, see `filter_name`."""
        return self.filter_name(channel)

    def filter_name(self, filter_index: int) -> str:
        """Return a filter's name, fit for the screen, or nothing where it has none."""
        names = self.run.conv.filter_names
        return printable(names[filter_index]) if names else ""

    def stepped(self, view: ViewState) -> Picture:
        """Return the picture of another view of the same reading."""
        return Picture.of(self.reading, view, self)
