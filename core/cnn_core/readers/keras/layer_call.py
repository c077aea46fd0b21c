"""One call of one layer while it becomes nodes: its settings, its weights, and what it reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ...errors import ModelError, NotFoundError
from ...layers import Array, Layer, Shape, activation_function
from ..assembly import stated_shape
from ..tensors import StoredTensor
from .assembly import PLAIN, Age, Assembly, Tensor, Unsupported
from .calls import Call
from .layer_config import LayerConfig
from .text import Json, shown

__all__ = ["Builder", "LayerCall", "Weights", "axis_role", "shape_text", "whole_numbers"]

_LARGEST: Final = 1 << 31


class Weights:
    """The tensors of one layer, taken in order, each checked against what the configuration says.

    Args:
        tensors: The tensors in the order of the file.
    """

    def __init__(self, tensors: Sequence[StoredTensor]) -> None:
        self.tensors = tuple(tensors)
        self._taken = 0

    def __len__(self) -> int:
        """Return how many are left."""
        return len(self.tensors) - self._taken

    def next_shape(self) -> tuple[int, ...]:
        """Return the shape of the next tensor.

        Raises:
            ModelError: There is none left.
        """
        if not len(self):
            raise ModelError(
                "the file holds no weights for it" if not self._taken else "the file holds too few weights for it",
                remedy="give a file with all weights of this architecture",
            )
        return self.tensors[self._taken].shape

    def take(self, name: str, *shape: int | None) -> Array:
        """Return the next tensor.

        Args:
            name: What it is, such as kernel.
            shape: What its shape should be; None for an axis of any length.

        Raises:
            ModelError: There is none left, its shape is another, or it holds NaN or what is no number.
        """
        found = self.next_shape()
        tensor = self.tensors[self._taken]
        if len(found) != len(shape) or any(
            size not in (None, axis) or not axis for size, axis in zip(shape, found, strict=True)
        ):
            raise ModelError(
                f"its {name} ({tensor.name}) has shape {found}",
                remedy=f"its configuration says {stated_shape(shape)}",
            )
        self._taken += 1
        return tensor.values()

    def take_any(self, name: str) -> Array:
        """Return the next tensor, whatever its shape; see `take`."""
        return self.take(name, *(None for _ in self.next_shape()))

    def pass_over(self) -> None:
        """Leave the next tensor out, whatever it holds."""
        self.next_shape()
        self._taken += 1

    def finish(self) -> None:
        """Refuse tensors that nothing took.

        Raises:
            ModelError: Some are left.
        """
        if len(self):
            raise ModelError(
                f"the file holds {len(self.tensors)} tensors for it, and its configuration needs {self._taken}",
                remedy="give the architecture that the weights were trained with",
            )


@dataclass(frozen=True, eq=False)
class LayerCall:
    """One call of one layer.

    Attributes:
        assembly: Where nodes are added.
        config: The layer.
        name: The name of the call's node.
        given: What it reads.
        weights: Its tensors.
        build: Adds the nodes of another call, such as that of a layer that this one wraps.
        training: Whether the call states that the layer is being trained.
        call: What the call is given, for layers that are given more than tensors.
    """

    assembly: Assembly
    config: LayerConfig
    name: str
    given: tuple[Tensor, ...]
    weights: Weights
    build: Builder
    training: bool = False
    call: Call = field(default_factory=lambda: Call(()))

    @property
    def settings(self) -> Json:
        """The layer's settings."""
        return self.config.settings

    @property
    def age(self) -> Age:
        """Where and when the model was trained."""
        return self.assembly.age

    def one(self) -> Tensor:
        """Return the one tensor that the layer reads, as it flows.

        Raises:
            Unsupported: It reads several, such as a recurrent layer that is given its first state.
        """
        if len(self.given) != 1:
            raise Unsupported(f"it reads {len(self.given)} tensors, where one can be read")
        return self.given[0]

    def plain(self) -> Tensor:
        """Return the one tensor that the layer reads, laid out as Keras has it."""
        return self.assembly.as_keras(self.name, self.one())

    def add(self, layer: Layer, given: Tensor | Sequence[Tensor], axes: str = PLAIN) -> Tensor:
        """Add the layer's node.

        Args:
            layer: The layer.
            given: What it reads.
            axes: What Keras's axes of its output are.
        """
        return self.assembly.add(self.name, layer, [given] if isinstance(given, Tensor) else given, axes)

    def add_before(self, part: str, layer: Layer, given: Tensor, axes: str = PLAIN) -> Tensor:
        """Add a node in front of the layer's own, called by a part of it.

        Args:
            part: What the node does, such as padding.
            layer: Its layer.
            given: What it reads.
            axes: What Keras's axes of its output are.
        """
        return self.assembly.add(self.assembly.free(f"{self.name}/{part}"), layer, [given], axes)

    def learned(self, name: str, switch: str, *shape: int | None) -> Array | None:
        """Return the next tensor; None where the settings switch it off.

        Args:
            name: See `Weights.take`.
            switch: The setting, true where it is missing.
            shape: See `Weights.take`.
        """
        return self.weights.take(name, *shape) if self.flag(switch, True) else None

    def bias(self, units: int) -> Array | None:
        """Return the bias, the last tensor of a layer; None where it has none."""
        bias = self.learned("bias", "use_bias", units)
        self.weights.finish()
        return bias

    def function(self, key: str = "activation", default: str = "linear") -> str | LayerConfig:
        """Return an activation function's name, or the layer that serves as one.

        Args:
            key: The setting.
            default: What it is where it is missing.

        Raises:
            Unsupported: It is not one that we know.
        """
        value = self.settings.get(key, default)
        if value is None:
            return "linear"
        if isinstance(value, dict):
            if key in self.config.parts:
                return self.config.parts[key]
            raise Unsupported("its activation function is the author's own")
        if not isinstance(value, str):
            raise Unsupported("its activation function is not one that we know")
        if value == "hard_sigmoid" and self.age.major < 3:
            return "hard_sigmoid_keras2"
        try:
            return activation_function(value).name
        except NotFoundError:
            raise Unsupported(f"its activation function '{value}' is not one that we know") from None

    def function_name(self, key: str, default: str = "linear") -> str:
        """Return the name of an activation function that stands in the settings.

        Args:
            key: The setting.
            default: What it is where it is missing.

        Raises:
            Unsupported: It is none that we know by name.
        """
        found = self.function(key, default)
        if not isinstance(found, str):
            raise Unsupported(f"its {key.replace('_', ' ')} is a layer")
        return found

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a setting that is a whole number, or a list of one.

        Args:
            key: The setting.
            default: What it is where it is missing or None.

        Raises:
            ModelError: It is missing, or no whole number from 0.
        """
        return self.wholes(key, 1, default)[0]

    def wholes(self, key: str, count: int, default: int | None = None) -> tuple[int, ...]:
        """Return a setting that is so many whole numbers, or one that stands for all.

        Args:
            key: The setting.
            count: How many.
            default: What each is where the setting is missing or None.

        Raises:
            ModelError: It is missing, of another length, or of something else.
        """
        return whole_numbers(self.settings.get(key), key, count, default)

    def real(self, key: str, default: float) -> float:
        """Return a setting that is a number.

        Args:
            key: The setting.
            default: What it is where it is missing or None.

        Raises:
            ModelError: It is something else.
        """
        value = self.settings.get(key)
        # Keras 2 wrote a numpy number as an object.
        value = value.get("value") if isinstance(value, dict) else value
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ModelError(f"its {key} is {shown(value)}", remedy="it is a number")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """Return a setting that is true or false.

        Args:
            key: The setting.
            default: What it is where it is missing or None.

        Raises:
            ModelError: It is something else.
        """
        value = self.settings.get(key)
        value = default if value is None else value
        if value not in (True, False):
            raise ModelError(f"its {key} is {shown(value)}", remedy="it is true or false")
        return bool(value)

    def text(self, key: str, default: str) -> str:
        """Return a setting that is a word.

        Args:
            key: The setting.
            default: What it is where it is missing or None.

        Raises:
            ModelError: It is something else.
        """
        value = self.settings.get(key)
        value = default if value is None else value
        if not isinstance(value, str):
            raise ModelError(f"its {key} is {shown(value)}", remedy="it is a word")
        return value

    def axis(self, default: int = -1) -> int | tuple[int, ...]:
        """Return the setting `axis`: one axis, or several; a list of one is one.

        Args:
            default: What it is where it is missing or None.

        Raises:
            ModelError: It is something else.
        """
        value = self.settings.get("axis")
        value = default if value is None else value
        found = value if isinstance(value, list | tuple) else [value]
        if not found or not all(isinstance(each, int) and not isinstance(each, bool) for each in found):
            raise ModelError(f"its axis is {shown(value)}", remedy="it is a whole number")
        return int(found[0]) if len(found) == 1 else tuple(found)

    def of_inner(self, config: LayerConfig, weights: Weights) -> LayerCall:
        """Return this call as one of the layer that a wrapper wraps.

        Args:
            config: The layer.
            weights: Its tensors.
        """
        return replace(self, config=config, weights=weights)

    def note_training(self) -> None:
        """Say that a call in training mode draws at random, which nothing here does."""
        self.assembly.warnings.append(
            f"{self.name} is called with training=True, so that Keras drops or changes its values at random; here they"
            " are passed on as they are"
        )


Builder = Callable[[LayerCall], Tensor]
"""Adds the nodes of one call of a layer of one class, and returns what flows out."""


def whole_numbers(value: object, key: str, count: int, default: int | None = None) -> tuple[int, ...]:
    """Return a value that is so many whole numbers, or one that stands for all.

    Args:
        value: The value.
        key: What it is, for the message.
        count: How many.
        default: What each is where the value is None.

    Raises:
        ModelError: It is None without a default, of another length, or of something else.
    """
    value = default if value is None else value
    found = value if isinstance(value, list | tuple) else [value] * count
    if len(found) != count or not all(_is_whole(each) for each in found):
        wanted = "a whole number" if count == 1 else f"{count} whole numbers"
        raise ModelError(f"its {key} is {shown(value)}", remedy=f"it is {wanted}")
    return tuple(each for each in found if isinstance(each, int))


def axis_role(tensor: Tensor, axis: int | tuple[int, ...]) -> str:
    """Return what one of Keras's axes of a tensor is: `L`, `C` or `1`, or nothing where that does not say it.

    Args:
        tensor: A tensor that does not flow as Keras has it.
        axis: The axis as Keras writes it: 0 is the batch axis, −1 the last.
    """
    if not isinstance(axis, int):
        return ""
    index = axis - 1 if axis > 0 else axis + len(tensor.axes)
    return tensor.axes[index] if axis and 0 <= index < len(tensor.axes) else ""


def shape_text(shape: Shape | None) -> str:
    """Return a shape as a sentence has it."""
    return "an unknown shape" if shape is None else str(shape)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST
