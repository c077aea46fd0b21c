"""The numbers of inputs that are not letters, from the files that are named for them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.alphabet import BASES
from cnn_core.errors import ModelError, NotFoundError, SettingError
from cnn_core.feature_map_block import part_up_to
from cnn_core.layers import SideInput
from cnn_core.model import Model
from cnn_core.readers.npy import plain_array
from cnn_core.reading import Reading

from .opening.nearest import nearest_file

__all__ = ["side_inputs", "side_words", "zero_inputs_of", "zero_words"]

_CHANNELS: Final = (len(BASES), len(BASES) + 1)


def side_inputs(given: tuple[str, ...]) -> dict[str, NDArray[np.generic]]:
    """Return the numbers of inputs that are not letters, by the input's name.

    Args:
        given: `NAME=FILE.npy`, one for each.

    Raises:
        SettingError: It is not written so, or an input is named twice.
        NotFoundError: There is no such file.
        ModelError: The file is not one array of numbers as `numpy.save` writes it.
    """
    numbers: dict[str, NDArray[np.generic]] = {}
    for text in given:
        name, equals, file = text.partition("=")
        if not equals or not name or not file:
            raise SettingError(f"'{text}' names no input and its file", remedy="write --input NAME=FILE.npy")
        if name in numbers:
            raise SettingError(f"input '{name}' is given twice", remedy="give it once")
        numbers[name] = _numbers_of(Path(file))
    return numbers


def zero_words(reading: Reading, layer: str | None = None) -> Iterator[str]:
    """Yield which inputs of the network are zeros because nobody gave their numbers, and how to give them.

    Args:
        reading: The model on its input window.
        layer: Only the inputs that this layer is computed from; None is all.
    """
    for name in zero_inputs_of(reading, layer):
        yield f"input {name} is zeros; --input {name}=FILE.npy gives its numbers{_strand(reading.model, name)}"


def zero_inputs_of(reading: Reading, layer: str | None) -> tuple[str, ...]:
    """Return the names of the inputs that are zeros and that a layer is computed from.

    Args:
        reading: The model on its input window.
        layer: The layer; None is all inputs.
    """
    if layer is None:
        return reading.zero_inputs
    read = {node.name for node in part_up_to(reading.model, layer).nodes}
    return tuple(name for name in reading.zero_inputs if name in read)


def side_words(model: Model) -> Iterator[str]:
    """Yield where the inputs of a network that are not letters take their numbers from.

    Args:
        model: The network.
    """
    for node in model.inputs:
        if isinstance(node.layer, SideInput):
            yield (
                f"input {node.name} is zeros unless --input {node.name}=FILE.npy gives its numbers"
                f"{_strand(model, node.name)}"
            )


def _strand(model: Model, name: str) -> str:
    """Return what an input may be that has the shape of letters; it is never filled with them unasked."""
    layer = model[name].layer
    shape = layer.shape if isinstance(layer, SideInput) else ()
    if len(shape) != 2 or shape[-1] not in _CHANNELS or shape[0] not in (None, model.input.length):
        return ""
    return ": where it reads the other strand, one row of its one-hot letters a base, the reverse complement's"


def _numbers_of(path: Path) -> NDArray[np.generic]:
    wanted = "give one array of numbers, as numpy.save writes it"
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        raise NotFoundError(
            "there is no such file", where=str(path), remedy=nearest_file(path, "give an .npy file")
        ) from None
    if not is_file:
        raise ModelError("this is no regular file", where=str(path), remedy=wanted)
    try:
        # Mapped, so that a long file is not held twice.
        with path.open("rb") as file:
            data = mmap(file.fileno(), 0, access=ACCESS_READ) if path.stat().st_size else b""
    except (OSError, ValueError):
        raise ModelError("this cannot be read", where=str(path), remedy=wanted) from None
    array = plain_array(data, str(path), wanted)
    # What float32 cannot hold becomes infinite, which is refused below.
    with np.errstate(over="ignore"):
        numbers = np.asarray(array, dtype=np.float32)
    if not np.isfinite(numbers).all():
        raise ModelError(
            "it holds NaN or infinite numbers, or such as float32 cannot hold",
            where=str(path),
            remedy="replace them",
        )
    return numbers
