"""A trained network: named layers in a graph, what each computes, and its conv → pool blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError
from ..layers import (
    Alignment,
    Array,
    Conv1D,
    Convolution1D,
    Input,
    Layer,
    PoolingLayer,
    Shape,
)
from ..letters.alphabet import Ambiguity
from ..work.lazy_value import LazyValue
from .alignment import alignments, receptive_field, runs_along
from .block import Block, BlockSettings
from .block_functions import block_under
from .graph import Graph, Node
from .running import run_model
from .weight_edits import FilterEdit, FilterWeights, joined

__all__ = ["EditedModel", "Model", "Node", "SummaryRow"]


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
class Model(Graph):
    """The trained network: a graph of layers, what it computes, and its conv → pool blocks.

    How nodes of shared layers and of models inside the model are named is said in `graph`.

    Attributes:
        output_names: What the values of an output are called, by their place on its last axis, empty for one without
            a name: of the first output with so many. () where none has.
    """

    output_names: tuple[str, ...] = field(default=(), kw_only=True)

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
            NotFoundError: There is no such input.
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        return run_model(self, codes, ambiguity, side_inputs)

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
            IndexError: It has no such position.
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

    def runs_along(self, name: str, length: int) -> bool:
        """Tell whether the first axis of a layer runs along the bases, and so is turned round on the other strand.

        Args:
            name: The node.
            length: The length of the input, in bases.

        Raises:
            NotFoundError: There is no such node.
            ShapeError: The node cannot be computed on an input of this length.
        """
        return runs_along(self, name, length)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every convolution whose feature maps a pool reads, directly or through layers that keep each position.

        A pool over all positions at once, such as a global one, is one too.
        """
        found = []
        for node in self.nodes:
            if isinstance(node.layer, PoolingLayer) and node.layer.windows_alike:
                block = block_under(self, node)
                if isinstance(self[block.conv].layer, Convolution1D):
                    found.append(block)
        return tuple(found)

    @property
    def letter_blocks(self) -> tuple[Block, ...]:
        """The blocks whose convolution is a `Conv1D` on the letters: those that a `LetterRun` computes."""
        return tuple(
            block
            for block in self.blocks
            if isinstance(self[block.conv].layer, Conv1D) and self.letters_of(self[block.conv])
        )

    @property
    def block_settings(self) -> tuple[BlockSettings, ...]:
        """The settings of all blocks, in order: what tells a model from itself before a live setting."""
        return tuple(self.settings(block) for block in self.blocks)

    def settings(self, block: Block) -> BlockSettings:
        """Return the strides, sizes, paddings and dilation that a block has now."""
        conv, pool = self[block.conv].layer, self[block.pool].layer
        assert isinstance(conv, Convolution1D)
        assert isinstance(pool, PoolingLayer)
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
        return replace(self, nodes=self.with_layers(changed))

    @cached_property
    def named_output(self) -> str | None:
        """The output whose values have names, or None."""
        shapes = self.flow(None).shapes if self.output_names else {}
        fits = (name for name in self.outputs if name in shapes and shapes[name][-1:] == (len(self.output_names),))
        return next(fits, None)

    def name_of(self, layer: str, index: Sequence[int]) -> str:
        """Return what a value is called, or nothing where it has no name.

        Args:
            layer: Its layer.
            index: Its place in the layer.
        """
        is_named = layer == self.named_output and len(index) > 0
        return self.output_names[index[-1]] if is_named and index[-1] < len(self.output_names) else ""

    @property
    def weight_edits(self) -> tuple[FilterEdit, ...]:
        """What stands over the weights of the network's filters, in order."""
        return ()

    @property
    def weight_names(self) -> tuple[str, ...]:
        """The names of these edits, such as `conv1d:17:3A=0.5`."""
        return tuple(edit.name(self.filter_weights(edit.layer, edit.filter)) for edit in self.weight_edits)

    def filter_weights(self, layer: str, filter_index: int) -> FilterWeights:
        """Return the weights of one filter of a convolution.

        Args:
            layer: The convolution.
            filter_index: The filter.

        Raises:
            NotFoundError: There is no such layer.
        """
        conv = self[layer].layer
        assert isinstance(conv, Convolution1D)
        return FilterWeights.of(conv, filter_index, self.letters_of(self[layer]))

    def without_weight_edits(self) -> Model:
        """Return the model with the weights of its own, and the settings that it has now; the same each time."""
        return self

    def with_weights(self, edits: Sequence[FilterEdit]) -> Model:
        """Return the model with other edits over its own weights; none of the present ones stays, the settings do.

        A shared layer is edited wherever it is called. Layers without an edit stay the same objects.

        Args:
            edits: The edits, in order, see `weight_edits`.

        Raises:
            SettingError: A filter has no such weight, or its layer's filters have no weights of their own.
        """
        own = self.without_weight_edits()
        if not edits:
            return own
        filters: dict[str, dict[int, FilterWeights]] = {}
        for edit in edits:
            mine = filters.setdefault(edit.layer, {})
            before = mine.get(edit.filter) or own.filter_weights(edit.layer, edit.filter)
            weights, bias = edit.applied(before)
            mine[edit.filter] = replace(before, weights=weights, bias=bias)
        unedited: dict[str, Convolution1D] = {}
        changed: dict[int, Layer] = {}
        for name, those in filters.items():
            layer = own[name].layer
            assert isinstance(layer, Convolution1D)
            unedited[name] = layer
            changed[id(layer)] = layer.with_filters({at: (each.weights, each.bias) for at, each in those.items()})
        found = EditedModel(
            own.name, own.with_layers(changed), own.outputs, tuple(edits), unedited, output_names=own.output_names
        )
        found._own.put(own)
        return found

    def with_weight(self, edit: FilterEdit) -> Model:
        """Return the model with one more edit of its weights; one that undoes another takes it away.

        Args:
            edit: What comes last.

        Raises:
            SettingError: As for `with_weights`.
        """
        found = self.with_weights(joined(self.weight_edits, edit))
        own = self.without_weight_edits().filter_weights(edit.layer, edit.filter)
        if found.filter_weights(edit.layer, edit.filter).equals(own):
            return self.without_edits_of(edit.layer, edit.filter)
        return found

    def without_edits_of(self, layer: str, filter_index: int) -> Model:
        """Return the model with a filter's own weights."""
        others = [each for each in self.weight_edits if (each.layer, each.filter) != (layer, filter_index)]
        return self.with_weights(others)

    def misfit(self, length: int) -> ShapeError | None:
        """Return why the network cannot run on an input of a length, or None where it can."""
        return self.flow(length).misfit

    def of_any_length(self) -> Model:
        """Return this model with an input of any length, so that its blocks can be computed along a whole record.

        The layers behind a block may not fit then; see `misfit`.
        """
        layers = (node.layer for node in self.nodes)
        changed = {id(layer): replace(layer, length=None) for layer in layers if isinstance(layer, Input)}
        return replace(self, nodes=self.with_layers(changed))


@dataclass(frozen=True, eq=False)
class EditedModel(Model):
    """A model with edits over the weights of its filters, see `Model.with_weights`.

    Attributes:
        weight_edits: The edits, in order.
        unedited: The layers that they change, as they were, by the name of their first call.
    """

    weight_edits: tuple[FilterEdit, ...] = ()
    unedited: Mapping[str, Convolution1D] = field(default_factory=dict)
    _own: LazyValue[Model] = field(default_factory=LazyValue, init=False, repr=False)

    def without_weight_edits(self) -> Model:
        """Return the model with the weights of its own, and the settings that it has now; the same each time."""
        return self._own.get(self._restored)

    def _restored(self) -> Model:
        own: dict[int, Layer] = {}
        for name, before in self.unedited.items():
            now = self[name].layer
            if isinstance(now, Convolution1D):
                own[id(now)] = now.with_weights_of(before)
        return Model(self.name, self.with_layers(own), self.outputs, output_names=self.output_names)
