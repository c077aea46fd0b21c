"""Keras model files: `.keras`, `.h5` of every age, and weights with their architecture beside them.

Bytes in, a model out. Nothing in a file is executed, no other file is opened, and what a file cannot say (on which
backend its kernels were trained) is said as a warning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...alphabet import check_channels
from ...errors import ModelError
from ...graph import Node
from ...layers import Unknown
from ...model import Model
from ..archive import Archive
from ..report import ModelFile, TensorEntry
from .assembly import Age, Assembly
from .configuration import Configuration, Network, read_configuration
from .hdf5 import Hdf5File
from .networks import build_network
from .text import LONGEST_TEXT, read_text
from .weights import LayerTensors, ancient_weights, legacy_weights, texts, tree_weights, weight_names

__all__ = ["KerasContents", "inspect_keras", "read_keras"]

_LARGEST_WEIGHTS: Final = 1 << 31
_CONFIG: Final = "config.json"
_METADATA: Final = "metadata.json"
_WEIGHTS: Final = "model.weights.h5"
_LEGACY_GROUP: Final = "model_weights"
_THEANO: Final = "theano"
_WITHOUT_THEANO: Final = (2, 4)
"""The first version that does not run on Theano."""
_TENSORFLOW_NAME: Final = re.compile(r":\d+$")
"""TensorFlow numbers the outputs of what it computes: `convolution1d_1_W:0`, where Theano has `convolution1d_1_W`."""
_KEPT_VARIANCE: Final = (1, 0, 7)
"""The first version whose BatchNormalization keeps the variance."""
_GIVES_ZEROS: Final = (2, 4)
"""The first version whose Bidirectional gives zeros at positions without data; TensorFlow's own ends in -tf."""
_CONVOLUTIONS: Final = ("Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D")
_ASIDE: Final = ("optimizer_weights", "optimizer", "_optimizer")


@dataclass(frozen=True, slots=True, eq=False)
class KerasContents:
    """What a Keras file holds, before any model is made of it.

    Attributes:
        format: What kind of file it is; it fits behind "a" in a sentence.
        version: Who wrote it, such as "Keras 2.2.4 on Theano", as far as the file says; otherwise empty.
        tensors: Every tensor.
        has_architecture: Whether the file says which layers the weights belong to.
    """

    format: str
    version: str
    tensors: tuple[TensorEntry, ...]
    has_architecture: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Stored:
    """A file, opened.

    Attributes:
        format: What kind of file it is.
        style: How its weights are stored: `tree`, `legacy` or `ancient`.
        file: The weights.
        group: The group of a legacy file's lists.
        configuration: The architecture, if it is there.
        version: The version of Keras that wrote the weights, or empty.
        backend: What it ran on, or empty.
    """

    format: str
    style: str
    file: Hdf5File
    group: str = ""
    configuration: Configuration | None = None
    version: str = ""
    backend: str = ""


def inspect_keras(data: bytes | str | os.PathLike[str], source: str) -> KerasContents:
    """Return what a Keras file holds, without reading its layers.

    Args:
        data: The file's bytes, or its path.
        source: The file's name, for error texts.

    Raises:
        ModelError: It is damaged, hostile or no Keras file.
    """
    stored = _open(_bytes(data), source)
    return KerasContents(
        stored.format, _version_text(stored), stored.file.entries(), stored.configuration is not None
    )


def read_keras(
    data: bytes | str | os.PathLike[str],
    source: str,
    *,
    architecture: bytes | None = None,
    flip_kernels: bool | None = None,
    channels: str | None = None,
) -> ModelFile:
    """Read a Keras model.

    Args:
        data: The file's bytes, or its path.
        source: The file's name; the model is called by it.
        architecture: The JSON or YAML beside a file of weights alone.
        flip_kernels: Whether the model was trained on Theano, whose kernels are stored the other way round and which
            pads otherwise. None asks the file: what it says, otherwise how its weights are named, and yes for Keras
            0.3, whose files do not tell.
        channels: The channel order of the letters; None is ACGT, or ACGTN for five channels. Where letters are
            numbers that an Embedding looks up, their order from 0.

    Raises:
        ModelError: The file is damaged, hostile or no Keras file; it holds weights alone and there is no
            architecture; its weights contradict its configuration; or no input is a sequence of letters. The message
            names the file and the layer or the tensor.
    """
    if channels is not None:
        check_channels(channels)
    stored = _open(_bytes(data), source)
    configuration, warnings = _configuration(stored, architecture, source)
    if configuration.own_class:
        warnings.append(
            f"the model is of the author's own class {configuration.own_class}, whose program is not in the file: its"
            " layers were read, and what else it may do was not"
        )
    theano = _is_theano(stored, configuration, warnings) if flip_kernels is None else flip_kernels
    age = _age(stored, configuration, theano, warnings)
    weights = _weights(stored, configuration.network, warnings)
    assembly = Assembly(source, age, channels, warnings=warnings)
    outputs = build_network(assembly, configuration.network, weights)
    if age.theano:
        warnings.append("its kernels were turned round, and its padding 'same' begins as Theano's does")
    _note_precision(configuration.network, stored, warnings)
    model = Model(source, tuple(assembly.nodes), tuple(dict.fromkeys(outputs)))
    return ModelFile(
        model,
        stored.format,
        _version_text(stored),
        stored.file.entries(),
        tuple(dict.fromkeys(warnings)),
        _unsupported(assembly.nodes),
    )


def _bytes(data: bytes | str | os.PathLike[str]) -> bytes:
    return data if isinstance(data, bytes) else Path(data).read_bytes()


def _open(data: bytes, source: str) -> _Stored:
    if data.startswith(b"PK"):
        return _open_archive(data, source)
    file = Hdf5File(data, source)
    attributes = file.attributes("")
    if "nb_layers" in attributes or "nb_params" in (file.attributes("graph") if "graph" in file else {}):
        return _Stored("file of Keras 0.3's weights", "ancient", file)
    config = attributes.get("model_config")
    group = _LEGACY_GROUP if _LEGACY_GROUP in file else ""
    if texts(file, group, "layer_names") or isinstance(config, str):
        beside = {**file.attributes(group), **attributes}
        configuration = None
        if isinstance(config, str):
            configuration = read_configuration(read_text(config.encode(), f"{source}, model_config"), source)
        return _Stored(
            "Keras HDF5 model" if configuration is not None else "file of Keras weights",
            "legacy",
            file,
            group,
            configuration,
            _text(beside.get("keras_version")),
            _text(beside.get("backend")),
        )
    if any(name in file for name in ("layers", "_layer_checkpoint_dependencies")):
        return _Stored("file of Keras 3 weights", "tree", file)
    names = ", ".join([*file.members("")][:5]) or "nothing"
    raise ModelError(
        f"is HDF5 but no Keras model: it holds {names}", where=source, remedy="give a file that model.save() wrote"
    )


def _open_archive(data: bytes, source: str) -> _Stored:
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
    return _Stored("Keras archive", "tree", file, "", read_configuration(config, source), version)


def _configuration(stored: _Stored, architecture: bytes | None, source: str) -> tuple[Configuration, list[str]]:
    if architecture is None:
        if stored.configuration is None:
            raise ModelError(
                "holds weights alone, and not which layers they belong to",
                where=source,
                remedy="give the architecture, as model.to_json() wrote it: --architecture model.json",
            )
        return stored.configuration, []
    where = f"architecture of {source}"
    given = read_configuration(read_text(architecture, where), where)
    said = ["the architecture beside it was read, and the file's own was not"] if stored.configuration else []
    return given, said


def _is_theano(stored: _Stored, configuration: Configuration, warnings: list[str]) -> bool:
    """Tell whether the weights were trained on Theano; what had to be assumed is said where a kernel depends on it."""
    named = stored.backend or configuration.backend
    # The tree is younger than the last Keras that ran on Theano, and so are the legacy files of these versions.
    version = stored.version or configuration.version
    if named or stored.style == "tree" or _numbers(version) >= _WITHOUT_THEANO or version.endswith("-tf"):
        return named.lower() == _THEANO
    if stored.style == "ancient":
        theano, why = True, "as nearly every file of Keras 0.3 was"
    else:
        names = weight_names(stored.file, stored.group)
        theano = bool(names) and not any(_TENSORFLOW_NAME.search(name) for name in names)
        why = f"as the names of its weights tell ({names[0]})" if names else "as nothing tells otherwise"
    if _slides(configuration.network):
        warnings.append(
            "the file does not name its backend, and Theano stores kernels the other way round: it was assumed that it"
            + (
                f" was trained on Theano, {why}; --flip-kernels no leaves its kernels as they are"
                if theano
                else f" was not trained on Theano, {why}; --flip-kernels yes turns its kernels round"
            )
        )
    return theano


def _age(stored: _Stored, configuration: Configuration, theano: bool, warnings: list[str]) -> Age:
    """Return where and when the weights were trained."""
    text = stored.version or configuration.version
    version = _numbers(text)
    if configuration.is_ancient or stored.style == "ancient":
        version = (0,)
    if not version:
        # Keras 1.0 did not say it at first. The tree came with the last of Keras 2, and 3 writes it without a version.
        version = (3,) if stored.style == "tree" else (1, 0, 0)
    deviates = version < _KEPT_VARIANCE
    if deviates and not text and version[0] and _has(configuration.network, "BatchNormalization"):
        warnings.append(
            "the file does not say which Keras wrote it: what its BatchNormalization keeps was taken for deviations,"
            " as until Keras 1.0.6"
        )
    return Age(min(version[0], 3), theano, version < _GIVES_ZEROS and not text.endswith("-tf"), deviates)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version such as 2.2.4-tf, or nothing where there are none."""
    found = re.match(r"\d{1,4}(\.\d{1,4}){0,3}", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _has(network: Network, class_name: str) -> bool:
    return any(
        layer.class_name == class_name or (layer.network is not None and _has(layer.network, class_name))
        for layer in network.layers
    )


def _weights(stored: _Stored, network: Network, warnings: list[str]) -> LayerTensors:
    if stored.style == "tree":
        return tree_weights(stored.file, network, warnings)
    if stored.style == "legacy":
        return legacy_weights(stored.file, stored.group, network, warnings)
    return ancient_weights(stored.file, network)


def _slides(network: Network) -> bool:
    """Tell whether a network has a kernel that could be the other way round."""
    return any(
        (layer.network is not None and _slides(layer.network))
        or (layer.class_name in _CONVOLUTIONS and layer.settings.get("kernel_size") not in (1, [1], [1, 1]))
        for layer in network.layers
    )


def _policies(network: Network) -> set[str]:
    found: set[str] = set()
    for layer in network.layers:
        policy = layer.settings.get("dtype")
        if isinstance(policy, dict):
            config = policy.get("config")
            policy = config.get("name") if isinstance(config, dict) else None
        if isinstance(policy, str) and "float" in policy and layer.class_name != "InputLayer":
            found.add(policy)
        if layer.network is not None:
            found |= _policies(layer.network)
    return found


def _note_precision(network: Network, stored: _Stored, warnings: list[str]) -> None:
    """Say so where the model computed in another precision than float32."""
    policies = sorted(_policies(network) - {"float32"})
    if policies:
        warnings.append(f"it was made to compute in {', '.join(policies)}; here everything is float32")
    elif any(
        tensor.dtype == "float64" and not tensor.name.startswith(_ASIDE) for tensor in stored.file.tensors.values()
    ):
        warnings.append("its weights are float64 and were rounded to float32")


def _unsupported(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(
        f"{node.name} ({node.layer.type}): {node.layer.reason}" for node in nodes if isinstance(node.layer, Unknown)
    )


def _version_text(stored: _Stored) -> str:
    configuration = stored.configuration
    version = stored.version or (configuration.version if configuration is not None else "")
    backend = stored.backend or (configuration.backend if configuration is not None else "")
    names = {"theano": "Theano", "tensorflow": "TensorFlow", "cntk": "CNTK", "jax": "JAX", "torch": "PyTorch"}
    if not version:
        return "Keras 0.3 or before" if stored.style == "ancient" else ""
    return f"Keras {version}" + (f" on {names[backend]}" if backend in names else "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
