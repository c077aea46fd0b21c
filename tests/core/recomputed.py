"""A value computed again from its composition, and from nothing else where that is possible."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from seeded import seeded

from cnn_core.layers import Array, Composition, ComputedValue, Index, Layer, Mask, activation_function


def applied(function: str, response: float) -> float:
    """Return an elementwise function of one number."""
    return float(activation_function(function or "linear")(np.array([response], np.float32))[0])


def recomputed(
    layer: Layer, inputs: Sequence[Array], masks: Sequence[Mask | None], output: Array, index: Index
) -> float:
    """Return the value at a place from what is said of it, asserting what else is said on the way."""
    composition = layer.compose(ComputedValue(inputs, output, index, masks))
    assert composition.value == output[index] or math.isnan(composition.value)
    for part in parts_of(composition):
        assert part.value == inputs[part.input][part.index]
        if part.weight is not None:
            assert math.isclose(part.amount, part.value * part.weight, rel_tol=1e-5, abs_tol=1e-30)
    if composition.how == "function":
        (part,) = composition.parts
        assert (part.input, part.index) == (0, index)
        if composition.among > 1:
            return float(layer.forward(*inputs)[index])
        # A function of this value alone gives the same whatever stands elsewhere.
        elsewhere = seeded(1).uniform(-1, 1, inputs[0].shape).astype(np.float32)
        elsewhere[index] = part.value
        return float(layer.forward(elsewhere)[index])
    if composition.function and composition.among > 1:
        siblings = [(*index[:-1], channel) for channel in range(output.shape[-1])]
        totals = [layer.compose(ComputedValue(inputs, output, each, masks)).total for each in siblings]
        assert composition.among == len(totals)
        return float(activation_function(composition.function)(np.array(totals, np.float32))[index[-1]])
    return of(composition)


def parts_of(composition: Composition) -> list:
    return [*composition.parts, *(part for each in composition.directions for part in parts_of(each))]


def of(composition: Composition) -> float:
    """Return the value of a composition whose functions are elementwise."""
    if composition.directions:
        forward, backward = (of(each) for each in composition.directions)
        assert [each.direction for each in composition.directions] in (
            ["forward", "backward"],
            ["backward", "forward"],
        )
        assert composition.count == sum(each.count for each in composition.directions)
        merged = {"sum": forward + backward, "mean": (forward + backward) / 2, "product": forward * backward}
        return merged[composition.how]
    amounts = [part.amount for part in composition.parts]
    match composition.how:
        case "copy":
            return amounts[0] if amounts else 0.0
        case "maximum" | "minimum":
            return amounts[0]
        case "product":
            return math.prod(amounts) * composition.rest
        case "carried":
            assert not composition.count
            return composition.remembered
        case "sum" | "mean" | "state":
            return applied(composition.function, composition.total)
        case "gated":
            gates = composition.gates
            candidate = applied(composition.function, composition.total)
            assert math.isclose(gates.candidate, candidate, rel_tol=1e-4, abs_tol=1e-5)
            held = gates.staying * gates.before + gates.entering * candidate
            assert math.isclose(gates.held, held, rel_tol=1e-4, abs_tol=1e-5)
            if gates.leaving is None:
                return held
            return gates.leaving * applied(composition.function, held)
    raise AssertionError(composition.how)
