"""Where numbers enter an ONNX graph: its inputs as those of any program of operators."""

from __future__ import annotations

from typing import Final

from ...errors import ModelError
from ...layers import Shape
from ..operators import entrances
from ..operators.assembly import Assembly, Tensor
from .messages import Declared, OnnxGraph
from .names import shown
from .stored import WHOLE

__all__ = ["add_inputs"]

_LONGEST: Final = 120


def add_inputs(assembly: Assembly, graph: OnnxGraph, channels: str | None) -> dict[str, Tensor]:
    """Add the inputs of a graph, the letters first.

    Args:
        assembly: Where they are added.
        graph: The graph.
        channels: The channel order that was asked for.

    Returns:
        The inputs by name.

    Raises:
        ModelError: None is a sequence of letters, or one has no shape.
    """
    names = {each.name: shown(each.name, _LONGEST) or "input" for each in graph.inputs}
    if len(set(names.values())) < len(graph.inputs):
        raise ModelError("two inputs have one name", where=assembly.source, remedy="export it again")
    given = [
        entrances.Entrance(
            names[each.name], _shape(assembly, each), each.kind in WHOLE, _rows(graph, each.name) or None
        )
        for each in graph.inputs
    ]
    found = entrances.add_inputs(assembly, given, channels)
    return {name: found[called] for name, called in names.items()}


def _shape(assembly: Assembly, declared: Declared) -> Shape:
    """Return the shape of an input with a batch of 1; None for each axis that is free."""
    where = assembly.where(shown(declared.name))
    if declared.shape is None or any(isinstance(size, int) and size < 0 for size in declared.shape):
        raise ModelError(
            "does not say what shape it has", where=where, remedy="export it with the shapes of its inputs"
        )
    sizes = tuple(size if isinstance(size, int) and size > 0 else None for size in declared.shape)
    if not sizes or sizes[0] == 1:
        return sizes
    if sizes[0] is not None and (len(sizes) > 2 or (len(sizes) == 2 and declared.kind in WHOLE)):
        raise ModelError(
            f"reads {sizes[0]} sequences at once",
            where=where,
            remedy="export it with a batch of 1, or with one that is free",
        )
    return (1, *sizes[1:]) if sizes[0] is None else sizes


def _rows(graph: OnnxGraph, name: str) -> int:
    """Return how many rows a table has that an input's numbers are looked up in; 0 where there is none."""
    names = {name}
    for node in graph.nodes:
        if node.operator in ("Cast", "Identity") and node.inputs[:1] and node.inputs[0] in names:
            names.update(node.outputs)
        if node.operator == "Gather" and len(node.inputs) == 2 and node.inputs[1] in names:
            table = graph.tensors.get(node.inputs[0])
            if table is not None and len(table.shape) == 2:
                return table.shape[0]
    return 0
