"""Every layer for one input window as arrays in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from numpy.typing import NDArray

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.layers import AdaptiveMaxPooling1D, Array, GlobalMaxPooling1D, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.writers.comments import ASSUMPTIONS, EDITS, WEIGHT_EDITS, assumption_array

__all__ = ["layer_arrays", "own_names"]

_SELECTION: Final = "selection/"
_SELECTS = MaxPooling1D | GlobalMaxPooling1D | AdaptiveMaxPooling1D
_LETTERS: Final = "one_hot"


def layer_arrays(reading: Reading, values: Mapping[str, Array]) -> dict[str, NDArray[Any]]:
    """Return what is written of a network, by the name it gets in the file.

    Args:
        reading: The model on its input window.
        values: The activations of its layers, by their names.

    Returns:
        Every layer's activations (float32) under the layer's name, without those that cannot be computed; the
        positions that every max pool selected (int64) under `selection/` and its name, the letters (float32) as
        `one_hot`, what was edited as `edits` and `weight_edits`, and what had to be assumed as `assumptions`, where
        anything was; see `own_names`.
    """
    model = reading.model
    names = own_names(model)
    named: dict[str, NDArray[Any]] = {**values}
    for node in model.nodes:
        if node.name in values and isinstance(node.layer, _SELECTS):
            named[names[f"{_SELECTION}{node.name}"]] = node.layer.selections(values[node.inputs[0]])
    named[names[_LETTERS]] = values[model.nodes[0].name]
    said = assumption_array(assumptions_of(reading), reading.edit_names, reading.model.weight_names)
    named |= {names[name]: array for name, array in said.items()}
    return named


def own_names(model: Model) -> dict[str, str]:
    """Return what the arrays that are no layer's are called: as usual, or with a number where a layer is called so.

    Args:
        model: The network.

    Returns:
        For `selection/` and the name of every max pool, for `one_hot`, `assumptions`, `edits` and `weight_edits`, the
        name in the file.
    """
    usual = [f"{_SELECTION}{node.name}" for node in model.nodes if isinstance(node.layer, _SELECTS)]
    taken = {node.name for node in model.nodes}
    names: dict[str, str] = {}
    for name in (*usual, _LETTERS, ASSUMPTIONS, EDITS, WEIGHT_EDITS):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        names[name] = free
    return names
