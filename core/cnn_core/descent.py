"""The way down through a whole network: from any value of any layer, part by part, to the bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .composition import Composition, Index, compose
from .errors import RegionError
from .layers import Array, Input
from .model import Model

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
        composition = self.composition
        return {
            "layer": self.layer,
            "type": self.type,
            "index": [*self.index],
            "value": composition.value,
            "how": composition.how,
            "function": composition.function,
            "bias": composition.bias,
            "remembered": composition.remembered,
            "count": composition.count,
            "rest": composition.rest,
            "parts": [
                {
                    "layer": self.inputs[part.input],
                    "index": [*part.index],
                    "value": part.value,
                    "weight": part.weight,
                    "amount": part.amount,
                }
                for part in composition.parts
            ],
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
    check_index(values, layer, index)
    node = model[layer]
    composition = compose(node.layer, [values[name] for name in node.inputs], values[layer], index)
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
    steps: list[LayerStep] = []
    place: tuple[str, Index] | None = (layer, index)
    while place is not None and not isinstance(model[place[0]].layer, Input):
        step = layer_step(model, values, *place)
        steps.append(step)
        place = step.below
    return tuple(steps)
