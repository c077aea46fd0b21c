"""A trained network: named layers in a graph, what each computes, and its conv → pool blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .alignment import alignments, receptive_field
from .alphabet import Ambiguity
from .block import Block, BlockSettings
from .errors import NotFoundError, ShapeError
from .graph import Flow, Node, check_graph, flow_through, node_shape, unread
from .layers import (
    Alignment,
    Array,
    AveragePooling1D,
    Conv1D,
    Convolution1D,
    IndexInput,
    Input,
    Layer,
    MaxPooling1D,
    Pointwise,
    Shape,
    SideInput,
)
from .running import run_model

__all__ = ["Model", "Node", "SummaryRow"]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of a model's summary.

    Attributes:
        name: The layer's name.
        type: Keras's name of its class.
        output_shape: The shape it gives, batch axis first (None, as in Keras); () where it cannot be computed.
        params: How many numbers it has learned.
        inputs: The names of the layers that it reads, in order.
        unavailable: Why it cannot be computed, or nothing where it can.
    """

    name: str
    type: str
    output_shape: Shape
    params: int
    inputs: tuple[str, ...] = ()
    unavailable: str = ""


@dataclass(frozen=True, eq=False)
class Model:
    """The trained network: a directed graph without cycles.

    Attributes:
        name: What the model is called on screen.
        nodes: The layers in an order in which they can be computed, an input for letters first. How nodes of shared
            layers and of models inside the model are named is said in `graph`.
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
        close = get_close_matches(name, self._by_name, n=1)
        raise NotFoundError(
            f"{self.name} has no layer '{name}'",
            remedy=f"did you mean {close[0]}?" if close else f"its layers are {', '.join(self._by_name)}",
        )

    def flow(self, length: int | None = None) -> Flow:
        """Return the shapes of all that can be computed, and why the rest cannot.

        Args:
            length: The length of the input; None leaves it open where the model does.
        """
        return flow_through(self.name, self.nodes, length)

    def shapes(self, length: int | None = None) -> dict[str, Shape]:
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

    def shapes_of(self, name: str, length: int | None = None) -> dict[str, Shape]:
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

    def unavailable(self, length: int | None = None) -> dict[str, str]:
        """Return why each node that cannot be computed cannot, by its name, in the order of computation.

        A node cannot be computed if it is `Unknown`, if it cannot read what it is given, or if it depends on one
        such. All others can, whatever branch they stand on.

        Args:
            length: The length of the input; None leaves it open where the model does.
        """
        return self.flow(length).unavailable

    def output_shape(self, node: Node, shapes: dict[str, Shape], length: int | None) -> Shape:
        """Return one node's output shape.

        Args:
            node: The node.
            shapes: The output shapes of the nodes it reads, by name.
            length: The length of the input, or None.

        Raises:
            ShapeError: The layer cannot read what it is given, or is one that we cannot compute.
        """
        return node_shape(self.name, node, shapes, length)

    def run(
        self,
        codes: NDArray[np.uint8],
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
    ) -> dict[str, Array]:
        """Return every layer's activations by its name; unavailable layers are left out.

        A convolution that reads the letters is computed from the letters, tap by tap in a fixed order, so that
        equal windows give equal responses to the last bit and ties are ties on every machine.

        Args:
            codes: The letters of the input window, shape (length,), see `alphabet`.
            ambiguity: What an ambiguous letter becomes.
            side_inputs: The numbers of the inputs that are not letters, by the input's name; zeros where none are
                given.

        Returns:
            Arrays of shape (length, channels) or (units,), in the order of computation.

        Raises:
            ShapeError: A layer cannot read what it is given, or an input's numbers are of another shape.
            NotFoundError: There is no input of such a name.
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        return run_model(self, codes, ambiguity, side_inputs)

    def letters_of(self, node: Node) -> Input | None:
        """Return the input whose one-hot letters a node reads and nothing else, or None."""
        if len(node.inputs) != 1:
            return None
        layer = self[node.inputs[0]].layer
        return layer if isinstance(layer, Input) and not isinstance(layer, IndexInput) else None

    def reads_letters(self, node: Node) -> bool:
        """Tell whether a node reads the one-hot letters themselves."""
        return self.letters_of(node) is not None

    def summary(self, length: int | None = None) -> tuple[SummaryRow, ...]:
        """Return one row a layer, as Keras prints them; a shared layer has one row, where it is called first.

        Args:
            length: The length of the input; None leaves it open where the model does.

        Raises:
            ShapeError: A layer cannot read what it is given; the message names it.
        """
        shapes, unavailable = self.shapes(length), self.unavailable(length)
        return tuple(
            SummaryRow(
                node.name,
                node.layer.type,
                (None, *shapes[node.name]) if node.name in shapes else (),
                node.layer.parameter_count,
                node.inputs,
                unavailable.get(node.name, ""),
            )
            for node in self._first_calls
        )

    @cached_property
    def _first_calls(self) -> tuple[Node, ...]:
        """The nodes of distinct layers."""
        first: dict[int, Node] = {}
        for node in self.nodes:
            first.setdefault(id(node.layer), node)
        return tuple(first.values())

    @property
    def parameter_count(self) -> int:
        """How many numbers the whole network has learned; those of a shared layer count once."""
        return sum(node.layer.parameter_count for node in self._first_calls)

    def receptive_field(self, name: str, position: int, length: int) -> tuple[int, int]:
        """Return the bases that could influence a value, half-open; see `alignment`.

        Args:
            name: The node.
            position: An index of the first axis of its output: a position, or a unit where no length is left.
            length: The length of the input, in bases.

        Raises:
            NotFoundError: There is no such node.
            ShapeError: The node cannot be computed on an input of this length.
            IndexError: It has not such a position.
        """
        return receptive_field(self, name, position, length)

    def alignment(self, name: str, length: int) -> Alignment | None:
        """Return how a layer's length axis lies over the bases, or None where it has no such axis.

        Args:
            name: The node.
            length: The length of the input, in bases.

        Raises:
            NotFoundError: There is no such node.
        """
        return alignments(self, length).get(self[name].name)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every convolution whose feature maps a pool reads, directly or through layers that keep each position."""
        found = []
        for node in self.nodes:
            if isinstance(node.layer, MaxPooling1D | AveragePooling1D):
                between: list[str] = []
                source = self[node.inputs[0]]
                while isinstance(source.layer, Pointwise) and source.layer.function() is not None:
                    between.insert(0, source.name)
                    source = self[source.inputs[0]]
                if isinstance(source.layer, Convolution1D):
                    found.append(Block(source.name, tuple(between), node.name))
        return tuple(found)

    @property
    def letter_blocks(self) -> tuple[Block, ...]:
        """The blocks whose convolution is a `Conv1D` on the letters: those that a `BlockRun` computes."""
        convolutions = {block: self[block.conv] for block in self.blocks}
        return tuple(
            block
            for block, conv in convolutions.items()
            if isinstance(conv.layer, Conv1D) and self.reads_letters(conv)
        )

    @property
    def block_settings(self) -> tuple[BlockSettings, ...]:
        """The settings of all blocks, in order: what tells a model from itself before a live setting."""
        return tuple(self.settings(block) for block in self.blocks)

    def settings(self, block: Block) -> BlockSettings:
        """Return the strides, sizes, paddings and dilation that a block has now."""
        conv, pool = self[block.conv].layer, self[block.pool].layer
        assert isinstance(conv, Convolution1D)
        assert isinstance(pool, MaxPooling1D | AveragePooling1D)
        return BlockSettings.of(conv, pool)

    def with_settings(self, block: Block, settings: BlockSettings) -> Model:
        """Return this model with other settings in one block; its weights stay.

        The layers behind the block are kept even where they no longer fit; see `misfit`. A shared layer is set
        wherever it is called.

        Args:
            block: One of `blocks`.
            settings: What to set.

        Raises:
            SettingError: A setting that cannot be.
        """
        changed = {id(layer): settings.applied(layer) for layer in (self[block.conv].layer, self[block.pool].layer)}
        nodes = (replace(node, layer=changed.get(id(node.layer), node.layer)) for node in self.nodes)
        return replace(self, nodes=tuple(nodes))

    def misfit(self, length: int) -> ShapeError | None:
        """Return why the network cannot run on an input of a length, or None where it can."""
        return self.flow(length).misfit
