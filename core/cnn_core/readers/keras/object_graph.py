"""Which variables of a TensorFlow checkpoint belong to which layer, by the objects of the program that saved it.

A network calls its layers `layer-0`, `layer-1` and so on, in the order of its configuration; a layer calls its
variables `kernel`, `bias` and so on, and the layers that it wraps `layer`, `forward_layer` or `cell`.

Source: `keras/src/engine/functional.py` (`_layer_checkpoint_dependencies`) of Keras 2.15.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..tensors import StoredTensor
from .bundle import Bundle
from .layer_config import LayerConfig, Network
from .plans import plan
from .weights import LayerPath, LayerTensors, every_leaf

__all__ = ["bundle_weights"]

_CELL: Final = "cell"
_OTHERWISE: Final = {"kernel": "depthwise_kernel"}
"""What an attribute is called in some classes."""


def bundle_weights(bundle: Bundle, network: Network, warnings: list[str]) -> LayerTensors:
    """Return the variables of every layer of a network.

    Args:
        bundle: The checkpoint.
        network: The network.
        warnings: Where a doubt is added.
    """
    if not bundle.objects:
        return _by_name(bundle, network)
    found: LayerTensors = {}
    _network(bundle, network, 0, (), found, warnings)
    return found


def _network(
    bundle: Bundle, network: Network, node: int, path: LayerPath, found: LayerTensors, warnings: list[str]
) -> None:
    # A stack does not count its input.
    layers = [each for each in network.layers if not (network.is_sequential and each.class_name == "InputLayer")]
    children = bundle.objects[node].children
    for number, layer in enumerate(layers):
        inside = (*path, layer.name)
        at = children.get(f"layer-{number}", children.get(layer.name))
        if at is None:
            found[inside] = ()
        elif layer.network is not None:
            _network(bundle, layer.network, at, inside, found, warnings)
        else:
            names: list[str] = []
            found[inside] = tuple(_variables(bundle, layer, at, names))
            if names and not any(layer.name in name.split("/") for name in names):
                warnings.append(f"layer {layer.name} was given the weights that the file calls {names[0]}")


def _variables(bundle: Bundle, layer: LayerConfig, at: int, names: list[str]) -> Iterator[StoredTensor]:
    """Yield a layer's variables in Keras's order; their names are added."""
    variables = plan(layer)
    wanted = [] if variables is None else [_at(bundle, at, name.split("/")) for name in variables.names]
    places = [each for each in wanted if each is not None]
    if variables is None or len(places) < len(wanted):
        # A SavedModel also lists them, in the order in which Keras made them.
        listed = bundle.objects[at].children.get("variables")
        children = {} if listed is None else bundle.objects[listed].children
        places = [children[key] for key in sorted((key for key in children if key.isdecimal()), key=int)]
    for place in places:
        each = bundle.objects[place]
        if each.key in bundle.keyed:
            names.append(each.name)
            yield bundle.keyed[each.key]


def _at(bundle: Bundle, node: int, steps: list[str]) -> int | None:
    """Return the object that some steps lead to, through the cells of recurrent layers."""
    for step in steps:
        children = bundle.objects[node].children
        if step not in children and _CELL in children:
            children = bundle.objects[children[_CELL]].children
        found = children.get(step, children.get(_OTHERWISE.get(step, "")))
        if found is None:
            return None
        node = found
    return node if bundle.objects[node].key else None


def _by_name(bundle: Bundle, network: Network) -> LayerTensors:
    """Share variables out by the names of the layers in theirs, as TensorFlow 1 wrote them."""
    found: LayerTensors = {}
    for path, layer in every_leaf(network, ()):
        variables = plan(layer)
        mine = {
            name.rpartition("/")[2]: tensor
            for name, tensor in bundle.tensors.items()
            if layer.name in name.split("/")[:-1]
        }
        wanted = [*mine] if variables is None else [name.rpartition("/")[2] for name in variables.names]
        found[path] = tuple(mine[name] for name in wanted if name in mine)
    return found
