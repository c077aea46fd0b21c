"""Why the output is what it is: the parts of its last sum, the largest first, each followed down to the bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnn_core.explain.walk_down import Descent, LayerStep
from cnn_core.layers import Index, Part

from .equation_text import added_up
from .layer_words import named_place, place_words
from .numbers import interval, number, signed
from .plurals_and_indices import counted

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

__all__ = ["explain_output_parts"]

_NAMED = 12


def explain_output_parts(reading: Reading, unit: Index | None = None) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what an output is the function and the sum of, and its parts.

    Args:
        reading: The model on the input, whose values are computed.
        unit: Which value of the first output; None is the first.

    Returns:
        The output as an equation; of each part what it adds, and where that comes from: value by value through the
        part that counts most, down to the bases. The last row is what the others add.
    """
    layer, values = reading.model.outputs[0], reading.values
    descent = Descent(reading.model, values)
    index = unit or (0,) * values[layer].ndim
    step = descent.step(layer, index)
    name, value = f"output {named_place(reading.model, layer, index)}", number(step.composition.value)
    # A last layer that only applies its function is computed from the sum of the one before.
    if step.composition.how in ("function", "copy") and step.composition.count == 1 and step.below is not None:
        inner = descent.step(*step.below)
        equation = f"{name} = {step.composition.function or 'copy'}({number(inner.composition.value)}) = {value}"
        step = inner
    else:
        function = step.composition.function
        inside = f"{function}({number(step.composition.total)}) = " if function else ""
        equation = f"{name} = {inside}{value}"
    composition = step.composition
    if composition.how != "sum":
        return equation, ((value, f"{composition.how} of {counted(composition.count, 'value')}"),)
    rows = [(signed(part.amount), _origin(part, step, descent)) for part in composition.parts[:_NAMED]]
    others = composition.count - len(composition.parts[:_NAMED])
    if others > 0:
        rest = composition.products - sum(part.amount for part in composition.parts[:_NAMED])
        rows.append((signed(rest), f"from the other {others:,}"))
    if composition.bias:
        rows.append((signed(composition.bias), "bias"))
    sums, relation, total = added_up([composition.products, composition.bias], composition.total)
    return f"{equation}; {sums} {relation} {total}, of {counted(composition.count, 'part')}", tuple(rows)


def _origin(part: Part, step: LayerStep, descent: Descent) -> str:
    """Return a part of a sum as a product, and the way on down from it."""
    at = step.inputs[part.input], part.index
    weight = "" if part.weight is None else f" × {number(part.weight)}"
    way = [f"{place_words(*at)}: {number(part.value)}{weight}"]
    return " ← ".join([*way, *_way_down(at, descent)])


def _way_down(at: tuple[str, Index], descent: Descent) -> Iterator[str]:
    """Yield the values below one, each the one that counts most, down to the bases or to where that ends."""
    below: tuple[str, Index] | None = at
    while below is not None and descent.model[below[0]].inputs:
        step = descent.step(*below)
        place, composition, below = below, step.composition, step.largest
        if place != at and composition.how != "copy":
            yield f"{place_words(*place)} = {number(composition.value)}"
        if composition.all_zero:
            yield "all 0: nothing was selected"
            return
        if below is not None and below[0] == place[0]:
            yield f"remembered from {place_words(*below)}"
            return
        taps = composition.taps
        if taps is not None and composition.how != "maximum" and not descent.model[step.inputs[0]].inputs:
            if taps.window.positions:
                yield f"bases {interval(*taps.window.interval)}"
            return
