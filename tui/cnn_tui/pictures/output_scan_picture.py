"""What the output track draws: the highest output under every column of a track as long as the record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array
from cnn_core.scan.output_scan import ColumnOutputs

from ..view.frame import Frame

__all__ = ["OutputScanPicture"]


@dataclass(frozen=True, eq=False)
class OutputScanPicture:
    """A scan of outputs at one moment, and where in it the present input window lies.

    Attributes:
        view: The view of the tracks, which are as wide.
        reading: The model on the present input window.
        columns: The outputs over the columns, in the direction of the record.
        size: How many bases a scanned window has.
        done: How many windows are known.
        total: How many there are.
        unit: Which value of the output it is, or None where it has one.
        pace: How far and how fast the scan goes, in words; nothing where none goes on.
    """

    view: Frame
    reading: Reading
    columns: ColumnOutputs
    size: int
    done: int
    total: int
    unit: int | None = None
    pace: str = ""

    @property
    def values(self) -> Array:
        """The highest output under every column in the direction of the strand that is read, NaN for none."""
        return self.columns.values[::-1] if self.reading.reverse else self.columns.values

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where in the record the window of each begins, −1 for none."""
        return self.columns.starts[::-1] if self.reading.reverse else self.columns.starts

    @cached_property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and the highest of them, between which the bars are drawn; None before anything is known."""
        known = self.values[~np.isnan(self.values)]
        return (float(known.min()), float(known.max())) if known.size else None

    @cached_property
    def best(self) -> int | None:
        """The column with the highest output of all, the first of equals, or None."""
        return None if self.bounds is None else int(np.nanargmax(self.values))

    @property
    def shares(self) -> NDArray[np.float64]:
        """How high every column's bar is, from above 0 to 1, and 0 where there is none, shape (columns,).

        The lowest output still shows, since it is one.
        """
        values = self.values.astype(np.float64)
        lowest, highest = self.bounds or (0.0, 0.0)
        with np.errstate(all="ignore"):
            shares = (values - lowest) / (highest - lowest) if highest > lowest else np.ones(len(values))
        drawn = 0.125 + 0.875 * np.where(np.isfinite(shares), shares, 1.0)
        return np.where(np.isnan(values), 0.0, drawn)

    @property
    def window(self) -> tuple[int, int]:
        """The columns in which the present input window lies, half-open; always at least one."""
        columns, bases = len(self.values), len(self.reading.record)
        start, stop = self.reading.window
        if self.reading.reverse:
            start, stop = bases - stop, bases - start
        first = min(start * columns // bases, columns - 1)
        return first, min(max(-(-stop * columns // bases), first + 1), columns)
