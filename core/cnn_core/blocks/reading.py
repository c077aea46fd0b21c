"""A reading: one model on one input window of one record, and the block that is looked into, if one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..errors import RegionError, SequenceError
from ..layers import Array
from ..letters.alphabet import Ambiguity
from ..letters.edits import EditedRecord
from ..letters.readable_record import ReadableRecord
from ..network.block import Block, BlockSettings
from ..network.model import Model
from ..network.weight_edits import FilterEdit
from ..work.lazy_value import LazyValue
from .block_absence import no_block
from .block_run import BlockRun
from .feature_map_block import FeatureMapRun
from .letter_block import LetterRun
from .offered_blocks import LONGEST_WHOLE_INPUT, first_block, is_on_letters, part_up_to
from .padding import Pad
from .record_window import RecordWindow
from .side_inputs import check_side_inputs, given_numbers, side_inputs_of

__all__ = ["Output", "Reading"]


@dataclass(frozen=True, eq=False)
class Output:
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
class Reading(RecordWindow):
    """One model on one input window of one record; of the window itself, see `RecordWindow`.

    Attributes:
        side_inputs: The numbers of inputs that are not letters, by the input's name: of the input's own shape, or,
            where that has a row for every base of the input window, with a row for every base of the record, in
            the record's direction. Inputs that are not named are zeros.
        assumed: What had to be assumed of the model's file and of the records', one sentence each; what had to be
            assumed in all, `assumptions.assumptions_of` says.
        looked_into: The conv → pool block that is looked into, or None, see `into`.
    """

    side_inputs: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    looked_into: Block | None = None
    _values: LazyValue[dict[str, Array]] = field(default_factory=LazyValue, init=False, repr=False)
    _block_input_once: LazyValue[Array] = field(default_factory=LazyValue, init=False, repr=False)

    @classmethod
    def of(
        cls,
        model: Model,
        record: ReadableRecord,
        interval: tuple[int, int] | None = None,
        *,
        reverse: bool = False,
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
        assumed: tuple[str, ...] = (),
        pad: Pad | None = None,
    ) -> Reading:
        """Return the reading of a record, or of an interval of it.

        A network of any length reads the whole interval. One of a fixed length reads from the interval's first
        base on, as far left of the record's end as it takes to read bases only.

        Args:
            model: The model.
            record: The record.
            interval: Half-open positions of the record; None is all of it.
            reverse: Whether the other strand is read.
            ambiguity: What an ambiguous letter becomes.
            side_inputs: The numbers of inputs that are not letters, see `Reading`.
            assumed: What had to be assumed of the files, see `Reading`.
            pad: How a record is padded that is too short, see `Reading`.

        Raises:
            SequenceError: The record is empty.
            RegionError: The interval is not in the record.
            NotFoundError: There is no input of the name that numbers are given for.
            ShapeError: An input's numbers are of another shape.
        """
        if not len(record):
            raise SequenceError("holds no letters", where=f"record {record.name}", remedy="choose another record")
        start, stop = interval or (0, len(record))
        if not 0 <= start < stop <= len(record):
            raise RegionError(
                f"positions {start + 1:,} to {stop:,} are not in the record",
                where=f"record {record.name}",
                remedy=f"it has positions 1 to {len(record):,}",
            )
        reading = Reading(
            model, record, start, stop, reverse, Ambiguity(ambiguity), dict(side_inputs or {}), assumed, pad=pad
        )
        reading = reading if model.input.length is None else reading.moved_to(start)
        check_side_inputs(model, reading.side_inputs, reading.length, len(record))
        return reading

    def into(self, block: Block | None = None) -> Reading:
        """Return the reading with a block to look into.

        Args:
            block: The block; None is the model's `first_block`.

        Raises:
            ModelError: The model has no conv → pool block that can be looked into, or the positions that the block
                reads do not follow the bases.
            ShapeError: The input window is too short for the block, or too long to compute the layers before it.
        """
        block = block or first_block(self.model, self.length)
        if block is None:
            raise no_block(self.model, "choose another model", self.length)
        found = replace(self, looked_into=block)
        if self.is_computed:
            found._values.put(self.values)
        _ = found.run
        return found

    @property
    def has_block(self) -> bool:
        """Whether a block is looked into."""
        return self.looked_into is not None

    @property
    def block(self) -> Block:
        """The block that is looked into.

        Raises:
            ModelError: The model has no block, or none is looked into.
        """
        if self.looked_into is None:
            raise no_block(self.model, "choose another model", self.length)
        return self.looked_into

    def with_settings(self, settings: BlockSettings) -> Reading:
        """Return the reading with other strides, sizes, paddings or dilation in its block.

        Raises:
            SettingError: A setting that cannot be.
            ShapeError: A setting with which not a single window fits.
        """
        return self._with_model(self.model.with_settings(self.block, settings))

    def with_weights(self, edits: Sequence[FilterEdit]) -> Reading:
        """Return the reading with other edits over the model's own weights, see `Model.with_weights`."""
        return self._with_model(self.model.with_weights(edits))

    def without_edits(self) -> Reading:
        """Return the reading without edits of letters and weights, its input window over the same letters."""
        found = self
        if isinstance(self.record, EditedRecord):
            found = self.edited(()).moved_to(self.record.original_position(self.start))
        return found._with_model(self.model.without_weight_edits()) if self.model.weight_edits else found

    def _with_model(self, model: Model) -> Reading:
        """Return the reading with other settings or weights, and what was computed before the block as it is there."""
        reading = replace(self, model=model)
        if self.has_block:
            if self._block_input_once.is_there and reading._reads_as(self):
                reading._block_input_once.put(self._block_input)
            _ = reading.run
        return reading

    def _reads_as(self, other: Reading) -> bool:
        """Tell whether the block is given what another reading's is: no layer before it is the block's own too."""
        before = zip(self._before_block.nodes, other._before_block.nodes, strict=True)
        return all(mine.layer is theirs.layer for mine, theirs in before)

    @property
    def settings(self) -> BlockSettings:
        """The settings of the block."""
        return self.model.settings(self.block)

    @cached_property
    def run(self) -> BlockRun:
        """The block's values, computed where asked."""
        if is_on_letters(self.model, self.block):
            return LetterRun(self.model, self.block, self.length, self.codes, self.ambiguity)
        return FeatureMapRun(self.model, self.block, self.length, lambda: self._block_input)

    @cached_property
    def _before_block(self) -> Model:
        return part_up_to(self.model, self.model[self.block.conv].inputs[0])

    @property
    def _block_input(self) -> Array:
        """What the block's convolution reads, computed though the layers behind the block may no longer fit."""
        return self._block_input_once.get(self._compute_input)

    def _compute_input(self) -> Array:
        source = self.model[self.block.conv].inputs[0]
        if self.is_computed:
            return self.values[source]
        part = self._before_block
        sides = {
            name: numbers for name, numbers in self.side_values().items() if name in {n.name for n in part.inputs}
        }
        return part.run(self.codes(0, self.length), self.ambiguity, sides)[source]

    def afresh(self) -> Self:
        """Return the same reading with nothing computed: for whoever keeps it, but not what it has computed."""
        return replace(self)

    @cached_property
    def zero_inputs(self) -> tuple[str, ...]:
        """The names of the inputs that are not letters and were given no numbers: they are zeros."""
        return tuple(name for name in side_inputs_of(self.model) if name not in self.side_inputs)

    def side_values(self) -> dict[str, NDArray[np.generic]]:
        """Return the numbers of the inputs that are not letters, for this input window."""
        left = self.letters.start
        padded = left, self.padded - left
        return given_numbers(self.model, self.side_inputs, self.window, reverse=self.reverse, padded=padded)

    @property
    def obstacle(self) -> str:
        """Why the network's first output cannot be computed here, or is no more than the block's own cells.

        One sentence, or nothing where it can be computed.
        """
        if self.looked_into is not None and self.model.outputs[0] == self.looked_into.pool:
            return "the model ends with the pool"
        misfit = self.model.misfit(self.length)
        if misfit is not None:
            return f"{misfit.where}: {misfit.what}"
        unavailable = self.model.unavailable(self.length)
        last = self.model.outputs[0]
        if last in unavailable:
            return unavailable[last]
        if self.length > LONGEST_WHOLE_INPUT:
            return f"the input window is longer than {LONGEST_WHOLE_INPUT:,} bases"
        return ""

    @property
    def output(self) -> Output:
        """What the whole network says of the input window, or why it says nothing."""
        last, obstacle = self.model.outputs[0], self.obstacle
        return Output(last, None, obstacle) if obstacle else Output(last, self.values[last])

    @property
    def is_computed(self) -> bool:
        """Whether the network's values are there already, so that asking for them takes no time."""
        return self._values.is_there

    @property
    def values(self) -> dict[str, Array]:
        """Every layer's activations by its name, see `activations`; computed once."""
        return self._values.get(self.activations)

    def activations(self) -> dict[str, Array]:
        """Return every layer's activations by its name, for the whole input window.

        Raises:
            ShapeError: A layer cannot read what it is given, or would give more values than can be computed.
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        # Before the letters are read, which a file may claim to be any number of.
        misfit = self.model.misfit(self.length)
        if misfit is not None:
            raise misfit
        return self.model.run(self.codes(0, self.length), self.ambiguity, self.side_values())
