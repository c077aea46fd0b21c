"""A model while it is put together: nodes, and what is known of the tensors that flow between them.

Keras's tensors of three axes that are one sequence, such as (1, length, channels) or (channels, 1, length), flow here
as (length, channels). A tensor remembers which of Keras's axes are which, and is laid out as Keras has it only where
a layer looks at that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np

from ...errors import CnnError, ModelError, ShapeError
from ...layers import (
    NEEDS,
    Bidirectional,
    Embedding,
    Layer,
    Masking,
    Merge,
    Permute,
    Recurrent,
    Reshape,
    Shape,
    Unknown,
)
from ...network.graph import Node, check_size
from ..tensors import StoredTensor

__all__ = ["MOST_NODES", "PLAIN", "Age", "Assembly", "Mark", "Tensor", "Unsupported"]

MOST_NODES: Final = 20_000
"""Calls of layers that a model may have."""
Mark = tuple[str, float]
"""A node and a number: the positions at which not every channel of the node is that number hold data."""
PLAIN: Final = ""
"""The axes of a tensor that flows as Keras has it."""


class Unsupported(Exception):
    """A layer that cannot be computed, with the reason: it becomes `Unknown`, and the opening goes on."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What flows along an edge of the graph.

    Attributes:
        node: The node that gives it.
        shape: Its shape as it flows; None behind a layer that cannot be computed.
        axes: What Keras's axes are, in order: `L` the length, `C` the channels, `1` an axis of length 1. `PLAIN`
            where it flows as Keras has it, as every (length, channels) does.
        masked: Whether some of its positions may be marked as holding no data.
        marks: What its mask is the union of; nothing where it has none or is made in another way.
    """

    node: str
    shape: Shape | None
    axes: str = PLAIN
    masked: bool = False
    marks: frozenset[Mark] = frozenset()

    @property
    def keras_shape(self) -> Shape | None:
        """The shape that Keras's tensor has."""
        if self.shape is None or self.axes == PLAIN:
            return self.shape
        length, channels = self.shape
        return tuple({"L": length, "C": channels, "1": 1}[axis] for axis in self.axes)

    @property
    def rank(self) -> int | None:
        """How many axes Keras's tensor has."""
        return None if self.shape is None else len(self.axes or self.shape)

    def known(self) -> Shape:
        """Return the shape as it flows.

        Raises:
            Unsupported: It is not known.
        """
        if self.shape is None:
            raise Unsupported(f"{NEEDS}{self.node}, whose shape is not known")
        return self.shape


@dataclass(frozen=True, slots=True)
class Age:
    """Where and when a model was trained, as far as it changes numbers.

    Attributes:
        major: The first number of Keras's version: 0, 1, 2 or 3.
        theano: Whether it ran on Theano, which flips kernels and pads otherwise.
        carries: Whether Bidirectional carries its state over positions without data, as the Keras of several
            backends did until 2.3, instead of giving zeros there.
        deviates: Whether BatchNormalization kept the deviation, as until Keras 1.0.6, instead of the variance.
    """

    major: int
    theano: bool = False
    carries: bool = False
    deviates: bool = False


@dataclass(eq=False)
class Assembly:
    """The nodes of a model, in the order of computation.

    Attributes:
        source: The file's name, for error texts.
        age: Where and when the model was trained.
        channels: The channel order of the letters, or None for the usual one.
        channels_first: Whether layers of two dimensions that do not say it have their channels first.
        nodes: The nodes so far.
        warnings: What must be said.
    """

    source: str
    age: Age
    channels: str | None = None
    channels_first: bool = False
    nodes: list[Node] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _shared: dict[str, Layer] = field(default_factory=dict)
    _call: tuple[str, str] = ("", "")
    _shapes: dict[str, Shape | None] = field(default_factory=dict)

    def begin(self, name: str, first: str) -> None:
        """Begin a call of a layer.

        Args:
            name: The call's name; the nodes that are added for it begin so.
            first: The layer's own name, which its first call has.
        """
        self._call = (name, first)

    def add(self, name: str, layer: Layer, given: Sequence[Tensor], axes: str = PLAIN) -> Tensor:
        """Add a node and return what flows out of it.

        A layer that is called again stands at its node as the same object.

        Args:
            name: The node's name.
            layer: The layer.
            given: What it reads.
            axes: What Keras's axes of its output are.

        Raises:
            ShapeError: It cannot read that; the message names the file and the layer.
            ModelError: Its name is another node's.
        """
        if name in self._shapes:
            raise ModelError(f"two layers are called {name}", where=self.source, remedy="rename one")
        shape: Shape | None = None
        if not isinstance(layer, Unknown) and not any(tensor.shape is None for tensor in given):
            try:
                shape = layer.output_shape(*(tensor.known() for tensor in given))
                check_size(shape)
            except ShapeError as error:
                raise ShapeError(error.what, where=self.where(name), remedy=error.remedy) from None
        if len(self.nodes) >= MOST_NODES:
            raise ModelError(
                f"calls its layers more than {MOST_NODES:,} times", where=self.source, remedy="give a smaller model"
            )
        call, first = self._call
        known = self._shared.setdefault(first + name.removeprefix(call), layer)
        layer = known if _is_same(known, layer) else layer
        self._shapes[name] = shape
        self.nodes.append(Node(name, layer, tuple(tensor.node for tensor in given)))
        return Tensor(name, shape, axes, _is_masked(layer, given), _marks(layer, given))

    def add_unknown(
        self, name: str, class_name: str, reason: str, given: Sequence[Tensor], tensors: Sequence[StoredTensor] = ()
    ) -> Tensor:
        """Add a layer that cannot be computed, with such weights of it as are numbers.

        Args:
            name: The node's name.
            class_name: Its class, as the file has it.
            reason: Why it cannot be computed.
            given: What it reads.
            tensors: Its tensors.
        """
        weights = {}
        for tensor in tensors:
            try:
                weights[tensor.name] = tensor.values()
            except CnnError as error:
                self.warnings.append(f"{tensor.name} of {name}, which is not computed, {error.what}")
        return self.add(name, Unknown(class_name or "layer", reason, weights), given)

    def where(self, name: str) -> str:
        """Return the file and a layer, for an error text."""
        return f"{self.source}, layer {name}"

    def as_keras(self, name: str, tensor: Tensor) -> Tensor:
        """Return a tensor laid out as Keras has it, adding nodes in front of a layer where it is not.

        Args:
            name: The layer that reads it.
            tensor: The tensor.
        """
        axes, shape = tensor.axes, tensor.keras_shape
        if axes == PLAIN or shape is None:
            return replace(tensor, axes=PLAIN)
        if axes.index("C") < axes.index("L"):
            tensor = self.add(self.free(f"{name}/permute"), Permute((2, 1)), [tensor])
        return self._reshaped(name, tensor, shape) if len(axes) > 2 else replace(tensor, axes=PLAIN)

    def _reshaped(self, name: str, tensor: Tensor, shape: Shape) -> Tensor:
        target = tuple(-1 if axis is None else axis for axis in shape)
        return self.add(self.free(f"{name}/reshape"), Reshape(target), [tensor])

    def as_sequence(self, name: str, tensor: Tensor, axes: str) -> Tensor:
        """Return a tensor as (length, channels), adding nodes in front of a layer where it is not.

        Args:
            name: The layer that reads it.
            tensor: The tensor.
            axes: What Keras's axes are.
        """
        if tensor.axes == axes:
            return tensor
        tensor = self.as_keras(name, tensor)
        shape = tensor.known()
        if axes == PLAIN:
            return tensor
        if len(shape) != len(axes):
            raise Unsupported(f"it reads {len(axes)} axes, and {tensor.node} gives {len(shape)}")
        kept = tuple(size for size, axis in zip(shape, axes, strict=True) if axis != "1")
        if len(kept) < len(shape):
            tensor = self._reshaped(name, tensor, kept)
        if axes.index("C") < axes.index("L"):
            tensor = self.add(self.free(f"{name}/permute"), Permute((2, 1)), [tensor])
        return replace(tensor, axes=axes)

    def free(self, name: str) -> str:
        """Return a name that no node has."""
        found, number = name, 1
        while found in self._shapes:
            number += 1
            found = f"{name}#{number}"
        return found


def _is_masked(layer: Layer, given: Sequence[Tensor]) -> bool:
    """Tell whether what a layer gives may be masked."""
    if isinstance(layer, Masking) or (isinstance(layer, Embedding) and layer.mask_zero):
        return True
    return _passes_on(layer) and any(tensor.masked for tensor in given)


def _marks(layer: Layer, given: Sequence[Tensor]) -> frozenset[Mark]:
    """Return what the mask of a layer's output is the union of."""
    if isinstance(layer, Masking):
        return frozenset({(given[0].node, layer.mask_value)})
    if isinstance(layer, Embedding) and layer.mask_zero:
        return frozenset({(given[0].node, 0.0)})
    several = isinstance(layer, Merge) and all(tensor.marks for tensor in given)
    if not _passes_on(layer) or not (several or len(given) == 1):
        return frozenset()
    return frozenset().union(*(tensor.marks for tensor in given))


def _passes_on(layer: Layer) -> bool:
    """Tell whether a layer's output has a mask where its inputs have one."""
    if isinstance(layer, Recurrent | Bidirectional):
        return layer.return_sequences
    return layer.keeps_mask or layer.merges


def _is_same(known: Layer, layer: Layer) -> bool:
    """Tell whether two layers have the same settings and weights."""
    if known is layer:
        return True
    if type(known) is not type(layer):
        return False
    for each in fields(known):
        mine, theirs = getattr(known, each.name), getattr(layer, each.name)
        if isinstance(mine, Layer) and isinstance(theirs, Layer):
            if not _is_same(mine, theirs):
                return False
        elif isinstance(mine, np.ndarray) or isinstance(theirs, np.ndarray):
            if not np.array_equal(mine, theirs):
                return False
        elif isinstance(mine, dict) or mine != theirs:
            return False
    return True
