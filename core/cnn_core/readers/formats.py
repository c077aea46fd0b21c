"""The formats of model files that can be read, each a module that recognises and opens its files.

Each module in the list has a `FORMAT` and is imported only when a file may have that format. The format whose ending
the file has is tried first; the content decides.
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
    "keras.saved_model": (".index",),
    "npz": (".npz",),
    "torch_export": (".pt2",),
    "onnx": (".onnx",),
    "torchscript": (".torchscript", ".jit"),
    "weights.pytorch": (".pt", ".pth", ".ckpt"),
    "weights.safetensors": (".safetensors",),
    "motifs.meme": (".meme",),
    "motifs.transfac": (".transfac",),
    "motifs.uniprobe": (".uniprobe", "_pwm.txt"),
    "motifs.matrices": (".jaspar", ".pfm", ".motif", ".motifs", ".homer", ".cb", ".pwm", ".ppm"),
}
"""The module of each format, and how its files' names end."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of model files.

    Attributes:
        name: Its name in error texts.
        options: The names of the `ModelOptions` that apply to it.
        matches: Tells from its head and its name whether a file has this format. The name is for formats that the
            content does not reveal. No file may match two formats.
        open: Makes a model of the file's bytes and name, given the options that are not None (`architecture` as
            bytes) and the path, where there is one, to find files beside it.
        inspect: Returns what a file holds, even if no model can be made of it.
    """

    name: str
    options: tuple[str, ...]
    matches: Callable[[Head, str], bool]
    open: Callable[[bytes, str, Mapping[str, Any], Path | None], ModelFile]
    inspect: Callable[[bytes, str], FileContents]


def recognise(head: Head, name: str) -> Format | None:
    """Return the format of a file, or None if no format matches.

    Args:
        head: The file's head.
        name: The file's name.
    """
    return next((each for each in _formats(name) if each.matches(head, name)), None)


def _formats(name: str) -> Iterator[Format]:
    """Yield every format, those whose ending the file has first."""
    for module in sorted(FORMATS, key=lambda each: not name.lower().endswith(FORMATS[each])):
        found: Format = import_module(f".{module}", __package__).FORMAT
        yield found
