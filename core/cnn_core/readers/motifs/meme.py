"""Motif files in MEME's format: minimal, or the full text that MEME, STREME and DREME write.

```
MEME version 5.4.1
ALPHABET= ACGT
strands: + -
Background letter frequencies
A 0.303 C 0.183 G 0.209 T 0.306
MOTIF MA0139.1 CTCF
letter-probability matrix: alength= 4 w= 19 nsites= 50 E= 0
 0.095290  0.318729  0.083242  0.502738
 …
URL http://…
```

Of a full text, the same lines are read; tables of sites, log-odds matrices and everything else between them are
skipped. The number of sites is not needed. The version is required; where there is no alphabet and no `alength=`, rows
of four probabilities are taken to be those of A, C, G and T, which is said.

Source of the format: MEME Suite, https://meme-suite.org/meme/doc/meme-format.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ...letters.alphabet import BASES
from ...motifs import Motif
from ..filter_bank import filter_format
from ..head import Head
from .lines import Line, as_bases, lines_of
from .motif_file import MotifFile, MotifFilters
from .numbers import Matrix, Numbers, rounded_away, without_rounding

__all__ = ["FORMAT", "is_meme", "read_meme"]

_VERSION: Final = re.compile(r"\s*MEME version\s+(\S+)")
_ALPHABET: Final = re.compile(r"ALPHABET\s*=\s*(.*)")
_NAMED_ALPHABET: Final = re.compile(r"ALPHABET(\s|$)")
_BACKGROUND: Final = "Background letter frequencies"
_MATRIX: Final = "letter-probability matrix"
_LENGTHS: Final = re.compile(r"(\w+)\s*=\s*(\S+)")
_LONGEST_HEADER: Final = 1000
_WIDTH_OF_FULL_TEXT: Final = re.compile(r"\swidth\s*=.*")
# A keyword or a ruler ends a matrix; anything else is a row, or a mistake in one.
_ENDS_OF_ROWS: Final = ("URL", "MOTIF", "MEME version", "--", "**")
_FOUR_NUMBERS: Final = re.compile(r"\s*([-+]?[\d.]+([eE][+-]?\d+)?\s+){3}[-+]?[\d.]+([eE][+-]?\d+)?")
_DNA: Final = "give the line ALPHABET= ACGT; only motifs of DNA can be drawn on DNA"


@dataclass(slots=True)
class _Matrix:
    """A motif while its rows are read."""

    line: Line
    matrix_id: str
    name: str
    begun: bool = False
    rows: list[list[float]] = field(default_factory=list)

    def check_begun(self) -> None:
        if not self.begun:
            what = f"{self.matrix_id} has no letter-probability matrix"
            raise self.line.fault(what, "give its matrix, or take the motif out")

    def read(self) -> Matrix:
        shares = np.array(self.rows)
        off = float(np.abs(shares.sum(axis=1) - 1).max())
        return Matrix(self.line, Motif(self.matrix_id, self.name, without_rounding(shares)), Numbers.SHARES, off)


def read_meme(data: bytes, source: str) -> MotifFile:
    """Read every motif of a MEME file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name, for error texts.

    Returns:
        The motifs in the file's order, the background frequencies if there are any, and the version.

    Raises:
        ModelError: There is no version, an alphabet other than DNA's, no motif, or two of one identifier; a
            matrix is missing, or does not have the rows that its `w=` says; a row is not four probabilities that add
            up to 1 but for rounding. The message names file and line.
    """
    lines = lines_of(data, source)
    version = next((found[1] for line in lines if (found := _VERSION.match(line.text))), None)
    if version is None:
        raise ModelError("has no line that says its version", where=source, remedy="begin it with MEME version 4")
    has_alphabet, background, assumed = False, None, False
    matrices: list[_Matrix] = []
    line = next(lines, None)
    while line is not None:
        text, behind_rows = line.text, None
        if found := _ALPHABET.match(text):
            _check_alphabet(found[1].strip(), line)
            has_alphabet = True
        elif _NAMED_ALPHABET.match(text):
            _check_alphabet(*_spelled_out(lines, source))
            has_alphabet = True
        elif text.startswith(_BACKGROUND):
            background = _background(lines, source, background)
            has_alphabet = True
        elif text.startswith("MOTIF") and not text[5:6].strip():
            if matrices:
                matrices[-1].check_begun()
            matrices.append(_begin(line))
        elif text.lstrip().startswith(_MATRIX):
            behind_rows = _read_matrix(line, lines, matrices)
            assumed |= not has_alphabet and "alength" not in text
        line = behind_rows or next(lines, None)
    if not matrices:
        raise ModelError("holds no motif", where=source, remedy="a motif begins with a line MOTIF NAME")
    matrices[-1].check_begun()
    read = [each.read() for each in matrices]
    said = rounded_away(read)
    if assumed:
        said.append("the file names no alphabet: the columns are taken to be A, C, G and T")
    return MotifFile.of("MEME motif file", source, read, background, f"MEME {version[:40]}", said)


def _check_alphabet(letters: str, line: Line) -> None:
    if as_bases(letters) != BASES:
        raise line.fault(f"the alphabet is {letters[:40] or 'empty'}, not {BASES}", _DNA)


def _spelled_out(lines: Iterator[Line], source: str) -> tuple[str, Line]:
    """Return the letters of a spelled-out alphabet; `A "Adenine" CC0000 ~ T "Thymine"` is two letters."""
    letters: list[str] = []
    for line in lines:
        if line.text.startswith("END ALPHABET"):
            return "".join(sorted(letters)), line
        plain = re.sub(r'"[^"]*"', "", line.text)
        if "=" not in plain:
            letters += [side.split()[0] for side in plain.split("~") if side.split()]
    raise _ends_too_early(source)


def _background(lines: Iterator[Line], source: str, before: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return the background, which may go over several lines, if it agrees with the one before it."""
    words: list[str] = []
    for line in lines:
        words += line.text.split()
        if line.text and len(words) < 2 * len(BASES):
            continue
        letters, numbers = words[::2], words[1::2]
        if as_bases("".join(letters)) != BASES or len(numbers) != len(BASES):
            what = "the background is not one share each of A, C, G and T"
            raise line.fault(what, "write A 0.3 C 0.2 G 0.2 T 0.3")
        shares = np.array(line.shares(numbers, "the background frequencies"))
        if before is not None and not np.array_equal(before, shares):
            raise line.fault("the file has two backgrounds", "split it in two")
        return shares
    raise _ends_too_early(source)


def _ends_too_early(source: str) -> ModelError:
    return ModelError("ends too early", where=source, remedy="copy or download it again")


def _begin(line: Line) -> _Matrix:
    words = _WIDTH_OF_FULL_TEXT.sub("", line.text[5:]).split()
    if not words:
        raise line.fault("the motif has no name", "write MOTIF NAME")
    return _Matrix(line, words[0], words[1] if len(words) > 1 else words[0])


def _read_matrix(head: Line, lines: Iterator[Line], matrices: list[_Matrix]) -> Line | None:
    """Read the rows under the head of the last motif's matrix, and return the line that ended them."""
    if not matrices:
        raise head.fault("a matrix comes before any motif", "begin it with MOTIF NAME")
    matrix = matrices[-1]
    if matrix.begun:
        raise head.fault(f"{matrix.matrix_id} has two matrices", "give it one")
    lengths = dict(_LENGTHS.findall(head.text[:_LONGEST_HEADER]))
    alength, width = lengths.get("alength"), lengths.get("w")
    if alength is not None and alength != str(len(BASES)):
        raise head.fault(f"alength= {alength[:20]} is not 4", _DNA)
    if width is not None and not (width.isascii() and width.isdecimal() and int(width[:9]) > 0):
        raise head.fault(f"w= {width[:20]} is not a width", "w= is the number of rows")
    matrix.begun = True
    ending = _read_rows(matrix, lines)
    if not matrix.rows:
        raise head.fault(
            f"the matrix of {matrix.matrix_id} has no rows", "give one row of four probabilities a column"
        )
    if width is not None and int(width[:9]) != len(matrix.rows):
        what = f"{matrix.matrix_id} has {len(matrix.rows)} rows, and w= {int(width[:9])}"
        raise head.fault(what, "w= is the number of rows")
    return ending


def _read_rows(matrix: _Matrix, lines: Iterator[Line]) -> Line | None:
    apart = False
    for line in lines:
        if not line.text or line.text.startswith("#"):
            # A blank line or a remark ends a matrix, but a row behind it would be a column lost.
            apart = bool(matrix.rows)
            continue
        if apart and _FOUR_NUMBERS.fullmatch(line.text):
            raise line.fault(f"this row of {matrix.matrix_id} stands apart from the others", "join them")
        if apart or line.text.startswith(_ENDS_OF_ROWS):
            return line
        words, row = line.text.split(), f"this row of {matrix.matrix_id}"
        if len(words) != len(BASES):
            what = f"{row} has {len(words)} numbers, not {len(BASES)}"
            raise line.fault(what, "give the probabilities of A, C, G and T")
        matrix.rows.append(line.shares(words, f"the probabilities of {row}"))
    return None


def is_meme(head: Head) -> bool:
    """Tell whether a file is one of MEME's format.

    Args:
        head: Its head.
    """
    return not head.is_markup and any(line.startswith(("MEME version ", _MATRIX)) for line in head.lines)


FORMAT: Final = filter_format("meme", MotifFilters, is_meme, read_meme)
