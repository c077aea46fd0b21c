"""Keras weights without an architecture, as the tensors that a filter bank is made of.

The convolution over the letters and its batch norm are found as in the weights of PyTorch, by names, shapes and places
(`weights.weights_file`), so every tensor is handed on in PyTorch's layout and by its last names:

| layer              | Keras                                        | PyTorch                                      |
|--------------------|----------------------------------------------|----------------------------------------------|
| Conv1D             | kernel (kernel size, 4, filters)             | weight (filters, 4, kernel size)             |
| Conv2D             | kernel (rows, columns, channels, filters)    | weight (filters, channels, rows, columns)    |
| Dense, LSTM, …     | kernel (in, out), recurrent_kernel (in, out) | weight (out, in), weight_hh_l0 (out, in)     |
| BatchNormalization | gamma, beta, moving_mean, moving_variance    | weight, bias, running_mean, running_var      |

Until Keras 1.1 a Conv1D was stored as Theano's convolution of two dimensions, (filters, 4, kernel size, 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from ...layers import Array
from ..report import FileContents
from ..tensors import StoredTensor
from ..weights.stored_layers import MEAN, VARIANCE
from ..weights.weights_file import Framework, WeightsFile
from .bundle import Bundle
from .hdf5 import Hdf5File
from .stored import ASIDE, Stored
from .weights import texts

__all__ = ["KERAS", "has_kernels", "weights_alone"]

KERAS: Final = Framework(
    "Keras",
    1e-3,
    lambda _length, _channels: (
        "the layers' order, functions and pools are not in the file; with the architecture, as model.to_json() wrote"
        " it, the whole network is shown: --architecture model.json"
    ),
)
"""What Keras takes where nothing is said."""

_NORMS: Final = {"gamma": "weight", "beta": "bias", "moving_mean": MEAN, "moving_variance": VARIANCE}
_TURNED: Final = {2: (1, 0), 3: (2, 1, 0), 4: (3, 2, 0, 1)}
"""How the axes of Keras's kernels become PyTorch's, by their number."""
_TREE: Final = ("layers", "_layer_checkpoint_dependencies")
_NUMBERED: Final = re.compile(r"(?P<layer>.+)/(?P<place>cell/vars|vars)/(?P<number>\d{1,8})")
_OUTPUT: Final = re.compile(r":\d+$")
# Keras 1 named a variable by its layer and itself: convolution1d_1_W.
_OLD_NAMES: Final = re.compile(r"(?P<layer>.+)_(?P<role>W|b|gamma|beta|running_mean|running_std)")
_ROLES: Final = {"kernel": 0, "recurrent_kernel": 1, "bias": 2}
_KEPT: Final = ("running_mean", "running_std")

_Layers = dict[str, list[tuple[str, StoredTensor]]]
"""The tensors of every layer in Keras's order, each by what it is called in it: kernel, or a number."""


def weights_alone(stored: Stored, source: str, *, theano: bool) -> WeightsFile:
    """Return the weights of a file as those that a filter bank is made of.

    Args:
        stored: The file.
        source: Its name.
        theano: Whether its kernels are turned round.
    """
    layers = _layers(stored)
    tensors = [each for name, mine in layers.items() for each in _as_in_pytorch(name, mine, theano)]
    said = ["its kernels were turned round"] if theano else []
    said += [
        f"batch norm {name} keeps deviations or, from Keras 1.0.7 on, variances, which the file does not tell; it was "
        "not folded, and its part is missing in the responses"
        for name, mine in layers.items()
        if {*_KEPT} <= {role for role, _ in mine}
    ]
    contents = FileContents(stored.format, stored.version and f"Keras {stored.version}", stored.file.entries())
    return WeightsFile(
        source, contents, tuple(tensors), stored.style not in ("tree", "bundle"), said=tuple(said), framework=KERAS
    )


def has_kernels(stored: Stored) -> bool:
    """Tell whether a file has a kernel longer than 1 that could be turned round."""
    return any(len(each.shape) in (3, 4) and each.shape[0] > 1 for each in stored.file.tensors.values())


def _layers(stored: Stored) -> _Layers:
    found: _Layers = {}
    if isinstance(stored.file, Bundle):
        for path, tensor in stored.file.tensors.items():
            layer, _, role = path.rpartition("/")
            found.setdefault(layer, []).append((role, tensor))
        return {name: sorted(mine, key=lambda each: _ROLES.get(each[0], 9)) for name, mine in found.items()}
    if stored.style == "tree":
        return _of_tree(stored.file)
    if stored.style == "ancient":
        for path in sorted(stored.file.tensors, key=_counted):
            layer, _, number = path.rpartition("/")
            found.setdefault(layer, []).append((number, stored.file.tensors[path]))
        return found
    for name in texts(stored.file, stored.group, "layer_names"):
        group = f"{stored.group}/{name}" if stored.group else name
        for weight in texts(stored.file, group, "weight_names"):
            path = f"{group}/{weight.strip('/')}"
            if path not in stored.file.tensors:
                continue
            layer, _, role = _OUTPUT.sub("", weight.strip("/")).rpartition("/")
            old = None if layer else _OLD_NAMES.fullmatch(role)
            layer, role = (old["layer"], old["role"]) if old else (layer or name, role)
            found.setdefault(layer, []).append((role, stored.file.tensors[path]))
    return found


def _counted(path: str) -> list[str]:
    """Return a path as it is sorted, layer_2 before layer_10."""
    return [part.zfill(8) if part.isdecimal() else part for part in re.split(r"(\d+)", path)]


def _of_tree(file: Hdf5File) -> _Layers:
    """Return the layers of a tree, by their own names where it has them."""
    found: dict[str, list[tuple[int, StoredTensor]]] = {}
    for path, tensor in file.tensors.items():
        parts = _NUMBERED.fullmatch(path)
        if parts is None or path.startswith(ASIDE):
            continue
        own = file.attributes(f"{parts['layer']}/{parts['place']}").get("name")
        steps = [each for each in parts["layer"].split("/") if each not in _TREE]
        if isinstance(own, str) and own and parts["place"] == "vars":
            steps[-1:] = [own]
        found.setdefault("/".join(steps), []).append((int(parts["number"]), tensor))
    ordered = {name: sorted(mine, key=lambda each: each[0]) for name, mine in found.items()}
    return {name: [(str(number), tensor) for number, tensor in mine] for name, mine in ordered.items()}


def _as_in_pytorch(name: str, mine: Sequence[tuple[str, StoredTensor]], theano: bool) -> Iterator[StoredTensor]:
    """Yield a layer's tensors by the names and in the layout of PyTorch."""
    layer = name.replace("/", ".")
    roles = _norm_roles(mine)
    first = mine[0][1]
    is_kernel = roles is None and len(first.shape) in _TURNED and len(mine) <= (3 if len(first.shape) == 2 else 2)
    for index, (role, tensor) in enumerate(mine):
        bias = index > 0 and len(tensor.shape) == 1
        if roles is not None:
            yield _renamed(tensor, f"{layer}.{roles[role]}")
        elif not is_kernel:
            yield _renamed(tensor, f"{layer}.{role.replace('running', 'kept')}")
        elif bias:
            yield _renamed(tensor, f"{layer}.bias")
        elif len(tensor.shape) == 4 and _is_of_theano(tensor, mine):
            yield _turned(tensor, f"{layer}.weight", (0, 1, 2, 3), (2, 3) if theano else ())
        else:
            last = "weight" if index == 0 else "weight_hh_l0"
            rank = len(tensor.shape)
            axes = _TURNED.get(rank, tuple(range(rank)))
            yield _turned(tensor, f"{layer}.{last}", axes, tuple(range(rank - 2)) if theano else ())


def _norm_roles(mine: Sequence[tuple[str, StoredTensor]]) -> Mapping[str, str] | None:
    """Return what a batch norm's tensors are called, or None of another layer."""
    names = [role for role, _ in mine]
    shapes = {tensor.shape for _, tensor in mine}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        return None
    if {*names} <= {*_NORMS} and len({*names}) == len(names):
        return _NORMS
    # A tree numbers them, and lacks some where the layer does: with all four there is no doubt.
    return dict(zip(names, _NORMS.values(), strict=True)) if names == ["0", "1", "2", "3"] else None


def _is_of_theano(kernel: StoredTensor, mine: Sequence[tuple[str, StoredTensor]]) -> bool:
    """Tell whether a kernel of four axes has its filters first, as its bias shows."""
    biases = [tensor.shape[0] for _, tensor in mine[1:] if len(tensor.shape) == 1]
    return bool(biases) and kernel.shape[0] == biases[0] != kernel.shape[3]


def _renamed(tensor: StoredTensor, name: str) -> StoredTensor:
    return StoredTensor(name, tensor.shape, tensor.dtype, tensor.source, tensor.read)


def _turned(tensor: StoredTensor, name: str, axes: tuple[int, ...], flipped: tuple[int, ...]) -> StoredTensor:
    """Return a tensor with its axes in another order, those that are named turned round first."""
    shape = tuple(tensor.shape[axis] for axis in axes)
    return StoredTensor(
        name, shape, tensor.dtype, tensor.source, _reader(tensor.read, axes, flipped), stored_shape=tensor.shape
    )


def _reader(read: Callable[[], Array], axes: tuple[int, ...], flipped: tuple[int, ...]) -> Callable[[], Array]:
    return lambda: np.ascontiguousarray(np.flip(read(), flipped).transpose(axes))
