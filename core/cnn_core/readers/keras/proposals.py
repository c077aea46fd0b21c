"""What a layer whose program is not in the file may be treated as, as its name, settings and weights suggest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ..tensors import StoredTensor
from .layer_config import LayerConfig
from .settings import modern
from .text import Json
from .treated_layers import TREAT, is_treatable

__all__ = ["is_published", "proposal"]

_ONLY_WHILE_TRAINING: Final = (
    *("StochasticReverseComplement", "StochasticShift", "SwitchReverse", "SwitchReverseTriu"),
    *("DropBlock1D", "DropPath"),
)
"""Published classes that pass on what they read when predicting: those of Basenji, and dropouts of others."""

_SEVERAL_GELU: Final = (
    "; Basenji's class of this name computes x · sigmoid(1.702 x): if this is it, {treat}=quick_gelu;"
    " others are gelu or gelu_approximate"
)

_Shapes = tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What tells a class of Keras's by the configuration of one that extends it.

    Attributes:
        settings: The settings that it has, among others.
        shapes: Returns the shapes of its weights; None is any number.
    """

    settings: tuple[str, ...]
    shapes: Callable[[Json], _Shapes]


def _gates(count: int) -> Callable[[Json], _Shapes]:
    """Return the shapes of a recurrent layer with so many gates."""

    def shapes(settings: Json) -> _Shapes:
        units = settings["units"]
        wide = count * units if isinstance(units, int) else None
        bias = (2, wide) if count == 3 and settings.get("reset_after") else (wide,)
        return (None, wide), (units, wide), bias

    return shapes


_SLIDING: Final = ("filters", "kernel_size", "strides", "padding", "activation", "use_bias")
_KINDS: Final[dict[str, _Kind]] = {
    "Conv1D": _Kind(_SLIDING, lambda s: ((*_sizes(s, 1), None, s["filters"]), (s["filters"],))),
    "Conv2D": _Kind(_SLIDING, lambda s: ((*_sizes(s, 2), None, s["filters"]), (s["filters"],))),
    "LSTM": _Kind(("units", "recurrent_activation", "unit_forget_bias", "return_sequences"), _gates(4)),
    "GRU": _Kind(("units", "recurrent_activation", "reset_after", "return_sequences"), _gates(3)),
    "Dense": _Kind(("units", "activation", "use_bias"), lambda s: ((None, s["units"]), (s["units"],))),
    "Embedding": _Kind(("input_dim", "output_dim"), lambda s: ((s["input_dim"], s["output_dim"]),)),
    "BatchNormalization": _Kind(("axis", "momentum", "epsilon", "center", "scale"), lambda _: ((None,),) * 4),
}


def proposal(layer: LayerConfig, tensors: Sequence[StoredTensor]) -> str:
    """Return what the user may say that a layer is, as the end of a sentence; empty where nothing can be said.

    Args:
        layer: A layer that is not computed.
        tensors: Its weights.
    """
    if not is_treatable(layer):
        return ""
    name = layer.class_name.rpartition(">")[2]
    if is_published(layer):
        return f"; the published class of this name passes its input on when predicting: {TREAT} {name}=identity"
    if name == "GELU":
        return _SEVERAL_GELU.format(treat=f"{TREAT} {name}")
    for kind, told in _KINDS.items():
        if _is_like(layer, tensors, kind, told):
            return f"; its settings and weights are a {kind}'s: if it computes as one, {TREAT} {name}={kind}"
    if layer.is_operation or name.endswith(("2D", "3D")):
        return ""
    return f"; {TREAT} NAME=CLASS computes it as what you know it to be"


def is_published(layer: LayerConfig) -> bool:
    """Tell whether a layer has the name of a published class that passes its input on when predicting.

    Args:
        layer: The layer.
    """
    return layer.class_name.rpartition(">")[2] in _ONLY_WHILE_TRAINING


def _is_like(layer: LayerConfig, tensors: Sequence[StoredTensor], kind: str, told: _Kind) -> bool:
    settings = modern(kind, layer.settings)[1]
    if any(key not in settings for key in told.settings):
        return False
    shapes = told.shapes(settings)
    wanted = shapes if settings.get("use_bias", True) else shapes[:-1]
    return len(wanted) == len(tensors) and all(
        len(shape) == len(tensor.shape)
        and all(size in (None, axis) for size, axis in zip(shape, tensor.shape, strict=True))
        for shape, tensor in zip(wanted, tensors, strict=True)
    )


def _sizes(settings: Json, axes: int) -> tuple[object, ...]:
    """Return the sizes of a kernel, which do not fit any where there are more or fewer axes."""
    size = settings["kernel_size"]
    sizes = tuple(size) if isinstance(size, list) else (size,) * axes
    return sizes if len(sizes) == axes else (0,)
