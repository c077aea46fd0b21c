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
passed over. The probabilities are read as they stand, the number of sites is not needed. The version is asked for,
and the alphabet where the matrix does not say `alength= 4`: without them, four columns of numbers could be anything.

Source of the format: MEME Suite, https://meme-suite.org/meme/doc/meme-format.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..letters.alphabet import BASES
from .head import Head
from .motif import Motif, MotifFile, check_motifs, check_shares, lines_of, share_of
from .motif_filters import motif_format

__all__ = ["FORMAT", "read_meme"]

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

    matrix_id: str
    name: str
    where: str
    width: int | None = None
    began: str = ""
    rows: list[list[float]] = field(default_factory=list)


def read_meme(data: bytes, source: str) -> MotifFile:
    """Read every motif of a MEME file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name, for error texts.

    Returns:
        The motifs in the file's order, the background frequencies if there are any, and the version.

    Raises:
        ModelError: There is no version, no alphabet or one other than DNA's, no motif, or two of one identifier; a
            matrix is missing, or has not the rows that its `w=` says; a row is not four probabilities that add up
            to 1 but for rounding. The message names file and line.
    """
    reader = _Reader(source)
    for where, line in lines_of(data, source):
        reader.take(line, where)
    return reader.finish()


class _Reader:
    """The state of one reading, line by line."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._version = ""
        self._alphabet: str | None = None
        self._background: NDArray[np.float64] | None = None
        self._matrices: list[_Matrix] = []
        # What the next line belongs to, if it belongs to anything.
        self._in_rows = False
        self._behind_blank = False
        self._letters: list[str] | None = None
        self._shares: list[str] | None = None

    def take(self, line: str, where: str) -> None:
        """Read one line."""
        if self._letters is not None:
            self._take_letter(line, where)
        elif self._shares is not None:
            self._take_shares(line, where)
        elif self._in_rows and self._take_row(line, where):
            pass
        elif not self._version:
            found = _VERSION.match(line)
            if found:
                self._version = found[1]
        elif found := _ALPHABET.match(line):
            self._set_alphabet(found[1].strip(), where)
        elif _NAMED_ALPHABET.match(line):
            self._letters = []
        elif line.startswith(_BACKGROUND):
            self._shares = []
        elif line.startswith("MOTIF") and not line[5:6].strip():
            self._begin(line, where)
        elif line.lstrip().startswith(_MATRIX):
            self._begin_rows(line, where)

    def finish(self) -> MotifFile:
        """Return what was read."""
        if not self._version:
            raise ModelError(
                "has no line that says its version", where=self._source, remedy="begin it with MEME version 4"
            )
        if self._letters is not None or self._shares is not None:
            raise ModelError("ends too early", where=self._source, remedy="copy or download it again")
        if not self._matrices:
            raise ModelError("holds no motif", where=self._source, remedy="a motif begins with a line MOTIF NAME")
        self._end_matrix()
        motifs = [
            (each.where, Motif(each.matrix_id, each.name, np.array(each.rows, dtype=np.float64)))
            for each in self._matrices
        ]
        return MotifFile(check_motifs(motifs, self._source), self._background, f"MEME {self._version[:40]}")

    def _set_alphabet(self, letters: str, where: str) -> None:
        normal = letters.upper().replace("U", "T")
        if normal != BASES:
            raise ModelError(f"the alphabet is {letters[:40] or 'empty'}, not {BASES}", where=where, remedy=_DNA)
        self._alphabet = normal

    def _need_alphabet(self, where: str) -> None:
        if self._alphabet is None:
            raise ModelError("no alphabet was given before this line", where=where, remedy=_DNA)

    def _take_letter(self, line: str, where: str) -> None:
        """Read one line of an alphabet that is spelled out; `A "Adenine" CC0000 ~ T "Thymine"` is two letters."""
        assert self._letters is not None
        if line.startswith("END ALPHABET"):
            letters, self._letters = "".join(sorted(self._letters)), None
            self._set_alphabet(letters, where)
            return
        plain = re.sub(r'"[^"]*"', "", line)
        if "=" not in plain:
            self._letters += [side.split()[0] for side in plain.split("~") if side.split()]

    def _take_shares(self, line: str, where: str) -> None:
        """Read the background, which may go over several lines."""
        assert self._shares is not None
        self._shares += line.split()
        if line.strip() and len(self._shares) < 2 * len(BASES):
            return
        letters, words = self._shares[::2], self._shares[1::2]
        self._shares = None
        if "".join(letters).upper().replace("U", "T") != BASES or len(words) != len(BASES):
            raise ModelError(
                "the background is not one share each of A, C, G and T",
                where=where,
                remedy="write A 0.3 C 0.2 G 0.2 T 0.3",
            )
        shares = [share_of(word, where) for word in words]
        check_shares(words, shares, where, "the background frequencies")
        if self._background is not None and self._background.tolist() != shares:
            raise ModelError("the file has two backgrounds", where=where, remedy="split it in two")
        self._background = np.array(shares, dtype=np.float64)

    def _begin(self, line: str, where: str) -> None:
        self._end_matrix()
        words = _WIDTH_OF_FULL_TEXT.sub("", line[5:]).split()
        if not words:
            raise ModelError("the motif has no name", where=where, remedy="write MOTIF NAME")
        self._matrices.append(_Matrix(words[0], words[1] if len(words) > 1 else words[0], where))

    def _begin_rows(self, line: str, where: str) -> None:
        if not self._matrices:
            raise ModelError("a matrix comes before any motif", where=where, remedy="begin it with MOTIF NAME")
        matrix = self._matrices[-1]
        if matrix.began:
            raise ModelError(f"{matrix.matrix_id} has two matrices", where=where, remedy="give it one")
        lengths = dict(_LENGTHS.findall(line[:_LONGEST_HEADER]))
        if "alength" not in lengths:
            self._need_alphabet(where)
        elif lengths["alength"] != str(len(BASES)):
            raise ModelError(f"alength= {lengths['alength'][:20]} is not 4", where=where, remedy=_DNA)
        width = lengths.get("w")
        if width is not None and not (width.isascii() and width.isdecimal() and int(width[:9]) > 0):
            raise ModelError(f"w= {width[:20]} is not a width", where=where, remedy="w= is the number of rows")
        matrix.width, matrix.began = None if width is None else int(width[:9]), where
        self._in_rows, self._behind_blank = True, False

    def _take_row(self, line: str, where: str) -> bool:
        """Read one row; a line that is none ends the matrix and is not taken."""
        matrix = self._matrices[-1]
        if not line.strip() or line.startswith("#"):
            # A blank line or a remark ends a matrix, but a row behind it would be a column lost.
            self._behind_blank = bool(matrix.rows)
            return True
        if self._behind_blank and _FOUR_NUMBERS.fullmatch(line):
            raise ModelError(
                f"this row of {matrix.matrix_id} stands apart from the others", where=where, remedy="join them"
            )
        if self._behind_blank or line.startswith(_ENDS_OF_ROWS):
            self._in_rows = False
            self._check_width(matrix)
            return False
        words = line.split()
        if len(words) != len(BASES):
            raise ModelError(
                f"this row of {matrix.matrix_id} has {len(words)} numbers, not {len(BASES)}",
                where=where,
                remedy="give the probabilities of A, C, G and T",
            )
        row = [share_of(word, where) for word in words]
        check_shares(words, row, where, f"the probabilities of this row of {matrix.matrix_id}")
        matrix.rows.append(row)
        return True

    def _check_width(self, matrix: _Matrix) -> None:
        if not matrix.rows:
            raise ModelError(
                f"the matrix of {matrix.matrix_id} has no rows",
                where=matrix.began,
                remedy="give one row of four probabilities a column",
            )
        if matrix.width is not None and matrix.width != len(matrix.rows):
            raise ModelError(
                f"{matrix.matrix_id} has {len(matrix.rows)} rows, and w= {matrix.width}",
                where=matrix.began,
                remedy="w= is the number of rows",
            )

    def _end_matrix(self) -> None:
        """Check that the last motif is complete."""
        if not self._matrices:
            return
        matrix = self._matrices[-1]
        if not matrix.began:
            raise ModelError(
                f"{matrix.matrix_id} has no letter-probability matrix",
                where=matrix.where,
                remedy="give its matrix, or take the motif out",
            )
        self._in_rows = False
        self._check_width(matrix)


def _matches(head: Head) -> bool:
    return not head.is_markup and any(line.startswith("MEME version ") for line in head.lines)


FORMAT: Final = motif_format("MEME", _matches, read_meme)
