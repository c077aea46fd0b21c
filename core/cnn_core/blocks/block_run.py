"""A conv → pool block at work: what its values are and where they come from, whatever its convolution reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError
from ..layers import Alignment, Array, AveragePooling1D, Convolution1D, Index, MaxPooling1D, Pooling1D, PoolingLayer
from ..layers.activation_functions import ActivationFunction
from ..layers.windows import WIDEST_WINDOW, Window
from ..letter_sums.convolution import LetterConvolution
from ..network.block import Block
from .conv_step import ConvStep

__all__ = ["BlockRun", "Extremes", "ReadCodes", "sliding_pool"]

ReadCodes = Callable[[int, int], NDArray[np.uint8]]
"""Half-open positions of the input → codes; positions outside it are padding."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """Between which activations each filter lies.

    Attributes:
        lowest: At most 0, shape (filters,).
        highest: At least 0, shape (filters,).
        measured: Whether they are the extremes of this very input, or the largest that a filter can give at all,
            where the input is too long to look at whole: its bounds, or what many responses give if it has none.
    """

    lowest: Array
    highest: Array
    measured: bool


class BlockRun(ABC):
    """One block on one input.

    Attributes:
        block: The block.
        conv: The convolution.
        pool_layer: The pool.
        pool: The pool as one whose window slides: of one that reads all positions, a single window of so many.
        source: The name of the layer whose feature maps the convolution reads; nothing where it reads the letters.
        letters: The convolution by tables of words, where it reads the letters.
        channels: How many channels the convolution reads at each position.
        bases: The length of the input, in bases.
        length: How many positions there are that the convolution reads; of the letters, the bases.
        alignment: How those positions lie over the bases.
        positions: How many windows, and so responses, each filter has.
        cells: How many cells each filter has.
        filters: How many filters there are.
        activation: The function between response and activation: the convolution's own and all layers before the
            pool.
        floors: What the lowest responses of each filter become, shape (filters,), or None where no function has a
            floor.
    """

    block: Block
    conv: Convolution1D
    pool_layer: PoolingLayer
    pool: MaxPooling1D | AveragePooling1D
    source: str = ""
    letters: LetterConvolution | None = None
    channels: int
    bases: int
    length: int
    alignment: Alignment
    positions: int
    cells: int
    filters: int
    activation: ActivationFunction
    floors: Array | None

    @property
    def reads_letters(self) -> bool:
        """Whether the convolution reads the letters themselves, not feature maps."""
        return not self.source

    @property
    def pools_all(self) -> bool:
        """Whether the pool reads all positions at once, however many there are."""
        return not isinstance(self.pool_layer, Pooling1D)

    @property
    def selects(self) -> bool:
        """Whether every cell selects a position; an average selects nothing."""
        return isinstance(self.pool, MaxPooling1D)

    def place(self, cell: int, filter_index: int) -> Index:
        """Return where a cell stands in the pool's output, which may have no axis of cells."""
        return (cell, filter_index) if self.pool_layer.keeps_axis else (filter_index,)

    @property
    def pools_responses(self) -> bool:
        """Whether cells are computed as what becomes of their largest responses."""
        return False

    @property
    def is_quick(self) -> bool:
        """Whether any values can be asked for without anybody having to wait."""
        return True

    @abstractmethod
    def compute(self) -> None:
        """Compute what takes long and is asked for at once, unless it is there already."""

    @abstractmethod
    def prepare(self) -> None:
        """Load what makes a look at all values faster, where it is worth it."""

    @abstractmethod
    def responses(self, start: int, stop: int) -> Array:
        """Return every filter's responses at half-open positions, shape (stop − start, filters)."""

    @abstractmethod
    def activations(self, start: int, stop: int) -> Array:
        """Return every filter's activations at half-open positions, shape (stop − start, filters)."""

    @abstractmethod
    def values(self, start: int, stop: int, *, keep: bool = True) -> Array:
        """Return every filter's cells at half-open cell positions.

        Args:
            start: The first cell.
            stop: One past the last.
            keep: Whether what is computed for it is to be kept, as for a screen that looks again.

        Returns:
            Values, shape (stop − start, filters).
        """

    @abstractmethod
    def selections(self, start: int, stop: int, *, keep: bool = True) -> NDArray[np.int64] | None:
        """Return the position that each cell selected, or None where the pool averages and selects nothing.

        Args:
            start: The first cell.
            stop: One past the last.
            keep: Whether what is computed for it is to be kept, as for a screen that looks again.

        Returns:
            Positions of the convolution's output, shape (stop − start, filters).
        """

    @abstractmethod
    def all_zero(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return which cells are all 0: selected from nothing but floors.

        Args:
            start: The first cell.
            stop: One past the last.

        Returns:
            Truth values, shape (stop − start, filters); none is true where the pool averages.
        """

    def for_filter(self, filter_index: int) -> BlockRun:
        """Return a run of one filter alone, for scans; itself where nothing is saved by it.

        Args:
            filter_index: The filter, which becomes the new run's filter 0 where it is alone.
        """
        return self

    @property
    @abstractmethod
    def extremes(self) -> Extremes:
        """Between which activations every filter lies in this input: the scale of its colours."""

    @property
    @abstractmethod
    def best_match(self) -> Array:
        """The largest activation of each filter: of any letters where it reads them, else in this input."""

    @cached_property
    def left_over(self) -> tuple[int, int]:
        """The positions of the convolution's output that are left over behind the last pool window, half-open."""
        return self.pool.sliding.left_over(self.positions)

    @property
    @abstractmethod
    def left_over_bases(self) -> tuple[int, int]:
        """The bases behind the last one that any cell reads, half-open."""

    @abstractmethod
    def receptive_field(self, cell: int) -> tuple[int, int]:
        """Return the bases that can change a cell, half-open."""

    @abstractmethod
    def response_field(self, position: int) -> tuple[int, int]:
        """Return the bases that can change a response, half-open."""

    @abstractmethod
    def input_field(self, position: int) -> tuple[int, int]:
        """Return the bases that can change what the convolution reads at a position, half-open."""

    @abstractmethod
    def window_of(self, cell: int, position: int | None) -> tuple[int, int]:
        """Return the bases from the first tap to the last of a window, half-open; they may lie in the padding.

        Args:
            cell: The cell.
            position: The response; None is all that the cell reads.
        """

    def step(self, position: int, filter_index: int) -> ConvStep:
        """Return how an activation came to its value.

        Args:
            position: The position of the response.
            filter_index: The filter.
        """
        window, bias = self.conv.sliding.window(position, self.length), self.conv.bias
        return ConvStep(
            layer=self.block.conv,
            type=self.conv.type,
            position=position,
            filter=filter_index,
            value=float(self.activations(position, position + 1)[0, filter_index]),
            response=float(self.responses(position, position + 1)[0, filter_index]),
            bias=0.0 if bias is None else float(bias[filter_index]),
            activation=self.activation.name,
            window=window,
            receptive_field=self.response_field(position),
            **self._under(window, filter_index),
        )

    @abstractmethod
    def _under(self, window: Window, filter_index: int) -> dict[str, Any]:
        """Return what a `ConvStep` says of the taps of a window: the products, and what they are of."""

    @abstractmethod
    def largest_product(self, filter_index: int) -> float:
        """Return the largest size of what any position adds to a filter's response under any tap."""

    def _measured(self) -> Extremes:
        """Return between which activations every filter lies in this input, looked at whole."""
        activations = self.activations(0, self.positions)
        return Extremes(
            np.minimum(activations.min(axis=0), 0), np.maximum(activations.max(axis=0), 0), measured=True
        )

    @staticmethod
    def _check(start: int, stop: int, count: int) -> None:
        if not 0 <= start <= stop <= count:
            raise IndexError(f"positions {start} to {stop} of {count}")


def sliding_pool(block: Block, pool: PoolingLayer, positions: int) -> MaxPooling1D | AveragePooling1D:
    """Return the pool of a block as one whose window slides along its responses.

    Args:
        block: The block.
        pool: Its pool, whose windows are alike.
        positions: How many responses there are.

    Raises:
        TooShortError: Not a single pool window fits.
        ShapeError: The pool reads all responses, and these are too many.
    """
    if positions > WIDEST_WINDOW and not isinstance(pool, Pooling1D):
        raise ShapeError(
            f"reads all {positions:,} positions at once, and is shown for up to {WIDEST_WINDOW:,}",
            where=f"layer {block.pool}",
            remedy="open a shorter region",
        )
    found = pool.sliding_over(positions)
    assert found is not None, "the windows of a block's pool are alike"
    return found
