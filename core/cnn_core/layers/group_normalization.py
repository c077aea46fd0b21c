"""Normalisation by statistics of the input itself: of groups of channels over all positions, or without a mean.

Sources: Keras, `keras.layers.GroupNormalization`, `RMSNormalization` and `UnitNormalization`; PyTorch,
`torch.nn.GroupNorm`, `InstanceNorm1d` and `RMSNorm`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, ShapeError
from .activation_functions import ActivationFunction
from .base import LayerRun
from .composition import Composition, ComputedValue, scaled
from .normalization import LayerNormalization
from .pointwise import AlongAxes, Pointwise
from .shapes import Array, PerInput, Shape, check_smallest, known_axes, sample_axis

__all__ = ["GroupNormalization", "RMSNormalization", "UnitNormalization"]

_SMALLEST_SQUARE: Final = 1e-24
"""The square of the length that a UnitNormalization divides by at least, 1e-12, as Keras has it."""


@dataclass(frozen=True, eq=False)
class GroupNormalization(Pointwise):
    """(x − mean) · gamma / √(variance + epsilon) + beta, with mean and variance of a group of channels, all positions.

    With as many groups as channels it is instance normalisation.

    Attributes:
        groups: How many groups the channels fall into, each of neighbours.
        gamma: The scale that was learned, shape (channels,), or None (`scale=False`).
        beta: The offset that was learned, shape (channels,), or None (`center=False`).
        epsilon: What keeps the root above 0.
        axis: The axis of the channels, as Keras writes it; −1 is the last.
    """

    groups: int = 32
    gamma: Array | None = None
    beta: Array | None = None
    epsilon: float = 1e-3
    axis: int = -1

    def __post_init__(self) -> None:
        check_smallest(1, groups=self.groups)
        for name, weight in self.weights().items():
            if weight.ndim != 1 or len(weight) % self.groups:
                raise ModelError(
                    f"{name} of shape {weight.shape} does not fit {self.groups} groups",
                    remedy="it holds one number a channel, and every group has equally many",
                )

    def axes_together(self, rank: int) -> tuple[int, ...]:
        """Return all axes: the channels of a group, and every other."""
        sample_axis(self.axis, rank, self.type)
        return tuple(range(rank))

    def among(self, shape: Shape) -> int:
        """Return how many values a group holds."""
        return math.prod(known_axes(shape)) // self.groups

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The channels do not fall into the groups, or are not as many as gamma's and beta's.
        """
        channels = shape[sample_axis(self.axis, len(shape), self.type)]
        if channels is None or channels % self.groups:
            raise ShapeError(
                f"GroupNormalization reads {self.groups} groups of channels, not {channels} channels",
                remedy=f"give it a multiple of {self.groups}",
            )
        for weight in self.weights().values():
            if len(weight) != channels:
                raise ShapeError(
                    f"GroupNormalization reads {len(weight)} channels, not {channels}",
                    remedy=f"give it an input of {len(weight)} channels",
                )
        return shape

    def _grouped(self, x: Array) -> Array:
        """Return the values group by group, (groups, values)."""
        apart = np.moveaxis(x, sample_axis(self.axis, x.ndim, self.type), 0)
        return apart.reshape(self.groups, -1)

    def _laid_out(self, grouped: Array, shape: tuple[int, ...]) -> Array:
        """Return values that lie group by group as an input of a shape lies."""
        axis = sample_axis(self.axis, len(shape), self.type)
        apart = grouped.reshape(shape[axis], *shape[:axis], *shape[axis + 1 :])
        return np.ascontiguousarray(np.moveaxis(apart, 0, axis))

    def _along(self, weight: Array, rank: int) -> Array:
        """Return a weight a channel along the axis of the channels."""
        shape = [1] * rank
        shape[sample_axis(self.axis, rank, self.type)] = -1
        return weight.reshape(shape)

    @cached_property
    def _of_groups(self) -> LayerNormalization:
        return LayerNormalization(epsilon=self.epsilon)

    def forward(self, x: Array, /) -> Array:
        """Return the normalised values, of the same shape."""
        normalised = self._laid_out(self._of_groups.forward(self._grouped(x)), x.shape)
        if self.gamma is not None:
            normalised *= self._along(self.gamma, x.ndim)
        if self.beta is not None:
            normalised += self._along(self.beta, x.ndim)
        return normalised

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through the values, their mean and their variance."""
        return self.multipliers(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers through the values, their mean and their variance; see `LayerNormalization`."""
        weighted = upstream if self.gamma is None else upstream * self._along(self.gamma, upstream.ndim)
        mine, other = (LayerRun([self._grouped(run.x)], self._grouped(run.x), [None]) for run in (of, reference))
        (at,) = self._of_groups.multipliers(self._grouped(weighted), mine, other)
        return (None if at is None else self._laid_out(at, of.x.shape),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times gamma over the deviation of its group, and beta less their mean times that."""
        axis = sample_axis(self.axis, of.x.ndim, self.type)
        channel, size = of.index[axis], of.x.shape[axis] // self.groups
        group = of.x.take(range(channel // size * size, channel // size * size + size), axis=axis).astype(
            np.float64
        )
        scale = (1.0 if self.gamma is None else float(self.gamma[channel])) / math.sqrt(group.var() + self.epsilon)
        beta = 0.0 if self.beta is None else float(self.beta[channel])
        return scaled(of, scale, beta - group.mean() * scale, group.size)


@dataclass(frozen=True, eq=False)
class _BySize(AlongAxes):
    """x over the size of the values along some axes, as the root of their squares, times what was learned."""

    @abstractmethod
    def of_squares(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return what the sums of the squares of `count` values are divided by, before the root."""

    @abstractmethod
    def rising(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return how much that rises with a sum."""

    def learned(self, shape: tuple[int, ...]) -> Array:
        """Return what is learned for an input of a shape, as an array that fits it."""
        return np.ones([1] * len(shape), dtype=np.float32)

    def _reciprocals(self, x: Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the reciprocals of the sizes, and how much the squares of the sizes rise with the sums."""
        axes = self.axes_together(x.ndim)
        count = math.prod(x.shape[axis] for axis in axes)
        squares = np.square(x.astype(np.float64)).sum(axis=axes, keepdims=True)
        return 1 / np.sqrt(self.of_squares(squares, count)), self.rising(squares, count)

    def forward(self, x: Array, /) -> Array:
        """Return the scaled values, of the same shape."""
        return x * self._reciprocals(x)[0].astype(np.float32) * self.learned(x.shape)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through the values and their size."""
        return self.multipliers(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers through the values and the reciprocal of their size, each by the mean of the other.

        The steps are those of `LayerNormalization`, without a mean; tangermeme has no rule of its own for it.
        """
        axes = self.axes_together(of.x.ndim)
        reciprocal, rises = self._reciprocals(of.x)
        other, other_rises = self._reciprocals(reference.x)
        values = of.x.astype(np.float64) + reference.x
        weighted = upstream * self.learned(of.x.shape)
        of_square = -np.square(reciprocal * other) / (reciprocal + other) * (rises + other_rises) / 2
        through = (weighted * values).sum(axis=axes, keepdims=True) / 2 * of_square * values
        return ((weighted * (reciprocal + other) / 2 + through).astype(np.float32),)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times what is learned over the size of those around it."""
        axes = self.axes_together(of.x.ndim)
        around = of.x[tuple(slice(place, place + 1) if axis not in axes else slice(None)
                            for axis, place in enumerate(of.index))]  # fmt: skip
        learned = np.broadcast_to(self.learned(of.x.shape), of.x.shape)[of.index]
        weight = float(learned * self._reciprocals(around)[0].reshape(()))
        return scaled(of, weight, among=self.among(of.x.shape))

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the scaling over the channels, or None where it is along the length."""
        if self.axes_together(2) != (1,):
            return None
        return ActivationFunction(self.type, self.forward, elementwise=False, between=self._between)

    def _between(self, lowest: Array, highest: Array) -> tuple[Array, Array]:
        # A square is at most the sum, and what that is divided by at least as much as rises with the sum.
        farthest = 1 / np.sqrt(self.rising(np.array([np.inf]), highest.shape[-1]))
        ends = [
            (np.where(side, sign * farthest, 0) * self.learned(highest.shape)).astype(np.float32)
            for sign, side in ((-1, lowest < 0), (1, highest > 0))
        ]
        return np.minimum(*ends), np.maximum(*ends)


@dataclass(frozen=True, eq=False)
class RMSNormalization(_BySize):
    """x · scale / √(mean of the squares + epsilon).

    Attributes:
        scale: What was learned, of the shape of the normalised axes, or None.
        epsilon: What keeps the root above 0.
        axis: The axis, or several, of which the squares are taken, as Keras writes them; −1 is the channels.
    """

    keeps_mask: ClassVar[bool] = False
    own_rule: ClassVar[bool] = True
    scale: Array | None = None
    epsilon: float = 1e-6
    axis: int | tuple[int, ...] = -1

    def of_squares(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return the mean, and epsilon."""
        return squares / count + self.epsilon

    def rising(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return 1 / count everywhere."""
        return np.full_like(squares, 1 / count)

    def learned(self, shape: tuple[int, ...]) -> Array:
        """Return the scale along its axes."""
        if self.scale is None:
            return super().learned(shape)
        axes = self.axes_together(len(shape))
        return self.scale.reshape([size if axis in axes else 1 for axis, size in enumerate(shape)])


@dataclass(frozen=True, eq=False)
class UnitNormalization(_BySize):
    """x over its length, the root of the sum of the squares.

    Attributes:
        axis: The axis, or several, of which the squares are taken, as Keras writes them; −1 is the channels.
    """

    own_rule: ClassVar[bool] = True
    axis: int | tuple[int, ...] = -1

    def of_squares(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return the sum, or the square of the smallest length."""
        return np.maximum(squares, _SMALLEST_SQUARE)

    def rising(self, squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return 1 where the sum is what counts, else 0."""
        return (squares > _SMALLEST_SQUARE).astype(np.float64)
