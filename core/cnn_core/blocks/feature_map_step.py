"""One response of a deep convolution, taken apart: products per position and channel of the feature maps it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Window

__all__ = ["Contribution", "FeatureMapStep"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One product of a deep convolution.

    Attributes:
        position: The position of the layer that is read.
        channel: Its channel.
        value: Its activation there.
        weight: What that is multiplied by.
        product: What the two add to the response.
    """

    position: int
    channel: int
    value: float
    weight: float
    product: float


@dataclass(frozen=True, eq=False)
class FeatureMapStep:
    """How an activation that is computed from feature maps came to its value.

    Attributes:
        layer: The convolution's name.
        type: Keras's name of its class.
        position: The position of the response.
        filter: The filter.
        value: The activation.
        response: The value before the activation function.
        bias: The filter's bias, 0 where it has none.
        window: The positions of the layer before that it reads.
        source: The name of the layer whose feature maps it reads.
        channels: The channels of that layer that the filter reads.
        values: The activations under the taps, 0 in the padding, shape (taps, channels).
        weights: What each is multiplied by, shape (taps, channels).
        activation: The name of the activation function.
        receptive_field: The bases that could influence it, half-open.
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    response: float
    bias: float
    window: Window
    source: str
    channels: range
    values: Array
    weights: Array
    activation: str
    receptive_field: tuple[int, int]

    @cached_property
    def products(self) -> NDArray[np.float64]:
        """What each position and channel adds, shape (taps, channels); exact, since float64 holds every product."""
        return self.values.astype(np.float64) * self.weights

    @property
    def count(self) -> int:
        """How many products there are."""
        return int(self.weights.size)

    @cached_property
    def per_tap(self) -> NDArray[np.float64]:
        """What each position adds, all its channels together, shape (taps,)."""
        sums: NDArray[np.float64] = self.products.sum(axis=1)
        return sums

    @cached_property
    def per_channel(self) -> NDArray[np.float64]:
        """What each channel adds, at all positions together, shape (channels,)."""
        sums: NDArray[np.float64] = self.products.sum(axis=0)
        return sums

    @property
    def product_sum(self) -> float:
        """The sum of the products."""
        return float(self.products.sum())

    def largest(self, count: int, tap: int | None = None) -> tuple[Contribution, ...]:
        """Return the products of the largest size, the largest first; ties by position and channel.

        Args:
            count: How many to return at most; products of zero are left out.
            tap: The one tap to look at, or None for all.
        """
        products = self.products if tap is None else self.products[tap : tap + 1]
        first = 0 if tap is None else tap
        order = np.argsort(-np.abs(products), axis=None, kind="stable")[:count].tolist()
        found = []
        for at, channel in (divmod(place, len(self.channels)) for place in order):
            nth = first + at
            product = float(self.products[nth, channel])
            if product:
                position = self.window.first + nth * self.window.step
                value, weight = float(self.values[nth, channel]), float(self.weights[nth, channel])
                found.append(Contribution(position, self.channels[channel], value, weight, product))
        return tuple(found)

    def rest(self, named: Sequence[Contribution], tap: int | None = None) -> float:
        """Return what all products but some add up to.

        Args:
            named: The products that are left out.
            tap: The one tap to look at, or None for all.
        """
        others = self.products.copy()
        for each in named:
            others[(each.position - self.window.first) // self.window.step, each.channel - self.channels.start] = 0
        return float((others if tap is None else others[tap]).sum())
