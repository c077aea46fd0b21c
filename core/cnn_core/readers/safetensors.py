"""The `.safetensors` container: eight bytes of header length, a JSON header, the numbers.

The format is small enough to read strictly here, without a dependency:

```
u64 little-endian   length of the header
JSON                {"__metadata__": {…}, "conv.weight": {"dtype": "F32", "shape": [320, 4, 16],
                     "data_offsets": [0, 81920]}, …}
the rest            numbers, little-endian, row by row; offsets count from its first byte
```

Source of the format: https://huggingface.co/docs/safetensors/.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Final

from ..errors import ModelError, shorten
from .tensors import ITEM_SIZES, StoredTensor, decode_floats

__all__ = ["LONGEST_HEADER", "read_safetensors"]

LONGEST_HEADER: Final = 1 << 24
"""Bytes that a header may have; one tensor takes about a hundred."""

_MOST_AXES: Final = 32
_AGAIN: Final = "copy or download it again"
_KINDS: Final = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "C64": "complex64",
    "F8_E4M3": "float8_e4m3",
    "F8_E5M2": "float8_e5m2",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
}


def read_safetensors(data: bytes, source: str) -> tuple[StoredTensor, ...]:
    """Read the names and shapes of all tensors; their numbers are decoded where they are wanted.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Returns:
        The tensors in the header's order, which need not be the layers' order.

    Raises:
        ModelError: The file is cut short, its header is not what the format says, a tensor's shape, kind and
            offsets contradict each other, or the tensors do not fill the data one after the other, without an
            overlap and without a gap.
    """
    header, numbers = _split(data, source)
    spans: list[tuple[int, int, str]] = []
    tensors = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        where = f"{source}, tensor {shorten(name)}"
        kind, shape, (first, last) = _entry(entry, where)
        if last > len(numbers):
            raise ModelError(
                f"ends at byte {last:,} of {len(numbers):,} bytes of numbers", where=where, remedy=_AGAIN
            )
        if kind in ITEM_SIZES and math.prod(shape) * ITEM_SIZES[kind] != last - first:
            raise ModelError(
                f"has shape {shape} of {kind}, which does not fill its {last - first:,} bytes",
                where=where,
                remedy="save the model again",
            )
        spans.append((first, last, name))
        tensors.append(_tensor(name, shape, kind, source, numbers[first:last]))
    _check_spans(spans, len(numbers), source)
    return tuple(tensors)


def _split(data: bytes, source: str) -> tuple[dict[str, object], memoryview]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ModelError(
            f"its header should have {length:,} bytes, and {max(0, len(data) - 8):,} follow",
            where=source,
            remedy=_AGAIN,
        )
    if length > LONGEST_HEADER:
        raise ModelError(f"its header has {length:,} bytes", where=source, remedy=f"the most is {LONGEST_HEADER:,}")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"), object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, _TwiceError) else "its header is not JSON"
        raise ModelError(what, where=source, remedy=_AGAIN) from None
    if not isinstance(header, dict):
        raise ModelError("its header is not a JSON object", where=source, remedy=_AGAIN)
    return header, memoryview(data)[8 + length :]


class _TwiceError(ValueError):
    """A name that stands twice in one JSON object."""


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(f"its header names {shorten(name)} twice")
        found[name] = value
    return found


def _entry(entry: object, where: str) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """Return what a header says of one tensor: what its numbers are, its shape, and from where to where it lies."""
    if isinstance(entry, dict):
        kind, shape, span = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
        if isinstance(kind, str) and _counts(shape) and _counts(span):
            assert isinstance(shape, list)
            assert isinstance(span, list)
            if len(shape) <= _MOST_AXES and len(span) == 2 and span[0] <= span[1]:
                return _KINDS.get(kind, shorten(kind, 20)), tuple(shape), (span[0], span[1])
    raise ModelError(
        "is not described as the format says",
        where=where,
        remedy='an entry is {"dtype": "F32", "shape": […], "data_offsets": [first, end]}',
    )


def _counts(value: object) -> bool:
    return isinstance(value, list) and all(type(each) is int and 0 <= each < 1 << 63 for each in value)


def _tensor(name: str, shape: tuple[int, ...], kind: str, source: str, raw: memoryview) -> StoredTensor:
    return StoredTensor(name, shape, kind, source, lambda: decode_floats(raw, kind).reshape(shape))


def _check_spans(spans: list[tuple[int, int, str]], length: int, source: str) -> None:
    """Refuse tensors that overlap or leave a gap."""
    bounds = [(0, 0, "the header"), *sorted(spans), (length, length, "the end")]
    for (_, end, name), (start, _, following) in pairwise(bounds):
        if start < end:
            raise ModelError(
                f"tensors {shorten(name)} and {shorten(following)} overlap",
                where=source,
                remedy="save the model again",
            )
        if start > end:
            raise ModelError(
                f"{start - end:,} bytes between {shorten(name)} and {shorten(following)} belong to no tensor",
                where=source,
                remedy="save the model again",
            )
