"""What one value of a layer is computed from: the parts that add up to it, or the one that was selected.

A part is a value of an input and what it contributes. A weighted sum has a part for each position and channel, so
the largest are named and the rest are summed; a maximum has the selected one; a merge has one for each input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .activation_functions import activation_function
from .shapes import Array, Index, Mask
from .windows import Window

__all__ = [
    "LARGEST_SHOWN",
    "Composition",
    "ComputedValue",
    "Gated",
    "Part",
    "Places",
    "Taps",
    "channels_at",
    "mean_of",
    "scaled",
    "tap_sum",
    "weighted_sum",
]

Places = tuple[NDArray[np.int64], ...]
"""Places in one array: an array of indices for each axis, shape (places,) each."""
LARGEST_SHOWN: Final = 8
"""How many parts of a sum are named."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an input, and what it contributes.

    Attributes:
        input: Which input of the layer it belongs to, from 0.
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

    The value is what is held, or leaving × function(held) where there is an output gate.

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
        """What is held after this position."""
        return self.staying * self.before + self.entering * self.candidate


@dataclass(frozen=True, eq=False)
class Taps:
    """What a window reads, tap by tap, and what each tap adds.

    Attributes:
        window: The positions under the taps.
        channels: The channels that are read there.
        values: The values under the taps, 0 in the padding, shape (taps, channels).
        weights: What each is multiplied by, shape (taps, channels); 1 where nothing is multiplied.
        products: What each position and channel adds, shape (taps, channels).
    """

    window: Window
    channels: range
    values: Array
    weights: Array
    products: NDArray[np.floating]

    @staticmethod
    def of(x: Array, window: Window, channels: range, weights: Array) -> Taps:
        """Return the taps of a window over an input of shape (length, channels)."""
        values = np.zeros(weights.shape, dtype=np.float32)
        left, right = window.padding
        values[left : window.taps - right] = x[list(window.positions), channels.start : channels.stop]
        # float64 holds every product of two float32 exactly.
        return Taps(window, channels, values, weights, values.astype(np.float64) * weights)

    @property
    def inside(self) -> slice:
        """Which taps lie on the axis, not in its padding."""
        left, right = self.window.padding
        return slice(left, self.window.taps - right)

    @cached_property
    def per_tap(self) -> NDArray[np.floating]:
        """What each tap adds, all its channels together, shape (taps,).

        Of one-hot letters it is the letter's weight, to the last bit.
        """
        sums: NDArray[np.floating] = self.products.sum(axis=1)
        return sums

    @cached_property
    def per_channel(self) -> NDArray[np.floating]:
        """What each channel adds, at all positions together, shape (channels,)."""
        sums: NDArray[np.floating] = self.products.sum(axis=0)
        return sums

    @property
    def total(self) -> float:
        """The sum of all products."""
        return float(self.products.sum())

    def largest(self, count: int, tap: int | None = None) -> tuple[Part, ...]:
        """Return the products of the largest size, the largest first; ties by position and channel.

        Args:
            count: How many to return at most; products of zero are left out.
            tap: The one tap to look at, or None for all.
        """
        products = self.products if tap is None else self.products[tap : tap + 1]
        first = 0 if tap is None else tap
        order = np.argsort(-np.abs(products), axis=None, kind="stable")[:count].tolist()
        places = ((first + at, channel) for at, channel in (divmod(each, len(self.channels)) for each in order))
        return tuple(self._part(*place) for place in places if self.products[place])

    def _part(self, tap: int, channel: int) -> Part:
        index = (self.window.first + tap * self.window.step, self.channels[channel])
        value, weight = float(self.values[tap, channel]), float(self.weights[tap, channel])
        return Part(0, index, value, weight, float(self.products[tap, channel]))

    def rest(self, named: Sequence[Part], tap: int | None = None) -> float:
        """Return what all products but some add up to.

        Args:
            named: The products that are left out.
            tap: The one tap to look at, or None for all.
        """
        others = self.products.copy()
        for part in named:
            position, channel = part.index
            others[(position - self.window.first) // self.window.step, channel - self.channels.start] = 0
        return float((others if tap is None else others[tap]).sum())


@dataclass(frozen=True, eq=False)
class Composition:
    """What one value is computed from.

    Attributes:
        how: `sum`, `mean`, `product`, `maximum`, `minimum`, `copy`, `function` (of its parts), `state` (a sum and
            what is remembered of the positions before), `gated` (a candidate that is such a sum, and gates),
            `carried` (nothing is read: the position holds no data) or `constant` (a number of the layer's own).
        parts: The parts with the largest amounts first, at most `LARGEST_SHOWN`; of a maximum, the selection first.
        count: How many parts there are.
        value: The value itself.
        rest: What the parts that are not named add up to; in a product, their product.
        bias: What is added to a sum.
        remembered: What the state before adds to a `state` or a `gated`, and all that a `carried` is; 0 elsewhere.
        recalled: Of a `state`, the part of what is remembered with the largest amount; of a `gated`, what stays of the
            unit's own past, where that is more than what enters. Its place is one of the layer's own output; None
            where the layer gives only its last state, and elsewhere.
        function: What is applied to the sum, such as relu, or nothing.
        among: How many values the function takes together, such as softmax; 1 where it takes just one.
        gates: What the gates make of a `gated`, whose sum is that of its candidate.
        direction: `forward` or `backward`, where one direction of two is read.
        directions: Both directions of a recurrent layer, in its order, where the value is `how` of theirs.
        taps: What each tap of the window adds, where a window slides; None elsewhere.
        ties: How many values share a maximum, the selection among them (1: no tie); 0 where nothing is selected.
        zeros: How many of the values that a sum adds up are 0, and so add nothing.
        picks: Whether the others are all 1, so that it adds up the weights that are picked: those of one-hot rows.
        all_zero: Whether all values of a maximum are at the activation's floor, so that the selection means nothing;
            False too where the floor is not known.
    """

    how: str
    parts: tuple[Part, ...]
    count: int
    value: float
    rest: float = 0.0
    bias: float = 0.0
    remembered: float = 0.0
    recalled: Part | None = None
    function: str = ""
    among: int = 1
    gates: Gated | None = None
    direction: str = ""
    directions: tuple[Composition, ...] = ()
    taps: Taps | None = None
    ties: int = 0
    all_zero: bool = False
    zeros: int = 0
    picks: bool = False

    @property
    def followed(self) -> Part | None:
        """The part that a trace goes on to: the selection, or the one with the largest amount."""
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
        directions = tuple(each.at(position) for each in self.directions)
        return replace(self, parts=parts, directions=directions, taps=None)


@dataclass(frozen=True, eq=False, slots=True)
class ComputedValue:
    """A value that a layer computed, and what that takes to explain.

    Attributes:
        inputs: What the layer was given, in order.
        output: What it gave.
        index: The place of the value there.
        masks: Which positions of each input hold data, shape (length,), or None where all do; () where all do in
            every input.
        states: What a recurrent layer made on the way and does not give, see `Layer.hidden_states`; () where it is
            yet to be made.
        floor: The lowest value that the input can take (0 behind a relu), or None where that is not known; what it
            takes to tell a maximum that is all 0.

    Raises:
        IndexError: The output has no such place.
    """

    inputs: Sequence[Array]
    output: Array
    index: Index
    masks: Sequence[Mask | None] = field(default=())
    states: tuple[Array, ...] = ()
    floor: float | None = None

    def __post_init__(self) -> None:
        shape = self.output.shape
        if len(self.index) != len(shape) or not all(
            0 <= place < size for place, size in zip(self.index, shape, strict=True)
        ):
            raise IndexError(f"place {self.index} of {shape}")

    @property
    def x(self) -> Array:
        """The first input, for most layers the only one."""
        return self.inputs[0]

    @property
    def mask(self) -> Mask | None:
        """Which positions of the first input hold data, or None where all do."""
        return self.masks[0] if self.masks else None

    @property
    def value(self) -> float:
        """The value itself."""
        return float(self.output[self.index])


def weighted_sum(
    of: ComputedValue,
    places: Places,
    weights: Array,
    *,
    how: str = "sum",
    unit: int = 0,
    bias: Array | None = None,
    activation: str = "linear",
    units: int = 1,
    source: int = 0,
    weight_places: tuple[int, Places] | None = None,
) -> Composition:
    """Return a weighted sum over places of an input.

    Args:
        of: The value that comes out.
        places: The places of the values that are summed.
        weights: What each is multiplied by, shape (places,).
        how: What kind of sum it is.
        unit: Which number of the bias is added.
        bias: One number for each unit, or None.
        activation: The name of the function that is applied last.
        units: How many units that function is given, all of which a softmax takes together.
        source: Which input, from 0.
        weight_places: Where weights are values of an input, which one, and their places there.
    """
    values = of.inputs[source][places]
    amounts = values.astype(np.float64) * weights
    order = np.argsort(-np.abs(amounts), kind="stable")[:LARGEST_SHOWN]
    zeros = int((values == 0).sum())
    parts = tuple(
        Part(
            source,
            _place(places, part),
            float(values[part]),
            float(weights[part]),
            float(amounts[part]),
            None if weight_places is None else (weight_places[0], _place(weight_places[1], part)),
        )
        for part in order.tolist()
    )
    return Composition(
        how,
        parts,
        len(amounts),
        of.value,
        rest=float(amounts.sum() - amounts[order].sum()) if len(amounts) > len(order) else 0.0,
        bias=0.0 if bias is None else float(bias[unit]),
        function="" if activation == "linear" else activation,
        among=1 if activation_function(activation).elementwise else units,
        zeros=zeros,
        picks=0 < zeros == len(values) - int((values == 1).sum()),
    )


def _place(places: Places, number: int) -> Index:
    return tuple(int(axis[number]) for axis in places)


def tap_sum(
    of: ComputedValue, taps: Taps, *, unit: int = 0, bias: Array | None, activation: str, units: int
) -> Composition:
    """Return the weighted sum under the taps of a window; padding is no part of it. See `weighted_sum`."""
    positions, channels = np.array(taps.window.positions, np.int64), np.array(taps.channels, np.int64)
    places = tuple(axis.reshape(-1) for axis in np.meshgrid(positions, channels, indexing="ij"))
    weights = taps.weights[taps.inside].reshape(-1)
    summed = weighted_sum(of, places, weights, unit=unit, bias=bias, activation=activation, units=units)
    return replace(summed, taps=taps)


def scaled(of: ComputedValue, scale: float, bias: float = 0.0, among: int = 1) -> Composition:
    """Return the value at the same place times a number, and what is added; see `Composition`."""
    value = float(of.x[of.index])
    part = Part(0, of.index, value, scale, value * scale)
    return Composition("sum", (part,), 1, of.value, bias=bias, among=among)


def channels_at(index: Index, channels: int) -> Places:
    """Return the places of all channels at one position, (…, position)."""
    along = np.arange(channels, dtype=np.int64)
    return (*(np.full_like(along, place) for place in index), along)


def mean_of(of: ComputedValue, positions: NDArray[np.int64], count: int | None = None) -> Composition:
    """Return the mean over positions of the value's channel.

    Args:
        of: The value.
        positions: The positions.
        count: How many there are together with those that are 0 and not named; None is no more than these.
    """
    places = positions, np.full(len(positions), of.index[-1], np.int64)
    weights = np.full(len(positions), 1 / max(1, count or len(positions)), dtype=np.float32)
    return weighted_sum(of, places, weights, how="mean")
