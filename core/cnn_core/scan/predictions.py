"""What a network gives on many input windows: read one after the other, run together, handed on in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import InputWindow
from ..attribution.target import with_index
from ..attribution.variants import Merge, Strands
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT, part_up_to
from ..blocks.reading import Reading
from ..errors import ModelError, NotFoundError, SettingError, ShapeError
from ..layers import Array
from ..layers.shapes import known_axes
from ..letters.alphabet import first_ambiguous
from ..network.model import Model
from ..network.running import SideValues, held_together, run_together

__all__ = ["PredictedValues", "Prediction", "Predictions"]

_READ_AT_ONCE: Final = 256
"""Windows that are read before any is run."""
_LETTERS_AT_ONCE: Final = 1 << 20
"""Letters that they may have."""
_MOST_TOGETHER: Final = 64
"""Windows that are run together: more no longer gain anything."""
_VALUES_TOGETHER: Final = 1 << 23
"""Values that are held of them."""
_OUTPUT: Final = "output"


@dataclass(frozen=True)
class PredictedValues:
    """Which values of a layer are predicted.

    Attributes:
        layer: The layer's name.
        index: Their index on the last axes, from 0; none is all of the layer's values.
    """

    layer: str
    index: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str, model: Model) -> PredictedValues:
        """Return the values that a text names.

        Args:
            text: `output` for the first output, or a layer's name; behind a colon a unit, a channel at all positions,
                or `POSITION:CHANNEL`, from 0.
            model: The network.

        Raises:
            NotFoundError: There is no such layer.
            SettingError: What stands behind the colon is no number.
        """
        text = with_index(text, model)
        name, *numbers = [text] if text in {node.name for node in model.nodes} else text.split(":")
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise SettingError(
                f"'{text}' names no values", remedy="write output, LAYER, LAYER:UNIT or LAYER:POSITION:CHANNEL"
            )
        is_output = name == _OUTPUT and _OUTPUT not in {node.name for node in model.nodes}
        return cls(model.outputs[0] if is_output else model[name].name, tuple(map(int, numbers)))

    @property
    def name(self) -> str:
        """The values as they are typed."""
        return ":".join([self.layer, *map(str, self.index)])

    def shape(self, model: Model, length: int) -> tuple[int, ...]:
        """Return their shape on an input of a length.

        Raises:
            ShapeError: The layer cannot be computed.
            NotFoundError: It has no such values.
        """
        shape = known_axes(model.shapes_of(self.layer, length)[self.layer])
        kept = len(shape) - len(self.index)
        if kept < 0 or any(at >= size for at, size in zip(self.index, shape[kept:], strict=True)):
            raise NotFoundError(
                f"there is no {self.name}",
                remedy=f"{self.layer} gives {' × '.join(f'{n:,}' for n in shape)} values",
            )
        return shape[:kept]

    def of(self, values: Array) -> Array:
        """Return them, of all values of the layer."""
        index: tuple[Any, ...] = (..., *self.index)
        return np.asarray(values[index])

    def labels(self, shape: Sequence[int], model: Model) -> list[str]:
        """Return what each is called, `layer[unit]` or `layer[position,channel]`, or by its name; row by row.

        Args:
            shape: Their shape.
            model: The network.
        """
        return [self._label((*index, *self.index), model) for index in np.ndindex(tuple(shape))]

    def _label(self, index: tuple[int, ...], model: Model) -> str:
        name = model.name_of(self.layer, index)
        if name and len(index) == 1:
            return name
        return f"{self.layer}[{','.join([*map(str, index[:-1]), name or str(index[-1])])}]"


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network gives on one input window.

    Attributes:
        window: The input window, as it is read, of both strands the record's own.
        values: The values that are asked for, in the same order.
    """

    window: InputWindow
    values: tuple[Array, ...]


class Predictions:
    """Predicts on input windows in their order; those of one length that follow each other are run together.

    Args:
        model: The network that the windows are of.
        wanted: What is predicted; none is every output that can be computed.
        strands: Which strands are read, whatever the windows' own; of both the values are merged.
        merge: What stands for both strands.

    Attributes:
        wanted: What is predicted.
        windows: How many windows have been predicted.
        too_short: How many were too short for the network, and passed over.
        has_ambiguous: Whether any of them has an ambiguous letter.

    Raises:
        ModelError: The network gives no output.
    """

    def __init__(
        self,
        model: Model,
        wanted: Sequence[PredictedValues] = (),
        *,
        strands: Strands | str = Strands.FORWARD,
        merge: Merge | str = Merge.MEAN,
    ) -> None:
        self.strands, self._merge = Strands(strands), Merge(merge)
        lost = model.unavailable()
        self.wanted = (*wanted,) or tuple(PredictedValues(name) for name in model.outputs if name not in lost)
        if not self.wanted:
            raise ModelError(f"gives no output: {next(iter(lost.values()))}", where=model.name)
        self.windows = self.too_short = 0
        self.has_ambiguous = False
        self._too_short: dict[int, bool] = {}
        self._part = part_up_to(model, *(each.layer for each in self.wanted))
        self._kept = frozenset(self._part.outputs)
        self._inputs = {node.name for node in self._part.inputs}

    def shapes(self, length: int) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of what is predicted on a window of a length.

        Raises:
            CnnError: It cannot be computed there.
        """
        return tuple(each.shape(self._part, length) for each in self.wanted)

    def of(self, windows: Iterable[InputWindow]) -> Iterator[Prediction]:
        """Yield what the network gives on input windows, in their order.

        Args:
            windows: The windows, whose letters are read before the next one is asked for.

        Raises:
            CnnError: A window cannot be read, or the network cannot run on windows of its length.
        """
        for some in self._batches(windows):
            by_length: dict[int, list[int]] = {}
            for at, window in enumerate(some):
                by_length.setdefault(window.length, []).append(at)
            found: dict[int, tuple[Array, ...]] = {}
            for length, places in by_length.items():
                together = self._together(length)
                for first in range(0, len(places), together):
                    mine = places[first : first + together]
                    found.update(zip(mine, self._values([some[at] for at in mine]), strict=True))
            for at, window in enumerate(some):
                self.windows += 1
                yield Prediction(window.window, found[at])

    def _batches(self, windows: Iterable[InputWindow]) -> Iterator[list[_ReadWindow]]:
        """Yield windows some at a time, with what is read of them."""
        some: list[_ReadWindow] = []
        letters = 0
        for window in windows:
            reading = window.reading
            if self._is_too_short(reading.length):
                self.too_short += 1
                continue
            strands = [
                reading if reading.reverse is reverse else replace(reading, reverse=reverse)
                for reverse in self._reversed
            ]
            if len(strands) > 1 and reading.padded:
                # What is merged lies over the same bases only where the padding does as well.
                strands[1] = replace(strands[1], pad=reading.padding.turned)
            some.append(_ReadWindow(replace(window, reading=strands[0]), tuple(map(self._read, strands))))
            letters += reading.length
            if len(some) == _READ_AT_ONCE or letters >= _LETTERS_AT_ONCE:
                yield some
                some, letters = [], 0
        if some:
            yield some

    @cached_property
    def _reversed(self) -> tuple[bool, ...]:
        """Which strands are read: those that are the other one."""
        return {Strands.FORWARD: (False,), Strands.REVERSE: (True,), Strands.BOTH: (False, True)}[self.strands]

    def _read(self, reading: Reading) -> tuple[NDArray[np.uint8], SideValues]:
        """Return the letters of one strand of a window, and the numbers of the other inputs."""
        codes = reading.codes(0, reading.length)
        self.has_ambiguous = self.has_ambiguous or first_ambiguous(codes, reading.model.input.channels) is not None
        sides = {name: numbers for name, numbers in reading.side_values().items() if name in self._inputs}
        return codes, sides

    def _is_too_short(self, length: int) -> bool:
        """Tell whether a network of any length cannot run on so few bases."""
        if length not in self._too_short:
            self._too_short[length] = self._cannot_run(length)
        return self._too_short[length]

    def _cannot_run(self, length: int) -> bool:
        if length > LONGEST_WHOLE_INPUT:
            raise ShapeError(
                f"{length:,} bases are too many to run the whole network on",
                remedy=f"the longest input is {LONGEST_WHOLE_INPUT:,}",
            )
        flow = self._part.flow(length)
        if not {*flow.too_short} & self._kept:
            self.shapes(length)
            return False
        if self._part.input.length is None:
            return True
        raise flow.misfit or ModelError("is too short for the network")

    def _together(self, length: int) -> int:
        """Return how many windows of a length are run together."""
        return max(1, min(_MOST_TOGETHER, _VALUES_TOGETHER // held_together(self._part, length, self._kept)))

    def _values(self, windows: Sequence[_ReadWindow]) -> list[tuple[Array, ...]]:
        """Return what is predicted on some windows of one length."""
        found = self._run(windows, 0)
        if self.strands is Strands.BOTH:
            along = {name: self._part.runs_along(name, windows[0].length) for name in self._kept}
            found = [
                {name: self._merge.of(one[name], other[name], along=along[name]) for name in one}
                for one, other in zip(found, self._run(windows, 1), strict=True)
            ]
        return [tuple(each.of(values[each.layer]) for each in self.wanted) for values in found]

    def _run(self, windows: Sequence[_ReadWindow], strand: int) -> list[dict[str, Array]]:
        """Return what the layers give on one strand of some windows of one length."""
        letters, sides = zip(*(window.strands[strand] for window in windows), strict=True)
        return run_together(self._part, letters, windows[0].window.reading.ambiguity, sides, kept=self._kept)


@dataclass(frozen=True, eq=False)
class _ReadWindow:
    """A window, and of each strand that is read the letters and the numbers of the other inputs."""

    window: InputWindow
    strands: tuple[tuple[NDArray[np.uint8], SideValues], ...]

    @property
    def length(self) -> int:
        return len(self.strands[0][0])
