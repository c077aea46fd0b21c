"""A model while it is put together: nodes, and what is known of the tensors that flow between them.

Keras's tensors of three axes that are one sequence, such as (1, length, channels) or (channels, 1, length), flow here
as (length, channels). A tensor remembers which of Keras's axes are which, and is laid out as Keras has it only where
a layer looks at that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ...layers import (
    NEEDS,
    Attending,
    Bidirectional,
    Embedding,
    Layer,
    Masking,
    Merge,
    Permute,
    Recurrent,
    Reshape,
    Shape,
)
from ..assembly import GraphAssembly, Unsupported
from ..tensors import StoredTensor

__all__ = ["NUMBER", "PLAIN", "Age", "Assembly", "Mark", "Tensor", "Unsupported"]

Mark = tuple[str, float]
"""A node and a number: the positions at which not every channel of the node is that number hold data."""
PLAIN: Final = ""
"""The axes of a tensor that flows as Keras has it."""
NUMBER: Final = "0"
"""The axes of a tensor that is one number of each sample, and flows as an array of one."""


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
        if self.axes == NUMBER:
            return ()
        length, channels = self.shape
        return tuple({"L": length, "C": channels, "1": 1}[axis] for axis in self.axes)

    @property
    def rank(self) -> int | None:
        """How many axes Keras's tensor has."""
        return None if self.shape is None else len(self.keras_shape or ())

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
class Assembly(GraphAssembly):
    """The nodes of a model of Keras's, in the order of computation.

    Attributes:
        age: Where and when the model was trained.
        channels: The channel order of the letters, or None for the usual one.
        channels_first: Whether layers of two dimensions that do not say it have their channels first.
    """

    age: Age
    channels: str | None = None
    channels_first: bool = False

    def add(self, name: str, layer: Layer, given: Sequence[Tensor], axes: str = PLAIN) -> Tensor:
        """Add a node and return what flows out of it.

        Args:
            name: The node's name.
            layer: The layer.
            given: What it reads.
            axes: What Keras's axes of its output are.

        Raises:
            CnnError: See `add_node`.
        """
        shape = self.add_node(name, layer, given)
        return Tensor(name, shape, axes, _is_masked(layer, given), _marks(layer, given))

    def add_unknown(
        self, name: str, class_name: str, reason: str, given: Sequence[Tensor], tensors: Sequence[StoredTensor] = ()
    ) -> Tensor:
        """Add a layer that cannot be computed, with such weights of it as are numbers; see `unknown`."""
        return self.add(name, self.unknown(name, class_name, reason, tensors), given)

    def as_keras(self, name: str, tensor: Tensor) -> Tensor:
        """Return a tensor laid out as Keras has it, adding nodes in front of a layer where it is not.

        Args:
            name: The layer that reads it.
            tensor: The tensor.
        """
        axes, shape = tensor.axes, tensor.keras_shape
        if axes in (PLAIN, NUMBER) or shape is None:
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


def _is_masked(layer: Layer, given: Sequence[Tensor]) -> bool:
    """Tell whether what a layer gives may be masked."""
    if isinstance(layer, Masking) or (isinstance(layer, Embedding) and layer.mask_zero):
        return True
    if isinstance(layer, Attending):
        return given[0].masked
    return _passes_on(layer) and any(tensor.masked for tensor in given)


def _marks(layer: Layer, given: Sequence[Tensor]) -> frozenset[Mark]:
    """Return what the mask of a layer's output is the union of."""
    if isinstance(layer, Masking):
        return frozenset({(given[0].node, layer.mask_value)})
    if isinstance(layer, Embedding) and layer.mask_zero:
        return frozenset({(given[0].node, 0.0)})
    if isinstance(layer, Attending):
        # The mask of the queries alone is passed on.
        return given[0].marks
    several = isinstance(layer, Merge) and all(tensor.marks for tensor in given)
    if not _passes_on(layer) or not (several or len(given) == 1):
        return frozenset()
    return frozenset().union(*(tensor.marks for tensor in given))


def _passes_on(layer: Layer) -> bool:
    """Tell whether a layer's output has a mask where its inputs have one."""
    if isinstance(layer, Recurrent | Bidirectional):
        return layer.return_sequences
    return layer.keeps_mask or layer.merges
