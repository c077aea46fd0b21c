"""A network that begins at one of its layers: the letters enter there, and what comes before it is cut off.

Real networks turn what they are given into letters by layers that cannot be read, such as a Lambda that makes rows of
numbers. Everything behind them can be computed as soon as the letters enter there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ...errors import NotFoundError, SettingError, did_you_mean, shorten
from ...layers import Shape
from ..tensors import listed
from .calls import TensorRef
from .layer_config import LayerConfig, Network, sample_shape
from .weights import LayerTensors

__all__ = ["BEGIN", "begun"]

BEGIN: Final = "--begin"
"""The option, as it is typed."""

_CONVOLUTIONS: Final = ("Conv1D", "SeparableConv1D", "DepthwiseConv1D")


def begun(network: Network, name: str, weights: LayerTensors, source: str, warnings: list[str]) -> Network:
    """Return a network whose letters enter at a layer.

    Args:
        network: The network.
        name: The layer, one of the network's own.
        weights: The tensors of every layer, which say how many channels a convolution reads.
        source: The file's name, for error texts.
        warnings: Where it is said what was cut off, and what had to be assumed.

    Raises:
        NotFoundError: There is no such layer.
        SettingError: It reads several tensors, or nothing says of what shape; or no output depends on it.
    """
    where = f"{source}, {BEGIN}"
    names = [layer.name for layer in network.layers if layer.calls]
    layer = next((each for each in network.layers if each.name == name and each.calls), None)
    if layer is None:
        remedy = did_you_mean(name, names, f"its layers are {listed(names)}")
        raise NotFoundError(f"there is no layer '{shorten(name)}' to begin at", where=where, remedy=remedy)
    if any(len(call.inputs) != 1 for call in layer.calls):
        raise SettingError(
            f"{name} reads several tensors", where=where, remedy="begin at a layer that reads one, the letters"
        )
    shape, assumed = _shape(network, layer, weights)
    if shape is None:
        raise SettingError(
            f"nothing says what shape {name} reads", where=where, remedy="begin at a convolution over the letters"
        )
    taken = {each.name for each in network.layers}
    entries: list[LayerConfig] = []
    for number, _ in enumerate(layer.calls, 1):
        entry = f"{name}_input" if number == 1 else f"{name}#{number}_input"
        while entry in taken:
            entry += "_"
        taken.add(entry)
        entries.append(LayerConfig("InputLayer", "InputLayer", entry, {"batch_shape": [None, *shape]}))
    calls = [
        replace(call, inputs=(TensorRef(entry.name),), mask=None)
        for call, entry in zip(layer.calls, entries, strict=True)
    ]
    begins = replace(layer, calls=tuple(calls))
    layers = [*entries, *(begins if each is layer else each for each in network.layers)]
    needed = _needed(layers, network.outputs)
    if name not in needed:
        raise SettingError(f"no output depends on {name}", where=where, remedy="begin at a layer before them")
    kept = tuple(each for each in layers if each.name in needed)
    cut = [each.name for each in network.layers if each.name not in needed]
    warnings.append(
        f"it begins at {name} at your word ({BEGIN} {name}): the letters enter there"
        + (f", and {listed(cut)} {'is' if len(cut) == 1 else 'are'} cut off" if cut else "")
        + (f"; {assumed}" if assumed else "")
    )
    inputs = (
        *(TensorRef(each.name) for each in entries),
        *(each for each in network.inputs if each.layer in needed),
    )
    return replace(network, layers=kept, inputs=inputs)


def _shape(network: Network, layer: LayerConfig, weights: LayerTensors) -> tuple[Shape | None, str]:
    """Return the shape of what a layer reads, without the batch axis, and what of it is an assumption."""
    stated = layer.calls[0].inputs[0].shape or sample_shape(layer.built_shape) or _stated(layer)
    if stated is not None:
        return stated, ""
    given = next((each for each in network.layers if each.name == network.inputs[0].layer), None)
    whole = None if given is None else _stated(given)
    if layer.class_name in _CONVOLUTIONS and (tensors := weights.get((layer.name,))):
        groups = layer.settings.get("groups")
        channels = tensors[0].shape[1] if len(tensors[0].shape) == 3 else 0
        channels *= groups if isinstance(groups, int) and layer.class_name == "Conv1D" else 1
        length = whole[0] if whole else None
        assumed = f"their number, {length}, is assumed to be that of {given.name}" if given and length else ""
        return (length, channels), assumed
    if whole is None or given is None:
        return None, ""
    return whole, f"their shape, {whole}, is assumed to be that of {given.name}"


def _stated(layer: LayerConfig) -> Shape | None:
    return sample_shape(layer.settings.get("batch_shape"))


def _needed(layers: list[LayerConfig], outputs: tuple[TensorRef, ...]) -> set[str]:
    """Return the names of the layers that outputs depend on, themselves included."""
    named = {layer.name: layer for layer in layers}
    found: set[str] = set()
    waiting = [each.layer for each in outputs]
    while waiting:
        name = waiting.pop()
        if name in found or name not in named:
            continue
        found.add(name)
        for call in named[name].calls:
            waiting += [each.layer for each in call.inputs]
            waiting += [] if call.mask is None else [call.mask.layer]
    return found
