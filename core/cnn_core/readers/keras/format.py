"""Keras's model files, as one of the formats that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..formats import Format
from ..head import Head
from ..report import ModelFile
from .architecture_files import architectures_beside
from .beside import read_keras_beside
from .reader import WithoutArchitectureError, inspect_keras, read_keras

__all__ = ["FORMAT"]

_HDF5: Final = b"\x89HDF\r\n\x1a\n"
# An HDF5 file may begin with a block of something else, of 512 bytes or a multiple.
_HDF5_STARTS: Final = (0, 512, 1024, 2048)


def _matches(head: Head, name: str) -> bool:
    if head.is_zip:
        return not {"config.json", "model.weights.h5"}.isdisjoint(head.members)
    return any(head.data.startswith(_HDF5, start) for start in _HDF5_STARTS)


def _open(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    """Read a file; weights alone with the architecture beside them that fits."""
    try:
        return read_keras(data, source, **options)
    except WithoutArchitectureError:
        beside = [] if path is None or Head(data).is_zip else architectures_beside(path)
        if not beside:
            raise
    return read_keras_beside(data, source, beside, **options)


FORMAT: Final = Format(
    name="keras",
    options=("architecture", "flip_kernels", "channels", "treat", "begin"),
    matches=_matches,
    open=_open,
    inspect=inspect_keras,
)
