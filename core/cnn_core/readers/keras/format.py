"""Keras's model files, as one of the formats that can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ...errors import SettingError
from ..formats import Format
from ..head import Head
from ..report import ModelFile
from ..weights.first_convolution import NoConvolutionError
from ..weights.weights_file import WeightFilters
from .architecture_files import architectures_beside
from .matching_architecture import Candidate, read_keras_beside
from .reader import inspect_keras, is_theano, read_kept, without_architecture
from .stored import Stored, open_stored
from .weights_alone import weights_alone

__all__ = ["FORMAT", "open_kept"]

_HDF5: Final = b"\x89HDF\r\n\x1a\n"
# An HDF5 file may begin with a block of something else, of 512 bytes or a multiple.
_HDF5_STARTS: Final = (0, 512, 1024, 2048)


def _matches(head: Head, name: str) -> bool:
    if head.is_zip:
        return not {"config.json", "model.weights.h5"}.isdisjoint(head.members)
    return any(head.data.startswith(_HDF5, start) for start in _HDF5_STARTS)


def _open(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    alone = path is None or Head(data).is_zip
    return open_kept(
        open_stored(data, source),
        source,
        options,
        lambda: [] if alone or path is None else architectures_beside(path),
    )


def open_kept(
    stored: Stored, source: str, options: Mapping[str, Any], beside: Callable[[], list[Candidate]]
) -> ModelFile:
    """Read a file; weights alone with the architecture beside them that fits, or as a filter bank.

    Args:
        stored: The file.
        source: Its name.
        options: What is said of it, by the names of `FORMAT.options`.
        beside: Finds the architectures beside it.

    Raises:
        CnnError: See `reader.read_keras`; or an option has no effect.
    """
    network = {name: value for name, value in options.items() if name in _OF_NETWORKS}
    filters = {name: value for name, value in options.items() if name in _OF_FILTERS}
    others = [name for name in filters if name not in _OF_NETWORKS]
    if "architecture" not in network:
        if others:
            return _filter_bank(stored, source, network, filters)
        if stored.configuration is None and (found := beside()):
            return read_keras_beside(stored, source, found, **network)
        if stored.configuration is None:
            return _filter_bank(stored, source, network, filters)
    if others:
        raise _refusal(others[0], source, "is for weights alone, and an architecture is given with them")
    return read_kept(stored, source, **network)


def _filter_bank(stored: Stored, source: str, network: Mapping[str, Any], filters: Mapping[str, Any]) -> ModelFile:
    """Return the convolution over the letters among weights alone.

    Raises:
        WithoutArchitectureError: There is none.
        SettingError: The file has an architecture, or an option needs one.
    """
    if stored.configuration is not None:
        name = next(each for each in filters if each not in _OF_NETWORKS)
        raise _refusal(name, source, "is for weights alone, and this file has its architecture")
    needing = [name for name in network if name not in (*_OF_FILTERS, "flip_kernels")]
    if needing:
        raise _refusal(needing[0], source, "needs the architecture, and the file holds weights alone")
    said: list[str] = []
    theano = network.get("flip_kernels")
    theano = is_theano(stored, None, said) if theano is None else theano
    try:
        found = weights_alone(stored, source, theano=theano).open(WeightFilters(**filters))
    except NoConvolutionError as error:
        raise without_architecture(source, f"; it {error.what}") from None
    return replace(found, warnings=(*found.warnings, *said))


def _refusal(name: str, source: str, why: str) -> SettingError:
    return SettingError(f"--{name.replace('_', '-')} {why}", where=source, remedy="leave it out")


_OF_NETWORKS: Final = ("architecture", "flip_kernels", "channels", "treat", "begin")
_OF_FILTERS: Final = ("weights", "batch_norm", "channels", "activation", "pool_size", "pool_stride")

FORMAT: Final = Format(
    name="keras",
    options=(*_OF_NETWORKS, *(each for each in _OF_FILTERS if each not in _OF_NETWORKS)),
    matches=_matches,
    open=_open,
    inspect=inspect_keras,
)
