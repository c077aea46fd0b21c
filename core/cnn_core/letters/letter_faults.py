"""Where in a file something is wrong, what is wrong with a byte that is not a letter, and what would be right."""

from __future__ import annotations

import re
from typing import Final

from ..errors import shorten
from .alphabet import LETTERS_ARE

__all__ = ["LINE_START", "SPACED_LINE", "at", "letter_fault"]

LINE_START: Final = 64
"""The bytes at the start of a line that show a row of a matrix, wherever the line is cut."""
SPACED_LINE: Final = "the line has spaces or tabs in it"
"""Why letters cannot be found by arithmetic, which takes a file that is too large to be held."""

_MATRIX_ROW: Final = re.compile(rb"[ACGT][ \t]*\[?[ \t]*[0-9]")
_PROTEIN_ONLY: Final = frozenset(b"EFILPQefilpq")


def letter_fault(line: bytes, before: bytes, raw: bytes) -> tuple[str, str]:
    """Return what is wrong with a byte among the letters, and what would be right.

    Args:
        line: The start of its line, at most `LINE_START` bytes.
        before: What stands before it in its line, or the start and the end of that.
        raw: The byte and some that follow it, which may be one letter of another script together.
    """
    byte, letter = raw[0], _letter(raw)
    if byte in b"[0123456789" and _MATRIX_ROW.match(line):
        return "this looks like a motif of JASPAR, not letters", "give motifs by --model"
    if byte in b"0123456789":
        return f"the digit {letter} stands among the letters", "remove the numbering of the lines"
    if byte in b"-.":
        return f"{letter} is a gap, not a nucleotide letter", "remove the gaps of the alignment"
    if byte == ord(">"):
        return "'>' stands inside a line", "start every header on a line of its own"
    if byte == ord(";") and not before.strip(b" \t"):
        return "a comment line stands among the letters", "remove it"
    what = f"{letter} is not a nucleotide letter"
    if byte in _PROTEIN_ONLY:
        return what, f"{LETTERS_ARE}; a protein cannot be read"
    return what, f"{LETTERS_ARE}; a masked base is N" if byte in b"Xx" else LETTERS_ARE


def at(source: str, record: str = "", line: int = 0) -> str:
    """Return a place in a file as error texts name it: `my.fa, record chr1, line 12`.

    Args:
        source: The file's name.
        record: The record's name, if there is one.
        line: The 1-based line, if there is one.
    """
    return ", ".join(
        [source, *([f"record {shorten(record)}"] if record else []), *([f"line {line}"] if line else [])]
    )


def _letter(raw: bytes) -> str:
    """Return the first letter of some bytes as an error text shows it."""
    for stop in range(1, len(raw) + 1):
        try:
            letter = raw[:stop].decode()
        except UnicodeDecodeError:
            continue
        if letter.isprintable():
            return f"'{letter}'"
        break
    return f"byte 0x{raw[0]:02x}"
