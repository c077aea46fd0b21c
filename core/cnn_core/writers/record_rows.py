"""Rows of values along many records, those of short records computed together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..blocks.feature_map_block import is_on_letters
from ..letters.alphabet import Ambiguity, first_ambiguous
from ..scan.record_batches import Batch, WholeRecords, batches_of
from ..scan.side_by_side import LaidOut, SideBySide
from .values import BlockValues, Quantity

if TYPE_CHECKING:
    from ..letters.sequences import Sequences

__all__ = ["RecordRows", "rows_of_batches"]


@dataclass(frozen=True, eq=False)
class RecordRows:
    """Values of neighbouring records, record after record and each in its own order.

    Attributes:
        records: The place of each row's record, ascending, shape (rows,).
        indices: The cell, shape (rows,).
        starts: The first base of each row in the record, shape (rows,).
        stops: One past the last; no more than the first where a row lies all in the padding.
        first_bases: The first base of its record's cell 0, as its strand is read, shape (rows,).
        values: One column a filter, shape (rows, filters).
    """

    records: NDArray[np.int64]
    indices: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    first_bases: NDArray[np.int64]
    values: NDArray[np.generic]


def rows_of_batches(sequences: Sequences, first: BlockValues) -> Iterator[RecordRows | int]:
    """Yield the cells of all records: rows of short ones together, and the places of those to be computed alone.

    Args:
        sequences: The records.
        first: The values along any of them: they say what is computed, and how it is read.
    """
    reading = first.reading
    if first.quantity is not Quantity.CELLS or not is_on_letters(reading.model, reading.block):
        yield from range(len(sequences))
        return
    block = SideBySide(reading.model, reading.block, first.filters, reading.ambiguity)
    place = 0
    for piece in batches_of(WholeRecords(sequences), block.letters_at_once):
        if not isinstance(piece, Batch):
            yield place
            place += 1
            continue
        place += len(piece.lengths)
        strict = reading.ambiguity is Ambiguity.ERROR
        if strict and first_ambiguous(piece.codes, reading.model.input.channels) is not None:
            # One after the other says which letter is refused.
            yield from range(place - len(piece.lengths), place)
            continue
        laid_out = block.laid_out(piece, reverse=reading.reverse)
        if laid_out is not None:
            yield _rows(piece, laid_out, first.step)


def _rows(batch: Batch, laid_out: LaidOut, step: int) -> RecordRows:
    cells = np.flatnonzero(laid_out.there)
    owners = laid_out.owners[cells]
    indices = laid_out.local[cells]
    if laid_out.reverse:
        order = np.lexsort((-indices, laid_out.places[owners]))
        cells, owners, indices = cells[order], owners[order], indices[order]
    stride = laid_out.block.conv.sliding.stride
    first_bases = -(laid_out.conv_left + laid_out.pool_left * stride)[owners]
    lengths = laid_out.lengths[owners]
    starts = first_bases + indices * step
    starts = lengths - starts - step if laid_out.reverse else starts
    return RecordRows(
        batch.first + laid_out.places[owners],
        indices,
        np.clip(starts, 0, lengths),
        np.clip(starts + step, 0, lengths),
        first_bases,
        laid_out.values[cells],
    )
