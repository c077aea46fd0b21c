"""From the configuration of a network to the nodes of a model, call by call, in an order that can be computed."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ...errors import ModelError
from ...layers import Input, Shape, SideInput
from ...letters.alphabet import BASES, ZERO_CHANNEL
from ..letter_inputs import WITH_N, indexed_letters, other_sequences, taken_order, usual_order
from ..tensors import StoredTensor
from .assembly import NUMBER, PLAIN, Assembly, Tensor, Unsupported
from .building import build, is_built, reason_unknown
from .calls import Call, TensorRef
from .function_calls import function_of, function_outputs
from .layer_call import LayerCall, Weights, shape_text
from .layer_classes import CLASSES
from .layer_config import LayerConfig, Network, sample_shape
from .masking import Marks, marks_of, mask_operations
from .proposals import is_published, proposal
from .treated_layers import PASSING
from .weights import LayerPath, LayerTensors

__all__ = ["build_network"]

_CAST: Final = "Cast"
_REAL: Final = ("float32", "float64", "float16", "bfloat16")
_FUNCTIONS: Final = {"Relu": "relu", "Sigmoid": "sigmoid", "Softplus": "softplus", "Tanh": "tanh"}

_Values = dict[tuple[str, int], tuple[Tensor, ...]]


def build_network(assembly: Assembly, network: Network, weights: LayerTensors) -> tuple[str, ...]:
    """Add all nodes of a model.

    Args:
        assembly: Where they are added.
        network: The model.
        weights: The tensors of every layer.

    Returns:
        The names of the nodes that are its outputs.

    Raises:
        ModelError: None of its inputs is a sequence, a layer reads what is not there, or the weights contradict the
            configuration.
    """
    two_dimensional = (layer for layer in network.every_layer() if "2D" in layer.class_name)
    orders = [layer.settings.get("data_format") for layer in two_dimensional]
    assembly.channels_first = {each for each in orders if isinstance(each, str)} == {"channels_first"}
    given = _inputs(assembly, network)
    return tuple(tensor.node for tensor in _run(assembly, network, weights, given, (), ""))


def _inputs(assembly: Assembly, network: Network) -> list[Tensor]:
    """Add the inputs: the letters first, and whatever stands beside them."""
    layers = {layer.name: layer for layer in network.layers}
    names = [reference.layer for reference in network.inputs]
    missing = [name for name in names if name not in layers]
    if missing or not names:
        raise ModelError(
            f"has no layer '{missing[0]}', which is said to be an input" if missing else "has no input",
            where=assembly.source,
            remedy="write the file again with Keras",
        )
    shapes = {name: sample_shape(layers[name].settings.get("batch_shape")) for name in names}
    found: dict[str, Tensor] = {}
    letters = _letters(assembly, names, shapes) or _indices(assembly, network, names, shapes)
    if letters is None:
        stated = ", ".join(f"{name} {shape_text(shape)}" for name, shape in shapes.items())
        raise ModelError(
            f"none of its inputs is a sequence of letters: {stated}",
            where=assembly.source,
            remedy="a model of DNA reads (length, 4) or (length, 5); where there are more channels, --channels ACGT "
            "says that the letters are the first four, and --begin LAYER starts at a layer that reads letters",
        )
    found[letters.node] = letters
    for name in names:
        if name not in found:
            shape = shapes[name]
            if shape is None:
                raise ModelError(
                    "does not say what shape it has", where=assembly.where(name), remedy="write it with its shape"
                )
            found[name] = assembly.add(name, SideInput(shape), ())
    return [found[name] for name in names]


def _letters(assembly: Assembly, names: Sequence[str], shapes: dict[str, Shape | None]) -> Tensor | None:
    """Add the first input that is a one-hot sequence, or return None where there is none."""
    wanted = assembly.channels
    readable = [(name, *axes) for name in names if (axes := _sequence_axes(shapes[name], wanted)) is not None]
    if not readable:
        return None
    fitting = [each for each in readable if wanted is None or each[3] >= len(wanted)]
    if not fitting:
        name, _, _, count = readable[0]
        raise ModelError(
            f"it reads {count} channels, and {wanted} names {len(wanted or '')}",
            where=assembly.where(name),
            remedy=f"name {count} channels, such as {usual_order(count)}",
        )
    # Four channels before five: the second may be a track of scores beside the letters.
    name, layout, length, count = min(fitting, key=lambda each: each[3] != len(BASES))
    channels = (wanted or usual_order(count)).ljust(count, ZERO_CHANNEL)
    if ZERO_CHANNEL in channels:
        assembly.warnings.append(
            f"of the {count} channels of input {name}, {channels.count(ZERO_CHANNEL)} are zero: {channels}"
        )
    if wanted is None and count != len(BASES):
        assembly.warnings.append(taken_order(name, count, channels))
    others = [other for other, *_ in readable if other != name]
    if others:
        assembly.warnings.append(other_sequences(name, others))
    return replace(assembly.add(name, Input(length, channels), ()), axes=layout)


def _sequence_axes(shape: Shape | None, wanted: str | None) -> tuple[str, int | None, int] | None:
    """Return what the axes of a one-hot sequence are, its length and its channels; None where it is none.

    Where the channel order is given, there may be more channels than it names; of two axes that could be the
    channels, one of just so many is taken before another.
    """
    if shape is None or len(shape) not in (2, 3) or (len(shape) == 3 and 1 not in shape):
        return None
    rest = [index for index in range(len(shape)) if len(shape) == 2 or index != shape.index(1)]
    # Of two axes that could be the channels, the last one is.
    candidates = [index for index in reversed(rest) if shape[index] in (len(BASES), len(WITH_N))]
    if wanted is not None:
        exact = [index for index in reversed(rest) if shape[index] == len(wanted)]
        wider = [index for index in rest[-1:] if (shape[index] or 0) > len(wanted)]
        candidates = exact or wider or candidates
    if not candidates:
        return None
    channel = candidates[0]
    length = next(index for index in rest if index != channel)
    axes = "".join("C" if index == channel else "L" if index == length else "1" for index in range(len(shape)))
    count = shape[channel]
    assert count is not None, "None is not among the numbers of channels"
    return (PLAIN if axes == "LC" else axes), shape[length], count


def _indices(
    assembly: Assembly, network: Network, names: Sequence[str], shapes: dict[str, Shape | None]
) -> Tensor | None:
    """Add the first input whose letters are numbers that an Embedding looks up, or return None."""
    for layer in network.layers:
        if layer.class_name != "Embedding" or not layer.calls or not layer.calls[0].inputs:
            continue
        name = layer.calls[0].inputs[0].layer
        shape = shapes.get(name)
        if name not in names or (shape is not None and len(shape) != 1):
            continue
        rows = layer.settings.get("input_dim")
        entrance = indexed_letters(
            assembly,
            name,
            shape[0] if shape else None,
            rows if isinstance(rows, int) else None,
            channels=assembly.channels or None,
            table=layer.name,
            pads=bool(layer.settings.get("mask_zero")),
        )
        return assembly.add(name, entrance, ())
    return None


def _run(
    assembly: Assembly,
    network: Network,
    weights: LayerTensors,
    given: Sequence[Tensor],
    path: LayerPath,
    prefix: str,
    training: bool | None = None,
) -> tuple[Tensor, ...]:
    """Add the nodes of a network that reads some tensors, and return what it gives.

    A call that does not state whether its layer is being trained is in the mode of the network's own call.
    """
    layers = {layer.name: layer for layer in network.layers}
    if len(layers) < len(network.layers):
        raise ModelError("two of its layers have one name", where=assembly.source, remedy="rename one")
    if len(given) != len(network.inputs):
        raise Unsupported(f"it reads {len(network.inputs)} tensors, and {len(given)} are given")
    values: _Values = {}
    for reference, tensor in zip(network.inputs, given, strict=True):
        values[reference.layer, 0] = (tensor,)
    aside = mask_operations(network)
    marks: Marks = {}
    for layer, number in _ordered(assembly, network, values):
        call = layer.calls[number]
        given_nodes = [values.get((each.layer, each.call), (None,))[0] for each in call.inputs]
        marks[layer.name, number] = marks_of(layer, call, given_nodes, marks)
        if layer.name in aside:
            continue
        if call.mask is not None:
            stated = marks.get((call.mask.layer, call.mask.call), frozenset())
            if not stated or not given_nodes or given_nodes[0] is None or given_nodes[0].marks != stated:
                call = replace(call, problem=call.problem or "it is given its mask by the network")
        if call.training is None:
            call = replace(call, training=training)
        read = [_value(assembly, values, reference) for reference in call.inputs]
        name = f"{prefix}{layer.name}" + (f"#{number + 1}" if number else "")
        values[layer.name, number] = _call(assembly, layer, call, read, weights, (*path, layer.name), name)
    return tuple(_value(assembly, values, reference)[0] for reference in network.outputs)


def _ordered(assembly: Assembly, network: Network, known: _Values) -> list[tuple[LayerConfig, int]]:
    """Return all calls in the file's order, each behind those that it reads."""
    calls = [
        (layer, number)
        for layer in network.layers
        for number in range(len(layer.calls))
        if (layer.name, number) not in known
    ]
    places = {(layer.name, number): place for place, (layer, number) in enumerate(calls)}
    waiting: list[int] = []
    readers: dict[int, list[int]] = {}
    for place, (layer, number) in enumerate(calls):
        call = layer.calls[number]
        references = call.inputs if call.mask is None else (*call.inputs, call.mask)
        needed = {(each.layer, each.call) for each in references} - known.keys()
        for key in needed:
            if key not in places:
                raise ModelError(
                    f"reads {key[0]}, which is not there",
                    where=assembly.where(layer.name),
                    remedy="write the file again with Keras",
                )
            readers.setdefault(places[key], []).append(place)
        waiting.append(len(needed))
    ready = [place for place, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    ordered = []
    while ready:
        place = heapq.heappop(ready)
        ordered.append(calls[place])
        for reader in readers.get(place, ()):
            waiting[reader] -= 1
            if not waiting[reader]:
                heapq.heappush(ready, reader)
    if len(ordered) < len(calls):
        stuck = next(layer for place, (layer, _) in enumerate(calls) if waiting[place])
        raise ModelError(
            "depends on itself", where=assembly.where(stuck.name), remedy="write the file again with Keras"
        )
    return ordered


def _value(assembly: Assembly, values: _Values, reference: TensorRef) -> tuple[Tensor, str]:
    """Return a tensor, and why it is not the one that was meant."""
    found = values.get((reference.layer, reference.call))
    if found is None:
        raise ModelError(
            f"has no layer '{reference.layer}', which is said to be an output",
            where=assembly.source,
            remedy="write the file again with Keras",
        )
    if reference.output >= len(found):
        return found[0], f"it reads output {reference.output} of {reference.layer}, which is not read"
    tensor = found[reference.output]
    stated, given = reference.shape, tensor.keras_shape
    if stated is None or given is None:
        return tensor, ""
    if len(stated) != len(given) or any(
        None not in (mine, theirs) and mine != theirs for mine, theirs in zip(stated, given, strict=True)
    ):
        return tensor, f"the file says that it reads {stated}, and {tensor.node} gives {given}"
    return tensor, ""


def _call(
    assembly: Assembly,
    layer: LayerConfig,
    call: Call,
    read: Sequence[tuple[Tensor, str]],
    weights: LayerTensors,
    path: LayerPath,
    name: str,
) -> tuple[Tensor, ...]:
    """Add the nodes of one call of a layer, which is Unknown where it cannot be computed."""
    given = tuple(tensor for tensor, _ in read)
    assembly.begin(name, "/".join(path))
    tensors = weights.get(path, ())
    row = CLASSES.get(layer.class_name)
    takes_arguments = row is not None and row.takes_arguments
    function = function_of(layer)
    problem = "" if takes_arguments or function is not None else call.problem
    problem = problem or next((reason for _, reason in read if reason), "")
    try:
        if problem and not is_published(layer):
            raise Unsupported(problem)
        if layer.network is not None:
            return _run(assembly, layer.network, weights, given, path, f"{name}/", call.training)
        if not given:
            raise Unsupported("it reads nothing")
        if function is not None and not _is_layer(layer, call):
            return function_outputs(assembly, layer, call, given)
        # What is one number of each sample has an axis here.
        given = tuple(replace(each, axes=PLAIN) if each.axes == NUMBER else each for each in given)
        if is_built(layer.class_name) and not layer.is_operation:
            if tensors and layer.class_name in PASSING:
                assembly.warnings.append(f"the tensors that the file holds for {name} are not used")
            training = call.training is True
            return (build(LayerCall(assembly, layer, name, given, Weights(tensors), build, training, call)),)
        return (build(LayerCall(assembly, _as_layer(layer, call, tensors), name, given, Weights(()), build)),)
    except Unsupported as refused:
        assembly.begin(name, "/".join(path))
        return (assembly.add_unknown(name, layer.stored_class, str(refused), given, tensors),)


def _is_layer(layer: LayerConfig, call: Call) -> bool:
    """Tell whether a function of `keras.ops` does what a layer does, which knows masks and the axes of a sequence."""
    row = CLASSES.get(layer.class_name)
    if call.problem or not layer.is_operation:
        return False
    if layer.class_name in _FUNCTIONS:
        return True
    return row is not None and row.is_function(layer.settings, len(call.inputs))


def _as_layer(layer: LayerConfig, call: Call, tensors: Sequence[StoredTensor]) -> LayerConfig:
    """Return the layer that a function of `keras.ops` is."""
    row = CLASSES.get(layer.class_name)
    if layer.is_operation and row is not None and row.is_function(layer.settings, len(call.inputs)):
        return replace(layer, is_operation=False)
    if layer.class_name == _CAST:
        kind = layer.settings.get("dtype")
        if kind not in _REAL:
            raise Unsupported(f"it turns its values into {kind}, which is not computed")
        # Everything here is float32.
        return replace(layer, class_name="Identity")
    if layer.is_operation and layer.class_name in _FUNCTIONS:
        return replace(layer, class_name="Activation", settings={"activation": _FUNCTIONS[layer.class_name]})
    if layer.is_operation:
        raise Unsupported(f"it is the function {layer.class_name} of keras.ops, which is not read")
    raise Unsupported(f"{reason_unknown(layer)}{proposal(layer, tensors)}")
