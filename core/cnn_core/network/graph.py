"""The graph of a network: its nodes, the shapes that flow along its edges, and what cannot be computed.

A layer object that stands at several nodes is a shared layer: one set of weights, called several times. The first
call has the layer's own name, and the reader of a file names the others after it (`conv`, `conv#2`, `conv#3`). The
layers of a model inside a model are named with its name in front: `encoder/conv`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Final
from weakref import WeakSet

import numpy as np

from ..errors import ModelError, NotFoundError, ShapeError, TooShortError, did_you_mean
from ..layers import Constant, Identity, IndexInput, Input, Layer, Shape, SideInput, Unknown
from ..work.lru_cache import LruCache

__all__ = [
    "MOST_VALUES",
    "MOST_VALUES_IN_ALL",
    "Flow",
    "Graph",
    "Node",
    "check_graph",
    "check_size",
    "unread",
]

MOST_VALUES: Final = 1 << 28
"""Values that one layer may give: a gigabyte of them."""
MOST_VALUES_IN_ALL: Final = 1 << 30
"""Values that all layers together may give, since a run keeps them all."""
_FLOWS: Final = 16
"""Lengths for which the shapes are kept."""
_CHECKED: Final[WeakSet[Layer]] = WeakSet()
"""Layers whose weights are known to be numbers, since parts and variants of a network hold the same."""


@dataclass(frozen=True, eq=False)
class Node:
    """A layer at its place in the graph.

    Attributes:
        name: The node's name, unique in its model.
        layer: The layer.
        inputs: The names of the nodes that it reads, in order.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Flow:
    """What flows through a network on an input of one length.

    Attributes:
        shapes: The output shape of every node that can be computed, by name, without the batch axis.
        unavailable: Why each of the others cannot, by name, in the order of computation.
        misfit: The first node that cannot read what it is given, as an error; None where all can.
        too_short: Those that cannot because an axis is too short, there or at a node that they need, by name.
    """

    shapes: Mapping[str, Shape]
    unavailable: Mapping[str, str]
    misfit: ShapeError | None
    too_short: frozenset[str] = frozenset()


def check_graph(name: str, nodes: Sequence[Node], outputs: Sequence[str]) -> None:
    """Refuse nodes that are no network.

    Args:
        name: The model's name, for the message.
        nodes: The nodes in an order in which they can be computed.
        outputs: The names of the nodes that the network is asked for.

    Raises:
        ModelError: A name stands twice, a node reads one that does not come before it, or nothing, or more than its
            layer takes, the first node is not where letters enter, a weight is NaN or infinite, or an output is not
            among the nodes.
    """
    known: set[str] = set()
    for node in nodes:
        if node.name in known:
            raise ModelError(f"two layers are called {node.name}", where=name, remedy="rename one")
        missing = [read for read in node.inputs if read not in known]
        if missing:
            raise ModelError(f"layer {node.name} reads {missing[0]}, which does not come before it", where=name)
        _check_arity(name, node)
        if node.layer not in _CHECKED:
            _check_weights(name, node)
            _CHECKED.add(node.layer)
        known.add(node.name)
    if not nodes or not isinstance(nodes[0].layer, Input):
        raise ModelError("the first layer is not an input", where=name)
    for output in outputs:
        if output not in known:
            raise ModelError(f"has no layer '{output}' to give as an output", where=name)


def _check_arity(name: str, node: Node) -> None:
    layer = node.layer
    if isinstance(layer, Unknown):
        return
    if isinstance(layer, Input | SideInput | Constant):
        if node.inputs:
            kind = "a constant" if isinstance(layer, Constant) else "an input"
            raise ModelError(f"layer {node.name} is {kind} and reads {node.inputs[0]}", where=name)
    elif not node.inputs:
        raise ModelError(f"layer {node.name} reads nothing", where=name)
    elif len(node.inputs) > 1 and not layer.merges:
        raise ModelError(
            f"layer {node.name} reads {len(node.inputs)} layers, and a {layer.type} takes one", where=name
        )


def _check_weights(name: str, node: Node) -> None:
    # A constant checks its own numbers, which may be infinite.
    weights = {} if isinstance(node.layer, Constant) else node.layer.weights()
    for weight, values in weights.items():
        if not np.isfinite(values).all():
            raise ModelError(
                "holds NaN or infinity",
                where=f"{name}, {node.name}/{weight}",
                remedy="train or save the model again",
            )


def unread(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return the names of the nodes that no other reads, in order."""
    read = {name for node in nodes for name in node.inputs}
    return tuple(node.name for node in nodes if node.name not in read)


def check_size(shape: Shape, before: int = 0) -> int:
    """Return how many values a layer gives, if they are not too many; 0 where that is not known.

    Args:
        shape: Its output shape.
        before: How many the layers before it give.

    Raises:
        ShapeError: They are more than one layer, or all together, may give.
    """
    known = [axis for axis in shape if axis is not None]
    if len(known) < len(shape):
        return 0
    count = prod(known)
    sizes = " × ".join(f"{axis:,}" for axis in known)
    if count > MOST_VALUES:
        raise ShapeError(
            f"it would give {sizes} values, which are too many to compute", remedy=f"the most is {MOST_VALUES:,}"
        )
    if before + count > MOST_VALUES_IN_ALL:
        raise ShapeError(
            f"it would give {sizes} values, and with the layers before it more than can be kept",
            remedy=f"the most is {MOST_VALUES_IN_ALL:,} for all layers",
        )
    return count


@dataclass(frozen=True, eq=False)
class Graph:
    """A directed graph of layers without cycles, and the shapes that flow through it.

    Attributes:
        name: What the model is called on screen.
        nodes: The layers in an order in which they can be computed, an input for letters first.
        outputs: The names of the nodes that the network is asked for; by default those that no other reads.

    Raises:
        ModelError: A name stands twice, a node reads one that does not come before it or more than its layer takes,
            there is no input, or a weight is NaN or infinite. Whether each layer can read the one before it is for
            `shapes` to say, since the explorer shows networks that a live setting has broken.
    """

    name: str
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_graph(self.name, self.nodes, self.outputs)
        if not self.outputs:
            object.__setattr__(self, "outputs", unread(self.nodes))

    @property
    def input(self) -> Input:
        """The layer where the one-hot letters enter."""
        layer = self.nodes[0].layer
        assert isinstance(layer, Input)
        return layer

    @cached_property
    def inputs(self) -> tuple[Node, ...]:
        """Where numbers enter: every `Input`, which all read the same letters, and every `SideInput`."""
        return tuple(node for node in self.nodes if isinstance(node.layer, Input | SideInput))

    @cached_property
    def readers(self) -> dict[str, tuple[str, ...]]:
        """The names of the nodes that read each node, in the order of computation."""
        return {
            node.name: tuple(reader.name for reader in self.nodes if node.name in reader.inputs)
            for node in self.nodes
        }

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def __getitem__(self, name: str) -> Node:
        """Return the node of a name.

        Raises:
            NotFoundError: No layer is called that.
        """
        if name in self._by_name:
            return self._by_name[name]
        remedy = did_you_mean(name, self._by_name, f"its layers are {', '.join(self._by_name)}")
        raise NotFoundError(f"{self.name} has no layer '{name}'", remedy=remedy)

    def with_layers(self, changed: Mapping[int, Layer]) -> tuple[Node, ...]:
        """Return the nodes with other layers, wherever they are called.

        Args:
            changed: The layers, by the `id` of those in whose place they stand.
        """
        return tuple(replace(node, layer=changed.get(id(node.layer), node.layer)) for node in self.nodes)

    def first_call(self, name: str) -> str:
        """Return the name of the first node of a layer, which is what a shared layer is called.

        Args:
            name: Any node of it.

        Raises:
            NotFoundError: There is no such node.
        """
        layer = self[name].layer
        return next(node.name for node in self.nodes if node.layer is layer)

    @cached_property
    def _flows(self) -> LruCache[int | None, Flow]:
        """What flows where nothing is in the way, by the length of the input."""
        return LruCache(_FLOWS)

    def flow(self, length: int | None = None) -> Flow:
        """Return the shapes of all that can be computed, and why the rest cannot; it is kept for a few lengths.

        Args:
            length: The length of the input; None leaves it open where the model does.
        """
        found = self._flows.get(length)
        if found is None:
            found = self._flow(length)
            # An error that was raised holds on to whoever raised it.
            if found.misfit is None:
                self._flows.put(length, found)
        return found

    def _flow(self, length: int | None) -> Flow:
        shapes: dict[str, Shape] = {}
        unavailable: dict[str, str] = {}
        roots: dict[str, str] = {}
        too_short: set[str] = set()
        misfit: ShapeError | None = None
        before = 0
        for node in self.nodes:
            blocked = [read for read in node.inputs if read in unavailable]
            if blocked:
                root = roots[blocked[0]]
                roots[node.name] = root
                unavailable[node.name] = f"needs {root}, which cannot be computed"
                if root in too_short:
                    too_short.add(node.name)
                continue
            try:
                shape = self.output_shape(node, shapes, length)
                if length is not None:
                    before += check_size(shape, before)
                shapes[node.name] = shape
            except ShapeError as error:
                roots[node.name] = node.name
                unavailable[node.name] = f"{error.what}; {error.remedy}" if error.remedy else error.what
                if isinstance(error, TooShortError):
                    too_short.add(node.name)
                if not isinstance(node.layer, Unknown):
                    misfit = misfit or type(error)(error.what, where=f"layer {node.name}", remedy=error.remedy)
        return Flow(MappingProxyType(shapes), MappingProxyType(unavailable), misfit, frozenset(too_short))

    def shapes(self, length: int | None = None) -> Mapping[str, Shape]:
        """Return every layer's output shape, without the batch axis; unavailable layers are left out.

        Args:
            length: The length of the input; None leaves it open where the model does.

        Raises:
            ShapeError: A layer cannot read what it is given; the message names it.
        """
        flow = self.flow(length)
        if flow.misfit is not None:
            raise flow.misfit
        return flow.shapes

    def shapes_of(self, name: str, length: int | None = None) -> Mapping[str, Shape]:
        """Return the shapes of all that can be computed, if one node is among it.

        Args:
            name: The node.
            length: The length of the input; None leaves it open where the model does.

        Raises:
            NotFoundError: There is no such node.
            ShapeError: The node cannot be computed; the message says why.
        """
        node, flow = self[name], self.flow(length)
        if node.name in flow.unavailable:
            raise ShapeError(flow.unavailable[node.name], where=f"layer {node.name}")
        return flow.shapes

    def unavailable(self, length: int | None = None) -> Mapping[str, str]:
        """Return why each node that cannot be computed cannot, by its name, in the order of computation.

        A node cannot be computed if it is `Unknown`, if it cannot read what it is given, or if it depends on one
        such. All others can, whatever branch they stand on.

        Args:
            length: The length of the input; None leaves it open where the model does.
        """
        return self.flow(length).unavailable

    def output_shape(self, node: Node, shapes: Mapping[str, Shape], length: int | None) -> Shape:
        """Return one node's output shape.

        Args:
            node: The node.
            shapes: The output shapes of the nodes it reads, by name.
            length: The length of the input, or None.

        Raises:
            ShapeError: The layer cannot read what it is given, or is one that we cannot compute.
        """
        layer = node.layer
        if isinstance(layer, SideInput):
            return layer.sized(length)
        if not isinstance(layer, Input):
            return layer.output_shape(*(shapes[read] for read in node.inputs))
        fixed, *rest = layer.output_shape()
        if length is not None and fixed not in (None, length):
            raise ShapeError(f"{self.name} reads {fixed} bases, not {length}", remedy=f"give it {fixed}")
        return (fixed if length is None else length, *rest)

    def letters_of(self, node: Node) -> Input | None:
        """Return the input whose one-hot letters a node reads and nothing else, or None."""
        source = self.letters_node(node)
        if source is None:
            return None
        assert isinstance(source.layer, Input)
        return source.layer

    def letters_node(self, node: Node) -> Node | None:
        """Return the node of that input, which layers that pass everything on may stand behind, or None."""
        while len(node.inputs) == 1:
            node = self[node.inputs[0]]
            if isinstance(node.layer, Input):
                return None if isinstance(node.layer, IndexInput) else node
            if not isinstance(node.layer, Identity):
                break
        return None
