"""Runs a network: every node's activations, in the order of computation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFoundError, ShapeError
from ..layers import Array, Constant, Conv1D, Input, Mask, Shape, SideInput
from ..layers.shapes import known_axes
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import Ambiguity
from .graph import Flow, Graph, Node
from .letter_pools import LetterPool, letter_pools

__all__ = ["SideValues", "held_together", "masks_of", "run_model", "run_together"]

SideValues = Mapping[str, NDArray[np.generic]]
"""The numbers of inputs that are not letters, by the input's name."""


def run_model(
    graph: Graph,
    codes: NDArray[np.uint8],
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
) -> dict[str, Array]:
    """Return every node's activations by its name; nodes that cannot be computed are left out.

    A mask (Masking, or an Embedding whose index 0 is no data) goes along with the activations as far as Keras
    carries it.

    Args:
        graph: The network.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, by the input's name; zeros where none.
            The name of an input for letters gives it these numbers instead.

    Returns:
        Arrays in the order of computation.

    Raises:
        ShapeError: A layer cannot read what it is given, or an input's numbers are of another shape.
        NotFoundError: There is no such input.
        SequenceError: The policy is `error` and a letter is ambiguous.
        ModelError: An index has no row in an Embedding.
    """
    flow = graph.flow(len(codes))
    if flow.misfit is not None:
        raise flow.misfit
    run = _Run(graph, [codes], Ambiguity(ambiguity), flow, [_checked(graph, side_inputs or {}, flow.shapes)])
    run.compute()
    return run.values[0]


def run_together(
    graph: Graph,
    windows: Sequence[NDArray[np.uint8]],
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    side_inputs: Sequence[SideValues] = (),
    *,
    kept: Collection[str],
) -> list[dict[str, Array]]:
    """Return some nodes' activations on several input windows; what takes steps or products takes them for all at once.

    Args:
        graph: The network.
        windows: Their letters, at least one window, all of one length.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, for each window, or an empty sequence; an input
            without numbers is zeros.
        kept: The names of the nodes; the activations of others are dropped once no later node needs them.

    Returns:
        What `run_model` gives for each window, to 1e-5 of the layer's scale.

    Raises:
        CnnError: See `run_model`.
    """
    flow = graph.flow(len(windows[0]))
    if flow.misfit is not None:
        raise flow.misfit
    given = [_checked(graph, each, flow.shapes) for each in side_inputs or [{} for _ in windows]]
    run = _Run(graph, windows, Ambiguity(ambiguity), flow, given, frozenset(kept))
    run.compute()
    return [{name: each[name] for name in kept} for each in run.values]


def held_together(graph: Graph, length: int, kept: Collection[str]) -> int:
    """Return how many values `run_together` holds of each window at the most, all that is kept included.

    Args:
        graph: The network.
        length: The length of its input.
        kept: The names of the nodes that are kept.

    Raises:
        ShapeError: See `run_model`.
    """
    shapes = graph.shapes(length)
    return sum(prod(known_axes(shapes[name])) for name in {*kept, *_handed_on(graph)} if name in shapes)


def _handed_on(graph: Graph) -> set[str]:
    """Return the nodes whose values are computed for one window after the other and read for all, or the other way."""
    of = {node.name: node.layer.at_once for node in graph.nodes}
    return {name for node in graph.nodes for name in (*node.inputs, node.name) if of[node.name] or of[name]}


def masks_of(graph: Graph, values: Mapping[str, Array]) -> dict[str, Mask | None]:
    """Return which positions of every node's activations hold data, or None where all do.

    Args:
        graph: The network.
        values: Every node's activations by its name, see `run_model`.

    Returns:
        Masks in the order of computation, shape (length,) each.
    """
    masks: dict[str, Mask | None] = {}
    for node in graph.nodes:
        if node.name in values:
            marked = [masks[name] for name in node.inputs]
            masks[node.name] = node.layer.output_mask(marked, *(values[name] for name in node.inputs))
    return masks


@dataclass(eq=False)
class _Run:
    """Input windows on their way through a network.

    Attributes:
        graph: The network.
        windows: Their letters.
        ambiguity: What an ambiguous letter becomes.
        flow: Which nodes can be computed.
        given: For each window the numbers that stand for inputs.
        kept: The nodes whose activations stay; None is all.
    """

    graph: Graph
    windows: Sequence[NDArray[np.uint8]]
    ambiguity: Ambiguity
    flow: Flow
    given: Sequence[Mapping[str, Array]]
    kept: frozenset[str] | None = None
    values: list[dict[str, Array]] = field(init=False)
    masks: list[dict[str, Mask | None]] = field(init=False)
    pools: dict[str, LetterPool] = field(init=False)

    def __post_init__(self) -> None:
        self.values = [{} for _ in self.windows]
        self.masks = [{} for _ in self.windows]
        given = {name for each in self.given for name in each}
        self.pools = (
            {} if self.kept is None else letter_pools(self.graph, self.flow, self.kept, given, self.ambiguity)
        )

    def compute(self) -> None:
        """Add every node's activations and masks, in the order of computation."""
        passed_over = {name for pool in self.pools.values() for name in pool.passed_over} | {*self.flow.unavailable}
        nodes = [node for node in self.graph.nodes if node.name not in passed_over]
        everyone = range(len(self.windows))
        # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
        with np.errstate(invalid="ignore"):
            for at_once, some in groupby(nodes, key=lambda node: node.layer.at_once):
                together = [*some]
                # What gains nothing from company runs alone, so that its values stay near a core.
                for mine in [everyone] if at_once else [range(each, each + 1) for each in everyone]:
                    for node in together:
                        self._compute(node, mine)

    def _compute(self, node: Node, mine: range) -> None:
        """Add a node's activations and masks for some of the windows."""
        reads = () if node.name in self.pools else node.inputs
        inputs = [[self.values[at][name] for name in reads] for at in mine]
        marked = [[self.masks[at][name] for name in reads] for at in mine]
        found = self._computed(node, mine, inputs, marked)
        for at, value, held, read in zip(mine, found, marked, inputs, strict=True):
            values = self.values[at]
            values[node.name] = value
            self.masks[at][node.name] = node.layer.output_mask(held, *read) if reads else None
            for name in reads:
                if self.kept is not None and name not in self.kept and self._last_reader[name] == node.name:
                    values.pop(name, None)

    @cached_property
    def _last_reader(self) -> dict[str, str]:
        return {name: node.name for node in self.graph.nodes for name in node.inputs}

    def _computed(
        self, node: Node, mine: range, inputs: list[list[Array]], marked: list[list[Mask | None]]
    ) -> list[Array]:
        """Return a node's activations, window by window."""
        windows, given = [self.windows[at] for at in mine], [self.given[at] for at in mine]
        source = self.graph.letters_node(node)
        if node.name in given[0]:
            return [each[node.name] for each in given]
        if isinstance(node.layer, Input):
            return [node.layer.encoded(codes, self.ambiguity) for codes in windows]
        if isinstance(node.layer, SideInput):
            return [np.zeros(known_axes(self.flow.shapes[node.name]), dtype=np.float32)] * len(mine)
        if node.name in self.pools:
            return [self.pools[node.name].cells(codes) for codes in windows]
        if isinstance(node.layer, Conv1D) and source is not None and source.name not in given[0]:
            assert isinstance(source.layer, Input)
            convolution = LetterConvolution(node.layer, source.layer.channels, self.ambiguity)
            return [convolution.forward(codes) for codes in windows]
        if isinstance(node.layer, Constant):
            return [node.layer.values] * len(mine)
        if all(mask is None for held in marked for mask in held):
            return node.layer.forward_together(inputs)
        return [node.layer.forward_masked(held, *read) for held, read in zip(marked, inputs, strict=True)]


def _checked(graph: Graph, side_inputs: SideValues, shapes: Mapping[str, Shape]) -> dict[str, Array]:
    """Return the numbers that are given, if each belongs to an input and is of its shape."""
    inputs = [node.name for node in graph.inputs]
    for name, numbers in side_inputs.items():
        if name not in inputs:
            raise NotFoundError(f"{graph.name} has no input '{name}'", remedy=f"its inputs are {', '.join(inputs)}")
        if numbers.shape != shapes[name]:
            raise ShapeError(
                f"numbers of shape {numbers.shape} were given",
                where=f"input {name}",
                remedy=f"its shape is {shapes[name]}",
            )
    return {name: np.ascontiguousarray(numbers, dtype=np.float32) for name, numbers in side_inputs.items()}
