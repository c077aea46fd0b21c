"""Arrays as an .npz file that `numpy.load` reads, the same bytes on every machine, written piece by piece.

Nothing is compressed, since compressors differ, and no time is recorded. `numpy.savez` does neither, accepts no
array named `file`, and needs every array whole in memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..blocks.assumptions import assumptions_of
from ..blocks.filter_labels import filter_names
from ..work.progress import Progress, no_progress
from .comments import assumption_array
from .values import Quantity, Values

__all__ = ["PiecewiseArray", "write_arrays", "write_value_arrays"]

_OLDEST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_ORDINARY_FILE: Final = 0o100644 << 16


@dataclass(frozen=True, eq=False)
class PiecewiseArray:
    """An array that is computed while it is written.

    Attributes:
        shape: Its shape.
        dtype: The type of its numbers.
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


def write_value_arrays(values: Values, file: BinaryIO, progress: Progress = no_progress) -> None:
    """Write the values of a block as arrays, with what is needed to locate them.

    The values, under the name of their quantity, have the shape (values, filters), float32 or, for selections, int64,
    in the order in which a record is read. `filters` are the filters' numbers, `filter_names` their names; `strand`;
    row i lies over `step` bases of the record from `origin` + i · step on, and where `step` is negative, on the other
    strand, over those down from it; neither is cut off at the window's ends. `assumptions` lists what had to be
    assumed, if anything.

    Along one record there are `first`, the cell or position of the first row, `record`, and `window`, half-open in it.
    Along all of a file the values of one record stand below those of the other, those of record i in the rows from
    `rows[i]` to `rows[i + 1]`; `records` are their names as UTF-8, one a line, `lengths` how many letters they have,
    and `origin` has a number for each.

    Args:
        values: The values.
        file: A file that is open for writing bytes.
        progress: Called now and then.
    """
    one = values.one
    called = filter_names(one.reading.run.conv)
    write_arrays(
        {
            one.quantity.value: PiecewiseArray(
                (values.count, len(one.filters)),
                np.dtype(np.int64 if one.quantity is Quantity.SELECTIONS else np.float32),
                (rows.values for rows in values.rows(progress, as_read=True)),
            ),
            **values.placement,
            "step": np.array((-1 if one.reading.reverse else 1) * one.step, dtype=np.int64),
            "strand": np.array(one.strand),
            "filters": np.array(one.filters, dtype=np.int64),
            "filter_names": np.array([called[index] if called else "" for index in one.filters]),
            **assumption_array(
                assumptions_of(one.reading, one.reading.block.conv),
                one.reading.edit_names,
                one.reading.model.weight_names,
            ),
        },
        file,
    )
