"""The input windows along everything that is read, for the commands that run a whole network on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnn_core import attribution, blocks
from cnn_core.errors import SequenceError, SettingError

from .. import opening

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnn_core.attribution import InputWindow
    from cnn_core.blocks import Pad, Reading
    from cnn_core.letters.readable_record import ReadableRecord
    from cnn_core.letters.record_batches import RecordSlice
    from cnn_core.network.model import Model
    from cnn_core.work.shards import Shard

    from ..options.request import OpenRequest
    from .scanned_places import Places

__all__ = ["ReadWindows"]


@dataclass(eq=False)
class ReadWindows:
    """The input windows of a network along what is read, and what must be said of them.

    Attributes:
        request: What is asked for: its ambiguity, inputs and padding.
        given: The network, whose inputs the request may change, see `model`.
        places: The stretches of records.
        told: Called with the bases done and all of them, or None.
        step: Bases from one window to the next; None is a window.
        size: How many bases a network of any length is given at the most; None is as many as can be run whole.
        centred: Whether a shorter stretch lies in the middle of its window.
        shard: Which share of the windows, counted by the bases that they begin at; None is all.
        model: The network that reads the windows.
        first: The network on the first stretch, or None before that.
        stretches: How many stretches there were, when all was last gone through.
        padded: How many of them were padded.

    Raises:
        CnnError: An input is not there, or its file cannot be read; the network has another length.
    """

    request: OpenRequest
    given: Model
    places: Places
    told: Callable[[int, int], None] | None = None
    step: int | None = None
    size: int | None = None
    centred: bool = False
    shard: Shard | None = None
    model: Model = field(init=False)
    first: Reading | None = field(default=None, init=False)
    stretches: int = field(default=0, init=False)
    padded: int = field(default=0, init=False)
    _pad: Pad | None = field(init=False)
    _sides: dict[str, NDArray[np.generic]] = field(init=False)

    def __post_init__(self) -> None:
        self.model, self._sides = opening.read_side_inputs(self.request.inputs, self.given)
        self._pad = opening.asked_pad(self.request)
        fixed = self.model.input.length
        if self.size not in (None, fixed) and fixed is not None:
            raise SettingError(
                f"reads {fixed:,} bases, not {self.size:,}", where=self.model.name, remedy="leave out --window"
            )

    @property
    def longest(self) -> int:
        """How many bases a window has at the most."""
        return self.model.input.length or self.size or blocks.LONGEST_WHOLE_INPUT

    def __iter__(self) -> Iterator[InputWindow]:
        self.stretches = self.padded = 0
        total = 0 if self.places.streamed else self._bases
        begin, end = (0, total) if self.shard is None else self.shard.span(total)
        done = 0
        for stretch in self.places.stretches:
            _, start, stop = stretch
            first, last = start + begin - done, start + end - done
            if start < stop and (self.shard is None or (start < last and first < stop)):
                reading = self._reading(stretch)
                self.padded += bool(reading.padded)
                self.first = self.first or reading
                self.stretches += 1
                for window in self._windows(reading, stretch, None if self.shard is None else (first, last)):
                    yield window
                    if self.told is not None:
                        self.told(max(0, done + window.stop - start - begin), end - begin)
            done += stop - start

    @property
    def _bases(self) -> int:
        return sum(stop - start for _, start, stop in self.places.stretches)

    def every(self) -> Iterator[InputWindow]:
        """Yield the windows of all shards."""
        for stretch in self.places.stretches:
            if stretch[1] < stretch[2]:
                yield from self._windows(self._reading(stretch), stretch)

    def before(self) -> Iterator[InputWindow]:
        """Yield, of the record in which a shard begins, the last window before it of each stretch."""
        if self.shard is None:
            return
        begin, _ = self.shard.span(self._bases)
        done, mine = 0, list[tuple["RecordSlice", int]]()
        for stretch in self.places.stretches:
            record, start, stop = stretch
            if done >= begin:
                break
            if mine and mine[-1][0][0].name != record.name:
                mine.clear()
            if start < stop:
                mine.append((stretch, min(stop, start + begin - done)))
            done += stop - start
        for stretch, last in mine:
            first = last - max(self.longest, self.step or 0)
            yield from self._windows(self._reading(stretch), stretch, (first, last))

    def _reading(self, stretch: RecordSlice) -> Reading:
        record, start, stop = stretch
        self._check_length(record)
        return blocks.Reading.of(
            self.model,
            record,
            (start, stop),
            ambiguity=self.request.ambiguity,
            side_inputs=self._sides,
            pad=self._pad,
        )

    def _windows(
        self, reading: Reading, stretch: RecordSlice, begins: tuple[int, int] | None = None
    ) -> Iterator[InputWindow]:
        """Yield the windows of a stretch, or those that begin between two bases of its record."""
        return attribution.input_windows(
            reading,
            stretch[1:],
            centred=self.centred,
            size=self.size,
            step=self.step or self.longest,
            begins=begins,
        )

    def _check_length(self, record: ReadableRecord) -> None:
        """Refuse a record that is shorter than the network's input, where nothing is said of how to pad it."""
        fixed = self.model.input.length
        if fixed is not None and len(record) < fixed and self._pad is None:
            raise SequenceError(
                f"has {len(record):,} letters, and {self.model.name} reads {fixed:,}",
                where=f"record {record.name}",
                remedy="--pad right puts zeros behind them; see also left, center and --pad-with N",
            )

    def assumptions(self, *, has_ambiguous: bool) -> Iterator[str]:
        """Yield what had to be assumed of the records and the inputs so far.

        Args:
            has_ambiguous: Whether any window has an ambiguous letter.
        """
        yield from self.places.assumptions()
        if self.padded and self._pad is not None:
            yield f"records shorter than {self.model.input.length:,} bases have {self._pad.beside} of their letters"
        if self.first is not None:
            if has_ambiguous:
                yield from blocks.ambiguity_words(self.model, self.first.ambiguity)
            yield from blocks.zero_words(self.first)

    def remarks(self, windows: int, too_short: int) -> Iterator[str]:
        """Yield what must be said of what was read.

        Args:
            windows: How many windows were run.
            too_short: How many others were too short.
        """
        if too_short:
            yield (
                f"{too_short:,} of {too_short + windows:,} input windows are too short for the network and were "
                "passed over"
            )
        elif windows > self.stretches:
            yield (
                f"what is longer than an input window ({self.longest:,} bases) was read in {windows:,} of them, "
                f"{self.step or self.longest:,} bases from one to the next; the last one ends where it does"
            )
