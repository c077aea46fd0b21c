"""What a layer's value is computed from, in words and numbers."""

from __future__ import annotations

from cnn_core.composition import Composition, Index, Part
from cnn_core.descent import LayerStep
from cnn_core.errors import printable

from .layer_picture import LayerPicture
from .numbers import interval, number, signed

__all__ = ["explain_layer", "explain_step", "place_words"]

_NAMED = 6


def place_words(layer: str, index: Index) -> str:
    """Return how a value is called: `conv1d_1[12] channel 3`, or `dense unit 0` where no length is left."""
    name = printable(layer)
    return f"{name}[{index[0]}] channel {index[1]}" if len(index) == 2 else f"{name} unit {index[-1]}"


def explain_step(step: LayerStep) -> tuple[str, ...]:
    """Return a value's equation, then its largest parts, one a line."""
    composition = step.composition
    title = place_words(step.layer, step.index)
    value = number(composition.value)
    parts, named = composition.parts[:_NAMED], [_part(part, step) for part in composition.parts[:_NAMED]]
    match composition.how:
        case "copy":
            moved = named[0].split(" = ")[0] if parts else "padding"
            return (f"{title} = {moved}, as it is = {value}",)
        case "function":
            if not parts:
                return (f"{title} = {value}", f"{composition.function}: what it is computed from is not shown")
            return (f"{title} = {composition.function}({number(parts[0].value)}) = {value}", named[0])
        case "maximum" | "minimum":
            which = "largest" if composition.how == "maximum" else "smallest"
            others = named[1:]
            return (
                f"{title} = {composition.how} of {composition.count} = {value}",
                f"the first of the {which}: {named[0]}",
                *((f"then {'; '.join(others[:2])}",) if others else ()),
            )
        case "product":
            return (f"{title} = product of {composition.count} = {value}", *named)
    return (_sum(title, composition), *named, *_rest(composition))


def _sum(title: str, composition: Composition) -> str:
    total = sum(part.amount for part in composition.parts) + composition.rest
    words = {"mean": f"mean of {composition.count}"}.get(composition.how)
    if words is not None:
        return f"{title} = {words} = {number(composition.value)}"
    terms = [f"Σ {composition.count} products", number(total)]
    symbols, numbers = [terms[0]], terms[1]
    if composition.bias:
        symbols.append("bias")
        numbers += f" {signed(composition.bias)[0]} {number(abs(composition.bias))}"
    if composition.remembered:
        symbols.append("what is remembered")
        numbers += f" {signed(composition.remembered)[0]} {number(abs(composition.remembered))}"
    if composition.how == "state" and "gates" in composition.function:
        through = f"through {composition.function}; the candidate: Σ = {number(total)}"
        return f"{title} = {number(composition.value)}, {through}"
    inner = " + ".join(symbols)
    if composition.function:
        return (
            f"{title} = {composition.function}({inner}) = {composition.function}({numbers}) = "
            f"{number(composition.value)}"
        )
    same = numbers == number(composition.value)
    return f"{title} = {inner} = {numbers}" + ("" if same else f" = {number(composition.value)}")


def _part(part: Part, step: LayerStep) -> str:
    name = place_words(step.inputs[part.input], part.index)
    if part.weight is None:
        return f"{name} = {number(part.value)}"
    return f"{signed(part.amount)} = {name}: {number(part.value)} × {number(part.weight)}"


def _rest(composition: Composition) -> tuple[str, ...]:
    unnamed = composition.count - min(len(composition.parts), _NAMED)
    if unnamed <= 0:
        return ()
    rest = composition.rest + sum(part.amount for part in composition.parts[_NAMED:])
    return (f"{signed(rest)} from the other {unnamed:,}",)


def explain_layer(picture: LayerPicture) -> tuple[str, ...]:
    """Return what is known of the value under the cursor, the most important first."""
    reading, axis = picture.reading, picture.view.axis
    node = reading.model[axis.name]
    if not node.inputs:
        return (
            f"{place_words(axis.name, picture.view.place)} = {number(picture.value)}",
            "an input of the network",
        )
    lines = [*explain_step(picture.step)]
    first, last = picture.receptive_field
    reach = interval(first, last) if first < last else "none"
    whole = ", all of the input window" if (first, last) == (0, reading.length) else ""
    lines.append(f"bases that could influence it: {reach}{whole}")
    shape = "×".join(map(str, axis.shape))
    lines.append(f"{printable(axis.name)}: {axis.type}, {shape}, {node.layer.parameter_count:,} parameters")
    lines.append(f"reads {', '.join(map(printable, node.inputs))}")
    readers = reading.model.readers[axis.name]
    lines.append(f"read by {', '.join(map(printable, readers))}" if readers else "an output of the network")
    reasons = picture.unavailable
    lines += [
        f"{printable(reader)} is not computed: {printable(reasons[reader])}"
        for reader in readers
        if reader in reasons
    ]
    return tuple(lines)
