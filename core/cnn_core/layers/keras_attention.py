"""Attention as Keras's layers `Attention` and `AdditiveAttention` have it.

Sources: Keras, `keras.layers.Attention` and `keras.layers.AdditiveAttention`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, ShapeError
from .activation_functions import rescaled
from .attention import Attending, QueriesAndKeys, check_scores, dot_multipliers, multiplied, turned
from .base import LayerRun
from .composition import Composition, ComputedValue, weighted_sum
from .shapes import Array, Mask, PerInput, Shape, spatial

__all__ = ["AdditiveAttention", "Attention"]


@dataclass(frozen=True, eq=False)
class _QueryValueKey(Attending):
    """Attention of inputs (query, value) or (query, value, key), each (positions, channels)."""

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (queries, channels of the values).

        Raises:
            ShapeError: The inputs are not two or three, or their shapes do not fit.
        """
        query, value, key = _checked(self.type, shapes)
        check_scores(query[0], key[0])
        return query[0], value[1]

    def parts(self, inputs: Sequence[Array]) -> tuple[Array, Array, Array]:
        """Return queries, keys and values."""
        return inputs[0], inputs[-1], inputs[1]

    def open_keys(self, masks: Sequence[Mask | None], inputs: Sequence[Array]) -> Mask | None:
        """Return which values hold data."""
        return masks[1]

    def result(self, means: Array, masks: Sequence[Mask | None]) -> Array:
        """Return the means, 0 where a query holds no data."""
        return means if masks[0] is None else np.where(masks[0][:, None], means, np.float32(0))

    def at_means(self, upstream: Array, of: LayerRun) -> Array:
        """Return the gradient, 0 where a query holds no data."""
        return self.result(upstream, of.masks)

    def at_inputs(self, at: tuple[Array, Array, Array], at_scores: Array, of: LayerRun) -> PerInput:
        """Return the gradients in the order of the inputs; that of the keys is the values' where they are one."""
        queries, keys, values = at
        return (queries, values, keys) if len(of.inputs) == 3 else (queries, values + keys)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the mean of the values, each weighted by its share of the query's attention."""
        query, channel = of.index
        if of.mask is not None and not of.mask[query]:
            return Composition("carried", (), 0, of.value)
        weights = self._shares(of)[query]
        places = np.arange(len(weights)), np.full(len(weights), channel)
        return weighted_sum(of, places, weights, how="mean", source=1)


@dataclass(frozen=True, eq=False)
class Attention(_QueryValueKey):
    """softmax(scores) · values, where a score is a product of query and key, or of the tanh of their sum.

    Attributes:
        scale: What a product is multiplied by, or what is within the tanh, shape (), or None (`use_scale=False`).
        concat_score_weight: What the sum of the tanh is multiplied by, shape (), or None for a product.
        causal: Whether a query attends to the keys up to its own position alone.
    """

    scale: Array | None = None
    concat_score_weight: Array | None = None
    causal: bool = False

    def __post_init__(self) -> None:
        for name, weight in self.weights().items():
            if weight.size != 1:
                raise ModelError(
                    f"{name} of shape {weight.shape} does not fit an Attention", remedy="it is a number"
                )

    def plain_scores(self, queries: Array, keys: Array) -> Array:
        """Return the scaled products, or the sums of the tanh."""
        if self.concat_score_weight is None:
            return multiplied(queries * _number(self.scale), turned(keys))
        return _tanh_scores(queries, keys, _number(self.scale), _number(self.concat_score_weight))

    def score_multipliers(self, upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
        """Return the multipliers through the products, or through the tanh."""
        if self.concat_score_weight is None:
            return dot_multipliers(upstream * _number(self.scale), mine, others)
        return _tanh_multipliers(upstream, mine, others, _number(self.scale), _number(self.concat_score_weight))


@dataclass(frozen=True, eq=False)
class AdditiveAttention(_QueryValueKey):
    """softmax(scores) · values, where a score sums the tanh of query + key over the channels, weighted.

    Attributes:
        scale: What each channel's tanh is multiplied by, shape (channels,), or None (`use_scale=False`).
        causal: Whether a query attends to the keys up to its own position alone.
    """

    scale: Array | None = None
    causal: bool = False

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (queries, channels of the values).

        Raises:
            ShapeError: The inputs do not fit each other, or the scale.
        """
        shape = super().output_shape(*shapes)
        if self.scale is not None and self.scale.shape != (shapes[0][1],):
            raise ShapeError(
                f"AdditiveAttention reads {self.scale.size:,} channels, not {shapes[0][1]}",
                remedy=f"give it {self.scale.size:,}",
            )
        return shape

    def plain_scores(self, queries: Array, keys: Array) -> Array:
        """Return the sums of the tanh."""
        return _tanh_scores(queries, keys, np.float32(1), self._weights())

    def score_multipliers(self, upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
        """Return the multipliers through the tanh."""
        return _tanh_multipliers(upstream, mine, others, np.float32(1), self._weights())

    def _weights(self) -> Array | np.float32:
        return np.float32(1) if self.scale is None else self.scale


def _checked(layer: str, shapes: Sequence[Shape]) -> list[tuple[int | None, int]]:
    """Return queries, values and keys as (positions, channels)."""
    if len(shapes) not in (2, 3):
        raise ShapeError(
            f"{layer} reads a query, a value and perhaps a key, not {len(shapes)} inputs",
            remedy="give it two or three",
        )
    query, value, key = (spatial(shape, layer) for shape in (shapes[0], shapes[1], shapes[-1]))
    if query[1] != key[1] or (None not in (value[0], key[0]) and value[0] != key[0]):
        raise ShapeError(
            f"{layer} cannot read {', '.join(map(str, shapes))}",
            remedy="query and key have the same channels, key and value the same length",
        )
    return [query, value, key]


def _number(weight: Array | None) -> np.float32:
    return np.float32(1) if weight is None else np.float32(weight.reshape(())[()])


def _channels(queries: Array, keys: Array, weights: Array | np.float32) -> Iterator[tuple[int, Array, np.float32]]:
    """Yield every channel's sums of query and key, (queries, keys), and what its tanh is multiplied by."""
    each = np.broadcast_to(weights, queries.shape[-1:])
    for channel in range(queries.shape[-1]):
        yield channel, queries[:, channel, None] + keys[None, :, channel], each[channel]


def _tanh_scores(queries: Array, keys: Array, within: np.float32, weights: Array | np.float32) -> Array:
    scores = np.zeros((len(queries), len(keys)), dtype=np.float32)
    for _, sums, weight in _channels(queries, keys, weights):
        scores += weight * np.tanh(within * sums)
    return scores


def _tanh_multipliers(
    upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys, within: np.float32, weights: Array | np.float32
) -> QueriesAndKeys:
    at_queries, at_keys = np.zeros_like(mine[0]), np.zeros_like(mine[1])
    both = zip(_channels(*mine, weights), _channels(*others, weights), strict=True)
    for (channel, sums, weight), (_, other_sums, _) in both:
        inner, other = within * sums, within * other_sums
        activated = np.tanh(inner)
        slopes = 1 - np.square(activated)
        at = upstream * weight * within * rescaled(inner, activated, other, np.tanh(other), slopes)
        at_queries[:, channel], at_keys[:, channel] = at.sum(axis=1), at.sum(axis=0)
    return at_queries, at_keys
