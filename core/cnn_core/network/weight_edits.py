"""Edits of weights: other numbers laid over the filters of a network, which itself never changes, and their names.

| name                   | what becomes of filter 17 of `conv1d`                                               |
|------------------------|-------------------------------------------------------------------------------------|
| `conv1d:17:3A=0.5`     | the weight of tap 3 for the letter A is 0.5                                         |
| `conv1d:17:3:12=0.5`   | that of tap 3 for channel 12, where feature maps are read                           |
| `conv1d:17:bias=0.1`   | the bias is 0.1                                                                     |
| `conv1d:17=flipped`    | the last tap comes first; each column of weights stays as it is                     |
| `conv1d:17=revcomp`    | the same, and A and T, C and G change places: the filter of the other strand        |
| `conv1d:17=shuffled:1` | the columns stand in the order of `numpy.random.RandomState(1).permutation(taps)`   |

Taps and channels count from 0. Edits take effect in order, so a tap is one of the filter as the edits before left it.
A filter may go by its name, and every channel by its number.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ..errors import NotFoundError, SettingError, shorten
from ..layers import Array, Convolution1D, Input
from ..letters.alphabet import complement, decode, encode
from .graph import Graph

__all__ = ["Arrangement", "BiasEdit", "FilterEdit", "FilterWeights", "WeightEdit", "joined", "parse_weight_edits"]

_PLACE: Final = re.compile(
    r"(?P<filter>.+?)(?::(?:(?P<bias>bias)|(?P<tap>[0-9]{1,9})(?:(?P<letter>[A-Za-z])|:(?P<channel>[0-9]{1,9}))))?"
)
_ARRANGED: Final = re.compile(r"(?P<how>flipped|revcomp|shuffled)(?::(?P<seed>[0-9]{1,10}))?")
_EXAMPLE: Final = "write conv1d:17:3A=0.5, conv1d:17:bias=0.1, conv1d:17=flipped or conv1d:17=shuffled:1"
_SEEDS: Final = 1 << 32


@dataclass(frozen=True, eq=False)
class FilterWeights:
    """What one filter has of its own.

    Attributes:
        weights: The weights, shape (taps, channels that it reads).
        bias: The bias.
        channels: Which channels of the layer's input it reads.
        letters: What these are called, where they are letters; otherwise empty.
    """

    weights: Array
    bias: float
    channels: range
    letters: str = ""

    @classmethod
    def of(cls, conv: Convolution1D, filter_index: int, letters: Input | None) -> FilterWeights:
        """Return those of a filter.

        Args:
            conv: The convolution.
            filter_index: The filter.
            letters: The input whose letters it reads, or None.
        """
        channels, weights = conv.weights_of(filter_index)
        names = "" if letters is None else letters.channels[channels.start : channels.stop]
        return cls(weights, conv.bias_of(filter_index), channels, names)

    def equals(self, other: FilterWeights) -> bool:
        """Tell whether all numbers are the same."""
        return self.bias == other.bias and np.array_equal(self.weights, other.weights)

    def letter(self, channel: int) -> str:
        """Return what a channel is called, or nothing where it is no letter."""
        letter = self.letters[channel - self.channels.start : channel - self.channels.start + 1]
        return letter if letter.isalpha() else ""

    def complements(self) -> list[int] | None:
        """Return which of its channels stands for each one on the other strand, or None where that is not known."""
        others = [decode(complement(encode(each))) if each.isalpha() else each for each in self.letters]
        known = self.letters and all(each in self.letters for each in others)
        return [self.letters.index(each) for each in others] if known else None


@dataclass(frozen=True, slots=True)
class FilterEdit(ABC):
    """What is changed of one filter.

    Attributes:
        layer: The convolution, by the name of its first call.
        filter: The filter, by number.
    """

    layer: str
    filter: int

    @abstractmethod
    def name(self, filter_weights: FilterWeights) -> str:
        """Return the edit's name.

        Args:
            filter_weights: The filter, of which only the letters matter.
        """

    @abstractmethod
    def applied(self, before: FilterWeights) -> tuple[Array, float]:
        """Return the weights and the bias behind the edit, as new numbers.

        Args:
            before: The filter before it.

        Raises:
            SettingError: The filter has no such weight, or cannot be arranged so.
        """

    @property
    def _head(self) -> str:
        return f"{self.layer}:{self.filter}"


@dataclass(frozen=True, slots=True)
class WeightEdit(FilterEdit):
    """One weight is another number.

    Attributes:
        tap: The tap of the kernel.
        channel: The channel of the layer's input.
        value: The weight, taken as float32.
    """

    tap: int
    channel: int
    value: float

    def name(self, filter_weights: FilterWeights) -> str:
        """Return its name, with a letter where the channel is one."""
        place = filter_weights.letter(self.channel) or f":{self.channel}"
        return f"{self._head}:{self.tap}{place}={_shown(self.value)}"

    def applied(self, before: FilterWeights) -> tuple[Array, float]:
        """Return the weights with another one."""
        taps = len(before.weights)
        if not (0 <= self.tap < taps and self.channel in before.channels):
            first, last = before.channels.start, before.channels.stop - 1
            read = f"channels {first} to {last}" if last > first else f"channel {first}"
            raise SettingError(
                f"filter {self.filter} has no weight of tap {self.tap} for channel {self.channel}",
                where=f"layer {self.layer}",
                remedy=f"it has taps 0 to {taps - 1} and reads {before.letters or read}",
            )
        weights = before.weights.copy()
        weights[self.tap, self.channel - before.channels.start] = self.value
        return weights, before.bias


@dataclass(frozen=True, slots=True)
class BiasEdit(FilterEdit):
    """The bias is another number.

    Attributes:
        value: The bias, taken as float32.
    """

    value: float

    def name(self, filter_weights: FilterWeights) -> str:
        """Return its name."""
        return f"{self._head}:bias={_shown(self.value)}"

    def applied(self, before: FilterWeights) -> tuple[Array, float]:
        """Return the weights as they are, and the other bias."""
        return before.weights, self.value


@dataclass(frozen=True, slots=True)
class Arrangement(FilterEdit):
    """The columns of weights stand in another order.

    Attributes:
        how: `flipped`, `revcomp` or `shuffled`.
        seed: What they are shuffled with; 0 otherwise.
    """

    how: Literal["flipped", "revcomp", "shuffled"]
    seed: int = 0

    def name(self, filter_weights: FilterWeights) -> str:
        """Return its name."""
        return f"{self._head}={self.how}{f':{self.seed}' if self.how == 'shuffled' else ''}"

    def applied(self, before: FilterWeights) -> tuple[Array, float]:
        """Return the weights in the other order."""
        if self.how == "shuffled":
            return before.weights[np.random.RandomState(self.seed).permutation(len(before.weights))], before.bias
        if self.how == "flipped":
            return before.weights[::-1], before.bias
        columns = before.complements()
        if columns is None:
            raise SettingError(
                f"filter {self.filter} does not read each letter and its complement",
                where=f"layer {self.layer}",
                remedy=f"{self._head}=flipped turns its taps round as they are",
            )
        return before.weights[::-1, columns], before.bias


def joined(edits: Iterable[FilterEdit], edit: FilterEdit) -> tuple[FilterEdit, ...]:
    """Return edits with one more, which takes the place of what it makes void.

    A number takes the place of the one set before at the same place, where nothing moved it since; to flip a filter
    twice, or to turn it to the other strand twice, is to leave it as it was.

    Args:
        edits: The edits so far.
        edit: What comes last.
    """
    kept = [*edits]
    for at in range(len(kept) - 1, -1, -1):
        before = kept[at]
        if (before.layer, before.filter) != (edit.layer, edit.filter):
            continue
        if isinstance(edit, Arrangement):
            undone = before == edit and edit.how != "shuffled"
            return (*kept[:at], *kept[at + 1 :]) if undone else (*kept, edit)
        if isinstance(before, Arrangement):
            # Past it a tap is another column; the bias is the same one.
            if isinstance(edit, WeightEdit):
                break
        elif _place(before) == _place(edit):
            del kept[at]
            break
    return (*kept, edit)


def _shown(value: float) -> str:
    return str(np.float32(value)).removesuffix(".0")


def _place(edit: FilterEdit) -> tuple[int, int] | None:
    return (edit.tap, edit.channel) if isinstance(edit, WeightEdit) else None


def parse_weight_edits(names: Sequence[str], graph: Graph) -> tuple[FilterEdit, ...]:
    """Return the edits of some names, in order.

    Args:
        names: Names such as `conv1d:17:3A=0.5`; a filter may go by its name, and any channel by its number.
        graph: The network that they are laid over.

    Raises:
        SettingError: A name is not that of an edit, or a number is not finite.
        NotFoundError: There is no such layer, filter or letter.
    """
    return tuple(_parsed(name.strip(), graph) for name in names)


def _parsed(name: str, graph: Graph) -> FilterEdit:
    place, _, value = name.rpartition("=")
    layer, conv, rest = _layer(name, place, graph)
    found = _PLACE.fullmatch(rest)
    if found is None:
        raise SettingError(f"'{shorten(name)}' names no edit of a weight", remedy=_EXAMPLE)
    index = conv.find_filter(found["filter"], layer)
    if not found["bias"] and not found["tap"]:
        arranged = _ARRANGED.fullmatch(value.strip())
        if arranged is None or (arranged["how"] == "shuffled") != bool(arranged["seed"]):
            raise SettingError(f"'{shorten(name)}' does not say what becomes of the filter", remedy=_EXAMPLE)
        seed = int(arranged["seed"] or 0)
        if seed >= _SEEDS:
            raise SettingError(f"{seed} is not a seed", where=shorten(name), remedy=f"it is 0 to {_SEEDS - 1:,}")
        how: Literal["flipped", "revcomp", "shuffled"] = arranged["how"]  # type: ignore[assignment]
        return Arrangement(layer, index, how, seed)
    number = _number(name, value)
    if found["bias"]:
        return BiasEdit(layer, index, number)
    channel = int(found["channel"]) if found["channel"] else _channel(name, found["letter"], layer, graph)
    return WeightEdit(layer, index, int(found["tap"]), channel, number)


def _layer(name: str, place: str, graph: Graph) -> tuple[str, Convolution1D, str]:
    """Return the convolution that an edit is of, by the name of its first call, and what follows it in the name."""
    called = [node for node in graph.nodes if place.startswith(f"{node.name}:")]
    if not called:
        layer = place.partition(":")[0]
        if not layer or ":" not in place:
            raise SettingError(f"'{shorten(name)}' names no edit of a weight", remedy=_EXAMPLE)
        called = [graph[layer]]
    node = max(called, key=lambda each: len(each.name))
    if not isinstance(node.layer, Convolution1D):
        convolutions = [each.name for each in graph.nodes if isinstance(each.layer, Convolution1D)]
        raise SettingError(
            f"layer {node.name} has no filters whose weights can be edited",
            where=shorten(name),
            remedy=f"its convolutions are {', '.join(convolutions)}" if convolutions else "it has no convolution",
        )
    return graph.first_call(node.name), node.layer, place[len(node.name) + 1 :]


def _channel(name: str, letter: str, layer: str, graph: Graph) -> int:
    letters = graph.letters_of(graph[layer])
    if letters is None:
        raise NotFoundError(
            f"layer {layer} reads feature maps, which have no letters",
            where=shorten(name),
            remedy=f"name the channel by its number, as in {layer}:17:3:12=0.5",
        )
    wanted = letter.upper().replace("U", "T")
    if wanted not in letters.channels:
        raise NotFoundError(
            f"layer {layer} reads no letter {letter}", where=shorten(name), remedy=f"it reads {letters.channels}"
        )
    return letters.channels.index(wanted)


def _number(name: str, text: str) -> float:
    try:
        with np.errstate(over="ignore"):
            number = float(np.float32(float(text)))
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise SettingError(
            f"'{shorten(text)}' is not a number that a weight can be", where=shorten(name), remedy=_EXAMPLE
        )
    return number
