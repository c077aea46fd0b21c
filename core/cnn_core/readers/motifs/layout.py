"""What the rows of the matrices of a file are: one a letter, as JASPAR writes them, or one a position.

Both are told apart for the whole file, in this order:

1. A letter and a bracket, colon or bar before the numbers: one row a letter.
2. Three fields with tabs between them behind the `>`, the third a number (HOMER), or the letters above the columns
   (CIS-BP): one row a position.
3. Rows of four numbers in matrices that do not all have four rows: one row a position. A fifth number in front that
   counts the positions may come before them, or a letter that stands for the position (ENCODE).
4. Four rows of other lengths: one row a letter.
5. Only matrices of four rows of four numbers: the sums tell, since it is a position's counts or shares that add up to
   one total. If those of the rows alone are equal, a row is a position; if those of the columns alone, a letter; and if
   nothing tells, or the matrices of a file do not agree, the file is refused with both readings, until `--motif-rows`
   says which it is. A matrix that reads the same both ways is read.

Sources: http://homer.ucsd.edu/homer/motif/creatingCustomMotifs.html, https://gimmemotifs.readthedocs.io,
http://cisbp.ccbr.utoronto.ca, http://compbio.mit.edu/encode-motifs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from .block import Block
from .lines import Line
from .numbers import Matrix, as_counts

__all__ = ["ROWS", "Rows", "is_homer_header", "matrix_of", "rows_of"]

_LETTERS: Final = len(BASES)
_IUPAC: Final = frozenset("ACGTURYSWKMBDHVN")
# Shares are rounded, and some positions of some matrices lack a few sites.
_SAME: Final = 0.02


class Rows(Enum):
    """What the rows of a matrix are; the value is what `--motif-rows` takes."""

    POSITION = "position"
    LETTER = "letter"


ROWS: Final = tuple(each.value for each in Rows)
"""What `--motif-rows` takes."""


def rows_of(blocks: Sequence[Block], asked: str | None = None) -> tuple[list[Rows], str]:
    """Tell what the rows of each matrix of a file are.

    Args:
        blocks: The matrices, each with a row at least.
        asked: What was asked for, one of `ROWS`; only matrices that could be read either way follow it.

    Returns:
        The rows of each matrix, and a sentence on what told them apart where it was the sums alone, otherwise empty.

    Raises:
        ModelError: A matrix could be read either way and nothing tells which, it can be read neither way, or its rows
            are not what was asked for.
    """
    sure = [_surely(block) for block in blocks]
    asked_for = Rows(asked) if asked else None
    for block, rows in zip(blocks, sure, strict=True):
        if rows is not None and asked_for not in (None, rows):
            raise block.line.fault(
                f"{block.matrix_id} has one row a {rows.value} for certain, and not one a {asked}",
                "leave --motif-rows out",
            )
    told, by_sums = [], False
    for lettered in (False, True):
        group = {index for index, block in enumerate(blocks) if bool(block.labels) == lettered}
        known = {rows for index in group if (rows := sure[index]) is not None and not blocks[index].marked}
        open_ones = [index for index in sorted(group) if sure[index] is None]
        by_sums |= bool(open_ones) and not known and asked_for is None
        for index, rows in zip(
            open_ones, _decided([blocks[index] for index in open_ones], known, asked_for), strict=True
        ):
            sure[index] = rows
    told = [rows for rows in sure if rows is not None]
    if not by_sums:
        return told, ""
    return told, "what the rows of 4 × 4 matrices are is told by their sums: one a " + " or one a ".join(
        sorted({rows.value for rows in told})
    )


def is_homer_header(line: str) -> bool:
    """Tell whether a line is the header of a HOMER motif: consensus, name and threshold, separated by tabs.

    Args:
        line: The line, with its `>`.
    """
    fields = line.split("\t")
    try:
        return len(fields) > 2 and line.startswith(">") and np.isfinite(float(fields[2]))
    except ValueError:
        return False


def matrix_of(block: Block, rows: Rows) -> Matrix:
    """Return the matrix of rows, once it is told what they are.

    Args:
        block: The rows.
        rows: What they are.

    Raises:
        ModelError: A letter is missing, doubled or not a base's; see `as_counts` for the numbers.
    """
    if rows is Rows.POSITION:
        letters = block.columns or BASES
        order = [letters.index(base) + block.numbered for base in BASES]
        values, decimals = block.values[:, order], block.decimals[:, order]
    else:
        order = _order_of_letters(block)
        values, decimals = block.values[order].T, block.decimals[order].T

    def where(column: int, base: int) -> Line:
        if rows is Rows.POSITION:
            return block.line_of(column)
        return block.line_of(order[base]) if values[column, base] < 0 else block.line

    def called(column: int) -> str:
        if rows is Rows.POSITION:
            return f"this row of {block.matrix_id}"
        return f"column {column} of {block.matrix_id}"

    counts, numbers, off = as_counts(np.ascontiguousarray(values), decimals, where, called)
    return Matrix(block.line, Motif(block.matrix_id, block.name, counts), numbers, off, block.threshold)


def _order_of_letters(block: Block) -> list[int]:
    """Return the rows of A, C, G and T."""
    labels = block.labels or [*BASES][: block.height]
    found: dict[str, int] = {}
    for row, letter in enumerate(labels):
        if letter not in BASES:
            raise block.line_of(row).fault(f"row '{letter}' is not A, C, G or T", "motif files count DNA letters")
        if letter in found:
            raise block.line_of(row).fault(
                f"{block.matrix_id} has two rows {letter}", "give A, C, G and T once each"
            )
        found[letter] = row
    missing = [letter for letter in BASES if letter not in found]
    if missing:
        raise block.line.fault(f"{block.matrix_id} lacks row {missing[0]}", "give A, C, G and T once each")
    return [found[letter] for letter in BASES]


def _surely(block: Block) -> Rows | None:
    """Return what the rows of a matrix are by its form, None where it could be either."""
    rows, columns = block.values.shape
    if block.columns:
        _check_columns(block, columns)
        return Rows.POSITION
    if block.labels:
        if block.marked or columns != _LETTERS:
            return Rows.LETTER
        if sorted(block.labels) == [*BASES]:
            return None
        return Rows.POSITION if _has_consensus(block) and _are_alike(block.values.sum(axis=1)) else Rows.LETTER
    if block.threshold is not None and columns == _LETTERS:
        return Rows.POSITION
    if columns == _LETTERS + 1 and _counts_up(block.values[:, 0]):
        block.numbered = rows != _LETTERS
        return Rows.POSITION if block.numbered else None
    if columns == _LETTERS:
        return Rows.POSITION if rows != _LETTERS else None
    if rows > _LETTERS:
        what = f"{block.matrix_id} has {rows} rows of {columns} number{'s' if columns > 1 else ''}"
        raise block.line.fault(what, "a matrix is four rows, the counts of A, C, G and T")
    return Rows.LETTER


def _check_columns(block: Block, columns: int) -> None:
    wanted = _LETTERS + block.numbered
    if columns != wanted or block.labels:
        raise block.line_of(0).fault(
            f"this row of {block.matrix_id} has {columns} numbers under {wanted} headings", "give one for each"
        )
    if block.numbered and not _counts_up(block.values[:, 0]):
        first = int(block.values[0][0] in (0, 1))
        wrong = first and next(
            index for index, row in enumerate(block.values) if row[0] != index + block.values[0][0]
        )
        raise block.line_of(wrong).fault(
            f"row {block.values[wrong][0]:g} comes where another should",
            "number the positions without a gap, from 1",
        )


def _has_consensus(block: Block) -> bool:
    """Tell whether the letters before rows are consensus letters: a base is one with the largest share in its row."""
    return all(
        label in _IUPAC and (label not in BASES or row[BASES.index(label)] == row.max())
        for label, row in zip(block.labels, block.values, strict=True)
    )


def _decided(blocks: Sequence[Block], known: set[Rows], asked: Rows | None) -> list[Rows]:
    """Return what the rows of matrices are that could be either, from what is known of the others in the file."""
    sums = [_by_sums(block) for block in blocks]
    if asked is None and not known:
        known = {rows for rows in sums if rows is not None}
    decided = []
    for block, by_sums in zip(blocks, sums, strict=True):
        rows = asked or (next(iter(known)) if len(known) == 1 else None)
        if rows is None and not known and (_is_symmetric(block) or block.labels == [*BASES]):
            rows = Rows.LETTER
        if rows is None or (asked is None and by_sums not in (None, rows)):
            raise _undecided(block)
        block.numbered = rows is Rows.POSITION and block.values.shape[1] > _LETTERS
        decided.append(rows)
    return decided


def _undecided(block: Block) -> ModelError:
    return block.line.fault(
        f"{block.matrix_id} has 4 rows of {block.values.shape[1]} numbers, which could be one row a letter, as JASPAR "
        "writes, or one row a position, as HOMER and gimme do, and their sums do not tell which",
        "say --motif-rows letter or --motif-rows position, or write letters before the rows, as in A [ 1 2 3 4 ]",
    )


def _counts_up(numbers: NDArray[np.float64]) -> bool:
    first = int(numbers[0]) if numbers[0] in (0, 1) else -1
    return first >= 0 and np.array_equal(numbers, np.arange(first, first + len(numbers)))


def _is_symmetric(block: Block) -> bool:
    return not block.labels and block.values.shape[1] == _LETTERS and np.array_equal(block.values, block.values.T)


def _by_sums(block: Block) -> Rows | None:
    """Return what the sums say about four rows."""
    values = block.values
    positions = values[:, -_LETTERS:]
    if _is_symmetric(block):
        return None
    by_rows, by_columns = _are_alike(positions.sum(axis=1)), _are_alike(values.sum(axis=0))
    if by_rows and block.labels and not _has_consensus(block):
        by_rows = False
    if by_rows == by_columns:
        return None
    return Rows.POSITION if by_rows else Rows.LETTER


def _are_alike(sums: NDArray[np.float64]) -> bool:
    """Tell whether sums are those of positions: above zero, and equal but for rounding."""
    return bool(sums.min() > 0 and sums.min() >= (1 - _SAME) * sums.max())
