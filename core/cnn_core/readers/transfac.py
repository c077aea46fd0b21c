"""Motif files in TRANSFAC's format, as TRANSFAC, JASPAR, HOCOMOCO and RSAT write it.

```
AC  M00001                     the identifier; ID where there is no AC
XX                             (an empty line)
ID  V$MYOD_01
NA  MyoD                       the name
P0      A      C      G      T     PO is the same; the letters may come in any order
01      1      2      2      0      S
02      2      1      2      0      R
XX
CC  any remark
//                             the end of the matrix
```

Rows are numbered without a gap, from 1 or from 0; a letter for the consensus may follow. The numbers are counts, or
shares of 1 if every row adds up to 1 but for rounding. All other lines are passed over.

Source of the format: https://www.gene-regulation.com/pub/databases/transfac/doc/matrix1.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import numpy as np

from ..errors import ModelError
from ..letters.alphabet import BASES
from .head import Head
from .motif import Motif, MotifFile, check_motifs, check_shares, count_of, lines_of
from .motif_filters import motif_format

__all__ = ["FORMAT", "read_transfac"]

_MATRIX: Final = ("P0", "PO")
_END: Final = "//"
_MARK: Final = re.compile(r"P[0O]\s+\S|VV  TRANSFAC")
# The longest label of a consensus: an IUPAC letter, or two in brackets.
_LONGEST_CONSENSUS: Final = 4
_CLOSE_TO_ONE: Final = 0.02


@dataclass(slots=True)
class _Matrix:
    """A matrix while its lines are read."""

    accession: str = ""
    identifier: str = ""
    name: str = ""
    where: str = ""
    letters: str = ""
    first: int = 0
    rows: list[tuple[list[str], list[float], str]] = field(default_factory=list)
    closed: bool = False


def read_transfac(data: bytes, source: str) -> MotifFile:
    """Read every matrix of a TRANSFAC file.

    Args:
        data: The file's bytes, UTF-8 or Latin-1.
        source: The file's name; it begins every error, and its stem names a matrix without an identifier.

    Returns:
        The matrices in the file's order.

    Raises:
        ModelError: The file holds no matrix, or two of one identifier; a matrix is not of A, C, G and T, its rows
            are not numbered without a gap, or a row is not one number for each letter. The message names file and
            line.
    """
    matrices: list[_Matrix] = []
    current = _Matrix()
    for where, line in lines_of(data, source, latin=True):
        words = line.split()
        if not words:
            continue
        if words[0] == _END:
            matrices += [current] if current.letters else []
            current = _Matrix()
        else:
            _take(current, words, where)
    if current.letters:
        # The last matrix may do without its end.
        matrices.append(current)
    if not matrices:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line P0 A C G T and numbered rows of counts"
        )
    return MotifFile(check_motifs([(each.where, _motif(each, source)) for each in matrices], source))


def _take(matrix: _Matrix, words: list[str], where: str) -> None:
    """Read one line of a matrix."""
    label, rest = words[0], words[1:]
    if label in _MATRIX:
        _begin(matrix, rest, where)
    elif matrix.letters and not matrix.closed and label[:1].isdigit():
        _add_row(matrix, label, rest, where)
    elif matrix.letters and label[:1].isdigit():
        raise ModelError("this row stands apart from the others", where=where, remedy="join the rows of a matrix")
    else:
        matrix.closed = bool(matrix.letters)
        text = " ".join(rest)
        if label == "AC":
            matrix.accession = matrix.accession or text
        elif label == "ID":
            matrix.identifier = matrix.identifier or text
        elif label == "NA":
            matrix.name = matrix.name or text


def _begin(matrix: _Matrix, letters: list[str], where: str) -> None:
    if matrix.letters:
        raise ModelError("a second matrix begins before //", where=where, remedy="end each matrix with //")
    order = "".join(letters).upper().replace("U", "T")
    if len(letters) != len(BASES) or sorted(order) != sorted(BASES):
        raise ModelError(
            f"the matrix is of {' '.join(letters)[:40] or 'no letters'}",
            where=where,
            remedy="write P0 A C G T; only motifs of DNA can be drawn on DNA",
        )
    matrix.letters, matrix.where = order, where


def _add_row(matrix: _Matrix, label: str, words: list[str], where: str) -> None:
    number = int(label) if label.isascii() and label.isdecimal() and len(label) < 9 else -1
    if not matrix.rows:
        matrix.first = number
    if number != matrix.first + len(matrix.rows) or matrix.first not in (0, 1):
        raise ModelError(
            f"row {label[:20]} comes where row {matrix.first + len(matrix.rows) if matrix.rows else 1} should",
            where=where,
            remedy="number the rows of a matrix without a gap, from 1",
        )
    numbers = words[: len(BASES)]
    consensus = words[len(BASES) :]
    if (
        len(numbers) != len(BASES)
        or len(consensus) > 1
        or any(len(each) > _LONGEST_CONSENSUS for each in consensus)
    ):
        raise ModelError(
            f"row {label} has {len(words)} columns",
            where=where,
            remedy="give one number for each of A, C, G and T, and at most a letter behind them",
        )
    if consensus and not consensus[0].strip("()[]{}").isalpha():
        raise ModelError(
            f"row {label} has a fifth number", where=where, remedy="give one for each of A, C, G and T"
        )
    matrix.rows.append((numbers, [count_of(word, where) for word in numbers], where))


def _motif(matrix: _Matrix, source: str) -> Motif:
    matrix_id = matrix.accession or matrix.identifier or PurePath(source).stem
    if not matrix.rows:
        raise ModelError(
            f"the matrix of {matrix_id} has no rows", where=matrix.where, remedy="give one numbered row a column"
        )
    totals = [sum(row) for _, row, _ in matrix.rows]
    # Counts may differ from row to row; shares may not. A matrix whose largest row adds up to 1 holds shares.
    if abs(max(totals) - 1) <= _CLOSE_TO_ONE:
        for words, row, where in matrix.rows:
            check_shares(words, row, where, f"the shares of this row of {matrix_id}")
    order = [matrix.letters.index(base) for base in BASES]
    counts = np.array([[row[column] for column in order] for _, row, _ in matrix.rows], dtype=np.float64)
    return Motif(matrix_id, matrix.name or matrix.identifier or matrix_id, counts)


def _matches(head: Head) -> bool:
    return not head.is_markup and any(map(_MARK.match, head.lines))


FORMAT: Final = motif_format("TRANSFAC", _matches, read_transfac)
