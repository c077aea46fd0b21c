"""Input windows read some at a time, with their letters, so that those of one length can be run together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import InputWindow
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import ModelError, ShapeError
from ..layers import Array
from ..letters.alphabet import first_ambiguous
from ..letters.strand_choice import Strands
from ..network.model import Model
from ..network.running import SideValues, held_together, run_together

__all__ = ["ReadWindow", "WindowBatches", "by_length", "run_windows", "together"]

_READ_AT_ONCE: Final = 256
"""Windows that are read before any is run."""
_LETTERS_AT_ONCE: Final = 1 << 20
"""Letters that they may have."""


@dataclass(frozen=True, eq=False)
class ReadWindow:
    """An input window, and what is read of it.

    Attributes:
        window: The window, as it is read, of both strands the record's own.
        strands: Of each strand that is read the letters, and the numbers of the other inputs.
    """

    window: InputWindow
    strands: tuple[tuple[NDArray[np.uint8], SideValues], ...]

    @property
    def length(self) -> int:
        """How many letters the window has."""
        return len(self.strands[0][0])


class WindowBatches:
    """Reads input windows for a network.

    Args:
        part: The network, or a part of it.
        strands: Which strands are read, whatever the windows' own.
        check: Called with every new length; it raises where what is wanted cannot be computed there.

    Attributes:
        too_short: How many windows were too short for the network, and passed over.
        has_ambiguous: Whether any of the others has an ambiguous letter.
    """

    def __init__(self, part: Model, strands: Strands, check: Callable[[int], object]) -> None:
        self.too_short = 0
        self.has_ambiguous = False
        self._part, self._check = part, check
        self._reversed = strands.reversed
        self._is_short: dict[int, bool] = {}
        self._inputs = {node.name for node in part.inputs}

    def of(self, windows: Iterable[InputWindow]) -> Iterator[list[ReadWindow]]:
        """Yield windows some at a time, with what is read of them.

        Args:
            windows: The windows, whose letters are read before the next one is asked for.

        Raises:
            CnnError: A window cannot be read, or the network cannot run on windows of its length.
        """
        some: list[ReadWindow] = []
        letters = 0
        for window in windows:
            reading = window.reading
            if self.is_too_short(reading.length):
                self.too_short += 1
                continue
            strands = [
                reading if reading.reverse is reverse else replace(reading, reverse=reverse)
                for reverse in self._reversed
            ]
            if len(strands) > 1 and reading.padded:
                # What is merged lies over the same bases only where the padding does as well.
                strands[1] = replace(strands[1], pad=reading.padding.turned)
            some.append(ReadWindow(replace(window, reading=strands[0]), tuple(map(self._read, strands))))
            letters += reading.length
            if len(some) == _READ_AT_ONCE or letters >= _LETTERS_AT_ONCE:
                yield some
                some, letters = [], 0
        if some:
            yield some

    def _read(self, reading: Reading) -> tuple[NDArray[np.uint8], SideValues]:
        """Return the letters of one strand of a window, and the numbers of the other inputs."""
        codes = reading.codes(0, reading.length)
        self.has_ambiguous = self.has_ambiguous or first_ambiguous(codes, reading.model.input.channels) is not None
        sides = {name: numbers for name, numbers in reading.side_values().items() if name in self._inputs}
        return codes, sides

    def is_too_short(self, length: int) -> bool:
        """Tell whether a network of any length cannot run on so few bases.

        Raises:
            CnnError: It has a length, or there are too many bases for it.
        """
        if length not in self._is_short:
            self._is_short[length] = self._cannot_run(length)
        return self._is_short[length]

    def _cannot_run(self, length: int) -> bool:
        if length > LONGEST_WHOLE_INPUT:
            raise ShapeError(
                f"{length:,} bases are too many to run the whole network on",
                remedy=f"the longest input is {LONGEST_WHOLE_INPUT:,}",
            )
        flow = self._part.flow(length)
        if not flow.too_short & {*self._part.outputs}:
            self._check(length)
            return False
        if self._part.input.length is None:
            return True
        raise flow.misfit or ModelError("is too short for the network")


def by_length(windows: Iterable[ReadWindow]) -> dict[int, list[ReadWindow]]:
    """Return windows by their length, those of each in their order."""
    found: defaultdict[int, list[ReadWindow]] = defaultdict(list)
    for window in windows:
        found[window.length].append(window)
    return found


def together(
    windows: Sequence[ReadWindow], part: Model, kept: Collection[str], most: int, values: int
) -> Iterator[Sequence[ReadWindow]]:
    """Yield windows of one length, as many as are run together.

    Args:
        windows: The windows.
        part: What is run on them.
        kept: The nodes whose values are wanted.
        most: Windows that are run together, at the most.
        values: Values that are held of them, unless a single window has more.
    """
    at_once = max(1, min(most, values // held_together(part, windows[0].length, kept)))
    for first in range(0, len(windows), at_once):
        yield windows[first : first + at_once]


def run_windows(
    part: Model, windows: Sequence[ReadWindow], strand: int, kept: Collection[str]
) -> list[dict[str, Array]]:
    """Return what nodes give on one strand of windows of one length, which are run together.

    Args:
        part: The network that the windows were read for, or a part of it.
        windows: The windows.
        strand: Which of the strands that were read.
        kept: The nodes.
    """
    names = {node.name for node in part.inputs}
    letters, sides = zip(*(window.strands[strand] for window in windows), strict=True)
    beside = [{name: each for name, each in side.items() if name in names} for side in sides]
    return run_together(part, letters, windows[0].window.reading.ambiguity, beside, kept=kept)
