"""The steps of a trace: how a cell, and how an activation on letters, came to its value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..layers import Array, Window
from .feature_map_step import FeatureMapStep

__all__ = ["AnyConvStep", "ConvStep", "PoolStep", "Strongest"]


@dataclass(frozen=True, slots=True)
class Strongest:
    """The strongest response behind a silent cell, before the activation function levelled it.

    Attributes:
        position: Its position, the first if several share it.
        response: Its value.
    """

    position: int
    response: float


@dataclass(frozen=True, eq=False)
class PoolStep:
    """How a cell came to its value.

    Attributes:
        layer: The pool's name.
        type: Keras's name of its class.
        position: The cell.
        filter: The filter.
        value: The cell's value.
        window: The positions that it chose from.
        values: The activations there, in order, shape (positions,).
        selection: The position it chose, the first maximum; None where the pool averages.
        ties: How many of the positions share the maximum, the selection among them (1: no tie); 0 where the pool
            averages.
        silent: Whether all values are the activation function's floor, so that the selection means nothing.
        strongest: The strongest response behind a silent cell, otherwise None.
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    window: Window
    values: Array
    selection: int | None
    ties: int
    silent: bool
    strongest: Strongest | None

    @property
    def followed(self) -> int | None:
        """The position that a trace goes on to: the selection, or behind a silent cell the strongest response."""
        return self.selection if self.strongest is None else self.strongest.position


@dataclass(frozen=True, eq=False)
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
        window: The bases that it reads.
        bases: The letters under the taps, padding as `·`.
        products: What each tap adds, shape (taps,).
        activation: The name of the activation function.
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    response: float
    bias: float
    window: Window
    bases: str
    products: Array
    activation: str

    @property
    def product_sum(self) -> float:
        """The sum of the products, added in the order of the taps as the engine does."""
        total = np.float32(0)
        for product in self.products:
            total += product
        return float(total)

    @property
    def count(self) -> int:
        """How many products there are."""
        return len(self.products)

    @property
    def per_tap(self) -> Array:
        """What each tap adds, shape (taps,): its product."""
        return self.products


AnyConvStep = ConvStep | FeatureMapStep
"""How an activation came to its value, from letters or from feature maps."""
