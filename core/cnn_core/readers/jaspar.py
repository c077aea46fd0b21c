"""Motif files in JASPAR's format: counts of A, C, G and T, column by column, under a `>` line.

Two spellings are read, each header with its own:

```
>MA0139.1 CTCF              >MA0139.1 CTCF
A [ 87 167 281 ]            87 167 281
C [ 291 145 49 ]            291 145 49
G [ 76 414 449 ]            76 414 449
T [ 459 187 134 ]           459 187 134
```

Lettered rows may come in any order, with or without brackets, and with `:` or `|` behind the letter; bare rows
are A, C, G, T in that order, and a file of four bare rows may do without a header. Blank lines and lines that start
with `#` are passed over. Motifs with one row a position, as HOMER and gimme write them, look much the same; they are
told apart by `motif_layout`, and refused.

Source of the format: JASPAR, https://jaspar.elixir.no/docs/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import numpy as np

from ..errors import ModelError
from ..letters.alphabet import BASES
from .head import Head
from .motif import Motif, MotifFile, check_motifs, count_of, lines_of
from .motif_filters import motif_format
from .motif_layout import Layout, is_homer_header, layout_of

__all__ = ["Motif", "read_jaspar"]

_ROW: Final = re.compile(r"([A-Za-z] ?)?[:|]? ?\[? ?[-+.\d][-+.\deE ]*\]?")
_LONGEST_ROW: Final = 4096
# The text of Torch7 begins with numbers, too: what kind of object comes, and which.
_TORCH7: Final = (("1", "3"), ("1", "V 1"))


@dataclass(slots=True)
class _Entry:
    """A matrix while its rows are read."""

    matrix_id: str
    name: str
    where: str
    rows: dict[str, list[float]] = field(default_factory=dict)
    bare: list[list[float]] = field(default_factory=list)
    lettered: bool | None = None
    of_homer: bool = False


def read_jaspar(data: bytes, source: str) -> tuple[Motif, ...]:
    """Read every matrix of a motif file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name: it begins every error, and its stem names a matrix without a header.

    Returns:
        The matrices in the file's order, at least one.

    Raises:
        ModelError: The file holds no matrix, two of one identifier, or a matrix whose rows are missing, doubled,
            of different widths, negative, not finite, or all zero in one column; or one with one row a position, or
            that could have. The message names file and line.
    """
    entries: list[_Entry] = []
    for where, line in lines_of(data, source):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith(">"):
            entries.append(_header(stripped, where))
        else:
            if not entries:
                entries.append(_Entry(PurePath(source).stem, PurePath(source).stem, where))
            _add_row(entries[-1], stripped, where)
    if not entries:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line >ID NAME and four rows of counts"
        )
    matrices = {entry.where: np.array(entry.bare) for entry in entries if entry.bare}
    layouts = {where: layout_of(matrix) for where, matrix in matrices.items()}
    by_letter = Layout.LETTERS in (
        layouts[where] for where, matrix in matrices.items() if matrix.shape[1] != len(BASES)
    )
    for entry in entries:
        if entry.bare:
            _check_layout(entry, layouts[entry.where], by_letter)
            entry.rows = dict(zip(BASES, entry.bare, strict=False))
    return check_motifs([(entry.where, _motif(entry)) for entry in entries], source)


def _header(line: str, where: str) -> _Entry:
    words = line.removeprefix(">").split(maxsplit=1)
    if not words:
        raise ModelError(
            "the matrix has no identifier", where=where, remedy="write >ID NAME, such as >MA0139.1 CTCF"
        )
    return _Entry(words[0], words[-1], where, of_homer=is_homer_header(line))


def _add_row(entry: _Entry, line: str, where: str) -> None:
    if line.upper().split() == [*BASES] and not entry.rows and not entry.bare:
        raise _one_row_a_position(entry.matrix_id, where, "other programs write")
    lettered = line[0].isalpha() and not line[1:2].isalpha()
    if entry.lettered not in (None, lettered):
        raise ModelError(
            "lettered and bare rows are mixed",
            where=where,
            remedy="write all four rows of a matrix with their letter, or none",
        )
    entry.lettered = lettered
    if lettered:
        _add_lettered(entry, line, where)
        return
    name = BASES[len(entry.bare)] if len(entry.bare) < len(BASES) else f"{len(entry.bare) + 1}"
    entry.bare.append(_numbers(line, where, f"row {name} of {entry.matrix_id}", entry.bare))


def _add_lettered(entry: _Entry, line: str, where: str) -> None:
    letter, numbers = line[0].upper(), line[1:].strip().removeprefix(":").removeprefix("|").strip()
    if numbers.startswith("[") and numbers.endswith("]"):
        numbers = numbers[1:-1]
    if letter not in BASES:
        raise ModelError(
            f"row '{letter}' is none of A, C, G and T", where=where, remedy="motif files count DNA letters"
        )
    if letter in entry.rows:
        raise ModelError(
            f"{entry.matrix_id} has two rows {letter}", where=where, remedy="give A, C, G and T once each"
        )
    entry.rows[letter] = _numbers(numbers, where, f"row {letter} of {entry.matrix_id}", [*entry.rows.values()])


def _numbers(line: str, where: str, name: str, before: Sequence[Sequence[float]]) -> list[float]:
    """Return the numbers of a row, which are as many as in the rows before."""
    row = [count_of(word, where) for word in line.split()]
    width = len(before[0]) if before else len(row)
    if not row or len(row) != width:
        raise ModelError(
            f"{name} is " + (f"{len(row)} wide, not {width}" if row else "empty"),
            where=where,
            remedy="give every row one count a column",
        )
    return row


def _check_layout(entry: _Entry, layout: Layout, by_letter: bool) -> None:
    """Refuse bare rows that are not A, C, G and T, or may not be; `by_letter`: the file's other matrices are."""
    rows, columns = len(entry.bare), len(entry.bare[0])
    if entry.of_homer and columns == len(BASES):
        raise _one_row_a_position(entry.matrix_id, entry.where, "HOMER writes")
    if layout in (Layout.POSITIONS, Layout.NUMBERED):
        raise _one_row_a_position(entry.matrix_id, entry.where, "HOMER, gimme and CIS-BP write")
    if layout is Layout.EITHER and not by_letter:
        raise ModelError(
            f"{entry.matrix_id} has 4 rows of {columns} numbers, which could be one row a letter, as JASPAR writes, or "
            "one row a position, as HOMER and gimme do, and their sums tell nothing",
            where=entry.where,
            remedy="write the letter before each row, as in A [ 1 2 3 4 ], once the rows are A, C, G and T",
        )
    if layout is Layout.NEITHER and rows > len(BASES):
        raise ModelError(
            f"{entry.matrix_id} has {rows} rows of {columns} number{'s' if columns > 1 else ''}",
            where=entry.where,
            remedy="a matrix is four rows, the counts of A, C, G and T",
        )


def _one_row_a_position(matrix_id: str, where: str, as_who: str) -> ModelError:
    return ModelError(
        f"{matrix_id} has one row a position, as {as_who} it, and this is not read",
        where=where,
        remedy="write it with one row a letter, as JASPAR does, or as MEME or TRANSFAC",
    )


def _motif(entry: _Entry) -> Motif:
    missing = [letter for letter in BASES if letter not in entry.rows]
    if missing:
        raise ModelError(
            f"{entry.matrix_id} lacks row {missing[0]}", where=entry.where, remedy="give A, C, G and T once each"
        )
    counts = np.array([entry.rows[letter] for letter in BASES], dtype=np.float64).T
    return Motif(entry.matrix_id, entry.name, np.ascontiguousarray(counts))


def _matches(head: Head) -> bool:
    first, second, third = head.first_lines
    if not first.startswith(">"):
        return _is_row(first) and (second, third) not in _TORCH7
    # A C G T may be letters, or stand above a motif's columns.
    return _is_row(third if second.upper().split() == [*BASES] else second)


def _is_row(line: str) -> bool:
    """Tell whether a line is a row of counts: numbers, with or without a letter and brackets."""
    start = line[:_LONGEST_ROW]
    return bool(_ROW.match(" ".join(start.split()))) and any(map(str.isdigit, start))


FORMAT: Final = motif_format("JASPAR", _matches, lambda data, source: MotifFile(read_jaspar(data, source)))
