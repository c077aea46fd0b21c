"""What a file is that is not a model we read, and what to do with it: for people who try what they have.

The content decides. Where it cannot, as with the bare numbers of a TensorFlow checkpoint, the name may.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from pathlib import Path, PurePath
from typing import Final

from ..letters.fasta_likeness import is_tar
from ..letters.lfs_pointers import pointer_words
from .head import Head

__all__ = ["READABLE", "refusal"]

READABLE: Final = (
    "what can be opened is Keras (.keras, .h5, SavedModel folders), PyTorch programs (.pt2) and weights (.pt, "
    ".safetensors), ONNX (.onnx), motifs (MEME, JASPAR, TRANSFAC, HOMER, CIS-BP, UniPROBE …) and .npz from cnn-tui "
    "convert"
)
"""One sentence that lists what can be opened."""

_Words = tuple[str, str]
"""What a file is, and what to do."""

_HEAD: Final = 1 << 16
_LONGEST_LOOK: Final = 1 << 20
_MOST_MEMORY: Final = 1 << 26
_AGAIN: Final = "copy or download it again"
_STATE_DICT: Final = "load it where it was made and save the weights: torch.save(model.state_dict(), 'weights.pt')"
_KERAS: Final = "load it where it was made and save the model: model.save('model.keras')"
_EITHER: Final = (
    "load it where it was made and save what it holds: torch.save(model.state_dict(), 'weights.pt') or "
    "model.save('model.keras')"
)
_MEME_TEXT: Final = "open the text that lies beside it, meme.txt or streme.txt"
_MEME_TEXTS: Final = (".txt", ".meme")
_UNPACK: Final = "unpack it, for instance with tar -xf, and open a model file of it"
_R: Final[_Words] = (
    "is a file of R's",
    "write the motifs from R as MEME, for instance with universalmotif's write_meme",
)
_CHECKPOINT: Final[_Words] = ("is part of a TensorFlow checkpoint, which says nothing of the network", _KERAS)
_UNKNOWN: Final[_Words] = ("this is not a model file that we know", READABLE)
_SAVED_MODEL: Final[_Words] = (
    "looks like the graph of a TensorFlow SavedModel, whose weights lie in other files",
    "load its folder where it was made and save the model: model.save('model.keras')",
)

_FASTA: Final[_Words] = ("holds sequences and no model", "give it as the sequences")
_STARTS: Final[tuple[tuple[tuple[bytes, ...], _Words], ...]] = (
    ((b"\x93NUMPY",), ("holds an array of numpy, and no model of ours", READABLE)),
    ((b"MATLAB ",), ("is a file of MATLAB's", READABLE)),
    ((b"\x89PNG", b"\xff\xd8\xff"), ("is a picture", READABLE)),
    ((b"%PDF",), ("is a PDF", READABLE)),
    ((b"GGUF",), ("is a language model (GGUF)", READABLE)),
    ((b"Rar!\x1a",), ("is a rar archive", "unpack it, and open a model file of it")),
    ((b"ZF0x",), ("is a Python pickle of joblib's, which would have to be executed", _EITHER)),
    ((b"RDX", b"RDA", b"X\n\0\0\0", b"A\n2\n", b"A\n3\n"), _R),
    ((b"model_checkpoint_path:", b"all_model_checkpoint_paths:"), _CHECKPOINT),
)
# Torch7 begins with the kind of its first object: a table or an object, in binary or as text.
_TORCH7: Final = re.compile(
    rb"[\x03\x04]\x00\x00\x00\x01\x00\x00\x00(\x03\x00\x00\x00V 1|.{4}[\x01-\x05]\x00\x00\x00)"
    rb"|[34]\n1\n(3\nV 1\n|\d+\n\d+\n)",
    re.DOTALL,
)
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c")
_KERAS_YAML: Final = ("backend:", "class_name:", "config:", "keras_version:")
_TABLE_INDEX: Final = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
_GRAPH: Final = re.compile(
    rb"\n[^\n]?[\x00-\x1f].{0,600}(Placeholder|VariableV2|VarHandleOp|Const|NoOp)", re.DOTALL
)
_OLD_PICKLE: Final = re.compile(
    rb"\(?[dl]p\d+\n|\(?[ci](copy_reg|__builtin__|builtins|collections|keras|lasagne|numpy|sklearn|theano|torch)[\w.]*\n\w"
)
_PYTHON: Final = re.compile(rb"\s*(#!.*python|import \w|from [\w.]+ import |\"\"\")")
_DATA_NAME: Final = re.compile(r"\.data-\d{5}-of-\d{5}$|\.ckpt$")
_MODEL_NAMES: Final = (".h5", ".hdf5", ".keras", ".pt", ".pth", ".ckpt", ".safetensors", ".meme", ".jaspar", ".pb")
_ONNX_DATA: Final = re.compile(r"\.onnx[._]data$")
_END_OF_ZIP: Final = b"PK\x05\x06"
_LONGEST_END: Final = (1 << 16) + 22
_OLD_TORCH_TAR: Final = (b"sys_info", b"pickle", b"storages", b"tensors")


def refusal(head: Head, source: str, path: Path | None = None) -> _Words:
    """Return what a file is that no format recognises, and what to do.

    Args:
        head: The file's head.
        source: The file's name.
        path: Where it lies, so that a text beside it can be named.
    """
    data = head.data
    if pointer := pointer_words(data[:_HEAD]):
        return pointer
    if not data:
        return "is empty", _AGAIN
    if head.is_zip:
        return _zip(head)
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        return _pickle(data)
    if data.startswith(_COMPRESSED):
        return _compressed(data, source)
    if data[4:8] == b"TFL3":
        return "is a TensorFlow Lite model, which is not read", "open the Keras model that it was made from"
    if data.startswith(b"\x08\x01\x12"):
        return _SAVED_MODEL
    if data[:1] == b"\x08" and data[2:3] in (b"\x12", b"\x1a", b"\x3a"):
        return "looks like an ONNX model that is cut short or damaged", _AGAIN
    if head.is_markup:
        return _markup(data[:_HEAD], path)
    first = head.first_lines[0]
    if first.startswith(">"):
        return _FASTA
    if first.startswith("{") or any(line.startswith(_KERAS_YAML) for line in head.lines):
        return _architecture(data, source)
    return _unknown(data, source)


def _unknown(data: bytes, source: str) -> _Words:
    if is_tar(data):
        return _tar(data)
    for starts, words in _STARTS:
        if data.startswith(starts):
            return words
    if _TORCH7.match(data):
        return (
            "looks like a file of Torch7, which was written in Lua",
            "convert it where Torch7 runs, or take a version of the model for PyTorch or Keras",
        )
    if data.endswith(_TABLE_INDEX):
        return _CHECKPOINT
    if _GRAPH.match(data, 0, _HEAD):
        return "looks like a TensorFlow graph", _KERAS
    if data.startswith((b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")) and _begun(data).startswith(b"\x80"):
        return "is a Python pickle, compressed as joblib does, which would have to be executed", _EITHER
    if _OLD_PICKLE.match(data):
        return _pickle(data)
    if _PYTHON.match(data, 0, _HEAD):
        return "is a Python program, which would have to be executed", READABLE
    if _DATA_NAME.search(source):
        return _CHECKPOINT
    if _ONNX_DATA.search(source):
        return "holds the weights of an ONNX model alone", "open the .onnx file beside it"
    return _UNKNOWN


def _tar(data: bytes, how: str = "a") -> _Words:
    if data[:100].rstrip(b"\0").removeprefix(b"./") in _OLD_TORCH_TAR:
        return "has the format that torch.save wrote before 2017", _STATE_DICT
    return f"is {how} tar archive", _UNPACK


def _compressed(data: bytes, source: str) -> _Words:
    begun = _begun(data)
    if is_tar(begun):
        return _tar(begun, "a compressed")
    packed_twice = not begun or begun.startswith(_COMPRESSED)
    inner = _UNKNOWN if packed_twice else refusal(Head(begun), source)
    return inner if inner in (_FASTA, _R) else ("is compressed", "unpack it first")


def _begun(data: bytes) -> bytes:
    """Return the first bytes of a compressed file's content; empty where it cannot be unpacked."""
    packed = data[:_LONGEST_LOOK]
    try:
        if data.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(packed, _HEAD)
        if data.startswith(b"\xfd7zXZ"):
            return lzma.LZMADecompressor(memlimit=_MOST_MEMORY).decompress(packed, _HEAD)
        # The header says whether it is gzip or zlib.
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(packed, _HEAD)
    except (OSError, EOFError, ValueError, MemoryError, lzma.LZMAError, zlib.error):
        return b""


def _zip(head: Head) -> _Words:
    names = head.members
    if not names and _END_OF_ZIP not in head.data[-_LONGEST_END:]:
        return "is a zip archive that is cut short", _AGAIN
    if names and all(name.endswith(".npy") for name in names):
        return "holds arrays of numpy, and no model of ours", READABLE
    if "[Content_Types].xml" in names:
        return "is an office document", READABLE
    inside = [name for name in names if name.lower().endswith(_MODEL_NAMES) and not name.startswith("__MACOSX")]
    if inside:
        return f"is a zip archive with {PurePath(inside[0]).name[:60]} in it", "unpack it, and open that"
    return "is a zip archive that is damaged or holds no model", READABLE


def _pickle(data: bytes) -> _Words:
    if b"sklearn" in data[:_HEAD]:
        return "is a pickled model of scikit-learn, which would have to be executed", READABLE
    return "is a Python pickle, which would have to be executed", _EITHER


def _markup(head: bytes, path: Path | None) -> _Words:
    if re.search(rb"<(MEME|STREME|dreme|DREME|tomtom|fimo|centrimo)\s|<!DOCTYPE (MEME|STREME)", head[:20_000]):
        return "is the XML that MEME Suite writes, which is not read", _meme_text(path)
    if re.search(rb"@JSON_VAR data|<title>\s*(MEME|STREME|DREME|Tomtom|FIMO|CentriMo|MEME-ChIP)\b", head):
        return "is the page that MEME Suite writes, which is not read", _meme_text(path)
    if head.lstrip().startswith(b"<?xml") and b"<html" not in head[:4096].lower():
        return "is XML, not a model", READABLE
    return "is a web page", "download the model file itself"


def _meme_text(path: Path | None) -> str:
    """Return which text to open in place of a page or XML of MEME Suite's: the one beside it, where there is one."""
    texts = [] if path is None else [path.with_suffix(suffix) for suffix in _MEME_TEXTS]
    beside = next((text.name for text in texts if text.is_file()), None)
    return _MEME_TEXT if beside is None else f"open {beside}, the text that lies beside it"


def _architecture(data: bytes, source: str) -> _Words:
    if b'"nbformat"' in data:
        return "is a notebook of Jupyter's", READABLE
    if b'"weight_map"' in data:
        return "lists the files of a model in parts", "open the .safetensors file that holds its first convolution"
    if b"class_name" in data or not data.lstrip().startswith(b"{"):
        return "is an architecture without weights", f"open the file of its weights, with --architecture {source}"
    return "is JSON, not an architecture of Keras", READABLE
