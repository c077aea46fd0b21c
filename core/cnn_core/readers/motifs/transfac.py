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
shares of 1 if every row adds up to 1 but for rounding. All other lines are skipped.

Source of the format: https://www.gene-regulation.com/pub/databases/transfac/doc/matrix1.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import numpy as np

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from ..filter_bank import filter_format
from ..head import Head
from .lines import Line, as_bases, check_motifs, lines_of
from .motif_file import MotifFile, MotifFilters

__all__ = ["FORMAT", "read_transfac"]

_MATRIX: Final = ("P0", "PO")
_TEXTS: Final = ("AC", "ID", "NA")
_END: Final = "//"
_MARK: Final = re.compile(r"P[0O]\s+\S|VV  TRANSFAC")
# The longest label of a consensus: an IUPAC letter, or two in brackets.
_LONGEST_CONSENSUS: Final = 4
_CLOSE_TO_ONE: Final = 0.02


@dataclass(slots=True)
class _Matrix:
    """A matrix while its lines are read; `line` is its P0, None before that."""

    texts: dict[str, str] = field(default_factory=dict)
    line: Line | None = None
    letters: str = ""
    first: int = 0
    rows: list[tuple[Line, list[str], list[float]]] = field(default_factory=list)
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
    matrices = [_Matrix()]
    for line in lines_of(data, source, latin=True):
        words = line.text.split()
        if words and words[0] == _END:
            matrices.append(_Matrix())
        elif words:
            _read(matrices[-1], words[0], words[1:], line)
    motifs = [(each.line, _motif(each, each.line, source)) for each in matrices if each.line is not None]
    if not motifs:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line P0 A C G T and numbered rows of counts"
        )
    return MotifFile("TRANSFAC motif file", source, check_motifs(motifs, source))


def _read(matrix: _Matrix, label: str, words: list[str], line: Line) -> None:
    """Read one line of a matrix."""
    is_row = matrix.line is not None and label[:1].isdigit()
    if label in _MATRIX:
        _begin(matrix, words, line)
    elif is_row and matrix.closed:
        raise line.fault("this row stands apart from the others", "join the rows of a matrix")
    elif is_row:
        _add_row(matrix, label, words, line)
    else:
        matrix.closed = matrix.line is not None
        if label in _TEXTS:
            matrix.texts[label] = matrix.texts.get(label) or " ".join(words)


def _begin(matrix: _Matrix, letters: list[str], line: Line) -> None:
    if matrix.line is not None:
        raise line.fault("a second matrix begins before //", "end each matrix with //")
    matrix.line, matrix.letters = line, as_bases("".join(letters))
    if len(letters) != len(BASES) or sorted(matrix.letters) != sorted(BASES):
        what = f"the matrix is of {' '.join(letters)[:40] or 'no letters'}"
        raise line.fault(what, "write P0 A C G T; only motifs of DNA can be drawn on DNA")


def _add_row(matrix: _Matrix, label: str, words: list[str], line: Line) -> None:
    number = int(label) if label.isascii() and label.isdecimal() and len(label) < 9 else -1
    if not matrix.rows:
        matrix.first = number
    if number != matrix.first + len(matrix.rows) or matrix.first not in (0, 1):
        what = f"row {label[:20]} comes where row {matrix.first + len(matrix.rows) if matrix.rows else 1} should"
        raise line.fault(what, "number the rows of a matrix without a gap, from 1")
    numbers, consensus = words[: len(BASES)], words[len(BASES) :]
    if len(numbers) != len(BASES) or len(consensus) > 1 or len("".join(consensus)) > _LONGEST_CONSENSUS:
        remedy = "give one number for each of A, C, G and T, and at most a letter behind them"
        raise line.fault(f"row {label} has {len(words)} columns", remedy)
    if consensus and not consensus[0].strip("()[]{}").isalpha():
        raise line.fault(f"row {label} has a fifth number", "give one for each of A, C, G and T")
    matrix.rows.append((line, numbers, line.counts(numbers)))


def _motif(matrix: _Matrix, begun: Line, source: str) -> Motif:
    accession, identifier, name = (matrix.texts.get(label, "") for label in _TEXTS)
    matrix_id = accession or identifier or PurePath(source).stem
    if not matrix.rows:
        raise begun.fault(f"the matrix of {matrix_id} has no rows", "give one numbered row a column")
    order = [matrix.letters.index(base) for base in BASES]
    counts = np.array([[row[column] for column in order] for _, _, row in matrix.rows])
    # Counts may differ from row to row; shares may not. A matrix whose largest row adds up to 1 holds shares.
    if abs(max(sum(row) for _, _, row in matrix.rows) - 1) <= _CLOSE_TO_ONE:
        for line, words, row in matrix.rows:
            line.check_sum(words, row, f"the shares of this row of {matrix_id}")
    return Motif(matrix_id, name or identifier or matrix_id, counts)


def _matches(head: Head) -> bool:
    return not head.is_markup and any(map(_MARK.match, head.lines))


FORMAT: Final = filter_format("transfac", MotifFilters, _matches, read_transfac)
