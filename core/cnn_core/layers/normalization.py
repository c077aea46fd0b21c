"""Normalisation as a trained network does it.

Sources: Keras, `keras.layers.BatchNormalization` (in inference: with the statistics of the training) and
`keras.layers.LayerNormalization`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, ShapeError
from .activation_functions import ActivationFunction
from .base import LayerRun
from .composition import Composition, ComputedValue, scaled
from .pointwise import AlongAxes, Pointwise
from .shapes import Array, PerInput, Shape, sample_axis

__all__ = ["BatchNormalization", "LayerNormalization", "Normalization"]


@dataclass(frozen=True, eq=False)
class BatchNormalization(Pointwise):
    """(x − mean) · gamma / √(variance + epsilon) + beta, channel by channel, with the means of the training.

    Attributes:
        mean: The moving mean, shape (channels,).
        variance: The moving variance, shape (channels,).
        gamma: The scale that was learned, shape (channels,), or None (`scale=False`).
        beta: The offset that was learned, shape (channels,), or None (`center=False`).
        epsilon: What keeps the root above 0.
        axis: The axis of the channels, as Keras writes it; −1 is the last.
    """

    linear: ClassVar[bool] = True
    mean: Array
    variance: Array
    gamma: Array | None = None
    beta: Array | None = None
    epsilon: float = 1e-3
    axis: int = -1

    def __post_init__(self) -> None:
        for name, weight in self.weights().items():
            if weight.ndim != 1 or weight.shape != self.mean.shape:
                raise ModelError(
                    f"{name} of shape {weight.shape} does not fit a mean of shape {self.mean.shape}",
                    remedy="each holds one number a channel",
                )
        if (self.variance + self.epsilon <= 0).any():
            raise ModelError("the moving variance is below 0", remedy="train or save the model again")

    @property
    def channels(self) -> int:
        """How many channels the layer reads."""
        return int(self.mean.shape[0])

    @cached_property
    def scale(self) -> Array:
        """What each channel is multiplied by, shape (channels,)."""
        root: NDArray[np.float64] = np.sqrt(self.variance.astype(np.float64) + self.epsilon)
        gamma = 1.0 if self.gamma is None else self.gamma
        return (gamma / root).astype(np.float32)

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The axis is not as long as there are channels.
        """
        channels = shape[sample_axis(self.axis, len(shape), self.type)]
        if channels != self.channels:
            raise ShapeError(
                f"BatchNormalization reads {self.channels} channels, not {channels}",
                remedy=f"give it an input of {self.channels} channels",
            )
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the normalised values, of the same shape."""
        along = [1] * x.ndim
        along[sample_axis(self.axis, x.ndim, self.type)] = self.channels
        # The mean goes first: a product before it would cancel where mean ≫ deviation.
        normalised: Array = x - self.mean.reshape(along)
        normalised *= self.scale.reshape(along)
        if self.beta is not None:
            normalised += self.beta.reshape(along)
        return normalised

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the scale of each channel."""
        along = [1] * upstream.ndim
        along[sample_axis(self.axis, upstream.ndim, self.type)] = self.channels
        return (upstream * self.scale.reshape(along),)

    def weights(self) -> dict[str, Array]:
        """Return gamma and beta, if the layer has them, and the moving mean and variance."""
        learned = {"gamma": self.gamma, "beta": self.beta}
        present = {name: weight for name, weight in learned.items() if weight is not None}
        return {**present, "moving_mean": self.mean, "moving_variance": self.variance}

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times its channel's scale, and beta less the mean times the scale."""
        channel = of.index[sample_axis(self.axis, of.x.ndim, self.type)]
        beta = 0.0 if self.beta is None else float(self.beta[channel])
        scale, mean = float(self.scale[channel]), float(self.mean[channel])
        return scaled(of, scale, beta - mean * scale)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the scaling, or None where the axis normalised is the length."""
        if sample_axis(self.axis, 2, self.type) != 1:
            return None
        if channel is None:
            return ActivationFunction("batch_normalization", self.forward, rising=self._rising)
        mine = slice(channel, channel + 1)
        one = BatchNormalization(
            self.mean[mine],
            self.variance[mine],
            None if self.gamma is None else self.gamma[mine],
            None if self.beta is None else self.beta[mine],
            self.epsilon,
        )
        return ActivationFunction("batch_normalization", one.forward, rising=one._rising)

    @property
    def _rising(self) -> bool:
        return self.gamma is None or bool((self.gamma >= 0).all())


@dataclass(frozen=True, eq=False)
class Normalization(BatchNormalization):
    """(x − mean) / √variance, channel by channel, with the statistics of the data before any training.

    Source: Keras, `keras.layers.Normalization`.
    """


@dataclass(frozen=True, eq=False)
class LayerNormalization(AlongAxes):
    """(x − mean) · gamma / √(variance + epsilon) + beta, with the mean and the variance of the input itself.

    Attributes:
        gamma: The scale that was learned, of the shape of the normalised axes, or None (`scale=False`).
        beta: The offset that was learned, of that shape, or None (`center=False`).
        epsilon: What keeps the root above 0.
        axis: The axis, or several, of which mean and variance are taken, as Keras writes them; −1 is the channels.
    """

    gamma: Array | None = None
    beta: Array | None = None
    epsilon: float = 1e-3
    axis: int | tuple[int, ...] = -1

    def forward(self, x: Array, /) -> Array:
        """Return the normalised values, of the same shape."""
        axes = self.axes_together(x.ndim)
        along = [size if axis in axes else 1 for axis, size in enumerate(x.shape)]
        mean = x.mean(axis=axes, keepdims=True, dtype=np.float64).astype(np.float32)
        normalised: Array = x - mean
        variance = np.square(normalised).mean(axis=axes, keepdims=True, dtype=np.float64)
        normalised *= (1 / np.sqrt(variance + self.epsilon)).astype(np.float32)
        if self.gamma is not None:
            normalised *= self.gamma.reshape(along)
        if self.beta is not None:
            normalised += self.beta.reshape(along)
        return normalised

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through the values, their mean and their variance."""
        return self.multipliers(upstream, of, of)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput:
        """Return the multipliers through the values, their mean and their variance.

        A value is its distance from the mean times the reciprocal of the deviation, and changes by the mean of each
        times the change of the other. Source: tangermeme 1.6, `_layernorm`.
        """
        axes = self.axes_together(of.x.ndim)
        distance, reciprocal = self._distances(of.x, axes)
        distance_reference, reciprocal_reference = self._distances(reference.x, axes)
        distances, reciprocals = distance + distance_reference, reciprocal + reciprocal_reference
        along = [size if axis in axes else 1 for axis, size in enumerate(of.x.shape)]
        weighted = upstream * (1 if self.gamma is None else self.gamma.reshape(along))
        of_variance = -np.square(reciprocal * reciprocal_reference) / reciprocals
        through = (weighted * distances).mean(axis=axes, keepdims=True) * of_variance * distances / 2
        direct = (weighted - weighted.mean(axis=axes, keepdims=True)) * reciprocals / 2
        return ((direct + through).astype(np.float32),)

    def _distances(self, x: Array, axes: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return every value's distance from the mean, and the reciprocal of the deviation."""
        wide = x.astype(np.float64)
        distance = wide - wide.mean(axis=axes, keepdims=True)
        return distance, 1 / np.sqrt(np.square(distance).mean(axis=axes, keepdims=True) + self.epsilon)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value times gamma over the deviation of those around it, and beta less their mean times that."""
        axes = self.axes_together(of.x.ndim)
        around = of.x[tuple(slice(None) if axis in axes else place for axis, place in enumerate(of.index))]
        learned = tuple(of.index[axis] for axis in axes)
        mean, variance = around.mean(dtype=np.float64), around.var(dtype=np.float64)
        gamma = 1.0 if self.gamma is None else float(self.gamma[learned])
        beta = 0.0 if self.beta is None else float(self.beta[learned])
        scale = gamma / math.sqrt(variance + self.epsilon)
        return scaled(of, scale, beta - float(mean) * scale, self.among(of.x.shape))

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the normalisation over the channels, or None where it is along the length."""
        if self.axes_together(2) != (1,):
            return None
        return ActivationFunction("layer_normalization", self.forward, elementwise=False, between=self._between)

    def _between(self, lowest: Array, highest: Array) -> tuple[Array, Array]:
        # Of n values none is further from their mean than √(n − 1) deviations.
        farthest = np.full_like(highest, math.sqrt(highest.shape[-1] - 1))
        if self.gamma is not None:
            farthest *= np.abs(self.gamma)
        middle = np.float32(0) if self.beta is None else self.beta
        return middle - farthest, middle + farthest
