"""A trained network: named layers in a graph, what each computes, and its conv → pool blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .alphabet import Ambiguity, one_hot
from .block import Block, BlockSettings
from .errors import ModelError, NotFoundError, ShapeError
from .layers import Activation, Array, AveragePooling1D, Conv1D, Dropout, Input, Layer, MaxPooling1D, Shape
from .scan import LetterConvolution

__all__ = ["Model", "Node", "SummaryRow"]


@dataclass(frozen=True, eq=False)
class Node:
    """A layer at its place in the graph.

    Attributes:
        name: The layer's name, unique in its model.
        layer: The layer.
        inputs: The names of the nodes that it reads, in order.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of a model's summary.

    Attributes:
        name: The layer's name.
        type: Keras's name of its class.
        output_shape: The shape it gives, batch axis first (None, as in Keras).
        params: How many numbers it has learned.
    """

    name: str
    type: str
    output_shape: Shape
    params: int


@dataclass(frozen=True, eq=False)
class Model:
    """The trained network.

    Attributes:
        name: What the model is called on screen.
        nodes: The layers in an order in which they can be computed, the input first.

    Raises:
        ModelError: A name stands twice, a node reads one that does not come before it, there is no input, or a
            weight is NaN or infinite. Whether each layer can read the one before it is for `shapes` to say,
            since the explorer shows networks that a live setting has broken.
    """

    name: str
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        known: set[str] = set()
        for node in self.nodes:
            if node.name in known:
                raise ModelError(f"two layers are called {node.name}", where=self.name, remedy="rename one")
            missing = [name for name in node.inputs if name not in known]
            if missing:
                raise ModelError(
                    f"layer {node.name} reads {missing[0]}, which does not come before it", where=self.name
                )
            if not node.inputs and not isinstance(node.layer, Input):
                raise ModelError(f"layer {node.name} reads nothing", where=self.name)
            for weight, values in node.layer.weights().items():
                if not np.isfinite(values).all():
                    raise ModelError(
                        "holds NaN or infinity",
                        where=f"{self.name}, {node.name}/{weight}",
                        remedy="train or save the model again",
                    )
            known.add(node.name)
        if not self.nodes or not isinstance(self.nodes[0].layer, Input):
            raise ModelError("the first layer is not an input", where=self.name)

    @classmethod
    def sequential(cls, name: str, layers: Iterable[tuple[str, Layer]]) -> Model:
        """Return a model whose layers read each the one before.

        Args:
            name: The model's name.
            layers: Names and layers, the input first.

        Raises:
            ShapeError: A layer cannot read what the one before it gives.
        """
        nodes: list[Node] = []
        for layer_name, layer in layers:
            nodes.append(Node(layer_name, layer, (nodes[-1].name,) if nodes else ()))
        model = cls(name, tuple(nodes))
        model.shapes()
        return model

    @property
    def input(self) -> Input:
        """The layer where the one-hot letters enter."""
        layer = self.nodes[0].layer
        assert isinstance(layer, Input)
        return layer

    def __getitem__(self, name: str) -> Node:
        """Return the node of a name.

        Raises:
            NotFoundError: No layer is called that.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        names = [node.name for node in self.nodes]
        close = get_close_matches(name, names, n=1)
        raise NotFoundError(
            f"{self.name} has no layer '{name}'",
            remedy=f"did you mean {close[0]}?" if close else f"its layers are {', '.join(names)}",
        )

    def shapes(self, length: int | None = None) -> dict[str, Shape]:
        """Return every layer's output shape, without the batch axis.

        Args:
            length: The length of the input; None leaves it open where the model does.

        Raises:
            ShapeError: A layer cannot read what it is given; the message names it.
        """
        shapes: dict[str, Shape] = {}
        for node in self.nodes:
            try:
                shapes[node.name] = self.output_shape(node, shapes, length)
            except ShapeError as error:
                raise ShapeError(error.what, where=f"layer {node.name}", remedy=error.remedy) from None
        return shapes

    def output_shape(self, node: Node, shapes: dict[str, Shape], length: int | None) -> Shape:
        """Return one node's output shape.

        Args:
            node: The node.
            shapes: The output shapes of the nodes it reads, by name.
            length: The length of the input, or None.

        Raises:
            ShapeError: The layer cannot read what it is given.
        """
        if not isinstance(node.layer, Input):
            return node.layer.output_shape(*(shapes[name] for name in node.inputs))
        fixed, channels = node.layer.output_shape()
        if length is not None and fixed not in (None, length):
            raise ShapeError(f"{self.name} reads {fixed} bases, not {length}", remedy=f"give it {fixed}")
        return (fixed if length is None else length), channels

    def run(self, codes: NDArray[np.uint8], ambiguity: Ambiguity | str = Ambiguity.ZERO) -> dict[str, Array]:
        """Return every layer's activations by its name.

        A convolution that reads the letters is computed from the letters, tap by tap in a fixed order, so that
        equal windows give equal responses to the last bit and ties are ties on every machine.

        Args:
            codes: The letters of the input window, shape (length,), see `alphabet`.
            ambiguity: What an ambiguous letter becomes.

        Returns:
            Arrays of shape (length, channels) or (units,), in the order of computation.

        Raises:
            ShapeError: A layer cannot read what it is given.
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        self.shapes(len(codes))
        channels = self.input.channels
        values: dict[str, Array] = {}
        for node in self.nodes:
            if isinstance(node.layer, Input):
                values[node.name] = one_hot(codes, channels, ambiguity)
            elif isinstance(node.layer, Conv1D) and self.reads_letters(node):
                values[node.name] = LetterConvolution(node.layer, channels, ambiguity).forward(codes)
            else:
                values[node.name] = node.layer.forward(*(values[name] for name in node.inputs))
        return values

    def reads_letters(self, node: Node) -> bool:
        """Tell whether a node reads the one-hot letters themselves."""
        return [isinstance(self[name].layer, Input) for name in node.inputs] == [True]

    def summary(self, length: int | None = None) -> tuple[SummaryRow, ...]:
        """Return one row a layer, as Keras prints them.

        Args:
            length: The length of the input; None leaves it open where the model does.
        """
        shapes = self.shapes(length)
        return tuple(
            SummaryRow(node.name, node.layer.type, (None, *shapes[node.name]), node.layer.parameter_count)
            for node in self.nodes
        )

    @property
    def parameter_count(self) -> int:
        """How many numbers the whole network has learned."""
        return sum(node.layer.parameter_count for node in self.nodes)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every convolution whose feature maps a pool reads, directly or through elementwise layers."""
        found = []
        for node in self.nodes:
            if isinstance(node.layer, MaxPooling1D | AveragePooling1D):
                between: list[str] = []
                source = self[node.inputs[0]]
                while isinstance(source.layer, Activation | Dropout):
                    between.insert(0, source.name)
                    source = self[source.inputs[0]]
                if isinstance(source.layer, Conv1D):
                    found.append(Block(source.name, tuple(between), node.name))
        return tuple(found)

    def settings(self, block: Block) -> BlockSettings:
        """Return the strides, sizes, paddings and dilation that a block has now."""
        conv, pool = self[block.conv].layer, self[block.pool].layer
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, MaxPooling1D | AveragePooling1D)
        return BlockSettings.of(conv, pool)

    def with_settings(self, block: Block, settings: BlockSettings) -> Model:
        """Return this model with other settings in one block; its weights stay.

        The layers behind the block are kept even where they no longer fit; see `misfit`.

        Args:
            block: One of `blocks`.
            settings: What to set.

        Raises:
            SettingError: A setting that cannot be.
        """
        names = (block.conv, block.pool)
        return replace(
            self,
            nodes=tuple(
                replace(node, layer=settings.applied(node.layer)) if node.name in names else node
                for node in self.nodes
            ),
        )

    def misfit(self, length: int) -> ShapeError | None:
        """Return why the network cannot run on an input of a length, or None where it can."""
        try:
            self.shapes(length)
        except ShapeError as error:
            return error
        return None
