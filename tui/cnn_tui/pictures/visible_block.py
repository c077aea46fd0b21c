"""The visible stretch of one block on one reading, its values computed once for all tracks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading

from ..view.view_state import Axes, ViewState
from .visible import LaidValues, VisibleBases
from .visible_hits import VisibleHits, hit_thresholds, visible_hits

__all__ = ["VisibleBlock"]


@dataclass(frozen=True, eq=False)
class VisibleBlock(VisibleBases):
    """The visible stretch of one block: what does not change while the cursor moves within it.

    Attributes:
        frame: The view whose offset, zoom and width it is.
    """

    reading: Reading
    frame: ViewState

    @classmethod
    def of(cls, reading: Reading, view: ViewState, known: Iterable[VisibleBlock] = ()) -> VisibleBlock:
        """Return the visible stretch of a reading, on its own axes; one that is known already, where one serves.

        Args:
            reading: The model on the input window.
            view: Its offset, zoom and width are looked at.
            known: Visible stretches of other pictures.
        """
        axes = Axes.of(reading.run)
        if axes != view.axes:
            view = replace(view, axes=axes)
        return next((block for block in known if block.serves(reading, view)), None) or cls(reading, view)

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

    @property
    def hits(self) -> VisibleHits | None:
        """Where hits of all filters stand, or None until it is known what makes one."""
        return None if hit_thresholds(self.reading) is None else self._hits

    @cached_property
    def _hits(self) -> VisibleHits:
        thresholds = hit_thresholds(self.reading)
        assert thresholds is not None
        return visible_hits(self, thresholds)

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
