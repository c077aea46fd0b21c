"""A reading into which one looks at a conv → pool block: its live settings, and its values where somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFoundError
from ..layers import Array
from ..letters.alphabet import Ambiguity
from ..network.block import Block, BlockSettings
from ..network.model import Model
from ..work.lazy_value import LazyValue
from .block_absence import no_block
from .block_run import BlockRun
from .feature_map_block import FeatureMapRun, is_on_letters, offered_blocks, part_up_to
from .letter_block import LetterRun
from .reading import ReadableRecord, Reading

__all__ = ["BlockReading", "find_block", "first_block"]


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockReading(Reading):
    """One model on one input window of one record, and the block that is looked into.

    Attributes:
        block: The conv → pool block.
    """

    block: Block
    _input: LazyValue[Array] = field(default_factory=LazyValue, init=False, repr=False)

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
        block: Block | None = None,
    ) -> BlockReading:
        """Return the reading of a record, or of an interval of it, see `Reading.of`.

        Args:
            model: The model.
            record: The record.
            interval: Half-open positions of the record; None is all of it.
            reverse: Whether the other strand is read.
            ambiguity: What an ambiguous letter becomes.
            side_inputs: The numbers of inputs that are not letters.
            assumed: What had to be assumed of the files.
            block: The block to look into; None is the `first_block`.

        Raises:
            ModelError: The model has no conv → pool block that can be looked into.
            SequenceError: The record is empty.
            RegionError: The interval is not in the record.
            ShapeError: The interval is too short for the block.
        """
        reading = Reading.of(
            model,
            record,
            interval,
            reverse=reverse,
            ambiguity=ambiguity,
            side_inputs=side_inputs,
            assumed=assumed,
        )
        block = block or first_block(model, reading.length)
        if block is None:
            raise no_block(model, "choose another model", reading.length)
        return cls.into(reading, block)

    @classmethod
    def into(cls, reading: Reading, block: Block) -> BlockReading:
        """Return a reading with a block to look into.

        Raises:
            ShapeError: The input window is too short for the block, or too long to compute the layers before it.
            ModelError: The positions that the block reads do not follow the bases.
        """
        found = cls(
            **{each.name: getattr(reading, each.name) for each in fields(Reading) if each.init}, block=block
        )
        if reading.is_computed:
            found._values.put(reading.values)
        _ = found.run
        return found

    def with_settings(self, settings: BlockSettings) -> BlockReading:
        """Return the reading with other strides, sizes, paddings or dilation in its block.

        Raises:
            SettingError: A setting that cannot be.
            ShapeError: A setting with which not a single window fits.
        """
        reading = replace(self, model=self.model.with_settings(self.block, settings))
        if self._input.is_there and reading._reads_as(self):
            reading._input.put(self._block_input)
        _ = reading.run
        return reading

    def _reads_as(self, other: BlockReading) -> bool:
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

    @property
    def is_quick(self) -> bool:
        """Whether the block's values can be asked for without anybody having to wait."""
        return self.run.is_quick

    def compute(self) -> None:
        """Compute all values of a block that reads feature maps; those of one on the letters are where asked."""
        self.run.compute()

    @cached_property
    def _before_block(self) -> Model:
        return part_up_to(self.model, self.model[self.block.conv].inputs[0])

    @property
    def _block_input(self) -> Array:
        """What the block's convolution reads, computed though the layers behind the block may no longer fit."""
        return self._input.get(self._compute_input)

    def _compute_input(self) -> Array:
        source = self.model[self.block.conv].inputs[0]
        if self.is_computed:
            return self.values[source]
        part = self._before_block
        sides = {
            name: numbers for name, numbers in self.side_values().items() if name in {n.name for n in part.inputs}
        }
        return part.run(self.codes(0, self.length), self.ambiguity, sides)[source]

    @property
    def obstacle(self) -> str:
        """Why the network's first output cannot be computed here, or is nothing beyond the block's own cells."""
        return "the model ends with the pool" if self.model.outputs[0] == self.block.pool else super().obstacle


def first_block(model: Model, length: int) -> Block | None:
    """Return the block that is looked into unless another is asked for: the first on the letters, or the first at all.

    Args:
        model: The model.
        length: The length of the input, in bases.

    Returns:
        None where the model has no block that can be looked into.
    """
    # A block on the letters is taken even where the input is too short for it: then that is what must be said.
    return next(iter(model.letter_blocks or offered_blocks(model, length)), None)


def find_block(model: Model, name: str) -> Block:
    """Return the block of a layer's name; whether it can be looked into, `BlockReading.into` says.

    Args:
        model: The model.
        name: The name of its convolution, of its pool, or of a layer between the two.

    Raises:
        NotFoundError: No block has such a layer.
    """
    for block in model.blocks:
        if name in (block.conv, *block.between, block.pool):
            return block
    theirs = [block.conv for block in model.blocks]
    remedy = f"its blocks begin with {', '.join(theirs)}" if theirs else "it has no conv → pool block"
    raise NotFoundError(f"{model.name} has no conv → pool block with a layer '{name}'", remedy=remedy)
