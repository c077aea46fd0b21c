"""What every filter adds to the output, on some of the input windows of what is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from cnn_core import attribution, blocks
from cnn_core import scan as scanning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnn_core.attribution import InputWindow
    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.record_batches import RecordSlice
    from cnn_core.scan import Influence
    from cnn_core.work.progress import Progress

__all__ = ["MOST_WINDOWS", "InfluenceWindows", "influence_on_output"]

MOST_WINDOWS: Final = 100
"""Input windows in which filters are replaced, at the most."""


class InfluenceWindows:
    """The input windows of stretches one behind the other, spread evenly over all where these are too many.

    Args:
        reading: The network on any input window: how it is read, and what its other inputs are.
        stretches: What is read; what is shorter than the network's input is passed over, unless it is padded.
    """

    def __init__(self, reading: Reading, stretches: Sequence[RecordSlice]) -> None:
        self._reading = reading
        self._stretches = stretches

    def __len__(self) -> int:
        return min(int(self._counts.sum()), MOST_WINDOWS)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How many input windows each stretch has."""
        fixed, size = self._reading.model.input.length, self._longest
        lengths = np.array([stop - start for _, start, stop in self._stretches], dtype=np.int64)
        counts: NDArray[np.int64] = -(-lengths // size)
        if fixed is not None and self._reading.pad is None:
            counts = np.where(lengths < fixed, 0, counts)
        return counts

    @property
    def _longest(self) -> int:
        return self._reading.model.input.length or blocks.LONGEST_WHOLE_INPUT

    def __iter__(self) -> Iterator[InputWindow]:
        ends = np.cumsum(self._counts)
        total = int(ends[-1]) if len(ends) else 0
        for chosen in np.linspace(0, total - 1, len(self)).astype(np.int64) if total else ():
            place = int(np.searchsorted(ends, chosen, side="right"))
            nth = int(chosen - ends[place] + self._counts[place])
            record, start, stop = self._stretches[place]
            first = max(start, min(start + nth * self._longest, stop - self._longest))
            last = min(first + self._longest, stop)
            reading = blocks.Reading.of(
                self._reading.model,
                record,
                (first, last),
                ambiguity=self._reading.ambiguity,
                side_inputs=self._reading.side_inputs,
                pad=self._reading.pad,
            )
            yield attribution.InputWindow(reading, first, last)


def influence_on_output(reading: Reading, windows: InfluenceWindows, strands: str, progress: Progress) -> Influence:
    """Return what every filter adds to the first output of the network.

    Args:
        reading: The block on any input window.
        windows: The input windows.
        strands: Which strands are read.
        progress: Told how many filters have been replaced in how many windows, multiplied; it may raise to stop.

    Raises:
        CnnError: The network gives no output, does not read the filters, or cannot be run on the windows.
    """
    work = scanning.FilterInfluence(reading.model, reading.block, strands=strands)
    for _ in work.average(windows):
        progress(0, 1)
    for done in work.replace(windows):
        progress(done, work.windows * len(work.filters))
    return work.found
