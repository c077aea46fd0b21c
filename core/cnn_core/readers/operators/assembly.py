"""A network while it is put together from operators, and the tensors that flow between them.

An operator sees the framework's tensor, whose axes are numbered from 0 with a batch of 1 among them. What flows is our
array: it has no axis for a batch, and keeps its channels last. A tensor knows for each of the framework's axes which
axis of our array it is. So a transpose, a squeeze or an unsqueeze needs no node, and (1, channels, length) is the same
array as (1, length, channels). A layer that looks at the order says which it reads (`arranged`), and a node in front
lays the values out so where they are not.

Values that depend on no input are constants: numpy arrays in the framework's own shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ... import layers
from ...layers import NEEDS, Array, Layer, Permute, Reshape, Shape
from ..assembly import GraphAssembly, Unsupported, stated_shape

__all__ = [
    "Assembly",
    "Constant",
    "Deferred",
    "Given",
    "Layout",
    "Missing",
    "Picks",
    "Tensor",
    "Unsupported",
    "Value",
    "as_float",
    "axis_of",
    "rank_of",
    "sizes_of",
]

Layout: TypeAlias = tuple[int | None, ...]
"""For each of the framework's axes, which axis of our array it is; None for one of size 1 that the array lacks."""
Constant: TypeAlias = NDArray[np.generic]
"""A value that depends on no input, in the framework's shape."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What flows along an edge of the graph.

    Attributes:
        node: The node that gives it.
        shape: The shape of our array; None behind a layer that cannot be computed.
        layout: See `Layout`. An axis of our array that none of the framework's is has size 1.
        whole: Whether it holds whole numbers in the framework, such as the indices of letters.
    """

    node: str
    shape: Shape | None
    layout: Layout
    whole: bool = False

    @property
    def sizes(self) -> Shape:
        """The framework's shape; None for a length that is not fixed.

        Raises:
            Unsupported: It is not known.
        """
        shape = self.known()
        return tuple(1 if axis is None else shape[axis] for axis in self.layout)

    @property
    def order(self) -> tuple[int | None, ...]:
        """For each axis of our array, which of the framework's it is; None where none is."""
        return tuple(self.layout.index(axis) if axis in self.layout else None for axis in range(len(self.known())))

    def known(self) -> Shape:
        """Return the shape of our array.

        Raises:
            Unsupported: It is not known.
        """
        if self.shape is None:
            raise Unsupported(f"{NEEDS}{self.node}, whose shape is not known")
        return self.shape

    def axis(self, axis: int) -> int:
        """Return which of our array's axes one of the framework's is, as our layers name it: from 1.

        Raises:
            Unsupported: The array lacks it.
        """
        found = self.layout[axis]
        if found is None:
            raise Unsupported(f"it works along axis {axis}, which has length 1")
        return found + 1


@dataclass(frozen=True, slots=True)
class Missing:
    """One of several values of an operator that cannot be had; it matters only where it is read.

    Attributes:
        reason: Why not.
    """

    reason: str


Value: TypeAlias = Tensor | Constant
"""A tensor, or a constant."""


@dataclass(slots=True, eq=False)
class Deferred:
    """A value whose nodes are added where it is first read.

    Attributes:
        make: Adds them.
    """

    make: Callable[[], Value]
    _made: Value | None = None

    def value(self) -> Value:
        """Return the value."""
        if self._made is None:
            self._made = self.make()
        return self._made


@dataclass(frozen=True, slots=True)
class Picks:
    """Values that stand side by side along a first axis, most of which are read alone, if any.

    Attributes:
        values: The values.
    """

    values: tuple[Deferred, ...]


Given: TypeAlias = Value | Missing | Picks
"""What an operator gives."""


def rank_of(value: Value) -> int:
    """Return how many axes the framework's tensor has."""
    return len(value.layout) if isinstance(value, Tensor) else value.ndim


def sizes_of(value: Value) -> Shape:
    """Return the framework's shape."""
    return value.sizes if isinstance(value, Tensor) else value.shape


def axis_of(value: Value | int, axis: int) -> int:
    """Return an axis of the framework's counted from 0.

    Args:
        value: The tensor, or its rank.
        axis: The axis; below 0 it counts from behind the last.

    Raises:
        Unsupported: There is no such axis.
    """
    rank = value if isinstance(value, int) else rank_of(value)
    if not -max(rank, 1) <= axis < max(rank, 1):
        raise Unsupported(f"it works on axis {axis} of {rank}")
    return axis % max(rank, 1)


def as_float(values: Constant) -> Array:
    """Return a constant as our layers have it."""
    return np.ascontiguousarray(values, dtype=np.float32)


@dataclass(eq=False)
class Assembly(GraphAssembly):
    """The nodes of a model that is made of operators, in the order of computation."""

    _constants: dict[int, tuple[Constant, Tensor]] = field(default_factory=dict, init=False)

    def add(
        self, layer: Layer, given: Sequence[Tensor], layout: Layout, part: str = "", *, whole: bool = False
    ) -> Tensor:
        """Add a node for the operator that is being read, and return what flows out of it.

        Args:
            layer: The layer.
            given: What it reads.
            layout: What the framework's axes of its output are.
            part: What the node does, such as permute, where it is not what the operator is there for.
            whole: Whether the framework's tensor holds whole numbers.

        Raises:
            CnnError: See `add_node`.
        """
        for tensor in given:
            tensor.known()
        name = self.free(f"{self._call[0]}/{part}" if part else self._call[0])
        return Tensor(name, self.add_node(name, layer, given), layout, whole)

    def elementwise(self, layer: Layer, tensor: Tensor, part: str = "") -> Tensor:
        """Add a node that keeps the axes of what it reads.

        Args:
            layer: The layer.
            tensor: What it reads.
            part: See `add`.
        """
        return self.add(layer, [tensor], tensor.layout, part)

    def undo(self, count: int) -> None:
        """Take back all nodes but the first.

        Args:
            count: How many stay.
        """
        gone = {node.name for node in self.nodes[count:]}
        del self.nodes[count:]
        self._names -= gone
        self._constants = {key: each for key, each in self._constants.items() if each[1].node not in gone}

    def add_unknown(self, class_name: str, reason: str, given: Sequence[Tensor], rank: int = 0) -> Tensor:
        """Add an operator that cannot be computed.

        Args:
            class_name: What it is called.
            reason: Why it cannot be computed.
            given: What it reads.
            rank: How many axes the framework's tensor has, where that is known.
        """
        name = self.free(self._call[0])
        shape = self.add_node(name, self.unknown(name, class_name, reason), given)
        return Tensor(name, shape, (None,) * rank)

    def tensor(self, value: Value) -> Tensor:
        """Return a value as what flows: of a constant, a node that gives it, one for all who read it."""
        if isinstance(value, Tensor):
            return value
        found = self._constants.get(id(value))
        if found is None:
            kept = [axis for axis, size in enumerate(value.shape) if size != 1] or [*range(value.ndim)][-1:]
            layout: Layout = tuple(kept.index(axis) if axis in kept else None for axis in range(value.ndim))
            array = as_float(value).reshape([value.shape[axis] for axis in kept] or [1])
            given = self.add(layers.Constant(array), (), layout, "constant", whole=value.dtype.kind in "iub")
            # The array stays in the pair, so that its id is not given to another.
            found = self._constants[id(value)] = value, given
        return found[1]

    def arranged(self, value: Value, order: Iterable[int]) -> Tensor:
        """Return a tensor whose array has these of the framework's axes, in this order, and no others.

        Args:
            value: The tensor.
            order: The axes. Those of another length than 1 are among them.

        Raises:
            Unsupported: One of another length than 1 is not.
        """
        tensor, wanted = self.tensor(value), tuple(order)
        sizes, now = tensor.sizes, tensor.order
        if now == wanted or (not wanted and now == (None,)):
            return tensor
        left_out = [axis for axis, size in enumerate(sizes) if size != 1 and axis not in wanted]
        if left_out:
            raise Unsupported(f"it cannot work on a tensor of shape {stated_shape(sizes)}")
        kept = [axis for axis in now if axis in wanted]
        in_order = [axis for axis in wanted if axis in kept]
        if kept != in_order:
            if len(kept) < len(now):
                tensor = self._reshaped(tensor, sizes, [axis for axis in kept if axis is not None])
            dims = tuple(kept.index(axis) + 1 for axis in in_order)
            tensor = self.add(Permute(dims), [tensor], _layout(len(sizes), in_order), "permute")
        if tensor.order != wanted:
            tensor = self._reshaped(tensor, sizes, wanted)
        return tensor

    def _reshaped(self, tensor: Tensor, sizes: Shape, order: Sequence[int]) -> Tensor:
        target = tuple(-1 if sizes[axis] is None else sizes[axis] or 0 for axis in order) or (1,)
        return self.add(Reshape(target), [tensor], _layout(len(sizes), order), "reshape", whole=tensor.whole)

    def with_axis(self, value: Value, axis: int) -> Tensor:
        """Return a tensor whose array has one of the framework's axes; of length 1 it may have been left out.

        Args:
            value: The tensor.
            axis: The axis.
        """
        tensor = self.tensor(value)
        if tensor.layout[axis] is not None:
            return tensor
        return self.arranged(tensor, [*(each for each in tensor.order if each is not None), axis])

    def last(self, value: Value, axis: int) -> Tensor:
        """Return a tensor whose array has one of the framework's axes as its last, the others as they are.

        Args:
            value: The tensor.
            axis: The axis.
        """
        tensor = self.tensor(value)
        others = [each for each in tensor.order if each is not None and each != axis]
        return self.arranged(tensor, [*others, axis])

    def alike(self, values: Sequence[Value]) -> list[Tensor]:
        """Return tensors that are worked on value by value, so that our arrays fit as the framework's tensors do.

        Axes are counted from the last, as where tensors of unlike rank come together. All come out with one rank.

        Args:
            values: The tensors.
        """
        rank = max(map(rank_of, values))
        tensors = [self._padded(self.tensor(value), rank) for value in values]
        # The one with the most axes stays as it is.
        main = max(tensors, key=_axes)
        order = [axis for axis in main.order if axis is not None]
        others = {axis for tensor in tensors for axis in tensor.order if axis is not None} - {*order}
        order = [*sorted(others), *order]
        return [self._suffixed(tensor, order) for tensor in tensors]

    def _padded(self, tensor: Tensor, rank: int) -> Tensor:
        return replace(tensor, layout=(*[None] * (rank - len(tensor.layout)), *tensor.layout))

    def _suffixed(self, tensor: Tensor, order: Sequence[int]) -> Tensor:
        """Return a tensor with these axes, without those in front that it lacks."""
        sizes = tensor.sizes
        if all(size == 1 for size in tensor.known()) and len(tensor.known()) <= len(order):
            return tensor
        first = next((at for at, axis in enumerate(order) if sizes[axis] != 1), len(order) - 1)
        wanted = order[max(0, first) :]
        # An array that has more axes of length 1 in front fits as well.
        if tensor.order == (*order,)[len(order) - len(tensor.order) :] and len(tensor.order) >= len(wanted):
            return tensor
        return self.arranged(tensor, wanted)

    def together(self, tensors: Sequence[Tensor]) -> Layout:
        """Return the layout of what is made of tensors that `alike` gave, value by value."""
        return max(tensors, key=_axes).layout

    def laid_out(self, values: Constant, tensor: Tensor) -> Array | None:
        """Return a constant as an array that fits a tensor's array value by value, with axes of length 1 as needed.

        Args:
            values: The constant.
            tensor: The tensor.

        Returns:
            None where it has more values along an axis than the tensor has.
        """
        rank = len(tensor.layout)
        if values.ndim > rank:
            if any(size != 1 for size in values.shape[: values.ndim - rank]):
                return None
            values = values.reshape(values.shape[values.ndim - rank :])
        padded = values.reshape((1,) * (rank - values.ndim) + values.shape)
        if any(own != 1 and size == 1 for own, size in zip(padded.shape, tensor.sizes, strict=True)):
            return None
        order = [axis for axis in tensor.order if axis is not None]
        turned = padded.transpose([*order, *(axis for axis in range(rank) if axis not in order)])
        # An axis of our own array, of length 1, is none of the framework's.
        sizes = iter(turned.shape)
        return as_float(turned).reshape([1 if axis is None else next(sizes) for axis in tensor.order])


def _axes(tensor: Tensor) -> tuple[int, int]:
    """Return how many axes our array has, and how many of them are the framework's."""
    return len(tensor.known()), sum(axis is not None for axis in tensor.order)


def _layout(rank: int, order: Sequence[int]) -> Layout:
    return tuple(order.index(axis) if axis in order else None for axis in range(rank))
