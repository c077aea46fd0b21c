"""The `.safetensors` container, read by the library of that name; the numbers and the limits are ours.

It holds tensors by name and no architecture, so the model is a filter bank: see `filter_bank`. The library checks the
header and that the tensors fill the file without a gap and without an overlap. It returns numbers as raw bytes, and
accepts a name that stands twice, more axes than numpy has and a header six times as long as `LONGEST_HEADER`, which
are refused here.

Source of the format: https://huggingface.co/docs/safetensors/.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from safetensors import SafetensorError, deserialize

from ..errors import ModelError, shorten
from .filter_bank import FILTER_BANK_OPTIONS, FilterBank, read_filter_bank
from .formats import Format
from .head import Head
from .report import FileContents, ModelFile
from .tensors import StoredTensor, decode_floats

__all__ = ["FORMAT", "LONGEST_HEADER", "read_safetensors", "read_tensors"]

LONGEST_HEADER: Final = 1 << 24
"""Bytes that a header may have; one tensor takes about a hundred."""

_NAME: Final = "safetensors file"
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
# What the library says before the fact itself.
_READ: Final[Callable[[bytes], list[tuple[str, Mapping[str, Any]]]]] = deserialize
_PREAMBLE: Final = "Error while deserializing: "


def read_safetensors(data: bytes, source: str, settings: FilterBank | None = None) -> ModelFile:
    """Read a `.safetensors` file as a filter bank.

    Args:
        data: The file's bytes.
        source: The file's name.
        settings: What to choose and how to pool.

    Raises:
        CnnError: See `read_tensors` and `filter_bank.read_filter_bank`.
    """
    tensors = read_tensors(data, source)
    # The header is sorted by kind and name, so its order says nothing about the layers'.
    model, said = read_filter_bank(tensors, source, settings or FilterBank(), ordered=False)
    return ModelFile(model, _NAME, "", tuple(each.entry for each in tensors), said)


def read_tensors(data: bytes, source: str) -> tuple[StoredTensor, ...]:
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
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_once_each)
    except _TwiceError as error:
        raise ModelError(str(error), where=source, remedy=_AGAIN) from None
    except (SafetensorError, ValueError, RecursionError) as error:
        what = shorten(str(error).removeprefix(_PREAMBLE), 120)
        raise ModelError(f"is not a valid safetensors file ({what})", where=source, remedy=_AGAIN) from None
    return tuple(_tensor(name, found[name], source) for name in header if name in found)


class _TwiceError(ValueError):
    """A name that stands twice in one JSON object."""


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(f"its header names {shorten(name)} twice")
        found[name] = value
    return found


def _tensor(name: str, entry: Mapping[str, Any], source: str) -> StoredTensor:
    shape, raw = tuple(entry["shape"]), entry["data"]
    kind = _KINDS.get(entry["dtype"], entry["dtype"])
    if len(shape) > _MOST_AXES:
        raise ModelError(
            f"has {len(shape)} axes", where=f"{source}, tensor {shorten(name)}", remedy=f"the most is {_MOST_AXES}"
        )
    return StoredTensor(name, shape, kind, source, lambda: decode_floats(raw, kind).reshape(shape))


def _matches(head: Head, name: str) -> bool:
    return head.data[8:9] == b"{" and int.from_bytes(head.data[:8], "little") < 1 << 32


def _inspect(data: bytes, source: str) -> FileContents:
    return FileContents(_NAME, "", tuple(each.entry for each in read_tensors(data, source)))


FORMAT: Final = Format(
    name="safetensors",
    options=FILTER_BANK_OPTIONS,
    matches=_matches,
    open=lambda data, source, options, _path: read_safetensors(data, source, FilterBank(**options)),
    inspect=_inspect,
)
