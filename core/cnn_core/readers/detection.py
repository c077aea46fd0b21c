"""What kind of file a model file is, told by its content: names and endings are not looked at."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

__all__ = ["MODEL_HEADER", "Kind", "detect"]

MODEL_HEADER: Final = "cnn_tui_model.npy"
"""The member by which an npz file is known as a model of ours."""


class Kind(StrEnum):
    """A kind of file, as far as its content tells."""

    KERAS = "keras"
    """A zip archive of Keras 3."""
    HDF5 = "hdf5"
    """HDF5, in which Keras wrote models and weights of every age."""
    ARCHITECTURE = "architecture"
    """A network's architecture in JSON or YAML, without weights."""
    PYTORCH = "pytorch"
    """A zip archive of `torch.save`."""
    SAFETENSORS = "safetensors"
    """A `.safetensors` file."""
    MEME = "meme"
    """Motifs in MEME's format."""
    JASPAR = "jaspar"
    """Motifs in JASPAR's format."""
    TRANSFAC = "transfac"
    """Motifs in TRANSFAC's format."""
    NPZ = "npz"
    """A model in our own format."""
    ARRAYS = "arrays"
    """An npz file that is no model of ours."""
    PYTORCH_LEGACY = "pytorch-legacy"
    """What `torch.save` wrote before PyTorch 1.6."""
    PICKLE = "pickle"
    """A Python pickle."""
    ZIP = "zip"
    """A zip archive of something else, or a damaged one."""
    COMPRESSED = "compressed"
    """A compressed file."""
    ONNX = "onnx"
    """Probably an ONNX model."""
    TENSORFLOW = "tensorflow"
    """A TensorFlow Lite model, or the graph of a saved one."""
    FASTA = "fasta"
    """Sequences."""
    WEB_PAGE = "web-page"
    """HTML or XML."""
    EMPTY = "empty"
    """No bytes at all."""
    UNKNOWN = "unknown"
    """None of these."""


_HEAD: Final = 1 << 16
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_LEGACY: Final = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c")
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ROW: Final = re.compile(r"([A-Za-z] ?)?[:|]? ?\[? ?[-+.\d][-+.\deE ]*\]?")
_MATRIX: Final = re.compile(r"P[0O]\s+\S")
_KERAS_YAML: Final = ("backend:", "class_name:", "config:", "keras_version:")
# The text of Torch7 begins with numbers, too: what kind of object comes, and which.
_TORCH7: Final = (("1", "3"), ("1", "V 1"))
_LONGEST_ROW: Final = 4096
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def detect(data: bytes) -> Kind:
    """Return what kind of file some bytes are, from their first and, for an archive, from its list of members.

    Args:
        data: The whole file.
    """
    if not data:
        return Kind.EMPTY
    if data.startswith(_ZIPS):
        return _of_archive(data)
    # An HDF5 file may begin with a block of something else, of 512 bytes or a multiple.
    if any(data.startswith(_HDF5, start) for start in (0, 512, 1024, 2048)):
        return Kind.HDF5
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        return Kind.PYTORCH_LEGACY if data.startswith(_LEGACY, 2) else Kind.PICKLE
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < 1 << 32:
        return Kind.SAFETENSORS
    if data.startswith(_COMPRESSED):
        return Kind.COMPRESSED
    if data[4:8] == b"TFL3" or data.startswith(b"\x08\x01\x12"):
        return Kind.TENSORFLOW
    if data[:1] == b"\x08" and data[2:3] in (b"\x12", b"\x1a", b"\x3a"):
        return Kind.ONNX
    return _of_text(data[:_HEAD])


def _of_archive(data: bytes) -> Kind:
    # Only an archive costs the import of the modules that read one.
    from ..errors import ModelError
    from .archive import Archive

    try:
        names = Archive(data, "").names
    except ModelError:
        return Kind.ZIP
    if MODEL_HEADER in names:
        return Kind.NPZ
    if "config.json" in names or "model.weights.h5" in names:
        return Kind.KERAS
    if any(name.endswith("/data.pkl") for name in names):
        return Kind.PYTORCH
    return Kind.ARRAYS if names and all(name.endswith(".npy") for name in names) else Kind.ZIP


def _of_text(head: bytes) -> Kind:
    if _BINARY.search(head):
        return Kind.UNKNOWN
    lines = [line.strip() for line in head.decode("utf-8-sig", "replace").splitlines()]
    first, second, third, *_ = [*(line for line in lines if line and not line.startswith("#")), "", "", ""]
    if first.startswith("<"):
        # Pages of MEME's have its text in them.
        return Kind.WEB_PAGE
    if any(line.startswith("MEME version ") for line in lines):
        return Kind.MEME
    if any(_MATRIX.match(line) or line.startswith("VV  TRANSFAC") for line in lines):
        return Kind.TRANSFAC
    if first.startswith(">"):
        # A C G T may be letters, or stand above a motif's columns.
        row = third if second.upper().split() == [*"ACGT"] else second
        return Kind.JASPAR if _is_row(row) else Kind.FASTA
    if _is_row(first) and (second, third) not in _TORCH7:
        return Kind.JASPAR
    if first.startswith("{") or any(line.startswith(_KERAS_YAML) for line in lines):
        return Kind.ARCHITECTURE
    return Kind.UNKNOWN


def _is_row(line: str) -> bool:
    """Tell whether a line is a row of counts: numbers, with or without a letter and brackets."""
    return bool(_ROW.match(" ".join(line[:_LONGEST_ROW].split()))) and any(map(str.isdigit, line[:_LONGEST_ROW]))
