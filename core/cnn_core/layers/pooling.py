"""Pooling: one cell a pool window, filter by filter, never across filters.

Those whose windows do not slide, since they are made for the axis that they are given, are in `whole_axis_pooling`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, TooShortError
from .base import Layer, LayerRun, SlidingLayer
from .composition import Composition, ComputedValue, Taps, mean_of
from .edited import Edited, Spans, rows_of
from .selection_and_ties import change_ratio, maximum_of, placed, shared_change
from .shapes import Array, PerInput, Shape, spatial
from .windows import Padding, Pair, Sliding, checked_padding, padding_text

__all__ = ["AveragePooling1D", "MaxPooling1D", "Pooling1D", "PoolingLayer"]


class PoolingLayer(Layer):
    """A layer that makes one value of some neighbouring positions, channel by channel."""

    @property
    def windows_alike(self) -> bool:
        """Whether its windows are equally wide on an axis of any length."""
        return True

    @property
    def keeps_axis(self) -> bool:
        """Whether its output has an axis of cells, be it of one alone."""
        return True

    @abstractmethod
    def sliding_over(self, length: int) -> MaxPooling1D | AveragePooling1D | None:
        """Return the pool with a sliding window that does the same on an axis; None where its windows differ in width.

        Args:
            length: The length of the axis that is read.

        Raises:
            TooShortError: Not a single pool window fits.
        """


@dataclass(frozen=True, eq=False)
class SelectingPool(PoolingLayer):
    """A pool that keeps the largest value of every window."""

    @abstractmethod
    def selections(self, x: Array) -> NDArray[np.int64]:
        """Return the position that every cell selected: the first maximum of its pool window.

        Args:
            x: Activations, shape (length, channels).

        Returns:
            Positions of the input, shape (cells, channels).
        """

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the sum of the gradients of the cells that selected it."""
        return (placed(upstream, self.selections(of.x), of.x),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers of the positions that either run selected.

        A change of a cell goes to its own selection where the cell rises, else to the reference's; see
        `shared_change`.
        """
        selected, selected_reference = self.selections(of.x), self.selections(reference.x)
        rise, fall = shared_change(upstream, of.output, reference.output)
        change = placed(rise, selected, of.x) + placed(fall, selected_reference, of.x)
        return (change_ratio(change, of.x - reference.x, placed(upstream, selected, of.x)),)


@dataclass(frozen=True, eq=False)
class Pooling1D(SlidingLayer, PoolingLayer):
    """What the two sliding pools share.

    Attributes:
        size: Positions that a cell selects from.
        stride: Positions between neighbouring pool windows; None means the pool size.
        padding: `valid`, `same`, or positions left and right; padding is never selected.
        dilation: Positions between neighbouring ones of a pool window.
        ceil: Whether positions left over at the end get a cell of their own, as PyTorch's `ceil_mode` has it; see
            `Sliding`.
    """

    size: int = 2
    stride: int | None = None
    padding: Padding | str | Pair = Padding.VALID
    dilation: int = field(default=1, kw_only=True)
    ceil: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        sliding = self.sliding
        if sliding.padding is Padding.CAUSAL:
            raise SettingError("a pool cannot be causal", remedy="its padding is valid or same")
        if isinstance(sliding.padding, tuple) and max(sliding.padding) >= sliding.span:
            raise SettingError(
                f"a padding of {padding_text(sliding.padding)} is as wide as a pool window of {sliding.span}",
                remedy=f"the widest is {sliding.span - 1}",
            )

    @cached_property
    def sliding(self) -> Sliding:
        """The pool window and how it moves."""
        stride = self.size if self.stride is None else self.stride
        return Sliding(self.size, stride, checked_padding(self.padding), self.dilation, self.ceil)

    def sliding_over(self, length: int) -> MaxPooling1D | AveragePooling1D | None:
        """Return the pool itself."""
        assert isinstance(self, MaxPooling1D | AveragePooling1D)
        self.cells(length)
        return self

    def cells(self, length: int) -> int:
        """Return how many cells an axis has, each of which reads a position.

        Raises:
            TooShortError: Not a single pool window fits, or one would read padding alone.
        """
        if length < self.shortest <= self.dilation:
            raise TooShortError(
                f"length {length} is too short for positions {self.dilation} apart",
                remedy=f"the shortest length that works is {self.shortest}",
            )
        return self.sliding.output_length(length)

    @property
    def shortest(self) -> int:
        """The length of the shortest axis that has a cell."""
        shortest = self.sliding.shortest(1)
        # Windows begin in the padding by less than their span: only taps far apart can miss the whole axis.
        return shortest if self.sliding.padding is Padding.VALID else max(shortest, self.dilation)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (number of cells, channels).

        Raises:
            ShapeError: Not a single pool window fits.
        """
        length, channels = spatial(shape, self.type)
        return (None if length is None else self.cells(length)), channels

    @cached_property
    def inside(self) -> Self:
        """The same pool with nothing beyond the ends."""
        return replace(self, padding=Padding.VALID, ceil=False)

    def alone(self, cell: int, length: int) -> Self:
        """Return the pool that makes a cell of the values under its window alone.

        Args:
            cell: The cell.
            length: The length of the axis that is read.
        """
        return replace(
            self,
            size=len(self.sliding.window(cell, length).positions),
            stride=None,
            padding=Padding.VALID,
            dilation=1,
        )

    def counted(self, firsts: NDArray[np.int64], length: int | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many positions some cells are made of, shape (cells,).

        Args:
            firsts: The first position of each cell's window, see `Sliding.firsts`, shape (cells,).
            length: The length of the axis that is read, or of that of each cell.
        """
        return self._within(firsts, 0, length)

    def _within(self, firsts: NDArray[np.int64], start: int, stop: int | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many taps of some windows lie at half-open positions."""
        dilation = self.sliding.dilation
        before = np.maximum(-((firsts - start) // dilation), 0)
        up_to = np.minimum(-((firsts - stop) // dilation), self.size)
        counted: NDArray[np.int64] = np.maximum(up_to - before, 1)
        return counted

    def _taps(self, of: ComputedValue, shared: bool) -> Taps:
        """Return the values under the pool window, each with its share of 1, or with 1."""
        position, channel = of.index
        window = self.sliding.window(position, len(of.x))
        weight = 1 / self.counted(np.array([window.first]), len(of.x))[0] if shared else 1
        weights = np.full((window.taps, 1), weight, dtype=np.float32)
        return Taps.of(of.x, window, range(channel, channel + 1), weights)


@dataclass(frozen=True, eq=False)
class MaxPooling1D(SelectingPool, Pooling1D):
    """Keeps the largest value of every pool window.

    Sources: Keras, `keras.layers.MaxPooling1D`; PyTorch, `torch.nn.MaxPool1d`. Padding is −∞.
    """

    def forward(self, x: Array, /) -> Array:
        """Return the cells.

        Args:
            x: Activations, shape (length, channels).

        Returns:
            Cells, shape (cells, channels).
        """
        taps = self.tap_values(x, -np.inf)
        cells = next(taps)[1].copy()
        for _, values in taps:
            np.maximum(cells, values, out=cells)
        return cells

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the cells whose windows lie over what changes."""
        (x,), sliding = inputs, self.sliding
        cells = np.full((spans.width, len(spans), x.unedited.shape[1]), -np.inf, dtype=np.float32)
        for place, values in x.pieces(sliding.reading(spans, len(x.unedited)), -np.inf):
            for _, read, windows in sliding.under_taps(place, len(values), spans.width):
                np.maximum(cells[windows], values[read], out=cells[windows])
        return cells

    def selections(self, x: Array) -> NDArray[np.int64]:
        """Return the position that every cell selected, see `SelectingPool`."""
        taps = self.tap_values(x, -np.inf)
        first, values = next(taps)
        largest = values.copy()
        tap_of = np.full(largest.shape, first, dtype=np.int64)
        for tap, values in taps:
            larger = values > largest
            tap_of[larger] = tap
            np.maximum(largest, values, out=largest)
        sliding = self.sliding
        firsts = sliding.firsts(0, len(largest), len(x))[:, None]
        # A window of −∞ alone must still name a position that exists.
        positions: NDArray[np.int64] = np.clip(firsts + tap_of * sliding.dilation, 0, len(x) - 1)
        return positions

    def compose(self, of: ComputedValue) -> Composition:
        """Return the selection of a pool window, then the next largest."""
        taps = self._taps(of, shared=False)
        return replace(maximum_of(of, taps.window.positions), taps=taps)


@dataclass(frozen=True, eq=False)
class AveragePooling1D(Pooling1D):
    """Averages every pool window; padding is not counted unless it is said.

    Sources: Keras, `keras.layers.AveragePooling1D`; PyTorch, `torch.nn.AvgPool1d`.

    Attributes:
        counts_padding: Whether padding counts as zeros, as PyTorch's `count_include_pad` has it; what a window of
            `ceil` lacks beyond it does not.
    """

    linear: ClassVar[bool] = True
    counts_padding: bool = field(default=False, kw_only=True)

    def counted(self, firsts: NDArray[np.int64], length: int | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many positions some cells are the mean of, padding among them if it counts, shape (cells,)."""
        padding = self.sliding.padding
        if not self.counts_padding or padding is Padding.VALID:
            return super().counted(firsts, length)
        if not isinstance(padding, tuple):
            return np.full_like(firsts, self.size)
        return self._within(firsts, -padding[0], length + padding[1])

    def alone(self, cell: int, length: int) -> Self:
        """Return the pool that makes a cell of the values under its window alone; padding that counts is kept."""
        alone = super().alone(cell, length)
        padding = int(self.counted(self.sliding.firsts(cell, cell + 1, length), length)[0]) - alone.size
        return replace(alone, size=alone.size + padding, padding=(padding, 0))

    def forward(self, x: Array, /) -> Array:
        """Return the cells, shape (cells, channels)."""
        return (self.totals(x) / self._counted(len(x))).astype(np.float32)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the sum of its shares in the gradients of the cells over it."""
        length, channels = of.x.shape
        shares = (upstream / self._counted(length)).astype(np.float32)
        return (self.added_under_taps(length, channels, lambda _: shares),)

    def _counted(self, length: int) -> NDArray[np.int64]:
        """Return how many positions every cell is the mean of, shape (cells, 1)."""
        return self.counted(self.sliding.firsts(0, self.cells(length), length), length)[:, None]

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return how many positions every cell averages, shape (cells, 1)."""
        return (self._counted(len(inputs[0])).astype(np.float32),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the cells whose windows lie over what changes."""
        windows = self.windows_of(spans, inputs[0])
        total = next(windows)[1].astype(np.float64)
        for _, values in windows:
            total += values
        return (total / rows_of(remembered[0], spans)).astype(np.float32)

    def totals(self, x: Array) -> NDArray[np.float64]:
        """Return the sum of every pool window, tap after tap so that it never depends on the neighbours.

        Args:
            x: Activations, shape (length, channels).

        Returns:
            Sums, shape (cells, channels).
        """
        taps = self.tap_values(x)
        total = next(taps)[1].astype(np.float64)
        for _, values in taps:
            total += values
        return total

    def compose(self, of: ComputedValue) -> Composition:
        """Return the positions of a pool window, weighted alike."""
        taps = self._taps(of, shared=True)
        count = int(self.counted(np.array([taps.window.first]), len(of.x))[0])
        return replace(mean_of(of, np.array(taps.window.positions, np.int64), count), taps=taps)
