"""Input windows read some at a time, with their letters, so that those of one length can be run together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import InputWindow
from ..attribution.variants import Strands
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import ModelError, ShapeError
from ..letters.alphabet import first_ambiguous
from ..network.model import Model
from ..network.running import SideValues

__all__ = ["ReadWindow", "WindowBatches"]

_READ_AT_ONCE: Final = 256
"""Windows that are read before any is run."""
_LETTERS_AT_ONCE: Final = 1 << 20
"""Letters that they may have."""
_REVERSED: Final = {Strands.FORWARD: (False,), Strands.REVERSE: (True,), Strands.BOTH: (False, True)}


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
        self._reversed = _REVERSED[strands]
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
