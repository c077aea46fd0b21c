"""The numbers of inputs that are not letters, from the files that are named for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ModelError, NotFoundError, SettingError

from .opening import nearest_file

__all__ = ["side_inputs"]


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


def _numbers_of(path: Path) -> NDArray[np.generic]:
    if not path.is_file():
        raise NotFoundError(
            "there is no such file", where=str(path), remedy=nearest_file(path, "give an .npy file")
        )
    wanted = "give one array of numbers, as numpy.save writes it"
    try:
        # Mapped, so that a header which promises terabytes asks for no memory.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError):
        raise ModelError("this is not an array of numbers", where=str(path), remedy=wanted) from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        raise ModelError("this is not one array of numbers", where=str(path), remedy=wanted)
    numbers = np.asarray(array, dtype=np.float32)
    if not np.isfinite(numbers).all():
        raise ModelError("it holds NaN or infinite numbers", where=str(path), remedy="replace them")
    return numbers
