"""The way down through a whole network: from any value of any layer, part by part, to the bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .composition import Composition, Index, Part, compose
from .errors import RegionError
from .layers import Array, Input, Mask
from .model import Model
from .running import masks_of

__all__ = ["LayerStep", "check_index", "descend", "layer_step"]


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
    """Refuse a place that a layer's output has not.

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
    what = "positions and channels" if len(shape) == 2 else "units"
    raise RegionError(
        f"there is no value at {', '.join(map(str, index))}",
        where=f"layer {layer}",
        remedy=f"its {what} are {ranges}",
    )


def layer_step(model: Model, values: Mapping[str, Array], layer: str, index: Index) -> LayerStep:
    """Return what one value of a layer is computed from.

    Args:
        model: The model.
        values: Every layer's activations by its name, see `Model.run`.
        layer: The layer's name.
        index: The value's place.

    Raises:
        RegionError: There is no such place.
    """
    return _step(model, values, masks_of(model, values), layer, index)


def _step(
    model: Model, values: Mapping[str, Array], masks: Mapping[str, Mask | None], layer: str, index: Index
) -> LayerStep:
    check_index(values, layer, index)
    node = model[layer]
    inputs, marked = [values[name] for name in node.inputs], [masks[name] for name in node.inputs]
    composition = compose(node.layer, inputs, values[layer], index, marked)
    return LayerStep(layer, node.layer.type, index, node.inputs, composition)


def descend(model: Model, values: Mapping[str, Array], layer: str, index: Index) -> tuple[LayerStep, ...]:
    """Return the way from a value down to the bases, at each step through the part with the largest amount.

    Args:
        model: The model.
        values: Every layer's activations by its name, see `Model.run`.
        layer: The layer's name.
        index: The value's place.

    Returns:
        One step a layer, the value's own first; the last one reads the input, or cannot be looked into.

    Raises:
        RegionError: There is no such place.
    """
    masks = masks_of(model, values)
    steps: list[LayerStep] = []
    place: tuple[str, Index] | None = (layer, index)
    while place is not None and not isinstance(model[place[0]].layer, Input):
        step = _step(model, values, masks, *place)
        steps.append(step)
        place = step.below
    return tuple(steps)
