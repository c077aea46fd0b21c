"""Attention in several heads, each with its own queries, keys and values.

Source: Keras, `keras.layers.MultiHeadAttention`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, ShapeError
from .attention import Attending, QueriesAndKeys, check_scores, dot_multipliers, multiplied, turned
from .base import LayerRun
from .composition import Composition, ComputedValue, weighted_sum
from .shapes import Array, Mask, PerInput, Shape, check_bias, spatial

__all__ = ["MultiHeadAttention"]


@dataclass(frozen=True, eq=False)
class MultiHeadAttention(Attending):
    """Heads that each attend by queries, keys and values of their own, and a weighted sum of what they find.

    It reads (query, value) or (query, value, key), each (positions, channels), as Keras calls it; without a key, the
    value is the key too. A query that may attend to no value takes as much of each, as with TensorFlow and JAX.

    Attributes:
        query_kernel: Shape (channels of the query, heads, key_dim).
        key_kernel: Shape (channels of the key, heads, key_dim).
        value_kernel: Shape (channels of the value, heads, value_dim).
        output_kernel: Shape (heads, value_dim, channels of the output).
        query_bias: Shape (heads, key_dim), or None.
        key_bias: Shape (heads, key_dim), or None.
        value_bias: Shape (heads, value_dim), or None.
        output_bias: Shape (channels of the output,), or None.
        causal: Whether a query attends to the keys up to its own position alone.
    """

    query_kernel: Array
    key_kernel: Array
    value_kernel: Array
    output_kernel: Array
    query_bias: Array | None = None
    key_bias: Array | None = None
    value_bias: Array | None = None
    output_bias: Array | None = None
    causal: bool = False

    def __post_init__(self) -> None:
        for name in ("query_kernel", "key_kernel", "value_kernel", "output_kernel"):
            shape = getattr(self, name).shape
            if len(shape) != 3 or 0 in shape:
                raise ModelError(f"{name} of shape {shape} is not one of attention", remedy="it has three axes")
        heads, key_dim, value_dim = self.num_heads, self.key_dim, self.value_dim
        fits = self.key_kernel.shape[1:] == (heads, key_dim) and self.value_kernel.shape[1] == heads
        if not fits or self.output_kernel.shape[:2] != (heads, value_dim):
            raise ModelError(
                "the kernels of MultiHeadAttention do not fit each other",
                remedy="all have the same heads, and queries and keys the same channels",
            )
        check_bias(self.query_bias, (heads, key_dim), f"{heads} heads")
        check_bias(self.key_bias, (heads, key_dim), f"{heads} heads")
        check_bias(self.value_bias, (heads, value_dim), f"{heads} heads")
        check_bias(self.output_bias, self.output_kernel.shape[2:], f"{self.output_kernel.shape[2]} channels")

    @property
    def num_heads(self) -> int:
        """How many heads there are."""
        return int(self.query_kernel.shape[1])

    @property
    def key_dim(self) -> int:
        """How many channels a query and a key have in a head."""
        return int(self.query_kernel.shape[2])

    @property
    def value_dim(self) -> int:
        """How many channels a value has in a head."""
        return int(self.value_kernel.shape[2])

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return (queries, channels of the output).

        Raises:
            ShapeError: The inputs are not two or three, or their shapes do not fit.
        """
        if len(shapes) not in (2, 3):
            raise ShapeError(
                f"MultiHeadAttention reads a query, a value and perhaps a key, not {len(shapes)} inputs",
                remedy="give it two or three",
            )
        query, value, key = (spatial(shape, self.type) for shape in (shapes[0], shapes[1], shapes[-1]))
        kernels = self.query_kernel, self.value_kernel, self.key_kernel
        for name, kernel, (_, channels) in zip(
            ("query", "value", "key"), kernels, (query, value, key), strict=True
        ):
            if channels != len(kernel):
                raise ShapeError(
                    f"MultiHeadAttention reads a {name} of {len(kernel):,} channels, not {channels:,}",
                    remedy=f"give it one of {len(kernel):,}",
                )
        if None not in (value[0], key[0]) and value[0] != key[0]:
            raise ShapeError("key and value differ in length", remedy="give it a key and a value of one length")
        check_scores(self.num_heads, query[0], key[0])
        return query[0], int(self.output_kernel.shape[2])

    def parts(self, inputs: Sequence[Array]) -> tuple[Array, Array, Array]:
        """Return queries, keys and values of the heads, each (heads, positions, channels)."""
        return (
            _projected(inputs[0], self.query_kernel, self.query_bias),
            _projected(inputs[-1], self.key_kernel, self.key_bias),
            _projected(inputs[1], self.value_kernel, self.value_bias),
        )

    @property
    def _scale(self) -> np.float32:
        return np.float32(1 / math.sqrt(self.key_dim))

    def plain_scores(self, queries: Array, keys: Array) -> Array:
        """Return the products over √key_dim, shape (heads, queries, keys)."""
        return multiplied(queries * self._scale, turned(keys))

    def score_multipliers(self, upstream: Array, mine: QueriesAndKeys, others: QueriesAndKeys) -> QueriesAndKeys:
        """Return the scaled middles of keys and of queries, weighted."""
        return dot_multipliers(upstream * self._scale, mine, others)

    def open_keys(self, masks: Sequence[Mask | None], inputs: Sequence[Array]) -> Mask | None:
        """Return which values hold data, for the queries that do, shape (queries or 1, keys)."""
        query, *others = masks
        rows = [] if query is None else [query[:, None]]
        rows += [mask[None, :] for mask in others if mask is not None]
        return np.logical_and.reduce(np.broadcast_arrays(*rows)) if rows else None

    def result(self, means: Array, masks: Sequence[Mask | None]) -> Array:
        """Return the sum of what the heads found, weighted."""
        in_one_row = means.transpose(1, 0, 2).reshape(means.shape[1], -1)
        summed = multiplied(in_one_row, self.output_kernel.reshape(-1, self.output_kernel.shape[2]))
        return summed if self.output_bias is None else summed + self.output_bias

    def at_means(self, upstream: Array, of: LayerRun) -> Array:
        """Return the gradient of every head's means."""
        return multiplied(upstream, turned(self.output_kernel))

    def at_inputs(self, at: tuple[Array, Array, Array], at_scores: Array, of: LayerRun) -> PerInput:
        """Return the gradients of all heads, weighted, in the order of the inputs."""
        kernels = self.query_kernel, self.key_kernel, self.value_kernel
        query, key, value = (
            multiplied(each, kernel.transpose(1, 2, 0)).sum(axis=0)
            for each, kernel in zip(at, kernels, strict=True)
        )
        return (query, value, key) if len(of.inputs) == 3 else (query, value + key)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the values, each with what all heads weigh it by: their shares, and value and output kernel."""
        query, channel = of.index
        # What a channel of the value adds in a head, were all attention on it: (heads, channels).
        through = np.einsum("dnh,nh->nd", self.value_kernel, self.output_kernel[:, :, channel])
        weights = self._shares(of)[:, query].T @ through
        bias = 0.0 if self.output_bias is None else float(self.output_bias[channel])
        if self.value_bias is not None:
            bias += float((self.value_bias * self.output_kernel[:, :, channel]).sum())
        places = tuple(axis.reshape(-1) for axis in np.indices(weights.shape))
        return weighted_sum(of, places, weights.reshape(-1), source=1, bias=np.array([bias], np.float32))


def _projected(x: Array, kernel: Array, bias: Array | None) -> Array:
    """Return (heads, positions, channels) of positions and a kernel (channels, heads, channels of a head)."""
    heads = multiplied(x, kernel.reshape(len(kernel), -1)).reshape(len(x), *kernel.shape[1:])
    return (heads if bias is None else heads + bias).transpose(1, 0, 2)
