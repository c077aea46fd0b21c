"""The way down through a whole network: from any value of any layer, part by part, to the bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from ..errors import RegionError
from ..layers import Array, Composition, ComputedValue, Index, Input, Mask, Part
from ..network.block_functions import floors_of, functions_of
from ..network.model import Model
from ..network.running import masks_of

__all__ = ["Descent", "LayerStep", "check_index"]


@dataclass(frozen=True, eq=False)
class LayerStep:
    """One value on the way down.

    Attributes:
        layer: The layer's name.
        type: Keras's name of its class.
        index: The value's place: (position, channel), or (unit,) where no length is left.
        inputs: The names of the layers that it reads, in order.
        composition: What the value is computed from.
    """

    layer: str
    type: str
    index: Index
    inputs: tuple[str, ...]
    composition: Composition

    @property
    def below(self) -> tuple[str, Index] | None:
        """The layer and the place that the way goes on to, or None where it ends."""
        part = self.composition.followed
        return None if part is None else (self.inputs[part.input], part.index)

    @property
    def largest(self) -> tuple[str, Index] | None:
        """The layer and the place of what counts most here, a recurrent layer's own past included."""
        part, recalled = self.composition.followed, self.composition.recalled
        if recalled is None or self.composition.directions or self.composition.direction:
            return self.below
        if self.composition.how != "gated" and part is not None and abs(part.amount) >= abs(recalled.amount):
            return self.below
        return self.layer, recalled.index

    def as_json(self) -> dict[str, object]:
        """Return the step as plain JSON types; every index is 0-based, positions before channels."""
        return {
            "layer": self.layer,
            "type": self.type,
            "index": [*self.index],
            **_composition_json(self.composition, self.inputs),
        }


def _composition_json(composition: Composition, inputs: tuple[str, ...]) -> dict[str, object]:
    gates = composition.gates
    return {
        "value": composition.value,
        "how": composition.how,
        "function": composition.function,
        "among": composition.among,
        "bias": composition.bias,
        "remembered": composition.remembered,
        "gates": None if gates is None else asdict(gates),
        "count": composition.count,
        "rest": composition.rest,
        "parts": [_part_json(part, inputs) for part in composition.parts],
        "direction": composition.direction,
        "directions": [_composition_json(each, inputs) for each in composition.directions],
    }


def _part_json(part: Part, inputs: tuple[str, ...]) -> dict[str, object]:
    return {
        "layer": inputs[part.input],
        "index": [*part.index],
        "value": part.value,
        "weight": part.weight,
        "weight_of": None
        if part.weight_of is None
        else {"layer": inputs[part.weight_of[0]], "index": [*part.weight_of[1]]},
        "amount": part.amount,
    }


def check_index(values: Mapping[str, Array], layer: str, index: Index) -> None:
    """Refuse a place that a layer's output does not have.

    Args:
        values: Every layer's activations by its name.
        layer: The layer's name.
        index: The place.

    Raises:
        RegionError: There is no such place; the message says which there are.
    """
    shape = values[layer].shape
    if len(index) == len(shape) and all(0 <= place < size for place, size in zip(index, shape, strict=True)):
        return
    ranges = " and ".join(f"0 to {size - 1}" for size in shape)
    what = {1: "units", 2: "positions and channels"}.get(len(shape), f"{len(shape)} axes")
    raise RegionError(
        f"there is no value at {', '.join(map(str, index))}",
        where=f"layer {layer}",
        remedy=f"its {what} are {ranges}",
    )


@dataclass(frozen=True, eq=False)
class Descent:
    """The values of a whole network, and the ways down from them.

    What looking into a layer takes beside its values (masks, hidden states) is worked out once.

    Attributes:
        model: The model.
        values: Every layer's activations by its name, see `Model.run`.
    """

    model: Model
    values: Mapping[str, Array]
    _states: dict[str, tuple[Array, ...]] = field(default_factory=dict)

    @cached_property
    def masks(self) -> dict[str, Mask | None]:
        """Which positions of every layer hold data, shape (length,), or None where all do."""
        return masks_of(self.model, self.values)

    def step(self, layer: str, index: Index) -> LayerStep:
        """Return what one value of a layer is computed from.

        Args:
            layer: The layer's name.
            index: The value's place.

        Raises:
            RegionError: There is no such place.
        """
        check_index(self.values, layer, index)
        node = self.model[layer]
        inputs, masks = [self.values[name] for name in node.inputs], [self.masks[name] for name in node.inputs]
        if layer not in self._states:
            self._states[layer] = node.layer.hidden_states(masks, *inputs)
        of = ComputedValue(
            inputs, self.values[layer], index, masks, self._states[layer], self._floor(layer, index[-1])
        )
        return LayerStep(layer, node.layer.type, index, node.inputs, node.layer.compose(of))

    def _floor(self, layer: str, channel: int) -> float | None:
        """Return the lowest value that the pool of a block can be given, or None where that is not known."""
        for block in self.model.blocks:
            if block.pool == layer:
                functions = functions_of(self.model, block)
                floors = floors_of(functions, self.values[layer].shape[-1])
                return None if floors is None else float(floors[channel])
        return None

    def from_value(self, layer: str, index: Index) -> tuple[LayerStep, ...]:
        """Return the way from a value down to the bases, at each step through the part with the largest amount.

        Args:
            layer: The layer's name.
            index: The value's place.

        Returns:
            One step a layer, the value's own first; the last one reads the input, or cannot be looked into.

        Raises:
            RegionError: There is no such place.
        """
        steps: list[LayerStep] = []
        place: tuple[str, Index] | None = (layer, index)
        while place is not None and not isinstance(self.model[place[0]].layer, Input):
            step = self.step(*place)
            steps.append(step)
            place = step.below
        return tuple(steps)
