"""The one value of a network that is explained: an output, a unit, a cell or an activation.

A sigmoid or softmax at the end flattens: where it gives nearly 0 or 1, no base seems to matter. The value before it,
the logit, is therefore a target of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..errors import NotFoundError, SettingError
from ..layers import Activation, Array, Dense, Identity, Layer, Shape, Softmax
from ..network.model import Model

__all__ = ["Target", "has_logit", "with_index", "without_last_function"]

_SQUASHING: Final = ("sigmoid", "softmax")
_FIRST: Final = "output"
_OUTPUT: Final = re.compile(r"output(?::(\d+))?")
_PLACED: Final = re.compile(r"(.+?)((?::\d+)+)")


@dataclass(frozen=True)
class Target:
    """One value of a network.

    Attributes:
        layer: The name of the node that gives it.
        index: Its index in the node's output: (position, channel) or (unit,), from 0.
        logit: Whether the value before the node's sigmoid or softmax is meant.
    """

    layer: str
    index: tuple[int, ...]
    logit: bool = False

    @classmethod
    def parse(cls, text: str, model: Model, length: int, *, logit: bool | None = None) -> Target:
        """Return the target that a text names.

        Args:
            text: `output`, `output:N`, `LAYER:UNIT` or `LAYER:POSITION:CHANNEL`, counted from 0; or
                `output:NAME`, where the outputs have names.
            model: The network.
            length: The length of its input, in bases.
            logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.

        Raises:
            NotFoundError: There is no such layer or no such value.
            SettingError: The text names no value, or there is no logit where one is asked for.
            ShapeError: The layer cannot be computed on an input of this length.
        """
        text = with_index(text, model)
        of_output = _OUTPUT.fullmatch(text)
        if of_output:
            layer, named = model.outputs[0], [int(of_output[1])] if of_output[1] else []
        else:
            placed = _PLACED.fullmatch(text)
            if placed is None:
                raise SettingError(
                    f"'{text}' names no value",
                    remedy="write output, output:N, LAYER:UNIT or LAYER:POSITION:CHANNEL",
                )
            layer, named = model[placed[1]].name, [int(each) for each in placed[2].split(":")[1:]]
        shape = model.shapes_of(layer, length)[layer]
        index = _index(text, layer, named, shape, of_an_output=of_output is not None)
        if logit and not has_logit(model[layer].layer):
            raise SettingError(
                f"{layer} ends with no sigmoid or softmax, so there is no logit", remedy="leave out --logit"
            )
        return cls(layer, index, has_logit(model[layer].layer) if logit is None else logit)

    @property
    def name(self) -> str:
        """The target as it is typed: `LAYER:UNIT` or `LAYER:POSITION:CHANNEL`."""
        return ":".join([self.layer, *(str(each) for each in self.index)])

    def applied(self, model: Model) -> Model:
        """Return the network whose layer gives the value: of a logit, without its sigmoid or softmax.

        Raises:
            NotFoundError: There is no such layer.
        """
        if not self.logit:
            return model
        changed = model[self.layer]
        nodes = tuple(
            replace(node, layer=without_last_function(node.layer)) if node is changed else node
            for node in model.nodes
        )
        return replace(model, nodes=nodes)

    def of(self, values: Mapping[str, Array]) -> float:
        """Return the value among those of all layers of the network that `applied` returns."""
        return float(values[self.layer][self.index])


def has_logit(layer: Layer) -> bool:
    """Tell whether a layer ends with a sigmoid or a softmax over its last axis."""
    if isinstance(layer, Dense | Activation):
        return layer.activation in _SQUASHING
    return isinstance(layer, Softmax)


def without_last_function(layer: Layer) -> Layer:
    """Return a layer of `has_logit` that gives what its sigmoid or softmax is applied to."""
    if isinstance(layer, Dense):
        return replace(layer, activation="linear")
    assert isinstance(layer, Activation | Softmax)
    return Identity()


def with_index(text: str, model: Model) -> str:
    """Return what is typed for a value, with the index in the place of an output's name.

    Args:
        text: As for `Target.parse`.
        model: The network.
    """
    kind, _, name = text.partition(":")
    named = model.named_output if kind == _FIRST else None
    if named is None or name not in model.output_names or name.isdigit():
        return text
    at = model.output_names.index(name)
    return f"{_FIRST}:{at}" if named == model.outputs[0] else f"{named}:{at}"


def _index(text: str, layer: str, named: list[int], shape: Shape, *, of_an_output: bool) -> tuple[int, ...]:
    """Return the index that some numbers name in an output, if it is there."""
    sizes = [size or 0 for size in shape]
    if of_an_output:
        # Of an output of one row of units a number is enough; one that has a single value needs none.
        given = named or [0]
        wide = [at for at, size in enumerate(sizes) if size > 1]
        if len(wide) > 1 or (not named and wide):
            raise SettingError(
                f"{layer} has {' × '.join(f'{size:,}' for size in sizes)} outputs, and '{text}' names none of them",
                remedy=f"write output:N, or {layer}:POSITION:CHANNEL" if len(wide) > 1 else "write output:N",
            )
        index = [0] * len(sizes)
        index[wide[0] if wide else -1] = given[0]
    else:
        index = named
    if len(index) != len(sizes):
        numbers = " and a ".join(["position", "channel"] if len(sizes) == 2 else ["unit"])
        raise SettingError(f"'{text}' names no value of {layer}", remedy=f"give it a {numbers}")
    if any(each >= size for each, size in zip(index, sizes, strict=True)):
        raise NotFoundError(
            f"there is no {text}", remedy=f"{layer} gives {' × '.join(f'{size:,}' for size in sizes)} values"
        )
    return tuple(index)
