"""One filter's values as stretches of the record, equal neighbours joined: what bedGraph and bigWig hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, SettingError
from ..work.progress import Progress
from .values import BlockValues, Quantity

__all__ = ["Runs", "check_one_filter", "not_finite", "runs_of"]

Runs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
"""Starts, stops and values; sorted, without overlap."""


def runs_of(values: BlockValues, progress: Progress | None = None) -> Iterator[Runs]:
    """Yield the values of one filter along the record; neighbours of equal value become one.

    Args:
        values: The values of one filter.
        progress: Called now and then.

    Raises:
        SettingError: Several filters, or selections, which are places and no values.
        ModelError: A value is infinite, which a track cannot show.
    """
    check_one_filter(values)
    waiting: tuple[int, int, np.float32] | None = None
    for chunk in values.chunks(progress):
        inside = chunk.stops > chunk.starts
        starts, stops, column = chunk.starts[inside], chunk.stops[inside], chunk.values[inside, 0]
        column = column.astype(np.float32, copy=False)
        if not np.isfinite(column).all():
            raise not_finite(values.reading.record.name, int(starts[~np.isfinite(column)][0]))
        if not len(starts):
            continue
        if waiting is not None:
            starts = np.concatenate([[waiting[0]], starts])
            stops = np.concatenate([[waiting[1]], stops])
            column = np.concatenate([[waiting[2]], column])
        new = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
        ends = np.r_[new[1:] - 1, len(column) - 1]
        starts, stops, column = starts[new], stops[ends], column[new]
        # The last may go on in the next chunk.
        waiting = int(starts[-1]), int(stops[-1]), column[-1]
        if len(starts) > 1:
            yield starts[:-1], stops[:-1], column[:-1]
    if waiting is not None:
        yield np.array([waiting[0]]), np.array([waiting[1]]), np.array([waiting[2]], dtype=np.float32)


def check_one_filter(values: BlockValues) -> None:
    """Refuse what a track cannot hold.

    Args:
        values: The values.

    Raises:
        SettingError: Several filters, or selections, which are places and no values.
    """
    if values.quantity is Quantity.SELECTIONS:
        raise SettingError(
            "a selection is a place and no value to draw", remedy="write selections as .bed, .tsv or .npz"
        )
    if len(values.filters) > 1:
        raise SettingError("a track holds one filter", remedy="ask for one")


def not_finite(record: str, base: int) -> ModelError:
    """Return the error of a value that a track cannot show.

    Args:
        record: The record's name.
        base: Where it begins, 0-based.
    """
    return ModelError(
        "a value is not finite, which a track cannot show",
        where=f"{record}:{base + 1}",
        remedy="write .tsv or .npz",
    )
