"""One response taken apart: what each tap adds, and of feature maps each channel under a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Window

__all__ = ["Contribution", "ConvStep"]


def _nothing() -> Array:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One product of a convolution that reads feature maps.

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


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvStep:
    """How an activation came to its value.

    Attributes:
        layer: The convolution's name.
        type: Keras's name of its class.
        position: The position of the response.
        filter: The filter.
        value: The activation.
        response: The value before the activation function.
        bias: The filter's bias, 0 where it has none.
        activation: The name of the activation function.
        window: The bases that it reads, or the positions of the layer that it reads.
        receptive_field: The bases that can change it, half-open.
        products: What is added up: of letters one product a tap, shape (taps,); of feature maps exact float64
            products, shape (taps, channels).
        bases: The letters under the taps, padding as `·`; nothing where feature maps are read.
        source: The name of the layer whose feature maps are read, or nothing where letters are.
        channels: The channels of that layer that the filter reads.
        values: The activations under the taps, 0 in the padding, shape (taps, channels).
        weights: What each is multiplied by, shape (taps, channels).
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    response: float
    bias: float
    activation: str
    window: Window
    receptive_field: tuple[int, int]
    products: NDArray[np.floating]
    bases: str = ""
    source: str = ""
    channels: range = range(0)
    values: Array = field(default_factory=_nothing)
    weights: Array = field(default_factory=_nothing)

    @property
    def count(self) -> int:
        """How many products there are."""
        return self.products.size

    @cached_property
    def per_tap(self) -> NDArray[np.floating]:
        """What each tap adds, all its channels together, shape (taps,)."""
        return self.products.sum(axis=1) if self.source else self.products

    @cached_property
    def per_channel(self) -> NDArray[np.floating]:
        """What each channel of feature maps adds, at all positions together, shape (channels,)."""
        sums: NDArray[np.floating] = self.products.sum(axis=0)
        return sums

    @property
    def product_sum(self) -> float:
        """The sum of the products; of letters added in the order of the taps, in float32, as the engine does."""
        if self.source:
            return float(self.products.sum())
        total = np.float32(0)
        for product in self.products:
            total += product
        return float(total)

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
