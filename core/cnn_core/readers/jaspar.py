"""Motif files in JASPAR's format: counts of A, C, G and T, column by column, under a `>` line.

Two spellings are read, each header with its own:

```
>MA0139.1 CTCF              >MA0139.1 CTCF
A [ 87 167 281 ]            87 167 281
C [ 291 145 49 ]            291 145 49
G [ 76 414 449 ]            76 414 449
T [ 459 187 134 ]           459 187 134
```

Lettered rows may come in any order, with or without brackets; bare rows are A, C, G, T in that order, and a file
of four bare rows may do without a header. Blank lines and lines that start with `#` are passed over.

Source of the format: JASPAR, https://jaspar.elixir.no/docs/.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from ..alphabet import BASES
from ..errors import ModelError

__all__ = ["Motif", "read_jaspar"]


@dataclass(frozen=True, eq=False)
class Motif:
    """How often each base was counted at each column of a binding site.

    Attributes:
        matrix_id: The matrix's identifier, such as MA0139.1.
        name: What the matrix is called, such as CTCF; its identifier where the file names it no further.
        counts: Counts, shape (width, 4), channels in the order A, C, G, T; not always whole numbers.
    """

    matrix_id: str
    name: str
    counts: NDArray[np.float64]

    @property
    def width(self) -> int:
        """How many columns the matrix has."""
        return len(self.counts)


@dataclass(slots=True)
class _Entry:
    """A matrix while its rows are read."""

    matrix_id: str
    name: str
    where: str
    rows: dict[str, list[float]]
    lettered: bool | None = None


def read_jaspar(data: bytes, source: str) -> tuple[Motif, ...]:
    """Read every matrix of a motif file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name: it begins every error, and its stem names a matrix without a header.

    Returns:
        The matrices in the file's order, at least one.

    Raises:
        ModelError: The file holds no matrix, two of one identifier, or a matrix whose rows are missing, doubled,
            of different widths, negative, not finite, or all zero in one column. The message names file and line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError("is not text", where=source, remedy="give a motif file in JASPAR's format") from None
    entries: list[_Entry] = []
    for number, line in enumerate(text.split("\n"), start=1):
        where, stripped = f"{source}, line {number}", line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith(">"):
            entries.append(_header(stripped, where))
        else:
            if not entries:
                entries.append(_Entry(PurePath(source).stem, PurePath(source).stem, where, {}))
            _add_row(entries[-1], stripped, where)
    if not entries:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line >ID NAME and four rows of counts"
        )
    first: dict[str, str] = {}
    for entry in entries:
        if entry.matrix_id in first:
            raise ModelError(
                f"{entry.matrix_id} stands twice, first at {first[entry.matrix_id]}",
                where=entry.where,
                remedy="give each matrix an identifier of its own",
            )
        first[entry.matrix_id] = entry.where.removeprefix(f"{source}, ")
    return tuple(_motif(entry) for entry in entries)


def _header(line: str, where: str) -> _Entry:
    words = line.removeprefix(">").split(maxsplit=1)
    if not words:
        raise ModelError(
            "the matrix has no identifier", where=where, remedy="write >ID NAME, such as >MA0139.1 CTCF"
        )
    return _Entry(words[0], words[-1], where, {})


def _add_row(entry: _Entry, line: str, where: str) -> None:
    lettered = line[0].isalpha() and not line[1:2].isalpha()
    if entry.lettered not in (None, lettered):
        raise ModelError(
            "lettered and bare rows are mixed",
            where=where,
            remedy="write all four rows of a matrix with their letter, or none",
        )
    entry.lettered = lettered
    if not lettered:
        if len(entry.rows) == len(BASES):
            raise ModelError(
                f"{entry.matrix_id} has a fifth row", where=where, remedy="a matrix is four rows of counts"
            )
        letter, numbers = BASES[len(entry.rows)], line
    else:
        letter, numbers = line[0].upper(), line[1:].strip()
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
    row = [_count(word, where) for word in numbers.split()]
    width = len(next(iter(entry.rows.values()), row))
    if not row or len(row) != width:
        raise ModelError(
            f"row {letter} of {entry.matrix_id} is " + (f"{len(row)} wide, not {width}" if row else "empty"),
            where=where,
            remedy="give every row one count a column",
        )
    entry.rows[letter] = row


def _count(word: str, where: str) -> float:
    try:
        # float() also takes 1_000 and digits of other scripts, neither of which a motif file means.
        value = float(word) if word.isascii() and "_" not in word else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise ModelError(f"'{word}' is not a count", where=where, remedy="counts are finite numbers, zero or more")
    return value


def _motif(entry: _Entry) -> Motif:
    missing = [letter for letter in BASES if letter not in entry.rows]
    if missing:
        raise ModelError(
            f"{entry.matrix_id} lacks row {missing[0]}", where=entry.where, remedy="give A, C, G and T once each"
        )
    counts = np.array([entry.rows[letter] for letter in BASES], dtype=np.float64).T
    empty = np.flatnonzero(~counts.any(axis=1))
    if empty.size:
        raise ModelError(
            f"column {empty[0]} of {entry.matrix_id} counts nothing",
            where=entry.where,
            remedy="take the column out, or give its counts",
        )
    return Motif(entry.matrix_id, entry.name, np.ascontiguousarray(counts))
