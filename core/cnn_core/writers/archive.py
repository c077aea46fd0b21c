"""Arrays as an .npz file that `numpy.load` reads, the same bytes on every machine, written piece by piece.

Nothing is compressed, since compressors differ, and no time is recorded. `numpy.savez` would do neither, it takes
no array that is called `file`, and it wants every array whole in memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..blocks.assumptions import assumptions_of
from ..work.progress import Progress
from .comments import assumption_array
from .values import BlockValues, filter_names

__all__ = ["PiecewiseArray", "value_arrays", "write_arrays"]

_OLDEST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_ORDINARY_FILE: Final = 0o100644 << 16


@dataclass(frozen=True, eq=False)
class PiecewiseArray:
    """An array that is computed while it is written.

    Attributes:
        shape: Its shape.
        dtype: Its kind of numbers.
        pieces: Its rows, in order.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    pieces: Iterable[NDArray[np.generic]]


def write_arrays(named: Mapping[str, NDArray[Any] | PiecewiseArray], file: BinaryIO) -> None:
    """Write arrays under their names.

    Args:
        named: The arrays by name.
        file: A file that is open for writing bytes.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in named.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _OLDEST_ZIP_DATE)
            entry.create_system, entry.external_attr = _UNIX, _ORDINARY_FILE
            with archive.open(entry, "w", force_zip64=True) as member:
                if not isinstance(array, PiecewiseArray):
                    npy.write_array(member, np.asarray(array, order="C"), allow_pickle=False)
                    continue
                header = {"descr": npy.dtype_to_descr(array.dtype), "fortran_order": False, "shape": array.shape}
                npy.write_array_header_1_0(member, header)
                for piece in array.pieces:
                    member.write(np.ascontiguousarray(piece, dtype=array.dtype).data)


def value_arrays(values: BlockValues, progress: Progress | None = None) -> dict[str, NDArray[Any] | PiecewiseArray]:
    """Return the values of a block as arrays to write, and what is needed to place them.

    Args:
        values: The values.
        progress: Called now and then while they are written.

    Returns:
        The values under the name of the quantity, shape (values, filters), float32 or, for selections, int64, in
        the order in which the input window is read; `filters` (numbers) and `filter_names`; `first`, the cell or
        position of the first row; `record`, `window` (half-open in the record) and `strand`; `origin` and `step`:
        row i lies over `step` bases of the record from origin + i · step on, and where `step` is negative, on the
        other strand, over those down from it. Neither is cut off at the window's ends. `assumptions`, what had to be
        assumed, where anything had to be.
    """
    run, reading = values.reading.run, values.reading
    integers = values.quantity.value == "selections"
    sign = -1 if reading.reverse else 1
    origin = reading.stop - values.first_base if reading.reverse else reading.start + values.first_base

    def pieces() -> Iterator[NDArray[np.generic]]:
        done = 0
        for start, stop in values.stretches():
            yield values.between(start, stop)
            done += stop - start
            if progress:
                progress(done, values.count)

    called = filter_names(run)
    names = [called[index] if called else "" for index in values.filters]
    return {
        values.quantity.value: PiecewiseArray(
            (values.count, len(values.filters)), np.dtype(np.int64 if integers else np.float32), pieces()
        ),
        "filters": np.array(values.filters, dtype=np.int64),
        "filter_names": np.array(names),
        "first": np.array(values.start, dtype=np.int64),
        "record": np.array(reading.record.name),
        "window": np.array(reading.window, dtype=np.int64),
        "strand": np.array(values.strand),
        "origin": np.array(origin, dtype=np.int64),
        "step": np.array(sign * values.step, dtype=np.int64),
        **assumption_array(assumptions_of(reading, reading.block.conv)),
    }
