"""Whether the letters of a FASTA record can be found by arithmetic: all lines but the last are equally wide.

The test takes a record in runs of any size and costs little more than counting line ends.

Source: the rules of `samtools faidx`.
"""

from __future__ import annotations

from typing import Final

from ..errors import SequenceError
from .letter_faults import SPACED_LINE, at

__all__ = ["IrregularLinesError", "LineWidths"]


_REWRAP: Final = "rewrap it to one width, for instance with seqkit seq -w 60"


class IrregularLinesError(SequenceError):
    """A text that is right, yet its letters cannot be found by arithmetic: it must be read as a whole."""


class LineWidths:
    """The widths of one record's lines: all equal but the last, all ended alike, or irregular.

    Blank lines above and below the letters are harmless and pass.

    Args:
        offset: The byte of the file right after the record's header.
        source: The file's name, for error texts.
        record: The record's name.

    Attributes:
        offset: The byte of its first letter.
    """

    def __init__(self, offset: int, source: str, record: str) -> None:
        self.offset = offset
        self._source = source
        self._record = record
        self._letters = 0  # of the first line
        self._ending = 0  # its bytes of line end
        self._current = 0  # letters of the line that has not ended yet
        self._last_line = 0  # the line after which no letters may come: a short one, or a blank one

    def widths(self) -> tuple[int, int]:
        """Return the letters and the bytes of a line."""
        letters = self._letters or self._current
        return letters, letters + self._ending

    def take(self, run: bytes, letters: int, newlines: int, line: int) -> None:
        """Take the next lines, whole or in part.

        Args:
            run: Legal letters, spaces, tabs and line ends; it does not end between CR and LF.
            letters: How many letters it has.
            newlines: How many line feeds it has.
            line: The 1-based number in the file of its first line.

        Raises:
            IrregularLinesError: The letters so far cannot be found by arithmetic.
        """
        returns = run.count(b"\r") if b"\r" in run else 0
        if letters + newlines + returns != len(run):
            blank = min(place for place in (run.find(b" "), run.find(b"\t")) if place >= 0)
            raise self._irregular(SPACED_LINE, line + run.count(b"\n", 0, blank))
        if not newlines:
            self._extend(len(run), line)
            return
        first, last = run.find(b"\n") + 1, run.rfind(b"\n") + 1
        start = self._current
        self._current = 0
        self._end(run[:first], start, line)
        body = run[first:last]
        if body:
            even = self._even_lines(body, newlines - 1)
            line_of_rest = line + 1 + (even // (self._letters + self._ending) if even else 0)
            for number, text in enumerate(body[even:].splitlines(keepends=True), line_of_rest):
                self._end(text, 0, number)
        self._extend(len(run) - last, line + newlines)

    def _even_lines(self, body: bytes, newlines: int) -> int:
        """Return how many bytes of whole lines are certainly as wide as the first: all before the last, or 0."""
        even = body.rfind(b"\n", 0, len(body.rstrip(b"\r\n"))) + 1
        width = self._letters + self._ending
        rows, rest = divmod(even, width or 1)
        if self._last_line or not width or rest:
            return 0
        # As many line ends as lines, each where it should be: there is no other.
        if newlines - body.count(b"\n", even) != rows or body[width - 1 : even : width].count(b"\n") != rows:
            return 0
        if self._ending == 2:
            return even if body[width - 2 : even : width].count(b"\r") == rows else 0
        return 0 if b"\r" in body else even

    def _end(self, text: bytes, before: int, line: int) -> None:
        """Take the end of a line, of which `before` letters came earlier."""
        letters = len(text.rstrip(b"\r\n"))
        ending = len(text) - letters
        letters += before
        if not letters:
            if self._letters:
                self._last_line = self._last_line or line
            else:
                self.offset += ending
        elif self._last_line:
            raise self._irregular("the line is shorter than those above it and not the last", self._last_line)
        elif not self._letters:
            self._letters, self._ending = letters, ending
        elif ending != self._ending:
            raise self._irregular("the line ends unlike those above it", line)
        elif letters > self._letters:
            raise self._irregular("the line is longer than those above it", line)
        elif letters < self._letters:
            self._last_line = line

    def _irregular(self, what: str, line: int) -> IrregularLinesError:
        return IrregularLinesError(what, where=at(self._source, self._record, line), remedy=_REWRAP)

    def _extend(self, letters: int, line: int) -> None:
        """Take letters of a line that has not ended yet."""
        if not letters:
            return
        if self._last_line:
            raise self._irregular("the line is shorter than those above it and not the last", self._last_line)
        self._current += letters
        if self._letters and self._current > self._letters:
            raise self._irregular("the line is longer than those above it", line)
