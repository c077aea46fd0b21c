"""What a layer's value is computed from, in words and numbers."""

from __future__ import annotations

import math

from cnn_core.errors import printable
from cnn_core.explain.walk_down import LayerStep
from cnn_core.layers import Composition, Gated, Index, Part
from cnn_core.network.model import Model

from .equation_text import added_up
from .numbers import number, signed
from .plurals_and_indices import verb

__all__ = ["explain_step", "place_words"]

_NAMED = 6
_NAMED_OF_EACH = 3


def place_words(layer: str, index: Index) -> str:
    """Return how a value is called: `conv1d_1[12] channel 3`, or `dense unit 0` where no length is left."""
    name = printable(layer)
    if len(index) == 1:
        return f"{name} unit {index[0]}"
    return f"{name}[{', '.join(map(str, index[:-1]))}] channel {index[-1]}"


def named_place(model: Model, layer: str, index: Index) -> str:
    """Return how a value is called, see `place_words`, and its name behind it, where the outputs have names."""
    name = model.name_of(layer, index)
    return f"{place_words(layer, index)}{f', {printable(name)},' if name else ''}"


def explain_step(step: LayerStep) -> tuple[str, ...]:
    """Return a value's equation, then its largest parts, one a line."""
    composition = step.composition
    title = place_words(step.layer, step.index)
    if composition.directions:
        return (_merged(title, composition), *_each_direction(composition, step))
    if composition.direction:
        title = f"{title} ({composition.direction})"
    return (
        *_equations(title, composition, step),
        *_recalled(composition, step),
        *_named(composition, step, _NAMED),
    )


def _recalled(composition: Composition, step: LayerStep) -> tuple[str, ...]:
    """Return the largest part of what is remembered, of a sum with it."""
    part = composition.recalled
    if part is None or part.weight is None or composition.how != "state" or composition.direction:
        return ()
    product = f"{number(part.value)} × {number(part.weight)}"
    return (f"remembered, most of it: {signed(part.amount)} = {place_words(step.layer, part.index)}: {product}",)


def _merged(title: str, composition: Composition) -> str:
    """Return how the values of both directions become one."""
    first, second = composition.directions
    names, value = (first.direction, second.direction), number(composition.value)
    if composition.how == "product":
        return f"{title} = {' × '.join(names)} = {number(first.value)} × {number(second.value)} = {value}"
    mean = composition.how == "mean"
    sums, relation, total = added_up((first.value, second.value), first.value + second.value)
    if mean:
        return f"{title} = ({' + '.join(names)}) / 2 = ({sums}) / 2 {relation} {value}"
    return f"{title} = {' + '.join(names)} = {sums} {relation} {total}"


def _each_direction(composition: Composition, step: LayerStep) -> tuple[str, ...]:
    lines: list[str] = []
    for each in composition.directions:
        lines += (*_equations(each.direction, each, step), *_named(each, step, _NAMED_OF_EACH))
    return tuple(lines)


def _equations(title: str, composition: Composition, step: LayerStep) -> tuple[str, ...]:
    """Return what a value is of its parts, without these."""
    parts, value = composition.parts, number(composition.value)
    match composition.how:
        case "copy":
            moved = place_words(step.inputs[parts[0].input], parts[0].index) if parts else "padding"
            return (f"{title} = {moved}, as it is = {value}",)
        case "function":
            if not parts:
                return (f"{title} = {value}", f"{composition.function}: what it is computed from is not shown")
            given = ", ".join(number(part.value) for part in parts[:_NAMED])
            more = ", …" if composition.count > len(parts[:_NAMED]) else ""
            equation = f"{title} = {composition.function}({given}{more}) = {value}"
            return (equation, *_together(composition))
        case "constant":
            return (f"{title} = {value}", "a constant of the network")
        case "carried":
            return (f"{title} = {value}", "its position holds no data" + _instead(composition))
        case "gated" if composition.gates is not None:
            return (*_gates(title, composition, composition.gates), *_together(composition))
        case "sum" if parts and not composition.bias and all(part.weight is None for part in parts):
            return (f"{title} = sum of {composition.count:,} = {value}",)
        case "state" | "sum":
            return (_sum(title, composition, composition.value), *_together(composition))
    all_are = f": all {composition.count} are {value}" if composition.all_zero else ""
    return (f"{title} = {composition.how} of {composition.count} = {value}{all_are}",)


def _instead(composition: Composition) -> str:
    return ": the state before stays" if composition.remembered else ""


def _together(composition: Composition) -> tuple[str, ...]:
    """Return what is to be said of a function that takes several values together."""
    if composition.among <= 1:
        return ()
    name = composition.function
    if not name and not composition.bias:
        return (f"the weight follows from the size of {composition.among:,} values",)
    if not name:
        return (f"weight and bias follow from the mean and the variance of {composition.among:,} values",)
    if "softmax" in name.lower():
        return (f"{name} weighs {composition.among:,} values against each other",)
    return (f"{name} looks at {composition.among:,} values together",)


def _sum(title: str, composition: Composition, value: float) -> str:
    """Return a weighted sum in words and in numbers, through its function, to a value."""
    symbols = [f"Σ {_added(composition)}"]
    terms = [composition.products]
    if composition.bias:
        symbols.append("bias")
        terms.append(composition.bias)
    if composition.remembered:
        symbols.append("what is remembered")
        terms.append(composition.remembered)
    inner, function = " + ".join(symbols), composition.function
    if not function:
        sums, relation, total = added_up(terms, value)
        return (
            f"{title} = {inner} = {total}" if len(terms) == 1 else f"{title} = {inner} = {sums} {relation} {total}"
        )
    sums, relation, total = added_up(terms, composition.total)
    passed_on = math.isclose(value, composition.total, rel_tol=1e-6)
    shown = total if passed_on else number(value)
    return f"{title} = {function}({inner}) = {function}({sums}) {relation} {shown}"


def _added(composition: Composition) -> str:
    """Return what a sum adds up; what is multiplied by 0 adds nothing."""
    adding = composition.count - composition.zeros
    of = f"{adding:,} of " if composition.zeros else ""
    one, several = ("weight", "weights") if composition.picks else ("product", "products")
    return f"{of}{composition.count:,} {verb(composition.count, one, several)}"


def _gates(title: str, composition: Composition, gates: Gated) -> tuple[str, ...]:
    """Return what the gates of a unit make of its candidate, and the candidate's own sum."""
    stays, enters = gates.staying * gates.before, gates.entering * gates.candidate
    if gates.leaving is None:
        held, relation, value = added_up((stays, enters), composition.value)
        lines = [f"{title} = what stays + what enters = {held} {relation} {value}"]
        keeps, lets_in = "update gate", "the rest to 1,"
    else:
        held, relation, cell = added_up((stays, enters), gates.held)
        function = composition.function
        words, numbers = (f"{function}({each})" if function else each for each in ("cell", cell))
        gate = number(gates.leaving)
        lines = [
            f"{title} = output gate × {words} = {gate} × {numbers} = {number(composition.value)}",
            f"cell = what stays + what enters = {held} {relation} {cell}",
        ]
        keeps, lets_in = "forget gate", "input gate"
    return (
        *lines,
        f"{signed(stays)} stays: {keeps} {number(gates.staying)} × {number(gates.before)} before",
        f"{signed(enters)} enters: {lets_in} {number(gates.entering)} × candidate {number(gates.candidate)}",
        _sum("candidate", composition, gates.candidate),
    )


def _named(composition: Composition, step: LayerStep, most: int) -> tuple[str, ...]:
    """Return the largest parts, one a line, and what the others add."""
    # What is multiplied by 0 is counted in the equation.
    named = [_part(part, step) for part in composition.parts[:most] if part.value or not composition.zeros]
    match composition.how:
        case "copy" | "carried":
            return ()
        case "maximum" if composition.all_zero:
            return ("nothing was selected",)
        case "maximum" | "minimum":
            which = "largest" if composition.how == "maximum" else "smallest"
            others = named[1:]
            first = "the first of the" if composition.ties > 1 else "the"
            return (
                f"{first} {which}: {named[0]}",
                *((f"then {'; '.join(others[:2])}",) if others else ()),
            )
    unnamed = composition.count - composition.zeros - len(named)
    if unnamed <= 0 or composition.how == "function":
        return tuple(named)
    others_amounts = [part.amount for part in composition.parts[most:]]
    if composition.how == "product":
        return (*named, f"× {number(composition.rest * math.prod(others_amounts))} from the other {unnamed:,}")
    return (*named, f"{signed(composition.rest + sum(others_amounts))} from the other {unnamed:,}")


def _part(part: Part, step: LayerStep) -> str:
    name = place_words(step.inputs[part.input], part.index)
    if part.weight is None:
        return f"{name} = {number(part.value)}"
    of = "" if part.weight_of is None else f" of {place_words(step.inputs[part.weight_of[0]], part.weight_of[1])}"
    return f"{signed(part.amount)} = {name}: {number(part.value)} × {number(part.weight)}{of}"
