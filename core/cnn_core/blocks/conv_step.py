"""One response taken apart: what each tap adds, and of feature maps each channel under a tap."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Taps

__all__ = ["ConvStep"]


def _nothing() -> Array:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvStep(Taps):
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
        picked: How many of the letters pick a weight: neither padding nor an ambiguous letter that is a row of zeros.
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
    receptive_field: tuple[int, int]
    bases: str = ""
    picked: int = 0
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
        return super().per_tap if self.source else self.products

    @property
    def product_sum(self) -> float:
        """The sum of the products; of letters added in the order of the taps, in float32, as the engine does."""
        if self.source:
            return self.total
        total = np.float32(0)
        for product in self.products:
            total += product
        return float(total)
