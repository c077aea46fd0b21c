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

Rows are numbered without a gap, from 1 or from 0; a letter for the consensus may follow. `numbers` tells whether they
are counts, shares or log-odds. All other lines are skipped. Where there is no P0, rows that follow a line DE are of A,
C, G and T in that order, as STAMP writes them; where there is no identifier, the first word of DE is it, or else the
file's name.

Source of the format: https://www.gene-regulation.com/pub/databases/transfac/doc/matrix1.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath
from typing import Final

import numpy as np

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from ..filter_bank import filter_format
from ..head import Head
from .lines import Line, as_bases, decimals_of, lines_of
from .motif_file import MotifFile, MotifFilters
from .numbers import Matrix, as_counts, numbers_in_words

__all__ = ["FORMAT", "is_transfac", "read_transfac"]

_MATRIX: Final = ("P0", "PO")
_TEXTS: Final = ("AC", "ID", "NA")
_END: Final = "//"
# Behind PO, the energies of UniPROBE number the columns.
_MARK: Final = re.compile(r"P[0O]\s+[A-Za-z]|VV  TRANSFAC")
_DESCRIPTION: Final = "DE"
_ROW_OF_STAMP: Final = re.compile(r"[01]+(\s+[\d.]+([eE][-+]?\d+)?){4}(\s+[A-Za-z])?$")
# The longest label of a consensus: an IUPAC letter, or two in brackets.
_LONGEST_CONSENSUS: Final = 4


@dataclass(slots=True)
class _Matrix:
    """A matrix while its lines are read; `line` is its P0, None before that, and `described` its DE."""

    texts: dict[str, str] = field(default_factory=dict)
    described: Line | None = None
    line: Line | None = None
    letters: str = ""
    first: int = 0
    rows: list[tuple[Line, list[int], list[float]]] = field(default_factory=list)
    closed: bool = False
    of_stamp: bool = False

    @property
    def named(self) -> bool:
        """Whether any line says what it is called."""
        return any(self.texts.get(label) for label in (*_TEXTS, _DESCRIPTION))


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
        if words and (words[0] == _END or (words[0] == _DESCRIPTION and matrices[-1].of_stamp)):
            matrices.append(_Matrix())
        if words and words[0] != _END:
            _read(matrices[-1], words[0], words[1:], line)
    begun = [(each, each.line) for each in matrices if each.line is not None]
    if not begun:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line P0 A C G T and numbered rows of counts"
        )
    stem = PurePath(source).stem
    unnamed = [each for each, _ in begun if not each.named]
    for number, each in enumerate(unnamed, start=1):
        each.texts["AC"] = stem if len(unnamed) == 1 else f"{stem}_{number}"
    found = [_matrix(each, line) for each, line in begun]
    return MotifFile.of("TRANSFAC motif file", source, found, said=numbers_in_words(found))


def _read(matrix: _Matrix, label: str, words: list[str], line: Line) -> None:
    """Read one line of a matrix."""
    if (
        matrix.line is None
        and matrix.described is not None
        and label.isdigit()
        and _ROW_OF_STAMP.match(line.text.strip())
    ):
        matrix.line, matrix.letters, matrix.of_stamp = matrix.described, BASES, True
    is_row = matrix.line is not None and label[:1].isdigit()
    if label in _MATRIX:
        _begin(matrix, words, line)
    elif is_row and matrix.closed:
        raise line.fault("this row stands apart from the others", "join the rows of a matrix")
    elif is_row:
        _add_row(matrix, label, words, line)
    else:
        matrix.closed = matrix.line is not None
        if label in (*_TEXTS, _DESCRIPTION):
            matrix.texts[label] = matrix.texts.get(label) or " ".join(words)
        matrix.described = line if label == _DESCRIPTION else None


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
    values = line.numbers(numbers)
    matrix.rows.append((line, decimals_of(numbers), values))


def _matrix(matrix: _Matrix, begun: Line) -> Matrix:
    accession, identifier, name = (matrix.texts.get(label, "") for label in _TEXTS)
    first, _, rest = matrix.texts.get(_DESCRIPTION, "").partition(" ")
    matrix_id = accession or identifier or name or first
    if not (accession or identifier or name):
        name = rest
    if not matrix.rows:
        raise begun.fault(f"the matrix of {matrix_id} has no rows", "give one numbered row a column")
    order = [matrix.letters.index(base) for base in BASES]
    counts, numbers, off = as_counts(
        np.array([row for _, _, row in matrix.rows])[:, order],
        np.array([decimals for _, decimals, _ in matrix.rows], dtype=np.int8)[:, order],
        lambda column, _: matrix.rows[column][0],
        lambda _: f"this row of {matrix_id}",
    )
    return Matrix(begun, Motif(matrix_id, name or identifier or matrix_id, counts), numbers, off)


def is_transfac(head: Head) -> bool:
    """Tell whether a file is one of TRANSFAC's format.

    Args:
        head: Its head.
    """
    lines = head.lines
    of_stamp = any(
        line.startswith((f"{_DESCRIPTION}\t", f"{_DESCRIPTION} "))
        for line, row in pairwise(lines)
        if _ROW_OF_STAMP.match(row)
    )
    return not head.is_markup and (of_stamp or any(map(_MARK.match, lines)))


FORMAT: Final = filter_format("transfac", MotifFilters, is_transfac, read_transfac)
