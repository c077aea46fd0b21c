"""In which input windows a stretch of a record is read, so that every base of it stands in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import RegionError

__all__ = ["InputWindow", "input_windows", "window_firsts"]


@dataclass(frozen=True, eq=False)
class InputWindow:
    """An input window, and for which of its bases it is read.

    Attributes:
        reading: The network on the input window.
        start: The first of the bases in the record, 0-based.
        stop: One past the last.
    """

    reading: Reading
    start: int
    stop: int

    @property
    def bases(self) -> slice:
        """The bases in the input window, as it is read."""
        reading = self.reading
        first = reading.origin - self.stop if reading.reverse else self.start - reading.origin
        return slice(first, first + self.stop - self.start)


def input_windows(
    reading: Reading,
    interval: tuple[int, int] | None = None,
    *,
    centred: bool = True,
    size: int | None = None,
    step: int | None = None,
    begins: tuple[int, int] | None = None,
) -> Iterator[InputWindow]:
    """Yield the input windows in which a stretch of a record is read.

    A stretch that is shorter than the network's input lies in one input window, as far as the record reaches; a longer
    one is read in windows one behind the other, the last of which begins early enough to be full. A network of any
    length reads the stretch itself, or windows of the length that can be run whole.

    Args:
        reading: The network on any input window of the record.
        interval: The stretch, half-open in the record; None is all of it.
        centred: Whether a shorter stretch lies in the middle of its input window, and not at its beginning.
        size: How many bases a network of any length reads at the most.
        step: Bases from one window's first base to the next one's, each of which is then read for all of its bases;
            None reads every base for one window alone.
        begins: Between which bases of the record a window has the first of its bases, half-open; None is anywhere.

    Raises:
        RegionError: The stretch is not in the record.
    """
    start, stop = interval or (0, len(reading.record))
    if not 0 <= start < stop <= len(reading.record):
        raise RegionError(
            f"positions {start + 1:,} to {stop:,} are not in the record",
            where=f"record {reading.record.name}",
            remedy=f"it has positions 1 to {len(reading.record):,}",
        )
    fixed = reading.model.input.length
    size = fixed or min(stop - start, size or LONGEST_WHOLE_INPUT)
    earliest, latest = begins or (start, stop)
    if stop - start <= size:
        if not earliest <= start < latest:
            return
        before = (size - (stop - start)) // 2 if centred else 0
        yield InputWindow(_at(reading, start - before, size), start, stop)
        return
    if step is not None:
        firsts = window_firsts(start, stop, size, step)
        for first in firsts[(firsts >= earliest) & (firsts < latest)].tolist():
            yield InputWindow(_at(reading, first, size), first, first + size)
        return
    # The first that does not begin too early.
    for first in range(start + -(-max(0, earliest - start) // size) * size, min(stop, latest), size):
        last = min(first + size, stop)
        yield InputWindow(_at(reading, last - size, size), first, last)


def window_firsts(start: int, stop: int, size: int, step: int) -> NDArray[np.int64]:
    """Return where windows of one size begin, ascending, shape (windows,); the last one ends with the stretch.

    Args:
        start: The first base of the stretch, which is as long as a window or longer.
        stop: One past its last base.
        size: The bases of a window.
        step: Bases from one window's first base to the next one's.
    """
    firsts = np.arange(start, stop - size + 1, step, dtype=np.int64)
    return firsts if firsts[-1] == stop - size else np.append(firsts, stop - size)


def _at(reading: Reading, start: int, size: int) -> Reading:
    """Return the input window that begins at a base, or as near as the record allows."""
    if reading.model.input.length is not None:
        return reading.moved_to(start)
    return replace(reading, start=start, stop=start + size)
