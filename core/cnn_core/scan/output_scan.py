"""The output at every input window along a record, a step apart: in any order, ended when asked.

A window's output is what `Model.run` gives there: nothing is shared between windows, since a network of a fixed
length reads its padding and its positions from each window's own first base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import window_firsts
from ..blocks.offered_blocks import part_up_to
from ..blocks.reading import Reading
from ..errors import SettingError
from ..layers import Array
from ..work.prefetch import prefetch
from ..work.progress import ShouldContinue, always_continue
from .overview import largest_of_runs

__all__ = [
    "MOST_WINDOWS",
    "ColumnOutputs",
    "OutputScan",
    "check_scan",
    "scan_output",
    "units_of",
    "window_starts",
]

MOST_WINDOWS: Final = 1 << 22
"""The most input windows of one scan, which bounds its memory."""


def check_scan(reading: Reading, step: int, unit: int = 0) -> None:
    """Refuse an impossible scan.

    Args:
        reading: The model on one input window, whose size all windows have.
        step: Bases from one window's first base to the next one's.
        unit: Which value of the network's output, counted along its rows.

    Raises:
        SettingError: The network gives no output here, its input window is the whole record, or there is no such
            step or unit.
    """
    where = reading.model.name
    if reading.obstacle:
        raise SettingError(f"gives no output to scan with: {reading.obstacle}", where=where)
    size = reading.stop - reading.start
    if size >= len(reading.record):
        raise SettingError(
            "the input is the whole record, so there is one output and nothing to draw along it",
            where=where,
            remedy="a longer record has several, or a region of this one where the network takes any length",
        )
    if step < 1:
        raise SettingError(f"a step of {step} is too small", remedy="give 1 base or more")
    least = -(-len(reading.record) // (MOST_WINDOWS - 1))
    if step < least:
        raise SettingError(
            f"a step of {step} makes more than {MOST_WINDOWS:,} input windows", remedy=f"give {least:,} or more"
        )
    units = units_of(reading)
    if not 0 <= unit < units:
        raise SettingError(
            f"{reading.model.outputs[0]} has no unit {unit}", where=where, remedy=f"its units are 0 to {units - 1}"
        )


def units_of(reading: Reading) -> int:
    """Return how many values the network's first output has.

    Raises:
        ShapeError: It cannot be computed.
    """
    output = reading.model.outputs[0]
    return int(np.prod([axis or 1 for axis in reading.model.shapes_of(output, reading.length)[output]]))


def window_starts(reading: Reading, step: int) -> NDArray[np.int64]:
    """Return where in the record the input windows of a scan begin, ascending, shape (windows,).

    The last one ends with the record, however far it is from the one before.

    Args:
        reading: The model on one input window.
        step: Bases from one window's first base to the next one's, 1 or more.
    """
    return window_firsts(0, len(reading.record), reading.stop - reading.start, step)


def scan_output(
    reading: Reading,
    starts: NDArray[np.int64],
    order: Iterable[int] | None = None,
    *,
    should_continue: ShouldContinue = always_continue,
) -> Iterator[tuple[int, Array]]:
    """Yield the network's first output at input windows, one after the other.

    Args:
        reading: The model on one input window, on the strand that is read.
        starts: Where the windows begin, see `window_starts`.
        order: Which of them, in which order; None is all from the first to the last.
        should_continue: Asked before each window; the first no ends the scan.

    Yields:
        Which window, and its output, shape (values,): row by row where it has several.

    Raises:
        SequenceError: The policy is `error` and a letter is ambiguous.
    """
    output = reading.model.outputs[0]
    part = part_up_to(reading.model, output)
    names = {node.name for node in part.inputs}

    def compute(index: int) -> tuple[int, Array]:
        window = reading.moved_to(int(starts[index]))
        sides = {name: numbers for name, numbers in window.side_values().items() if name in names}
        return int(index), part.run(window.codes(0, window.length), window.ambiguity, sides)[output].ravel()

    yield from prefetch(compute, range(len(starts)) if order is None else order, should_continue=should_continue)


@dataclass(frozen=True, eq=False)
class ColumnOutputs:
    """Outputs over the columns of a track as long as the record.

    Attributes:
        values: The largest output of the windows whose middle lies in the column, NaN for no window or
            none is known yet, shape (columns,).
        starts: Where the window of that output begins, the first of equals, −1 for none, shape (columns,).
    """

    values: Array
    starts: NDArray[np.int64]


class OutputScan:
    """The outputs of one unit along a record, filled in window by window, in any order.

    One thread adds while others look.

    Args:
        starts: Where the windows begin, ascending, shape (windows,).
        size: How many bases a window has.
        length: How many bases the record has.
    """

    def __init__(self, starts: NDArray[np.int64], size: int, length: int) -> None:
        self.starts = starts
        self.size = size
        self.length = length
        self._values = np.zeros(len(starts), dtype=np.float32)
        self._known = np.zeros(len(starts), dtype=np.bool_)
        self._done = 0
        self._lock = Lock()

    @property
    def done(self) -> int:
        """How many windows are known."""
        return self._done

    @property
    def complete(self) -> bool:
        """Whether all are."""
        return self._done == len(self.starts)

    def add(self, window: int, value: float) -> None:
        """Take a window's output."""
        with self._lock:
            self._done += not self._known[window]
            self._values[window] = value
            self._known[window] = True

    def unknown(self, base: int) -> NDArray[np.int64]:
        """Return the windows that are not known yet, those that begin nearest to a base of the record first.

        Args:
            base: The base, 0-based.
        """
        missing = np.flatnonzero(~self._known)
        return missing[np.argsort(np.abs(self.starts[missing] - base), kind="stable")]

    def columns(self, count: int) -> ColumnOutputs:
        """Return the outputs over so many columns, each of which stands for as many bases as the others.

        Column c stands for the half-open bases c · length / count to (c + 1) · length / count.
        """
        with self._lock:
            known = np.flatnonzero(self._known & ~np.isnan(self._values))
            values = self._values[known]
        largest = np.full(count, np.nan, dtype=np.float32)
        begins = np.full(count, -1, dtype=np.int64)
        if known.size:
            at = (self.starts[known] + self.size // 2) * count // self.length
            filled, firsts, counts = np.unique(at, return_index=True, return_counts=True)
            largest[filled], highest = largest_of_runs(values, firsts, counts)
            begins[filled] = self.starts[known[highest]]
        return ColumnOutputs(largest, begins)
