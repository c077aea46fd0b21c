"""Values as intervals of records, and how equal neighbours are joined, as bedGraph and bigWig hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, SettingError
from ..work.progress import Progress, no_progress
from .values import Quantity, Values

__all__ = ["Runs", "joined_runs", "runs_of"]


class Runs(NamedTuple):
    """Intervals of equal values, record after record, sorted and without overlap; each of shape (runs,)."""

    records: NDArray[np.int64]
    """The index of each one's record among those that are written."""
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    values: NDArray[np.float32]

    def of(self, which: NDArray[np.intp] | slice) -> Runs:
        """Return some of them."""
        return Runs._make(column[which] for column in self)


def runs_of(values: Values, progress: Progress = no_progress) -> Iterator[Runs]:
    """Return the values of one filter along the records, each that lies over bases as a run of its own.

    Args:
        values: The values of one filter.
        progress: Called now and then.

    Raises:
        SettingError: Several filters, or selections, which are positions and not values.
        ModelError: A value is infinite, which a track cannot show.
    """
    if values.one.quantity is Quantity.SELECTIONS:
        raise SettingError(
            "a selection is a place and no value to draw", remedy="write selections as .bed, .tsv or .npz"
        )
    if len(values.one.filters) > 1:
        raise SettingError("a track holds one filter", remedy="ask for one")
    return _rows_as_runs(values, progress)


def _rows_as_runs(values: Values, progress: Progress) -> Iterator[Runs]:
    """Yield every value that lies over bases as a run of its own."""
    for rows in values.rows(progress):
        column = rows.values[:, 0].astype(np.float32, copy=False)
        runs = Runs(rows.records, rows.starts, rows.stops, column).of(np.flatnonzero(rows.stops > rows.starts))
        wrong = np.flatnonzero(~np.isfinite(runs.values))
        if wrong.size:
            raise ModelError(
                "a value is not finite, which a track cannot show",
                where=f"{values.name(int(runs.records[wrong[0]]))}:{runs.starts[wrong[0]] + 1}",
                remedy="write .tsv or .npz",
            )
        yield runs


def joined_runs(parts: Iterable[Runs]) -> Iterator[Runs]:
    """Yield runs in which no two neighbours without a gap have the same value.

    Args:
        parts: Runs, record after record, sorted and without overlap.
    """
    waiting: Runs | None = None
    for runs in parts:
        if not len(runs.starts):
            continue
        if waiting is not None:
            both = [waiting, runs]
            runs = Runs._make(map(np.concatenate, zip(*both, strict=True)))
        differs = (np.diff(runs.values) != 0) | (np.diff(runs.records) != 0)
        differs |= runs.starts[1:] != runs.stops[:-1]
        first = np.flatnonzero(np.r_[True, differs])
        last = np.flatnonzero(np.r_[differs, True])
        runs = Runs(runs.records[first], runs.starts[first], runs.stops[last], runs.values[first])
        # The last may go on in the next rows.
        waiting = runs.of(slice(-1, None))
        if len(runs.starts) > 1:
            yield runs.of(slice(-1))
    if waiting is not None:
        yield waiting
