"""Ask which letters to search for."""

from __future__ import annotations

from typing import Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from cnn_core.errors import CnnError, SequenceError
from cnn_core.letters.alphabet import encode

from ...pictures.palette import palette_of
from .dialog import Dialog, Field

__all__ = ["Search"]

_IUPAC: Final = (
    "R = AG   Y = CT   S = CG   W = AT   K = GT   M = AC",
    "B = CGT  D = AGT  H = ACT  V = ACG  N = any letter",
)
_EXAMPLE: Final = "TATAWA"


class Search(Dialog[str | None]):
    """Reads IUPAC letters; the result is in capitals, without spaces, and has at least one letter.

    Args:
        previous: The pattern searched for before; the first letter typed replaces it.
    """

    heading = "Search letters"
    hints = (("Enter", "search", "search"),)

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

    @on(Input.Changed)
    def look(self, event: Input.Changed) -> None:
        """Say at once where a letter is none."""
        try:
            pattern = _pattern(event.value)
        except CnnError as error:
            self.refuse(error)
        else:
            self.say(f"{len(pattern)} letters" if len(pattern) > 1 else "")

    @on(Input.Submitted)
    def action_search(self) -> None:
        """Close with the pattern, or say why it is none."""
        try:
            pattern = _pattern(self.query_one(Field).value)
            if not pattern:
                raise SequenceError("there is nothing to search for", remedy=f"give letters such as {_EXAMPLE}")
        except CnnError as error:
            self.refuse(error)
        else:
            self.dismiss(pattern)


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
