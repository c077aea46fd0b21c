"""Layers that apply an activation function, of a name or with settings of their own.

Sources: Keras, `keras.layers.Activation`, `ReLU`, `LeakyReLU`, `PReLU`, `ELU`, `Softmax`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from .activation_formulas import elu, elu_slope, leaky_relu, leaky_relu_slope
from .activation_functions import ActivationFunction, activation_function, rescaled
from .base import LayerRun
from .composition import Composition, ComputedValue
from .pointwise import AlongAxes, Pointwise
from .shapes import Array, PerInput, Shape, check_smallest
from .softmax import softmax, softmax_gradient, softmax_multipliers

__all__ = ["ELU", "Activation", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


@dataclass(frozen=True, eq=False)
class Activation(Pointwise):
    """Applies an activation function to every value.

    Attributes:
        activation: The function's name, see `ACTIVATIONS`.
    """

    activation: str

    def __post_init__(self) -> None:
        activation_function(self.activation)

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return activation_function(self.activation)(x)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the function's slope."""
        return (activation_function(self.activation).gradient(upstream, of.x),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the function's own multipliers: the change of every activation over that of its response."""
        return (activation_function(self.activation).multipliers(upstream, of.x, reference.x),)

    def axes_together(self, rank: int) -> tuple[int, ...]:
        """Return the channels where the function takes them together."""
        return () if activation_function(self.activation).elementwise else (rank - 1,)

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value that the function is applied to."""
        return self._function_of(of, self.activation)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        return activation_function(self.activation)


@dataclass(frozen=True, eq=False)
class Elementwise(Pointwise):
    """A function with settings of its own, value by value."""

    @abstractmethod
    def slope(self, x: Array) -> Array:
        """Return the derivative of every activation by its response."""

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the slope."""
        return (upstream * self.slope(of.x),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the change of every activation over that of its response."""
        ratios = rescaled(of.x, of.output, reference.x, reference.output, self.slope(of.x))
        return (upstream * ratios,)


@dataclass(frozen=True, eq=False)
class ReLU(Elementwise):
    """min(x, max value) above the threshold, negative slope · (x − threshold) up to it.

    Attributes:
        max_value: The highest value that comes out, or None for no such limit.
        negative_slope: The slope up to the threshold.
        threshold: Up to where a response counts as nothing.

    Raises:
        SettingError: A value below 0.
    """

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        check_smallest(
            0, max_value=self.max_value or 0, negative_slope=self.negative_slope, threshold=self.threshold
        )

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        zero, threshold = np.float32(0), np.float32(self.threshold)
        activations = np.maximum(x, zero) if threshold == 0 else np.where(x > threshold, x, zero)
        if self.max_value is not None:
            np.minimum(activations, np.float32(self.max_value), out=activations)
        if self.negative_slope:
            activations -= np.float32(self.negative_slope) * np.maximum(threshold - x, zero)
        return activations

    def slope(self, x: Array) -> Array:
        """Return the derivative; at the threshold and at the highest value that of Keras on PyTorch.

        A plain leaky ReLU has the leak's slope at 0; with a threshold or a highest value too, the slope at the
        threshold is 0. The highest value clips, with slope 1 where it is reached, except 6: that is relu6, with
        slope 0.
        """
        leaks, threshold = np.float32(self.negative_slope), np.float32(self.threshold)
        slopes = np.where(x > threshold, np.float32(1), leaks)
        if self.max_value is not None:
            highest = np.float32(self.max_value)
            slopes[(x >= highest) if highest == 6 and not threshold else (x > highest)] = 0
        if self.max_value is not None or threshold:
            slopes[x == threshold] = 0
        return slopes

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function; its floor is 0 where nothing leaks."""
        if self.max_value is None and not self.negative_slope and not self.threshold:
            return activation_function("relu")
        return ActivationFunction("relu", self.forward, None if self.negative_slope else 0.0, rising=True)


@dataclass(frozen=True, eq=False)
class LeakyReLU(Elementwise):
    """x above 0, negative slope · x below.

    Attributes:
        negative_slope: The slope below 0 (`alpha` in Keras 1 and 2).
    """

    negative_slope: float = 0.3

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return leaky_relu(x, self.negative_slope)

    def slope(self, x: Array) -> Array:
        """Return 1 above 0, the negative slope elsewhere."""
        return leaky_relu_slope(x, self.negative_slope)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        rising = self.negative_slope >= 0
        return ActivationFunction("leaky_relu", self.forward, dip=None if rising else 0.0, rising=rising)


@dataclass(frozen=True, eq=False)
class ELU(Elementwise):
    """x above 0, alpha · (exp(x) − 1) below.

    Attributes:
        alpha: How far below 0 it can fall.
    """

    alpha: float = 1.0

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return elu(x, self.alpha)

    def slope(self, x: Array) -> Array:
        """Return 1 above 0, alpha · exp(x) elsewhere."""
        return elu_slope(x, self.alpha)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        floor = float(-np.float32(self.alpha)) if self.alpha >= 0 else None
        return ActivationFunction("elu", self.forward, floor, dip=None if self.alpha >= 0 else 0.0)


@dataclass(frozen=True, eq=False)
class PReLU(Elementwise):
    """x above 0, alpha · x below, with slopes that were learned.

    Attributes:
        alpha: The slopes, of the input's shape; an axis of length 1 is one along which they are shared, such as
            (1, channels) for one slope a channel.
    """

    alpha: Array

    def output_shape(self, shape: Shape, /) -> Shape:
        """Return the input's shape.

        Raises:
            ShapeError: The slopes are of another shape.
        """
        fits = len(shape) == self.alpha.ndim and all(
            slopes in (1, axis) for slopes, axis in zip(self.alpha.shape, shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"PReLU has slopes of shape {self.alpha.shape} for an input of {shape}",
                remedy=f"give it an input of shape {self.alpha.shape}",
            )
        return shape

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return leaky_relu(x, self.alpha)

    def slope(self, x: Array) -> Array:
        """Return 1 above 0, alpha elsewhere."""
        return leaky_relu_slope(x, self.alpha)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function, or None where every position has slopes of its own."""
        if self.alpha.ndim != 2 or self.alpha.shape[0] != 1:
            return None
        alpha = self.alpha if channel is None or self.alpha.shape[1] == 1 else self.alpha[:, channel : channel + 1]
        rising = bool((alpha >= 0).all())
        return ActivationFunction("prelu", PReLU(alpha).forward, dip=None if rising else 0.0, rising=rising)


@dataclass(frozen=True, eq=False)
class Softmax(AlongAxes):
    """Shares 1 out along an axis, in proportion to the exponentials.

    Attributes:
        axis: The axis, or several, as Keras writes them; −1 is the channels.
    """

    axis: int | tuple[int, ...] = -1

    def forward(self, x: Array, /) -> Array:
        """Return the shares, of the same shape."""
        return softmax(x, self.axes_together(x.ndim))

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient through the shares, which rise at each other's cost."""
        return (softmax_gradient(upstream, of.x, self.axes_together(of.x.ndim)),)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the multipliers through the powers and their sum."""
        return (softmax_multipliers(upstream, of.x, reference.x, self.axes_together(of.x.ndim)),)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the softmax over the channels, or None where it is along the length."""
        return activation_function("softmax") if self.axes_together(2) == (1,) else None
