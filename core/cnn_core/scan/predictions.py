"""What a network gives on many input windows: read one after the other, run together, handed on in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ..attribution.stretches import InputWindow
from ..attribution.target import with_index
from ..attribution.variants import Merge
from ..blocks.offered_blocks import part_up_to
from ..errors import ModelError, NotFoundError, SettingError
from ..layers import Array
from ..layers.shapes import known_axes
from ..letters.strand_choice import Strands
from ..network.model import Model
from .window_batches import ReadWindow, WindowBatches, by_length, run_windows, together

__all__ = ["PredictedValues", "Prediction", "Predictions"]

_MOST_TOGETHER: Final = 128
"""Windows that are run together: more no longer gain anything."""
_VALUES_TOGETHER: Final = 1 << 24
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
        self.windows = 0
        self._part = part_up_to(model, *(each.layer for each in self.wanted))
        self._kept = frozenset(self._part.outputs)
        self._batches = WindowBatches(self._part, self.strands, self.shapes)

    @property
    def too_short(self) -> int:
        """How many windows were too short for the network, and passed over."""
        return self._batches.too_short

    @property
    def has_ambiguous(self) -> bool:
        """Whether any of the others has an ambiguous letter."""
        return self._batches.has_ambiguous

    def can_read(self, length: int) -> bool:
        """Tell whether the network can be run on a window of a length.

        Raises:
            CnnError: It cannot, and no shorter window is passed over.
        """
        return not self._batches.is_too_short(length)

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
        for some in self._batches.of(windows):
            found: dict[int, tuple[Array, ...]] = {}
            for alike in by_length(some).values():
                for mine in together(alike, self._part, self._kept, _MOST_TOGETHER, _VALUES_TOGETHER):
                    found.update(zip(map(id, mine), self._values(mine), strict=True))
            for window in some:
                self.windows += 1
                yield Prediction(window.window, found[id(window)])

    def _values(self, windows: Sequence[ReadWindow]) -> list[tuple[Array, ...]]:
        """Return what is predicted on some windows of one length."""
        found = run_windows(self._part, windows, 0, self._kept)
        if self.strands is Strands.BOTH:
            along = {name: self._part.runs_along(name, windows[0].length) for name in self._kept}
            found = [
                {name: self._merge.of(one[name], other[name], along=along[name]) for name in one}
                for one, other in zip(found, run_windows(self._part, windows, 1, self._kept), strict=True)
            ]
        return [tuple(each.of(values[each.layer]) for each in self.wanted) for values in found]
