"""The numbers of inputs that are not letters, from the files that are named for them."""

from __future__ import annotations

import stat
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ModelError, SettingError
from cnn_core.network.model import Model
from cnn_core.network.other_strand import with_other_strand
from cnn_core.readers.npy import plain_array

from ..options.request import OTHER_STRAND
from .suggestions import no_such_file

__all__ = ["read_side_inputs"]


def read_side_inputs(given: tuple[str, ...], model: Model) -> tuple[Model, dict[str, NDArray[np.generic]]]:
    """Return a network whose inputs beside the letters are what was typed, and the numbers of those that are given any.

    Args:
        given: `NAME=FILE.npy`, or `NAME=@reverse-complement`, one for each.
        model: The network; where an input is the other strand, the one that is returned computes it.

    Raises:
        SettingError: It is not written so, or an input is named twice.
        NotFoundError: There is no such file, or no such input that could be the other strand.
        ShapeError: An input that is to be the other strand has another shape than the letters.
        ModelError: The file is not one array of numbers as `numpy.save` writes it.
    """
    numbers: dict[str, NDArray[np.generic]] = {}
    named = set()
    for text in given:
        name, equals, file = text.partition("=")
        if not equals or not name or not file:
            raise SettingError(f"'{text}' names no input and its file", remedy="write --input NAME=FILE.npy")
        if name in named:
            raise SettingError(f"input '{name}' is given twice", remedy="give it once")
        named.add(name)
        if file == OTHER_STRAND:
            model = with_other_strand(model, name)
        else:
            numbers[name] = _numbers_of(Path(file))
    return model, numbers


def _numbers_of(path: Path) -> NDArray[np.generic]:
    wanted = "give one array of numbers, as numpy.save writes it"
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        raise no_such_file(str(path), "give an .npy file") from None
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
