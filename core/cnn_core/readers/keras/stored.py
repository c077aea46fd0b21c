"""A Keras file, opened: how its weights are stored, and the architecture where it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...errors import ModelError
from ..archive import Archive
from .bundle import Bundle
from .configuration import Configuration, read_configuration
from .hdf5 import Hdf5File
from .layer_config import Network
from .object_graph import bundle_weights
from .text import LONGEST_TEXT, read_text
from .weights import LayerTensors, ancient_weights, legacy_weights, texts, tree_weights

__all__ = ["ASIDE", "Stored", "open_stored", "stored_weights"]

ASIDE: Final = ("optimizer_weights", "optimizer", "_optimizer")
"""How the names of tensors begin that are no layer's."""

_LARGEST_WEIGHTS: Final = 1 << 31
_CONFIG: Final = "config.json"
_METADATA: Final = "metadata.json"
_WEIGHTS: Final = "model.weights.h5"
_LEGACY_GROUP: Final = "model_weights"


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A file, opened.

    Attributes:
        format: What kind of file it is.
        style: How its weights are stored: `tree`, `legacy`, `ancient` or, by TensorFlow, `bundle`.
        file: The weights.
        group: The group of a legacy file's lists.
        configuration: The architecture, if it is there.
        version: The version of Keras that wrote the weights, or empty.
        backend: What it ran on, or empty.
    """

    format: str
    style: str
    file: Hdf5File | Bundle
    group: str = ""
    configuration: Configuration | None = None
    version: str = ""
    backend: str = ""


def open_stored(data: bytes, source: str) -> Stored:
    """Open a file: an archive of Keras 3, or HDF5.

    Args:
        data: The file's bytes.
        source: The file's name, for error texts.

    Raises:
        ModelError: It is damaged, hostile or no Keras file.
    """
    if data.startswith(b"PK"):
        return _open_archive(data, source)
    file = Hdf5File(data, source)
    attributes = file.attributes("")
    if "nb_layers" in attributes or "nb_params" in (file.attributes("graph") if "graph" in file else {}):
        return Stored("file of Keras 0.3's weights", "ancient", file)
    config = attributes.get("model_config")
    group = _LEGACY_GROUP if _LEGACY_GROUP in file else ""
    if texts(file, group, "layer_names") or isinstance(config, str):
        beside = {**file.attributes(group), **attributes}
        configuration = None
        if isinstance(config, str):
            configuration = read_configuration(read_text(config.encode(), f"{source}, model_config"), source)
        return Stored(
            "Keras HDF5 model" if configuration is not None else "file of Keras weights",
            "legacy",
            file,
            group,
            configuration,
            _text(beside.get("keras_version")),
            _text(beside.get("backend")),
        )
    if any(name in file for name in ("layers", "_layer_checkpoint_dependencies")):
        return Stored("file of Keras 3 weights", "tree", file)
    names = ", ".join([*file.members("")][:5]) or "nothing"
    raise ModelError(
        f"is HDF5 but no Keras model: it holds {names}", where=source, remedy="give a file that model.save() wrote"
    )


def _open_archive(data: bytes, source: str) -> Stored:
    archive = Archive(data, source)
    if _CONFIG not in archive or _WEIGHTS not in archive:
        raise ModelError(
            f"is a zip archive without {_WEIGHTS if _CONFIG in archive else _CONFIG}",
            where=source,
            remedy="give a .keras file that model.save() wrote",
        )
    config = read_text(archive.read(_CONFIG, LONGEST_TEXT), f"{source}, {_CONFIG}")
    version = ""
    if _METADATA in archive:
        metadata = read_text(archive.read(_METADATA, LONGEST_TEXT), f"{source}, {_METADATA}")
        version = _text(metadata.get("keras_version"))
    file = Hdf5File(archive.read(_WEIGHTS, _LARGEST_WEIGHTS), f"{source}, {_WEIGHTS}")
    return Stored("Keras archive", "tree", file, "", read_configuration(config, source), version)


def stored_weights(stored: Stored, network: Network, warnings: list[str]) -> LayerTensors:
    """Return the tensors of every layer of a model.

    Args:
        stored: The file.
        network: The model.
        warnings: Where a doubt is added.

    Raises:
        ModelError: The file holds weights for other layers.
    """
    if isinstance(stored.file, Bundle):
        return bundle_weights(stored.file, network, warnings)
    if stored.style == "tree":
        return tree_weights(stored.file, network, warnings)
    if stored.style == "legacy":
        return legacy_weights(stored.file, stored.group, network, warnings)
    return ancient_weights(stored.file, network)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
