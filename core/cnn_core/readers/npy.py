"""Arrays as `numpy.save` writes them: the magic bytes, a header that is a Python dict as text, the numbers.

The header is matched by a pattern and never evaluated, and it must agree with the number of bytes before any array is
made. Arrays of objects, texts, dates, records and complex numbers are no plain arrays.

Source of the format: numpy, `numpy.lib.format`.
"""

from __future__ import annotations

import math
import re
from mmap import mmap
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..letters.lfs_pointers import pointer_words

__all__ = ["plain_array"]

_MAGIC: Final = b"\x93NUMPY"
_LENGTHS: Final = {(1, 0): 2, (2, 0): 4, (3, 0): 4}
"""Bytes in which each version says how long its header is."""
_LONGEST_HEADER: Final = 1 << 16
_MOST_AXES: Final = 32
_LONGEST_AXIS: Final = 1 << 40
_ENTRY: Final = (
    r"'descr': '(?P<kind>[<>|=]?[fiub]\d{1,2})'",
    r"'fortran_order': (?P<turned>True|False)",
    # An L follows each number that Python 2 wrote.
    r"'shape': \((?P<shape>[0-9L, ]{0,400})\)",
)
_HEADER: Final = re.compile(rf"\{{{_ENTRY[0]}, {_ENTRY[1]}, {_ENTRY[2]},? ?\}}\s*", re.ASCII)
_AXES: Final = re.compile(r"(\d{1,19}L?, ?)*(\d{1,19}L?,? ?)?", re.ASCII)


def plain_array(data: bytes | mmap, where: str, remedy: str) -> NDArray[np.generic]:
    """Return the array that a file of `numpy.save` holds, as a view of its bytes.

    Args:
        data: The file.
        where: Its name, for error texts.
        remedy: What would be right, for error texts.

    Returns:
        Numbers or truth values of the kind and shape that the header says; they may be in another byte order than
        the machine's, not aligned, and cannot be written to.

    Raises:
        ModelError: It is no such file; or its kind, shape and size contradict each other.
    """

    def refuse(what: str) -> NoReturn:
        raise ModelError(what, where=where, remedy=remedy)

    if pointer := pointer_words(data[:_LONGEST_HEADER]):
        raise ModelError(pointer[0], where=where, remedy=pointer[1])
    size = _LENGTHS.get((data[6], data[7])) if len(data) > 12 and data[:6] == _MAGIC else None
    if size is None:
        refuse("is not a plain array of numbers")
    start = 8 + size + int.from_bytes(data[8 : 8 + size], "little")
    found = _HEADER.fullmatch(data[8 + size : start].decode("latin-1")) if start < _LONGEST_HEADER else None
    if found is None:
        refuse("is not a plain array of numbers")
    axes = found["shape"]
    if not _AXES.fullmatch(axes):
        refuse("has a shape or kind that cannot be")
    try:
        dtype = np.dtype(found["kind"])
        shape = tuple(int(word) for word in axes.replace("L", "").replace(",", " ").split())
    except (TypeError, ValueError):
        refuse("has a shape or kind that cannot be")
    left = len(data) - start
    fits = len(shape) <= _MOST_AXES and max(shape, default=0) <= _LONGEST_AXIS
    if not fits or math.prod(shape) * dtype.itemsize != left:
        refuse(f"has shape ({axes}), which does not fill its {max(0, left):,} bytes")
    flat: NDArray[np.generic] = np.frombuffer(data, dtype=dtype, count=math.prod(shape), offset=start)
    try:
        return flat.reshape(shape[::-1]).T if found["turned"] == "True" else flat.reshape(shape)
    except ValueError:
        # A size of 0 among axes too long for numpy to count.
        refuse(f"has shape ({axes}), which cannot be")
