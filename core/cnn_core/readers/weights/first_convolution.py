"""The convolution that reads the letters, found among named tensors by its shape.

A state dict holds tensors by name and no architecture. PyTorch lays a convolution's weight out as

| layer                     | weight                           | letters stand along |
|---------------------------|----------------------------------|---------------------|
| Conv1d                    | (filters, 4, kernel size)        | the channels        |
| Conv2d                    | (filters, 4, 1, kernel size)     | the channels        |
|                           | (filters, 4, kernel size, 1)     | the channels        |
| Conv2d over their picture | (filters, 1, 4, kernel size)     | the rows            |
|                           | (filters, 1, kernel size, 4)     | the columns         |

with 5 for 4 where N has its own channel; it becomes our (kernel size, 4, filters).

A tensor of such a shape is a candidate if its name ends with `weight` and its bias, where there is one, has one
number a filter: that of a transposed convolution, (in, out, kernel size), has one a channel. In a file that keeps
the order of the layers, a candidate right behind a convolution of 4 filters reads those and not the letters. If more
than one candidate is left, nothing is guessed: the error lists them.

Source of the layouts: PyTorch, `torch.nn.Conv1d`, `Conv2d`, `ConvTranspose1d`, `nn.utils.weight_norm`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod
from types import MappingProxyType
from typing import Final

import numpy as np

from ...errors import ModelError, NotFoundError
from ...layers import Array
from ..tensors import StoredTensor, listed
from .author_program import ORDER, save_as_program
from .stored_layers import embedding_of, layer_of

__all__ = ["Convolution", "NoConvolutionError", "SeveralConvolutionsError", "find_convolution"]

_WEIGHT: Final = "weight"
# Weight normalisation keeps a direction and a length for each filter; PyTorch has two spellings of the pair.
_DIRECTIONS: Final = {
    "weight_v": "weight_g",
    "parametrizations.weight.original1": "parametrizations.weight.original0",
}


class NoConvolutionError(ModelError):
    """No convolution could read the letters."""


class SeveralConvolutionsError(ModelError):
    """More than one convolution could read the letters, and the user has to choose.

    Args:
        candidates: The names of their weights.
        what: See `CnnError`.
        where: See `CnnError`.
        remedy: See `CnnError`.

    Attributes:
        candidates: As given.
    """

    def __init__(self, candidates: tuple[str, ...], what: str, *, where: str, remedy: str) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.candidates = candidates


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """The tensors of a convolution that could read the letters.

    Attributes:
        weight: Its weight, in one of PyTorch's layouts.
        letters_axis: The axis along which the letters stand.
        lengths: The filters' lengths, where the weight is normalised and holds directions alone.
        bias: Its bias, or None.
        groups: Into how many groups its channels are split, each read by filters of its own.
    """

    weight: StoredTensor
    letters_axis: int
    lengths: StoredTensor | None
    bias: StoredTensor | None
    groups: int = 1

    @property
    def filters(self) -> int:
        """The number of filters."""
        return self.weight.shape[0]

    @property
    def letters(self) -> int:
        """The number of channels of letters that it reads."""
        return self.weight.shape[self.letters_axis] * self.groups

    @property
    def width(self) -> int:
        """The number of letters that a filter reads."""
        return prod(self.weight.shape[1:]) * self.groups // self.letters

    @property
    def layer(self) -> str:
        """The layer's name; it may be empty."""
        return layer_of(self.weight.name)

    @property
    def could_be_transposed(self) -> bool:
        """Whether a transposed convolution could have tensors of these shapes."""
        return self.letters_axis == 1 and (self.bias is None or self.filters == self.letters)

    @property
    def could_be_turned(self) -> bool:
        """Whether rows and columns of the picture of the letters are equally long."""
        rows, columns = self.weight.shape[2:] if self.letters_axis == 2 else (0, 1)
        return rows == columns

    def kernel(self) -> Array:
        """Return the kernel, shape (kernel size, letters, filters).

        Raises:
            ModelError: The weights are not finite numbers, or a filter's direction has no length.
        """
        weight = self.weight.values()
        if self.lengths is not None:
            directions = weight.astype(np.float64)
            norms = np.sqrt((directions**2).sum(axis=tuple(range(1, directions.ndim)), keepdims=True))
            if not norms.all():
                remedy = "remove the weight normalisation before saving the model"
                raise self.weight.fault("has a filter whose direction is all zero", remedy)
            weight = (directions * (self.lengths.values() / norms)).astype(np.float32)
        turned = np.moveaxis(weight, self.letters_axis, 1).reshape(self.filters, self.letters, -1)
        return np.ascontiguousarray(turned.transpose(2, 1, 0))


def find_convolution(
    tensors: Sequence[StoredTensor],
    key: str | None,
    letters: Sequence[int],
    source: str,
    *,
    ordered: bool,
    groups: Mapping[str, int] = MappingProxyType({}),
) -> Convolution:
    """Return the convolution that reads the letters.

    Args:
        tensors: All tensors.
        key: The name of its weight, or of its layer; None finds it by shape.
        letters: How many channels of letters it may read.
        source: The file's name, for error texts.
        ordered: Whether the tensors come in the order of the layers.
        groups: By layer, into how many groups its channels are split, where the file says so.

    Raises:
        NotFoundError: There is no tensor of that name.
        SeveralConvolutionsError: More than one tensor could be the weight of such a convolution.
        ModelError: The named tensor is not the weight of such a convolution, or no tensor is.
    """
    named = {tensor.name: tensor for tensor in tensors}
    if key is not None:
        return _asked_for(key, named, letters, source, groups)
    candidates = []
    filters_before = 0
    for tensor in tensors:
        if len(tensor.shape) not in (3, 4) or not tensor.name.endswith((_WEIGHT, *_DIRECTIONS)):
            continue
        candidate = _convolution(tensor, named, letters, groups)
        if candidate is not None:
            reads_maps = ordered and candidate.letters_axis == 1 and candidate.letters == filters_before
            fits = candidate.bias is None or candidate.bias.shape == (candidate.filters,)
            if fits and not reads_maps:
                candidates.append(candidate)
        filters_before = tensor.shape[0]
    if len(candidates) != 1:
        raise _unclear(candidates, tensors, letters, source, ordered=ordered)
    return candidates[0]


def _asked_for(
    key: str, named: Mapping[str, StoredTensor], letters: Sequence[int], source: str, groups: Mapping[str, int]
) -> Convolution:
    names = (key, *(f"{key}.{last}" for last in (_WEIGHT, *_DIRECTIONS)))
    tensor = next((named[name] for name in names if name in named), None)
    if tensor is None:
        close = get_close_matches(key, named, n=1)
        raise NotFoundError(
            f"there is no tensor '{key}'",
            where=source,
            remedy=f"did you mean {listed(close)}?" if close else f"there are {listed([*named])}",
        )
    convolution = _convolution(tensor, named, letters, groups)
    if convolution is None:
        raise tensor.fault(
            f"has shape {tensor.own_shape}, which is not a convolution over {_or(letters)} letters",
            f"its shape would be (filters, {letters[0]}, kernel size)"
            if tensor.stored_shape is None
            else f"its shape would be (kernel size, {letters[0]}, filters)",
        )
    return convolution


def _convolution(
    tensor: StoredTensor, named: Mapping[str, StoredTensor], letters: Sequence[int], groups: Mapping[str, int]
) -> Convolution | None:
    """Return the convolution that a tensor is the weight of, or None where it cannot be one over letters."""
    split = groups.get(layer_of(tensor.name), 1)
    axis = _letters_axis(tensor.shape, letters) if split == 1 else _split_axis(tensor.shape, letters, split)
    if axis is None:
        return None
    for direction, length in _DIRECTIONS.items():
        if tensor.name.endswith(direction):
            stem = tensor.name.removesuffix(direction)
            lengths = named.get(stem + length)
            if lengths is None or lengths.shape != (tensor.shape[0], *[1] * (len(tensor.shape) - 1)):
                return None
            return Convolution(tensor, axis, lengths, named.get(f"{stem}bias"), split)
    stem = tensor.name.removesuffix(_WEIGHT)
    return Convolution(tensor, axis, None, named.get(f"{stem}bias") if stem != tensor.name else None, split)


def _letters_axis(shape: tuple[int, ...], letters: Sequence[int]) -> int | None:
    """Return along which axis of a weight the letters stand, or None where it does not read any."""
    if 0 in shape:
        return None
    if len(shape) == 3:
        return 1 if shape[1] in letters else None
    if len(shape) != 4:
        return None
    if shape[1] == 1:
        return next((axis for axis in (2, 3) if shape[axis] in letters), None)
    return 1 if shape[1] in letters and 1 in shape[2:] else None


def _split_axis(shape: tuple[int, ...], letters: Sequence[int], groups: int) -> int | None:
    """Return the axis of the letters of a convolution whose channels are split into groups."""
    return 1 if len(shape) == 3 and 0 not in shape and shape[1] * groups in letters else None


def _unclear(
    candidates: Sequence[Convolution],
    tensors: Sequence[StoredTensor],
    letters: Sequence[int],
    source: str,
    *,
    ordered: bool,
) -> ModelError:
    if candidates:
        names = [f"{each.weight.name} {each.weight.own_shape}" for each in candidates]
        return SeveralConvolutionsError(
            tuple(each.weight.name for each in candidates),
            f"holds {len(candidates)} convolutions that could read the letters: {listed(names)}",
            where=source,
            remedy=f"choose one, such as --weights {listed([candidates[0].weight.name])}",
        )
    weights = [each for each in tensors if len(each.shape) in (3, 4)]
    there = f"; there are {listed([f'{each.name} {each.shape}' for each in weights])}" if weights else ""
    tables = (embedding_of(each, tensors, ordered=ordered) for each in weights)
    table = next((each for each in tables if each is not None), None)
    behind = "" if table is None else f": {table.name} {table.shape} looks like an embedding in front"
    return NoConvolutionError(
        f"holds no convolution over {_or(letters)} letters{behind}",
        where=source,
        remedy=f"its weight would be (filters, {letters[0]}, kernel size){there}; {ORDER}: save the whole network "
        f"there: {save_as_program(channels=letters[0])}",
    )


def _or(numbers: Sequence[int]) -> str:
    return " or ".join(map(str, numbers))
