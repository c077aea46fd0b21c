"""TensorFlow's SavedModel, a folder, and its checkpoints: the network where Keras's configuration is there.

`saved_model.pb` holds functions of TensorFlow's, which are not read. `keras_metadata.pb`, as tf.keras 2.5 to 2.15 wrote
it, holds the configuration of every layer as JSON, and `variables/` the weights. Where the first is missing the
architecture may be given, and without it the convolution over the letters is shown.

Source: `keras/src/saving/legacy/saved_model/`, `keras/protobuf/saved_metadata.proto` of Keras 2.15.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import ModelError
from ..formats import Format
from ..head import Head
from ..report import FileContents, ModelFile
from ..wire import Wire
from .bundle import read_bundle, shards_of
from .configuration import Configuration, read_configuration
from .format import FORMAT as KERAS
from .format import open_kept
from .sorted_table import LARGEST_TABLE, has_footer
from .stored import Stored
from .text import LONGEST_TEXT, Json, read_text

__all__ = ["FORMAT", "find_folder", "inspect_folder", "open_folder"]

_GRAPH: Final = "saved_model.pb"
_METADATA: Final = "keras_metadata.pb"
_INDEX: Final = ("variables", "variables.index")
_LARGEST_METADATA: Final = 1 << 27
_TUPLE: Final = "__tuple__"
_DEEPEST: Final = 100


def find_folder(path: Path) -> Path | None:
    """Return the folder of a SavedModel that a path means, itself or the file of its graph; None for another path.

    Args:
        path: A path.
    """
    folder = path.parent if path.name in (_GRAPH, _METADATA) else path
    try:
        return folder if folder.joinpath(*_INDEX).is_file() and (folder / _GRAPH).exists() else None
    except OSError:
        return None


def open_folder(folder: Path, options: Mapping[str, Any]) -> ModelFile:
    """Open a SavedModel.

    Args:
        folder: Its folder.
        options: Those of Keras's files; the architecture as bytes.

    Raises:
        CnnError: It is damaged; or holds no network of Keras's and no convolution over letters.
    """
    return open_kept(_stored(folder), _name(folder), options, list)


def inspect_folder(folder: Path) -> FileContents:
    """Return what a SavedModel holds, without reading its layers.

    Args:
        folder: Its folder.

    Raises:
        ModelError: It is damaged.
    """
    stored = _stored(folder)
    return FileContents(stored.format, stored.version and f"Keras {stored.version}", stored.file.entries())


def _name(folder: Path) -> str:
    return folder.name or folder.resolve().name


def _stored(folder: Path) -> Stored:
    source, index = _name(folder), folder.joinpath(*_INDEX)
    bundle = read_bundle(_bytes(index, LARGEST_TABLE), shards_of(index), source)
    metadata = folder / _METADATA
    root = _root(_bytes(metadata, _LARGEST_METADATA), f"{source}, {_METADATA}") if metadata.is_file() else {}
    version = root.get("keras_version")
    return Stored(
        "TensorFlow SavedModel",
        "bundle",
        bundle,
        "",
        _configuration(root, source),
        version if isinstance(version, str) else "",
        "tensorflow",
    )


def _root(data: bytes, source: str) -> Json:
    """Return what the metadata says of the network itself."""
    for node in Wire(source, "metadata of Keras's").message(memoryview(data)).messages(1):
        if node.text(3) == "root":
            text = node.block(5)
            if text is None or len(text) > LONGEST_TEXT:
                return {}
            found = _without_tuples(read_text(bytes(text), source))
            return found if isinstance(found, dict) else {}
    return {}


def _configuration(root: Json, source: str) -> Configuration | None:
    """Return the configuration of the network; None of a model of the author's own class, which has none."""
    stated = root.get("model_config")
    config = stated if isinstance(stated, dict) else root
    inner = config.get("config")
    if not isinstance(inner, dict) or "layers" not in inner:
        return None
    return read_configuration({key: config[key] for key in ("class_name", "config") if key in config}, source)


def _without_tuples(value: object, depth: int = 0) -> object:
    """Return JSON without the objects by which tf.keras tells tuples from lists."""
    if depth > _DEEPEST:
        raise ModelError("nests its configuration too deep", remedy="give a smaller model")
    if isinstance(value, list):
        return [_without_tuples(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == _TUPLE and isinstance(value.get("items"), list):
        return [_without_tuples(each, depth + 1) for each in value["items"]]
    return {key: _without_tuples(each, depth + 1) for key, each in value.items()}


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ModelError(f"cannot be read ({error.strerror})", where=path.name) from None
    if len(data) > most:
        raise ModelError(f"has more than {most:,} bytes", where=path.name, remedy="give a smaller model")
    return data


def _matches(head: Head, name: str) -> bool:
    return has_footer(head.data)


def _open(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    """Open a checkpoint by its index."""
    return open_kept(_checkpoint(data, source, path), source, options, list)


def _inspect(data: bytes, source: str) -> FileContents:
    stored = _checkpoint(data, source, None, whole=False)
    return FileContents(stored.format, "", stored.file.entries())


def _checkpoint(data: bytes, source: str, path: Path | None, *, whole: bool = True) -> Stored:
    if path is None and whole:
        raise ModelError("its numbers lie in other files", where=source, remedy="open it where they lie")
    shards = shards_of(path) if path is not None else None
    return Stored("TensorFlow checkpoint", "bundle", read_bundle(data, shards, source), backend="tensorflow")


FORMAT: Final = Format(name="checkpoint", options=KERAS.options, matches=_matches, open=_open, inspect=_inspect)
