"""The `.safetensors` container, read by the library of that name; decoding and limits are ours.

It holds tensors by name and no architecture, so the model is a filter bank: see `weights_file`. The library checks the
header and that the tensors fill the file without a gap and without an overlap. It returns numbers as raw bytes, and
accepts a duplicate name, more axes than numpy has and a header six times as long as `LONGEST_HEADER`, which are
refused here.

Source of the format: https://huggingface.co/docs/safetensors/.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from safetensors import SafetensorError, deserialize

from ...errors import ModelError, shorten
from ..filter_bank import filter_format
from ..head import Head
from ..report import FileContents
from ..tensors import StoredTensor, decode_floats
from .weights_file import WeightFilters, WeightsFile

__all__ = ["FORMAT", "LONGEST_HEADER", "read_safetensors", "read_tensors"]

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
_READ: Final[Callable[[bytes], list[tuple[str, Mapping[str, Any]]]]] = deserialize
# What the library puts in front of its reason.
_PREAMBLE: Final = "Error while deserializing: "


def read_safetensors(data: bytes, source: str) -> WeightsFile:
    """Read a `.safetensors` file.

    Args:
        data: The file's bytes.
        source: The file's name.

    Raises:
        ModelError: See `read_tensors`.
    """
    tensors = read_tensors(data, source)
    contents = FileContents("safetensors file", "", tuple(each.entry for each in tensors))
    # The header is sorted by kind and name, so its order says nothing about the layers'.
    return WeightsFile(source, contents, tensors, ordered=False)


def read_tensors(data: bytes, source: str) -> tuple[StoredTensor, ...]:
    """Read the names and shapes of all tensors; their numbers are decoded when they are needed.

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
        found = dict(_READ(data))
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_without_duplicates)
    except _DuplicateNameError as error:
        raise ModelError(str(error), where=source, remedy=_AGAIN) from None
    except (SafetensorError, ValueError, RecursionError) as error:
        what = shorten(str(error).removeprefix(_PREAMBLE), 120)
        raise ModelError(f"is not a valid safetensors file ({what})", where=source, remedy=_AGAIN) from None
    return tuple(_tensor(name, found[name], source) for name in header if name in found)


class _DuplicateNameError(ValueError):
    """A name that occurs twice in one JSON object."""


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _DuplicateNameError(f"its header names {shorten(name)} twice")
        found[name] = value
    return found


def _tensor(name: str, entry: Mapping[str, Any], source: str) -> StoredTensor:
    shape, raw = tuple(entry["shape"]), entry["data"]
    kind = _KINDS.get(entry["dtype"], entry["dtype"])
    tensor = StoredTensor(name, shape, kind, source, lambda: decode_floats(raw, kind).reshape(shape))
    if len(shape) > _MOST_AXES:
        raise tensor.fault(f"has {len(shape)} axes", f"the most is {_MOST_AXES}")
    return tensor


def _matches(head: Head) -> bool:
    return head.data[8:9] == b"{" and int.from_bytes(head.data[:8], "little") < 1 << 32


FORMAT: Final = filter_format("safetensors", WeightFilters, _matches, read_safetensors)
