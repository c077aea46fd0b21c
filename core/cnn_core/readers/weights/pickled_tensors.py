"""What a pickled state dict says about its tensors: where their numbers are and how they are laid out.

These are the names that `torch.save` writes. Nothing is imported from torch and nothing is called: the name of a
storage's class or of a rebuilding function turns into a description.

Source: `torch/_utils.py` and `torch/serialization.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeGuard

from ...errors import ModelError
from ..tensors import item_size

__all__ = [
    "NAMES",
    "ORDERED_DICT",
    "REBUILD_OLD_TENSOR",
    "REBUILD_PARAMETERS",
    "REBUILD_TENSOR",
    "PickledName",
    "PickledObject",
    "PickledStorage",
    "PickledTensor",
    "storage_of",
    "tensor_of",
]

ORDERED_DICT: Final = "collections.OrderedDict"
REBUILD_TENSOR: Final = "torch._utils._rebuild_tensor_v2"
REBUILD_OLD_TENSOR: Final = "torch._utils._rebuild_tensor"
"""As PyTorch wrote it before 0.4."""
REBUILD_PARAMETERS: Final = ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state")

_STORAGES: Final = {
    "torch.DoubleStorage": "float64",
    "torch.FloatStorage": "float32",
    "torch.HalfStorage": "float16",
    "torch.BFloat16Storage": "bfloat16",
    "torch.ComplexDoubleStorage": "complex128",
    "torch.ComplexFloatStorage": "complex64",
    "torch.LongStorage": "int64",
    "torch.IntStorage": "int32",
    "torch.ShortStorage": "int16",
    "torch.CharStorage": "int8",
    "torch.ByteStorage": "uint8",
    "torch.BoolStorage": "bool",
}
NAMES: Final = frozenset({ORDERED_DICT, REBUILD_TENSOR, REBUILD_OLD_TENSOR, *REBUILD_PARAMETERS, *_STORAGES})
"""All names that have a meaning here."""

_MOST_AXES: Final = 32
_LARGEST: Final = 1 << 62
_AGAIN: Final = "save the model again: torch.save(model.state_dict(), 'weights.pt')"


@dataclass(frozen=True, slots=True)
class PickledName:
    """A name in a pickle that has a meaning here.

    Attributes:
        path: Module and name, one of `NAMES`.
    """

    path: str


@dataclass(slots=True, eq=False)
class PickledObject:
    """A class or a function that is not read, or an object that would be made with it.

    Nothing of that name is ever imported, called or looked up.

    Attributes:
        path: Module and name.
        arguments: The arguments of the call, if there is one.
        items: The attributes and items that the object would be given.
    """

    path: str
    arguments: object = ()
    items: list[object] = field(default_factory=list)

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class PickledStorage:
    """A row of numbers outside the pickle, or, in files from before PyTorch 1.6, a part of one.

    Attributes:
        key: The name of the row, which is the member `data/<key>` of an archive.
        dtype: The kind of its numbers.
        count: The number of them.
        first: The index of the first of them in the row.
        whole: The number of all numbers in the row.
    """

    key: str
    dtype: str
    count: int
    first: int
    whole: int

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.count * item_size(self.dtype)

    @property
    def first_byte(self) -> int:
        """Where it begins in the row, in bytes."""
        return self.first * item_size(self.dtype)

    @property
    def whole_size(self) -> int:
        """The size of the row in bytes."""
        return self.whole * item_size(self.dtype)


@dataclass(frozen=True, slots=True)
class PickledTensor:
    """A view of a storage, which holds all of its numbers.

    Attributes:
        storage: Where its numbers are.
        offset: The index of its first number in the storage.
        shape: Its shape.
        strides: Numbers from one index to the next, for each axis.
    """

    storage: PickledStorage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def storage_of(identity: object, where: str) -> PickledStorage:
    """Return the storage that a persistent id names.

    Args:
        identity: The value on the stack; torch writes ("storage", class, key, device, count), and wrote a sixth part
            before 1.6: None, or (key, first, count) of the part of the row that is meant.
        where: The file and its part, for error texts.

    Raises:
        ModelError: It is not such an id.
    """
    match identity:
        case ("storage", PickledName(path), str(key), str(), whole, *view) if path in _STORAGES and _is_count(
            whole
        ):
            match view:
                case [] | [None]:
                    return PickledStorage(key, _STORAGES[path], whole, 0, whole)
                case [(str(), first, count)] if _is_count(first) and _is_count(count) and first + count <= whole:
                    return PickledStorage(key, _STORAGES[path], count, first, whole)
    raise ModelError("names a storage as torch.save does not", where=where, remedy=_AGAIN)


def tensor_of(arguments: tuple[object, ...], where: str) -> PickledTensor:
    """Return the tensor that the arguments of `_rebuild_tensor_v2`, or of the older `_rebuild_tensor`, describe.

    Args:
        arguments: Storage, offset, shape, strides, and more that does not affect the numbers.
        where: The file and its part, for error texts.

    Raises:
        ModelError: They are not such arguments, or the tensor reads beyond its storage.
    """
    match arguments:
        case (PickledStorage() as storage, int(offset), tuple(shape), tuple(strides), *rest):
            valid = len(rest) in (0, 2, 3) and all(map(_is_count, (offset, *shape, *strides)))
        case _:
            valid = False
    if not valid:
        raise ModelError("describes a tensor as torch.save does not", where=where, remedy=_AGAIN)
    if len(shape) != len(strides) or len(shape) > _MOST_AXES:
        raise ModelError(
            f"describes a tensor of {len(shape)} axes with {len(strides)} strides", where=where, remedy=_AGAIN
        )
    count, last = 1, offset
    for size, stride in zip(shape, strides, strict=True):
        count *= size
        last += (size - 1) * stride
    # A view may not have more numbers than its storage: with stride 0, one number would become terabytes.
    if count and (last >= storage.count or count > storage.count):
        raise ModelError(
            f"describes a tensor of shape {shape} from number {offset:,} on, which does not fit its storage of "
            f"{storage.count:,}",
            where=where,
            remedy=_AGAIN,
        )
    return PickledTensor(storage, offset, shape, strides)


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < _LARGEST
