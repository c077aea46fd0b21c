"""TensorFlow's checkpoints, in which a SavedModel keeps its variables: an index and the numbers in files beside it.

`variables.index` is a sorted table of entries by the variables' names, `variables.data-00000-of-00001` the numbers one
after the other. From TensorFlow 2 on one entry describes the objects that the variables belong to.

Source: `tensorflow/core/protobuf/tensor_bundle.proto`, `trackable_object_graph.proto`,
`tensorflow/core/util/tensor_bundle/tensor_bundle.cc`.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Final

from ...errors import ModelError
from ..report import TensorEntry
from ..tensors import StoredTensor, decode_floats, item_size
from ..wire import Message, Wire
from .crc32c import crc32c, masked
from .sorted_table import table_entries

__all__ = ["Bundle", "Shards", "TrackedObject", "read_bundle", "shards_of"]

Shards = Callable[[int, int, int, int], bytes]
"""Returns bytes of the file of numbers: which of how many files, from where on, and how many."""

_FORMAT: Final = "TensorFlow checkpoint"
_AGAIN: Final = "copy or download it again"
_GRAPH: Final = "_CHECKPOINTABLE_OBJECT_GRAPH"
_LARGEST: Final = 1 << 31
_LARGEST_GRAPH: Final = 1 << 26
_MOST_SHARDS: Final = 10_000
_MOST_AXES: Final = 8
_KINDS: Final = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    19: "float16",
}
_STRING: Final = "string"
# What stands in a checkpoint beside the weights of the network.
_BESIDE: Final = re.compile(
    r"(^|/)(\.OPTIMIZER_SLOT|optimizer|_optimizer|keras_api|save_counter|global_step|Adam|Adam_1|RMSProp|Momentum"
    r"|beta1_power|beta2_power|iter|_CHECKPOINTABLE_OBJECT_GRAPH)(/|$)"
)
_VALUE: Final = "/.ATTRIBUTES/VARIABLE_VALUE"


@dataclass(slots=True, eq=False)
class TrackedObject:
    """An object of the program that saved a checkpoint.

    Attributes:
        children: The numbers of the objects that it holds, by what it calls them.
        name: The name of the variable that it is, such as conv/kernel; otherwise empty.
        key: The key of that variable.
    """

    children: dict[str, int] = field(default_factory=dict)
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A checkpoint.

    Attributes:
        source: Its name, for error texts.
        tensors: The variables by the names that the program gave them, without those of its optimizer.
        objects: The objects that they belong to, the network first; nothing where the checkpoint does not say it.
        keyed: The variables by their keys.
    """

    source: str
    tensors: dict[str, StoredTensor]
    objects: tuple[TrackedObject, ...]
    keyed: dict[str, StoredTensor]

    def entries(self) -> tuple[TensorEntry, ...]:
        """Return every tensor, as reports list it."""
        return tuple(each.entry for each in self.keyed.values() if each.dtype != _STRING)


def shards_of(index: Path) -> Shards:
    """Return what reads the files of numbers beside an index.

    Args:
        index: The path of the index.
    """

    def read(shard: int, count: int, start: int, size: int) -> bytes:
        path = index.with_name(f"{index.name.removesuffix('.index')}.data-{shard:05d}-of-{count:05d}")
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or start + size > status.st_size:
                raise ModelError("is shorter than its index says, or is no file", where=path.name, remedy=_AGAIN)
            with path.open("rb") as file:
                file.seek(start)
                return file.read(size)
        except FileNotFoundError:
            raise ModelError(
                f"its numbers are in {path.name}, which is not beside it", where=index.name, remedy="copy it there"
            ) from None
        except (OSError, ValueError):
            # The ValueError is a name that no file can have.
            raise ModelError("cannot be read", where=path.name, remedy="ask for its read permission") from None

    return read


def read_bundle(index: bytes, shards: Shards | None, source: str) -> Bundle:
    """Read a checkpoint; its numbers are read when they are needed.

    Args:
        index: The index.
        shards: Reads the numbers; None where only what there is matters.
        source: The checkpoint's name, for error texts.

    Raises:
        ModelError: It is damaged, or of another order of bytes.
    """
    wire, count = Wire(source, _FORMAT), 0
    keyed: dict[str, StoredTensor] = {}
    graph: tuple[TrackedObject, ...] = ()
    for number, (key, value) in enumerate(table_entries(index, source)):
        message = wire.message(value)
        if not number:
            if key:
                raise wire.fault()
            count = _shard_count(message, source)
            continue
        name = key.decode("utf-8", "replace")
        keyed[name] = _tensor(name, message, shards or _missing, count, source)
        if name == _GRAPH and shards is not None:
            graph = _objects(_text(message, shards, count, source), source)
    if not count:
        raise wire.fault()
    names = {each.key: each.name for each in graph if each.key}
    tensors: dict[str, StoredTensor] = {}
    for key_, tensor in keyed.items():
        name = names.get(key_) or key_.removesuffix(_VALUE)
        if not _BESIDE.search(key_) and tensor.dtype != _STRING:
            tensors.setdefault(name if name not in tensors else key_, tensor)
    return Bundle(source, tensors, graph, keyed)


def _missing(shard: int, count: int, start: int, size: int) -> bytes:
    return b""


def _shard_count(header: Message, source: str) -> int:
    count = header.whole(1)
    if header.whole(2):
        raise ModelError("has its most significant byte first", where=source, remedy="save it on another machine")
    if not 0 < count <= _MOST_SHARDS:
        raise ModelError(f"says that it has {count:,} files of numbers", where=source, remedy=_AGAIN)
    return count


def _tensor(name: str, entry: Message, shards: Shards, count: int, source: str) -> StoredTensor:
    shape_message = entry.message(2)
    sizes = [] if shape_message is None else [each.whole(1) for each in shape_message.messages(2)]
    dtype = _KINDS.get(entry.whole(1), f"type {entry.whole(1)}")
    shape = tuple(sizes)
    tensor = StoredTensor(name, shape, dtype, source, lambda: decode_floats(raw(), dtype).reshape(shape))
    if len(sizes) > _MOST_AXES or any(size < 0 or size > _LARGEST for size in sizes) or prod(sizes) > _LARGEST:
        raise tensor.fault(f"has shape {shape}", "the most is two billion numbers")

    def raw() -> bytes:
        if 7 in entry:
            raise tensor.fault("is stored in parts, which is not read", "save the model again, as one")
        return _numbers(entry, item_size(dtype) * prod(shape), shards, count, tensor)

    return tensor


def _numbers(entry: Message, size: int, shards: Shards, count: int, tensor: StoredTensor) -> bytes:
    """Return the bytes of an entry."""
    shard, start, stated = entry.whole(3), entry.whole(4), entry.whole(5)
    if not 0 <= shard < count or start < 0 or stated != size:
        raise tensor.fault("does not lie where its index says", _AGAIN)
    data = shards(shard, count, start, size)
    if len(data) != size:
        raise tensor.fault("is cut short", _AGAIN)
    checksum = entry.block(6)
    if checksum is not None and int.from_bytes(checksum, "little") != masked(crc32c(data)):
        raise tensor.fault("has another checksum than its content", _AGAIN)
    return data


def _text(entry: Message, shards: Shards, count: int, source: str) -> memoryview:
    """Return the bytes of an entry that is one text: their number, a checksum of that, and they."""
    size, shard, start = entry.whole(5), entry.whole(3), entry.whole(4)
    if not 0 <= size <= _LARGEST_GRAPH or not 0 <= shard < count or start < 0:
        raise ModelError("does not lie where its index says", where=source, remedy=_AGAIN)
    data = memoryview(shards(shard, count, start, size))
    length, at = Wire(source, _FORMAT).varint(data, 0)
    if at + 4 + length != len(data):
        raise ModelError("describes its objects in another way than TensorFlow", where=source, remedy=_AGAIN)
    return data[at + 4 :]


def _objects(data: memoryview, source: str) -> tuple[TrackedObject, ...]:
    found = []
    for node in Wire(source, _FORMAT).message(data).messages(1):
        each = TrackedObject()
        for child in node.messages(1):
            each.children.setdefault(child.text(2), child.whole(1))
        for attribute in node.messages(2):
            if attribute.text(1) == "VARIABLE_VALUE":
                each.name, each.key = attribute.text(2), attribute.text(3)
        found.append(each)
    if any(not 0 <= child < len(found) for each in found for child in each.children.values()):
        raise ModelError("has an object that is not there", where=source, remedy=_AGAIN)
    return tuple(found)
