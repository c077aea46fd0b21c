"""Which positions hold data, as Keras 3 writes it down beside every layer that asks.

Keras 3 works masks out with functions of `keras.ops` that stand in the graph: `NotEqual`, `Any` and `LogicalOr`, and
`ConvertToTensor` where an Attention hands one on. Here a layer's input carries its mask by itself. Both are told as the
marks that a mask is the union of, and only where they agree is the mask that the file states the one that is computed.
"""

from __future__ import annotations

from typing import Final

from .assembly import Mark, Tensor
from .calls import Call
from .layer_config import LayerConfig, Network

__all__ = ["Marks", "marks_of", "mask_operations"]

_LAST_AXIS: Final = (-1, [-1])
_SAME: Final = "ConvertToTensor"
_FUNCTIONS: Final = ("NotEqual", "Any", "LogicalOr", _SAME)

Marks = dict[tuple[str, int], frozenset[Mark]]
"""What the output of each call of a mask's function is the union of."""


def mask_operations(network: Network) -> set[str]:
    """Return the functions that do nothing but work out the mask of a Masking or an Embedding.

    They say what those layers say, and are no nodes of their own.

    Args:
        network: The model.
    """
    sources = {
        (reference.layer, reference.call)
        for layer in network.layers
        if layer.class_name == "Masking" or (layer.class_name == "Embedding" and layer.settings.get("mask_zero"))
        for call in layer.calls
        for reference in call.inputs
    }
    found: set[str] = set()
    for wanted in _FUNCTIONS:
        # A LogicalOr may read one that the file has after it.
        for layer in (*network.layers, *network.layers) if wanted == "LogicalOr" else network.layers:
            if layer.is_operation and layer.class_name == wanted and layer.calls:
                read = {(each.layer, each.call) for call in layer.calls for each in call.inputs}
                if read and (read <= sources if wanted == "NotEqual" else {name for name, _ in read} <= found):
                    found.add(layer.name)
    # What a layer computes with, or what the model gives, is more than a mask; and so is what that is made of.
    layers = {layer.name: layer for layer in network.layers}
    used = [each.layer for each in network.outputs]
    used += [
        each.layer
        for layer in network.layers
        if layer.name not in found
        for call in layer.calls
        for each in call.inputs
    ]
    while used:
        name = used.pop()
        if name in found:
            found.remove(name)
            used += [each.layer for call in layers[name].calls for each in call.inputs]
    return found


def marks_of(layer: LayerConfig, call: Call, read: list[Tensor | None], known: Marks) -> frozenset[Mark]:
    """Return what the output of a mask's function is the union of; nothing where it is no such mask.

    Args:
        layer: The function.
        call: One call of it.
        read: What it reads, None for what is no node.
        known: The marks of the calls before.
    """
    if not layer.is_operation:
        return frozenset()
    if layer.class_name == "NotEqual" and len(read) == 1 and len(call.constants) == 1:
        tensor, value = read[0], call.constants[0]
        if tensor is None or isinstance(value, bool) or not isinstance(value, int | float):
            return frozenset()
        return frozenset({(tensor.node, float(value))})
    marks = [known.get((each.layer, each.call), frozenset()) for each in call.inputs]
    if layer.class_name == "Any" and len(marks) == 1 and layer.settings.get("axis") in _LAST_AXIS:
        return marks[0] if not layer.settings.get("keepdims") else frozenset()
    if layer.class_name == _SAME and len(marks) == 1:
        return marks[0]
    if layer.class_name == "LogicalOr" and len(marks) == 2 and all(marks):
        return marks[0] | marks[1]
    return frozenset()
