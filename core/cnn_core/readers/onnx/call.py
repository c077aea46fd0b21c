"""One node of an ONNX graph with the values that it reads, and what it is told by attributes or inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..operators.assembly import Assembly, Tensor, Unsupported, Value, axis_of
from .messages import Attribute, OnnxNode
from .names import shown
from .stored import TensorValue

__all__ = ["FREE", "Call", "Numbers", "unknown_size", "whole"]

Numbers: TypeAlias = NDArray[Any]
"""A value that is known while a model is read: float32, int64, bool, or whole numbers of which some are None, since
they depend on a length that is free."""
_Kind = TypeVar("_Kind", int, float, str)

FREE: Final = "it depends on the length of the input, which is free; export the model with a fixed length"
"""Why what needs to know a size is not computed."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A node that is being read.

    Attributes:
        assembly: What it is added to.
        node: The node.
        opset: The version of ONNX's operators.
        inputs: The values that it reads; None where one is left out.
        joined: Of each node that only sets the directions of a recurrent layer apart, what they are side by side.
        asked: The attributes that were looked at.
    """

    assembly: Assembly
    node: OnnxNode
    opset: int
    inputs: tuple[Value | None, ...]
    joined: dict[str, Tensor] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def given(self, index: int) -> Value | None:
        """Return an input, or None where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def value(self, index: int = 0) -> Value:
        """Return an input.

        Raises:
            Unsupported: It is left out.
        """
        found = self.given(index)
        if found is None:
            raise Unsupported(f"it reads no input {index}")
        return found

    def values(self) -> tuple[Value, ...]:
        """Return all inputs; see `value`."""
        return tuple(self.value(index) for index in range(len(self.inputs)))

    def constant(self, index: int) -> Numbers | None:
        """Return an input that must not depend on the letters, or None where it is left out.

        Raises:
            Unsupported: It depends on them.
        """
        found = self.given(index)
        if isinstance(found, Tensor):
            raise Unsupported(f"its input {index} is computed from the letters, which is not read")
        return found

    def needed(self, index: int) -> Numbers:
        """Return an input that must be there and must not depend on the letters; see `constant`."""
        found = self.constant(index)
        if found is None:
            raise Unsupported(f"it reads no input {index}")
        return found

    def integer(self, name: str, default: int = 0) -> int:
        """Return an attribute that is a whole number."""
        return self._attribute(name, default)

    def real(self, name: str, default: float) -> float:
        """Return an attribute that is a number."""
        return self._attribute(name, default)

    def text(self, name: str, default: str = "") -> str:
        """Return an attribute that is a text."""
        return self._attribute(name, default)

    def _attribute(self, name: str, default: _Kind) -> _Kind:
        found = self._stored_attribute(name, default)
        if not isinstance(found, type(default)):
            raise Unsupported(f"its {name} is of another kind than it should be")
        return found

    def _stored_attribute(self, name: str, default: Attribute = None) -> Attribute:
        self.asked.add(name)
        return self.node.attributes.get(name, default)

    def integers(self, name: str) -> tuple[int, ...] | None:
        """Return an attribute that lists whole numbers, or None where it is missing."""
        found = self._stored_attribute(name)
        if name not in self.node.attributes or found == ():
            return None if found is None else ()
        if not isinstance(found, tuple) or not all(isinstance(each, int) for each in found):
            raise Unsupported(f"its {name} is of another kind than it should be")
        return tuple(each for each in found if isinstance(each, int))

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return an attribute that lists texts, or None where it is missing."""
        found = self._stored_attribute(name)
        if found is None:
            return None
        if not isinstance(found, tuple) or not all(isinstance(each, str) for each in found):
            raise Unsupported(f"its {name} is of another kind than it should be")
        return tuple(each for each in found if isinstance(each, str))

    def reals(self, name: str) -> tuple[float, ...]:
        """Return an attribute that lists numbers; empty where it is missing."""
        found = self._stored_attribute(name, ())
        if not isinstance(found, tuple) or not all(isinstance(each, float) for each in found):
            raise Unsupported(f"its {name} is of another kind than it should be")
        return tuple(each for each in found if isinstance(each, float))

    def stored(self, name: str) -> Numbers | None:
        """Return an attribute that is a tensor, or None where it is missing."""
        found = self._stored_attribute(name)
        return found.array() if isinstance(found, TensorValue) else None

    def listed(self, name: str, index: int, since: int) -> tuple[int, ...] | None:
        """Return whole numbers that are an attribute, and since some opset an input; None where they are missing.

        Args:
            name: The attribute.
            index: The input.
            since: The first opset in which they are an input.
        """
        if self.opset < since:
            return self.integers(name)
        found = self.constant(index)
        return None if found is None else whole(found)

    def axes(self, axes: tuple[int, ...], value: Value | int | None = None) -> tuple[int, ...]:
        """Return axes counted from 0, each once.

        Args:
            axes: As they are written; below 0 they count from behind the last.
            value: Whose axes they are, or how many there are; by default the first input.
        """
        of = self.value() if value is None else value
        found = tuple(axis_of(of, axis) for axis in axes)
        if len(set(found)) < len(found):
            raise Unsupported("it names an axis twice")
        return found

    def stretches(self) -> list[tuple[int, int, int, int]]:
        """Return what a `Slice` takes: of each axis its index, the start, the end and the step.

        Raises:
            Unsupported: They are not known, or not equally many.
        """
        starts, ends = (self.listed(name, index, 10) or () for name, index in (("starts", 1), ("ends", 2)))
        axes = self.listed("axes", 3, 10)
        steps = (self.listed("steps", 4, 10) if self.opset >= 10 else None) or (1,) * len(starts)
        named = self.axes(tuple(range(len(starts))) if axes is None else axes)
        if not len(named) == len(starts) == len(ends) == len(steps):
            raise Unsupported("its axes, starts, ends and steps are not equally many")
        return [*zip(named, starts, ends, steps, strict=True)]

    def part_sizes(self, size: int | None) -> tuple[int, ...]:
        """Return how long the parts are that a `Split` makes of an axis of a size.

        Raises:
            Unsupported: That is free, and they are not told.
        """
        sizes, count = self.listed("split", 1, 13), len(self.outputs)
        if sizes is not None:
            return sizes
        if size is None:
            raise Unsupported("it splits an axis whose length is free")
        each = -(-size // count)
        return (each,) * (count - 1) + (size - each * (count - 1),)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what it gives; empty for those that nobody reads."""
        return self.node.outputs

    def check_attributes(self) -> None:
        """Refuse a node that was added without a look at all of its settings.

        Raises:
            Unsupported: One was not looked at that may change what the node computes.
        """
        unread = [name for name in self.node.attributes if name not in self.asked and name not in _WITHOUT_EFFECT]
        if unread:
            raise Unsupported(f"its setting {shown(unread[0])} is not one that is read")


_WITHOUT_EFFECT: Final = (
    "broadcast",
    "consumed_inputs",
    "cubic_coeff_a",
    "exclude_outside",
    "extrapolation_value",
    "hidden_size",
    "is_test",
    "kernel_shape",
    "momentum",
    "num_outputs",
    "output_dtype",
    "qk_matmul_output_mode",
    "ratio",
    "round_mode",
    "saturate",
    "seed",
    "softmax_precision",
    "spatial",
    "stash_type",
    "storage_order",
)
"""Settings that change no value which is read, or that other settings make idle."""


def whole(numbers: Numbers) -> tuple[int, ...]:
    """Return a constant as whole numbers, in order.

    Raises:
        Unsupported: They are no such numbers, or depend on a free length.
    """
    if numbers.size > _MOST_WHOLE:
        raise Unsupported(f"{numbers.size:,} numbers are too many to be its settings")
    if numbers.dtype == object and any(each is None for each in numbers.ravel()):
        raise Unsupported(FREE)
    if numbers.dtype.kind not in "iubO":
        raise Unsupported("it is told by numbers that are not whole")
    return tuple(int(each) for each in numbers.ravel().tolist())


_MOST_WHOLE = 1 << 20


def unknown_size(numbers: Numbers) -> bool:
    """Tell whether some of the numbers depend on a free length."""
    return bool(numbers.dtype == object and np.any([each is None for each in numbers.ravel()]))
