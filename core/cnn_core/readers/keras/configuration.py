"""The configuration of a model, of any age, as one form: networks of layers, each with its settings and its calls.

Four shapes are read: Keras 0.3's nested layers (`{"name": "Sequential", "layers": […]}` and `Graph`), the list of
layers of Keras 1, and the functional graphs of Keras 1 to 3, whose references are `["conv1d", 0, 0, {}]` or, from
Keras 3 on, tensors with a `keras_history`. A layer of several inputs, a shared layer or a nested model is then no
special case: a layer is called once or more, and each call names the tensors that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from ...errors import ModelError, shorten
from .calls import Call, TensorRef, call_of, references
from .layer_classes import CLASSES
from .layer_config import LayerConfig, Network
from .settings import modern, qualified
from .text import Json, word

__all__ = ["Configuration", "read_configuration"]

_NETWORKS: Final = ("Sequential", "Functional", "Model", "Graph")
_DEEPEST: Final = 12
_WITH_DTYPE: Final = ("Cast", "ConvertToTensor", "Cumsum", "Prod")
_FUNCTIONS: Final = ("activation", "recurrent_activation")
_BACKWARD: Final = "backward_layer"
_MOST_LAYERS: Final = 20_000
_REWRITE: Final = "write the file again with Keras"


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """A whole configuration.

    Attributes:
        network: The model.
        version: The version of Keras that wrote it, such as 2.2.4; otherwise empty.
        backend: What it ran on, such as theano; otherwise empty.
        is_ancient: Whether it is in the form of Keras 0.3 and before.
        own_class: The class of the model where it is the author's own; otherwise empty.
    """

    network: Network
    version: str = ""
    backend: str = ""
    is_ancient: bool = False
    own_class: str = ""


def read_configuration(config: Json, source: str) -> Configuration:
    """Return a model's configuration in the one form.

    Args:
        config: What `model.to_json()` wrote, or `config.json` or `model_config` of a model file.
        source: What it is, for error texts.

    Raises:
        ModelError: It is not the configuration of a model, holds too many layers, or a part of it is not what Keras
            writes; the message names the layer.
    """
    reader = _Reader(source)
    ancient = "class_name" not in config and isinstance(config.get("name"), str)
    if ancient:
        network = reader.network(word(config, "name", source), config, "model", 0)
    else:
        if "class_name" not in config and "config" not in config:
            raise ModelError(
                "is not the configuration of a model",
                where=source,
                remedy="it has a class_name and a config, as model.to_json() writes them",
            )
        class_name, inner = word(config, "class_name", source), config.get("config")
        # A class derived from Model keeps its form where it has one; its own code is not run.
        functional = isinstance(inner, dict) and "input_layers" in inner
        if class_name not in _NETWORKS and not functional:
            raise ModelError(
                f"describes a {class_name} rather than a model of layers",
                where=source,
                remedy="a Sequential or functional model can be read, a class of its own cannot",
            )
        network = reader.network(class_name if class_name in _NETWORKS else "Functional", inner, "model", 0)
    version, backend = config.get("keras_version"), config.get("backend")
    return Configuration(
        network,
        version if isinstance(version, str) else "",
        backend if isinstance(backend, str) else "",
        ancient,
        "" if ancient or (qualified(config) in _NETWORKS) else class_name,
    )


class _Reader:
    """Reads layers and networks, counting them, since text of a few kilobytes can describe millions."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.layers = 0

    def network(self, class_name: str, config: object, name: str, depth: int) -> Network:
        if depth > _DEEPEST:
            raise ModelError(f"nests models more than {_DEEPEST} deep", where=self.source, remedy=_REWRITE)
        # Keras 1 and 2.0 write a Sequential's layers as a bare list.
        parts: Json = {"layers": config} if isinstance(config, list) else _object(config, self.source)
        if class_name == "Graph":
            return self.graph(parts, name, depth)
        if parts.get("name") and ("input_layers" in parts or class_name == "Sequential"):
            name = word(parts, "name", self.source)
        layers = parts.get("layers")
        if not isinstance(layers, list) or not layers:
            raise ModelError("has no layers", where=f"{self.source}, model {name}", remedy=_REWRITE)
        if class_name == "Sequential":
            return self.sequential(parts, layers, name, depth)
        found = tuple(self.layer(_object(each, self.source), depth) for each in layers)
        where = f"{self.source}, model {name}"
        inputs = references(parts.get("input_layers"), where)
        return _numbered(Network(name, found, inputs, references(parts.get("output_layers"), where)))

    def layer(self, part: Json, depth: int) -> LayerConfig:
        """Return one layer of a configuration of any age."""
        self.layers += 1
        if self.layers > _MOST_LAYERS:
            raise ModelError(
                f"describes more than {_MOST_LAYERS:,} layers", where=self.source, remedy="give a smaller model"
            )
        if "class_name" in part:
            stored, config = word(part, "class_name", self.source), part.get("config")
        else:
            # Keras 0.3: one object, in which `name` is the class and `custom_name` the name.
            if "name" not in part:
                raise ModelError("a layer has no class_name", where=self.source, remedy=_REWRITE)
            stored = word(part, "name", self.source)
            config = {**part, "name": part.get("custom_name") or stored.lower()}
        # The bare list of a Sequential of Keras 1 has no name but that beside it, if any.
        settings = {} if isinstance(config, list) else _object(config, self.source)
        named = part if "class_name" in part and part.get("name") else settings
        name = word(named, "name", self.source) if named.get("name") else stored
        own = qualified({**part, "class_name": stored})
        class_name, settings = modern(own, settings)
        is_network = own in _NETWORKS
        # What Bidirectional and TimeDistributed wrap.
        wrapped = settings.get("layer")
        return LayerConfig(
            class_name,
            stored,
            name,
            settings,
            self.calls(part.get("inbound_nodes"), name),
            self.layer(wrapped, depth + 1) if isinstance(wrapped, dict) and depth < _DEEPEST else None,
            self.network(stored, config, name, depth + 1) if is_network else None,
            _is_operation(part, settings, is_network=is_network),
            _parts(settings, name),
            built.get("input_shape") if isinstance(built := part.get("build_config"), dict) else None,
        )

    def calls(self, nodes: object, name: str) -> tuple[Call, ...]:
        if not isinstance(nodes, list):
            return ()
        return tuple(call_of(node, f"{self.source}, layer {name}") for node in nodes)

    def sequential(self, parts: Json, layers: list[Any], name: str, depth: int) -> Network:
        """Return a stack as a graph in which every layer reads the one before."""
        first = _object(layers[0], self.source)
        entries: list[LayerConfig] = []
        if _class_of(first) == "Merge":
            entries, previous = self.branches(first, depth)
        else:
            start = self.layer(first, depth)
            if start.class_name != "InputLayer":
                entries = [_entry(start, parts.get("build_input_shape"))]
                start = replace(start, calls=(Call((TensorRef(entries[0].name),)),))
            entries.append(start)
            previous = TensorRef(start.name)
        inputs = tuple(TensorRef(each.name) for each in entries if each.class_name == "InputLayer")
        taken = {each.name: 1 for each in entries}
        for part in layers[1:]:
            layer = self.layer(_object(part, self.source), depth)
            layer = replace(layer, name=_free(layer.name, taken), calls=(Call((previous,)),))
            entries.append(layer)
            previous = TensorRef(layer.name)
        return Network(name, tuple(entries), inputs, (previous,), is_sequential=True)

    def branches(self, merge: Json, depth: int) -> tuple[list[LayerConfig], TensorRef]:
        """Return the layers of a stack that begins with Keras 0.3's or 1's Merge: its branches, and the merge."""
        config = merge.get("config", merge)
        parts = config.get("layers") if isinstance(config, dict) else None
        if not isinstance(parts, list) or not parts:
            raise ModelError("a Merge has no branches", where=self.source, remedy=_REWRITE)
        entries: list[LayerConfig] = []
        ends = []
        taken: dict[str, int] = {}
        for part in parts:
            branch = self.layer(_object(part, self.source), depth)
            branch = replace(branch, name=_free(branch.name, taken))
            entry = _entry(branch, None)
            taken[entry.name] = 1
            entries += [entry, replace(branch, calls=(Call((TensorRef(entry.name),)),))]
            ends.append(TensorRef(branch.name))
        merged = self.layer({**merge, "layers": None} if "class_name" not in merge else merge, depth)
        merged = replace(merged, name=_free(merged.name, taken), calls=(Call(tuple(ends)),))
        return [*entries, merged], TensorRef(merged.name)

    def graph(self, parts: Json, name: str, depth: int) -> Network:
        """Return Keras 0.3's Graph, in which nodes name what they read and merge it themselves."""
        where = f"{self.source}, model {name}"
        lists = [parts.get(key) for key in ("input_config", "node_config", "output_config")]
        layers_of = parts.get("nodes")
        if not all(isinstance(each, list) for each in lists) or not isinstance(layers_of, dict):
            raise ModelError("is a Graph without nodes", where=where, remedy=_REWRITE)
        given, nodes, wanted = ([_object(each, where) for each in found or ()] for found in lists)
        layers = []
        for each in given:
            shape = each.get("batch_input_shape") or [None, *(each.get("input_shape") or [])]
            layers.append(LayerConfig("InputLayer", "Input", word(each, "name", where), {"batch_shape": shape}))
        inputs = tuple(TensorRef(each.name) for each in layers)
        for node in nodes:
            its_name = word(node, "name", where)
            layer = self.layer(_object(layers_of.get(its_name), where), depth)
            merges, read = _read_by(node, where)
            layers += [*merges, replace(layer, name=its_name, calls=(Call((read,)),))]
        outputs = []
        for node in wanted:
            merges, read = _read_by(node, where)
            layers += merges
            outputs.append(read)
        return Network(name, tuple(layers), inputs, tuple(outputs))


def _parts(settings: Json, name: str) -> dict[str, LayerConfig]:
    """Return the layers that serve as settings of another, and so have no calls of their own."""
    found = {}
    for key in (*_FUNCTIONS, _BACKWARD):
        part = settings.get(key)
        if not isinstance(part, dict):
            continue
        config = part.get("config")
        class_name, own = modern(qualified(part), config if isinstance(config, dict) else {})
        if key == _BACKWARD or (class_name in CLASSES and CLASSES[class_name].activates):
            stored = shorten(str(part.get("class_name")))
            found[key] = LayerConfig(class_name, stored, name, own, parts=_parts(own, name))
    return found


def _read_by(node: Json, where: str) -> tuple[list[LayerConfig], TensorRef]:
    """Return what a node of a Graph reads, and the layer that merges it where it is several."""
    several = node.get("inputs")
    if not isinstance(several, list) or not several:
        return [], TensorRef(word(node, "input", where))
    class_name, settings = modern(
        "Merge",
        {
            "mode": node.get("merge_mode", "concat"),
            "concat_axis": node.get("concat_axis", -1),
            "dot_axes": node.get("dot_axes", -1),
        },
    )
    name = f"{word(node, 'name', where)}/merge"
    call = Call(tuple(TensorRef(word({"input": each}, "input", where)) for each in several))
    return [LayerConfig(class_name, "Merge", name, settings, (call,))], TensorRef(name)


def _entry(first: LayerConfig, shape: object) -> LayerConfig:
    """Return the input that stands before a stack whose first layer says what it reads."""
    stated = first.settings.get("batch_shape")
    # Keras 0.3 states the shape without the batch axis.
    sample = first.settings.get("input_shape")
    if isinstance(sample, list) and not isinstance(stated, list):
        stated = [None, *sample]
    if first.network is not None and first.network.inputs:
        inner = {each.name: each for each in first.network.layers}.get(first.network.inputs[0].layer)
        stated = inner.settings.get("batch_shape") if inner is not None else None
    settings = {"batch_shape": stated if isinstance(stated, list) else shape}
    return LayerConfig("InputLayer", "InputLayer", f"{first.name}_input", settings)


def _numbered(network: Network) -> Network:
    """Return a network whose references count a nested model's calls from 0.

    A nested model has been called before, when it was built: most versions of Keras count that call too.
    """
    referred: dict[str, set[int]] = {}
    for reference in _all_references(network):
        referred.setdefault(reference.layer, set()).add(reference.call)
    shifted = {
        layer.name
        for layer in network.layers
        if (layer.network is not None or layer.is_own)
        and max(referred.get(layer.name, {0})) >= len(layer.calls) > 0
    }

    def counted(reference: TensorRef) -> TensorRef:
        return replace(reference, call=reference.call - 1) if reference.layer in shifted else reference

    return replace(
        network,
        layers=tuple(
            replace(
                layer,
                calls=tuple(
                    replace(call, inputs=tuple(counted(reference) for reference in call.inputs))
                    for call in layer.calls
                ),
            )
            for layer in network.layers
        ),
        outputs=tuple(counted(reference) for reference in network.outputs),
    )


def _all_references(network: Network) -> Iterator[TensorRef]:
    for layer in network.layers:
        for call in layer.calls:
            yield from call.inputs
    yield from network.outputs


def _is_operation(part: Json, settings: Json, *, is_network: bool) -> bool:
    """Tell whether a part of a graph is a function of `keras.ops`.

    A legacy file of Keras 3 does not say where a class comes from; but every layer has `trainable` or a `dtype`, which
    few functions have.
    """
    if "module" in part:
        return str(part["module"]).startswith(("keras.src.ops", "keras.ops"))
    nodes = part.get("inbound_nodes")
    is_new = isinstance(nodes, list) and any(isinstance(node, dict) for node in nodes)
    states_dtype = "dtype" in settings and part.get("class_name") not in _WITH_DTYPE
    return is_new and not is_network and not states_dtype and "trainable" not in settings


def _class_of(part: Json) -> str:
    return qualified(part)


def _free(name: str, taken: dict[str, int]) -> str:
    """Return a name that no other layer has, and take it: Keras 0.3 gives every layer of a class the same.

    Where a name is taken, `taken` says which number was put behind it last.
    """
    found = name
    while found in taken:
        taken[name] += 1
        found = f"{name}_{taken[name]}"
    taken[found] = 1
    return found


def _object(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise ModelError("a layer is described by something else than an object", where=where, remedy=_REWRITE)
    return value
