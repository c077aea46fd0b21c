"""How a cell came to its value: what its pool window holds, and what the pool selected."""

from __future__ import annotations

from dataclasses import dataclass

from ..layers import Array, Composition, Window

__all__ = ["PoolStep", "Strongest"]


@dataclass(frozen=True, slots=True)
class Strongest:
    """The response behind a cell that is all 0 that came nearest to being told from the others.

    It is the strongest; where a batch normalisation stands before the activation function that levelled all of them,
    the one that is largest behind it, which in a filter whose sign that turns is the weakest.

    Attributes:
        position: Its position, the first if several share it.
        response: Its value, as the convolution gives it.
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
        window: The positions that it selects from.
        values: The activations there, in order, shape (positions,).
        counted: How many positions an average is taken over, padding among them where it counts.
        composition: What the pool makes of them.
        strongest: The strongest response behind a cell that is all 0, otherwise None.
    """

    layer: str
    type: str
    position: int
    filter: int
    window: Window
    values: Array
    counted: int
    composition: Composition
    strongest: Strongest | None

    @property
    def value(self) -> float:
        """The cell's value."""
        return self.composition.value

    @property
    def selection(self) -> int | None:
        """The position it selected, the first maximum; None where the pool averages."""
        return self.composition.parts[0].index[0] if self.composition.how == "maximum" else None

    @property
    def followed(self) -> int | None:
        """The position that a trace goes on to: the selection, or the strongest response where all are 0."""
        return self.selection if self.strongest is None else self.strongest.position
