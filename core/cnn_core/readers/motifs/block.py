"""The rows of one matrix as they stand in a motif file, before it is told what they are."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...letters.alphabet import BASES
from .lines import WIDEST, Line, as_bases, decimals_of

__all__ = ["Block", "column_letters", "is_row"]

_ROW: Final = re.compile(r"([A-Za-z] ?)?[:|]? ?\[? ?[-+.\d][-+.\deE ]*\]?")
_LONGEST_ROW: Final = 4096
_NUMBERING: Final = ("POS", "POSITION")


def is_row(line: str) -> bool:
    """Tell whether a line is a row of a matrix: numbers, with or without a letter and brackets.

    Args:
        line: The line.
    """
    start = line[:_LONGEST_ROW]
    return bool(_ROW.match(" ".join(start.split()))) and any(map(str.isdigit, start))


def column_letters(text: str) -> tuple[str, bool] | None:
    """Return the order of the letters above columns, such as ACGT, and whether the rows are numbered before them.

    None means that the line is something else.

    Args:
        text: The line; a `#` may begin it, as in `#Pos A C G T`.
    """
    words = text[:_LONGEST_ROW].removeprefix("#").upper().split()
    numbered = len(words) == len(BASES) + 1 and words[0] in _NUMBERING
    letters = as_bases("".join(words[numbered:]))
    one_each = len(words[numbered:]) == len(BASES) and sorted(letters) == [*BASES]
    return (letters, numbered) if one_each else None


@dataclass(slots=True)
class Block:
    """A matrix while its rows are read.

    Attributes:
        line: The line where it begins.
        matrix_id: Its identifier.
        name: Its name.
        threshold: HOMER's threshold in nats; None where the header is not HOMER's.
        headed: Whether a header names it.
        columns: The letters of the columns, where the file writes them above; then each row is a position.
        numbered: Whether the first number of each row is that of its position.
        marked: Whether brackets, colons or bars say that the letters before the rows are theirs.
        labels: The letter before each row; empty where the rows are bare.
        values: The numbers, shape (rows, numbers a row), once the matrix is closed.
        decimals: With how many decimals each is written, of the same shape.
    """

    line: Line
    matrix_id: str
    name: str
    threshold: float | None = None
    headed: bool = True
    columns: str = ""
    numbered: bool = False
    marked: bool = False
    labels: list[str] = field(default_factory=list)
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    decimals: NDArray[np.int8] = field(default_factory=lambda: np.empty((0, 0), np.int8))
    _lines: array[int] = field(default_factory=lambda: array("l"))
    _rows: list[list[float]] = field(default_factory=list)
    _decimals: list[list[int]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """The number of rows read."""
        return len(self._lines)

    def close(self) -> Block:
        """Return this matrix, its rows in one array: a file may hold millions."""
        self.values = np.array(self._rows, dtype=np.float64)
        self.decimals = np.array(self._decimals, dtype=np.int8)
        self._rows, self._decimals = [], []
        return self

    def line_of(self, row: int) -> Line:
        """Return the line of a row, without its text.

        Args:
            row: Its index.
        """
        return Line(self.line.source, self._lines[row], "")

    def add_row(self, text: str, line: Line) -> None:
        """Read a row.

        Args:
            text: The row, without blanks around it.
            line: Its line.

        Raises:
            ModelError: It is not one of numbers, not as wide as those before it, or lettered where they are bare.
        """
        lettered = text[:1].isalpha() and not text[1:2].isalpha()
        if self._rows and bool(self.labels) != lettered:
            remedy = "write all four rows of a matrix with their letter, or none"
            raise line.fault("lettered and bare rows are mixed", remedy)
        label = text[0].upper() if lettered else ""
        if lettered:
            self.labels.append(label)
            after = text[1:].strip()
            text = after.removeprefix(":").removeprefix("|").strip()
            self.marked |= text != after
            if text.startswith("[") and text.endswith("]"):
                text, self.marked = text[1:-1], True
        words = text.split()
        row = line.numbers(words)
        width = len(self._rows[0]) if self._rows else len(row)
        if not row or len(row) != width:
            in_order = BASES[self.height : self.height + 1] if width != len(BASES) else ""
            what = f"{len(row)} wide, not {width}" if row else "empty"
            called = f"row {label or in_order or self.height + 1} of {self.matrix_id}"
            raise line.fault(f"{called} is {what}", "give every row as many numbers")
        if len(row) > WIDEST or self.height >= WIDEST:
            what = f"{self.matrix_id} has more than {WIDEST} {'columns' if len(row) > WIDEST else 'rows'}"
            raise line.fault(what, f"the widest motif that is read has {WIDEST} positions")
        self._lines.append(line.number)
        self._rows.append(row)
        self._decimals.append(decimals_of(words) if "." in text or "-" in text else [0] * len(row))
