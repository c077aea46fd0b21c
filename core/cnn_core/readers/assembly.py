"""A network while it is put together from a file: its nodes, their names, and layers that are called twice.

What flows along the edges differs by format, see `keras.assembly` and `operators.assembly`; what is here they share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, Protocol

import numpy as np

from ..errors import CnnError, ModelError, ShapeError
from ..layers import Layer, Shape, Unknown
from ..network.graph import Node, check_size
from .tensors import StoredTensor

__all__ = ["MOST_NODES", "Flowing", "GraphAssembly", "Unsupported", "stated_shape"]

MOST_NODES: Final = 20_000
"""Nodes that a model may have."""


class Unsupported(Exception):
    """A layer that cannot be computed, with the reason: it becomes `Unknown`, and the opening goes on."""


class Flowing(Protocol):
    """What flows along an edge of the graph."""

    @property
    def node(self) -> str:
        """The node that gives it."""

    @property
    def shape(self) -> Shape | None:
        """Its shape as it flows; None behind a layer that cannot be computed."""


@dataclass(eq=False)
class GraphAssembly:
    """The nodes of a model, in the order of computation.

    Attributes:
        source: The file's name, for error texts.
        nodes: The nodes so far.
        warnings: What must be said.
    """

    source: str
    nodes: list[Node] = field(default_factory=list, kw_only=True)
    warnings: list[str] = field(default_factory=list, kw_only=True)
    _shared: dict[str, Layer] = field(default_factory=dict, init=False)
    _call: tuple[str, str] = field(default=("", ""), init=False)
    _names: set[str] = field(default_factory=set, init=False)

    def join(self, other: GraphAssembly) -> None:
        """Add nodes to another network from now on, in the call that it has begun.

        Args:
            other: What holds them; its tensors may be of another kind.
        """
        self.nodes, self.warnings = other.nodes, other.warnings
        self._shared, self._call, self._names = other._shared, other._call, other._names

    def begin(self, name: str, first: str) -> None:
        """Begin a call of a layer.

        Args:
            name: The call's name; the nodes that are added for it begin so.
            first: The layer's own name, which its first call has.
        """
        self._call = (name, first)

    def add_node(self, name: str, layer: Layer, given: Sequence[Flowing]) -> Shape | None:
        """Add a node and return the shape of what flows out of it; None where that cannot be computed.

        A layer that is called again stands at its node as the same object.

        Args:
            name: The node's name.
            layer: The layer.
            given: What it reads.

        Raises:
            ShapeError: It cannot read that; the message names the file and the layer.
            ModelError: Its name is another node's, or there are too many nodes.
        """
        if name in self._names:
            raise ModelError(f"two layers are called {name}", where=self.source, remedy="rename one")
        shape: Shape | None = None
        shapes = [tensor.shape for tensor in given if tensor.shape is not None]
        if not isinstance(layer, Unknown) and len(shapes) == len(given):
            try:
                shape = layer.output_shape(*shapes)
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
        self._names.add(name)
        self.nodes.append(Node(name, layer, tuple(tensor.node for tensor in given)))
        return shape

    def unknown(self, name: str, class_name: str, reason: str, tensors: Sequence[StoredTensor] = ()) -> Unknown:
        """Return a layer that cannot be computed, with such weights of it as are numbers.

        Args:
            name: The node's name.
            class_name: Its class, as the file has it.
            reason: Why it cannot be computed.
            tensors: Its tensors.
        """
        weights = {}
        for tensor in tensors:
            try:
                weights[tensor.name] = tensor.values()
            except CnnError as error:
                self.warnings.append(f"{tensor.name} of {name}, which is not computed, {error.what}")
        return Unknown(class_name or "layer", reason, weights)

    @property
    def call(self) -> str:
        """The name of the call that was begun last."""
        return self._call[0]

    def rename_last(self, name: str) -> None:
        """Give the node that was added last a name that no other has."""
        self._names.remove(self.nodes[-1].name)
        self._names.add(name)
        self.nodes[-1] = replace(self.nodes[-1], name=name)

    def where(self, name: str) -> str:
        """Return the file and a layer, for an error text."""
        return f"{self.source}, layer {name}"

    def free(self, name: str) -> str:
        """Return a name that no node has."""
        found, number = name, 1
        while found in self._names:
            number += 1
            found = f"{name}#{number}"
        return found


def stated_shape(sizes: Sequence[int | str | None]) -> str:
    """Return a shape for an error text, such as (1, 4, any).

    Args:
        sizes: The shape; None is a length that is not fixed, and a text one that has a name.
    """
    return f"({', '.join('any' if size is None else str(size) for size in sizes)})"


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
        elif isinstance(mine, Mapping) or mine != theirs:
            return False
    return True
