"""The formats of model files that can be read, each a module that recognises and opens its files.

A module of this list has a `FORMAT`. It is imported only when a file may be its own: the format whose ending a file
has is asked first, and the content decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .head import Head
    from .report import FileContents, ModelFile

__all__ = ["FORMATS", "Format", "recognise"]

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "keras": (".keras", ".h5", ".hdf5"),
    "npz": (".npz",),
    "weights.pytorch": (".pt", ".pth", ".ckpt"),
    "weights.safetensors": (".safetensors",),
    "motifs.meme": (".meme",),
    "motifs.transfac": (".transfac",),
    "motifs.jaspar": (".jaspar", ".pfm"),
}
"""The module of each format, and how its files' names end."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of model files.

    Attributes:
        name: What error texts call it.
        options: The names of the `ModelOptions` that apply to it.
        matches: Tells from its head and its name whether a file has this format. The name is for formats whose
            content does not tell; formats are to exclude each other.
        open: Makes a model of the file's bytes and its name, given those options that are not None, `architecture`
            as bytes; and of its path where it has one, for what lies beside it.
        inspect: Returns what a file holds, also where no model can be made of it.
    """

    name: str
    options: tuple[str, ...]
    matches: Callable[[Head, str], bool]
    open: Callable[[bytes, str, Mapping[str, Any], Path | None], ModelFile]
    inspect: Callable[[bytes, str], FileContents]


def recognise(head: Head, name: str) -> Format | None:
    """Return the format of a file, or None where it has no format that can be read.

    Args:
        head: The file's head.
        name: The file's name.
    """
    return next((each for each in _formats(name) if each.matches(head, name)), None)


def _formats(name: str) -> Iterator[Format]:
    """Yield every format, the likeliest by a file's name first."""
    for module in sorted(FORMATS, key=lambda each: not name.lower().endswith(FORMATS[each])):
        found: Format = import_module(f".{module}", __package__).FORMAT
        yield found
