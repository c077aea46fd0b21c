"""Where the values of any layer come from: the bases that could influence one, and those that it stands over.

The receptive field is followed backwards through the graph, position by position, so that gaps, padding and
branches of unlike reach are exact: it runs from the first base that could influence the value to the last. A
position counts as a whole, with all its channels: where two branches of unlike reach were laid side by side, each
channel has the reach of both. The alignment is how a layer is drawn over the sequence: a first base, a stride, and
a span.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..layers import Alignment, Input, Mask
from ..layers.shapes import axis_length
from .graph import Graph

__all__ = ["alignments", "positions_read", "receptive_field", "runs_along"]


def positions_read(graph: Graph, name: str, positions: Sequence[int], length: int) -> dict[str, Mask]:
    """Return which positions of every layer could influence some positions of one.

    Args:
        graph: The network.
        name: The node.
        positions: Indices of the first axis of its output: positions, or units where no length is left.
        length: The length of the input, in bases.

    Returns:
        A mask over the first axis of the output of every node that is read, the node itself first.

    Raises:
        NotFoundError: There is no such node.
        ShapeError: The node cannot be computed on an input of this length.
        IndexError: It has no such position.
    """
    target = graph[name]
    shapes = graph.shapes_of(name, length)
    wanted = np.zeros(axis_length(shapes[name]), dtype=np.bool_)
    for position in positions:
        if not 0 <= position < len(wanted):
            raise IndexError(f"position {position} of {len(wanted)}")
        wanted[position] = True
    read = {target.name: wanted}
    for node in reversed(graph.nodes):
        if node.name not in read or not node.inputs:
            continue
        found = node.layer.positions_read(read[node.name], *(shapes[each] for each in node.inputs))
        for each, mask in zip(node.inputs, found, strict=True):
            read[each] = read[each] | mask if each in read else mask
    return read


def receptive_field(graph: Graph, name: str, position: int, length: int) -> tuple[int, int]:
    """Return the bases that could influence a value, half-open: from the first to one past the last.

    Args:
        graph: The network.
        name: The node.
        position: An index of the first axis of its output: a position, or a unit where no length is left.
        length: The length of the input, in bases.

    Returns:
        (0, 0) where the value reads no base, such as one of padding only, or of another input.

    Raises:
        NotFoundError: There is no such node.
        ShapeError: The node cannot be computed on an input of this length.
        IndexError: It has no such position.
    """
    read = positions_read(graph, name, (position,), length)
    bases = np.zeros(length, dtype=np.bool_)
    for node in graph.inputs:
        if isinstance(node.layer, Input) and node.name in read:
            bases |= read[node.name]
    found = np.flatnonzero(bases)
    return (int(found[0]), int(found[-1]) + 1) if found.size else (0, 0)


def alignments(graph: Graph, length: int) -> dict[str, Alignment | None]:
    """Return how the length axis of every layer that can be computed lies over the bases.

    Args:
        graph: The network.
        length: The length of the input, in bases.

    Returns:
        By node, in the order of computation; None where a layer has no axis that runs along the bases.
    """
    shapes = graph.flow(length).shapes
    found: dict[str, Alignment | None] = {}
    for node in graph.nodes:
        if node.name in shapes:
            inputs = [found[name] for name in node.inputs]
            found[node.name] = node.layer.aligned(inputs, *(shapes[name] for name in node.inputs))
    return found


def runs_along(graph: Graph, name: str, length: int) -> bool:
    """Tell whether the first axis of a layer runs along the bases, in their direction.

    It does where an alignment is known; and where it is not, as behind attention or a resizing, if the letters reach
    the layer without being gathered into a row of units on the way. What a reshape makes of such units, tasks × classes
    say, does not.

    Args:
        graph: The network.
        name: The node.
        length: The length of the input, in bases.

    Raises:
        NotFoundError: There is no such node.
        ShapeError: The node cannot be computed on an input of this length.
    """
    wanted = graph[name].name
    shapes = graph.shapes_of(wanted, length)
    along: dict[str, bool] = {}
    for node in graph.nodes:
        if node.name in shapes:
            has_axis = len(shapes[node.name]) > 1 and axis_length(shapes[node.name]) > 1
            along[node.name] = isinstance(node.layer, Input) or (
                has_axis and any(along.get(each, False) for each in node.inputs)
            )
    return along[wanted] or alignments(graph, length).get(wanted) is not None
