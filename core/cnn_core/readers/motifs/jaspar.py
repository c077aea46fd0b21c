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
are A, C, G, T in that order, and a file of four bare rows needs no header. Blank lines and lines that start with `#`
are skipped. Motifs with one row a position, as HOMER and gimme write them, look much the same; `layout` tells them
apart, and they are refused.

Source of the format: JASPAR, https://jaspar.elixir.no/docs/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import numpy as np

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from ..filter_bank import filter_format
from ..head import Head
from .layout import Layout, is_homer_header, layout_of
from .lines import Line, check_motifs, lines_of
from .motif_file import MotifFile, MotifFilters

__all__ = ["FORMAT", "read_jaspar"]

_ROW: Final = re.compile(r"([A-Za-z] ?)?[:|]? ?\[? ?[-+.\d][-+.\deE ]*\]?")
_LONGEST_ROW: Final = 4096
# Text files of Torch7 begin with numbers, too: the kind of the first object and its index.
_TORCH7: Final = (("1", "3"), ("1", "V 1"))


@dataclass(slots=True)
class _Entry:
    """A matrix while its rows are read, by their letters; those after four bare rows are numbered."""

    line: Line
    matrix_id: str
    name: str
    of_homer: bool = False
    lettered: bool = False
    rows: dict[str, list[float]] = field(default_factory=dict)


def read_jaspar(data: bytes, source: str) -> MotifFile:
    """Read every matrix of a motif file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name: it begins every error, and its stem names a matrix without a header.

    Returns:
        The matrices in the file's order.

    Raises:
        ModelError: The file holds no matrix, two of one identifier, or a matrix whose rows are missing, doubled,
            of different widths, negative, not finite, or all zero in one column; or one with one row a position, or
            that could have. The message names file and line.
    """
    entries: list[_Entry] = []
    for line in lines_of(data, source):
        text = line.text.strip()
        if text.startswith(">"):
            entries.append(_header(text, line))
        elif text and not text.startswith("#"):
            if not entries:
                entries.append(_Entry(line, PurePath(source).stem, PurePath(source).stem))
            _add_row(entries[-1], text, line)
    if not entries:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line >ID NAME and four rows of counts"
        )
    bare = [(each, np.array([*each.rows.values()])) for each in entries if each.rows and not each.lettered]
    layouts = [(entry, layout_of(matrix)) for entry, matrix in bare]
    by_letter = any(layout is Layout.LETTERS and len(entry.rows["A"]) != len(BASES) for entry, layout in layouts)
    for entry, layout in layouts:
        _check_layout(entry, layout, by_letter)
    return MotifFile(
        "JASPAR motif file", source, check_motifs([(entry.line, _motif(entry)) for entry in entries], source)
    )


def _header(text: str, line: Line) -> _Entry:
    words = text.removeprefix(">").split(maxsplit=1)
    if not words:
        raise line.fault("the matrix has no identifier", "write >ID NAME, such as >MA0139.1 CTCF")
    return _Entry(line, words[0], words[-1], is_homer_header(text))


def _add_row(entry: _Entry, text: str, line: Line) -> None:
    if text.upper().split() == [*BASES] and not entry.rows:
        raise _one_row_a_position(entry.matrix_id, line, "other programs write")
    lettered = text[0].isalpha() and not text[1:2].isalpha()
    if entry.rows and entry.lettered != lettered:
        remedy = "write all four rows of a matrix with their letter, or none"
        raise line.fault("lettered and bare rows are mixed", remedy)
    entry.lettered = lettered
    before = [*entry.rows.values()]
    name = text[0].upper() if lettered else BASES[len(before) : len(before) + 1] or f"{len(before) + 1}"
    if lettered:
        text = text[1:].strip().removeprefix(":").removeprefix("|").strip()
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        if name not in BASES:
            raise line.fault(f"row '{name}' is not A, C, G or T", "motif files count DNA letters")
        if name in entry.rows:
            raise line.fault(f"{entry.matrix_id} has two rows {name}", "give A, C, G and T once each")
    entry.rows[name] = _row(text, line, f"row {name} of {entry.matrix_id}", before)


def _row(text: str, line: Line, name: str, before: Sequence[Sequence[float]]) -> list[float]:
    """Return the numbers of a row, which are as many as in the rows before."""
    row = line.counts(text.split())
    width = len(before[0]) if before else len(row)
    if not row or len(row) != width:
        what = f"{len(row)} wide, not {width}" if row else "empty"
        raise line.fault(f"{name} is {what}", "give every row one count a column")
    return row


def _check_layout(entry: _Entry, layout: Layout, by_letter: bool) -> None:
    """Refuse bare rows that are not surely A, C, G and T; `by_letter`: other matrices in the file have such rows."""
    rows, columns = len(entry.rows), len(entry.rows["A"])
    if entry.of_homer and columns == len(BASES):
        raise _one_row_a_position(entry.matrix_id, entry.line, "HOMER writes")
    if layout in (Layout.POSITIONS, Layout.NUMBERED):
        raise _one_row_a_position(entry.matrix_id, entry.line, "HOMER, gimme and CIS-BP write")
    if layout is Layout.EITHER and not by_letter:
        raise entry.line.fault(
            f"{entry.matrix_id} has 4 rows of {columns} numbers, which could be one row a letter, as JASPAR writes, or "
            "one row a position, as HOMER and gimme do, and their sums do not tell which",
            "write the letter before each row, as in A [ 1 2 3 4 ], once the rows are A, C, G and T",
        )
    if layout is Layout.NEITHER and rows > len(BASES):
        what = f"{entry.matrix_id} has {rows} rows of {columns} number{'s' if columns > 1 else ''}"
        raise entry.line.fault(what, "a matrix is four rows, the counts of A, C, G and T")


def _one_row_a_position(matrix_id: str, line: Line, as_who: str) -> ModelError:
    what = f"{matrix_id} has one row a position, as {as_who} it, and this is not read"
    return line.fault(what, "write it with one row a letter, as JASPAR does, or as MEME or TRANSFAC")


def _motif(entry: _Entry) -> Motif:
    missing = [letter for letter in BASES if letter not in entry.rows]
    if missing:
        raise entry.line.fault(f"{entry.matrix_id} lacks row {missing[0]}", "give A, C, G and T once each")
    counts = np.array([entry.rows[letter] for letter in BASES]).T
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


FORMAT: Final = filter_format("jaspar", MotifFilters, _matches, read_jaspar)
