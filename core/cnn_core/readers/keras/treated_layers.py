"""Layers whose program is not in the file, computed as the user says they compute.

A `Lambda`, a function of TensorFlow's or a class of the author's own says nothing of what it computes; the user may
know it. Such a layer then is a layer of a class of Keras's with the settings and weights that the file has for it, or
passes on what it reads. What was said is among the model's warnings for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from ...errors import NotFoundError, SettingError, did_you_mean, shorten
from ...layers import activation_function
from ..tensors import listed
from .calls import Call
from .layer_classes import CLASSES
from .layer_config import LayerConfig, Network
from .settings import modern
from .text import Json

__all__ = ["PASSING", "TREAT", "is_treatable", "treated"]

TREAT: Final = "--treat"
"""The option, as it is typed."""

PASSING: Final = ("Identity", "Dropout")
"""The classes that pass on what they read."""

_FUNCTION: Final = "Activation"
_AS: Final = "it is identity, dropout, a class of Keras's such as Conv1D, or an activation function such as gelu"
_MOST: Final = 64


@dataclass(slots=True)
class _Treatment:
    """What the user says of the layers of one name.

    Attributes:
        name: The name of a layer, or of a class.
        asked: What they are, as it was typed.
        class_name: The class that they are.
        function: The activation function that they are, if they are one.
        found: The layers, as they are told: `blur (Lambda)`.
        known: A layer of that name that is computed anyway.
    """

    name: str
    asked: str
    class_name: str
    function: str = ""
    found: list[str] = field(default_factory=list)
    known: LayerConfig | None = None

    @property
    def passes_on(self) -> bool:
        return self.class_name in PASSING

    @property
    def words(self) -> str:
        words = self.class_name.lower() if self.passes_on else self.function or self.class_name
        are = "is" if len(self.found) == 1 else "are"
        return f"{listed(self.found)} {are} treated as {words} at your word ({TREAT} {self.name}={self.asked})"


def is_treatable(layer: LayerConfig) -> bool:
    """Tell whether a layer's class is none that is computed, so that the user may say what it is.

    Args:
        layer: The layer.
    """
    if layer.network is not None or layer.class_name == "InputLayer":
        return False
    row = CLASSES.get(layer.class_name)
    return layer.is_own or layer.is_operation or row is None or row.build is None


def treated(network: Network, treat: Mapping[str, str], source: str, warnings: list[str]) -> Network:
    """Return a network some layers of which are what the user says.

    Args:
        network: The network.
        treat: What layers are: `identity`, `dropout`, a class of Keras's or an activation function, by the name of a
            layer or of a class.
        source: The file's name, for error texts.
        warnings: Where what was said is added, for each name.

    Raises:
        NotFoundError: There is no such layer or class.
        SettingError: A layer is computed as it is, or there is no class that it could be.
    """
    if len(treat) > _MOST:
        raise SettingError(f"{TREAT} is given {len(treat)} times", where=source, remedy=f"the most is {_MOST}")
    treatments = [_treatment(str(name), str(asked), source) for name, asked in treat.items()]
    found = _network(network, treatments, ())
    for each in treatments:
        if each.found:
            warnings.append(each.words)
            continue
        if each.known is not None:
            raise SettingError(
                f"{shorten(each.name)} is a {each.known.class_name}, which is computed as it is",
                where=f"{source}, {TREAT}",
                remedy="name a Lambda, a function or a class of the author's own",
            )
        names = [*dict.fromkeys(_names(network))]
        remedy = f"what may be named is {listed(names)}" if names else "every layer of it is computed as it is"
        raise NotFoundError(
            f"there is no layer or class '{shorten(each.name)}'",
            where=f"{source}, {TREAT}",
            remedy=did_you_mean(each.name, names, remedy),
        )
    return found


def _treatment(name: str, asked: str, source: str) -> _Treatment:
    wanted = {each.lower(): each for each, row in CLASSES.items() if row.build and not row.wraps}
    if asked not in wanted.values():
        # What is no function's name may be a class's, written in small letters.
        with suppress(NotFoundError):
            return _Treatment(name, asked, _FUNCTION, activation_function(asked).name)
    try:
        return _Treatment(name, asked, wanted[asked.lower()])
    except KeyError:
        close = did_you_mean(asked, ("identity", "dropout", *wanted.values()), _AS)
        raise SettingError(
            f"'{shorten(asked)}' is nothing that a layer can be treated as",
            where=f"{source}, {TREAT} {shorten(name)}",
            remedy=close,
        ) from None


def _network(network: Network, treatments: Sequence[_Treatment], path: tuple[str, ...]) -> Network:
    return replace(network, layers=tuple(_layer(each, treatments, path) for each in network.layers))


def _layer(layer: LayerConfig, treatments: Sequence[_Treatment], path: tuple[str, ...]) -> LayerConfig:
    inside = (*path, layer.name)
    names = _called(layer, "/".join(inside))
    for each in treatments:
        if each.name not in names:
            continue
        if is_treatable(layer):
            each.found.append(f"{'/'.join(inside)} ({layer.stored_class})")
            return _as(layer, each)
        each.known = layer
    if layer.network is not None:
        layer = replace(layer, network=_network(layer.network, treatments, inside))
    if layer.inner is not None:
        layer = replace(layer, inner=_layer(layer.inner, treatments, inside))
    return layer


def _as(layer: LayerConfig, treatment: _Treatment) -> LayerConfig:
    """Return a layer as what the user says that it is."""
    settings: Json = {} if treatment.passes_on else modern(treatment.class_name, layer.settings)[1]
    if treatment.function:
        settings = {"activation": treatment.function}
    rate = layer.settings.get("rate")
    if treatment.class_name == "Dropout" and isinstance(rate, float):
        settings = {"rate": rate}
    calls = tuple(map(_passing, layer.calls)) if treatment.passes_on else layer.calls
    return replace(layer, class_name=treatment.class_name, settings=settings, calls=calls, is_operation=False)


def _passing(call: Call) -> Call:
    """Return a call of which only the first tensor matters."""
    return Call(call.inputs[:1], mask=call.mask)


def _called(layer: LayerConfig, path: str) -> tuple[str, ...]:
    """Return what a layer may be called: its name, in its network or from outside, and its class."""
    return layer.name, path, layer.stored_class, layer.class_name, layer.class_name.rpartition(">")[2]


def _names(network: Network) -> list[str]:
    """Return the names of the layers that may be treated, and those of their classes."""
    found: list[str] = []
    for layer in network.layers:
        if layer.network is not None:
            found += _names(layer.network)
        elif is_treatable(layer):
            found += [layer.name, layer.class_name.rpartition(">")[2]]
        elif layer.inner is not None and is_treatable(layer.inner):
            found.append(layer.inner.class_name.rpartition(">")[2])
    return found
