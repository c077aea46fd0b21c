"""What a model gives on many sequences, for `OpenedModel.predict`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..attribution import Merge
from ..errors import NotFoundError, SequenceError, SettingError, did_you_mean, printable
from ..layers import Array
from ..letters.readable_record import ReadableRecord
from ..named_arrays import NamedArray, Tabular
from ..network.model import Model
from ..scan import PredictedValues, Predictions
from .inputs import check_choice, check_is_list
from .many_sequences import windows_of

__all__ = ["PredictedSequences", "predicted"]

_MOST_SHOWN: Final = 1000
"""Values of a window of which a notebook shows the first."""


@dataclass(frozen=True, eq=False, repr=False)
class PredictedSequences(Tabular):
    """What a model gives on many sequences, a row an input window, in their order.

    `predicted["dense"]` has the values of a layer, shape (windows, …).

    Attributes:
        model: The network.
        records: The name of each window's record, shape (windows,).
        starts: The window's first base in the record, 0-based, shape (windows,).
        stops: One past its last, shape (windows,).
        strand: Which strands were read.
        targets: What was predicted.
        values: Its values, one array each, shape (windows, …).
    """

    model: Model
    records: NDArray[np.str_]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    strand: str
    targets: tuple[PredictedValues, ...]
    values: tuple[Array, ...]

    def __repr__(self) -> str:
        """Return one line: how many windows there are, and the shape of what each gives."""
        shapes = (f"{each.name} {values.shape[1:]}" for each, values in zip(self.targets, self.values, strict=True))
        return f"<{type(self).__name__}: {len(self):,} windows, of each {', '.join(map(printable, shapes))}>"

    def _repr_html_(self) -> str:
        values = sum(each[0].size for each in self.values)
        return super()._repr_html_() if values <= _MOST_SHOWN else f"<p>{escape(repr(self))}</p>"

    def __len__(self) -> int:
        """Return how many input windows there are."""
        return len(self.records)

    def __getitem__(self, target: str) -> Array:
        """Return the values of a target, by the name that it was asked for, or of its layer."""
        return self.values[self._place(target)]

    def named(self, target: str = "output") -> NamedArray:
        """Return values with the names of their axes: window, and value.

        Args:
            target: What was predicted; `output` is the first.

        Raises:
            NotFoundError: It was not predicted.
        """
        place = self._place(target)
        values, labels = self.values[place], self._labels(place)
        axes = {"window": np.arange(len(self)), "value": np.array(labels)}
        return NamedArray(self.targets[place].name, values.reshape(len(self), len(labels)), axes)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row a window: `record`, `start`, `stop`, `strand`, then a column a value."""
        strands = np.full(len(self), self.strand)
        columns = {"record": self.records, "start": self.starts, "stop": self.stops, "strand": strands}
        for place, values in enumerate(self.values):
            labels = self._labels(place)
            columns |= dict(zip(labels, values.reshape(len(self), len(labels)).T, strict=True))
        return columns

    def _labels(self, place: int) -> list[str]:
        return self.targets[place].labels(self.values[place].shape[1:], self.model)

    def _place(self, target: str) -> int:
        names = [each.name for each in self.targets]
        if target == "output" and target not in names:
            return 0
        if target not in names:
            remedy = did_you_mean(target, names, f"there are {', '.join(map(printable, names))}")
            raise NotFoundError(f"'{target}' was not predicted", remedy=remedy)
        return names.index(target)


def predicted(
    model: Model,
    sequences: Iterable[ReadableRecord | str],
    target: Sequence[str],
    strand: str,
    merge: str,
    ambiguity: str,
) -> PredictedSequences:
    """Return what the model gives on sequences, see `OpenedModel.predict`."""
    check_is_list(target, "targets", "output")
    check_choice(merge, [*Merge], "a way to merge strands")
    work = Predictions(model, [PredictedValues.parse(text, model) for text in target], strands=strand, merge=merge)
    found = [*work.of(windows_of(model, sequences, ambiguity))]
    if not found:
        raise SequenceError("no sequence is long enough for the network", remedy="give longer ones")
    if len({tuple(values.shape for values in each.values) for each in found}) > 1:
        raise SettingError(
            "the values of sequences of several lengths have several shapes", remedy="give sequences of one length"
        )
    windows = [each.window for each in found]
    return PredictedSequences(
        model,
        np.array([window.reading.record.name for window in windows]),
        np.array([window.start for window in windows], dtype=np.int64),
        np.array([window.stop for window in windows], dtype=np.int64),
        strand,
        work.wanted,
        tuple(np.stack(values) for values in zip(*(each.values for each in found), strict=True)),
    )
