"""ONNX models, as one of the formats that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import ModelError
from ..formats import Format
from ..head import Head
from ..report import ModelFile
from ..wire import Wire
from .reader import inspect_onnx, read_onnx

__all__ = ["FORMAT"]

_VERSION, _GRAPH, _OPERATORS = 1, 7, 8
"""The fields that a model has: its format's version, the graph, and which operators it is written in."""
_FIRST: Final = b"\x08"
"""The key of the version, which every writer puts first."""


def _matches(head: Head, name: str) -> bool:
    if not head.data.startswith(_FIRST):
        return False
    try:
        model = Wire("").message(memoryview(head.data))
        return _GRAPH in model and _OPERATORS in model and model.whole(_VERSION) > 0
    except ModelError:
        return False


def _open(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    return read_onnx(data, source, path, **options)


FORMAT: Final = Format(
    name="onnx",
    options=("channels",),
    matches=_matches,
    open=_open,
    inspect=inspect_onnx,
)
