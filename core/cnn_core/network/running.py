"""Runs a network: every node's activations, in the order of computation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFoundError, ShapeError
from ..layers import Array, Constant, Conv1D, Input, Mask, Shape, SideInput
from ..layers.shapes import known_axes
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import Ambiguity
from .graph import Flow, Graph, Node

__all__ = ["masks_of", "run_model", "run_together"]


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
    given = _checked(graph, side_inputs or {}, flow.shapes)
    values: dict[str, Array] = {}
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        _run_nodes(graph, [codes], Ambiguity(ambiguity), flow, given, [values], [{}])
    return values


def run_together(
    graph: Graph,
    windows: Sequence[NDArray[np.uint8]],
    ambiguity: Ambiguity | str = Ambiguity.ZERO,
    *,
    kept: Collection[str],
) -> list[dict[str, Array]]:
    """Return some nodes' activations on several input windows; recurrent layers take each step for all at once.

    Args:
        graph: The network; inputs that are not letters are zeros.
        windows: Their letters, at least one window, all of one length.
        ambiguity: What an ambiguous letter becomes.
        kept: The names of the nodes; the activations of others are dropped once no later node needs them.

    Returns:
        What `run_model` gives for each window, to 1e-5 of the layer's scale.

    Raises:
        CnnError: See `run_model`.
    """
    flow = graph.flow(len(windows[0]))
    if flow.misfit is not None:
        raise flow.misfit
    values: list[dict[str, Array]] = [{} for _ in windows]
    with np.errstate(invalid="ignore"):
        _run_nodes(graph, windows, Ambiguity(ambiguity), flow, {}, values, [{} for _ in windows], kept)
    return [{name: each[name] for name in kept} for each in values]


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


def _run_nodes(
    graph: Graph,
    windows: Sequence[NDArray[np.uint8]],
    ambiguity: Ambiguity,
    flow: Flow,
    given: dict[str, Array],
    values: list[dict[str, Array]],
    masks: list[dict[str, Mask | None]],
    kept: Collection[str] | None = None,
) -> None:
    """Add every node's activations and masks, in the order of computation; those that are kept stay."""
    last_reader = {name: node.name for node in graph.nodes for name in node.inputs}
    for node in graph.nodes:
        if node.name in flow.unavailable:
            continue
        inputs = [[each[name] for name in node.inputs] for each in values]
        marked = [[each[name] for name in node.inputs] for each in masks]
        computed = _computed(graph, node, windows, ambiguity, flow, given, inputs, marked)
        for mine, each, value, held, read in zip(values, masks, computed, marked, inputs, strict=True):
            mine[node.name] = value
            each[node.name] = node.layer.output_mask(held, *read)
            for name in node.inputs:
                if kept is not None and name not in kept and last_reader[name] == node.name:
                    mine.pop(name, None)


def _computed(
    graph: Graph,
    node: Node,
    windows: Sequence[NDArray[np.uint8]],
    ambiguity: Ambiguity,
    flow: Flow,
    given: dict[str, Array],
    inputs: list[list[Array]],
    marked: list[list[Mask | None]],
) -> list[Array]:
    """Return a node's activations, window by window."""
    letters = graph.letters_of(node)
    if node.name in given:
        return [given[node.name]] * len(windows)
    if isinstance(node.layer, Input):
        return [node.layer.encoded(codes, ambiguity) for codes in windows]
    if isinstance(node.layer, SideInput):
        return [np.zeros(known_axes(flow.shapes[node.name]), dtype=np.float32)] * len(windows)
    if isinstance(node.layer, Conv1D) and letters is not None and node.inputs[0] not in given:
        convolution = LetterConvolution(node.layer, letters.channels, ambiguity)
        return [convolution.forward(codes) for codes in windows]
    if isinstance(node.layer, Constant):
        return [node.layer.values] * len(windows)
    if all(mask is None for held in marked for mask in held):
        return node.layer.forward_together(inputs)
    return [node.layer.forward_masked(held, *read) for held, read in zip(marked, inputs, strict=True)]


def _checked(
    graph: Graph, side_inputs: Mapping[str, NDArray[np.generic]], shapes: dict[str, Shape]
) -> dict[str, Array]:
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
