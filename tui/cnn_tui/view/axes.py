"""The three axes of a block, and how they lie over each other by arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_core.blocks.block_run import BlockRun
    from cnn_core.layers import Sliding

__all__ = ["Axes", "clamped"]


@dataclass(frozen=True, slots=True)
class Axes:
    """How the bases, the conv positions and the pooled positions of one block lie over each other.

    What the convolution reads are the bases themselves, or positions of a layer before, each of which stands over
    so many bases as lie between it and the next.

    Attributes:
        length: Positions that the convolution reads: bases of the input, or positions of the layer before.
        conv: The window of the convolution.
        positions: Responses of a filter.
        pool: The pool window.
        cells: Cells of a filter.
        filters: How many filters there are.
        origin: The base over which the first position that is read stands; below 0 in the padding.
        unit: Bases from one position that is read to the next, 1 for bases.
        whole: Bases of the input, where the convolution does not read them itself.
    """

    length: int
    conv: Sliding
    positions: int
    pool: Sliding
    cells: int
    filters: int
    origin: int = 0
    unit: int = 1
    whole: int | None = None

    @classmethod
    def of(cls, run: BlockRun) -> Axes:
        """Return the axes of a block."""
        conv, pool, lies = run.conv.sliding, run.pool.sliding, run.alignment
        return cls(
            run.length, conv, run.positions, pool, run.cells, run.filters, lies.first_base, lies.stride, run.bases
        )

    @property
    def bases(self) -> int:
        """Bases of the input."""
        return self.length if self.whole is None else self.whole

    @property
    def first(self) -> int:
        """The leftmost base that anything is drawn over; below 0 where there is padding."""
        return min(0, self.origin, self.base_of_position(0), self.base_of_cell(0))

    @property
    def last(self) -> int:
        """One past the rightmost base that anything is drawn over."""
        right = self.conv.pads(self.length)[1]
        return max(self.bases, self.base_of_input(self.length + right), self.base_of_cell(self.cells))

    def base_of_input(self, index: int) -> int:
        """Return the base over which a position that the convolution reads begins; of a base, the base itself."""
        return self.origin + index * self.unit

    def input_at(self, base: int) -> int:
        """Return the position nearest to a base that the convolution reads."""
        return clamped((base - self.origin) // self.unit, self.length)

    def base_of_position(self, position: int) -> int:
        """Return the first base under a response's window; below 0 in the padding."""
        return self.base_of_input(position * self.conv.stride - self.conv.pads(self.length)[0])

    def base_of_cell(self, cell: int) -> int:
        """Return the base over which a cell begins."""
        return self.base_of_position(cell * self.pool.stride - self.pool.pads(self.positions)[0])

    @property
    def position_width(self) -> int:
        """Bases from a response to the next: conv stride × unit."""
        return self.conv.stride * self.unit

    @property
    def cell_width(self) -> int:
        """Bases from a cell to the next: pool stride × conv stride × unit."""
        return self.pool.stride * self.position_width

    def position_at(self, base: int) -> int:
        """Return the response drawn over a base, or the nearest."""
        return clamped((base - self.base_of_position(0)) // self.position_width, self.positions)

    def cell_at(self, base: int) -> int:
        """Return the cell drawn over a base, or the nearest."""
        return clamped((base - self.base_of_cell(0)) // self.cell_width, self.cells)

    def cell_of(self, position: int) -> int | None:
        """Return the first cell that could choose a response, or None in the tail and in gaps."""
        readers = self.pool.readers(position, self.positions)
        return readers[0] if readers else None

    def reads(self, cell: int, position: int) -> bool:
        """Tell whether a cell could choose a response."""
        return position in self.pool.window(cell, self.positions).positions


def clamped(index: int, extent: int) -> int:
    """Return an index, or the nearest there is of so many."""
    return min(max(index, 0), extent - 1)
