"""Activation functions that a name cannot hold, since they have a setting of their own.

Sources: PyTorch, `torch.nn.CELU`, `Hardshrink`, `Softshrink`, `Threshold`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import SettingError
from .activation import Elementwise
from .activation_formulas import elu, elu_slope
from .activation_functions import ActivationFunction
from .shapes import Array, check_smallest

__all__ = ["CELU", "HardShrink", "SoftShrink", "Threshold"]


@dataclass(frozen=True, eq=False)
class CELU(Elementwise):
    """x above 0, alpha · (exp(x / alpha) − 1) below.

    Attributes:
        alpha: How far below 0 it can fall, above 0.
    """

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if not self.alpha > 0:
            raise SettingError(f"alpha {self.alpha} is not above 0", remedy="give one above 0")

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        alpha = np.float32(self.alpha)
        return np.where(x > 0, x, alpha * elu(x / alpha))

    def slope(self, x: Array) -> Array:
        """Return 1 above 0, exp(x / alpha) elsewhere."""
        return elu_slope(x / np.float32(self.alpha))

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        return ActivationFunction("celu", self.forward, float(-np.float32(self.alpha)))


@dataclass(frozen=True, eq=False)
class HardShrink(Elementwise):
    """x beyond the threshold on either side, 0 within.

    Attributes:
        threshold: Up to how far from 0 nothing comes out.
    """

    threshold: float = 0.5

    def __post_init__(self) -> None:
        check_smallest(0, threshold=self.threshold)

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return np.where(np.abs(x) <= np.float32(self.threshold), np.float32(0), x)

    def slope(self, x: Array) -> Array:
        """Return 1 beyond the threshold, 0 within and at it."""
        return np.asarray(~(np.abs(x) <= np.float32(self.threshold)), dtype=np.float32)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        return ActivationFunction("hard_shrink", self.forward, rising=True)


@dataclass(frozen=True, eq=False)
class SoftShrink(HardShrink):
    """x moved towards 0 by the threshold, 0 within it.

    Attributes:
        threshold: How far it is moved.
    """

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        threshold = np.float32(self.threshold)
        return np.where(np.abs(x) <= threshold, np.float32(0), x - np.sign(x) * threshold)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        return ActivationFunction("soft_shrink", self.forward, rising=True)


@dataclass(frozen=True, eq=False)
class Threshold(Elementwise):
    """x above the threshold, one value up to it.

    Attributes:
        threshold: Up to where a response counts as nothing.
        value: What comes out there.
    """

    threshold: float
    value: float = 0.0

    def forward(self, x: Array, /) -> Array:
        """Return the activations of responses, of the same shape."""
        return np.where(x <= np.float32(self.threshold), np.float32(self.value), x)

    def slope(self, x: Array) -> Array:
        """Return 1 above the threshold, 0 up to it."""
        return np.asarray(~(x <= np.float32(self.threshold)), dtype=np.float32)

    def function(self, channel: int | None = None) -> ActivationFunction | None:
        """Return the activation function."""
        rising = self.value <= self.threshold
        # Where it falls, it falls at the threshold, to hardly more than that.
        floor, dip = (self.value, None) if rising else (None, self.threshold)
        return ActivationFunction("threshold", self.forward, floor, dip=dip, rising=rising)
