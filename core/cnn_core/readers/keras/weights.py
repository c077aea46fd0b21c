"""Which tensors of a file belong to which layer.

Three ages, three ways. The tree of Keras 2.12 and later names its groups by class and counts them in layer order:
they are not the layers' own names. The legacy files of Keras 1 to 3 list a layer's tensors in `weight_names`, and a
nested model's all together, first what it trained and then what it kept. Keras 0.3 numbers everything.

Sources: `keras/src/saving/saving_lib.py` and `keras/src/legacy/saving/legacy_h5_format.py` of Keras 3,
`keras/engine/saving.py` of Keras 2.2.4, `keras/models.py` of Keras 0.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ...errors import ModelError
from ..tensors import StoredTensor
from .hdf5 import Hdf5File
from .layer_classes import CLASSES
from .layer_config import LayerConfig, Network
from .plans import plan

__all__ = [
    "LayerPath",
    "LayerTensors",
    "ancient_weights",
    "every_leaf",
    "legacy_weights",
    "texts",
    "tree_weights",
    "weight_names",
]

LayerPath = tuple[str, ...]
"""The names of the nested models that a layer stands in, and its own."""
LayerTensors = dict[LayerPath, tuple[StoredTensor, ...]]
"""The tensors of every layer, in the order in which Keras stores them."""

_MATCH: Final = "give the architecture that these weights were trained with"


def tree_weights(file: Hdf5File, network: Network, warnings: list[str]) -> LayerTensors:
    """Return the tensors of every layer in the tree of `model.weights.h5`.

    Args:
        file: The weights.
        network: The model.
        warnings: Where a doubt is added.
    """
    found: LayerTensors = {}
    _branch(file, network, "", (), found, warnings)
    return found


def _branch(
    file: Hdf5File, network: Network, group: str, path: LayerPath, found: LayerTensors, warnings: list[str]
) -> None:
    used: dict[str, int] = {}
    parent = _joined(group, "layers")
    if parent not in file:
        # Keras 2.12 and 2.13 called it otherwise in some models.
        parent = _joined(group, "_layer_checkpoint_dependencies")
    siblings = {
        file.attributes(f"{parent}/{name}/vars").get("name")
        for name in file.members(parent)
        if f"{parent}/{name}/vars" in file
    }
    for layer in network.layers:
        if layer.is_operation:
            continue
        name = _snake_case(layer.stored_class)
        used[name] = used.get(name, -1) + 1
        inner = f"{parent}/{name}_{used[name]}" if used[name] else f"{parent}/{name}"
        stored = file.attributes(f"{inner}/vars").get("name") if f"{inner}/vars" in file else None
        if stored not in (None, layer.name) and layer.name in siblings:
            warnings.append(
                f"layer {layer.name} was given the weights that the file keeps for a layer called {stored}, since the"
                " two are of one class and stand at one place"
            )
        if layer.network is not None:
            _branch(file, layer.network, inner, (*path, layer.name), found, warnings)
        else:
            found[*path, layer.name] = tuple(_leaf(file, layer, inner))


def _leaf(file: Hdf5File, layer: LayerConfig, group: str) -> Iterator[StoredTensor]:
    """Yield the tensors of a layer, wrapped or not."""
    row = CLASSES.get(layer.class_name)
    if layer.inner is not None and row is not None and row.wraps:
        for side in row.wraps:
            yield from _leaf(file, layer.inner, f"{group}/{side}")
    elif row is not None and row.has_cell and file.members(f"{group}/cell/vars"):
        yield from _variables(file, f"{group}/cell/vars")
    elif row is not None and row.parts:
        for part in row.parts:
            # Keras 2 kept the underscore of the attribute.
            known = next((each for each in (part, f"_{part}") if f"{group}/{each}/vars" in file), part)
            yield from _variables(file, f"{group}/{known}/vars")
    elif plan(layer) is None:
        yield from (tensor for path, tensor in file.tensors.items() if path.startswith(f"{group}/"))
    else:
        yield from _variables(file, f"{group}/vars")


def _variables(file: Hdf5File, group: str) -> Iterator[StoredTensor]:
    """Yield the tensors that a group numbers, by number: as text, 10 would stand before 2."""
    numbers = sorted(int(name) for name in file.members(group) if name.isdecimal() and len(name) < 9)
    for number in numbers:
        if f"{group}/{number}" in file.tensors:
            yield file.tensors[f"{group}/{number}"]


def legacy_weights(file: Hdf5File, group: str, network: Network, warnings: list[str]) -> LayerTensors:
    """Return the tensors of every layer by the lists of `layer_names` and `weight_names`.

    Args:
        file: The file.
        group: The group of the lists: `model_weights`, or the root of a file of weights alone.
        network: The model.
        warnings: Where a doubt is added.

    Raises:
        ModelError: A tensor that is listed is missing, or there are weights for another number of layers.
    """
    stored: list[tuple[str, tuple[StoredTensor, ...]]] = []
    for name in texts(file, group, "layer_names"):
        inner = _joined(group, name)
        tensors = tuple(_listed(file, inner, weight) for weight in texts(file, inner, "weight_names"))
        if tensors:
            stored.append((name, tensors))
    found: LayerTensors = {}
    for (path, layer), tensors in _matched(stored, network, file.source, warnings):
        if layer.network is None:
            found[path] = tensors
        else:
            found |= _shared_out(layer.network, path, tensors, file.source, warnings)
    return found


def weight_names(file: Hdf5File, group: str) -> tuple[str, ...]:
    """Return what `weight_names` calls the weights of all layers.

    Args:
        file: The file.
        group: The group of the lists.
    """
    layers = (_joined(group, name) for name in texts(file, group, "layer_names"))
    return tuple(name for layer in layers for name in texts(file, layer, "weight_names"))


def texts(file: Hdf5File, group: str, name: str) -> tuple[str, ...]:
    """Return a list of texts that stands beside a group, in one attribute or cut into several.

    Args:
        file: The file.
        group: The group's path.
        name: The attribute's name; `layer_names0` and so on are its parts.
    """
    attributes = file.attributes(group) if group in file else {}
    parts = [attributes[name]] if name in attributes else []
    while not name[-1:].isdecimal() and f"{name}{len(parts)}" in attributes and name not in attributes:
        parts.append(attributes[f"{name}{len(parts)}"])
    return tuple(text for part in parts if isinstance(part, tuple) for text in part)


def _listed(file: Hdf5File, group: str, name: str) -> StoredTensor:
    path = _joined(group, name.strip("/"))
    if path not in file.tensors:
        raise ModelError(
            f"lists the tensor {name}, which is not there",
            where=f"{file.source}, group /{group}",
            remedy="copy or download the file again",
        )
    return file.tensors[path]


_Place = tuple[LayerPath, LayerConfig]


def _matched(
    stored: Sequence[tuple[str, tuple[StoredTensor, ...]]], network: Network, source: str, warnings: list[str]
) -> Iterator[tuple[_Place, tuple[StoredTensor, ...]]]:
    """Pair the stored groups with layers: by name where all agree, otherwise by order, as Keras does."""
    whole: list[_Place] = [((layer.name,), layer) for layer in network.layers]
    # Keras 1 stores the layers of a stack within a stack each for itself.
    flat = list(_flattened(network, ()))
    for places in (whole, flat):
        by_name = {path[-1]: (path, layer) for path, layer in places}
        if len(by_name) == len(places) and all(name in by_name for name, _ in stored):
            yield from ((by_name[name], tensors) for name, tensors in stored)
            return
    for places in (whole, flat):
        for unknown_too in (True, False):
            weighted = [(path, layer) for path, layer in places if _is_weighted(layer, unknown_too=unknown_too)]
            if len(weighted) == len(stored):
                warnings.append(
                    "the weights and the architecture call the layers by other names, so they were matched in order"
                )
                yield from zip(weighted, (tensors for _, tensors in stored), strict=True)
                return
    expected = sum(_is_weighted(layer, unknown_too=True) for layer in network.layers)
    raise ModelError(
        f"holds weights for {len(stored)} layers, and the architecture has {expected} that need some",
        where=source,
        remedy=_MATCH,
    )


def _flattened(network: Network, path: LayerPath) -> Iterator[_Place]:
    for layer in network.layers:
        if layer.network is not None and layer.network.is_sequential:
            yield from _flattened(layer.network, (*path, layer.name))
        else:
            yield (*path, layer.name), layer


def _is_weighted(layer: LayerConfig, *, unknown_too: bool) -> bool:
    if layer.network is not None:
        return any(_is_weighted(each, unknown_too=unknown_too) for each in layer.network.layers)
    variables = plan(layer)
    return unknown_too if variables is None else bool(variables.names)


def every_leaf(network: Network, path: LayerPath) -> Iterator[_Place]:
    """Yield every layer that is no nested model, and the path to it.

    Args:
        network: The model.
        path: What it is nested in.
    """
    for layer in network.layers:
        if layer.network is not None:
            yield from every_leaf(layer.network, (*path, layer.name))
        else:
            yield (*path, layer.name), layer


def _shared_out(
    network: Network, path: LayerPath, tensors: tuple[StoredTensor, ...], source: str, warnings: list[str]
) -> LayerTensors:
    """Return which of a nested model's tensors belong to which of its layers.

    Their order says it, and their names are a second witness.
    """
    leaves = list(every_leaf(network, path))
    ordered = _in_order(leaves, tensors)
    named = _by_name(leaves, tensors)
    if ordered is None and named is None:
        raise ModelError(
            f"holds {len(tensors)} tensors that cannot be shared out among its layers",
            where=f"{source}, layer {'/'.join(path)}",
            remedy=_MATCH,
        )
    if ordered is None:
        assert named is not None, "one of the two is there"
        return named
    if named is not None and named != ordered:
        warnings.append(
            f"the tensors of layer {'/'.join(path)} were shared out by their names, which their order contradicts"
        )
        return named
    return ordered


def _in_order(leaves: Sequence[_Place], tensors: tuple[StoredTensor, ...]) -> LayerTensors | None:
    """Share tensors out, first what was trained and then what was kept; a frozen layer's are all kept."""
    counts = []
    for path, layer in leaves:
        variables = plan(layer)
        if variables is None:
            return None
        trained = len(variables.trained) if layer.trainable else 0
        counts.append((path, trained, len(variables.names) - trained))
    if sum(trained + kept for _, trained, kept in counts) != len(tensors):
        return None
    found: LayerTensors = {}
    rest = list(tensors)
    for path, trained, _ in counts:
        found[path], rest = tuple(rest[:trained]), rest[trained:]
    for path, _, kept in counts:
        found[path], rest = (*found[path], *rest[:kept]), rest[kept:]
    return found


def _by_name(leaves: Sequence[_Place], tensors: tuple[StoredTensor, ...]) -> LayerTensors | None:
    """Share tensors out by the layer that their name holds; None unless each names exactly one."""
    found: LayerTensors = {path: () for path, _ in leaves}
    names: dict[str, list[LayerPath]] = {}
    for path, _ in leaves:
        names.setdefault(path[-1], []).append(path)
    for tensor in tensors:
        parts = tensor.name.split("/")
        # The last part is the variable; a recurrent layer's cell stands between, and so does what is wrapped.
        owner = next((part for part in reversed(parts[:-1]) if part in names), None)
        candidates = [
            path for path in names.get(owner or "", []) if all(part in parts for part in path[-2:-1])
        ] or names.get(owner or "", [])
        if len(candidates) != 1:
            return None
        found[candidates[0]] += (tensor,)
    for path, layer in leaves:
        variables = plan(layer)
        if variables is not None and len(variables.names) != len(found[path]):
            return None
    return found


def ancient_weights(file: Hdf5File, network: Network) -> LayerTensors:
    """Return the tensors of every layer by the numbers of Keras 0.3: `layer_2/param_0`, or `graph/param_0`.

    Args:
        file: The file.
        network: The model.

    Raises:
        ModelError: There are weights for another number of layers, or for a layer too many or too few.
    """
    if "graph" in file:
        return _numbered(file, "graph", list(every_leaf(network, ())))
    units: list[list[_Place]] = []
    for layer in network.layers:
        if layer.class_name == "InputLayer":
            continue
        inner = layer.network
        places: list[_Place] = [((layer.name,), layer)] if inner is None else list(every_leaf(inner, (layer.name,)))
        units.append(places)
        if layer.stored_class == "Merge" and len(layer.calls[0].inputs) == len(units) - 1:
            # The branches of a Merge that begins a stack are part of it.
            units = [[place for unit in units for place in unit]]
    count = file.attributes("").get("nb_layers")
    if count != len(units):
        raise ModelError(
            f"holds {count} layers, and the architecture has {len(units)}", where=file.source, remedy=_MATCH
        )
    found: LayerTensors = {}
    for number, unit in enumerate(units):
        found |= _numbered(file, f"layer_{number}", unit)
    return found


def _numbered(file: Hdf5File, group: str, places: Sequence[_Place]) -> LayerTensors:
    """Share the parameters of a group out among layers, all of one before those of the next."""
    names = file.members(group)
    tensors = [
        file.tensors[f"{group}/param_{number}"]
        for number in range(len(names))
        if f"{group}/param_{number}" in file.tensors
    ]
    plans = [(path, plan(layer)) for path, layer in places]
    unknown = sum(variables is None for _, variables in plans)
    rest = len(tensors) - sum(len(variables.names) for _, variables in plans if variables is not None)
    if len(tensors) != len(names) or rest < 0 or unknown > 1 or (rest and not unknown):
        raise ModelError(
            f"holds {len(names)} parameters for {', '.join('/'.join(path) for path, _ in plans)}, which need "
            f"{len(names) - rest}",
            where=f"{file.source}, group /{group}",
            remedy=_MATCH,
        )
    found: LayerTensors = {}
    for path, variables in plans:
        count = rest if variables is None else len(variables.names)
        found[path], tensors = tuple(tensors[:count]), tensors[count:]
    return found


def _joined(group: str, name: str) -> str:
    return f"{group}/{name}" if group else name


def _snake_case(class_name: str) -> str:
    """Return the name of a class's groups, as Keras makes it: `GlobalMaxPooling1D` is `global_max_pooling1d`."""
    name = re.sub(r"\W+", "", class_name.rpartition(">")[2])
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
