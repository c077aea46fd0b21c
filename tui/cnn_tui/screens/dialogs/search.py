"""Ask which letters to search for."""

from __future__ import annotations

from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from cnn_core.errors import SequenceError
from cnn_core.letters.alphabet import encode

from ...pictures.colours import palette_of
from .asking import Asking
from .dialog import Field

__all__ = ["Search"]

_IUPAC: Final = (
    "R = AG   Y = CT   S = CG   W = AT   K = GT   M = AC",
    "B = CGT  D = AGT  H = ACT  V = ACG  N = any letter",
)
_EXAMPLE: Final = "TATAWA"


class Search(Asking[str | None]):
    """Reads IUPAC letters; the result is in capitals, without spaces, and has at least one letter.

    Args:
        previous: The pattern searched for before; the first letter typed replaces it.
    """

    heading = "Search letters"
    hints = (("Enter", "search", "accept"),)

    def __init__(self, previous: str = "") -> None:
        super().__init__()
        self._previous = previous

    def parts(self) -> ComposeResult:
        """Yield the field, the message and the letters."""
        yield Field(self._previous, placeholder=f"such as {_EXAMPLE}", selected=True)
        yield self.message()
        dim = palette_of(self.app).dim
        yield Static(
            Text("\n".join(("on both strands of the whole record", *_IUPAC)), style=dim), classes="examples"
        )

    def remark(self) -> str:
        """Return how many letters it has."""
        letters = len(_pattern(self.typed))
        return f"{letters} letters" if letters > 1 else ""

    def read(self) -> str:
        """Return the pattern."""
        if not (pattern := _pattern(self.typed)):
            raise SequenceError("there is nothing to search for", remedy=f"give letters such as {_EXAMPLE}")
        return pattern


def _pattern(text: str) -> str:
    letters = "".join(text.split())
    strange = next((place for place, letter in enumerate(letters) if not letter.isascii()), None)
    if strange is not None:
        raise SequenceError(
            f"'{letters[strange]}' at position {strange} is not a nucleotide letter",
            remedy="the letters are A C G T U and those below",
        )
    encode(letters)
    return letters.upper()
