"""Pools whose windows are made for the axis that they are given: all of it, or so many parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import LayerRun, spans_of, whole_axis
from .composition import Composition, ComputedValue, mean_of
from .edited import Edited, Spans
from .pooling import AveragePooling1D, MaxPooling1D, PoolingLayer, SelectingPool
from .selection_and_ties import change_ratio, maximum_of, placed, shared_change
from .shapes import Array, Mask, PerInput, Shape, axis_length, check_smallest, spatial
from .windows import Alignment, Sliding

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveMaxPooling1D",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
]

# Not written out in the classes: inside a layer, the name `type` stands for the layer's own.
_SlidingPool = type[MaxPooling1D | AveragePooling1D]


@dataclass(frozen=True, eq=False)
class _GlobalPooling1D(PoolingLayer):
    """What the two global pools share: the whole axis is one pool window.

    Attributes:
        keepdims: Whether an axis of length 1 stays in place of the positions.
    """

    sliding: ClassVar[_SlidingPool]
    """The sliding pool of the same kind."""
    keepdims: bool = False

    def sliding_over(self, length: int) -> MaxPooling1D | AveragePooling1D:
        """Return the pool whose one window is the whole axis."""
        return self.sliding(length)

    @property
    def keeps_axis(self) -> bool:
        """Whether an axis of length 1 stays."""
        return self.keepdims

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (channels,), or (1, channels) with keepdims."""
        channels = spatial(shape, self.type)[1]
        return (1, channels) if self.keepdims else (channels,)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return all positions."""
        return (whole_axis(wanted, shapes[0]),)

    def _spread(self, values: Array, spans: Spans) -> Array:
        """Return one value a channel for every edit, shape (edits, channels), as the output lies."""
        return spans_of(values[None] if self.keepdims else values.T, spans)


@dataclass(frozen=True, eq=False)
class GlobalMaxPooling1D(_GlobalPooling1D):
    """Keeps each channel's largest value of the whole axis."""

    own_rule: ClassVar[bool] = True
    sliding: ClassVar = MaxPooling1D

    def forward(self, x: Array, /) -> Array:
        """Return one value a channel, shape (channels,), or (1, channels) with keepdims."""
        largest: Array = x.max(axis=0, keepdims=True)
        return largest if self.keepdims else largest[0]

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient at each channel's maximum; positions that tie share it, as in Keras."""
        return (self._at_maxima(upstream, of.x),)

    def _at_maxima(self, upstream: Array, x: Array) -> Array:
        largest = x == x.max(axis=0)
        shares: Array = (largest * (upstream / largest.sum(axis=0))).astype(np.float32)
        return shares

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers of the positions that either run selected, as those of a sliding pool.

        tangermeme has no rule for it.
        """
        rise, fall = shared_change(upstream, of.output, reference.output)
        shape = (1, of.x.shape[1])
        change = placed(rise.reshape(shape), self.selections(of.x)[None], of.x)
        change += placed(fall.reshape(shape), self.selections(reference.x)[None], of.x)
        return (change_ratio(change, of.x - reference.x, self._at_maxima(upstream, of.x)),)

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return the largest values before every position, and from every position on; −∞ where there are none."""
        (x,) = inputs
        nothing = np.full((1, *x.shape[1:]), -np.inf, dtype=np.float32)
        before = np.maximum.accumulate(np.concatenate([nothing, x]))
        behind = np.maximum.accumulate(np.concatenate([nothing, x[::-1]]))[::-1]
        return before, behind

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the largest of what changes, of what stands before it and of what stands behind."""
        (x,), (before, behind) = inputs, remembered
        largest = x.rows(x.spans, -np.inf).max(axis=0)
        for outside, places in ((before, x.spans.first), (behind, x.spans.stop)):
            np.maximum(largest, outside.take(places, axis=0, mode="clip"), out=largest)
        return self._spread(largest, spans)

    def selections(self, x: Array) -> NDArray[np.int64]:
        """Return the position of each channel's first maximum, shape (channels,)."""
        positions: NDArray[np.int64] = np.argmax(x, axis=0)
        return positions

    def compose(self, of: ComputedValue) -> Composition:
        """Return the selection of the whole axis, then the next largest."""
        return maximum_of(of, range(len(of.x)))


@dataclass(frozen=True, eq=False)
class GlobalAveragePooling1D(_GlobalPooling1D):
    """Averages each channel over the whole axis; positions without data are not counted."""

    linear: ClassVar[bool] = True
    sliding: ClassVar = AveragePooling1D

    def forward(self, x: Array, /) -> Array:
        """Return one value a channel, shape (channels,), or (1, channels) with keepdims."""
        # In float32 the sum of a long axis loses the digits of what is added last.
        mean: Array = x.mean(axis=0, dtype=np.float64, keepdims=True).astype(np.float32)
        return mean if self.keepdims else mean[0]

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return the sums, shape (1, channels), which are kept in twice the digits."""
        return (inputs[0].sum(axis=0, dtype=np.float64, keepdims=True),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the means: the sums and what is added to them."""
        (x,) = inputs
        sums = remembered[0] + x.differences().sum(axis=0, dtype=np.float64)
        return self._spread((sums / len(x.unedited)).astype(np.float32), spans)

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return the means of the positions that hold data; NaN where none does, as in Keras."""
        (x,), (mask,) = inputs, masks
        if mask is None:
            return self.forward(x)
        if not mask.any():
            return np.full_like(self.forward(x), np.nan)
        return self.forward(x[mask])

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the same share of the gradient at every position that holds data."""
        counted = np.ones(len(of.x), dtype=np.bool_) if of.mask is None else of.mask
        shares: Array = np.outer(counted, upstream / max(1, int(counted.sum()))).astype(np.float32)
        return (shares,)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradient, if both runs count the same positions."""
        return self.gradient(upstream, of) if of.masked_alike(reference) else None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the positions of the whole axis that hold data, weighted alike."""
        return mean_of(of, np.arange(len(of.x)) if of.mask is None else np.flatnonzero(of.mask))


@dataclass(frozen=True, eq=False)
class _AdaptivePooling1D(PoolingLayer):
    """What the two adaptive pools share: cell i of n reads positions ⌊i · length / n⌋ to ⌈(i + 1) · length / n⌉.

    Sources: PyTorch, `torch.nn.AdaptiveMaxPool1d`; Keras, `keras.layers.AdaptiveMaxPooling1D`.

    Attributes:
        cells: How many cells there are, whatever the length.
    """

    sliding: ClassVar[_SlidingPool]
    """The sliding pool of the same kind."""
    cells: int

    def sliding_over(self, length: int) -> MaxPooling1D | AveragePooling1D | None:
        """Return the sliding pool that does the same; None where windows differ in width or overlap."""
        return None if length % self.cells else self.sliding(length // self.cells)

    def __post_init__(self) -> None:
        check_smallest(1, cells=self.cells)

    @property
    def windows_alike(self) -> bool:
        """Whether one window is the whole axis; several are as wide as the length divides."""
        return self.cells == 1

    def bounds(self, length: int) -> NDArray[np.int64]:
        """Return the first position of every cell's window and one past its last, shape (2, cells)."""
        cells = np.arange(self.cells, dtype=np.int64)
        return np.stack([cells * length // self.cells, -(-(cells + 1) * length // self.cells)])

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (cells, channels)."""
        return self.cells, spatial(shape, self.type)[1]

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the positions under the windows of the wanted cells."""
        length = axis_length(shapes[0])
        edges = np.zeros(length + 1, dtype=np.int64)
        first, stop = self.bounds(length)[:, wanted]
        np.add.at(edges, first, 1)
        np.add.at(edges, stop, -1)
        return (np.cumsum(edges)[:-1] > 0,)

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the cells whose windows lie over what can change."""
        (spans,), (firsts, stops) = edited, self.bounds(axis_length(shapes[0]))
        first = np.searchsorted(stops, spans.first, side="right")
        return Spans(first, max(0, int((np.searchsorted(firsts, spans.stop) - first).max()))).limited(self.cells)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the input's alignment seen through the windows, where they are equally wide."""
        length = axis_length(shapes[0])
        if inputs[0] is None or length % self.cells:
            return None
        return inputs[0].through(Sliding(length // self.cells, length // self.cells), length)


@dataclass(frozen=True, eq=False)
class AdaptiveMaxPooling1D(SelectingPool, _AdaptivePooling1D):
    """Keeps the largest value of each of so many parts of the axis."""

    own_rule: ClassVar[bool] = True
    sliding: ClassVar = MaxPooling1D

    def forward(self, x: Array, /) -> Array:
        """Return the cells, shape (cells, channels)."""
        return np.stack([x[first:stop].max(axis=0) for first, stop in self.bounds(len(x)).T.tolist()])

    def selections(self, x: Array) -> NDArray[np.int64]:
        """Return the position that every cell selected, the first maximum of its window, shape (cells, channels)."""
        return np.stack([first + x[first:stop].argmax(axis=0) for first, stop in self.bounds(len(x)).T.tolist()])

    def compose(self, of: ComputedValue) -> Composition:
        """Return the selection of the window, then the next largest."""
        first, stop = self.bounds(len(of.x))[:, of.index[0]].tolist()
        return maximum_of(of, range(first, stop))


@dataclass(frozen=True, eq=False)
class AdaptiveAveragePooling1D(_AdaptivePooling1D):
    """Averages each of so many parts of the axis."""

    linear: ClassVar[bool] = True
    sliding: ClassVar = AveragePooling1D

    def forward(self, x: Array, /) -> Array:
        """Return the cells, shape (cells, channels)."""
        parts = [x[first:stop].mean(axis=0, dtype=np.float64) for first, stop in self.bounds(len(x)).T.tolist()]
        return np.stack(parts).astype(np.float32)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the sum of its shares in the gradients of the cells over it."""
        at = np.zeros_like(of.x)
        for cell, (first, stop) in enumerate(self.bounds(len(of.x)).T.tolist()):
            at[first:stop] += upstream[cell] / np.float32(stop - first)
        return (at,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the positions of the window, weighted alike."""
        return mean_of(of, np.arange(*self.bounds(len(of.x))[:, of.index[0]].tolist()))
