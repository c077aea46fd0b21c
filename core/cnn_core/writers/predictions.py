"""What a network gives on input windows, as a table, as arrays and as a track."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import InputWindow
from ..blocks.reading import Reading
from ..errors import ModelError, SettingError, printable
from ..layers import Array
from ..letters.strand_choice import Strands
from ..network.model import Model
from ..scan.predictions import PredictedValues, Prediction
from .archive import PiecewiseArray, write_arrays
from .comments import Notes
from .decimals import decimals
from .runs import Runs
from .tables import table_name
from .tracks import write_track

__all__ = [
    "PredictionNotes",
    "none_long_enough",
    "write_prediction_arrays",
    "write_prediction_table",
    "write_prediction_track",
]

_ROWS_AT_ONCE: Final = 256
_BYTES_AT_ONCE: Final = 1 << 20
_PLACES: Final = ("record", "start", "stop", "strand")


@dataclass(frozen=True)
class PredictionNotes(Notes):
    """What is said of predictions beside their numbers.

    Attributes:
        model: The network.
        wanted: What is predicted.
        strands: Which strands were read.
        empty: Gives the shapes of what is predicted where there is no window, such as in a shard; None is an error
            there.
    """

    model: Model
    wanted: Sequence[PredictedValues]
    strands: Strands
    empty: Callable[[], Sequence[tuple[int, ...]]] | None = None


def write_prediction_table(
    predictions: Iterable[Prediction], file: BinaryIO, notes: Callable[[], PredictionNotes]
) -> None:
    """Write a line an input window, with tabs between: record, start, stop, strand, then one a value.

    Start and stop are those of BED: 0-based, half-open.

    Args:
        predictions: The predictions.
        file: A file that is open for writing bytes.
        notes: Gives what comes first, in lines that begin with #, once the first values are there.

    Raises:
        SettingError: Two windows have not as many values.
    """
    shapes: list[tuple[int, ...]] | None = None
    for some in _some(predictions):
        said = notes()
        for each in some:
            mine = [values.shape for values in each.values]
            if shapes is None:
                shapes = mine
                _write_head(shapes, file, said)
            if mine != shapes:
                raise SettingError(
                    "its outputs have another shape than those of the windows before, so that they have no columns "
                    "in common",
                    where=f"record {each.window.reading.record.name}",
                    remedy="write .npz, or read windows of one length with --window",
                )
        rows = np.array([np.concatenate([values.ravel() for values in each.values]) for each in some])
        words = [decimals(column) for column in rows.T]
        for each, *row in zip(some, *words, strict=True):
            window = each.window
            place = f"{table_name(window.reading.record.name)}\t{window.start}\t{window.stop}\t{said.strands}"
            file.write(f"{place}\t{chr(9).join(row)}\n".encode())
    if shapes is None:
        said = notes()
        _write_head(_empty(said), file, said)


def none_long_enough() -> SettingError:
    """Return what is said where the network cannot be run on anything."""
    return SettingError("no record is long enough for the network", remedy="give longer ones")


def _empty(said: PredictionNotes) -> Sequence[tuple[int, ...]]:
    """Return the shapes where there is no window.

    Raises:
        SettingError: There should have been one.
    """
    if said.empty is None:
        raise none_long_enough()
    return said.empty()


def _write_head(shapes: Sequence[tuple[int, ...]], file: BinaryIO, said: PredictionNotes) -> None:
    """Write what is said of the numbers, and the names of the columns."""
    said.write(file)
    labels = (
        label for one, shape in zip(said.wanted, shapes, strict=True) for label in one.labels(shape, said.model)
    )
    file.write("\t".join([*_PLACES, *map(table_name, labels)]).encode() + b"\n")


def _some(predictions: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    some: list[Prediction] = []
    for each in predictions:
        some.append(each)
        if len(some) == _ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


@dataclass(eq=False)
class _Spooled:
    """The values of one output, in a file that has no name until all of them are known."""

    file: Any = field(default_factory=TemporaryFile)
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, values: Array) -> None:
        self.shapes.append(values.shape)
        self.file.write(np.ascontiguousarray(values, dtype=np.float32).data)

    def array(self, empty: Sequence[int]) -> PiecewiseArray:
        """Return them: a row a window, or where these differ in length one below the other.

        Args:
            empty: The shape where there is no window.
        """
        shape = (len(self.shapes), *(self.shapes[0] if self.shapes else empty))
        if not self.is_even:
            shape = (sum(shape[0] for shape in self.shapes), *self.shapes[0][1:])
        return PiecewiseArray(shape, np.dtype(np.float32), self._pieces())

    def _pieces(self) -> Iterator[NDArray[np.float32]]:
        self.file.seek(0)
        while piece := self.file.read(_BYTES_AT_ONCE):
            yield np.frombuffer(piece, dtype=np.float32)

    @property
    def is_even(self) -> bool:
        return len(set(self.shapes)) <= 1


def write_prediction_arrays(
    predictions: Iterable[Prediction], file: BinaryIO, notes: Callable[[], PredictionNotes]
) -> None:
    """Write what is predicted as arrays under the layers' names, a row a window, with what is needed to locate them.

    Window i lies over `starts[i]` to `stops[i]` of the record `places[i]` of `records`, whose names are UTF-8, one a
    line. Where windows differ in length, the rows of an output with a length axis stand one below the other, those of
    window i from `rows:LAYER[i]` to `rows:LAYER[i + 1]`. `names:LAYER` are the names of an output's values, where they
    have any.

    Args:
        predictions: The predictions.
        file: A file that is open for writing bytes.
        notes: Gives what is said beside them, once they are there.
    """
    said = notes()
    spooled = [_Spooled() for _ in said.wanted]
    records: dict[str, int] = {}
    places: list[tuple[int, int, int]] = []
    try:
        for each in predictions:
            window = each.window
            place = records.setdefault(window.reading.record.name, len(records))
            places.append((place, window.start, window.stop))
            for held, values in zip(spooled, each.values, strict=True):
                held.add(values)
        said = notes()
        empty = [()] * len(spooled) if places else _empty(said)
        arrays: dict[str, NDArray[Any] | PiecewiseArray] = {}
        for wanted, held, shape in zip(said.wanted, spooled, empty, strict=True):
            arrays[wanted.name] = held.array(shape)
            if wanted.layer == said.model.named_output and not wanted.index:
                arrays[f"names:{wanted.name}"] = np.array([*map(printable, said.model.output_names)])
            if not held.is_even:
                counts = [shape[0] for shape in held.shapes]
                arrays[f"rows:{wanted.name}"] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        columns = np.array(places, dtype=np.int64).reshape(-1, 3)
        names = "\n".join(map(printable, records))
        arrays |= {
            "records": np.frombuffer(names.encode(), dtype=np.uint8),
            "places": columns[:, 0],
            "starts": columns[:, 1],
            "stops": columns[:, 2],
            "strand": np.array(str(said.strands)),
            **said.arrays(),
        }
        write_arrays(arrays, file)
    finally:
        for held in spooled:
            held.file.close()


def write_prediction_track(
    predictions: Iterable[Prediction],
    lengths: Mapping[str, int],
    step: int | None,
    file: BinaryIO,
    notes: Callable[[], PredictionNotes],
    *,
    track_line: bool = False,
    before: Iterable[InputWindow] = (),
    as_bigwig: bool = False,
) -> None:
    """Write one value along the records, as bedGraph or bigWig.

    A value of a whole window lies over the `step` bases at the window's middle. Values with a length axis lie over
    the bases that the axis runs along, see `Model.alignment`, each over as many as there are between two of them.

    Args:
        predictions: The predictions, sorted by their records, in the order of `lengths`, and their place in these.
        lengths: How many letters each record has, by its name.
        step: Bases from one window to the next; None is a window.
        file: A file that is open for writing bytes; for bigWig, at its start and seekable.
        notes: Gives what is said beside them, in a track line.
        track_line: Whether bedGraph has one.
        before: Windows before them on the first one's record, which have the bases that they share with these.
        as_bigwig: Whether it is bigWig.

    Raises:
        SettingError: There are several values a window, or a value that is not finite.
    """
    places = {name: at for at, name in enumerate(lengths)}
    said = notes()
    runs = _runs(predictions, before, places, lengths, step, said)
    named = (said.wanted[0].name, said.described) if track_line else None
    write_track(runs, lengths, file, named=named, as_bigwig=as_bigwig)


def _runs(
    predictions: Iterable[Prediction],
    earlier: Iterable[InputWindow],
    places: Mapping[str, int],
    lengths: Mapping[str, int],
    step: int | None,
    notes: PredictionNotes,
) -> Iterator[Runs]:
    """Yield each value as a run of its own; of bases that two windows share, the first has them."""
    is_any, wanted = False, notes.wanted[0]
    for name, mine in groupby(predictions, key=lambda each: each.window.reading.record.name):
        shared = () if is_any else (each for each in earlier if each.reading.record.name == name)
        before = max((int(_bases(window, wanted, step)[1].max()) for window in shared), default=0)
        for each in mine:
            is_any = True
            values, *others = each.values
            if others or not (values.size == 1 or _has_axis(each.window, wanted)):
                raise SettingError(
                    "a track holds one value, and the network has several outputs"
                    if others
                    else f"a track holds one value, and {values.size:,} are predicted a window",
                    remedy=f"name it, such as --target {wanted.layer}:0",
                )
            values = values.ravel()
            starts, stops = _bases(each.window, wanted, step)
            order = np.argsort(starts, kind="stable")
            starts, stops, column = starts[order], stops[order], values[order]
            starts = np.maximum(starts, before)
            stops = np.minimum(stops, lengths[name])
            there = np.flatnonzero(starts < stops)
            if not np.isfinite(column[there]).all():
                raise ModelError(
                    "a value is not finite, which a track cannot show",
                    where=f"{printable(name)}:{each.window.start + 1}",
                    remedy="write .tsv or .npz",
                )
            if there.size:
                before = int(stops[there].max())
            yield Runs(
                np.full(len(there), places[name]), starts[there], stops[there], column[there].astype(np.float32)
            )
    if not is_any:
        _empty(notes)


def _has_axis(window: InputWindow, wanted: PredictedValues) -> bool:
    """Tell whether what is predicted has one axis, which runs along the bases."""
    reading = window.reading
    model = reading.model
    return (
        len(wanted.shape(model, reading.length)) == 1
        and len(model.shapes_of(wanted.layer, reading.length)[wanted.layer]) > 1
        and model.alignment(wanted.layer, reading.length) is not None
    )


def _bases(
    window: InputWindow, wanted: PredictedValues, step: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return over which bases of the record each value of a window lies, half-open."""
    if _has_axis(window, wanted):
        return _along(window.reading, wanted)
    wide = step or window.stop - window.start
    first = (window.start + window.stop) // 2 - wide // 2
    return np.array([first]), np.array([first + wide])


def _along(reading: Reading, wanted: PredictedValues) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return over which bases of the record each value along a window lies, half-open."""
    alignment = reading.model.alignment(wanted.layer, reading.length)
    assert alignment is not None
    (count,) = wanted.shape(reading.model, reading.length)
    wide = abs(alignment.stride)
    firsts = alignment.first_base + (alignment.span - wide) // 2 + np.arange(count) * alignment.stride
    starts = reading.origin - firsts - wide if reading.reverse else reading.origin + firsts
    return starts, starts + wide
