"""Attention: every query takes a mean of all values, weighted by how well their keys answer it.

Sources: PyTorch, `torch.nn.functional.scaled_dot_product_attention`; Keras, `keras.layers.Attention` and
`keras.layers.AdditiveAttention`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from ..errors import ShapeError
from .base import Layer, LayerRun, whole_axis
from .composition import Composition, ComputedValue, weighted_sum
from .shapes import Array, Mask, PerInput, Shape, axis_length, sample_axis
from .softmax import softmax, softmax_multipliers
from .windows import Alignment

__all__ = ["Attending", "ScaledDotProductAttention"]

MASKED: Final = np.float32(-1e9)
"""The score of a key that a query may not attend to."""

QueriesAndKeys = tuple[Array, Array]

MOST_SCORES: Final = 1 << 28
"""Scores that a layer may compute at once: 1 GiB of them."""


@dataclass(frozen=True, eq=False)
class Attending(Layer):
    """A layer that gives every query its mean of the values, and says what its inputs and its scores are."""

    merges: ClassVar[bool] = True
    own_rule: ClassVar[bool] = True

    @property
    @abstractmethod
    def causal(self) -> bool:
        """Whether a query attends to the keys up to its own position alone."""

    @abstractmethod
    def parts(self, inputs: Sequence[Array]) -> tuple[Array, Array, Array]:
        """Return queries (…, queries, n), keys (…, keys, n) and values (…, keys, m)."""

    @abstractmethod
    def plain_scores(self, queries: Array, keys: Array) -> Array:
        """Return how well each key answers each query, shape (…, queries, keys)."""

    @abstractmethod
    def score_multipliers(self, upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
        """Return the multipliers at queries and keys, given those at the scores and both in either run."""

    @abstractmethod
    def result(self, means: Array, masks: Sequence[Mask | None]) -> Array:
        """Return the output for every query's mean of the values, shape (…, queries, m)."""

    @abstractmethod
    def at_means(self, upstream: Array, of: LayerRun) -> Array:
        """Return what the gradient at the output, or multipliers, is at the means."""

    @abstractmethod
    def at_inputs(self, at: tuple[Array, Array, Array], at_scores: Array, of: LayerRun) -> PerInput:
        """Return what gradients at queries, keys and values, and at the scores, are at the inputs."""

    def open_keys(self, masks: Sequence[Mask | None], inputs: Sequence[Array]) -> Mask | None:
        """Return which keys each query may attend to by the masks, or None if any."""
        return None

    def scores(self, masks: Sequence[Mask | None], inputs: Sequence[Array]) -> Array:
        """Return the scores, `MASKED` where a query may not attend to a key, shape (…, queries, keys)."""
        queries, keys, _ = self.parts(inputs)
        scores = self.plain_scores(queries, keys)
        unmasked = self.open_keys(masks, inputs)
        if self.causal:
            scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, MASKED)
        return scores if unmasked is None else np.where(unmasked, scores, MASKED)

    def shares_of(self, scores: Array) -> Array:
        """Return what share of its attention every query gives every key; where all are masked, as much to each."""
        return softmax(scores)

    def shares(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return what share of its attention every query gives every key, shape (…, queries, keys)."""
        return self.shares_of(self.scores(masks, inputs))

    def hidden_states(self, masks: Sequence[Mask | None], *inputs: Array) -> tuple[Array, ...]:
        """Return the shares."""
        return (self.shares(masks or [None] * len(inputs), *inputs),)

    def forward(self, *inputs: Array) -> Array:
        """Return what every query takes of the values.

        Args:
            inputs: The inputs, of shapes that `output_shape` accepts.
        """
        return self.forward_masked([None] * len(inputs), *inputs)

    def forward_masked(self, masks: Sequence[Mask | None], *inputs: Array) -> Array:
        """Return what every query takes of the values that hold data."""
        return self.result(multiplied(self.shares(masks, *inputs), self.parts(inputs)[2]), masks)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through values, scores, queries and keys."""
        return self._multipliers(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers through values, scores, queries and keys; None where the runs are masked unlike.

        The mean changes by the middle of the shares times the change of the values, and the other way round; a
        softmax and products of two have rules of their own. tangermeme has no rule for these products.
        """
        mine, other = (self.scores(run.masks, run.inputs) <= MASKED for run in (of, reference))
        return self._multipliers(upstream, of, reference) if np.array_equal(mine, other) else None

    def _multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        queries, keys, values = self.parts(of.inputs)
        other_queries, other_keys, other_values = self.parts(reference.inputs)
        scores, other_scores = (self.scores(run.masks, run.inputs) for run in (of, reference))
        shares = (self.shares_of(scores) + self.shares_of(other_scores)) / np.float32(2)
        at_means = self.at_means(upstream, of)
        at_shares = multiplied(at_means, turned(values + other_values)) / np.float32(2)
        at_scores = softmax_multipliers(at_shares, scores, other_scores)
        at_scores = np.where(scores <= MASKED, np.float32(0), at_scores)
        at_queries, at_keys = self.score_multipliers(at_scores, (queries, keys), (other_queries, other_keys))
        return self.at_inputs((at_queries, at_keys, multiplied(turned(shares), at_means)), at_scores, of)

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted queries, and the keys and values that they may attend to."""
        wanted_queries = wanted if axis_length(shapes[0]) == len(wanted) else whole_axis(wanted, shapes[0])
        return (wanted_queries, *(self._attended(wanted, shape) for shape in shapes[1:]))

    def _attended(self, wanted: Mask, shape: Shape) -> Mask:
        attended = whole_axis(wanted, shape)
        if self.causal and wanted.any():
            attended[np.flatnonzero(wanted)[-1] + 1 :] = False
        return attended

    def output_mask(self, masks: Sequence[Mask | None], *inputs: Array) -> Mask | None:
        """Return which queries hold data."""
        return masks[0] if masks else None

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the alignment of the queries."""
        return inputs[0]

    def _shares(self, of: ComputedValue) -> Array:
        """Return the shares of a value's run."""
        return (of.states or self.hidden_states(of.masks, *of.inputs))[0]


@dataclass(frozen=True, eq=False)
class ScaledDotProductAttention(Attending):
    """softmax(queries · keys × scale) · values, of inputs (queries, keys, values) and, if there is one, a mask.

    Queries are (…, queries, n), keys (…, keys, n), values (…, keys, m), and the mask has the shape of the scores,
    (…, queries, keys), or axes of length 1. A query that may attend to no key gets 0, as in PyTorch.

    Attributes:
        scale: What the products are multiplied by; None for 1 / √n.
        causal: Whether a query attends to the keys up to its own position alone.
        mask_adds: Whether the mask is added to the scores; otherwise it is 1 where a query may attend to a key, else 0.
        axis: The axis of the positions in queries, keys, values and output, as Keras writes it; −2 is the last but one.
            The other axes, such as heads, are computed each for itself.
    """

    scale: float | None = None
    causal: bool = False
    mask_adds: bool = True
    axis: int = -2

    def _apart(self, x: Array) -> Array:
        return np.moveaxis(x, sample_axis(self.axis, x.ndim, self.type), -2)

    def _together(self, x: Array) -> Array:
        return np.ascontiguousarray(np.moveaxis(x, -2, sample_axis(self.axis, x.ndim, self.type)))

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the queries' shape with the channels of the values.

        Raises:
            ShapeError: The inputs are not three or four, or their shapes do not fit.
        """
        if len(shapes) not in (3, 4):
            raise ShapeError(
                f"attention reads queries, keys, values and perhaps a mask, not {len(shapes)} inputs",
                remedy="give it three or four",
            )
        queries, keys, values = shapes[:3]
        rank = len(queries)
        if rank < 2 or len(keys) != rank or len(values) != rank:
            raise ShapeError(
                "attention reads queries, keys and values with equally many axes, at least two",
                remedy="reshape them",
            )
        along = sample_axis(self.axis, rank, self.type)
        apart = [at for at in range(rank - 1) if at != along]
        fits = (
            along != rank - 1
            and _same(queries[-1], keys[-1])
            and _same(keys[along], values[along])
            and all(_same(queries[at], keys[at]) and _same(keys[at], values[at]) for at in apart)
        )
        if fits and len(shapes) == 4:
            scores = (*(queries[at] for at in apart), queries[along], keys[along])
            mask = shapes[3]
            pairs = zip(reversed(mask), reversed(scores), strict=False)
            fits = len(mask) <= len(scores) and all(mine == 1 or _same(mine, other) for mine, other in pairs)
        if not fits:
            raise ShapeError(
                f"attention cannot read {', '.join(map(str, shapes))}",
                remedy="queries and keys have the same channels, keys and values the same length",
            )
        check_scores(*(queries[at] for at in apart), queries[along], keys[along])
        return (*queries[:-1], values[-1])

    def parts(self, inputs: Sequence[Array]) -> tuple[Array, Array, Array]:
        """Return queries, keys and values, the positions before the channels."""
        queries, keys, values = (self._apart(x) for x in inputs[:3])
        return queries, keys, values

    def _scale(self, channels: int) -> np.float32:
        return np.float32(1 / math.sqrt(channels) if self.scale is None else self.scale)

    def plain_scores(self, queries: Array, keys: Array) -> Array:
        """Return the scaled products."""
        return multiplied(queries * self._scale(queries.shape[-1]), turned(keys))

    def scores(self, masks: Sequence[Mask | None], inputs: Sequence[Array]) -> Array:
        """Return the scores with the mask."""
        scores = super().scores(masks, inputs)
        if len(inputs) == 4 and self.mask_adds:
            lifted: Array = np.maximum(scores + inputs[3], MASKED)
            return lifted
        return np.where(inputs[3] != 0, scores, MASKED) if len(inputs) == 4 else scores

    def shares_of(self, scores: Array) -> Array:
        """Return the shares, 0 of a query that may attend to no key."""
        shares = softmax(scores)
        # A score that is masked has no share, but where all of a query's are.
        nothing = scores.max(axis=-1, keepdims=True) <= MASKED
        return np.where(nothing, np.float32(0), shares) if nothing.any() else shares

    def score_multipliers(self, upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
        """Return the scaled middles of keys and of queries, weighted."""
        return dot_multipliers(upstream * self._scale(mine[0].shape[-1]), mine, others)

    def result(self, means: Array, masks: Sequence[Mask | None]) -> Array:
        """Return the means, their axes in the order of the queries'."""
        return self._together(means)

    def at_means(self, upstream: Array, of: LayerRun) -> Array:
        """Return the gradient, the positions before the channels."""
        return self._apart(upstream)

    def at_inputs(self, at: tuple[Array, Array, Array], at_scores: Array, of: LayerRun) -> PerInput:
        """Return the gradients, their axes in the order of the inputs'."""
        found = tuple(self._together(each) for each in at)
        if len(of.inputs) < 4:
            return found
        mask = of.inputs[3]
        if not self.mask_adds:
            return (*found, np.zeros_like(mask))
        leading = at_scores.sum(axis=tuple(range(at_scores.ndim - mask.ndim)))
        alone = tuple(axis for axis, size in enumerate(mask.shape) if size == 1)
        return (*found, leading.sum(axis=alone, keepdims=True))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the queries and what they attend to; where the first axis is another, all of the same there."""
        if sample_axis(self.axis, len(shapes[0]), self.type) == 0:
            read = super().positions_read(wanted, *shapes[:3])
        else:
            read = (wanted,) * 3
        return (*read, *(whole_axis(wanted, shape) for shape in shapes[3:]))

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the alignment of the queries, where their positions are the first axis."""
        return inputs[0] if sample_axis(self.axis, len(shapes[0]), self.type) == 0 else None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the mean of the values, each weighted by its share of the query's attention."""
        along = sample_axis(self.axis, len(of.index), self.type)
        apart = tuple(place for axis, place in enumerate(of.index[:-1]) if axis != along)
        weights = self._shares(of)[(*apart, of.index[along])]
        places = tuple(np.full(len(weights), place) for place in of.index)
        every = (*places[:along], np.arange(len(weights)), *places[along + 1 :])
        return weighted_sum(of, every, weights, how="mean", source=2)


def check_scores(*sizes: int | None) -> None:
    """Refuse so many heads, queries and keys that their scores do not fit into memory.

    Raises:
        ShapeError: They do not.
    """
    if None not in sizes and math.prod(size or 0 for size in sizes) > MOST_SCORES:
        raise ShapeError(
            f"attention of {sizes[-2]:,} positions to {sizes[-1]:,} takes more than {MOST_SCORES >> 28} GiB",
            remedy="give a shorter input",
        )


def multiplied(left: Array, right: Array) -> Array:
    """Return products of matrices over the last two axes."""
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        products: Array = np.matmul(left, right)
    return products


def turned(x: Array) -> Array:
    """Return an array with its last two axes swapped."""
    return x.swapaxes(-1, -2)


def dot_multipliers(upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
    """Return the multipliers at queries and keys of their products, given those at the products."""
    queries, keys = ((one + other) / np.float32(2) for one, other in zip(mine, others, strict=True))
    return multiplied(upstream, keys), multiplied(turned(upstream), queries)


def _same(one: int | None, other: int | None) -> bool:
    return None in (one, other) or one == other
