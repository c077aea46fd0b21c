"""Keras model files: `.keras`, `.h5` of every age, and weights with their architecture beside them.

Bytes in, a model out. Nothing in a file is executed, no other file is opened, and what a file cannot say (on which
backend its kernels were trained) is said as a warning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypedDict, Unpack

from ...errors import ModelError
from ...letters.alphabet import check_channels
from ...network.model import Model
from ..report import FileContents, ModelFile, not_computed
from .assembly import Age, Assembly
from .bundle import Bundle
from .configuration import Configuration, read_configuration
from .layer_config import Network
from .networks import build_network
from .starting_layer import begun
from .stored import ASIDE, Stored, open_stored, stored_weights
from .text import read_text
from .treated_layers import treated
from .weights import weight_names
from .weights_alone import has_kernels

__all__ = [
    "KerasOptions",
    "WithoutArchitectureError",
    "inspect_keras",
    "is_theano",
    "read_kept",
    "read_keras",
    "read_stored",
    "without_architecture",
]

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


class WithoutArchitectureError(ModelError):
    """A file that holds weights alone, where no architecture was given."""


class KerasOptions(TypedDict, total=False):
    """What is said of a network beside its file.

    Attributes:
        flip_kernels: Whether the model was trained on Theano, whose kernels are stored the other way round and which
            pads otherwise. None asks the file: what it says, otherwise how its weights are named, and yes for Keras
            0.3, whose files do not tell.
        channels: The channel order of the letters; None is ACGT, or ACGTN for five channels. Where letters are
            numbers that an Embedding looks up, their order from 0.
        treat: What layers are whose program is not in the file, by a layer's name or a class's: see `treated_layers`.
        begin: The layer at which the letters enter; see `beginning`.
    """

    flip_kernels: bool | None
    channels: str | None
    treat: Mapping[str, str] | None
    begin: str | None


def inspect_keras(data: bytes | str | os.PathLike[str], source: str) -> FileContents:
    """Return what a Keras file holds, without reading its layers.

    Args:
        data: The file's bytes, or its path.
        source: The file's name, for error texts.

    Raises:
        ModelError: It is damaged, hostile or no Keras file.
    """
    stored = open_stored(_bytes(data), source)
    return FileContents(stored.format, _version_text(stored), stored.file.entries())


def read_keras(
    data: bytes | str | os.PathLike[str],
    source: str,
    *,
    architecture: bytes | None = None,
    **options: Unpack[KerasOptions],
) -> ModelFile:
    """Read a Keras model.

    Args:
        data: The file's bytes, or its path.
        source: The file's name; the model is called by it.
        architecture: The JSON or YAML beside a file of weights alone.
        options: See `KerasOptions`.

    Raises:
        WithoutArchitectureError: It holds weights alone and there is no architecture.
        NotFoundError: There is no such layer.
        SettingError: A layer cannot be treated so, or the network cannot begin there.
        ModelError: The file is damaged, hostile or no Keras file; its weights contradict its configuration; or no input
            is a sequence of letters. The message names the file and the layer or the tensor.
    """
    return read_kept(open_stored(_bytes(data), source), source, architecture=architecture, **options)


def read_kept(
    stored: Stored, source: str, *, architecture: bytes | None = None, **options: Unpack[KerasOptions]
) -> ModelFile:
    """Read a Keras model whose file is open, with the architecture in it or beside it.

    Args:
        stored: The file.
        source: Its name.
        architecture: See `read_keras`.
        options: See `KerasOptions`.

    Raises:
        CnnError: See `read_keras`.
    """
    if (channels := options.get("channels")) is not None:
        check_channels(channels)
    configuration, warnings = _configuration(stored, architecture, source)
    return read_stored(stored, configuration, source, warnings, **options)


def read_stored(
    stored: Stored,
    configuration: Configuration,
    source: str,
    warnings: list[str],
    **options: Unpack[KerasOptions],
) -> ModelFile:
    """Read a Keras model whose file is open.

    Args:
        stored: The file.
        configuration: Its architecture.
        source: The file's name.
        warnings: What has been said of it; what else is to say is added.
        options: See `KerasOptions`.

    Raises:
        CnnError: See `read_keras`.
    """
    if treat := options.get("treat"):
        network = treated(configuration.network, treat, source, warnings)
        configuration = replace(configuration, network=network)
    if configuration.own_class:
        warnings.append(
            f"the model is of the author's own class {configuration.own_class}, whose program is not in the file: its"
            " layers were read, and what else it may do was not"
        )
    theano = options.get("flip_kernels")
    theano = is_theano(stored, configuration, warnings) if theano is None else theano
    age = _age(stored, configuration, theano, warnings)
    network = configuration.network
    weights = stored_weights(stored, network, warnings)
    if (begin := options.get("begin")) is not None:
        network = begun(network, begin, weights, source, warnings)
    assembly = Assembly(source, age, options.get("channels"), warnings=warnings)
    outputs = build_network(assembly, network, weights)
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
        not_computed(model, needing=True),
    )


def _bytes(data: bytes | str | os.PathLike[str]) -> bytes:
    return data if isinstance(data, bytes) else Path(data).read_bytes()


def _configuration(stored: Stored, architecture: bytes | None, source: str) -> tuple[Configuration, list[str]]:
    if architecture is None:
        if stored.configuration is None:
            raise without_architecture(source)
        return stored.configuration, []
    where = f"architecture of {source}"
    given = read_configuration(read_text(architecture, where), where)
    said = ["the architecture beside it was read, and the file's own was not"] if stored.configuration else []
    return given, said


def without_architecture(source: str, more: str = "") -> WithoutArchitectureError:
    """Return what is said of weights alone.

    Args:
        source: The file's name.
        more: What else is to say of them.
    """
    return WithoutArchitectureError(
        f"holds weights alone, and not which layers they belong to{more}",
        where=source,
        remedy="give the architecture, as model.to_json() wrote it: --architecture model.json",
    )


def is_theano(stored: Stored, configuration: Configuration | None, warnings: list[str]) -> bool:
    """Tell whether weights were trained on Theano; what had to be assumed is said where a kernel depends on it.

    Args:
        stored: The file.
        configuration: Its architecture; None where it has none.
        warnings: Where it is said.
    """
    if isinstance(stored.file, Bundle):
        return False
    named = stored.backend or (configuration.backend if configuration else "")
    # The tree is younger than the last Keras that ran on Theano, and so are the legacy files of these versions.
    version = stored.version or (configuration.version if configuration else "")
    if named or stored.style == "tree" or _numbers(version) >= _WITHOUT_THEANO or version.endswith("-tf"):
        return named.lower() == _THEANO
    if stored.style == "ancient":
        theano, why = True, "as nearly every file of Keras 0.3 was"
    else:
        names = weight_names(stored.file, stored.group)
        theano = bool(names) and not any(_TENSORFLOW_NAME.search(name) for name in names)
        why = f"as the names of its weights tell ({names[0]})" if names else "as nothing tells otherwise"
    if _slides(configuration.network) if configuration else has_kernels(stored):
        warnings.append(
            "the file does not name its backend, and Theano stores kernels the other way round: it was assumed that it"
            + (
                f" was trained on Theano, {why}; --flip-kernels no leaves its kernels as they are"
                if theano
                else f" was not trained on Theano, {why}; --flip-kernels yes turns its kernels round"
            )
        )
    return theano


def _age(stored: Stored, configuration: Configuration, theano: bool, warnings: list[str]) -> Age:
    """Return where and when the weights were trained."""
    text = stored.version or configuration.version
    version = _numbers(text)
    if configuration.is_ancient or stored.style == "ancient":
        version = (0,)
    if not version:
        # Keras 1.0 did not say it at first. The tree came with the last of Keras 2, and 3 writes it without a version.
        version = (3,) if stored.style == "tree" else (1, 0, 0)
    deviates = version < _KEPT_VARIANCE
    if deviates and not text and version[0] and _normalises(configuration.network):
        warnings.append(
            "the file does not say which Keras wrote it: what its BatchNormalization keeps was taken for deviations,"
            " as until Keras 1.0.6"
        )
    return Age(min(version[0], 3), theano, version < _GIVES_ZEROS and not text.endswith("-tf"), deviates)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version such as 2.2.4-tf, or nothing where there are none."""
    found = re.match(r"\d{1,4}(\.\d{1,4}){0,3}", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _normalises(network: Network) -> bool:
    return any(layer.class_name == "BatchNormalization" for layer in network.every_layer())


def _slides(network: Network) -> bool:
    """Tell whether a network has a kernel that could be the other way round."""
    return any(
        layer.class_name in _CONVOLUTIONS and layer.settings.get("kernel_size") not in (1, [1], [1, 1])
        for layer in network.every_layer()
    )


def _policies(network: Network) -> set[str]:
    found: set[str] = set()
    for layer in network.every_layer():
        policy = layer.settings.get("dtype")
        if isinstance(policy, dict):
            config = policy.get("config")
            policy = config.get("name") if isinstance(config, dict) else None
        if isinstance(policy, str) and "float" in policy and layer.class_name != "InputLayer":
            found.add(policy)
    return found


def _note_precision(network: Network, stored: Stored, warnings: list[str]) -> None:
    """Say so where the model computed in another precision than float32."""
    policies = sorted(_policies(network) - {"float32"})
    if policies:
        warnings.append(f"it was made to compute in {', '.join(policies)}; here everything is float32")
    elif any(
        tensor.dtype == "float64" and not tensor.name.startswith(ASIDE) for tensor in stored.file.tensors.values()
    ):
        warnings.append("its weights are float64 and were rounded to float32")


def _version_text(stored: Stored) -> str:
    configuration = stored.configuration
    version = stored.version or (configuration.version if configuration is not None else "")
    backend = stored.backend or (configuration.backend if configuration is not None else "")
    names = {"theano": "Theano", "tensorflow": "TensorFlow", "cntk": "CNTK", "jax": "JAX", "torch": "PyTorch"}
    if not version:
        return "Keras 0.3 or before" if stored.style == "ancient" else ""
    return f"Keras {version}" + (f" on {names[backend]}" if backend in names else "")
