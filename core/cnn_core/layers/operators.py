"""What is made of two or three inputs value by value, beside sums and products: quotients, powers, comparisons.

Sources: PyTorch, `torch.div`, `torch.pow`, `torch.eq` and its kind, `torch.logical_and` and its kind, `torch.where`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ..errors import SettingError
from .base import LayerRun
from .composition import Composition, ComputedValue, Part
from .merging import Merge, served
from .shapes import Array, PerInput, Shape, check_inputs, serving

__all__ = ["Compare", "Divide", "Logical", "Pow", "Where"]


@dataclass(frozen=True, eq=False)
class _OfTwo(Merge):
    """A function of two inputs, value by value."""

    own_rule: ClassVar[bool] = True

    @abstractmethod
    def of(self, one: Array, other: Array) -> Array:
        """Return what becomes of two arrays that broadcast together."""

    @abstractmethod
    def slopes(self, one: Array, other: Array) -> tuple[Array, Array]:
        """Return the derivatives by each of the two."""

    @property
    def name(self) -> str:
        """What the function is called."""
        return self.type.lower()

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape that the inputs have together.

        Raises:
            ShapeError: There are not two inputs, or their shapes do not fit.
        """
        check_inputs(2, self.type, shapes)
        return super().output_shape(*shapes)

    def forward(self, *inputs: Array) -> Array:
        """Return what becomes of the two inputs."""
        one, other = inputs
        with np.errstate(all="ignore"):
            return self.of(one, other).astype(np.float32, copy=False)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times the slope by each input."""
        with np.errstate(all="ignore"):
            slopes = self.slopes(*of.inputs)
            return tuple(served(upstream * slope, x) for slope, x in zip(slopes, of.inputs, strict=True))

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return for each input the change that its own makes, the mean of with the other's before and after it.

        Both together are the whole change; of a product it is the rule of `Multiply`.
        """
        (one, other), (one_before, other_before) = of.inputs, reference.inputs
        both, neither = of.output, reference.output
        first, second = self.forward(one, other_before), self.forward(one_before, other)
        half = np.float32(0.5)
        changes = half * ((both - second) + (first - neither)), half * ((both - first) + (second - neither))
        slopes = self.gradient(np.ones_like(both), of)
        found = []
        for x, before, change, slope in zip(of.inputs, reference.inputs, changes, slopes, strict=True):
            moves = served(upstream * change, x)
            stays = served(upstream, x) * (slope if slope is not None else np.float32(0))
            difference = x - before
            still = difference == 0
            found.append(np.where(still, stays, moves / np.where(still, np.float32(1), difference)))
        return tuple(found)

    def compose(self, of: ComputedValue) -> Composition:
        """Return both values."""
        parts = tuple(_part_of(number, x, of) for number, x in enumerate(of.inputs))
        return Composition("function", parts, len(parts), of.value, function=self.name)


@dataclass(frozen=True, eq=False)
class Divide(_OfTwo):
    """The first input divided by the second; by 0 it is infinite or NaN."""

    def of(self, one: Array, other: Array) -> Array:
        """Return the quotients."""
        return one / other

    def slopes(self, one: Array, other: Array) -> tuple[Array, Array]:
        """Return the reciprocal of the second, and its share of the quotient."""
        reciprocal: Array = np.reciprocal(other)
        return reciprocal, -one * np.square(reciprocal)


@dataclass(frozen=True, eq=False)
class Pow(_OfTwo):
    """The first input to the power of the second; NaN where that is not a real number."""

    def of(self, one: Array, other: Array) -> Array:
        """Return the powers."""
        return np.power(one, other)

    def slopes(self, one: Array, other: Array) -> tuple[Array, Array]:
        """Return the slopes, 0 by the base where the exponent is 0, and by the exponent where the base is 0."""
        zero = np.float32(0)
        of_base = np.where(other == 0, zero, other * np.power(one, other - 1))
        flat = (one == 0) & (other >= 0)
        return of_base, np.where(flat, zero, np.power(one, other) * np.log(one))


class _Truth(_OfTwo):
    """1 where something holds of two inputs, else 0; its slope is 0 everywhere."""

    own_rule: ClassVar[bool] = False
    functions: ClassVar[Mapping[str, np.ufunc]]
    """What may hold, by its name."""
    how: str

    def __post_init__(self) -> None:
        if self.how not in self.functions:
            raise SettingError(
                f"there is no '{self.how}' of two inputs here", remedy=f"it is {', '.join(self.functions)}"
            )

    @property
    def name(self) -> str:
        """What holds."""
        return self.how

    def of(self, one: Array, other: Array) -> Array:
        """Return 1 where it holds."""
        return np.asarray(self.functions[self.how](one, other), dtype=np.float32)

    def slopes(self, one: Array, other: Array) -> tuple[Array, Array]:
        """Return zeros."""
        zero = np.zeros(np.broadcast_shapes(one.shape, other.shape), dtype=np.float32)
        return zero, zero

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> None:
        """Return None: what jumps has no rule."""
        return


@dataclass(frozen=True, eq=False)
class Compare(_Truth):
    """1 where the first input is so to the second, else 0; NaN is like nothing, itself included.

    Attributes:
        how: `equal`, `not_equal`, `greater`, `greater_equal`, `less` or `less_equal`.
    """

    functions: ClassVar[Mapping[str, np.ufunc]] = {
        "equal": np.equal,
        "not_equal": np.not_equal,
        "greater": np.greater,
        "greater_equal": np.greater_equal,
        "less": np.less,
        "less_equal": np.less_equal,
    }
    how: Literal["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"] = "equal"


@dataclass(frozen=True, eq=False)
class Logical(_Truth):
    """1 where both, any or just one of two inputs is other than 0, else 0.

    Attributes:
        how: `and`, `or` or `xor`.
    """

    functions: ClassVar[Mapping[str, np.ufunc]] = {
        "and": np.logical_and,
        "or": np.logical_or,
        "xor": np.logical_xor,
    }
    how: Literal["and", "or", "xor"] = "and"


@dataclass(frozen=True, eq=False)
class Where(Merge):
    """The second input where the first (the condition) is other than 0, else the third."""

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape that the inputs have together.

        Raises:
            ShapeError: There are not three inputs, or their shapes do not fit.
        """
        check_inputs(3, self.type, shapes)
        return super().output_shape(*shapes)

    def forward(self, *inputs: Array) -> Array:
        """Return the values that the condition picks."""
        condition, one, other = inputs
        return np.where(condition != 0, one, other)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient at what is picked; the condition has none, so zeros."""
        condition, one, other = of.inputs
        picked = np.broadcast_to(condition != 0, upstream.shape)
        zero = np.float32(0)
        shares = np.where(picked, upstream, zero), np.where(picked, zero, upstream)
        return np.zeros_like(condition), served(shares[0], one), served(shares[1], other)

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradients where the condition stays in every place; else there is no rule."""
        same = np.array_equal(of.x != 0, reference.x != 0)
        return self.gradient(upstream, of) if same else None

    def compose(self, of: ComputedValue) -> Composition:
        """Return the value that is picked, as it is."""
        condition = _part_of(0, of.inputs[0], of)
        number = 1 if condition.value != 0 else 2
        return Composition("copy", (_part_of(number, of.inputs[number], of),), 1, of.value)


def _part_of(number: int, x: Array, of: ComputedValue) -> Part:
    """Return the value of an input that serves a place."""
    place = serving(of.index, x.shape)
    return Part(number, place, float(x[place]), None, float(x[place]))
