"""Runs a network: every node's activations, in the order of computation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFoundError, ShapeError
from ..layers import Array, Conv1D, Input, Mask, Shape, SideInput
from ..layers.shapes import known_axes
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import Ambiguity
from .graph import Flow, Graph

__all__ = ["masks_of", "run_model"]


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
    masks: dict[str, Mask | None] = {}
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        _run_nodes(graph, codes, Ambiguity(ambiguity), flow, given, values, masks)
    return values


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
    codes: NDArray[np.uint8],
    ambiguity: Ambiguity,
    flow: Flow,
    given: dict[str, Array],
    values: dict[str, Array],
    masks: dict[str, Mask | None],
) -> None:
    """Add every node's activations and masks, in the order of computation."""
    for node in graph.nodes:
        if node.name in flow.unavailable:
            continue
        inputs = [values[name] for name in node.inputs]
        marked = [masks[name] for name in node.inputs]
        letters = graph.letters_of(node)
        if node.name in given:
            values[node.name] = given[node.name]
        elif isinstance(node.layer, Input):
            values[node.name] = node.layer.encoded(codes, ambiguity)
        elif isinstance(node.layer, SideInput):
            values[node.name] = np.zeros(known_axes(flow.shapes[node.name]), dtype=np.float32)
        elif isinstance(node.layer, Conv1D) and letters is not None and node.inputs[0] not in given:
            values[node.name] = LetterConvolution(node.layer, letters.channels, ambiguity).forward(codes)
        elif all(mask is None for mask in marked):
            values[node.name] = node.layer.forward(*inputs)
        else:
            values[node.name] = node.layer.forward_masked(marked, *inputs)
        masks[node.name] = node.layer.output_mask(marked, *inputs)


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
