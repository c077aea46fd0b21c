"""Pooling: one cell a pool window, filter by filter, never across filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError
from .base import Layer, LayerRun, SlidingLayer, spans_of, whole_axis
from .composition import Composition, ComputedValue, Taps, mean_of
from .edited import Edited, Spans, rows_of
from .maximum import change_ratio, maximum_of, shared_change
from .shapes import Array, Mask, PerInput, Shape, spatial
from .windows import Padding, Sliding

__all__ = ["AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "MaxPooling1D", "Pooling1D"]


@dataclass(frozen=True, eq=False)
class Pooling1D(SlidingLayer):
    """What the two sliding pools share.

    Attributes:
        size: Positions that a cell selects from.
        stride: Positions between neighbouring pool windows; None means the pool size.
        padding: `valid` or `same`; padding is never selected and never counted.
    """

    size: int = 2
    stride: int | None = None
    padding: Padding | str = Padding.VALID

    def __post_init__(self) -> None:
        if Padding(self.padding) is Padding.CAUSAL:
            raise SettingError("a pool cannot be causal", remedy="its padding is valid or same")
        _ = self.sliding

    @cached_property
    def sliding(self) -> Sliding:
        """The pool window and how it moves."""
        stride = self.size if self.stride is None else self.stride
        return Sliding(self.size, stride, Padding(self.padding))

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return (number of cells, channels).

        Raises:
            ShapeError: Not a single pool window fits.
        """
        length, channels = spatial(shape, self.type)
        return (None if length is None else self.sliding.output_length(length)), channels

    def _taps(self, of: ComputedValue, shared: bool) -> Taps:
        """Return the values under the pool window, each with its share of 1, or with 1."""
        position, channel = of.index
        window = self.sliding.window(position, len(of.x))
        weight = 1 / len(window.positions) if shared else 1
        weights = np.full((window.taps, 1), weight, dtype=np.float32)
        return Taps.of(of.x, window, range(channel, channel + 1), weights)


@dataclass(frozen=True, eq=False)
class MaxPooling1D(Pooling1D):
    """Keeps the largest value of every pool window.

    Source: Keras, `keras.layers.MaxPooling1D`. Padding is −∞.
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

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the sum of the gradients of the cells that selected it."""
        return (_placed(upstream, self.selections(of.x), of.x),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers of the positions that either run selected.

        A change of a cell goes to its own selection where the cell rises, else to the reference's; see
        `shared_change`.
        """
        selected, selected_reference = self.selections(of.x), self.selections(reference.x)
        rise, fall = shared_change(upstream, of.output, reference.output)
        change = _placed(rise, selected, of.x) + _placed(fall, selected_reference, of.x)
        return (change_ratio(change, of.x - reference.x, _placed(upstream, selected, of.x)),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the cells whose windows lie over what changes."""
        (x,), sliding = inputs, self.sliding
        cells = np.full((spans.width, len(spans), x.unedited.shape[1]), -np.inf, dtype=np.float32)
        for place, values in x.pieces(sliding.reading(spans, len(x.unedited)), -np.inf):
            for _, read, windows in sliding.under_taps(place, len(values), spans.width):
                np.maximum(cells[windows], values[read], out=cells[windows])
        return cells

    def selections(self, x: Array) -> NDArray[np.int64]:
        """Return the position that every cell selected: the first maximum of its pool window.

        Args:
            x: Activations, shape (length, channels).

        Returns:
            Positions of the input, shape (cells, channels).
        """
        taps = self.tap_values(x, -np.inf)
        first, values = next(taps)
        largest = values.copy()
        tap_of = np.full(largest.shape, first, dtype=np.int64)
        for tap, values in taps:
            larger = values > largest
            tap_of[larger] = tap
            np.maximum(largest, values, out=largest)
        sliding = self.sliding
        left = sliding.pads(len(x))[0]
        firsts = np.arange(len(largest), dtype=np.int64)[:, None] * sliding.stride - left
        # A window of −∞ alone must still name a position that exists.
        positions: NDArray[np.int64] = np.maximum(firsts + tap_of, 0)
        return positions

    def compose(self, of: ComputedValue) -> Composition:
        """Return the selection of a pool window, then the next largest."""
        taps = self._taps(of, shared=False)
        return replace(maximum_of(of, taps.window.positions), taps=taps)


@dataclass(frozen=True, eq=False)
class AveragePooling1D(Pooling1D):
    """Averages every pool window; padding is not counted.

    Source: Keras, `keras.layers.AveragePooling1D`.
    """

    linear: ClassVar[bool] = True

    def forward(self, x: Array, /) -> Array:
        """Return the cells, shape (cells, channels)."""
        means: Array = (self.totals(x) / self._counted(len(x))).astype(np.float32)
        return means

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return at every position the sum of its shares in the gradients of the cells over it."""
        length, channels = of.x.shape
        shares = (upstream / self._counted(length)).astype(np.float32)
        return (self.added_under_taps(length, channels, lambda _: shares),)

    def _counted(self, length: int) -> NDArray[np.float64]:
        """Return how many positions of the axis every window holds, shape (cells, 1)."""
        return self.totals(np.ones((length, 1), dtype=np.float32))

    def remembered(self, output: Array, *inputs: Array) -> tuple[Array, ...]:
        """Return how many positions every cell averages, shape (cells, 1)."""
        return (self.totals(np.ones((len(inputs[0]), 1), dtype=np.float32)).astype(np.float32),)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the cells whose windows lie over what changes."""
        windows = self.windows_of(spans, inputs[0])
        total = next(windows)[1].astype(np.float64)
        for _, values in windows:
            total += values
        means: Array = (total / rows_of(remembered[0], spans)).astype(np.float32)
        return means

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
        return replace(mean_of(of, np.array(taps.window.positions, np.int64)), taps=taps)


@dataclass(frozen=True, eq=False)
class _GlobalPooling1D(Layer):
    """What the two global pools share: the whole axis is one pool window.

    Attributes:
        keepdims: Whether an axis of length 1 stays in place of the positions.
    """

    keepdims: bool = False

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

    def forward(self, x: Array, /) -> Array:
        """Return one value a channel, shape (channels,), or (1, channels) with keepdims."""
        largest: Array = x.max(axis=0, keepdims=self.keepdims)
        return largest

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
        change = _placed(rise.reshape(shape), self.selections(of.x)[None], of.x)
        change += _placed(fall.reshape(shape), self.selections(reference.x)[None], of.x)
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

    def forward(self, x: Array, /) -> Array:
        """Return one value a channel, shape (channels,), or (1, channels) with keepdims."""
        # In float32 the sum of a long axis loses the digits of what is added last.
        mean: Array = x.mean(axis=0, dtype=np.float64, keepdims=self.keepdims).astype(np.float32)
        return mean

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
        shares: Array = np.outer(counted, upstream / max(1, counted.sum())).astype(np.float32)
        return (shares,)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradient, if both runs count the same positions."""
        return self.gradient(upstream, of) if of.masked_alike(reference) else None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the positions of the whole axis that hold data, weighted alike."""
        return mean_of(of, np.arange(len(of.x)) if of.mask is None else np.flatnonzero(of.mask))


def _placed(values: Array, positions: NDArray[np.int64], x: Array) -> Array:
    """Return values of cells added up at the positions of x that they belong to, each in its channel."""
    length, channels = x.shape
    places = positions * channels + np.arange(channels)
    return np.bincount(places.ravel(), values.ravel(), x.size).astype(np.float32).reshape(length, channels)
