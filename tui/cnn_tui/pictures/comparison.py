"""Two readings over the same columns, and how their values differ: what is shown minus what it is compared with.

Positions and cells are compared by index: `pooled[5]` of the one with `pooled[5]` of the other. What only one of them
has differs in nothing. Where letters are put in or taken out, everything right of that is compared with other letters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array
from cnn_core.letters.edits import EditedRecord
from cnn_core.network.model import Model

from .visible import LaidValues, marked_bases
from .visible_block import VisibleBlock

__all__ = ["Comparison", "is_same", "original_of"]

_NOISE: Final = 1e-6
"""The share of a block's largest value below which numbers that were summed anew differ by rounding alone."""
_LEAST: Final = 0.01
"""The share of a block's largest value that the strongest colour of a difference stands for at the least."""
_WHOLE: Final = 1 << 22
"""Activations of an input that is compared as a whole; of a longer one only what is visible."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is shown of a block, against the same of another reading.

    The other reading may be of other letters, or of a model with other weights or settings; blocks of different
    numbers of filters cannot be compared. Nothing is computed before it is asked for.

    Attributes:
        shown: The visible stretch of what is shown.
        against: That of what it is compared with, over the same columns, on axes of its own.
        minus: The filter that every filter of `shown` is compared with; None compares each with its own.
    """

    shown: VisibleBlock
    against: VisibleBlock
    minus: int | None = None

    def is_of(self, other: Comparison) -> bool:
        """Tell whether another comparison is of the same two."""
        return self.shown is other.shown and self.against is other.against and self.minus == other.minus

    @cached_property
    def positions_match(self) -> bool:
        """Whether a position of the one stands over the bases of the same position of the other."""
        mine, theirs = self.shown.view.axes, self.against.view.axes
        ours, others = ((each.position_width, each.base_of_position(0)) for each in (mine, theirs))
        return (mine.conv, mine.origin) == (theirs.conv, theirs.origin) or ours == others

    @cached_property
    def cells_match(self) -> bool:
        """Whether a cell of the one chooses from the positions of the same cell of the other."""
        mine, theirs = self.shown.view.axes.pool, self.against.view.axes.pool
        return self.positions_match and mine == theirs

    def positions(self, start: int, stop: int) -> Array:
        """Return how the activations at half-open positions differ, shape (stop − start, filters); 0 if none match."""
        shown, against = self.shown.reading.run, self.against.reading.run
        count = against.positions if self.positions_match else 0
        return self._difference(start, stop, shown.activations, against.activations, count)

    def values(self, start: int, stop: int) -> Array:
        """Return how half-open cells differ, shape (stop − start, filters); 0 if none match."""
        shown, against = self.shown.reading.run, self.against.reading.run
        return self._difference(start, stop, shown.values, against.values, against.cells if self.cells_match else 0)

    def _difference(
        self,
        start: int,
        stop: int,
        shown: Callable[[int, int], Array],
        against: Callable[[int, int], Array],
        count: int,
    ) -> Array:
        both = max(start, min(stop, count))
        found = np.zeros((stop - start, self.shown.reading.run.filters), dtype=np.float32)
        if both == start:
            return found
        # Infinities that are the same on both sides differ in nothing.
        with np.errstate(invalid="ignore"):
            minus = slice(None) if self.minus is None else slice(self.minus, self.minus + 1)
            found[: both - start] = shown(start, both) - against(start, both)[:, minus]
        found[np.isnan(found) | (np.abs(found) <= self._noise)] = 0
        return found

    @cached_property
    def _largest(self) -> float:
        """The largest size of any activation of both."""
        runs = self.shown.reading.run, self.against.reading.run
        return max(float(max(-run.extremes.lowest.min(), run.extremes.highest.max())) for run in runs)

    @cached_property
    def _noise(self) -> float:
        """What rounding alone may change: nothing, where letters pick the weights that are added up."""
        is_exact = self.shown.reading.run.reads_letters and self.against.reading.run.reads_letters
        return 0.0 if is_exact else _NOISE * self._largest

    @cached_property
    def maps(self) -> LaidValues:
        """How every filter's activations differ, over the columns; of several in one, the largest difference."""
        axes = self.shown.view.axes
        first, width = axes.base_of_position(0), axes.position_width
        return self.shown.laid(self.positions, axes.filters, axes.positions, first, width, _furthest)

    @cached_property
    def cells(self) -> LaidValues:
        """How every filter's cells differ, over the columns; of several in one, the largest difference."""
        axes = self.shown.view.axes
        first, width = axes.base_of_cell(0), axes.cell_width
        return self.shown.laid(self.values, axes.filters, axes.cells, first, width, _furthest)

    @cached_property
    def filters_by_maps(self) -> NDArray[np.bool_]:
        """Which filters have a visible activation that differs, shape (filters,)."""
        found: NDArray[np.bool_] = (self.maps.values != 0).any(axis=0)
        return found

    @cached_property
    def filters_by_cells(self) -> NDArray[np.bool_]:
        """Which filters have a visible cell that differs, shape (filters,)."""
        found: NDArray[np.bool_] = (self.cells.values != 0).any(axis=0)
        return found

    @cached_property
    def selections(self) -> NDArray[np.int64] | None:
        """What the visible cells of `shown` select in the other reading, or −1, shape (cells, filters).

        None where the pool of either averages.
        """
        if self.shown.selections is None:
            return None
        first, last = self.shown.visible_cells
        run = self.against.reading.run
        stop = max(first, min(last, run.cells))
        selected = run.selections(first, stop)
        if selected is None:
            return None
        found = np.full(self.shown.selections.shape, -1, dtype=np.int64)
        found[: stop - first] = np.where(run.all_zero(first, stop), -1, selected)
        return found

    @property
    def is_whole(self) -> bool:
        """Whether the whole input is compared, rather than what is visible of it."""
        axes = self.shown.view.axes
        return axes.positions * axes.filters <= _WHOLE

    @cached_property
    def _compared(self) -> tuple[int, Array]:
        """How the compared activations differ, and the position of the first."""
        if self.is_whole:
            return 0, self.positions(0, self.shown.view.axes.positions)
        index = self.shown.maps.index
        first = int(index[index >= 0].min(initial=self.shown.view.axes.positions))
        return first, self.positions(first, max(first, int(self.shown.maps.stop.max(initial=0))))

    @cached_property
    def _compared_cells(self) -> tuple[int, Array]:
        """How the compared cells differ, and the first of them."""
        first, last = (0, self.shown.view.axes.cells) if self.is_whole else self.shown.visible_cells
        return first, self.values(first, last)

    @cached_property
    def most(self) -> Array:
        """The largest size of each filter's differences, but no less than shows, shape (filters,)."""
        found: Array = np.abs(self._compared[1]).max(axis=0, initial=0)
        return np.maximum(found, np.float32(_LEAST * self._largest or 1))

    def changed_cells(self, filter_index: int) -> NDArray[np.int64]:
        """Return which cells of a filter differ, ascending: of the whole input, see `is_whole`."""
        first, differences = self._compared_cells
        return np.flatnonzero(differences[:, filter_index]) + first

    @property
    def changed_filters(self) -> int:
        """How many filters have a cell that differs: of the whole input, see `is_whole`."""
        return int((self._compared_cells[1] != 0).any(axis=0).sum())

    @property
    def furthest_cell(self) -> tuple[int, int, float] | None:
        """The cell that differs most of all filters', its filter and its difference; None where none differs."""
        first, differences = self._compared_cells
        if not differences.size or not differences.any():
            return None
        cell, chosen = divmod(int(np.abs(differences).argmax()), differences.shape[1])
        return first + cell, chosen, float(differences[cell, chosen])

    def changed_positions(self, filter_index: int) -> NDArray[np.int64]:
        """Return which activations of a filter differ, ascending: of the whole input, see `is_whole`."""
        first, differences = self._compared
        return np.flatnonzero(differences[:, filter_index]) + first

    @cached_property
    def replaced(self) -> NDArray[np.bool_]:
        """Which visible letters of `shown`, the original, the edits of the other replace, shape (visible bases,)."""
        record = self.against.reading.record
        if not isinstance(record, EditedRecord):
            return np.zeros(self.shown.frame.visible_bases, dtype=np.bool_)
        places = [np.arange(edit.start, max(edit.stop, edit.start + 1)) for edit in record.edits]
        return marked_bases(self.shown.reading, self.shown.frame, np.concatenate(places).astype(np.int64))


def _furthest(values: Array) -> Array:
    """Return of each channel the value furthest from 0."""
    found: Array = values[np.abs(values).argmax(axis=0), np.arange(values.shape[1])]
    return found


def original_of(reading: Reading, known: Reading | None = None) -> Reading | None:
    """Return a reading as it is without its edits, its input window over the same letters; None without edits.

    Args:
        reading: The reading.
        known: What may be that very reading, with values that are computed.
    """
    if not isinstance(reading.record, EditedRecord) and not reading.model.weight_edits:
        return None
    original = reading.without_edits()
    return known if known is not None and is_same(original, known) else original


def is_same(reading: Reading, other: Reading) -> bool:
    """Tell whether two readings give the same values, without looking at any."""
    if not _is_same_model(reading.model, other.model):
        return False
    mine, theirs = (
        {each.name: getattr(one, each.name) for each in fields(Reading) if each.init} for one in (reading, other)
    )
    return all(
        mine[name] is theirs[name] or (name in _PLAIN and mine[name] == theirs[name])
        for name in mine.keys() - {"model"}
    )


def _is_same_model(model: Model, other: Model) -> bool:
    """Tell whether two models have the very same layers, or layers with the very same weights and settings."""
    if model is other:
        return True
    if model.block_settings != other.block_settings or len(model.nodes) != len(other.nodes):
        return False
    pairs = [(mine.layer, theirs.layer) for mine, theirs in zip(model.nodes, other.nodes, strict=True)]
    return all(
        mine is theirs or [*map(id, mine.weights().values())] == [*map(id, theirs.weights().values())] != []
        for mine, theirs in pairs
    )


_PLAIN: Final = ("start", "stop", "reverse", "ambiguity", "assumed", "looked_into")
"""Fields of a reading that are compared by value."""
