"""A reading: one model on one input window of one record.

Positions of a reading count from the first base of the input window, as the network's tensors do; the record's own
coordinates appear only in `window`, `record_position` and `region`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .alphabet import PADDING, Ambiguity, check_ambiguity, is_ambiguous, reverse_complement
from .block import Block, BlockRun, BlockSettings
from .errors import ModelError, RegionError, SequenceError
from .layers import Array
from .model import Model

__all__ = ["LONGEST_PREDICTION", "Prediction", "ReadableRecord", "Reading"]

LONGEST_PREDICTION = 200_000
"""Bases that the whole network is run on at once, at the most."""
_CHECKED_AT_ONCE = 1 << 20


class ReadableRecord(Protocol):
    """What a reading asks of a record; `sequences.Record` answers it."""

    @property
    def name(self) -> str:
        """The record's name."""

    def __len__(self) -> int:
        """Return how many letters it has."""

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of half-open positions, shape (stop − start,)."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What comes out of the network, or why nothing does.

    Attributes:
        layer: The name of the network's output, the first where it has several.
        values: Its values, or None.
        reason: One sentence where there is no output, otherwise empty.
    """

    layer: str
    values: Array | None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Reading:
    """One model on one input window of one record.

    Attributes:
        model: The model, with the settings in force.
        block: The conv → pool block that is looked into.
        record: The record.
        start: The first base of the input window, in the record.
        stop: One past its last base in the record. A network of a fixed length may read on: the rest of its input
            is all-zero rows.
        reverse: Whether the other strand is read, in its own direction.
        ambiguity: What an ambiguous letter becomes.
    """

    model: Model
    block: Block
    record: ReadableRecord
    start: int
    stop: int
    reverse: bool = False
    ambiguity: Ambiguity = Ambiguity.ZERO

    @classmethod
    def of(
        cls,
        model: Model,
        record: ReadableRecord,
        interval: tuple[int, int] | None = None,
        *,
        reverse: bool = False,
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
    ) -> Reading:
        """Return the reading of a record, or of an interval of it.

        A network of any length reads the whole interval. One of a fixed length reads from the interval's first
        base on, as far left of the record's end as it takes to read bases only.

        Args:
            model: The model; its first block that reads the letters is looked into.
            record: The record.
            interval: Half-open positions of the record; None is all of it.
            reverse: Whether the other strand is read.
            ambiguity: What an ambiguous letter becomes.

        Raises:
            ModelError: The model has no conv → pool block that reads the letters.
            SequenceError: The record is empty.
            RegionError: The interval is not in the record.
            ShapeError: The interval is too short for the model.
        """
        block = next(iter(model.letter_blocks), None)
        if block is None:
            raise ModelError(
                "has no convolution that reads the letters and feeds a pool",
                where=model.name,
                remedy="choose another model",
            )
        if not len(record):
            raise SequenceError("holds no letters", where=f"record {record.name}", remedy="choose another record")
        start, stop = interval or (0, len(record))
        if not 0 <= start < stop <= len(record):
            raise RegionError(
                f"positions {start + 1:,} to {stop:,} are not in the record",
                where=f"record {record.name}",
                remedy=f"it has positions 1 to {len(record):,}",
            )
        reading = cls(model, block, record, start, stop, reverse, Ambiguity(ambiguity))
        fixed = model.input.length
        reading = reading if fixed is None else reading.moved_to(start)
        _ = reading.run
        return reading

    @property
    def length(self) -> int:
        """How many positions the network's input has, padding included."""
        return self.model.input.length or self.stop - self.start

    @property
    def window(self) -> tuple[int, int]:
        """The input window in the record, half-open."""
        return self.start, self.stop

    @property
    def padded(self) -> int:
        """How many all-zero rows stand right of the record's letters."""
        return self.length - (self.stop - self.start)

    @property
    def region(self) -> str:
        """The input window in samtools form, 1-based and inclusive."""
        return f"{self.record.name}:{self.start + 1}-{self.stop}"

    def record_position(self, base: int) -> int:
        """Return where a base of the input window stands in the record, 0-based."""
        return self.stop - 1 - base if self.reverse else self.start + base

    def base_at(self, record_position: int) -> int:
        """Return which base of the input window a position of the record is; it may lie outside."""
        return self.stop - 1 - record_position if self.reverse else record_position - self.start

    def moved_to(self, start: int) -> Reading:
        """Return the reading whose input window begins at a position, or as near as the record allows.

        Args:
            start: A position of the record, 0-based.
        """
        size = min(self.model.input.length or self.stop - self.start, len(self.record))
        start = min(max(start, 0), len(self.record) - size)
        return replace(self, start=start, stop=start + size)

    def with_settings(self, settings: BlockSettings) -> Reading:
        """Return the reading with other strides, sizes, paddings or dilation in its block.

        Raises:
            SettingError: A setting that cannot be.
            ShapeError: A setting with which not a single window fits.
        """
        reading = replace(self, model=self.model.with_settings(self.block, settings))
        _ = reading.run
        return reading

    @property
    def settings(self) -> BlockSettings:
        """The settings of the block."""
        return self.model.settings(self.block)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the codes of any half-open positions of the input; what lies beyond the letters is padding."""
        codes = np.full(max(0, stop - start), PADDING, dtype=np.uint8)
        letters = self.stop - self.start
        first, last = max(start, 0), min(stop, letters)
        if first >= last:
            return codes
        if self.reverse:
            read = reverse_complement(self.record.codes(self.stop - last, self.stop - first))
        else:
            read = self.record.codes(self.start + first, self.start + last)
        codes[first - start : last - start] = read
        return codes

    @cached_property
    def run(self) -> BlockRun:
        """The block's values, computed where asked."""
        return BlockRun(self.model, self.block, self.length, self.codes, self.ambiguity)

    def check_letters(self) -> None:
        """Refuse an ambiguous letter of the input window now, rather than when somebody looks there.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        if self.ambiguity is not Ambiguity.ERROR:
            return
        for start in range(0, self.length, _CHECKED_AT_ONCE):
            codes = self.codes(start, min(self.length, start + _CHECKED_AT_ONCE))
            try:
                check_ambiguity(codes, self.model.input.channels, self.ambiguity, start)
            except SequenceError as error:
                where = f"input window of record {self.record.name}"
                raise SequenceError(error.what, where=where, remedy=error.remedy) from None

    @cached_property
    def ambiguous(self) -> bool:
        """Whether the first 100,000 letters of the input window hold an ambiguous one."""
        return bool(is_ambiguous(self.codes(0, min(self.length, 100_000))).any())

    @cached_property
    def prediction(self) -> Prediction:
        """What the whole network says of the input window, or why it says nothing."""
        last = self.model.outputs[0]
        if last == self.block.pool:
            return Prediction(last, None, "the model ends with the pool")
        misfit = self.model.misfit(self.length)
        if misfit is not None:
            return Prediction(last, None, f"{misfit.where}: {misfit.what}")
        unavailable = self.model.unavailable(self.length)
        if last in unavailable:
            return Prediction(last, None, unavailable[last])
        if self.length > LONGEST_PREDICTION:
            return Prediction(last, None, f"the input window is longer than {LONGEST_PREDICTION:,} bases")
        return Prediction(last, self.values[last])

    @cached_property
    def values(self) -> dict[str, Array]:
        """Every layer's activations by its name, see `activations`; computed once."""
        return self.activations()

    def activations(self) -> dict[str, Array]:
        """Return every layer's activations by its name, for the whole input window.

        Raises:
            ShapeError: A layer cannot read what it is given.
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        return self.model.run(self.codes(0, self.length), self.ambiguity)
