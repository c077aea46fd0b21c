"""What a response goes through before its pool reads it: the functions of a block, composed to one."""

from __future__ import annotations

import numpy as np

from ..layers import ActivationFunction, Array, Convolution1D, Pointwise, activation_function
from .block import Block
from .graph import Graph, Node

__all__ = ["block_under", "composed", "floors_of", "functions_of"]

Functions = tuple[ActivationFunction, ...]


def block_under(graph: Graph, pool: Node) -> Block:
    """Return a pool's block: what it reads, behind layers that change each position for itself.

    Args:
        graph: The network.
        pool: The pool. What stands in the convolution's place may be any layer.
    """
    between: list[str] = []
    source = graph[pool.inputs[0]]
    while isinstance(source.layer, Pointwise) and source.layer.function() is not None:
        between.insert(0, source.name)
        source = graph[source.inputs[0]]
    return Block(source.name, tuple(between), pool.name)


def functions_of(graph: Graph, block: Block, only: int | None = None) -> Functions:
    """Return the functions between the responses of a block and its pool, in order, the linear ones left out.

    Args:
        graph: The network.
        block: One of its blocks.
        only: The one filter whose responses they are given, or None for all.
    """
    conv = graph[block.conv].layer
    assert isinstance(conv, Convolution1D)
    functions = [activation_function(conv.activation)]
    for name in block.between:
        layer = graph[name].layer
        assert isinstance(layer, Pointwise)
        function = layer.function(only)
        assert function is not None
        functions.append(function)
    return tuple(function for function in functions if function.name != "linear")


def composed(functions: Functions, filters: int) -> ActivationFunction:
    """Return functions as one.

    Args:
        functions: The functions, the first to be applied first.
        filters: How many filters they are given.
    """
    if not functions:
        return activation_function("linear")
    if len(functions) == 1:
        return functions[0]

    def applied(responses: Array) -> Array:
        for function in functions:
            responses = function(responses)
        return responses

    floors = floors_of(functions, filters)
    same = floors is not None and bool((floors == floors[0]).all())
    return ActivationFunction(
        " → ".join(function.name for function in functions),
        applied,
        float(floors[0]) if floors is not None and same else None,
        all(function.elementwise for function in functions),
        rising=all(function.rising for function in functions),
        parts=functions,
    )


def floors_of(functions: Functions, filters: int) -> Array | None:
    """Return what the lowest responses of each filter become, or None where no function has a floor.

    Behind a batch normalisation each filter has a floor of its own, and where that turns a filter's sign its lowest
    responses become the highest.

    Args:
        functions: The functions, the first to be applied first.
        filters: How many filters they are given.

    Returns:
        Shape (filters,).
    """
    floors: Array | None = None
    for function in functions:
        if floors is not None and function.elementwise:
            floors = function(floors[None])[0]
        elif function.floor is not None:
            floors = np.full(filters, function.floor, dtype=np.float32)
        elif floors is not None and function.between is not None:
            # What takes values together keeps the floor where no others can bring one below what it gives them.
            lowest = function.between(floors[None], np.full_like(floors[None], np.inf))[0][0]
            floors = lowest if (lowest == function(floors[None])[0]).all() else None
        else:
            floors = None
    return floors
