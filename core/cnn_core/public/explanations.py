"""Why a value is what it is, as lines of arithmetic, as plain types, and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import printable
from ..explain.walk_down import LayerStep
from ..layers import Composition, Index, Input, Part, Taps
from ..named_arrays import Tabular
from ..network.model import Model

__all__ = ["Explanation"]

_COMBINED = {"sum": "Σ", "mean": "mean", "product": "Π", "maximum": "max", "minimum": "min", "state": "Σ"}


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Tabular):
    """The chain from a value down to the bases; `print` gives its arithmetic, a line for each part.

    ```
    pool[0, 0] = max of 3 = 4
        conv[0, 0] = 4
        conv[1, 0] = 0
        conv[2, 0] = 0
    conv[0, 0] = relu(Σ of 2 taps 5 + bias −1) = 4
        base 0 A: 1 × 2 = 2
        base 1 C: 1 × 3 = 3
    ```

    Attributes:
        model: The network.
        steps: One step for each layer, the value's own first; the last reads the input, or cannot be explained.
    """

    model: Model
    steps: tuple[LayerStep, ...]

    @property
    def value(self) -> float:
        """The value that is explained."""
        return self.steps[0].composition.value

    def as_dict(self) -> dict[str, object]:
        """Return the chain as plain types, fit for JSON; every index is 0-based, positions before channels."""
        return {"value": self.value, "steps": [step.as_json() for step in self.steps]}

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a named part of a value: `step`, `value_of`, `part`, `value`, `weight`, `amount`.

        Of a convolution on letters a part is a letter under its window. `amount` is what the part adds to the sum;
        where values are selected and not weighed, `weight` is NaN. What `print` adds up as `more` has no row.
        """
        rows = [row for nth, step in enumerate(self.steps) for row in self._rows(nth, step)]
        texts = ([row[at] for row in rows] for at in (1, 2))
        numbers = np.array([row[3:] for row in rows], dtype=np.float64).reshape(-1, 3)
        return {
            "step": np.array([row[0] for row in rows], dtype=np.int64),
            **{name: np.array(each, dtype=np.str_) for name, each in zip(("value_of", "part"), texts, strict=True)},
            **dict(zip(("value", "weight", "amount"), numbers.T, strict=True)),
        }

    def _rows(self, nth: int, step: LayerStep) -> Iterator[tuple[int, str, str, float, float, float]]:
        place, whole = _place(step.layer, step.index), step.composition
        letters = self._letters_read(step)
        if letters and whole.taps is not None:
            for base, channel, value, weight in _letters_under(whole.taps):
                yield nth, place, f"base {base} {letters[channel]}", value, weight, value * weight
            return
        for part in (part for each in whole.directions or (whole,) for part in each.parts):
            weight = float("nan") if part.weight is None else part.weight
            yield nth, place, self._part_place(part, step.inputs), part.value, weight, part.amount

    def _letters_read(self, step: LayerStep) -> str:
        """Return the channels of the letters that a sum reads, or nothing where it reads none."""
        read = self.model.letters_of(self.model[step.layer])
        is_sum = step.composition.taps is not None and step.composition.how == "sum"
        return read.channels if read is not None and is_sum else ""

    def __str__(self) -> str:
        """Return the arithmetic, a line for each value and each of its largest parts."""
        return "\n".join(line for step in self.steps for line in self._lines(step))

    def __repr__(self) -> str:
        """Return one line: the value and the length of the chain."""
        first = self.steps[0]
        return f"<{_place(first.layer, first.index)} = {_number(self.value)}, explained in {len(self.steps)} steps>"

    def _repr_html_(self) -> str:
        """Return the arithmetic as HTML, as notebooks show it."""
        return f"<pre>{escape(str(self))}</pre>"

    def _lines(self, step: LayerStep) -> Iterator[str]:
        whole = step.composition
        letters = self._letters_read(step)
        if letters and whole.taps is not None:
            yield f"{_place(step.layer, step.index)} = {_equation(whole, 'taps', len(whole.taps.window.positions))}"
            yield from _letter_taps(whole.taps, letters)
            return
        yield f"{_place(step.layer, step.index)} = {_equation(whole)}"
        for each in whole.directions or (whole,):
            if each.direction:
                yield f"  {each.direction}: {_equation(each)}"
            for part in each.parts:
                yield f"    {self._part(part, step.inputs)}"
            if each.count > len(each.parts):
                more = f"{each.count - len(each.parts):,} more"
                yield f"    {more}" if each.how in ("maximum", "minimum") else f"    {more}: {_number(each.rest)}"

    def _part(self, part: Part, inputs: tuple[str, ...]) -> str:
        place = self._part_place(part, inputs)
        if part.weight is None:
            return f"{place} = {_number(part.value)}"
        return f"{place}: {_number(part.value)} × {_number(part.weight)} = {_number(part.amount)}"

    def _part_place(self, part: Part, inputs: tuple[str, ...]) -> str:
        name = inputs[part.input]
        place = _place(name, part.index)
        layer = self.model[name].layer
        if isinstance(layer, Input) and len(part.index) == 2 and part.index[1] < len(layer.channels):
            place = f"base {part.index[0]} {layer.channels[part.index[1]]}"
        return place


def _letters_under(taps: Taps) -> Iterator[tuple[int, int, float, float]]:
    """Yield base, channel, value and weight of every letter that a window reads."""
    for tap in range(*taps.inside.indices(taps.window.taps)):
        base = taps.window.first + tap * taps.window.step
        for channel in np.flatnonzero(taps.values[tap]).tolist():
            yield base, channel, float(taps.values[tap][channel]), float(taps.weights[tap][channel])


def _letter_taps(taps: Taps, letters: str) -> Iterator[str]:
    """Yield a line for each tap on a base, with what it adds."""
    for tap in range(*taps.inside.indices(taps.window.taps)):
        values, weights = taps.values[tap], taps.weights[tap]
        read = [channel for channel in range(len(letters)) if values[channel]]
        base = (
            f"base {taps.window.first + tap * taps.window.step} {''.join(letters[each] for each in read)}".rstrip()
        )
        products = " + ".join(f"{_number(values[each])} × {_number(weights[each])}" for each in read)
        yield f"    {base}: {products or 'no letter'} = {_number(taps.per_tap[tap])}"


def _equation(whole: Composition, noun: str = "parts", count: int | None = None) -> str:
    """Return how the value follows from its parts, or from `count` of the `noun`."""
    value = _number(whole.value)
    if whole.directions:
        return f"{whole.how} of {' and '.join(each.direction for each in whole.directions)} = {value}"
    if whole.how in ("maximum", "minimum"):
        return f"{_COMBINED[whole.how]} of {whole.count:,} = {value}"
    if whole.gates is not None:
        gates = whole.gates
        held = f"{_number(gates.staying)} × {_number(gates.before)} + {_number(gates.entering)} × "
        held += _number(gates.candidate)
        leaving = "" if gates.leaving is None else f", of which {_number(gates.leaving)} leaves"
        return f"{held} = {_number(gates.held)} held{leaving} = {value}"
    if whole.how in ("sum", "mean", "state"):
        terms = [f"{_COMBINED[whole.how]} of {count or whole.count:,} {noun} {_number(whole.products)}"]
        terms += [f"bias {_number(whole.bias)}"] if whole.bias else []
        terms += [f"remembered {_number(whole.remembered)}"] if whole.remembered else []
        total = " + ".join(terms)
        return f"{whole.function}({total}) = {value}" if whole.function else f"{total} = {value}"
    if whole.function:
        return f"{whole.function} of {whole.count:,} = {value}" if whole.count else f"{whole.function} = {value}"
    return f"{whole.how} = {value}"


def _place(layer: str, index: Index) -> str:
    return f"{printable(layer)}[{', '.join(map(str, index))}]"


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
