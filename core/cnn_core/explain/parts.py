"""What a composition holds, and the weighted sum that most of them are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Index, Mask, activation_function

__all__ = [
    "LARGEST_SHOWN",
    "Composition",
    "Computed",
    "Gated",
    "Part",
    "Places",
    "bias_of",
    "grid",
    "named",
    "weighed_against",
    "weighted_sum",
]

Places = tuple[NDArray[np.int64], ...]
"""Places of one array: an array of indices an axis, shape (places,) each."""
LARGEST_SHOWN: Final = 8
"""How many parts of a sum are named."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an input, and what it contributes.

    Attributes:
        input: Which input of the layer it is of, from 0.
        index: Its place there.
        value: The value.
        weight: What it is multiplied by; None where nothing is multiplied.
        amount: What it contributes: value × weight in a sum, the value itself elsewhere.
        weight_of: The input and the place that the weight is a value of; None where it was learned or is fixed.
    """

    input: int
    index: Index
    value: float
    weight: float | None
    amount: float
    weight_of: tuple[int, Index] | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gates of a unit make of its candidate: held = staying × before + entering × candidate.

    The value is what is held, or leaving × function(held) where there is a gate on the way out.

    Attributes:
        before: What was held before: LSTM's cell, GRU's state.
        staying: What share of it stays: LSTM's forget gate, GRU's update gate.
        entering: What share of the candidate enters: LSTM's input gate, the rest to 1 of GRU's update gate.
        candidate: The candidate: the function of parts, rest, bias and what is remembered.
        leaving: LSTM's output gate; None in a GRU.
    """

    before: float
    staying: float
    entering: float
    candidate: float
    leaving: float | None

    @property
    def held(self) -> float:
        """What is held behind this position."""
        return self.staying * self.before + self.entering * self.candidate


@dataclass(frozen=True, eq=False)
class Composition:
    """What one value is computed from.

    Attributes:
        how: `sum`, `mean`, `product`, `maximum`, `minimum`, `copy`, `function` (of one value), `state` (a sum and
            what is remembered of the positions before), `gated` (a candidate that is such a sum, and gates) or
            `carried` (nothing is read: the position holds no data).
        parts: The parts with the largest amounts first, at most `LARGEST_SHOWN`; of a maximum, the kept one first.
        count: How many parts there are.
        value: The value itself.
        rest: What the parts that are not named add up to; in a product, their product.
        bias: What is added to a sum.
        remembered: What the state before adds to a `state` or a `gated`, and all that a `carried` is; 0 elsewhere.
        function: What is applied to the sum, such as relu, or nothing.
        among: How many values the function takes together, such as softmax; 1 where it is of one alone.
        gates: What the gates make of a `gated`, whose sum is that of its candidate.
        direction: `forward` or `backward`, where one direction of two is read.
        directions: Both directions of a recurrent layer, in its order, where the value is `how` of theirs.
    """

    how: str
    parts: tuple[Part, ...]
    count: int
    value: float
    rest: float = 0.0
    bias: float = 0.0
    remembered: float = 0.0
    function: str = ""
    among: int = 1
    gates: Gated | None = None
    direction: str = ""
    directions: tuple[Composition, ...] = ()

    @property
    def followed(self) -> Part | None:
        """The part that a trace goes on to: the kept one, or the one with the largest amount."""
        if self.directions:
            parts = [part for each in self.directions if (part := each.followed) is not None]
            return max(parts, key=lambda part: abs(part.amount), default=None)
        return self.parts[0] if self.parts else None

    @property
    def products(self) -> float:
        """What all parts of a sum add up to, named or not."""
        return sum(part.amount for part in self.parts) + self.rest

    @property
    def total(self) -> float:
        """What stands within the function: all parts, the bias, and what is remembered."""
        return self.products + self.bias + self.remembered

    def at(self, position: int) -> Composition:
        """Return the composition of a value of one position, with that position in front of every place."""
        parts = tuple(replace(part, index=(position, *part.index)) for part in self.parts)
        return replace(self, parts=parts, directions=tuple(each.at(position) for each in self.directions))


@dataclass(frozen=True, eq=False, slots=True)
class Computed:
    """A value that a layer computed.

    Attributes:
        inputs: What the layer was given, in order.
        masks: Which positions of each hold data, shape (length,), or None where all do.
        output: What it gave.
        index: The place of the value there.
        states: What a recurrent layer made on the way and does not give, see `hidden_states`.
    """

    inputs: Sequence[Array]
    masks: Sequence[Mask | None]
    output: Array
    index: Index
    states: tuple[Array, ...] = ()

    @property
    def x(self) -> Array:
        """The first input, for most layers the only one."""
        return self.inputs[0]

    @property
    def value(self) -> float:
        """The value itself."""
        return float(self.output[self.index])


def weighted_sum(
    x: Array,
    places: Places,
    weights: Array,
    value: float,
    *,
    how: str = "sum",
    bias: float = 0.0,
    function: str = "",
    among: int = 1,
) -> Composition:
    """Return a weighted sum over places of the first input.

    Args:
        x: The input.
        places: The places of the values that are summed.
        weights: What each is multiplied by, shape (places,).
        value: The value that comes out.
        how: What kind of sum it is.
        bias: What is added.
        function: What is applied last.
        among: How many values that function weighs against each other.
    """
    values = x[places]
    amounts = values.astype(np.float64) * weights
    order = np.argsort(-np.abs(amounts), kind="stable")[:LARGEST_SHOWN]
    parts = tuple(
        Part(
            0,
            tuple(int(axis[part]) for axis in places),
            float(values[part]),
            float(weights[part]),
            float(amounts[part]),
        )
        for part in order.tolist()
    )
    rest = float(amounts.sum() - amounts[order].sum()) if len(amounts) > len(order) else 0.0
    return Composition(how, parts, len(amounts), value, rest, bias, function=function, among=among)


def grid(positions: range, channels: range) -> Places:
    """Return the places of positions × channels, position by position."""
    axes = np.meshgrid(np.array(positions, np.int64), np.array(channels, np.int64), indexing="ij")
    return tuple(axis.reshape(-1) for axis in axes)


def named(activation: str) -> str:
    """Return an activation function's name, or nothing for linear."""
    return "" if activation == "linear" else activation


def weighed_against(activation: str, channels: int) -> int:
    """Return how many values an activation function weighs against each other, of so many channels."""
    return 1 if activation_function(activation).elementwise else channels


def bias_of(bias: Array | None, unit: int) -> float:
    """Return what a bias adds to a unit, which is 0 where there is none."""
    return 0.0 if bias is None else float(bias[unit])
