"""What can be exported, and as what. Imports nothing heavy, so that `--help` answers at once."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, Literal, get_args

__all__ = ["BEDGRAPH", "BIGWIG", "CONTENTS", "FILTER_FIELD", "SUFFIXES", "Contents", "contents_of", "suffixes_of"]

Contents = Literal["layers", "cells", "activations", "responses", "selections", "kernels"]
"""What is written."""

CONTENTS: Final[tuple[Contents, ...]] = get_args(Contents)
"""What is written, the default first."""
BEDGRAPH: Final = (".bedgraph", ".bdg")
BIGWIG: Final = (".bw", ".bigwig")
FILTER_FIELD: Final = "{filter}"
"""What stands for a filter's name in the name of a file."""

_TRACKS: Final = (*BEDGRAPH, *BIGWIG)
_SUFFIXES: Final[dict[str, tuple[str, ...]]] = {
    "layers": (".npz",),
    "cells": (".npz", ".tsv", *_TRACKS, ".bed"),
    "activations": (".npz", ".tsv", *_TRACKS),
    "responses": (".npz", ".tsv", *_TRACKS),
    "selections": (".npz", ".tsv", ".bed"),
    "kernels": (".npz", ".tsv", ".meme"),
}
SUFFIXES: Final = tuple(dict.fromkeys(suffix for each in _SUFFIXES.values() for suffix in each))
"""Every suffix that something can be written with."""


def suffixes_of(what: str) -> tuple[str, ...]:
    """Return the suffixes that a file of some contents may have.

    Args:
        what: One of `CONTENTS`.
    """
    return _SUFFIXES[what]


def contents_of(output: str) -> Contents:
    """Return what is written into a file if nothing else is said.

    Args:
        output: The file's name.
    """
    suffix = PurePath(output).suffix.lower()
    if suffix == ".meme":
        return "kernels"
    return "cells" if suffix in (*_TRACKS, ".bed", ".tsv") else "layers"
