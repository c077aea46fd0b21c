"""The layers of a state dict, as far as the names and shapes of its tensors reveal them.

A tensor's name is its layer's, a dot and a last name: `features.0.weight` belongs to layer `0` of the container
`features`. A batch norm is recognised by its running mean; any other layer with a matrix computes with it.

Source of the names: PyTorch, `torch.nn.Module.state_dict`, `BatchNorm1d`, `nn.utils.parametrizations`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..tensors import StoredTensor

__all__ = ["MEAN", "VARIANCE", "StoredLayer", "embedding_of", "layer_of", "stored_layers", "tensors_before"]

MEAN: Final = "running_mean"
"""The last name of a batch norm's means, by which it is recognised."""
VARIANCE: Final = "running_var"
"""The last name of a batch norm's variances."""

_PARAMETRISED: Final = ".parametrizations.weight"
_TOKEN: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NORMS: Final = ("bn", "bns", "bnorm", "bnorms", "batch", "batchnorm", "batchnorms", "norm", "norms")
_LONG_NORMS: Final = ("normalization", "normalisation", "batchnormalization", "batchnormalisation")
_CONVOLUTIONS: Final = ("conv", "convs", "convolution", "convolutions", "convolutional", "cnn", "cnns")
_KINDS: Final = frozenset((*_NORMS, *_LONG_NORMS, *_CONVOLUTIONS))
# Words beside the kind in a name: conv_layer1, bn_layers.
_FILLERS: Final = frozenset(("layer", "layers"))
# conv1d and BatchNorm2d: the number belongs to the kind.
_DIMENSION: Final = re.compile(r"(?<=[A-Za-z])[123][dD](?![A-Za-z])")


@dataclass(slots=True, eq=False)
class StoredLayer:
    """A layer and its tensors.

    Attributes:
        name: Its name.
        place: Its place among the file's layers.
        tensors: Its tensors by their last names.
        key: The parts of its name without the words for convolutions and batch norms.
        container: The name of the module that contains it.
        number: Its number there, if its own name is a number; otherwise None.
    """

    name: str
    place: int
    tensors: dict[str, StoredTensor] = field(default_factory=dict)
    key: tuple[str, ...] = field(init=False)
    container: str = field(init=False)
    number: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.key = tuple(token for part in self.name.split(".") for token in _telling(part))
        self.container, _, last = self.name.rpartition(".")
        if last.isdecimal() and str(int(last[:9])) == last:
            self.number = int(last)

    @property
    def is_norm(self) -> bool:
        """Whether it is a batch norm with running statistics."""
        return MEAN in self.tensors

    @property
    def size(self) -> int | None:
        """Numbers of a batch norm, or of the weight of another norm; None of any other layer."""
        numbers = self.tensors.get(MEAN)
        if numbers is None and "bias" in self.tensors:
            numbers = self.tensors.get("weight")
        return numbers.shape[0] if numbers is not None and len(numbers.shape) == 1 else None

    @property
    def outputs(self) -> frozenset[int]:
        """How many channels its output may have; empty for a norm."""
        matrices = [each for each in self.tensors.values() if len(each.shape) >= 2]
        recurrent = [each.shape[1] for name, each in self.tensors.items() if name.startswith("weight_hh_l")]
        twice = [2 * each for each in recurrent] if any(name.endswith("_reverse") for name in self.tensors) else []
        return frozenset((*(each.shape[0] for each in matrices), *recurrent, *twice))


def _telling(part: str) -> list[str]:
    """Return the words and numbers of one part of a name that do not say what kind of layer it is."""
    tokens = [each.lower() for each in _TOKEN.findall(_DIMENSION.sub("", part))]
    passed_over = _KINDS if _KINDS.isdisjoint(tokens) else _KINDS | _FILLERS
    kept = [each for each in tokens if each not in passed_over]
    return [each.lstrip("0") or "0" if each.isdecimal() else each for each in kept]


def stored_layers(tensors: Sequence[StoredTensor]) -> Mapping[str, StoredLayer]:
    """Return the layers of a state dict by name, in the order of their first tensors.

    Args:
        tensors: All tensors.
    """
    layers: dict[str, StoredLayer] = {}
    for tensor in tensors:
        name = layer_of(tensor.name)
        if name not in layers:
            layers[name] = StoredLayer(name, len(layers))
        layers[name].tensors[tensor.name.rpartition(".")[2]] = tensor
    return layers


def layer_of(tensor: str) -> str:
    """Return the name of the layer that a tensor belongs to.

    Args:
        tensor: The tensor's name; without a dot, its layer has none.
    """
    return tensor.rpartition(".")[0].removesuffix(_PARAMETRISED)


def embedding_of(weight: StoredTensor, tensors: Sequence[StoredTensor], *, ordered: bool) -> StoredTensor | None:
    """Return the table of an embedding whose rows a convolution may read, or None.

    Args:
        weight: The convolution's weight.
        tensors: All tensors.
        ordered: Whether they come in the order of the layers.
    """
    layers = [*stored_layers(tensors_before(weight, tensors) if ordered else tensors).values()]
    for layer in layers:
        table = layer.tensors.get("weight")
        if table is None or len(layer.tensors) > 1 or len(table.shape) != 2 or table.shape[1] != weight.shape[1]:
            continue
        if "emb" in layer.name.lower() or (ordered and layer is layers[0]):
            return table
    return None


def tensors_before(weight: StoredTensor, tensors: Sequence[StoredTensor]) -> Sequence[StoredTensor]:
    """Return the tensors that come before one of them.

    Args:
        weight: That one.
        tensors: All tensors, in the order of the layers.
    """
    return tensors[: [each.name for each in tensors].index(weight.name)]
