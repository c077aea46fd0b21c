"""Layers that read several inputs, value by value or side by side; their product as vectors is in `dot`.

Sources: Keras, `keras.layers.Add`, `Subtract`, `Multiply`, `Maximum`, `Minimum`, `Average`, `Concatenate`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import accumulate
from typing import ClassVar

import numpy as np

from ..errors import ShapeError
from .base import Layer, LayerRun, spans_of, whole_axis
from .composition import LARGEST_SHOWN, Composition, ComputedValue, Part
from .edited import Edited, Spans, hull
from .moved_values import MovingLayer
from .selection_and_ties import change_ratio, shared_change, ties_of
from .shapes import Array, Mask, PerInput, Shape, axis_length, check_inputs, sample_axis, serving
from .windows import Alignment

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Maximum",
    "Merge",
    "Minimum",
    "Multiply",
    "Subtract",
]


@dataclass(frozen=True, eq=False)
class Merge(Layer):
    """A layer that computes each value from the values of several inputs at the same place.

    An input of fewer axes gets axes of length 1 in front, and an axis of length 1 serves every position, as in
    Keras: (channels,) with (length, channels) is the same number a channel at every position.

    Attributes:
        masks_any: Whether a position that any input masks is masked behind it, as until Keras 2; otherwise one that
            all of them mask is, as in Keras 3.
    """

    merges: ClassVar[bool] = True
    takes_holes: ClassVar[bool] = True
    of_two: ClassVar[np.ufunc]
    """What becomes of two inputs, value by value; a third joins the result."""
    word: ClassVar[str] = ""
    """How values come together, see `Composition`; nothing where it has no word for that."""
    masks_any: bool = field(default=False, kw_only=True)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape that the inputs have together.

        Raises:
            ShapeError: An axis differs, and no input has length 1 there.
        """
        rank = max(len(shape) for shape in shapes)
        together: list[int | None] = []
        for sizes in zip(*(_padded(shape, rank) for shape in shapes), strict=True):
            known = {size for size in sizes if size not in (1, None)}
            if len(known) > 1:
                raise ShapeError(
                    f"{self.type} reads inputs of one shape, not {' and '.join(map(str, shapes))}",
                    remedy="give it inputs of one shape",
                )
            together.append(None if None in sizes else next(iter(known), 1))
        return tuple(together)

    def forward(self, *inputs: Array) -> Array:
        """Return the merged values.

        Args:
            inputs: The inputs, of shapes that `output_shape` accepts.
        """
        return reduce(self.of_two, inputs)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times what each input is multiplied by, summed over the places that it serves."""
        weights = (self.weight_of(number, len(of.inputs)) for number in range(len(of.inputs)))
        given = (upstream if weight is None else upstream * np.float32(weight) for weight in weights)
        return tuple(served(each, x) for each, x in zip(given, of.inputs, strict=True))

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return where any input holds data, or None where one of them has no mask; until Keras 2, where all do."""
        known = [mask for mask in masks if mask is not None]
        if self.masks_any:
            return np.logical_and.reduce(known) if known else None
        return np.logical_or.reduce(known) if known and len(known) == len(masks) else None

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions of every input; of one without that axis, all of it."""
        rank = max(len(shape) for shape in shapes)
        return tuple(
            wanted if len(shape) == rank and axis_length(shape) == len(wanted) else whole_axis(wanted, shape)
            for shape in shapes
        )

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in any input, or all where one changes that serves every position."""
        together = self.output_shape(*shapes)
        moving = [shape for shape, spans in zip(shapes, edited, strict=True) if spans.width]
        if len(together) > 1 and all(len(x) == len(together) and x[0] == together[0] for x in moving):
            return hull(edited)
        return super().changed(edited, *shapes)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the merged values of the positions."""
        rank = max(x.unedited.ndim for x in inputs)
        length = max(len(x.unedited) for x in inputs if x.unedited.ndim == rank)
        if rank > 2:
            return super().compute(spans, remembered, *inputs)
        if rank == 1:
            return spans_of(self.forward(*(x.whole() for x in inputs)), spans)
        return self.forward(*(_at_positions(x, spans, length) for x in inputs))

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return over which bases a position of all inputs together stands; None where they move unlike."""
        rank = max(len(shape) for shape in shapes)
        length = max(axis_length(shape) for shape in shapes if len(shape) == rank)
        # What serves every position (a gate) stands over no base of its own.
        moving = [
            alignment
            for alignment, shape in zip(inputs, shapes, strict=True)
            if len(shape) == rank and axis_length(shape) == length
        ]
        return _together([alignment for alignment in moving if alignment is not None])

    def weight_of(self, number: int, inputs: int) -> float | None:
        """Return what one of the inputs is multiplied by; None where nothing is."""
        return None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value of every input at the place."""
        if not self.word:
            return super().compose(of)
        parts = []
        for number, x in enumerate(of.inputs):
            place = serving(of.index, x.shape)
            value, weight = float(x[place]), self.weight_of(number, len(of.inputs))
            parts.append(Part(number, place, value, weight, value if weight is None else value * weight))
        if self.word in ("maximum", "minimum"):
            sign = -1 if self.word == "minimum" else 1
            parts.sort(key=lambda part: -sign * part.value)
            ties = ties_of(sign * np.array([part.value for part in parts]))
            return Composition(self.word, tuple(parts[:LARGEST_SHOWN]), len(parts), of.value, ties=ties)
        if self.word != "product":
            parts.sort(key=lambda part: -abs(part.amount))
        unnamed = [part.amount for part in parts[LARGEST_SHOWN:]]
        rest = math.prod(unnamed) if self.word == "product" else math.fsum(unnamed)
        return Composition(self.word, tuple(parts[:LARGEST_SHOWN]), len(parts), of.value, rest)


@dataclass(frozen=True, eq=False)
class Add(Merge):
    """The sum of its inputs."""

    linear: ClassVar[bool] = True

    of_two: ClassVar[np.ufunc] = np.add
    word: ClassVar[str] = "sum"


@dataclass(frozen=True, eq=False)
class Subtract(Merge):
    """The first input less the second."""

    linear: ClassVar[bool] = True

    of_two: ClassVar[np.ufunc] = np.subtract
    word: ClassVar[str] = "sum"

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape that the inputs have together.

        Raises:
            ShapeError: There are not two inputs, or their shapes do not fit.
        """
        check_inputs(2, self.type, shapes)
        return Merge.output_shape(self, *shapes)

    def weight_of(self, number: int, inputs: int) -> float:
        """Return 1 for the first input, −1 for the second."""
        return -1.0 if number else 1.0


@dataclass(frozen=True, eq=False)
class Multiply(Merge):
    """The product of its inputs, value by value."""

    of_two: ClassVar[np.ufunc] = np.multiply
    word: ClassVar[str] = "product"

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient at each input times the others."""
        return self.multipliers(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers at each input times the mean of the others in both runs, two by two."""
        before, before_reference = ([*accumulate(run.inputs, np.multiply)] for run in (of, reference))
        found: list[Array] = []
        for number in range(len(of.inputs) - 1, 0, -1):
            x, other = of.inputs[number], reference.inputs[number]
            product, product_reference = before[number - 1], before_reference[number - 1]
            found.append(served(upstream * ((product + product_reference) / np.float32(2)), x))
            upstream = served(upstream * ((x + other) / np.float32(2)), product)
        return (served(upstream, of.inputs[0]), *reversed(found))


@dataclass(frozen=True, eq=False)
class _Extreme(Merge):
    """The largest or the smallest of its inputs, value by value."""

    own_rule: ClassVar[bool] = True

    def gradient(self, upstream: Array, of: LayerRun) -> tuple[Array, ...]:
        """Return the gradient at the input that is selected; of two that tie, half at each."""
        before = [*accumulate(of.inputs, self.of_two)]
        found: list[Array] = []
        for number in range(len(of.inputs) - 1, 0, -1):
            x, others = of.inputs[number], before[number - 1]
            # Half where it is the extreme of the two, and half where it is not alone.
            mine = ((before[number] == x).astype(np.float32) + (before[number] != others)) / np.float32(2)
            found.append(served(upstream * mine, x))
            upstream = served(upstream * (1 - mine), others)
        return (served(upstream, of.inputs[0]), *reversed(found))

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers of the inputs that either run selects, as those of a pool.

        tangermeme has no rule for it.
        """
        to_mine, to_reference = shared_change(upstream, of.output, reference.output)
        if self.of_two is np.minimum:
            # The smallest is the largest of the negative, which rises where it falls.
            to_mine, to_reference = to_reference, to_mine
        shares = [np.zeros_like(x) for x in of.inputs]
        for change, run in ((to_mine, of), (to_reference, reference)):
            left = np.ones(change.shape, dtype=np.bool_)
            for number, x in enumerate(run.inputs):
                selected = left & (x == run.output)
                left &= ~selected
                shares[number] += served(change * selected, x)
        return tuple(
            change_ratio(share, x - other, gradient)
            for share, x, other, gradient in zip(
                shares, of.inputs, reference.inputs, self.gradient(upstream, of), strict=True
            )
        )


@dataclass(frozen=True, eq=False)
class Maximum(_Extreme):
    """The largest of its inputs, value by value."""

    of_two: ClassVar[np.ufunc] = np.maximum
    word: ClassVar[str] = "maximum"


@dataclass(frozen=True, eq=False)
class Minimum(_Extreme):
    """The smallest of its inputs, value by value."""

    of_two: ClassVar[np.ufunc] = np.minimum
    word: ClassVar[str] = "minimum"


@dataclass(frozen=True, eq=False)
class Average(Merge):
    """The mean of its inputs, value by value."""

    linear: ClassVar[bool] = True

    of_two: ClassVar[np.ufunc] = np.add
    word: ClassVar[str] = "mean"

    def forward(self, *inputs: Array) -> Array:
        """Return the means.

        Args:
            inputs: The inputs, of shapes that `output_shape` accepts.
        """
        return Merge.forward(self, *inputs) / np.float32(len(inputs))

    def weight_of(self, number: int, inputs: int) -> float:
        """Return each input's share of 1."""
        return 1 / inputs


@dataclass(frozen=True, eq=False)
class Concatenate(MovingLayer):
    """Lays its inputs side by side, in order, along one axis.

    Attributes:
        axis: The axis, as Keras writes it: −1 lays channels side by side, 1 one length behind the other.
        masks_any: See `Merge`.
    """

    moves_positions: ClassVar[bool] = True
    merges: ClassVar[bool] = True
    axis: int = -1
    masks_any: bool = False

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the inputs' shape, with the lengths of the one axis added up.

        Raises:
            ShapeError: Another axis differs.
        """
        rank = len(shapes[0])
        axis = sample_axis(self.axis, rank, self.type)
        together = list(shapes[0])
        for shape in shapes[1:]:
            others = [
                (mine, theirs)
                for at, (mine, theirs) in enumerate(zip(shapes[0], shape, strict=False))
                if at != axis and None not in (mine, theirs)
            ]
            if len(shape) != rank or any(mine != theirs for mine, theirs in others):
                raise ShapeError(
                    f"Concatenate reads inputs that differ in axis {self.axis} alone, not "
                    f"{' and '.join(map(str, shapes))}",
                    remedy="give it inputs that differ in no other axis",
                )
            mine, theirs = together[axis], shape[axis]
            together[axis] = None if mine is None or theirs is None else mine + theirs
            together = [known if at == axis else known or shape[at] for at, known in enumerate(together)]
        return tuple(together)

    def forward(self, *inputs: Array) -> Array:
        """Return the inputs side by side."""
        return np.concatenate(inputs, axis=sample_axis(self.axis, inputs[0].ndim, self.type))

    def changed(self, edited: Sequence[Spans], *shapes: Shape) -> Spans:
        """Return the positions that change in any input, or all where they lie one behind the other."""
        along = sample_axis(self.axis, len(shapes[0]), self.type) == 0
        return super().changed(edited, *shapes) if along else hull(edited)

    def compute(self, spans: Spans, remembered: tuple[Array, ...], *inputs: Edited) -> Array:
        """Return the positions of the inputs side by side."""
        axis = sample_axis(self.axis, inputs[0].unedited.ndim, self.type)
        if axis == 0:
            return spans_of(np.concatenate([x.whole() for x in inputs]), spans)
        # The edits are the second axis.
        return np.concatenate([x.rows(spans) for x in inputs], axis=axis + 1)

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return where any input holds data, or the masks one behind the other along the length."""
        if all(mask is None for mask in masks):
            return None
        whole = [
            np.ones(len(x), dtype=np.bool_) if mask is None else mask for mask, x in zip(masks, inputs, strict=True)
        ]
        if sample_axis(self.axis, inputs[0].ndim, self.type) == 0:
            return np.concatenate(whole)
        together: Mask = (np.logical_and if self.masks_any else np.logical_or).reduce(whole)
        return together

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return over which bases a position of all inputs together stands; None along the length."""
        if sample_axis(self.axis, len(shapes[0]), self.type) == 0:
            return None
        return _together([alignment for alignment in inputs if alignment is not None])


def _at_positions(x: Edited, spans: Spans, length: int) -> Array:
    """Return what an input adds at some positions, shape (width or 1, edits, channels)."""
    every = x.rows(spans) if len(x.unedited) == length and x.unedited.ndim > 1 else x.whole()
    return every if x.unedited.ndim > 1 else every.T[None]


def _padded(shape: Shape, rank: int) -> Shape:
    return (1,) * (rank - len(shape)) + shape


def _together(alignments: list[Alignment]) -> Alignment | None:
    """Return over which bases positions of several axes stand together, or None where they move unlike."""
    if not alignments or len({alignment.stride for alignment in alignments}) > 1:
        return None
    first = min(alignment.bases(0)[0] for alignment in alignments)
    stop = max(alignment.bases(0)[1] for alignment in alignments)
    return Alignment(first, alignments[0].stride, stop - first)


def served(gradient: Array, x: Array) -> Array:
    """Return what is at all places that a value of an input serves, added up, of the input's shape."""
    rank = gradient.ndim
    alone = tuple(axis for axis, size in enumerate(_padded(x.shape, rank)) if size == 1 < gradient.shape[axis])
    return (gradient.sum(axis=alone, dtype=np.float64) if alone else gradient).astype(np.float32).reshape(x.shape)
