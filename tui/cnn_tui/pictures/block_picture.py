"""What the tracks draw: a view of a reading, the values of its visible stretch computed once for all tracks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.block_run import BlockRun
from cnn_core.blocks.conv_step import ConvStep
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import Trace, trace_cell, trace_response
from cnn_core.errors import printable
from cnn_core.layers import Array

from ..view.view_state import EditsShown, Level, Scale, Side, ViewState
from ..words.block_words import BlockWords, words_of
from .comparison import Comparison
from .visible import LaidValues
from .visible_block import VisibleBlock

if TYPE_CHECKING:
    from .motif_picture import MotifPicture

__all__ = ["Picture", "VisibleBlock"]


@dataclass(frozen=True, eq=False)
class Picture:
    """A view of a reading, alone or compared with another one, such as the same without its edits.

    Attributes:
        view: What is looked at; its axes are those of what is shown.
        visible: The visible stretch of what is shown.
        comparison: What is shown against what it is compared with, or None where there is nothing to compare.
        wider: The lowest and the highest values of what stands beside, which its scales reach too, shape (filters,)
            or (1,) each; None where nothing does.
    """

    view: ViewState
    visible: VisibleBlock
    comparison: Comparison | None = None
    wider: tuple[Array, Array] | None = None

    @classmethod
    def of(
        cls, reading: Reading, view: ViewState, before: Picture | None = None, against: Reading | None = None
    ) -> Picture:
        """Return the picture of a view, keeping what is visible of the picture before where it is the same.

        Args:
            reading: The model on the input window.
            view: What is looked at; its axes are those of the reading that `view.edits` shows.
            before: The picture shown so far.
            against: The reading that it is compared with; where `view.edits` says original, that is shown, and
                compared with the reading.
        """
        known = () if before is None else before._blocks
        swapped = view.edits is EditsShown.ORIGINAL and against is not None
        shown, other = (against, reading) if swapped else (reading, against)
        assert shown is not None
        visible = VisibleBlock.of(shown, view, known)
        if other is None:
            return cls(view, visible)
        comparison = Comparison(visible, VisibleBlock.of(other, view, known))
        if before is not None and before.comparison is not None and before.comparison.is_of(comparison):
            comparison = before.comparison
        return cls(view, visible, comparison)

    @property
    def _blocks(self) -> tuple[VisibleBlock, ...]:
        return (self.visible,) if self.comparison is None else (self.visible, self.comparison.against)

    def read(self) -> None:
        """Read the letters that it is drawn from.

        Raises:
            SequenceError: They can no longer be read, such as those of a file that has changed.
        """
        _ = [block.codes for block in self._blocks], self.trace
        if self.view.hits:
            _ = self.visible.hits

    @property
    def shown(self) -> Reading:
        """The reading whose values are shown: without the edits, where the original is shown."""
        return self.visible.reading

    @property
    def reading(self) -> Reading:
        """The model on the input window, with the edits in force, whichever values are shown."""
        if self.comparison is not None and self.view.edits is EditsShown.ORIGINAL:
            return self.comparison.against.reading
        return self.shown

    @property
    def original(self) -> Reading | None:
        """What the reading is compared with, or None."""
        if self.comparison is None:
            return None
        return self.shown if self.view.edits is EditsShown.ORIGINAL else self.comparison.against.reading

    def same_values(self, other: Picture) -> bool:
        """Tell whether another picture is drawn from the same values, compared with the same ones."""
        mine, theirs = self.comparison, other.comparison
        same = (mine is None) == (theirs is None) and self.shown is other.shown
        against = mine is None or theirs is None
        if mine is not None and theirs is not None:
            against = mine.against.reading is theirs.against.reading and mine.minus == theirs.minus
        return same and against and self.view.edits is other.view.edits and self.view.side is other.view.side

    def same_shapes(self, other: Picture) -> bool:
        """Tell whether another picture shows the same block of the same model on as many bases."""
        mine, theirs = self.shown, other.shown
        same = mine.model is theirs.model and mine.length == theirs.length
        return same and mine.looked_into == theirs.looked_into

    @property
    def run(self) -> BlockRun:
        """The block's values."""
        return self.shown.run

    @property
    def differs(self) -> bool:
        """Whether differences are drawn instead of values."""
        return self.comparison is not None and self.view.edits is EditsShown.DIFFERENCE

    @property
    def maps(self) -> LaidValues:
        """What is drawn of every filter's activations: themselves, or how they differ."""
        return self.comparison.maps if self.comparison and self.differs else self.visible.maps

    @property
    def cells(self) -> LaidValues:
        """What is drawn of every filter's cells: themselves, or how they differ."""
        return self.comparison.cells if self.comparison and self.differs else self.visible.cells

    @cached_property
    def edited_bases(self) -> NDArray[np.bool_]:
        """Which of the visible letters are edited, or of the original are to be, shape (visible bases,)."""
        if self.view.edits is EditsShown.ORIGINAL and self.comparison is not None:
            return self.comparison.replaced
        return self.visible.edited

    @cached_property
    def cell_trace(self) -> Trace:
        """The trace of the cell under the cursor, or of the one that its response belongs to."""
        return trace_cell(self.shown, self.view.cell, self.view.filter)

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
        return trace_response(self.shown, self.position, self.view.filter)

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
        if self.comparison is not None and self.differs:
            most = self.comparison.most
            most = most if self.view.scale is Scale.FILTER else np.full(most.shape, most.max())
            return -most, most
        lowest, highest = self.run.extremes.lowest, self.run.extremes.highest
        if self.wider is not None:
            lowest, highest = np.minimum(lowest, self.wider[0]), np.maximum(highest, self.wider[1])
        if self.view.scale is Scale.FILTER:
            return lowest, highest
        return np.full(highest.shape, lowest.min()), np.full(highest.shape, highest.max())

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

    def called(self, filter_index: int, motifs: MotifPicture | None) -> str:
        """Return what a filter is called: by what it resembles where that is asked for, its own name, or nothing."""
        resembled = motifs.resembled(filter_index) if motifs is not None and self.view.named else ""
        return resembled or self.filter_name(filter_index)

    def on_side(self, side: Side) -> Picture:
        """Return the picture as one of two that stand side by side, or as one alone."""
        return replace(self, view=replace(self.view, side=side))

    def revealed(self, before: Picture | None) -> Picture:
        """Return the picture with what a cell of all positions selected on the screen, where another was before."""
        view = self.view
        if not self.run.pools_all or view.level is not Level.CELL or view.filling is not None:
            return self
        if before is not None and before.run is self.run:
            seen = before.view
            if (view.filter, view.level, view.zoom, False) == (
                seen.filter,
                seen.level,
                seen.zoom,
                seen.filling is not None,
            ):
                return self
        followed = self.pool_step.followed
        shown = view if followed is None else view.revealing(followed)
        return self if shown == view else self.stepped(shown)

    def stepped(self, view: ViewState) -> Picture:
        """Return the picture of another view of the same reading."""
        return Picture.of(self.reading, view, self, self.original)
