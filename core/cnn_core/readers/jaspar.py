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
with `#` are passed over.

Source of the format: JASPAR, https://jaspar.elixir.no/docs/.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from ..alphabet import BASES
from ..errors import ModelError
from .motif import Motif, check_motifs, count_of, lines_of

__all__ = ["Motif", "read_jaspar"]


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
    entries: list[_Entry] = []
    for where, line in lines_of(data, source):
        stripped = line.strip()
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
    return check_motifs([(entry.where, _motif(entry)) for entry in entries], source)


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
    row = [count_of(word, where) for word in numbers.split()]
    width = len(next(iter(entry.rows.values()), row))
    if not row or len(row) != width:
        raise ModelError(
            f"row {letter} of {entry.matrix_id} is " + (f"{len(row)} wide, not {width}" if row else "empty"),
            where=where,
            remedy="give every row one count a column",
        )
    entry.rows[letter] = row


def _motif(entry: _Entry) -> Motif:
    missing = [letter for letter in BASES if letter not in entry.rows]
    if missing:
        raise ModelError(
            f"{entry.matrix_id} lacks row {missing[0]}", where=entry.where, remedy="give A, C, G and T once each"
        )
    counts = np.array([entry.rows[letter] for letter in BASES], dtype=np.float64).T
    return Motif(entry.matrix_id, entry.name, np.ascontiguousarray(counts))
