"""Programs of `torch.export`, as one of the formats that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..formats import Format
from ..head import Head
from ..report import ModelFile
from .archive import is_program
from .reader import inspect_program, read_program

__all__ = ["FORMAT"]


def _matches(head: Head, name: str) -> bool:
    return is_program(head.members)


def _open(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    return read_program(data, source, **options)


FORMAT: Final = Format(name="pt2", options=("channels",), matches=_matches, open=_open, inspect=inspect_program)
