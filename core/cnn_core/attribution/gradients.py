"""The gradient of a value at every layer and at the letters: the chain rule, from the value back.

Source of the conventions where a function has a kink: PyTorch, but that a global maximum is shared by all positions
that tie, as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..blocks.offered_blocks import part_up_to
from ..blocks.reading import Reading
from ..errors import ModelError
from ..layers import Array, IndexInput, Input, LayerRun, Mask
from ..layers.shapes import PerInput
from ..letters.alphabet import BASES, Ambiguity
from ..network.alignment import positions_read
from ..network.graph import Graph, Node
from ..network.model import Model
from ..network.running import masks_of, run_model
from .target import Target

__all__ = ["ExplainedValue", "Gradients", "backward", "gradients_of"]

Through = Callable[[Node, Array, LayerRun], PerInput]
"""What takes a node and the gradient at its output to the gradients at its inputs."""


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of a value at everything it is computed from.

    Attributes:
        target: The value.
        value: What it is.
        values: The activations of every layer that the value is computed from, by its name.
        at: The gradient at the output of every layer that the value is computed from, by the layer's name and of its
            output's shape; 1 at the value itself. Letters that enter as indices have none.
        letters: The gradient at the one-hot letters, shape (length, 4), in the order ACGT; None where the letters
            enter as indices.
    """

    target: Target
    value: float
    values: Mapping[str, Array]
    at: Mapping[str, Array]
    letters: Array | None


@dataclass(frozen=True, eq=False)
class ExplainedValue:
    """A value of a network as a function of the letters.

    Attributes:
        model: The network.
        target: The value.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, by the input's name; zeros where none.
    """

    model: Model
    target: Target
    ambiguity: Ambiguity | str = Ambiguity.ZERO
    side_inputs: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading, target: Target) -> ExplainedValue:
        """Return a value of the network of a reading, with what the reading has beside the letters."""
        return cls(reading.model, target, reading.ambiguity, reading.side_values())

    @cached_property
    def applied(self) -> Model:
        """The part of the network that gives the value: without a last sigmoid or softmax where its logit is meant."""
        return part_up_to(self.target.applied(self.model), self.target.layer)

    def run(self, letters: NDArray[np.generic]) -> dict[str, Array]:
        """Return the activations of every layer that the value is computed from, by its name.

        Args:
            letters: Codes, shape (length,), see `alphabet`; or rows of any numbers in their place, shape (length, 4),
                in the order ACGT.

        Raises:
            ModelError: Rows are given to a network whose letters enter as indices.
        """
        unread = {node.name for node in self.model.inputs} - {node.name for node in self.applied.inputs}
        given = {name: numbers for name, numbers in self.side_inputs.items() if name not in unread}
        if letters.ndim == 1:
            return run_model(self.applied, letters.astype(np.uint8), self.ambiguity, given)
        given |= {node.name: _channels_of(node, letters) for node in self._letter_inputs}
        return run_model(self.applied, np.zeros(len(letters), np.uint8), self.ambiguity, given)

    def back(self, values: Mapping[str, Array], through: Through | None = None) -> dict[str, Array]:
        """Return the gradient at every layer that the value is computed from, by its name.

        Args:
            values: Every layer's activations, see `run`.
            through: What takes a node and the gradient at its output to those at its inputs; None is the gradient.

        Raises:
            ModelError: A layer has no gradient; the message names it.
        """
        upstream = np.zeros_like(values[self.target.layer])
        upstream[self.target.index] = 1
        return backward(self.applied, values, self.target.layer, upstream, through)

    def letters(self, at: Mapping[str, Array], length: int) -> Array:
        """Return what stands at the letters among the gradients at all layers, shape (length, 4), in the order ACGT.

        Zeros where the value reads none.

        Raises:
            ModelError: The letters enter as indices.
        """
        total = np.zeros((length, len(BASES)), dtype=np.float32)
        for node in self._letter_inputs:
            if node.name in at:
                layer = node.layer
                assert isinstance(layer, Input)
                for channel, letter in enumerate(layer.channels):
                    if letter in BASES:
                        total[:, BASES.index(letter)] += at[node.name][:, channel]
        return total

    def read(self, length: int) -> Mask:
        """Return which bases the value reads, shape (length,); at the others nothing could change it."""
        found = positions_read(self.applied, self.target.layer, self.target.index[:1], length)
        read = np.zeros(length, dtype=np.bool_)
        for node in self.applied.inputs:
            if isinstance(node.layer, Input) and node.name in found:
                read |= found[node.name]
        return read

    @property
    def has_letters(self) -> bool:
        """Whether the letters enter as one-hot rows, at which there is a gradient."""
        return not any(isinstance(node.layer, IndexInput) for node in self.applied.inputs)

    @property
    def _letter_inputs(self) -> tuple[Node, ...]:
        if not self.has_letters:
            raise ModelError(
                "the letters enter as indices of an Embedding, and between two indices there is no gradient",
                where=self.model.name,
                remedy="ask for the effect of every base instead",
            )
        return tuple(node for node in self.applied.inputs if isinstance(node.layer, Input))


def gradients_of(
    model: Model,
    target: Target,
    letters: NDArray[np.generic],
    *,
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
) -> Gradients:
    """Return the gradient of a value at every layer and at the letters.

    Args:
        model: The network.
        target: The value.
        letters: Codes of the input window, shape (length,), see `alphabet`; or rows of any numbers in their place,
            shape (length, 4), in the order ACGT.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, by the input's name; zeros where none.

    Raises:
        ShapeError: A layer cannot read what it is given.
        ModelError: A layer has no gradient, or rows are given to a network whose letters enter as indices.
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    explained = ExplainedValue(model, target, ambiguity, side_inputs or {})
    values = explained.run(letters)
    at = explained.back(values)
    of_letters = explained.letters(at, len(letters)) if explained.has_letters else None
    return Gradients(target, target.of(values), values, at, of_letters)


def backward(
    graph: Graph, values: Mapping[str, Array], name: str, upstream: Array, through: Through | None = None
) -> dict[str, Array]:
    """Return the gradient at a node and at every node that it reads, by name.

    Args:
        graph: The network.
        values: Every node's activations by its name, see `run_model`.
        name: The node.
        upstream: The gradient at its output, of its shape.
        through: What takes a node and the gradient at its output to those at its inputs; None is the gradient.

    Raises:
        ModelError: A layer has no gradient; the message names it.
    """
    masks = masks_of(graph, values)
    at = {graph[name].name: upstream}
    for node in reversed(graph.nodes):
        if node.name not in at or not node.inputs:
            continue
        inputs = [values[each] for each in node.inputs]
        run = LayerRun(inputs, values[node.name], [masks[each] for each in node.inputs])
        try:
            found = through(node, at[node.name], run) if through else node.layer.gradient(at[node.name], run)
        except ModelError as error:
            raise ModelError(error.what, where=node.name, remedy=error.remedy) from error
        for each, gradient in zip(node.inputs, found, strict=True):
            if gradient is not None:
                at[each] = at[each] + gradient if each in at else gradient
    return at


def _channels_of(node: Node, rows: NDArray[np.generic]) -> Array:
    """Return rows in the order ACGT as an input's channels; a channel of no base is 0."""
    layer = node.layer
    assert isinstance(layer, Input)
    given = np.zeros((len(rows), len(layer.channels)), dtype=np.float32)
    for channel, letter in enumerate(layer.channels):
        if letter in BASES:
            given[:, channel] = rows[:, BASES.index(letter)]
    return given
