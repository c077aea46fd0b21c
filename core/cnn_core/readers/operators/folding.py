"""Constants: what depends on no input is computed while a file is read, and bounded before it is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ...network.graph import check_size
from .assembly import Assembly, Constant, Given, Missing, Picks, Tensor, Unsupported

__all__ = ["MOST_CONSTANTS", "bounded", "folded", "is_constant"]

MOST_CONSTANTS: Final = 1 << 24
"""Values that a constant may have which is computed while a file is read."""


def bounded(shape: Sequence[object]) -> tuple[int, ...]:
    """Return the shape of a constant that is to be made, if it is not too large.

    Raises:
        Unsupported: It is too large, or depends on the input.
    """
    sizes = tuple(size for size in shape if isinstance(size, int) and not isinstance(size, bool) and size >= 0)
    if len(sizes) < len(shape):
        raise Unsupported("it makes a constant whose shape depends on the input")
    if math.prod(sizes) > MOST_CONSTANTS:
        raise Unsupported(f"it makes a constant of {math.prod(sizes):,} values, which are too many")
    return sizes


def is_constant(arguments: object) -> bool:
    """Tell whether tensors are among some arguments, and all of them are constants."""
    found = [*_tensors(arguments)]
    return bool(found) and all(isinstance(each, np.ndarray) for each in found)


def _tensors(arguments: object) -> Sequence[object]:
    if isinstance(arguments, Tensor | np.ndarray | Missing | Picks):
        return [arguments]
    if isinstance(arguments, dict):
        arguments = [*arguments.values()]
    if isinstance(arguments, list | tuple):
        return [found for each in arguments for found in _tensors(each)]
    return []


def folded(function: Callable[..., Given | tuple[Given, ...]], *arguments: Any, **named: Any) -> Any:
    """Return what a function of operators makes of constants, as constants.

    It is built of layers as for an input, and these are computed at once, in float32.

    Args:
        function: The function; it takes an assembly first.
        arguments: Its arguments.
        named: Its named arguments.

    Raises:
        Unsupported: It cannot be computed, or is too large.
    """
    aside = Assembly("")
    aside.begin("constant", "constant")
    given = function(aside, *arguments, **named)
    values: dict[str, Constant] = {}
    for node in aside.nodes:
        layer: Any = node.layer
        shapes = [values[name].shape for name in node.inputs]
        if check_size(layer.output_shape(*shapes)) > MOST_CONSTANTS:
            raise Unsupported("it computes with constants that are too large")
        values[node.name] = layer.forward(*(values[name] for name in node.inputs))
    several = given if isinstance(given, tuple) else (given,)
    found = tuple(_as_constant(each, values) for each in several)
    return found if isinstance(given, tuple) else found[0]


def _as_constant(given: Given, values: dict[str, Constant]) -> Given:
    if not isinstance(given, Tensor):
        return given if isinstance(given, np.ndarray | Missing) else Missing("it is made of constants alone")
    array = values[given.node]
    order = [axis for axis in given.layout if axis is not None]
    turned = array.transpose([*order, *(axis for axis in range(array.ndim) if axis not in order)])
    return turned.reshape([1 if axis is None else array.shape[axis] for axis in given.layout])
